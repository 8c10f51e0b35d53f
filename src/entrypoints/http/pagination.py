"""Pages of a list, and the cursors that lead from one to the next."""

import base64
import binascii
from typing import Annotated, TypeAlias

import msgspec
from litestar.params import PathParameter, QueryParameter

from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared import texts
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation

Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=200, description="Items on a page.")]

Some: TypeAlias = Annotated[
    int | None,
    QueryParameter(ge=1, le=200, description="Items at most; `VECTOR_SEARCH_TOP_K` of them else."),
]

Id: TypeAlias = Annotated[str, PathParameter(min_length=1, max_length=texts.LONGEST)]

Words: TypeAlias = Annotated[str | None, QueryParameter(max_length=texts.LONGEST)]

Cursor: TypeAlias = Annotated[
    str | None,
    QueryParameter(max_length=2_000, description="`next_cursor` of the page before."),
]

Bound: TypeAlias = Annotated[
    float | None, QueryParameter(ge=0, le=1e9, schema_extra={"minimum": 0})
]
"""Litestar leaves a minimum of 0 out of the document by itself."""


class SongPage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the songs, in the order of their ids."""

    items: tuple[Song, ...]
    next_cursor: str | None
    """Ask with it for the next page; null on the last."""


class MovePage(msgspec.Struct, frozen=True, kw_only=True):
    """Some of the moves, in the order of their ids."""

    items: tuple[Move, ...]
    next_cursor: str | None
    """Ask with it for the next page; null on the last."""


def cursor_of(last: str | None) -> str | None:
    """The cursor that leads on after an id; None where nothing comes after."""
    return None if last is None else base64.urlsafe_b64encode(last.encode()).decode()


def after(cursor: str | None) -> str | None:
    """The id that a cursor leads on after; raises `InvalidRequest` for what is no cursor."""
    if cursor is None:
        return None
    try:
        last = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        last = None
    if last is None or texts.fault(last) is not None:
        message = "This is no cursor; take `next_cursor` of the page before."
        raise InvalidRequest((Violation(path="cursor", message=message),))
    return last
