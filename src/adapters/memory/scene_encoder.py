"""Scenes as JSON: every frame has a name, as in the films of `MemoryEncoder`."""

import hashlib
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from adapters.memory.encoder import Reel
from application.concurrency.threads import FILES
from application.media.disk_errors import disk_errors
from domain.blueprint.model import OutputConfig
from domain.scripts.shots import Shot
from domain.shared.errors import UnreadableMedia

_BEGINNINGS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
"""First bytes of JPEG, PNG and WebP files."""
_LAST: Final = 0x024F
"""The last letter that the imaginary fonts draw: Latin with all its European accents."""
_PUNCTUATION: Final = range(0x2010, 0x2040)


class Poster(msgspec.Struct, frozen=True, kw_only=True):
    """A poster as this encoder writes it."""

    width: int
    height: int
    frame: str


def picture(name: str) -> bytes:
    """Return the content of a picture that this encoder can read."""
    return _BEGINNINGS[0] + name.encode()


class MemorySceneEncoder:
    """Makes clips of named frames by the same rules as a real scene encoder."""

    async def encode(
        self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
    ) -> None:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        name = _name(shot, picture, output)
        frames = tuple((name, number) for number in range(shot.frames))
        reel = Reel(rate=output.frame_rate, frames=frames)
        await FILES.run(partial(_write, into, msgspec.json.encode(reel)))

    async def poster(
        self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
    ) -> None:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        frame = f"{_name(shot, picture, output)} {shot.frames // 2}"
        content = Poster(width=output.width, height=output.height, frame=frame)
        await FILES.run(partial(_write, into, msgspec.json.encode(content)))

    async def version(self, output: OutputConfig) -> str:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        size = f"{output.width}x{output.height}"
        return f"scenes in memory, {size}, {output.frame_rate}, {output.video_bitrate}"

    def undrawable(self, text: str) -> str:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        return "".join(letter for letter in dict.fromkeys(text) if not _is_drawn(letter))


def _write(into: Path, content: bytes) -> None:
    with disk_errors():
        into.write_bytes(content)


def _is_drawn(letter: str) -> bool:
    code = ord(letter)
    return letter.isspace() or code <= _LAST or code in _PUNCTUATION or 0x300 <= code < 0x370


def _name(shot: Shot, picture: Path | None, output: OutputConfig) -> str:
    """Return a name that differs for every other scene; raises `UnreadableMedia`."""
    content = b"" if picture is None else _read(picture)
    size = output.width, output.height, output.frame_rate, output.video_bitrate
    return hashlib.sha256(msgspec.json.encode((shot, size)) + content).hexdigest()[:16]


def _read(picture: Path) -> bytes:
    try:
        content = picture.read_bytes()
    except OSError:
        raise UnreadableMedia("The picture cannot be opened.") from None
    if not content.startswith(_BEGINNINGS):
        raise UnreadableMedia("The picture is not a JPEG, PNG or WebP file.")
    return content
