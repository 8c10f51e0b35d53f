"""Port for encoding clips and songs for films."""

from pathlib import Path
from typing import Protocol

from application.ports.footage import Footage
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut, Soundtrack


class ClipEncoder(Protocol):
    """Encodes the video and the sound that an `Encoder` assembles into films.

    Each method produces its complete result, or raises and leaves nothing. After a cancellation all
    work has ended when the method returns. Raises `FFmpegMissing` if there is no FFmpeg, and
    `FFmpegFailed`, with FFmpeg's last lines, if it fails. A result may be in other files than the
    named one; they exist as long as the folder of the named file.
    """

    @property
    def keeps(self) -> bool:
        """True if results are cached, so that encoding a clip in advance saves work for every film
        with it.
        """
        ...

    async def normalise(
        self, cut: Cut, files: MediaFiles, output: OutputConfig, into: Path
    ) -> Footage:
        """Encode one cut at the film's size, with a duration of exactly ``cut.frames`` frames.

        With a constant frame rate it has exactly that many frames, and frame j shows the clip's
        frame ``first + j * rate``. With a variable frame rate it may instead have
        ``cut.pictures(output)`` frames: the clip's own from ``first`` on, in order. Raises
        `ClipTooShort` and `UnreadableMedia`, naming the clip's storage path.
        """
        ...

    async def encode_sound(self, soundtrack: Soundtrack, files: MediaFiles, into: Path) -> Path:
        """Encode only the sound of a film, and return its file.

        Raises `UnreadableMedia`, naming the storage path of the song or the clip.
        """
        ...

    async def self_test(self, output: OutputConfig, folder: Path) -> None:
        """Encode a film without any clip in ``folder``; raises the error that prevents encoding."""
        ...
