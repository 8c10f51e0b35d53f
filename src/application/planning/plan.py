"""Plan the choreography of a song."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from application.concurrency.threads import PLANNING
from application.library.analyze_song import AnalyzeSong
from application.planning.choreography_request import ChoreographyRequest, check_moves
from application.planning.motion_cache import MotionCache
from application.planning.shortlisting import Shortlist
from application.ports.clock import Clock
from application.ports.description_model import DescriptionModel, Slot
from application.ports.moves import MoveFilter, MoveRepository
from application.ports.pagination import Page, read_all
from application.ports.songs import SongRepository
from domain.blueprint.model import Blueprint, OutputConfig
from domain.library.moves import Move
from domain.library.readings import is_close
from domain.library.songs import Analysis, Song, shortened
from domain.planning.costs import Motion
from domain.planning.metrics import Quality, quality, rounded
from domain.planning.planner import Draft, Plan, Wish
from domain.planning.query_fit import fit, requested
from domain.planning.tempo_octaves import Counted, fitting, settles, ways_to_count
from domain.shared import paths
from domain.shared.errors import MediaNotFound, NoBeatsDetected, NoMovesMatch
from domain.shared.result_warnings import ResultWarning, WarningCode
from domain.text_query.words import Asked

_NEAR = 4.0
"""Seconds by which a song may be shorter than the requested dance without a warning."""


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """A description, and the properties it requests."""

    text: str
    request: Asked
    figures: tuple[str, ...] = ()
    """Ids of some moves that match the requested figures."""
    warnings: tuple[ResultWarning, ...] = ()
    """Warnings about the interpretation."""
    spent: float = 0.0
    """Seconds that the interpretation took."""


class PlannedDance(msgspec.Struct, frozen=True, kw_only=True):
    """A Blueprint, its warnings and its quality."""

    blueprint: Blueprint
    warnings: tuple[ResultWarning, ...]
    quality: Quality


class PlanChoreography:
    """Analyses the song, chooses the moves, and returns the Blueprint, without making a film."""

    def __init__(
        self,
        songs: SongRepository,
        moves: MoveRepository,
        analyze_song: AnalyzeSong,
        clock: Clock,
        description_model: DescriptionModel,
        motion_cache: MotionCache,
        shortlist: Shortlist | None = None,
    ) -> None:
        """Take the ports, the song analysis, and the motion of the clips.

        Without a ``shortlist`` all moves are candidates.
        """
        self._songs = songs
        self._moves = moves
        self._analyze_song = analyze_song
        self._clock = clock
        self._description_model = description_model
        self._motion_cache = motion_cache
        self._shortlist = shortlist

    async def __call__(
        self,
        request: ChoreographyRequest,
        task_id: UUID,
        owner: str,
        description: Description | None = None,
    ) -> PlannedDance:
        """Return the Blueprint of a dance to the whole song, or as long as ``description`` says.

        Raises `SongNotFound`, `LibraryFailed`, `NoBeatsDetected`, `NoMovesMatch`, and
        `InvalidRequest` if a locked or banned move is not in the library, or the clip of a locked
        one is unusable.
        """
        song = await self._songs.get(request.song_id)
        if song.unusable is not None:
            raise MediaNotFound(song.audio_path)
        analysis = await self._analyze_song(song.id)
        if not analysis.ones:
            raise NoBeatsDetected(
                f"The analysis detected no beats in {song.title!r} (confidence "
                f"{analysis.confidence:.2f}); choose another song, or correct its tempo and its "
                "first '1'."
            )
        counted, moves = await self._counted(request, analysis, description)
        as_analyzed, analysis = analysis, counted.analysis
        await self._refuse_unknown(request, moves)
        too_short: tuple[ResultWarning, ...] = ()
        if description is not None and description.request.seconds is not None:
            too_short = _too_short(analysis, description.request.seconds)
            analysis = shortened(analysis, description.request.seconds)
        motion = await self._motion_cache()
        dance = await self._danced(request, analysis, moves, motion, description)
        warnings = (*too_short, *dance.warnings)
        warnings = (*_doubts(song, as_analyzed), *warnings)
        if counted.warning is not None:
            warnings = (counted.warning, *warnings)
        quality_of_dance = await PLANNING.run(
            lambda: quality(dance.moves, analysis, moves, wish=request.difficulty, motion=motion)
        )
        measures = rounded(quality_of_dance)
        blueprint = Blueprint(
            task_id=task_id,
            audio_path=song.audio_path,
            audio_tempo=analysis.tempo,
            moves=dance.moves,
            difficulty_level=request.difficulty,
            generation_timestamp=self._clock.now(),
            generation_parameters={
                **msgspec.to_builtins(request),
                **({} if description is None else {"query": description.text}),
                "user_id": owner,
                "warnings": list(msgspec.to_builtins(warnings)),
                "quality": msgspec.to_builtins(measures),
            },
            output_config=OutputConfig(output_path=paths.film(owner, task_id)),
        )
        return PlannedDance(blueprint=blueprint, warnings=warnings, quality=measures)

    async def _danced(
        self,
        request: ChoreographyRequest,
        analysis: Analysis,
        moves: Sequence[Move],
        motion: Motion | None,
        description: Description | None,
    ) -> Plan:
        wish = _wish(request)
        if description is None:
            draft = await PLANNING.run(lambda: Draft(analysis, moves, wish, motion=motion))
            return await PLANNING.run(draft.plan)
        fits = {move.id: fit(description.request, move) for move in moves}
        figures = requested(description.request, moves)
        draft = await PLANNING.run(
            lambda: Draft(analysis, moves, wish, fit=fits, motion=motion, requested=figures)
        )
        slots = [Slot(energy=each.energy, candidates=each.candidates) for each in draft.choices]
        ids = {move_id for slot in slots for move_id in slot.candidates}
        candidates = [move for move in moves if move.id in ids]
        proposal = await self._description_model.order(
            description.text, slots, candidates, description.spent
        )
        dance = await PLANNING.run(lambda: draft.plan(proposal.move_ids))
        warnings = (*description.warnings, *proposal.warnings, *dance.warnings)
        return msgspec.structs.replace(dance, warnings=warnings)

    async def _counted(
        self, request: ChoreographyRequest, analysis: Analysis, description: Description | None
    ) -> tuple[Counted, Sequence[Move]]:
        """Return the song counted at the tempo that fits most moves, and the candidate moves."""
        best: tuple[Counted, Sequence[Move]] | None = None
        most = 0
        first = await self._first()
        for way in ways_to_count(analysis):
            moves = await self._candidates(request, way.analysis, description, first)
            danceable = [move for move in moves if move.id not in request.banned_moves]
            fit = fitting(danceable, way.analysis.tempo)
            if best is None or fit > most:
                best, most = (way, moves), fit
            if settles(fit, len(danceable)):
                break
        if best is None:
            raise AssertionError("There is no way to count the song.")
        return best

    async def _first(self) -> Page[Move]:
        """Return the moves that are read once, however many ways to count the song are tried."""
        if self._shortlist is not None:
            return await self._shortlist.first()
        usable = MoveFilter(usable=True)
        moves = await read_all(lambda after, most: self._moves.page(usable, after, most))
        return Page(items=tuple(moves))

    async def _candidates(
        self,
        request: ChoreographyRequest,
        analysis: Analysis,
        description: Description | None,
        first: Page[Move],
    ) -> Sequence[Move]:
        """Return the candidate moves."""
        if self._shortlist is not None and first.last is not None:
            words = None
            if description is not None:
                words = " ".join((description.text, *description.request.figures))
            wish = _wish(request)
            shortlist = await self._shortlist(
                request.song_id, analysis.tempo, wish, words, first=first
            )
            ids = {move.id for move in shortlist}
            more = () if description is None else description.figures
            examples = await self._moves.find_many([each for each in more if each not in ids])
            return (*shortlist, *(move for move in examples if move.unusable is None))
        return first.items

    async def _refuse_unknown(self, request: ChoreographyRequest, moves: Sequence[Move]) -> None:
        ids = {*request.banned_moves, *(lock.move_id for lock in request.locked_moves)}
        moves_by_id = {move.id: move for move in moves}
        if unlisted := ids - set(moves_by_id):
            moves_by_id |= {move.id: move for move in await self._moves.find_many(sorted(unlisted))}
        check_moves(request, moves_by_id)
        if not moves:
            await self._refuse_without_moves()

    async def _refuse_without_moves(self) -> None:
        """Raise `NoMovesMatch` if there are no candidates for a reason other
        than the song's tempo.
        """
        if (await self._moves.page(MoveFilter(usable=True), None, 1)).items:
            return
        if not (await self._moves.page(MoveFilter(), None, 1)).items:
            raise NoMovesMatch("There are no moves in the library; add some first.")
        raise NoMovesMatch(
            "No film can be made of any clip of the library, so no dance can be planned. Add "
            "other clips; `bachata-buddy library check` gives the reason for each clip."
        )


def _too_short(analysis: Analysis, seconds: float) -> tuple[ResultWarning, ...]:
    if seconds <= analysis.duration + _NEAR:
        return ()
    message = (
        f"The song lasts only {analysis.duration:.0f} s; the description asks for {seconds:.0f} s."
    )
    return (ResultWarning(WarningCode.SONG_TOO_SHORT, message),)


def _wish(request: ChoreographyRequest) -> Wish:
    return Wish(
        difficulty=request.difficulty,
        energy_level=request.energy_level,
        style=request.style,
        seed=request.seed,
        locked=request.locked_moves,
        banned=request.banned_moves,
    )


def _doubts(song: Song, analysis: Analysis) -> tuple[ResultWarning, ...]:
    """Return a warning if another way to count the song is nearly as likely."""
    if not is_close(analysis):
        return ()
    first, second = analysis.readings[:2]
    message = (
        f"The beats of {song.title!r} are uncertain: reading 2 of the analysis "
        f"({second.kind}) has a probability of {second.probability:.2f}, and the one "
        f"that is danced has {first.probability:.2f}. If the steps do not fit the music, correct "
        "the analysis of the song with `reading` 2."
    )
    return (ResultWarning(WarningCode.BEATS_UNCERTAIN, message),)
