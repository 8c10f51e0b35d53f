"""Forms that bring a file (multipart/form-data, RFC 7578), received as they come."""

import math
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.openapi.spec import (
    OpenAPIMediaType,
    Operation,
    Reference,
    RequestBody,
)
from multipart import (  # pyright: ignore[reportMissingTypeStubs]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from application.library.receive_file import Arriving
from domain.shared import validation
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Concern, Violation
from entrypoints.http.problems import ClientGone

F = TypeVar("F", bound=msgspec.Struct)

_FORM: Final = "multipart/form-data"
FILE: Final = "file"
"""The field that is the file."""
_NUMBERS: Final = ("tempo", "first_count")
"""Fields that are numbers, which a form can only write as text."""
_LONGEST: Final = 10_000
"""Bytes of a field that is not the file."""
_MOST: Final = 32
"""Parts of a form."""
_ROOM: Final = _MOST * (_LONGEST + 10_000)
"""Bytes that a form may take beside its file."""


def taking(form: type[msgspec.Struct]) -> type[Operation]:
    """The documentation of a route that takes a form; its schema tells of the file, too."""
    whole = Reference(ref=f"#/components/schemas/{form.__name__}")
    body = RequestBody(content={_FORM: OpenAPIMediaType(schema=whole)}, required=True)

    @dataclass
    class Taking(Operation):
        def __post_init__(self) -> None:
            self.request_body = body

    return Taking


def file_size(request: Request[Any, Any, Any]) -> int | None:
    """Bytes that the file of a form has at least, as is announced; None where nothing is."""
    whole = request.content_length
    return None if whole is None else whole - _ROOM


async def form_of(request: Request[Any, Any, Any], arriving: Arriving, kind: type[F]) -> F:
    """Receive a form to its end: its file into ``arriving``, its other fields as ``kind``.

    Raises `InvalidRequest` with everything that is wrong, `TooLarge` as soon as too much is
    announced or has come, and `ClientGone`. Of the file neither name nor type is believed.
    """
    said, options = request.content_type
    if said != _FORM:
        message = f"This takes {_FORM}, not {said[:80] or 'a body without a type'}."
        raise HTTPException(message, status_code=415, headers={"Accept": _FORM})
    fields = _Fields(arriving)
    try:
        with PushMultipartParser(
            options.get("boundary", ""), max_segment_count=_MOST, max_header_size=2_000
        ) as parser:
            async for chunk in _chunks(request):
                arriving.refuse((fields.read_on(len(chunk))) - _ROOM)
                for event in () if parser.closed else parser.parse(chunk):
                    await fields.take(event)
    except MultipartError as error:
        raise _wrong("request", f"This is no form: {error}.") from None
    await arriving.end()
    return fields.read(kind)


class _Fields:
    """What has come of a form so far."""

    def __init__(self, arriving: Arriving) -> None:
        self._arriving = arriving
        self._size = 0
        self._name = ""
        self._text = bytearray()
        self._found: dict[str, str] = {}
        self._wrong: list[Violation] = []
        self._brought = False

    def read_on(self, size: int) -> int:
        """Bytes that have come, with so many more."""
        self._size += size
        return self._size

    async def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        """Take what the parser found next: the head of a part, a piece of it, or its end."""
        if isinstance(event, MultipartSegment):
            self._begin(event.name or "")
        elif event is None:
            self._end()
        elif self._name == FILE:
            await self._arriving.write(event)
        elif len(self._text) <= _LONGEST:
            self._text += event

    def _begin(self, name: str) -> None:
        self._name, self._text = name, bytearray()
        if name in self._found or (name == FILE and self._brought):
            self._refuse(name, "This field is given twice.")
        self._brought = self._brought or name == FILE

    def _end(self) -> None:
        if (name := self._name) == FILE:
            return
        if len(self._text) > _LONGEST:
            self._refuse(name, f"A field has {_LONGEST // 1000} kB at most.")
            return
        try:
            self._found[name] = self._text.decode().strip()
        except UnicodeDecodeError:
            self._refuse(name, "This is no text in UTF-8.")

    def _refuse(self, name: str, message: str) -> None:
        self._wrong.append(Violation(path=name[:80], message=message, concern=Concern.SHAPE))

    def read(self, kind: type[F]) -> F:
        """The fields; an empty one is as good as none. Raises `InvalidRequest`."""
        given = {name: _number(name, text) for name, text in self._found.items() if text}
        reading = validation.read(kind, given)
        if not self._brought:
            self._refuse(FILE, "This field is required.")
        refused = {each.path for each in self._wrong}
        for each in reading.violations:
            if (path := each.path.removeprefix("$.")) not in refused:
                self._wrong.append(msgspec.structs.replace(each, path=path))
        if self._wrong:
            raise InvalidRequest(tuple(self._wrong), more=reading.more)
        return msgspec.convert(given, kind)


async def _chunks(request: Request[Any, Any, Any]) -> AsyncGenerator[bytes]:
    """The body as it comes; raises `ClientGone` when it breaks off."""
    more = True
    while more:
        event: Any = await request.receive()
        if event["type"] == "http.disconnect":
            raise ClientGone
        more = event.get("more_body", False)
        if body := event.get("body", b""):
            yield body


def _number(name: str, text: str) -> str | float:
    if name not in _NUMBERS:
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _wrong(path: str, message: str) -> InvalidRequest:
    return InvalidRequest((Violation(path=path, message=message, concern=Concern.SHAPE),))
