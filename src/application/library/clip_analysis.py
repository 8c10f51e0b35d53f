"""Analyse a clip: measure it, find its beats and its motion, and complete its move."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from application.library.stated_tempos import in_octave
from application.ports.embedder import Embedder
from application.ports.motion_analyzer import MotionAnalyzer
from domain.blueprint.model import Difficulty
from domain.importing.move_lists import Kind, Listed, Note, note
from domain.importing.move_records import MoveRecord
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
_OFF_SECONDS: Final = 0.05
_MOTION_CONFIDENCE: Final = 0.2
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
        self, clip: Path, record: MoveRecord, media: Media, *, by_user: bool = False
    ) -> Examined:
        """Measure a clip and analyse its sound and motion; lists provide what cannot be measured.

        If the clip is uploaded ``by_user``, the user's tempo wins too. Raises `UnreadableMedia` if
        the video is truncated.
        """
        notes = _Notes(record.notes)
        entry, seconds = record.entry, float(media.seconds)
        if entry.duration is not None and abs(entry.duration - seconds) > _OFF_SECONDS:
            notes.wrong(
                "duration",
                f"The clip lasts {seconds:g} s; {entry.source} states {entry.duration:g} s.",
            )
        notes.computed("duration", f"{seconds:.3f} s, measured.")
        analysis = await self._analysis(clip, media, notes)
        motion = await self._motion_of(clip, notes, whole=True)
        time = _time(record, analysis, motion, seconds, notes, sure=by_user)
        move = Move(
            id=record.id,
            name=record.name,
            label=record.label,
            video_path="clips/new",
            difficulty=notes.or_default("difficulty", entry.difficulty, Difficulty.INTERMEDIATE),
            energy_level=_energy(entry.energy_level, motion, notes),
            style=notes.or_default("style", entry.style, Style.ROMANTIC),
            duration=seconds,
            tempo=time.tempo,
            first_count=time.first_count,
            beats=time.beats,
            confidence=time.confidence,
        )
        embedding = await self._embedding(move, record, analysis, motion, notes)
        return Examined(move=move, embedding=embedding, notes=tuple(notes.all))

    async def embedding_of(self, move: Move, clip: Path, media: Media) -> MoveEmbedding:
        """Return the embedding of a move, from its words, its clip's sound and its motion."""
        notes = _Notes(())
        analysis = await self._analysis(clip, media, notes)
        motion = await self._motion_of(clip, notes)
        record = MoveRecord(
            id=move.id,
            name=move.name,
            label=move.label,
            clip=None,
            entry=Listed(source="the library"),
            notes=(),
        )
        return await self._embedding(move, record, analysis, motion, notes)

    async def _analysis(self, clip: Path, media: Media, notes: "_Notes") -> Analysis | None:
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
        record: MoveRecord,
        analysis: Analysis | None,
        motion: Motion | None,
        notes: "_Notes",
    ) -> MoveEmbedding:
        rows = record.entry.rows
        by: dict[Part, str] = {}
        for part in Part:
            field = f"{part}_embedding"
            if rows.of(part) is not None:
                notes.taken(field, f"From {record.entry.source}.")
            elif part is Part.TEXT:
                by[part] = self._embedder.name
                rows = msgspec.structs.replace(rows, text=await self._embedder.read(words_of(move)))
                notes.computed(field, f"By {self._embedder.name!r}.")
            elif part is Part.AUDIO and analysis is not None and analysis.embedding:
                by[part] = analysis.analyzed_by
                rows = msgspec.structs.replace(rows, audio=packed(analysis.embedding))
                notes.computed(field, f"By {analysis.analyzed_by!r}.")
            else:
                if part is Part.AUDIO and analysis is not None:
                    by[part] = analysis.analyzed_by
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

    def or_default(self, field: str, value: V | None, otherwise: V) -> V:
        """Return a list's value; without one, the default."""
        if value is not None:
            self.taken(field, str(value))
            return value
        self.missing(field, f"No value is given; {otherwise} is assumed.")
        return otherwise


def _time(
    record: MoveRecord,
    analysis: Analysis | None,
    motion: Motion | None,
    seconds: float,
    notes: _Notes,
    *,
    sure: bool,
) -> _Time:
    """Return the beats: from the sound, else the list, else the motion, else a default.

    For the first "1", a list wins over the analyzer; for the tempo, the more certain source wins.
    """
    entry = record.entry
    analysis, octave = in_octave(analysis, entry.tempo)
    beats: tuple[float, ...] = ()
    first: float | None = None
    confidence: float | None = None
    if sure and entry.tempo is not None:
        tempo = entry.tempo
        notes.taken("tempo", f"{tempo:g} BPM, from {entry.source}.")
        if (
            analysis is not None
            and analysis.beats
            and abs(analysis.tempo / tempo - 1) <= _OFF_TEMPO
        ):
            beats, first = analysis.beats, (analysis.ones or analysis.beats)[0]
            confidence = analysis.confidence
    elif analysis is not None and analysis.beats and 30 <= analysis.tempo <= 300:
        tempo, beats = analysis.tempo, analysis.beats
        first = (analysis.ones or analysis.beats)[0]
        confidence = analysis.confidence
        notes.computed("tempo", f"{tempo:.1f} BPM, detected in the clip's sound{octave}.")
        if entry.first_count is None:
            notes.computed("first_count", f"{first:.3f} s, detected in the clip's sound.")
        if entry.tempo is not None and abs(entry.tempo / tempo - 1) > _OFF_TEMPO:
            claim = f"{entry.source} states {entry.tempo:g} BPM"
            notes.wrong("tempo", f"The analysis detected {tempo:.1f} BPM; {claim}.")
    elif entry.tempo is not None:
        tempo = entry.tempo
        notes.taken("tempo", f"{tempo:g} BPM, from {entry.source}; the analysis detected no beats.")
    elif motion is not None and (rhythm := pulse(motion)) is not None:
        tempo, beats, first = rhythm.tempo, rhythm.beats, rhythm.beats[0]
        confidence = _MOTION_CONFIDENCE
        notes.computed("tempo", f"{tempo:.1f} BPM, estimated from the motion, which is uncertain.")
    else:
        tempo = _ORDINARY_TEMPO
        notes.missing(
            "tempo", f"No beats were detected in the sound or the motion; {tempo:g} BPM is assumed."
        )
    if entry.first_count is not None and entry.first_count >= seconds:
        notes.wrong(
            "first_count",
            f"{entry.first_count:g} s is after the end of the clip, so it is ignored.",
        )
    elif entry.first_count is not None:
        # A person knows the first "1" better than any analyzer.
        first = entry.first_count
        notes.taken("first_count", f"{first:g} s, from {entry.source}.")
    if first is None or first >= seconds:
        first = 0.0
        notes.missing("first_count", "The first '1' is not known; the clip's start is assumed.")
    return _Time(tempo=tempo, beats=beats, first_count=first, confidence=confidence)


def _energy(stated: Energy | None, motion: Motion | None, notes: _Notes) -> Energy:
    if stated is None and motion is not None:
        energy = motion.energy()
        level = level_of(energy)
        notes.computed("energy_level", f"{level}, from a motion energy of {energy:.2f}.")
        return level
    return notes.or_default("energy_level", stated, Energy.MEDIUM)


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
