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
from domain.library.songs import Analysis, shortened
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
    asked: Asked
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
        described: Description | None = None,
    ) -> PlannedDance:
        """Return the Blueprint of a dance to the whole song, or to the duration ``described``.

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
        counted, moves = await self._counted(request, analysis, described)
        analysis = counted.analysis
        await self._refuse_unknown(request, moves)
        too_short: tuple[ResultWarning, ...] = ()
        if described is not None and described.asked.seconds is not None:
            too_short = _too_short(analysis, described.asked.seconds)
            analysis = shortened(analysis, described.asked.seconds)
        motion = await self._motion_cache()
        dance = await self._danced(request, analysis, moves, motion, described)
        warnings = (*too_short, *dance.warnings)
        if counted.warning is not None:
            warnings = (counted.warning, *warnings)
        measured = await PLANNING.run(
            lambda: quality(dance.moves, analysis, moves, asked=request.difficulty, motion=motion)
        )
        measures = rounded(measured)
        blueprint = Blueprint(
            task_id=task_id,
            audio_path=song.audio_path,
            audio_tempo=analysis.tempo,
            moves=dance.moves,
            difficulty_level=request.difficulty,
            generation_timestamp=self._clock.now(),
            generation_parameters={
                **msgspec.to_builtins(request),
                **({} if described is None else {"query": described.text}),
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
        described: Description | None,
    ) -> Plan:
        wish = _wish(request)
        if described is None:
            draft = await PLANNING.run(lambda: Draft(analysis, moves, wish, motion=motion))
            return await PLANNING.run(draft.plan)
        wanted = {move.id: fit(described.asked, move) for move in moves}
        figures = requested(described.asked, moves)
        draft = await PLANNING.run(
            lambda: Draft(analysis, moves, wish, fit=wanted, motion=motion, requested=figures)
        )
        slots = [Slot(energy=each.energy, candidates=each.candidates) for each in draft.choices]
        named = {move_id for slot in slots for move_id in slot.candidates}
        shown = [move for move in moves if move.id in named]
        proposal = await self._description_model.order(
            described.text, slots, shown, described.spent
        )
        dance = await PLANNING.run(lambda: draft.plan(proposal.move_ids))
        said = (*described.warnings, *proposal.warnings, *dance.warnings)
        return msgspec.structs.replace(dance, warnings=said)

    async def _counted(
        self, request: ChoreographyRequest, heard: Analysis, described: Description | None
    ) -> tuple[Counted, Sequence[Move]]:
        """Return the song counted at the tempo that fits most moves, and the candidate moves."""
        best: tuple[Counted, Sequence[Move]] | None = None
        most = 0
        first = await self._first()
        for way in ways_to_count(heard):
            moves = await self._candidates(request, way.analysis, described, first)
            wanted = [move for move in moves if move.id not in request.banned_moves]
            fit = fitting(wanted, way.analysis.tempo)
            if best is None or fit > most:
                best, most = (way, moves), fit
            if settles(fit, len(wanted)):
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
        described: Description | None,
        first: Page[Move],
    ) -> Sequence[Move]:
        """Return the candidate moves."""
        if self._shortlist is not None and first.last is not None:
            words = None
            if described is not None:
                words = " ".join((described.text, *described.asked.figures))
            wish = _wish(request)
            found = await self._shortlist(request.song_id, analysis.tempo, wish, words, first=first)
            known = {move.id for move in found}
            more = () if described is None else described.figures
            added = await self._moves.find_many([each for each in more if each not in known])
            return (*found, *(move for move in added if move.unusable is None))
        return first.items

    async def _refuse_unknown(self, request: ChoreographyRequest, moves: Sequence[Move]) -> None:
        named = {*request.banned_moves, *(lock.move_id for lock in request.locked_moves)}
        known = {move.id: move for move in moves}
        if unlisted := named - set(known):
            known |= {move.id: move for move in await self._moves.find_many(sorted(unlisted))}
        check_moves(request, known)
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
