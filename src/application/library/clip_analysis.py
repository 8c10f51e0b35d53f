"""Analyse a clip: measure it, find its beats and its motion, and complete its move."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec

from application.ports.embedder import Embedder
from application.ports.motion_analyzer import MotionAnalyzer
from domain.blueprint.model import Difficulty
from domain.importing.move_lists import Kind, Listed, Note, note
from domain.importing.move_records import Wanted
from domain.library.corrections import Correction, corrected
from domain.library.embeddings import (
    IMPORTED,
    MoveEmbedding,
    Part,
    Rows,
    packed,
    words_of,
)
from domain.library.media import Media
from domain.library.motion import Motion, level_of, pulse
from domain.library.moves import Energy, Move, Style
from domain.library.songs import Analysis
from domain.shared.errors import NoBeatsDetected, UnreadableMedia

V = TypeVar("V")

AnalyzeAudio = Callable[[Path], Awaitable[Analysis]]
"""Analyses a clip's own sound; the analysis of a clip without a beat has no beats."""

_ORDINARY_TEMPO: Final = 120.0
_OFF_TEMPO: Final = 0.05
"""Relative difference below which two tempos count as equal."""
_OCTAVE: Final = 0.12
"""Relative difference from a stated tempo for its double or half; lists contain rounded tempos."""
_OCTAVES: Final[tuple[Literal["double", "half"], ...]] = ("double", "half")
_OFF_SECONDS: Final = 0.05
_SEEN: Final = 0.2
"""Confidence of beats from the motion instead of the sound."""


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A complete move, its embedding, and notes on the source of each value."""

    move: Move
    embedding: MoveEmbedding
    notes: tuple[Note, ...]


class _Time(msgspec.Struct, frozen=True, kw_only=True):
    """The beats of a clip."""

    tempo: float
    beats: tuple[float, ...]
    first_count: float
    confidence: float | None


class Examination:
    """Analyses one clip after another."""

    def __init__(
        self,
        analyze_audio: AnalyzeAudio,
        embedder: Embedder,
        motion_analyzer: MotionAnalyzer | None = None,
    ) -> None:
        """Take the audio analysis, the text embedder and the motion analyzer."""
        self._analyze_audio = analyze_audio
        self._embedder = embedder
        self._motion_analyzer = motion_analyzer

    async def __call__(
        self, clip: Path, wanted: Wanted, media: Media, *, brought: bool = False
    ) -> Examined:
        """Measure a clip and analyse its sound and motion; lists provide what cannot be measured.

        If the user has ``brought`` the clip, the user's tempo wins too. Raises `UnreadableMedia` if
        the video is truncated.
        """
        notes = _Notes(wanted.notes)
        said, seconds = wanted.said, float(media.seconds)
        if said.duration is not None and abs(said.duration - seconds) > _OFF_SECONDS:
            notes.wrong(
                "duration",
                f"The clip lasts {seconds:g} s; {said.source} states {said.duration:g} s.",
            )
        notes.computed("duration", f"{seconds:.3f} s, measured.")
        heard = await self._heard(clip, media, notes)
        motion = await self._motion_of(clip, notes, whole=True)
        time = _time(wanted, heard, motion, seconds, notes, sure=brought)
        move = Move(
            id=wanted.id,
            name=wanted.name,
            label=wanted.label,
            video_path="clips/new",
            difficulty=notes.said("difficulty", said.difficulty, Difficulty.INTERMEDIATE),
            energy_level=_energy(said.energy_level, motion, notes),
            style=notes.said("style", said.style, Style.ROMANTIC),
            duration=seconds,
            tempo=time.tempo,
            first_count=time.first_count,
            beats=time.beats,
            confidence=time.confidence,
        )
        embedding = await self._embedding(move, wanted, heard, motion, notes)
        return Examined(move=move, embedding=embedding, notes=tuple(notes.all))

    async def embedding_of(self, move: Move, clip: Path, media: Media) -> MoveEmbedding:
        """Return the embedding of a move, from its words, its clip's sound and its motion."""
        notes = _Notes(())
        heard = await self._heard(clip, media, notes)
        motion = await self._motion_of(clip, notes)
        wanted = Wanted(
            id=move.id,
            name=move.name,
            label=move.label,
            clip=None,
            said=Listed(source="the library"),
            notes=(),
        )
        return await self._embedding(move, wanted, heard, motion, notes)

    async def _heard(self, clip: Path, media: Media, notes: "_Notes") -> Analysis | None:
        if media.sound is None:
            notes.missing("sound", "The clip has no sound.")
            return None
        try:
            return await self._analyze_audio(clip)
        except (UnreadableMedia, NoBeatsDetected) as error:
            notes.missing("sound", f"The clip's sound cannot be analysed: {error}")
            return None

    async def _motion_of(
        self, clip: Path, notes: "_Notes", *, whole: bool = False
    ) -> Motion | None:
        if self._motion_analyzer is None:
            return None
        try:
            return await self._motion_analyzer.analyze(clip)
        except UnreadableMedia as error:
            if whole:
                raise
            notes.missing("motion", str(error))
            return None

    async def _embedding(
        self,
        move: Move,
        wanted: Wanted,
        heard: Analysis | None,
        motion: Motion | None,
        notes: "_Notes",
    ) -> MoveEmbedding:
        rows = wanted.said.rows
        by: dict[Part, str] = {}
        for part in Part:
            field = f"{part}_embedding"
            if rows.of(part) is not None:
                notes.taken(field, f"From {wanted.said.source}.")
            elif part is Part.TEXT:
                by[part] = self._embedder.name
                rows = msgspec.structs.replace(rows, text=await self._embedder.read(words_of(move)))
                notes.computed(field, f"By {self._embedder.name!r}.")
            elif part is Part.AUDIO and heard is not None and heard.embedding:
                by[part] = heard.analyzed_by
                rows = msgspec.structs.replace(rows, audio=packed(heard.embedding))
                notes.computed(field, f"By {heard.analyzed_by!r}.")
            else:
                if part is Part.AUDIO and heard is not None:
                    by[part] = heard.analyzed_by
                notes.missing(field, "There is no source for it.")
        return _entry(move, rows, by, motion)


class _Notes:
    """Collects notes about one move."""

    def __init__(self, first: tuple[Note, ...]) -> None:
        self.all = list(first)

    def taken(self, field: str, message: str) -> None:
        self.all.append(note(Kind.TAKEN, field, message))

    def computed(self, field: str, message: str) -> None:
        self.all.append(note(Kind.COMPUTED, field, message))

    def missing(self, field: str, message: str) -> None:
        self.all.append(note(Kind.MISSING, field, message))

    def wrong(self, field: str, message: str) -> None:
        self.all.append(note(Kind.INCONSISTENT, field, message))

    def said(self, field: str, value: V | None, otherwise: V) -> V:
        """Return a list's value; without one, the default."""
        if value is not None:
            self.taken(field, str(value))
            return value
        self.missing(field, f"No value is given; {otherwise} is assumed.")
        return otherwise


def _time(
    wanted: Wanted,
    heard: Analysis | None,
    motion: Motion | None,
    seconds: float,
    notes: _Notes,
    *,
    sure: bool,
) -> _Time:
    """Return the beats: from the sound, else the list, else the motion, else a default.

    For the first "1", a list wins over the analyzer; for the tempo, the more certain source wins.
    """
    said = wanted.said
    heard, octave = _in_octave(heard, said.tempo)
    beats: tuple[float, ...] = ()
    first: float | None = None
    confidence: float | None = None
    if sure and said.tempo is not None:
        tempo = said.tempo
        notes.taken("tempo", f"{tempo:g} BPM, from {said.source}.")
        if heard is not None and heard.beats and abs(heard.tempo / tempo - 1) <= _OFF_TEMPO:
            beats, first = heard.beats, (heard.ones or heard.beats)[0]
            confidence = heard.confidence
    elif heard is not None and heard.beats and 30 <= heard.tempo <= 300:
        tempo, beats = heard.tempo, heard.beats
        first = (heard.ones or heard.beats)[0]
        confidence = heard.confidence
        notes.computed("tempo", f"{tempo:.1f} BPM, detected in the clip's sound{octave}.")
        if said.first_count is None:
            notes.computed("first_count", f"{first:.3f} s, detected in the clip's sound.")
        if said.tempo is not None and abs(said.tempo / tempo - 1) > _OFF_TEMPO:
            message = (
                f"The analysis detected {tempo:.1f} BPM; {said.source} states {said.tempo:g} BPM."
            )
            notes.wrong("tempo", message)
    elif said.tempo is not None:
        tempo = said.tempo
        notes.taken("tempo", f"{tempo:g} BPM, from {said.source}; the analysis detected no beats.")
    elif motion is not None and (seen := pulse(motion)) is not None:
        tempo, beats, first = seen.tempo, seen.beats, seen.beats[0]
        confidence = _SEEN
        notes.computed("tempo", f"{tempo:.1f} BPM, estimated from the motion, which is uncertain.")
    else:
        tempo = _ORDINARY_TEMPO
        notes.missing(
            "tempo", f"No beats were detected in the sound or the motion; {tempo:g} BPM is assumed."
        )
    if said.first_count is not None and said.first_count >= seconds:
        notes.wrong(
            "first_count", f"{said.first_count:g} s is after the end of the clip, so it is ignored."
        )
    elif said.first_count is not None:
        # A person knows the first "1" better than any analyzer.
        first = said.first_count
        notes.taken("first_count", f"{first:g} s, from {said.source}.")
    if first is None or first >= seconds:
        first = 0.0
        notes.missing("first_count", "The first '1' is not known; the clip's start is assumed.")
    return _Time(tempo=tempo, beats=beats, first_count=first, confidence=confidence)


def _in_octave(heard: Analysis | None, said: float | None) -> tuple[Analysis | None, str]:
    """Return the analysis counted near the stated tempo, and a note about the change.

    An analyzer mistakes double or half the tempo for the tempo more often than a person does.
    """
    if heard is None or said is None or not heard.beats:
        return heard, ""
    for level in _OCTAVES:
        counted = corrected(heard, Correction(beats=level))
        if counted.beats and abs(counted.tempo / said - 1) <= _OCTAVE:
            note = f" at {heard.tempo:.1f} BPM and recounted to match the stated {said:g} BPM"
            # The confidence stays, because no user has confirmed these beats.
            return msgspec.structs.replace(counted, confidence=heard.confidence), note
    return heard, ""


def _energy(said: Energy | None, motion: Motion | None, notes: _Notes) -> Energy:
    if said is None and motion is not None:
        energy = motion.energy()
        level = level_of(energy)
        notes.computed("energy_level", f"{level}, from a motion energy of {energy:.2f}.")
        return level
    return notes.said("energy_level", said, Energy.MEDIUM)


def _entry(move: Move, rows: Rows, by: dict[Part, str], motion: Motion | None) -> MoveEmbedding:
    eight = move.eight_count
    start = end = None
    if motion is not None:
        start = motion.energy(move.first_count, move.first_count + eight)
        end = motion.energy(max(0.0, move.duration - eight), move.duration)
    return MoveEmbedding(
        move_id=move.id,
        rows=rows,
        **{f"{part}_by": by.get(part, IMPORTED) for part in Part},
        energy_start=start,
        energy_end=end,
    )
