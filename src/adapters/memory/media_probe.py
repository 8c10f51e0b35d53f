"""A probe of files that the in-memory encoder writes."""

from fractions import Fraction
from pathlib import Path

from anyio.lowlevel import checkpoint

from adapters.memory.encoder import opened
from domain.library.limits import Allowance
from domain.library.media import Media, Picture
from domain.library.media_checks import NONE, refuse_media
from domain.shared.errors import UnacceptedMedia

_MARK = b"{"


class MemoryMediaProbe:
    """Measures files that contain a `Reel`, and refuses all others."""

    async def measure(self, file: Path, allowance: Allowance | None = None) -> Media:
        """See `application.ports.media_probe.MediaProbe`."""
        await checkpoint()
        media = _media_of(file)
        refuse_media(media, NONE if allowance is None else allowance.requirements)
        return media


def _media_of(file: Path) -> Media:
    if not file.read_bytes().startswith(_MARK):
        raise UnacceptedMedia
    reel = opened(file)
    if not reel.frames:
        return Media(seconds=Fraction(reel.sound_seconds or 0), sound="aac")
    return Media(
        seconds=Fraction(len(reel.frames), reel.rate),
        picture=Picture(
            codec="h264",
            width=1280,
            height=720,
            frame_rate=Fraction(reel.rate),
            frames=len(reel.frames),
        ),
        sound="aac" if reel.sound_seconds is not None else None,
    )
