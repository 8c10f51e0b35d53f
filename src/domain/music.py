"""A song of the library and what can be heard in it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from domain.blueprint import StoragePath


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a song."""

    name: str
    start: float
    end: float
    energy: Annotated[float, Meta(ge=0, le=1)]


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What is heard in a song; all times in seconds."""

    tempo: Annotated[float, Meta(gt=0, description="Beats a minute.")]
    beats: tuple[float, ...]
    ones: tuple[float, ...]
    """The "1" of every eight-count."""
    sections: tuple[Section, ...]
    duration: float
    heard_by: str
    """Who says so: `score` when it is known from the making, else the listener's name."""


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """A song of the library."""

    id: str
    title: str
    artist: str
    audio_path: StoragePath
    duration: Annotated[float, Meta(gt=0, description="Seconds.")]
    genre: str | None = None
    tempo: float | None = None
    """Beats a minute, once somebody has listened."""
