"""Pages of a list, as parameters and bodies of routes."""

from typing import Annotated, Final, TypeAlias

import msgspec
from litestar.params import PathParameter, QueryParameter

from domain.library.moves import Move
from domain.library.songs import Song
from domain.shared import texts

Limit: TypeAlias = Annotated[
    int, QueryParameter(ge=1, le=200, description="Maximum number of items.")
]

Some: TypeAlias = Annotated[
    int | None,
    QueryParameter(
        ge=1, le=200, description="Maximum number of moves; default: `VECTOR_SEARCH_TOP_K`."
    ),
]

UNBROKEN: Final = {"pattern": texts.UNBROKEN}
"""Documents that a parameter holds no control characters, which the origin guard refuses."""

Id: TypeAlias = Annotated[
    str,
    PathParameter(
        min_length=1,
        max_length=texts.LONGEST,
        schema_extra=UNBROKEN,
        description="Id of the song or move.",
    ),
]

Search: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        max_length=texts.LONGEST,
        schema_extra=UNBROKEN,
        description="Part of the name, or of the title or artist; upper and lower case are equal.",
    ),
]

Exact: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        max_length=texts.LONGEST, schema_extra=UNBROKEN, description="The complete value."
    ),
]

Cursor: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        max_length=2_000,
        description="`next_cursor` of the previous page.",
        schema_extra={"pattern": "^[A-Za-z0-9_-]*={0,2}$(?!\\n)"},
    ),
]

Bound: TypeAlias = Annotated[
    float | None, QueryParameter(ge=0, le=1e9, schema_extra={"minimum": 0})
]
"""Litestar omits a minimum of 0 from the document."""


class SongPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of songs, in the order of their ids."""

    items: tuple[Song, ...]
    next_cursor: str | None
    """Cursor of the next page; null on the last page."""


class MovePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of moves, in the order of their ids."""

    items: tuple[Move, ...]
    next_cursor: str | None
    """Cursor of the next page; null on the last page."""
