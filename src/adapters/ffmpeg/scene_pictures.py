"""Decode a picture from outside, by FFmpeg in the cage, to pixels of a bounded size."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from adapters.ffmpeg.picture_header import form_of, orientation_of, read_head
from adapters.ffmpeg.scene_commands import build_picture_command
from application.concurrency.threads import FILES
from domain.scripts.movement import picture_size
from domain.shared.errors import FFmpegFailed, StorageFailed, UnreadableMedia

Pixels = NDArray[np.uint8]

_ACCEPTED: Final = "JPEG, PNG or WebP"
_HEADER: Final = 256
_MOST_BYTES: Final = 400_000_000
"""More than four bytes for each pixel of the largest picture that the command makes."""
_TURNED: Final = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True), 6: (3, False)} | {
    7: (1, True),
    8: (1, False),
}
"""Quarter turns to the left, and then a mirroring, by the number of the orientation."""


async def decode_picture(
    runner: FFmpegRunner, picture: Path, folder: Path, width: int, height: int
) -> Pixels:
    """Return red, green, blue and opacity (height, width, 4), upright, large enough for a film.

    Writes to ``folder``. Raises `UnreadableMedia`.
    """
    head = await FILES.run(lambda: _head(picture))
    form = form_of(head)
    if form is None:
        raise UnreadableMedia(f"The picture is not a {_ACCEPTED} file.")
    orientation = orientation_of(head)
    large = picture_size(width, height)
    decoded = folder / "picture.pam"
    command = build_picture_command(
        picture,
        decoded,
        form=form,
        # A picture that lies on its side fills the film with its other side.
        width=large[1] if orientation > 4 else large[0],
        height=large[0] if orientation > 4 else large[1],
        ffmpeg=runner.ffmpeg,
    )
    try:
        await runner.run(command)
    except StorageFailed:
        raise
    except FFmpegFailed as error:
        raise UnreadableMedia(
            "The picture is damaged: it cannot be decoded.", details=error.details
        ) from None
    return await FILES.run(lambda: _upright(_read(decoded), orientation))


def _head(picture: Path) -> bytes:
    try:
        return read_head(picture)
    except OSError as error:
        raise UnreadableMedia("The picture cannot be opened.", details=error.strerror) from None


def _read(file: Path) -> Pixels:
    """Read a PAM file of FFmpeg, and delete it (netpbm, `pam` format)."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UnreadableMedia("The picture is too large.")
        content = file.read_bytes()
        file.unlink()
    except FileNotFoundError:
        raise UnreadableMedia("The picture has no content.") from None
    header, _, pixels = content.partition(b"ENDHDR\n")
    rows = [line.split() for line in header[:_HEADER].decode("latin-1").splitlines()]
    values = {row[0]: row[1] for row in rows if len(row) == 2}
    try:
        width, height, depth = (int(values[key]) for key in ("WIDTH", "HEIGHT", "DEPTH"))
        shape = height, width, depth
        return np.frombuffer(pixels, np.uint8).reshape(shape)
    except (KeyError, ValueError):
        raise UnreadableMedia("The picture cannot be decoded.") from None


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Apply an orientation of EXIF."""
    if orientation not in _TURNED:
        return pixels
    turns, mirrored = _TURNED[orientation]
    turned = np.rot90(pixels, turns)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)
