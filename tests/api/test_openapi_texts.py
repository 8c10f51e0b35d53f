"""The OpenAPI document says which characters the texts of requests may have."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.api.test_openapi import operations

Json = dict[str, Any]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs/openapi.json"
SAYS = {"pattern", "enum", "const", "format", "contentMediaType"}
"""Keywords of JSON Schema that limit the characters of a text."""
PATHS = {"audio_path", "video_path", "output_path"}
"""Fields whose rules no pattern can say; their description does."""


def texts_in(schemas: Json, schema: Json, name: str, seen: set[str]) -> Iterator[tuple[str, Json]]:
    """Yield the texts in a schema, each with the name of its field."""
    kind = str(schema.get("$ref", "")).rpartition("/")[2]
    if kind and kind not in seen:
        seen.add(kind)
        yield from texts_in(schemas, schemas[kind], kind, seen)
    if schema.get("type") == "string":
        yield name, schema
    for field, inner in schema.get("properties", {}).items():
        yield from texts_in(schemas, inner, field, seen)
    for inner in (schema.get("items"), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if isinstance(inner, dict):
            # What stands beside alternatives applies to each of them.
            limits = {keyword: schema[keyword] for keyword in SAYS & schema.keys()}
            yield from texts_in(schemas, {**limits, **inner}, name, seen)


def unlimited_in(document: Json) -> set[str]:
    """Return the names of the texts of requests that may have any character."""
    schemas, seen = document["components"]["schemas"], set[str]()
    return {
        name
        for _, _, operation in operations(document)
        for content in operation.get("requestBody", {}).get("content", {}).values()
        for name, schema in texts_in(schemas, content["schema"], "", seen)
        if not SAYS & schema.keys()
    }


def test_every_text_of_a_body_says_which_characters_it_may_have() -> None:
    assert unlimited_in(json.loads(DOCUMENT.read_text())) == PATHS
