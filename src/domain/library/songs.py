"""A song of the library and what can be heard in it."""

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


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What is heard in a song; all times in seconds."""

    tempo: Annotated[float, Meta(ge=0, description="Beats a minute; 0 where no beat is heard.")]
    beats: tuple[float, ...]
    ones: tuple[float, ...]
    """The "1" of every eight-count."""
    sections: tuple[Section, ...]
    duration: float
    analyzed_by: str
    """Who says so: `score` when it is known from the making, else the analyzer's name."""
    downbeats: tuple[float, ...] = ()
    """The first beat of every bar."""
    confidence: Annotated[float, Meta(ge=0, le=1)] = 1.0
    """How sure the analyzer is of the beats; of what it is not sure of it tells none."""
    beat_energy: tuple[float, ...] = ()
    """0 to 1, from each beat to the next."""
    embedding: tuple[float, ...] = ()
    """128 numbers of length 1, alike for songs that sound alike."""
    peaks: tuple[float, ...] = ()
    """0 to 1: the largest sample in each of equal stretches, to draw the song by."""


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """A song of the library."""

    id: str
    title: Shown
    artist: Shown
    audio_path: StoragePath
    duration: Annotated[float, Meta(gt=0, description="Seconds.")]
    genre: Shown | None = None
    tempo: float | None = None
    """Beats a minute, once somebody has listened."""
    unusable: str | None = None
    """Why no film can be made with the song; null where one can."""


def shortened(heard: Analysis, seconds: float) -> Analysis:
    """The beginning of a song, up to the "1" nearest to so many seconds; a short song is whole."""
    ends = [one for one in heard.ones[1:] if one < heard.duration]
    if seconds >= heard.duration or not ends:
        return heard
    end = min(ends, key=lambda one: abs(one - seconds))
    return msgspec.structs.replace(
        heard,
        duration=end,
        beats=tuple(beat for beat in heard.beats if beat < end),
        ones=tuple(one for one in heard.ones if one < end),
        downbeats=tuple(beat for beat in heard.downbeats if beat < end),
        beat_energy=heard.beat_energy[: sum(beat < end for beat in heard.beats)],
        sections=tuple(
            msgspec.structs.replace(section, end=min(section.end, end))
            for section in heard.sections
            if section.start < end
        ),
    )
