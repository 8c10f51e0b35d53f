"""How much of a file is worked through, by what is read and decoded, not by its header."""

from typing import Final, NoReturn

from domain.shared.errors import TooLarge

SECONDS: Final = 60 * 60
"""Of any file, one's own included: an hour of samples to listen to takes 318 MB."""
FRAME_PIXELS: Final = 36_000_000
"""Of one picture: 6000x6000."""
PIXELS: Final = 30_000_000_000
"""Of all pictures: two minutes of 4K at 30 frames a second."""
PACKETS: Final = 1_000_000
"""Of all tracks: an hour of 60 pictures a second and of sound at 192 kHz has 900,000."""
SAMPLES: Final = 2_000_000_000
"""Of all channels: 15 minutes of eight channels at 192 kHz are 1.4 thousand million."""
TRACKS: Final = 64
TRACK_NUMBER: Final = 2**31 - 1
"""FFmpeg reads a larger one as negative, and then counts a thousand million numbers up to it."""
BOXES: Final = 20_000
"""Of an MP4's header, at any depth."""
DEPTH: Final = 16
ENTRIES: Final = 3_000_000
"""Of an MP4's index: a packet has one to four."""
HEADER: Final = 64 * 2**20
"""Bytes of an MP4's index."""

MEMORY: Final = 3 * 2**30
"""Bytes of address space: a 36-megapixel picture in 10 bit and its 16 references take 1.9 GB."""
PATIENCE: Final = 3
"""Seconds of a processor's time without anything decoded."""
PACKETS_A_SECOND: Final = 100_000
PIXELS_A_SECOND: Final = 8_000_000
SAMPLES_A_SECOND: Final = 2_000_000
"""The slowest machine decodes so many in a second; more time is granted as more is decoded."""
CPU_SECONDS: Final = 30 * 60
"""In all, for the longest that is taken."""


def refuse(what: str, found: int, most: int) -> NoReturn:
    """Raise `TooLarge` that names a limit and what was found."""
    raise TooLarge(f"A file may have {most:,} {what} at most; this one has {found:,} or more.")


def keep(what: str, found: int, most: int) -> None:
    """Raise `TooLarge` where more was found than is taken."""
    if found > most:
        refuse(what, found, most)
