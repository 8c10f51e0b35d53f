"""Routes for the songs of the library."""

from typing import Any, Final

from litestar import Controller, HttpMethod, Request, Response, delete, get, patch, post, route
from litestar.di import NamedDependency
from litestar.params import JSONBody

from application.library.analyze_song import AnalyzeSong, CorrectSong
from application.library.browse import ListSongs, ReadSong
from application.library.receive_file import ReceiveFile
from application.library.remove import RemoveSong
from application.library.stream_song import StreamSong
from application.library.upload_song import SongForm, UploadSong
from application.ports.songs import SongFilter
from domain.library.corrections import CorrectedAnalysis
from domain.library.limits import SONG
from domain.library.media import SOUND_TYPES
from domain.library.songs import Song
from entrypoints.cursors import after, cursor_of
from entrypoints.http.answering import MAKES
from entrypoints.http.caching import CHANGES
from entrypoints.http.callers import CHANGES_LIBRARY
from entrypoints.http.dependencies import Wired
from entrypoints.http.disconnect import while_connected
from entrypoints.http.file_responses import answer, answers, sending
from entrypoints.http.multipart import file_size, form_of, taking
from entrypoints.http.pagination import (
    Bound,
    Cursor,
    Exact,
    Id,
    Limit,
    Search,
    SongPage,
)
from entrypoints.http.problems import documented
from entrypoints.http.request_bodies import JsonRequest, UnreadCorrection

_PATH: Final = "/api/songs"


class SongController(Controller):
    """Routes below `/api/songs`."""

    path = _PATH
    tags = ("library",)

    @get(
        operation_id="listSongs",
        response_description="A page of songs",
        responses=documented(400, 500, 503),
    )
    async def songs(
        self,
        list_songs: Wired[ListSongs],
        search: Search = None,
        genre: Exact = None,
        min_bpm: Bound = None,
        max_bpm: Bound = None,
        min_duration: Bound = None,
        max_duration: Bound = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> SongPage:
        """List the songs of the library."""
        filters = SongFilter(
            search=search,
            genre=genre,
            slowest=min_bpm,
            fastest=max_bpm,
            shortest=min_duration,
            longest=max_duration,
        )
        page = await list_songs(filters, after(cursor), limit)
        return SongPage(items=page.items, next_cursor=cursor_of(page.last))

    @post(
        operation_id="uploadSong",
        opt=CHANGES_LIBRARY,
        operation_class=taking(SongForm),
        request_max_body_size=None,
        response_description="The new song",
        responses=documented(400, 408, 409, 413, 415, 429, 500, 503, 507),
    )
    async def upload(
        self,
        request: Request[Any, Any, Any],
        caller: NamedDependency[str],
        receive_file: Wired[ReceiveFile],
        upload_song: Wired[UploadSong],
    ) -> Response[Song]:
        """Upload a song; the service analyses it after the response."""
        async with receive_file(SONG, caller, file_size(request)) as arriving:
            form = await form_of(request, arriving, SongForm)
            song = await while_connected(request, upload_song(arriving.path, form))
        return Response(song, headers={"Location": f"{_PATH}/{song.id}"})

    @get(
        "/{song_id:str}",
        operation_id="getSong",
        response_description="The song",
        responses=documented(400, 404, 500, 503),
    )
    async def song(self, song_id: Id, read_song: Wired[ReadSong]) -> Song:
        """Return one song."""
        return await read_song(song_id)

    @route(
        "/{song_id:str}/sound",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        operation_id=lambda _, method, __: f"{method.lower()}Sound",
        operation_class=sending(*SOUND_TYPES),
        media_type=SOUND_TYPES[0],
        response_description="The whole song",
        responses=answers("song"),
    )
    async def sound(
        self, request: Request[Any, Any, Any], song_id: Id, stream_song: Wired[StreamSong]
    ) -> Response[bytes]:
        """Return the original file of a song, completely or a range of bytes."""
        source = await stream_song(song_id)
        return answer(
            request,
            source.stored,
            source.media_type,
            # A removed song's id may be used again.
            CHANGES,
            stream_song.content(source),
        )

    @delete(
        "/{song_id:str}",
        operation_id="removeSong",
        opt=CHANGES_LIBRARY,
        response_description="The song is removed",
        responses=documented(400, 404, 500, 503),
    )
    async def remove(self, song_id: Id, remove_song: Wired[RemoveSong]) -> None:
        """Remove a song and its file from the library; existing films stay."""
        await remove_song(song_id)

    @get(
        "/{song_id:str}/analysis",
        operation_id="getAnalysis",
        opt={MAKES: True},
        response_description="The analysis",
        responses=documented(400, 404, 500, 503),
    )
    async def analysis(
        self, request: Request[Any, Any, Any], song_id: Id, analyze_song: Wired[AnalyzeSong]
    ) -> CorrectedAnalysis:
        """Return the corrected analysis of a song; the service analyses it if necessary."""
        return await while_connected(request, analyze_song(song_id))

    @patch(
        "/{song_id:str}/analysis",
        operation_id="correctAnalysis",
        opt=CHANGES_LIBRARY,
        response_description="The corrected analysis",
        request_class=JsonRequest,
        responses=documented(400, 404, 408, 413, 415, 500, 503),
    )
    async def correct(
        self,
        request: Request[Any, Any, Any],
        song_id: Id,
        data: JSONBody[UnreadCorrection],
        correct_song: Wired[CorrectSong],
    ) -> CorrectedAnalysis:
        """Correct the beats of a song; this replaces the previous correction."""
        return await while_connected(request, correct_song(song_id, await data.correction()))
