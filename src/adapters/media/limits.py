"""Limits for processing a file; they count actual packets and samples, not the header's claims."""

from typing import Final, NoReturn

from domain.shared.errors import TooLarge

SECONDS: Final = 60 * 60
"""Maximum duration of any file, including the operator's: an hour of samples takes 318 MB."""
FRAME_PIXELS: Final = 36_000_000
"""Maximum pixels of one picture: 6000x6000."""
PIXELS: Final = 30_000_000_000
"""Maximum pixels of all pictures: two minutes of 4K at 30 frames per second."""
PACKETS: Final = 1_000_000
"""Maximum packets of all tracks: an hour of 60 frames per second and audio at 192 kHz has 900,000.
"""
SAMPLES: Final = 2_000_000_000
"""Maximum samples of all channels: 15 minutes of eight channels at 192 kHz have 1.4 thousand
million.
"""
TRACKS: Final = 64
TRACK_NUMBER: Final = 2**31 - 1
"""FFmpeg reads a larger number as negative, and then counts up to it a thousand million times."""
BOXES: Final = 20_000
"""Maximum boxes in the header of an MP4, at any depth."""
DEPTH: Final = 16
ENTRIES: Final = 3_000_000
"""Maximum entries in the index of an MP4: a packet has one to four."""
HEADER: Final = 64 * 2**20
"""Maximum bytes of an MP4's index."""

MEMORY: Final = 3 * 2**30
"""Maximum bytes of address space: a 36-megapixel picture in 10 bit and its 16 references take 1.9
GB.
"""
PATIENCE: Final = 3
"""Maximum CPU seconds without a decoded result."""
PACKETS_A_SECOND: Final = 100_000
PIXELS_A_SECOND: Final = 8_000_000
SAMPLES_A_SECOND: Final = 2_000_000
"""Minimum decoding speed per second on the slowest machine; decoding more earns more time."""
CPU_SECONDS: Final = 30 * 60
"""Maximum CPU seconds in total, for the longest accepted file."""


def refuse(what: str, count: int, most: int) -> NoReturn:
    """Raise `TooLarge`, which names the limit and the number found."""
    raise TooLarge(f"A file may have {most:,} {what} at most; this one has {count:,} or more.")


def keep(what: str, count: int, most: int) -> None:
    """Raise `TooLarge` if ``count`` exceeds ``most``."""
    if count > most:
        refuse(what, count, most)
