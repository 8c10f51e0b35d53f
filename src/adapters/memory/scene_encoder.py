"""Scene clips of the memory encoder: every frame has a name."""

import hashlib
from pathlib import Path

import msgspec

from adapters.memory.encoder import clip
from application.concurrency.threads import FILES
from domain.blueprint.model import OutputConfig
from domain.scripts.shots import Shot
from domain.shared.errors import UnreadableMedia


class MemorySceneEncoder:
    """Names the frames after the picture and the words; a picture that begins with `broken` is."""

    async def encode(
        self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
    ) -> None:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        name = await _name(shot, picture)
        await FILES.run(
            lambda: into.write_bytes(clip(name, shot.frames, output.frame_rate, sound=False))
        )

    async def poster(
        self, shot: Shot, picture: Path | None, output: OutputConfig, into: Path
    ) -> None:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        name = await _name(shot, picture)
        await FILES.run(lambda: into.write_text(name))

    async def version(self, output: OutputConfig) -> str:
        """See `application.ports.scene_encoder.SceneEncoder`."""
        return f"memory {output.width}x{output.height} {output.video_bitrate}"

    def undrawable(self, text: str) -> str:
        """See `application.ports.scene_encoder.SceneEncoder`; draws Latin letters only."""
        return "".join(dict.fromkeys(each for each in text if ord(each) > 0x24F))


async def _name(shot: Shot, picture: Path | None) -> str:
    content = b"drawn" if picture is None else await FILES.run(picture.read_bytes)
    if content.startswith(b"broken"):
        raise UnreadableMedia("The picture cannot be read.")
    words = hashlib.sha256(msgspec.json.encode(shot.texts)).hexdigest()[:8]
    return f"{hashlib.sha256(content).hexdigest()[:8]} {shot.style} {words}"
