"""Clips and songs, encoded for films."""

from pathlib import Path
from typing import Protocol

from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack


class ClipEncoder(Protocol):
    """Encodes the pictures and the sound that an `Encoder` assembles into films.

    Each method leaves its whole result or raises and leaves nothing. On cancellation all work
    has ended when the method returns. Raises `FFmpegMissing` without an FFmpeg, and `FFmpegFailed`
    with FFmpeg's last lines when it fails. A result may lie in other files than the one that was
    named; they stay for as long as the folder of that one does.
    """

    @property
    def keeps(self) -> bool:
        """True if results are cached, so that encoding a clip ahead spares every film with it."""
        ...

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        """Encode one cut at the film's size, to be seen for exactly ``cut.frames`` frames' time.

        With a constant frame rate it has exactly so many frames, and frame j is what the clip
        shows at its frame ``first + j * rate``. With a variable one it may have
        ``cut.pictures(output)`` instead, the clip's own from ``first`` on, one after another.
        Raises `ClipTooShort` and `UnreadableMedia`, naming the clip's storage path.
        """
        ...

    async def encode_sound(self, soundtrack: Soundtrack, files: MediaFiles, into: Path) -> Path:
        """Encode the sound of a film by itself, and return its file.

        Raises `UnreadableMedia`, naming the storage path of the song or the clip.
        """
        ...

    async def self_test(self, output: OutputConfig, folder: Path) -> None:
        """Encode a film without any clip in ``folder``; raises whatever prevents encoding."""
        ...
