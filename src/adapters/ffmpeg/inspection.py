"""Inspect a finished film before its publication."""

from pathlib import Path

from adapters.media.messages import Look
from domain.library.media_checks import FileFacts


def facts_of(film: Path, look: Look) -> FileFacts:
    """Return what is known of a film after a ``look`` at it."""
    return FileFacts(
        media=look.media,
        size=film.stat().st_size,
        container=look.form,
        sound_seconds=look.sound_seconds,
        starts_fast=starts_fast(film),
    )


def starts_fast(film: Path) -> bool:
    """Return True if an MP4 has its index before its data, so that it plays during the download."""
    with film.open("rb") as opened:
        end = opened.seek(0, 2)
        at = 0
        while at + 8 <= end:
            opened.seek(at)
            head = opened.read(16)
            size, kind = int.from_bytes(head[:4]), head[4:8]
            if kind in (b"moov", b"mdat"):
                return kind == b"moov"
            if size == 1:
                size = int.from_bytes(head[8:])
            if size < 8:
                return False
            at += size
    return False
