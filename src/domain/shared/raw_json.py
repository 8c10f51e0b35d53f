"""JSON that is passed on as it is, without reading its values."""

from typing import Annotated, Final

from msgspec import Meta, Raw

Passed = Annotated[
    Raw,
    Meta(extra_json_schema={"anyOf": [{"type": "object"}, {"type": "null"}]}),
]
"""An object of a client, or null."""

NULL: Final = Raw(b"null")


def nothing() -> Raw:
    """Return null."""
    return NULL


def passed(text: str | None) -> Raw:
    """Return JSON text as a value of a document; null without one."""
    return NULL if text is None else Raw(text.encode())
