"""What makes film of clips."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import msgspec

from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack, Timeline
from domain.library.media import Media


class Take(msgspec.Struct, frozen=True):
    """``count`` frames of a film on the local disk, from frame ``first`` on."""

    path: Path
    first: int
    count: int


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """What one cut is made of: takes that follow one another."""

    takes: tuple[Take, ...]
    lasting: int
    """How long it is seen, in frames of the film's frame rate."""
    rate: Fraction = Fraction(1)
    """Frames that are shown while one would be; 1 where each is shown for as long as it is."""


class Footage(msgspec.Struct, frozen=True, kw_only=True):
    """Silent film on the local disk."""

    shots: tuple[Shot, ...]

    @classmethod
    def whole(cls, path: Path, frames: int) -> "Footage":
        """All ``frames`` of a file, at its own speed."""
        return cls(shots=(Shot(takes=(Take(path, 0, frames),), lasting=frames),))

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return sum(take.count for shot in self.shots for take in shot.takes)

    @property
    def lasting(self) -> int:
        """How long it is seen, in frames of the film's frame rate."""
        return sum(shot.lasting for shot in self.shots)


class Encoder(Protocol):
    """The cutting room: clips in, a film out.

    Each method leaves its whole result or raises and leaves nothing. On cancellation all work
    has ended when the method returns. Raises `FFmpegMissing` when there is nothing to work with
    and `FFmpegFailed`, with the last lines of the failure, when the work fails. What is returned
    may lie in other files than the one that was named, which stay where they are for as long as
    the folder of that one does.
    """

    async def measure(self, media: Path) -> Media:
        """Look into a file, or raise `UnreadableMedia`."""
        ...

    async def prepare(
        self,
        cuts: Sequence[Cut],
        sound: Soundtrack | None,
        files: MediaFiles,
        output: OutputConfig,
        folder: Path,
    ) -> None:
        """Do ahead what can be kept for all films with these cuts or this sound, if anything can.

        What is left in ``folder`` is for the caller to remove. Raises as `normalise` and
        `add_audio` do.
        """
        ...

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        """Make one cut at the film's size, to be seen for exactly ``cut.frames`` frames' time.

        With a constant frame rate it has exactly so many frames, and frame j is what the clip
        shows at its frame ``first + j * rate``. With a variable one it may have
        ``cut.pictures(output)`` instead, the clip's own from ``first`` on, one after another.
        Raises `ClipTooShort` and `UnreadableMedia`, naming the clip's storage path.
        """
        ...

    async def concatenate(self, pieces: Sequence[Footage], into: Path) -> Footage:
        """Join pieces, made with one and the same output, in order; no frame more or fewer."""
        ...

    async def add_audio(
        self, film: Footage, soundtrack: Soundtrack, files: MediaFiles, into: Path
    ) -> None:
        """Write the finished film: the frames as they are, the sound exactly as long.

        Raises `UnreadableMedia`, naming the storage path of the song or the clip.
        """
        ...

    async def inspect(self, film: Path, timeline: Timeline) -> None:
        """Raise `FilmFlawed` unless the film is what was asked for, and plays to the end."""
        ...

    async def self_test(self, output: OutputConfig, folder: Path) -> None:
        """Make a film of no clip at all in ``folder``; raises what keeps any from being made."""
        ...

    async def ready(self) -> str:
        """Say what is doing the work, or raise."""
        ...
