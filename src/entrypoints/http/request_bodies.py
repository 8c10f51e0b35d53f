"""Request bodies that the domain validates, so that all errors are reported at once."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Final, TypeVar, cast

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.openapi.spec import Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from application.concurrency.threads import Threads
from application.library.library_jobs import Preparation
from application.planning.choreography_request import ChoreographyRequest
from application.planning.generate_from_text import DescribedRequest
from application.planning.replan_request import ReplanRequest
from application.search.search_moves import MoveSearch
from domain.blueprint import rules, upgrades
from domain.library.corrections import Correction
from domain.shared import validation
from domain.shared.errors import BlueprintRejected, InvalidRequest

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")

LARGEST: Final = 8_000_000
"""Maximum bytes of a body; a Blueprint of 2,000 moves with their reasons is about 2 MB."""

JSON: Final = "application/json"

_AT_ONCE: Final = 64_000
"""Bytes of a body that is parsed immediately, in about a millisecond; a larger one in a thread."""
_LARGE: Final = Threads("reading large bodies", 1)


class JsonRequest(Request[Any, Any, Any]):
    """A request with a JSON body, which is passed on unparsed.

    A body of another type, or of none, is refused (415), because pages of other origins can send
    those without permission. An empty one is refused too (400).
    """

    async def body(self) -> bytes:
        """Return the body, which is not empty."""
        kind, _ = self.content_type
        if kind != JSON:
            reason = f"The body must be {JSON}, not {kind[:80] or 'a body without a type'}."
            raise HTTPException(reason, status_code=415, headers={"Accept": JSON})
        body = await super().body()
        if not body:
            message = "The body is empty; a JSON object is required."
            raise InvalidRequest((validation.shape("$", message),))
        return body

    async def json(self) -> bytes:
        """Return the unparsed text of the body."""
        return await self.body()


class Unread:
    """An unparsed JSON body; ``kind`` is the expected type."""

    kind: ClassVar[Any]

    def __init__(self, body: bytes) -> None:
        """Take the JSON text."""
        self.body = body

    async def _read(self, read: Callable[[bytes], T]) -> T:
        """Parse the body; large ones in a thread, one at a time."""
        if len(self.body) <= _AT_ONCE:
            return read(self.body)
        return await _LARGE.run(lambda: read(self.body))


class UnreadDescription(Unread):
    """A body that should be a description of a dance."""

    kind = DescribedRequest

    async def description(self) -> DescribedRequest:
        """Return the description; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=DescribedRequest))


class UnreadPlan(Unread):
    """A body that should be a request for a choreography, a description of a dance, or a Blueprint
    to plan again.
    """

    kind = ChoreographyRequest | DescribedRequest | ReplanRequest

    async def asked(self, owner: str) -> ChoreographyRequest | DescribedRequest | ReplanRequest:
        """Return the request to plan a Blueprint again if there is a `blueprint`, the description
        if there is a `query`, and else the request for a choreography.

        Raises `InvalidRequest` with every violation.
        """
        return await self._read(partial(_asked, owner=owner))


class UnreadSearch(Unread):
    """A body that should be a search for similar moves."""

    kind = MoveSearch

    async def search(self) -> MoveSearch:
        """Return the search; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=MoveSearch))


class UnreadCorrection(Unread):
    """A body that should be a correction of beats."""

    kind = Correction

    async def correction(self) -> Correction:
        """Return the correction; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=Correction))


class UnreadPreparation(Unread):
    """A body that should say for which films the library is prepared."""

    kind = Preparation

    async def preparation(self) -> Preparation:
        """Return the request; raises `InvalidRequest` with every violation."""
        return await self._read(partial(read_body, kind=Preparation))


def _asked(body: bytes, owner: str) -> ChoreographyRequest | DescribedRequest | ReplanRequest:
    document = parsed(body)
    fields = cast(dict[str, object], document) if isinstance(document, dict) else {}
    if "blueprint" in fields:
        return replan_request(fields, owner)
    kind = DescribedRequest if "query" in fields else ChoreographyRequest
    return _told(cast(object, document), kind)


def replan_request(fields: dict[str, object], owner: str) -> ReplanRequest:
    """Return the request to plan a Blueprint of any version again; raises `InvalidRequest`."""
    document = fields["blueprint"]
    if isinstance(document, dict):
        document = upgrades.upgraded(cast(dict[str, Any], document))
    reading = validation.read(ReplanRequest, {**fields, "blueprint": document})
    violations, more = reading.violations, reading.more
    try:
        rules.read(document, owner)
    except BlueprintRejected as rejected:
        own, more_of_blueprint = rejected.unbounded
        named = (
            msgspec.structs.replace(each, path=f"$.blueprint{each.path.removeprefix('$')}")
            for each in own
        )
        rest = [each for each in violations if not each.path.startswith("$.blueprint")]
        raise type(rejected)((*rest, *named), more=max(more, more_of_blueprint)) from None
    if violations:
        raise InvalidRequest(violations, more=more)
    return msgspec.convert({**fields, "blueprint": document}, ReplanRequest)


def read_body(body: bytes, kind: type[S]) -> S:
    """Return the struct in a body; raises `InvalidRequest` with every violation."""
    return _told(parsed(body), kind)


def parsed(body: bytes) -> object:
    """Return JSON as Python values; raises `InvalidRequest`."""
    try:
        return validation.parse(body)
    except ValueError as error:
        raise InvalidRequest((validation.shape("$", str(error)),)) from None


def _told(document: object, kind: type[S]) -> S:
    reading = validation.read(kind, document)
    if reading.violations:
        raise InvalidRequest(reading.violations, more=reading.more)
    return msgspec.convert(document, kind)


def is_unread(kind: Any) -> bool:  # noqa: ANN401 - any type hint
    """Return True if a parameter's type is a subclass of `Unread`."""
    return isinstance(kind, type) and issubclass(kind, Unread)


def unread(kind: type[Unread], body: bytes) -> Unread:
    """Wrap a body."""
    return kind(body)


DECODERS: Final[Sequence[tuple[Any, Any]]] = ((is_unread, unread),)


class UnreadSchema(OpenAPISchemaPlugin):
    """Documents an unparsed body as its expected type."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:  # noqa: ANN401 - any type hint
        """Return True if this plugin documents ``value``."""
        return is_unread(value)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:  # noqa: ANN401 - Litestar keeps the class private
        """Return the schema of the expected type."""
        kind = FieldDefinition.from_annotation(field_definition.annotation.kind)
        return schema_creator.for_field_definition(kind)
