"""Bodies of requests that make films: the request itself, its metadata and its callback."""

from functools import partial
from typing import Any, Final, TypeVar, cast

import msgspec

from application.jobs.request_options import MOST_METADATA, Metadata, RequestOptions, metadata_in
from application.planning.choreography_request import ChoreographyRequest
from application.planning.generate_from_text import DescribedRequest
from domain.blueprint import rules
from domain.blueprint.model import Blueprint
from domain.shared import validation
from domain.shared.errors import BlueprintRejected, InvalidRequest
from domain.shared.violations import Violation
from domain.webhooks.addresses import WebhookUrl
from entrypoints.http.request_bodies import Unread, parsed

S = TypeVar("S", bound=msgspec.Struct)


class ChoreographyFilmRequest(ChoreographyRequest, frozen=True, kw_only=True):
    """A request for a choreography and its film."""

    metadata: Metadata | None = None
    callback_url: WebhookUrl | None = None
    """URL that is told of the end, signed as webhooks are."""


class DescribedFilmRequest(DescribedRequest, frozen=True, kw_only=True):
    """A description of a dance, for its film."""

    metadata: Metadata | None = None
    callback_url: WebhookUrl | None = None
    """URL that is told of the end, signed as webhooks are."""


class BlueprintFilmRequest(Blueprint, frozen=True, kw_only=True):
    """A Blueprint, for its film."""

    metadata: Metadata | None = None
    callback_url: WebhookUrl | None = None
    """URL that is told of the end, signed as webhooks are."""


class _Options(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that are no part of the wanted film."""

    metadata: Metadata | None = None
    callback_url: WebhookUrl | None = None


_NAMES: Final = _Options.__struct_fields__


class UnreadFilmRequest(Unread):
    """A body that should be a request for a choreography and its film."""

    kind = ChoreographyFilmRequest

    async def request(self) -> tuple[ChoreographyRequest, RequestOptions]:
        """Return the request and its options; raises `InvalidRequest` with every violation."""
        return await self._read(partial(split, whole=self.kind, kind=ChoreographyRequest))


class UnreadFilmDescription(Unread):
    """A body that should be a description of a dance, for its film."""

    kind = DescribedFilmRequest

    async def description(self) -> tuple[DescribedRequest, RequestOptions]:
        """Return the description and its options; raises `InvalidRequest` with every violation."""
        return await self._read(partial(split, whole=self.kind, kind=DescribedRequest))


class UnreadBlueprint(Unread):
    """A body that should be a Blueprint, for its film."""

    kind = BlueprintFilmRequest

    async def blueprint(self, owner: str) -> tuple[Blueprint, RequestOptions]:
        """Return the Blueprint and its options; raises `BlueprintRejected` with every violation."""
        return await self._read(partial(_blueprint, owner=owner))


def split(body: bytes, whole: type[msgspec.Struct], kind: type[S]) -> tuple[S, RequestOptions]:
    """Return a request and its options; raises `InvalidRequest` with every violation."""
    document = parsed(body)
    reading = validation.read(whole, document)
    violations = (*reading.violations, *_faults(body, document))
    if violations:
        raise InvalidRequest(violations, more=reading.more)
    rest, options = _parts(body, document)
    return msgspec.convert(rest, kind), options


def _blueprint(body: bytes, owner: str) -> tuple[Blueprint, RequestOptions]:
    try:
        document = validation.parse(body)
    except ValueError as error:
        raise BlueprintRejected((validation.shape("$", str(error)),)) from None
    if not isinstance(document, dict):
        return rules.read(document, owner), RequestOptions()
    fields = cast(dict[str, Any], document)
    options = {name: fields[name] for name in _NAMES if name in fields}
    violations = (*validation.read(_Options, options).violations, *_faults(body, fields))
    rest = {name: value for name, value in fields.items() if name not in _NAMES}
    try:
        blueprint = rules.read(rest, owner)
    except BlueprintRejected as rejected:
        own, more = rejected.unbounded
        raise type(rejected)((*violations, *own), more=more) from None
    if violations:
        raise BlueprintRejected(violations)
    return blueprint, _parts(body, fields)[1]


def _faults(body: bytes, document: object) -> tuple[Violation, ...]:
    """Return the violation of metadata that are too large."""
    if not isinstance(document, dict) or "metadata" not in document:
        return ()
    size = len((metadata_in(body) or "").encode())
    if size <= MOST_METADATA:
        return ()
    message = f"The metadata have {size} bytes of JSON; the maximum is {MOST_METADATA}."
    return (Violation(path="$.metadata", message=message),)


def _parts(body: bytes, document: object) -> tuple[dict[str, Any], RequestOptions]:
    """Return a valid document without its options, and the options."""
    fields = cast(dict[str, Any], document)
    rest = {name: value for name, value in fields.items() if name not in _NAMES}
    if len(rest) == len(fields):
        return rest, RequestOptions()
    metadata = metadata_in(body) if fields.get("metadata") is not None else None
    return rest, RequestOptions(metadata=metadata, callback_url=fields.get("callback_url"))
