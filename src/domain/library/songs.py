"""A song of the library and the result of its analysis."""

from typing import Annotated

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
    """Certainty of the beats; if it is too low, the analyzer returns no beats."""
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
