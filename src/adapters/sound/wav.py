"""WAV files of 48 kHz and 16 bits, as this service writes them."""

import os
import struct
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 48_000
"""Samples per second."""
HEADER_BYTES: Final = 44
SAMPLE_BYTES: Final = 2
_PCM: Final = 1


def header(samples: int, channels: int) -> bytes:
    """Return the 44 bytes before the samples (Microsoft's Multimedia Data Standards Update)."""
    frame = channels * SAMPLE_BYTES
    size = samples * frame
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, _PCM, channels, RATE, RATE * frame, frame, 16),
        *(b"data", size),
    )


def samples_of(file: Path) -> int | None:
    """Return the number of samples of a mono file that begins exactly as this service writes it.

    Return None for any other file. This compares bytes and parses nothing, so that a file of any
    origin may be given: after such a header, all bytes are samples.
    """
    with file.open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        samples, rest = divmod(size - HEADER_BYTES, SAMPLE_BYTES)
        if samples < 0 or rest or samples * SAMPLE_BYTES >= 2**31:
            return None
        return samples if opened.read(HEADER_BYTES) == header(samples, 1) else None


def as_pcm(sound: NDArray[np.float32]) -> NDArray[np.int16]:
    """Return sound of -1 to 1 as samples of 16 bits."""
    return np.clip(np.rint(sound * 32_767), -32_768, 32_767).astype("<i2")


def write(file: Path, sound: NDArray[np.float32]) -> None:
    """Write mono sound of -1 to 1; raises OSError, and then leaves no file."""
    draft = file.with_name(f".{file.name}.part")
    try:
        with draft.open("wb") as opened:
            opened.write(header(len(sound), 1))
            opened.write(as_pcm(sound).tobytes())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
