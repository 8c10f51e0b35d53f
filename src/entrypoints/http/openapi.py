"""The OpenAPI document."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any, Final, cast

import msgspec
from litestar import Litestar, Request, Router
from litestar.datastructures import MutableScopeHeaders
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Contact, Tag
from litestar.routes import HTTPRoute
from litestar.types import Message, Scope

from application.accounts.log_in import TokenPair
from application.accounts.manage_keys import ApiKeyRequest, IssuedApiKey
from application.library.library_jobs import Preparation
from application.library.upload_move import MoveForm, UploadedMove
from application.library.upload_song import SongForm
from application.operations.check_health import Health
from application.operations.clean_up_storage import Cleanup
from application.planning.choreography_request import ChoreographyRequest
from application.planning.explain import Explanation
from application.planning.generate_from_text import DescribedFilm, DescribedRequest, Understanding
from application.planning.replan_request import ReplanRequest
from application.rendering.finished_film import FinishedFilm
from application.search.search_moves import LikeMoves, MoveSearch
from application.storage.add_asset import AssetForm
from application.storage.read_usage import StorageUsage
from application.webhooks.manage_webhooks import IssuedWebhook, WebhookRequest
from domain.accounts.rules import Credentials, Registration
from domain.blueprint.model import Blueprint
from domain.library.corrections import CorrectedAnalysis, Correction
from domain.scripts.script import Script
from domain.scripts.video_status import VideoGenerationJob
from entrypoints.http import openapi_examples
from entrypoints.http.account_bodies import RefreshToken
from entrypoints.http.accounts import Account, ApiKeyList
from entrypoints.http.assets import AssetPage
from entrypoints.http.event_stream import EVENTS
from entrypoints.http.field_descriptions import described
from entrypoints.http.film_bodies import (
    BlueprintFilmRequest,
    ChoreographyFilmRequest,
    DescribedFilmRequest,
)
from entrypoints.http.health import Alive
from entrypoints.http.library import LibraryPreparation
from entrypoints.http.multipart import FILE
from entrypoints.http.openapi_security import SCHEMES, with_public
from entrypoints.http.openapi_tags import TAGS
from entrypoints.http.pagination import MovePage, SongPage
from entrypoints.http.problems import PROBLEM, Problem
from entrypoints.http.script_bodies import ScriptUpload, ScriptVideoRequest, UploadedScript
from entrypoints.http.storage_bodies import CleanupRequest
from entrypoints.http.videos import VideoPage
from entrypoints.http.ways_to_wait import AcceptedFilm
from entrypoints.http.webhooks import DeliveryPage, WebhookList

SPOKEN: Final = (
    AcceptedFilm,
    Account,
    Alive,
    ApiKeyList,
    ApiKeyRequest,
    AssetForm,
    AssetPage,
    Blueprint,
    BlueprintFilmRequest,
    ChoreographyFilmRequest,
    ChoreographyRequest,
    Cleanup,
    CleanupRequest,
    CorrectedAnalysis,
    Correction,
    Credentials,
    DeliveryPage,
    DescribedFilm,
    DescribedFilmRequest,
    DescribedRequest,
    Explanation,
    FinishedFilm,
    Health,
    IssuedApiKey,
    IssuedWebhook,
    LikeMoves,
    MoveForm,
    LibraryPreparation,
    MovePage,
    MoveSearch,
    Preparation,
    Problem,
    RefreshToken,
    Registration,
    ReplanRequest,
    Script,
    ScriptUpload,
    ScriptVideoRequest,
    SongForm,
    SongPage,
    StorageUsage,
    TokenPair,
    Understanding,
    UploadedMove,
    UploadedScript,
    VideoGenerationJob,
    VideoPage,
    WebhookList,
    WebhookRequest,
)
"""Request and response types; the document also includes the types within them."""

STREAMED: Final = ("generateChoreography", "generateFromWords", "assembleBlueprint")
"""Operations that tell their progress if the client accepts a stream of events."""

_FORMS: Final = {
    AssetForm: "The picture or recording; the service recognises the format by its contents.",
    MoveForm: "The clip; the service recognises the format by the contents of the file.",
    SongForm: "The song; the service recognises the format by the contents of the file.",
}
_FILES: Final = ("video/", "audio/", "image/", "application/octet-stream")
"""Beginnings of media types that are no text."""
_FILE: Final = {"type": "string", "format": "binary"}
_EVENT: Final = {
    "description": "One event; the stream is a sequence of them.",
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["progress", "result", "problem"]},
        "id": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["data"],
}
_PASSING: Final = ("429", "503")
_RETRY_AFTER: Final = {
    "description": "Seconds after which a retry may succeed.",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
}
_BROUGHT: Final = {"type": "string", "contentMediaType": "application/octet-stream"}


class _ExactDocument(JsonRenderPlugin):
    """Renders the document as JSON with msgspec's schemas, at the first request.

    Litestar's generator omits that structs forbid unknown fields, some of the ranges and the
    docstrings of fields, and takes the dots of ``tuple[X, ...]`` for a type.
    """

    def render(
        self,
        request: Request[Any, Any, Any],
        openapi_schema: dict[str, Any],
    ) -> bytes:
        return super().render(request, _exact(openapi_schema, request.app))  # pyright: ignore[reportUnknownMemberType]

    def receive_router(self, router: Router) -> None:
        """Remove Litestar's route for unknown paths below the document, whose 404 is a page."""
        router.routes[:] = [route for route in router.routes if "{" not in route.path]


def document(app: Litestar) -> dict[str, Any]:
    """Return the document as it is served, for an application that need not run."""
    return _exact(app.openapi_schema.to_schema(), app)


def config() -> OpenAPIConfig:
    """Return the general part of the document; the routes document themselves."""
    return OpenAPIConfig(
        title="Bachata Buddy",
        version=version("bachata-buddy"),
        description="Choreography videos from songs and filmed dance moves.",
        use_handler_docstrings=True,
        contact=Contact(name="Bachata Buddy"),
        security=[{name: []} for name in SCHEMES],
        tags=[Tag(name=name, description=text) for name, text in TAGS.items()],
        # An HTML viewer would load scripts from other hosts; the document itself is enough.
        render_plugins=[_ExactDocument()],
    )


async def tell_every_method(message: Message, scope: Scope) -> None:
    """Make the answer to OPTIONS name all methods of a path.

    Litestar names only those of the first handler.
    """
    asked = cast(Mapping[str, Any], scope)
    if message["type"] == "http.response.start" and asked.get("method") == "OPTIONS":
        address = asked.get("path_template")
        for route in scope["litestar_app"].routes:
            if isinstance(route, HTTPRoute) and route.path_format == address:
                MutableScopeHeaders(message)["Allow"] = ", ".join(sorted(route.methods))


def _exact(generated: dict[str, Any], app: Litestar) -> dict[str, Any]:
    paths = {
        path: {method: _operation(each) for method, each in item.items()}
        for path, item in with_public(app, generated["paths"]).items()
    }
    schemas = _schemas()
    bodies = [each.get("requestBody") for item in paths.values() for each in item.values()]
    requested = _named_by(bodies, schemas)
    exact = {
        name: schema if name in requested else _complete(schema) for name, schema in schemas.items()
    }
    return {
        **generated,
        "components": {
            **generated["components"],
            "schemas": exact,
            "securitySchemes": SCHEMES,
        },
        "paths": paths,
    }


def _named_by(value: object, schemas: Mapping[str, Any]) -> set[str]:
    """Return the names of all schemas that a part of the document refers to, also indirectly."""
    names: set[str] = set()
    waiting = _references(value)
    while waiting:
        if (name := waiting.pop()) not in names:
            names.add(name)
            waiting += _references(schemas.get(name))
    return names


def _references(value: object) -> list[str]:
    if isinstance(value, list):
        return [name for each in cast(list[object], value) for name in _references(each)]
    if not isinstance(value, dict):
        return []
    found = cast(dict[str, object], value)
    own = [str(found["$ref"]).rpartition("/")[2]] if "$ref" in found else []
    return own + _references(list(found.values()))


def _complete(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an answer's object, which has every field, also one with a default."""
    if "properties" not in schema:
        return schema
    return {**schema, "required": list(schema["properties"])}


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    """Return an operation with examples, and with files told from texts."""
    responses = {
        status: _with_headers(status, _with_files(each))
        for status, each in operation["responses"].items()
    }
    if operation["operationId"] in STREAMED:
        responses["200"] = _with_stream(responses["200"])
    if "parameters" not in operation:
        return {**operation, "responses": responses}
    parameters = [openapi_examples.with_example(each) for each in operation["parameters"]]
    return {**operation, "parameters": parameters, "responses": responses}


def _with_files(response: dict[str, Any]) -> dict[str, Any]:
    content = response.get("content", {})
    files = {kind: {"schema": _FILE} for kind in content if kind.startswith(_FILES)}
    events = {kind: {"schema": _EVENT} for kind in content if kind == EVENTS}
    return {**response, "content": {**content, **files, **events}} if content else response


def _with_stream(response: dict[str, Any]) -> dict[str, Any]:
    """Return the response with a film, or with its progress as a stream of events."""
    return {**response, "content": {**response["content"], EVENTS: {"schema": _EVENT}}}


def _with_headers(status: str, response: dict[str, Any]) -> dict[str, Any]:
    if status not in _PASSING or PROBLEM not in response.get("content", {}):
        return response
    return {**response, "headers": {"Retry-After": _RETRY_AFTER}}


@cache
def _schemas() -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components(SPOKEN, ref_template="#/components/schemas/{name}")
    schemas = described(SPOKEN, schemas)
    for form, file in _FORMS.items():
        schema = schemas[form.__name__]
        fields = {name: _without_null(field) for name, field in schema["properties"].items()}
        schema["properties"] = {**fields, FILE: {**_BROUGHT, "description": file}}
        schema["required"] = [*schema["required"], FILE]
    openapi_examples.add_to_schemas(schemas)
    return schemas


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a form's field, which can be left out but is never null."""
    if "anyOf" not in field:
        return field
    rest = {name: value for name, value in field.items() if name not in ("anyOf", "default")}
    [kind] = [each for each in field["anyOf"] if each.get("type") != "null"]
    return {**kind, **rest}
