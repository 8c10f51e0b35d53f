"""The mark at the end of a clip that the service made: the profile whose films it can join."""

import hashlib
import os
from pathlib import Path
from typing import Final

_KIND: Final = bytes.fromhex("5f1d8a52b6c94e0e9a3f7c21d40b6e93")
"""Identifies the box; a player skips `uuid` boxes that it does not know (ISO/IEC 14496-12, 4.2)."""
_DIGEST: Final = 32
_LENGTH: Final = 8 + len(_KIND) + _DIGEST


def add_mark(clip: Path, profile: str) -> None:
    """Append the mark of a profile to an MP4; raises OSError."""
    with clip.open("ab") as file:
        file.write(_mark(profile))


def has_mark(clip: Path, profile: str) -> bool:
    """Return True if the last box of a file is the mark of this profile; raises OSError.

    A mark proves nothing by itself, because anybody can write one.
    """
    with clip.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size < _LENGTH:
            return False
        file.seek(size - _LENGTH)
        return file.read() == _mark(profile)


def _mark(profile: str) -> bytes:
    digest = hashlib.sha256(profile.encode()).digest()
    return _LENGTH.to_bytes(4) + b"uuid" + _KIND + digest
