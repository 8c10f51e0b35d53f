"""The tools for agents: routes of the OpenAPI document, with one object of arguments each."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import quote, urlencode

import msgspec

from domain.shared.errors import InvalidRequest
from domain.shared.texts import printable, shortened
from domain.shared.violations import Violation

OPERATIONS: Final = (
    "listSongs",
    "getSong",
    "getAnalysis",
    "listMoves",
    "getMove",
    "searchMoves",
    "listSimilarMoves",
    "parseQuery",
    "planChoreography",
    "generateChoreography",
    "generateFromWords",
    "assembleBlueprint",
    "watchTask",
    "getBlueprint",
    "explainFilm",
)
"""Operations that make, plan, explain and list; those that change the library are left out."""

STREAMED: Final = (
    "generateChoreography",
    "generateFromWords",
    "assembleBlueprint",
    "watchTask",
)
"""Operations that tell their progress."""
_MAKE: Final = ("generateChoreography", "generateFromWords", "assembleBlueprint")
_HEADERS: Final = ("Idempotency-Key", "Prefer")
_OMITTED: Final = ("examples", "example", "pattern", "title", "deprecated")
"""Keywords that an agent does not need; the service itself checks patterns."""
_SHORTENED: Final = 100
"""Maximum characters of the name of an argument in a message."""
_NO_TEXT: Final = "It contains characters that are no Unicode text."
_REFERENCE: Final = "#/components/schemas/"

Json = dict[str, Any]


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request for a route."""

    method: str
    path: str
    query: bytes
    headers: dict[str, str]
    body: bytes


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A route, and the places of its arguments in a request."""

    name: str
    description: str
    schema: Json
    """JSON Schema of the arguments, an object."""
    method: str
    path: str
    in_path: tuple[str, ...]
    in_query: tuple[str, ...]
    in_headers: dict[str, str]
    """Name of a header by the name of its argument."""
    has_body: bool
    streamed: bool
    """True if it tells its progress."""
    makes: bool
    """True if it makes a film."""

    def call(self, arguments: Mapping[str, Any]) -> Call:
        """Return the request; raises `InvalidRequest` for arguments that it has no place for.

        The route checks everything else.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        _check_texts(given)
        path = self.path
        for name in self.in_path:
            path = path.replace(f"{{{name}}}", _segment(name, given.pop(name, None)))
        query = {name: _text(given.pop(name)) for name in self.in_query if name in given}
        headers = {
            header: _header(name, given.pop(name))
            for name, header in self.in_headers.items()
            if name in given
        }
        if given and not self.has_body:
            unknown = (Violation(path=name, message="There is no such argument.") for name in given)
            raise InvalidRequest(tuple(unknown))
        body = msgspec.json.encode(given) if self.has_body else b""
        return Call(
            method=self.method,
            path=path,
            query=urlencode(query, quote_via=quote).encode(),
            headers=headers,
            body=body,
        )


def tools_of(document: Json) -> dict[str, Tool]:
    """Return the tools by name, from the OpenAPI document of the application."""
    schemas: Json = document["components"]["schemas"]
    operations = {
        operation["operationId"]: (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    tools = [_tool(schemas, *operations[each]) for each in OPERATIONS]
    return {tool.name: tool for tool in tools}


def _tool(schemas: Json, method: str, path: str, operation: Json) -> Tool:
    operation_id: str = operation["operationId"]
    parameters: list[Json] = operation.get("parameters", [])
    places = {where: _named(parameters, where) for where in ("path", "query")}
    headers = {
        each["name"].lower().replace("-", "_"): each
        for each in parameters
        if each["in"] == "header" and each["name"] in _HEADERS
    }
    named = {each["name"]: each for each in parameters if each["in"] in places} | headers
    content: Json = operation.get("requestBody", {}).get("content", {})
    body = _object(schemas, content.get("application/json", {}).get("schema", {}))
    properties = {name: _described(each) for name, each in named.items()}
    required = [name for name, each in named.items() if each["required"]]
    schema = {
        "type": "object",
        "properties": properties | body["properties"],
        "required": [*required, *body["required"]],
        "additionalProperties": False,
    }
    return Tool(
        name=re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation_id).lower(),
        description=operation["description"].partition("\n\n")[0],
        schema=_complete(schemas, schema),
        method=method,
        path=path,
        in_path=places["path"],
        in_query=places["query"],
        in_headers={name: each["name"] for name, each in headers.items()},
        has_body=bool(content),
        streamed=operation_id in STREAMED,
        makes=operation_id in _MAKE,
    )


def _named(parameters: list[Json], where: str) -> tuple[str, ...]:
    return tuple(each["name"] for each in parameters if each["in"] == where)


def _described(parameter: Json) -> Json:
    own = {"description": parameter["description"]} if "description" in parameter else {}
    return {**parameter["schema"], **own}


def _object(schemas: Json, schema: Json) -> Json:
    """Return the properties of a body, those of all alternatives if it has some.

    Many models refuse an object of arguments with alternatives.
    """
    if "$ref" in schema:
        return _object(schemas, schemas[_target(schema)])
    if "oneOf" in schema:
        alternatives = [_object(schemas, each) for each in schema["oneOf"]]
        properties = {
            name: each for one in alternatives for name, each in one["properties"].items()
        }
        needed = set[str].intersection(*(set(each["required"]) for each in alternatives))
        return {"properties": properties, "required": sorted(needed)}
    return {"properties": schema.get("properties", {}), "required": schema.get("required", [])}


def _complete(schemas: Json, schema: Json) -> Json:
    """Return the schema together with those that it refers to, without what agents do not need."""
    definitions: dict[str, Json] = {}
    waiting = [schema]
    while waiting:
        for name in _references(waiting.pop()):
            if name not in definitions:
                definitions[name] = schemas[name]
                waiting.append(schemas[name])
    more = (
        {"$defs": {name: _plain(each) for name, each in definitions.items()}} if definitions else {}
    )
    return {**_plain(schema), **more}


def _references(value: object) -> set[str]:
    if isinstance(value, dict):
        schema = cast(Json, value)
        own = {_target(schema)} if isinstance(schema.get("$ref"), str) else set[str]()
        return own.union(*map(_references, schema.values()))
    if isinstance(value, list):
        return set[str]().union(*map(_references, cast(list[object], value)))
    return set()


def _plain(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(schema, list):
        return [_plain(each) for each in cast(list[object], schema)]
    if not isinstance(schema, dict):
        return schema
    known = cast(Json, schema)
    if "$ref" in known:
        return {**known, "$ref": f"#/$defs/{_target(known)}"}
    return {
        name: {key: _plain(each) for key, each in value.items()}
        if name == "properties"
        else _plain(value)
        for name, value in known.items()
        if name not in _OMITTED
    }


def _target(schema: Json) -> str:
    return str(schema["$ref"]).removeprefix(_REFERENCE)


def _check_texts(arguments: Mapping[str, Any]) -> None:
    """Raise `InvalidRequest` for texts that are no Unicode, such as half of a surrogate pair."""
    for name, value in arguments.items():
        try:
            msgspec.json.encode({name: value})
        except ValueError:
            violation = Violation(path=printable(shortened(name, _SHORTENED)), message=_NO_TEXT)
            raise InvalidRequest((violation,)) from None


def _segment(name: str, value: object) -> str:
    """Return an argument as a part of a path; raises `InvalidRequest`."""
    text = "" if value is None else _text(value)
    if not text or "/" in text:
        raise InvalidRequest((Violation(path=name, message="It must be an id, without `/`."),))
    return text


def _header(name: str, value: object) -> str:
    """Return an argument as the value of a header; raises `InvalidRequest`."""
    text = _text(value)
    if not text.isascii() or not text.isprintable():
        message = "It must consist of visible ASCII characters."
        raise InvalidRequest((Violation(path=name, message=message),))
    return text


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
