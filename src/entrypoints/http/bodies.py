"""Request bodies that the domain reads, so that everything wrong in them is named at once."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar, Final, TypeVar, cast

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.openapi.spec import Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from application.usecases.describe import DescribedRequest
from application.usecases.plan import ChoreographyRequest
from application.usecases.search_moves import MoveSearch
from domain import documents, rules
from domain.blueprint import Blueprint
from domain.corrections import Correction
from domain.errors import BlueprintRejected, InvalidRequest

S = TypeVar("S", bound=msgspec.Struct)

LARGEST: Final = 8_000_000
"""Bytes of a body; a Blueprint of 2000 moves with their reasons is about 2 MB."""

_JSON: Final = re.compile(r"application/(json|[a-z0-9.+-]+\+json)", re.IGNORECASE)


class JsonRequest(Request[Any, Any, Any]):
    """A request with a JSON body, which is handed on as it came.

    A body without a media type is taken for JSON; one of another type is refused (415), and so
    is an empty one (400).
    """

    async def body(self) -> bytes:
        """The body, which is not empty."""
        kind, _ = self.content_type
        if kind and not _JSON.fullmatch(kind):
            said = f"This takes application/json, not {kind[:80]}."
            raise HTTPException(said, status_code=415, headers={"Accept": "application/json"})
        body = await super().body()
        if not body:
            message = "The body is empty; a JSON object is needed."
            raise InvalidRequest((documents.shape("$", message),))
        return body

    async def json(self) -> bytes:
        """The body's text, not yet read."""
        return await self.body()


class Unread:
    """A JSON body that nobody has looked into yet; ``kind`` is what it should be."""

    kind: ClassVar[Any]

    def __init__(self, body: bytes) -> None:
        """Take the JSON text."""
        self.body = body


class UnreadBlueprint(Unread):
    """A body that should be a Blueprint."""

    kind = Blueprint

    def blueprint(self, owner: str) -> Blueprint:
        """Return it, or raise `BlueprintRejected` with every violation."""
        try:
            document = documents.parse(self.body)
        except ValueError as error:
            raise BlueprintRejected((documents.shape("$", str(error)),)) from None
        return rules.read(document, owner)


class UnreadRequest(Unread):
    """A body that should ask for a choreography."""

    kind = ChoreographyRequest

    def request(self) -> ChoreographyRequest:
        """Return it, or raise `InvalidRequest` with every violation."""
        return _read(self.body, ChoreographyRequest)


class UnreadDescription(Unread):
    """A body that should describe a dance in words."""

    kind = DescribedRequest

    def description(self) -> DescribedRequest:
        """Return it, or raise `InvalidRequest` with every violation."""
        return _read(self.body, DescribedRequest)


class UnreadPlan(Unread):
    """A body that should ask for a choreography, or describe a dance in words."""

    kind = ChoreographyRequest | DescribedRequest

    def asked(self) -> ChoreographyRequest | DescribedRequest:
        """Return it, a description where there is a `query`; raises `InvalidRequest`."""
        document = _document(self.body)
        described = isinstance(document, dict) and "query" in cast(dict[str, object], document)
        kind = DescribedRequest if described else ChoreographyRequest
        return _told(cast(object, document), kind)


class UnreadSearch(Unread):
    """A body that should say what moves are to be like."""

    kind = MoveSearch

    def search(self) -> MoveSearch:
        """Return it, or raise `InvalidRequest` with every violation."""
        return _read(self.body, MoveSearch)


class UnreadCorrection(Unread):
    """A body that should correct what was heard in a song."""

    kind = Correction

    def correction(self) -> Correction:
        """Return it, or raise `InvalidRequest` with every violation."""
        return _read(self.body, Correction)


def _read(body: bytes, kind: type[S]) -> S:
    return _told(_document(body), kind)


def _document(body: bytes) -> object:
    try:
        return documents.parse(body)
    except ValueError as error:
        raise InvalidRequest((documents.shape("$", str(error)),)) from None


def _told(document: object, kind: type[S]) -> S:
    reading = documents.read(kind, document)
    if reading.violations:
        raise InvalidRequest(reading.violations)
    return msgspec.convert(document, kind)


def is_unread(kind: Any) -> bool:  # noqa: ANN401 - any type hint
    """Whether a parameter's type is one of these."""
    return isinstance(kind, type) and issubclass(kind, Unread)


def unread(kind: type[Unread], body: bytes) -> Unread:
    """Wrap a body."""
    return kind(body)


DECODERS: Final[Sequence[tuple[Any, Any]]] = ((is_unread, unread),)


class UnreadSchema(OpenAPISchemaPlugin):
    """Documents such a body as what it should be."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:  # noqa: ANN401 - any type hint
        """Whether this documents ``value``."""
        return is_unread(value)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:  # noqa: ANN401 - Litestar keeps the class private
        """The schema of the struct behind it."""
        kind = FieldDefinition.from_annotation(field_definition.annotation.kind)
        return schema_creator.for_field_definition(kind)
