"""Port for the clips of scenes: a moving picture with words."""

from pathlib import Path
from typing import Protocol

from domain.blueprint.model import OutputConfig
from domain.scripts.shots import Shot


class SceneEncoder(Protocol):
    """Makes the clip and the poster of one scene from its shot and a picture.

    Equal arguments give equal files. Each method makes its complete result, or raises and leaves
    nothing. After a cancellation all work has ended when the method returns. Raises
    `UnreadableMedia` if the picture cannot be decoded, `FFmpegFailed`, `FFmpegMissing`, `DiskFull`.
    """

    async def encode(
        self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
    ) -> None:
        """Write a clip of exactly ``shot.frames`` frames, as it is joined into films of ``output``.

        The picture is a JPEG, PNG or WebP file of any content; without one, a background is drawn
        from mood and seed.
        """
        ...

    async def poster(
        self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
    ) -> None:
        """Write the middle frame of the clip as JPEG, at the output's size."""
        ...

    async def version(self, output: OutputConfig) -> str:
        """Return everything that results depend on, except the arguments."""
        ...

    def undrawable(self, text: str) -> str:
        """Return the characters that the fonts cannot draw, each once, in order of appearance."""
        ...
