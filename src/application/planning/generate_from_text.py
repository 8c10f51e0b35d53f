"""Plan and make a dance from a description."""

import asyncio
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from application.planning.choreography_request import ChoreographyRequest
from application.planning.generate import GenerateChoreography
from application.planning.plan import Description, PlanChoreography, PlannedDance
from application.ports.description_model import DescriptionModel, Reader
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import read_all
from application.ports.songs import SongFilter, SongRepository
from application.rendering.attempt import Attempt
from application.rendering.finished_film import FinishedFilm
from domain.blueprint.model import Difficulty
from domain.library.moves import Energy, Style
from domain.planning.planner import Banned, Locked, Seed
from domain.planning.query_fit import choose_song, examples, unheeded
from domain.shared import validation
from domain.shared.errors import SongNotFound
from domain.shared.result_warnings import ResultWarning
from domain.shared.texts import STORABLE, Text
from domain.text_query.words import Asked


class DescribedRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A description in English or Spanish; other fields override the description."""

    query: Annotated[str, Meta(min_length=1, max_length=2000, extra_json_schema=STORABLE)]
    """Description of the dance in English or Spanish."""
    song_id: Text | None = None
    """Default: the song that the description names, or else the best match."""
    seed: Seed = 0
    """The same request with the same seed and library gives the same dance."""
    difficulty: Difficulty | None = None
    """Maximum difficulty of a move."""
    energy_level: Energy | None = None
    """Energy level of the dance."""
    style: Style | None = None
    """Character of the dance."""
    locked_moves: Locked = ()
    """Moves that the dance must have on given eight-counts."""
    banned_moves: Banned = ()
    """Ids of moves that must not appear."""


class Understanding(msgspec.Struct, frozen=True, kw_only=True):
    """The interpretation of a description."""

    request: ChoreographyRequest
    """The request for `generate` that follows from the description."""
    asked: Asked
    """All requested properties, and the words that were not understood."""
    parsed_by: Reader
    warnings: tuple[ResultWarning, ...] = ()
    """Differences from the description."""


class DescribedFilm(FinishedFilm, frozen=True, kw_only=True):
    """A film made from a description."""

    parameters: Understanding
    """The interpretation of the description."""


class DescribedDance(PlannedDance, frozen=True, kw_only=True):
    """A Blueprint made from a description."""

    parameters: Understanding


class UnderstandDescription:
    """Interprets a description as parameters of a choreography, without planning."""

    def __init__(
        self, songs: SongRepository, moves: MoveRepository, description_model: DescriptionModel
    ) -> None:
        """Take the ports."""
        self._songs = songs
        self._moves = moves
        self._description_model = description_model

    async def __call__(self, text_request: DescribedRequest) -> Understanding:
        """Return the interpretation.

        Raises `SongNotFound` if the song does not exist, or there is none, and `InvalidRequest` if
        a field is out of range.
        """
        understanding, _ = await self.to_be_planned(text_request)
        return understanding

    async def to_be_planned(
        self, text_request: DescribedRequest
    ) -> tuple[Understanding, Description]:
        """Return the interpretation, and the input of `PlanChoreography`; raises
        as the call does.
        """
        validation.refuse_faults(text_request)
        sound = SongFilter(usable=True)
        songs = await read_all(lambda after, most: self._songs.page(sound, after, most))
        usable = MoveFilter(usable=True)
        moves = await read_all(lambda after, most: self._moves.page(usable, after, most))
        labels = sorted({move.label for move in moves})
        clock = asyncio.get_running_loop().time
        began = clock()
        parsed = await self._description_model.parse(text_request.query, songs, labels)
        seconds = clock() - began
        request = _outright(parsed.request, text_request)
        song_id = text_request.song_id or choose_song(request, songs)
        if song_id is None:
            raise SongNotFound("There are no songs in the library; add one first.")
        song = await self._songs.get(song_id)
        warnings = (*parsed.warnings, *unheeded(parsed.request, song))
        understanding = Understanding(
            request=ChoreographyRequest(
                song_id=song_id,
                difficulty=request.difficulty,
                energy_level=request.energy_level,
                style=request.style,
                seed=text_request.seed,
                locked_moves=text_request.locked_moves,
                banned_moves=text_request.banned_moves,
            ),
            asked=parsed.request,
            parsed_by=parsed.by,
            warnings=warnings,
        )
        return understanding, Description(
            text=text_request.query,
            request=request,
            figures=examples(request, moves),
            warnings=warnings,
            spent=seconds,
        )


class PlanFromText:
    """Interprets a description and plans the dance, without making a film."""

    def __init__(self, understand: UnderstandDescription, plan: PlanChoreography) -> None:
        """Take both parts."""
        self._understand = understand
        self._plan = plan

    async def __call__(
        self, text_request: DescribedRequest, task_id: UUID, owner: str
    ) -> DescribedDance:
        """Return the Blueprint; raises as `UnderstandDescription` and `PlanChoreography` do."""
        understanding, description = await self._understand.to_be_planned(text_request)
        dance = await self._plan(understanding.request, task_id, owner, description)
        return DescribedDance(**msgspec.structs.asdict(dance), parameters=understanding)


class GenerateFromText:
    """Interprets a description, plans the dance and makes its film in one request."""

    def __init__(self, understand: UnderstandDescription, generate: GenerateChoreography) -> None:
        """Take both parts."""
        self._understand = understand
        self._generate = generate

    async def __call__(
        self,
        text_request: DescribedRequest,
        task_id: UUID,
        owner: str,
        attempt: Attempt | None = None,
    ) -> DescribedFilm:
        """Return when the film is published; raises as `GenerateChoreography` does."""
        understanding, description = await self._understand.to_be_planned(text_request)
        request = understanding.request
        film = await self._generate(request, task_id, owner, description, attempt)
        return DescribedFilm(**msgspec.structs.asdict(film), parameters=understanding)


def _outright(request: Asked, text_request: DescribedRequest) -> Asked:
    """Return the requested properties, with explicit fields instead of the description's."""
    return msgspec.structs.replace(
        request,
        difficulty=text_request.difficulty or request.difficulty,
        energy_level=text_request.energy_level or request.energy_level,
        style=text_request.style or request.style,
    )
