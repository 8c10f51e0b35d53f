"""Routes for the moves of the library."""

from typing import Any, Final

from litestar import Controller, HttpMethod, Request, Response, delete, get, patch, post, route
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from application.library.browse import ListMoves, ReadMove
from application.library.correct_move import CorrectMove
from application.library.make_move_poster import MakeMovePoster
from application.library.receive_file import ReceiveFile
from application.library.remove import RemoveMove
from application.library.stream_clip import StreamClip
from application.library.upload_move import MoveForm, UploadedMove, UploadMove
from application.ports.moves import MoveFilter
from application.search.search_moves import LikeMoves, MoveSearch, SearchMoves
from domain.accounts.users import Scope
from domain.blueprint.model import Difficulty
from domain.library.limits import CLIP
from domain.library.media import CLIP_TYPES
from domain.library.moves import Energy, Move, Style
from entrypoints.cursors import after, cursor_of
from entrypoints.http.answering import MAKES
from entrypoints.http.caching import CHANGES
from entrypoints.http.callers import CHANGES_LIBRARY, SCOPE
from entrypoints.http.dependencies import Wired
from entrypoints.http.disconnect import while_connected
from entrypoints.http.file_responses import VIDEO, answer, answers, not_modified, sending, whole
from entrypoints.http.multipart import file_size, form_of, taking
from entrypoints.http.pagination import (
    Cursor,
    Exact,
    Id,
    Limit,
    MovePage,
    Search,
    Some,
)
from entrypoints.http.problems import documented
from entrypoints.http.request_bodies import JsonRequest, UnreadCorrection, UnreadSearch

_PATH: Final = "/api/moves"


class MoveController(Controller):
    """Routes below `/api/moves`."""

    path = _PATH
    tags = ("library",)

    @get(
        operation_id="listMoves",
        response_description="A page of moves",
        responses=documented(400, 500, 503),
    )
    async def moves(
        self,
        list_moves: Wired[ListMoves],
        search: Search = None,
        label: Exact = None,
        difficulty: FromQuery[Difficulty | None] = None,
        energy_level: FromQuery[Energy | None] = None,
        style: FromQuery[Style | None] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> MovePage:
        """List the moves of the library."""
        filters = MoveFilter(
            search=search,
            label=label,
            difficulty=difficulty,
            energy_level=energy_level,
            style=style,
        )
        page = await list_moves(filters, after(cursor), limit)
        return MovePage(items=page.items, next_cursor=cursor_of(page.last))

    @post(
        operation_id="uploadMove",
        opt=CHANGES_LIBRARY,
        operation_class=taking(MoveForm),
        request_max_body_size=None,
        response_description="The new move, and the origin of each value",
        responses=documented(400, 408, 409, 413, 415, 429, 500, 503, 507),
    )
    async def upload(
        self,
        request: Request[Any, Any, Any],
        caller: NamedDependency[str],
        receive_file: Wired[ReceiveFile],
        upload_move: Wired[UploadMove],
    ) -> Response[UploadedMove]:
        """Upload a filmed move; the service computes missing fields from the clip."""
        async with receive_file(CLIP, caller, file_size(request)) as arriving:
            form = await form_of(request, arriving, MoveForm)
            move = await while_connected(request, upload_move(arriving.path, form))
        return Response(move, headers={"Location": f"{_PATH}/{move.id}"})

    @post(
        "/search",
        operation_id="searchMoves",
        opt={SCOPE: Scope.READ},
        status_code=200,
        response_description="The moves, the most similar first",
        request_class=JsonRequest,
        responses=documented(400, 404, 408, 413, 415, 500, 503),
    )
    async def search(
        self,
        request: Request[Any, Any, Any],
        data: JSONBody[UnreadSearch],
        search_moves: Wired[SearchMoves],
    ) -> LikeMoves:
        """Search for the moves most similar to words, a move or a song, with filters."""
        return await while_connected(request, search_moves(await data.search()))

    @get(
        "/{move_id:str}/similar",
        opt={MAKES: True},
        operation_id="listSimilarMoves",
        response_description="The moves, the most similar first",
        responses=documented(400, 404, 500, 503),
    )
    async def similar(
        self,
        request: Request[Any, Any, Any],
        move_id: Id,
        search_moves: Wired[SearchMoves],
        limit: Some = None,
    ) -> LikeMoves:
        """List the moves most similar to one move, by words, sound and pose."""
        search = MoveSearch(move_id=move_id, limit=limit)
        return await while_connected(request, search_moves(search))

    @route(
        "/{move_id:str}/clip",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        operation_id=lambda _, method, __: f"{method.lower()}Clip",
        operation_class=sending(*CLIP_TYPES),
        media_type=VIDEO,
        response_description="The whole clip",
        responses=answers("clip"),
    )
    async def clip(
        self,
        request: Request[Any, Any, Any],
        move_id: Id,
        stream_clip: Wired[StreamClip],
    ) -> Response[bytes]:
        """Return the original clip of a move, completely or a range of bytes."""
        source = await stream_clip(move_id)
        return answer(
            request,
            source.stored,
            source.media_type,
            # A removed move's id may be used again.
            CHANGES,
            stream_clip.content(source),
        )

    @route(
        "/{move_id:str}/poster",
        http_method=[HttpMethod.GET, HttpMethod.HEAD],
        opt={MAKES: True},
        operation_id=lambda _, method, __: f"{method.lower()}MovePoster",
        operation_class=sending("image/jpeg"),
        media_type="image/jpeg",
        response_description="The picture",
        responses={304: not_modified("picture"), **documented(400, 404, 412, 500, 503, 507)},
    )
    async def poster(
        self,
        request: Request[Any, Any, Any],
        move_id: Id,
        make_move_poster: Wired[MakeMovePoster],
    ) -> Response[bytes]:
        """Return a picture of a move, from the middle of its first eight-count."""
        picture = await while_connected(request, make_move_poster(move_id))
        # A correction moves the first eight-count.
        return whole(request, picture, "image/jpeg", CHANGES)

    @get(
        "/{move_id:str}",
        operation_id="getMove",
        response_description="The move",
        responses=documented(400, 404, 500, 503),
    )
    async def move(self, move_id: Id, read_move: Wired[ReadMove]) -> Move:
        """Return one move."""
        return await read_move(move_id)

    @patch(
        "/{move_id:str}",
        operation_id="correctMove",
        opt=CHANGES_LIBRARY,
        response_description="The corrected move",
        request_class=JsonRequest,
        responses=documented(400, 404, 408, 413, 415, 500, 503),
    )
    async def correct(
        self,
        move_id: Id,
        data: JSONBody[UnreadCorrection],
        correct_move: Wired[CorrectMove],
    ) -> Move:
        """Correct the beats of a move's clip; this replaces the previous correction."""
        return await correct_move(move_id, await data.correction())

    @delete(
        "/{move_id:str}",
        operation_id="removeMove",
        opt=CHANGES_LIBRARY,
        response_description="The move is removed",
        responses=documented(400, 404, 500, 503),
    )
    async def remove(self, move_id: Id, remove_move: Wired[RemoveMove]) -> None:
        """Remove a move and its clip from the library; existing films stay."""
        await remove_move(move_id)
