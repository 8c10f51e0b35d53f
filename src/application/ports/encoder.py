"""What makes film of clips."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from domain.blueprint import OutputConfig
from domain.media import Media
from domain.timeline import Cut, Soundtrack, Timeline

Files = Mapping[str, Path]
"""Local file by storage path."""


class Footage(msgspec.Struct, frozen=True, kw_only=True):
    """Silent film on the local disk."""

    path: Path
    frames: int


class Encoder(Protocol):
    """The cutting room: clips in, a film out.

    Each method leaves its whole result or raises and leaves nothing. On cancellation all work
    has ended when the method returns. Raises `FFmpegMissing` when there is nothing to work with
    and `FFmpegFailed`, with the last lines of the failure, when the work fails.
    """

    async def measure(self, media: Path) -> Media:
        """Look into a file, or raise `UnreadableMedia`."""
        ...

    async def normalise(self, cut: Cut, files: Files, output: OutputConfig, into: Path) -> Footage:
        """Make one cut at the film's size and frame rate: exactly ``cut.frames`` frames.

        Raises `ClipTooShort` and `UnreadableMedia`, naming the clip's storage path.
        """
        ...

    async def concatenate(self, pieces: Sequence[Footage], into: Path) -> Footage:
        """Join pieces, made with one and the same output, in order; no frame more or fewer."""
        ...

    async def add_audio(
        self, film: Footage, soundtrack: Soundtrack, files: Files, into: Path
    ) -> None:
        """Write the finished film: the frames as they are, the sound exactly as long.

        Raises `UnreadableMedia`, naming the storage path of the song or the clip.
        """
        ...

    async def inspect(self, film: Path, timeline: Timeline) -> None:
        """Raise `FilmFlawed` unless the film is what was asked for, and decodes to the end."""
        ...

    async def ready(self) -> str:
        """Say what is doing the work, or raise."""
        ...
