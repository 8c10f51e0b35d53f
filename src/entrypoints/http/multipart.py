"""Receive uploads with multipart/form-data (RFC 7578) as a stream."""

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
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
)

from application.library.receive_file import Arriving
from domain.shared import validation
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Concern, Violation
from domain.storage import asset_files
from entrypoints.http.problems import ClientGone

F = TypeVar("F", bound=msgspec.Struct)

_FORM: Final = "multipart/form-data"
FILE: Final = "file"
"""Name of the file's field."""
_NUMBERS: Final = ("tempo", "first_count")
"""Numeric fields, which a form contains as text."""
_LONGEST: Final = 10_000
"""Maximum bytes of a field other than the file."""
_MOST: Final = 32
"""Maximum parts of a form."""
_ROOM: Final = _MOST * (_LONGEST + 10_000)
"""Maximum bytes of a form in addition to its file."""


def taking(form: type[msgspec.Struct]) -> type[Operation]:
    """Return the documentation of a route with a form; its schema includes the file."""
    whole = Reference(ref=f"#/components/schemas/{form.__name__}")
    body = RequestBody(content={_FORM: OpenAPIMediaType(schema=whole)}, required=True)

    @dataclass
    class Taking(Operation):
        def __post_init__(self) -> None:
            self.request_body = body

    return Taking


def file_size(request: Request[Any, Any, Any]) -> int | None:
    """Return the minimum size of a form's file by its Content-Length; None without one."""
    whole = request.content_length
    return None if whole is None else whole - _ROOM


async def form_of(
    request: Request[Any, Any, Any], arriving: Arriving, kind: type[F], *, named: str | None = None
) -> F:
    """Receive a whole form: the file into ``arriving``, the other fields as ``kind``.

    Raises `InvalidRequest` with all errors, `TooLarge` as soon as the announced or received size
    exceeds the limit, and `ClientGone`. The file's type is ignored, and its name unless the field
    ``named``, where it is left out, gets it.
    """
    media_type, options = request.content_type
    if media_type != _FORM:
        message = f"The body must be {_FORM}, not {media_type[:80] or 'a body without a type'}."
        raise HTTPException(message, status_code=415, headers={"Accept": _FORM})
    fields = _Fields(arriving, named)
    try:
        with PushMultipartParser(
            options.get("boundary", ""), max_segment_count=_MOST, max_header_size=2_000
        ) as parser:
            async for chunk in _chunks(request):
                arriving.refuse((fields.read_on(len(chunk))) - _ROOM)
                for event in () if parser.closed else parser.parse(chunk):
                    await fields.take(event)
    except MultipartError as error:
        raise _wrong("request", f"The body is not valid multipart/form-data: {error}.") from None
    await arriving.end()
    return fields.read(kind)


class _Fields:
    """The received parts of a form."""

    def __init__(self, arriving: Arriving, named: str | None) -> None:
        self._arriving = arriving
        self._named = named
        self._file_name = ""
        self._size = 0
        self._name = ""
        self._text = bytearray()
        self._texts: dict[str, str] = {}
        self._wrong: list[Violation] = []
        self._has_file = False

    def read_on(self, size: int) -> int:
        """Add ``size`` to the received bytes; return their total."""
        self._size += size
        return self._size

    async def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        """Process an event of the parser: the start of a part, a piece of it, or its end."""
        if isinstance(event, MultipartSegment):
            self._begin(event.name or "", event.filename or "")
        elif event is None:
            self._end()
        elif self._name == FILE:
            await self._arriving.write(event)
        elif len(self._text) <= _LONGEST:
            self._text += event

    def _begin(self, name: str, file_name: str) -> None:
        self._name, self._text = name, bytearray()
        if name == FILE:
            self._file_name = asset_files.file_name(file_name)
        if name in self._texts or (name == FILE and self._has_file):
            self._refuse(name, "This field is given twice.")
        self._has_file = self._has_file or name == FILE

    def _end(self) -> None:
        if (name := self._name) == FILE:
            return
        if len(self._text) > _LONGEST:
            self._refuse(name, f"A field has {_LONGEST // 1000} kB at most.")
            return
        try:
            self._texts[name] = self._text.decode().strip()
        except UnicodeDecodeError:
            self._refuse(name, "This is not text in UTF-8.")

    def _refuse(self, name: str, message: str) -> None:
        self._wrong.append(Violation(path=name[:80], message=message, concern=Concern.SHAPE))

    def read(self, kind: type[F]) -> F:
        """Return the fields; an empty one counts as missing. Raises `InvalidRequest`."""
        if self._named and not self._texts.get(self._named):
            self._texts[self._named] = self._file_name
        values = {name: _number(name, text) for name, text in self._texts.items() if text}
        reading = validation.read(kind, values)
        if not self._has_file:
            self._refuse(FILE, "This field is required.")
        refused = {each.path for each in self._wrong}
        for each in reading.violations:
            if (path := each.path.removeprefix("$.")) not in refused:
                self._wrong.append(msgspec.structs.replace(each, path=path))
        if self._wrong:
            raise InvalidRequest(tuple(self._wrong), more=reading.more)
        return msgspec.convert(values, kind)


async def _chunks(request: Request[Any, Any, Any]) -> AsyncGenerator[bytes]:
    """Yield the body in pieces; raises `ClientGone` if the connection ends."""
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
