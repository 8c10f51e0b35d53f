"""Clips that the service stored as mezzanines: they are joined as they are."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from adapters.clip_mark import has_mark
from adapters.mp4.mezzanines import require_alike
from adapters.mp4.reader import read_track
from adapters.mp4.samples import Track
from application.media.disk_errors import disk_errors
from domain.scripts.shots import SCENE_CLIPS
from domain.shared.errors import Broken


def is_own(path: str) -> bool:
    """Return True for a storage path to which the service alone writes."""
    return path.startswith(SCENE_CLIPS)


def read_own(source: Path, into: Path, profile: str, like: Track) -> Track | None:
    """Put a mezzanine of ``profile`` at ``into`` and return its track; None for any other file.

    It has one track, which begins at its first frame and can be joined to ``like``. Raises OSError
    if the file cannot be read.
    """
    if not has_mark(source, profile):
        return None
    try:
        track = read_track(source)
        if track.kind != "video" or track.media_time or track.length != track.durations.total:
            return None
        require_alike(track, like, track.count)
    except Broken:
        return None
    with disk_errors():
        _linked(source, into)
    return read_track(into, "video")


def _linked(source: Path, into: Path) -> None:
    """Give a file a second name, or copy it where the file system has no such names."""
    with suppress(OSError):
        os.link(source, into)
    if not into.exists():
        shutil.copyfile(source, into)
