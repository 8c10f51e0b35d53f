"""A song of the library and the result of its analysis."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from domain.blueprint.model import StoragePath
from domain.shared.texts import Shown


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a song."""

    name: str
    start: float
    end: float
    energy: Annotated[float, Meta(ge=0, le=1)]
    """Loudness relative to the whole song."""


ReadingKind = Literal["as_analyzed", "double", "half", "half_beat_later", "bar_turned", "other_one"]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A way to count a song or a clip, with its probability."""

    kind: ReadingKind
    """Difference to the analysis."""
    probability: Annotated[float, Meta(ge=0, le=1)]
    beats_later: Annotated[int, Meta(ge=0, le=4)] = 0
    """Beats by which each "1" is later: 1 to 3 for a turned bar, 4 for the other "1"."""


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """The result of analysing a song; all times in seconds."""

    tempo: Annotated[
        float, Meta(ge=0, description="Beats per minute; 0 if the analysis found no beat.")
    ]
    beats: tuple[float, ...]
    """Every beat."""
    ones: tuple[float, ...]
    """The "1" of every eight-count."""
    sections: tuple[Section, ...]
    duration: float
    """Duration of the song."""
    analyzed_by: str
    """Source of the result: `score` for a generated song, else the name of the analyzer."""
    other_tempo: float | None = None
    """Half or double of `tempo`, as another way to count the song; null without a beat."""
    downbeats: tuple[float, ...] = ()
    """The first beat of every bar."""
    confidence: Annotated[float, Meta(ge=0, le=1)] = 1.0
    """Probability that the beats are right; if it is too low, the analyzer returns no beats."""
    bar_confidence: Annotated[float, Meta(ge=0, le=1)] = 1.0
    """Probability that the bars begin at the right beats, if the beats are right."""
    one_confidence: Annotated[float, Meta(ge=0, le=1)] = 1.0
    """Probability that the right bars begin with a "1", if the bars are right."""
    readings: tuple[Reading, ...] = ()
    """Likely ways to count the song, the analysis first and then by falling probability.

    Their number, from 1 on, is the `reading` of a correction.
    """
    beat_energy: tuple[float, ...] = ()
    """Energy from each beat to the next, 0 to 1."""
    embedding: tuple[float, ...] = ()
    """Vector of 128 numbers with norm 1; similar for songs that sound similar."""
    peaks: tuple[float, ...] = ()
    """Waveform for drawing: the largest sample in each of many equal intervals, 0 to 1."""


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """A song of the library."""

    id: str
    title: Shown
    artist: Shown
    audio_path: StoragePath
    duration: Annotated[float, Meta(gt=0, description="Duration in seconds.")]
    genre: Shown | None = None
    tempo: float | None = None
    """Beats per minute; null until the song has been analysed."""
    unusable: str | None = None
    """Reason why no film can be made with the song; null if one can."""


def shortened(analysis: Analysis, seconds: float) -> Analysis:
    """Return the analysis cut at the "1" nearest to ``seconds``; a shorter song stays whole."""
    ends = [one for one in analysis.ones[1:] if one < analysis.duration]
    if seconds >= analysis.duration or not ends:
        return analysis
    end = min(ends, key=lambda one: abs(one - seconds))
    return msgspec.structs.replace(
        analysis,
        duration=end,
        beats=tuple(beat for beat in analysis.beats if beat < end),
        ones=tuple(one for one in analysis.ones if one < end),
        downbeats=tuple(beat for beat in analysis.downbeats if beat < end),
        beat_energy=analysis.beat_energy[: sum(beat < end for beat in analysis.beats)],
        sections=tuple(
            msgspec.structs.replace(section, end=min(section.end, end))
            for section in analysis.sections
            if section.start < end
        ),
    )
