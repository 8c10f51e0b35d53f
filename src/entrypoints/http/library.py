"""Songs and moves to choose from."""

import base64
import binascii
from typing import Annotated, Any, TypeAlias

import msgspec
from litestar import Controller, Request, get, patch
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from application.ports.library import MoveFilter, SongFilter
from application.usecases.browse import ListMoves, ListSongs, ReadMove, ReadSong
from application.usecases.hear import CorrectSong, HearSong
from domain.blueprint import Difficulty
from domain.errors import InvalidRequest
from domain.moves import Energy, Move, Style
from domain.music import Analysis, Song
from domain.violations import Violation
from entrypoints.http.bodies import JsonRequest, UnreadCorrection
from entrypoints.http.disconnect import while_connected
from entrypoints.http.problems import documented
from entrypoints.http.wiring import Wired

Limit: TypeAlias = Annotated[int, QueryParameter(ge=1, le=200, description="Items on a page.")]


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


class SongController(Controller):
    """Songs."""

    path = "/api/songs"
    tags = ("library",)

    @get(
        operation_id="listSongs",
        response_description="A page of songs",
        responses=documented(400, 500, 503),
    )
    async def songs(
        self,
        list_songs: Wired[ListSongs],
        search: FromQuery[str | None] = None,
        genre: FromQuery[str | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> SongPage:
        """The songs of the library."""
        wanted = SongFilter(search=search, genre=genre)
        page = await list_songs(wanted, _after(cursor), limit)
        return SongPage(items=page.items, next_cursor=_cursor(page.last))

    @get(
        "/{song_id:str}",
        operation_id="getSong",
        response_description="The song",
        responses=documented(400, 404, 500, 503),
    )
    async def song(self, song_id: FromPath[str], read_song: Wired[ReadSong]) -> Song:
        """One song."""
        return await read_song(song_id)

    @get(
        "/{song_id:str}/analysis",
        operation_id="getAnalysis",
        response_description="The analysis",
        responses=documented(400, 404, 500, 503),
    )
    async def analysis(
        self, request: Request[Any, Any, Any], song_id: FromPath[str], hear: Wired[HearSong]
    ) -> Analysis:
        """What is heard in a song, with a person's corrections; it is listened to when need be."""
        return await while_connected(request, hear(song_id))

    @patch(
        "/{song_id:str}/analysis",
        operation_id="correctAnalysis",
        response_description="The corrected analysis",
        request_class=JsonRequest,
        responses=documented(400, 404, 413, 415, 500, 503),
    )
    async def correct(
        self,
        request: Request[Any, Any, Any],
        song_id: FromPath[str],
        data: JSONBody[UnreadCorrection],
        correct: Wired[CorrectSong],
    ) -> Analysis:
        """Say better than what was heard; it takes the place of an earlier correction."""
        return await while_connected(request, correct(song_id, data.correction()))


class MoveController(Controller):
    """Moves."""

    path = "/api/moves"
    tags = ("library",)

    @get(
        operation_id="listMoves",
        response_description="A page of moves",
        responses=documented(400, 500, 503),
    )
    async def moves(
        self,
        list_moves: Wired[ListMoves],
        search: FromQuery[str | None] = None,
        label: FromQuery[str | None] = None,
        difficulty: FromQuery[Difficulty | None] = None,
        energy_level: FromQuery[Energy | None] = None,
        style: FromQuery[Style | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> MovePage:
        """The moves of the library."""
        wanted = MoveFilter(
            search=search,
            label=label,
            difficulty=difficulty,
            energy_level=energy_level,
            style=style,
        )
        page = await list_moves(wanted, _after(cursor), limit)
        return MovePage(items=page.items, next_cursor=_cursor(page.last))

    @get(
        "/{move_id:str}",
        operation_id="getMove",
        response_description="The move",
        responses=documented(400, 404, 500, 503),
    )
    async def move(self, move_id: FromPath[str], read_move: Wired[ReadMove]) -> Move:
        """One move."""
        return await read_move(move_id)


def _cursor(last: str | None) -> str | None:
    return None if last is None else base64.urlsafe_b64encode(last.encode()).decode()


def _after(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        message = "This is no cursor; take `next_cursor` of the page before."
        raise InvalidRequest((Violation(path="cursor", message=message),)) from None
