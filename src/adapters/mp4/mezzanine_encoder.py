"""The interface of an encoder whose results can be joined."""

from fractions import Fraction
from pathlib import Path
from typing import Protocol

from application.ports.clip_encoder import ClipEncoder
from application.ports.media_files import MediaFiles
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Soundtrack


class MezzanineEncoder(ClipEncoder, Protocol):
    """A `ClipEncoder` whose films of equal outputs can be joined by copying.

    Its films have no reordered frames, begin with a keyframe and have 512 ticks per frame.
    """

    async def whole(self, clip: str, files: MediaFiles, output: OutputConfig, into: Path) -> None:
        """Encode a whole clip at the film's size and frame rate; raises `UnreadableMedia`."""
        ...

    def frames_of_whole(self, seconds: Fraction, output: OutputConfig) -> int:
        """Return the number of frames that `whole` makes of a clip of ``seconds``."""
        ...

    async def encode_sound(
        self, soundtrack: Soundtrack, files: MediaFiles, into: Path, samples: int | None = None
    ) -> Path:
        """Encode only the sound of a film, for ``samples`` at 48 kHz if given."""
        ...

    async def ready(self) -> str:
        """Return the name and version of the program that encodes; raises if it does not work."""
        ...

    async def sample(self, output: OutputConfig, into: Path) -> None:
        """Make a film of one frame, encoded as all others are."""
        ...

    async def version(self) -> str:
        """Return the exact version of the encoder: another version may produce other bytes."""
        ...

    async def profile(self, output: OutputConfig) -> str:
        """Return everything that `whole` and `normalise` depend on, except clip and cut."""
        ...

    async def sound_profile(self, soundtrack: Soundtrack) -> str:
        """Return everything that `encode_sound` depends on, except the files, the cues and the
        fades.
        """
        ...
