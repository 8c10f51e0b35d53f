"""Known faults of FFmpeg versions that affect this service."""

import re
from typing import Final

import msgspec

Version = tuple[int, ...]


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault of all versions from ``first`` on and before ``mended``."""

    name: str
    why: str
    mended: Version
    first: Version = (0,)
    useless: bool = False
    """True if the service cannot work with such a version."""


OLDEST: Final = Fault(
    name="too old",
    why="it lacks `-fps_mode`, which every film needs; 5.1 is the first version with it",
    mended=(5, 1),
    useless=True,
)

FAULTS: Final = (
    OLDEST,
    Fault(
        name="CVE-2022-2566",
        why=(
            "a crafted MP4 or MOV may write outside the buffer when its index of open groups is "
            "read"
        ),
        first=(5, 1),
        mended=(5, 1, 1),
    ),
    Fault(
        name="CVE-2022-48434",
        why="decoding in several threads may use freed memory",
        first=(5, 1),
        mended=(5, 1, 2),
    ),
    Fault(
        name="early end",
        why=(
            "a clip with B-frames ends one frame early when its frame rate is converted; the "
            "service works around it"
        ),
        first=(5, 1),
        mended=(6,),
    ),
    Fault(
        name="CVE-2025-1594",
        why="the AAC encoder, which encodes the sound of every film, may write outside the buffer",
        first=(5, 1),
        mended=(7, 1, 1),
    ),
    Fault(
        name="CVE-2026-40962",
        why="a crafted encrypted MP4 or MOV may write outside the buffer when it is opened",
        first=(5, 1),
        mended=(8, 1),
    ),
)
"""Faults in reading, decoding, encoding and joining the accepted formats.

Distributions fix faults without changing the version number, so a listed fault may be fixed there.
"""


def version_of(text: str) -> Version | None:
    """Return the numbers in a version such as `n9.0.2-17-g2a57` or `5.1.6-0+deb12u1`.

    None for a development build, which has no version number.
    """
    numbers = re.match(r"n?(\d+(?:\.\d+)*)(?![\w])", text)
    return tuple(int(each) for each in numbers[1].split(".")) if numbers else None


def faults_of(version: Version) -> tuple[Fault, ...]:
    """Return the known faults of a version."""
    if version < OLDEST.mended:
        return (OLDEST,)
    return tuple(fault for fault in FAULTS if fault.first <= version < fault.mended)
