"""Tracks that were read before, so that no header is read twice."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from adapters.mp4.samples import Track

_MOST: Final = 512
"""Tracks of each kind that are remembered; one of twelve seconds takes 10 kB."""

_Same = tuple[str, int, int, int, int]
"""What tells two files apart: what they are of, where, how large, and when they were written."""

K = TypeVar("K")


class ReadTracks:
    """Remembers tracks by the file, under any name, and by a name that stays as it is.

    It is asked from several threads: each step is one that cannot be interrupted.
    """

    def __init__(self) -> None:
        self._by_file: OrderedDict[_Same, Track] = OrderedDict()
        self._by_path: OrderedDict[Path, Track] = OrderedDict()

    def of(self, path: Path) -> Track | None:
        """The track that was kept for a path."""
        return self._by_path.get(path)

    def keep(self, path: Path, track: Track) -> None:
        """Remember the track of a path that leads to the same file for as long as it is there."""
        _remember(self._by_path, path, track)

    def read(self, key: str, read: Callable[[Path], Track], path: Path) -> Track:
        """What ``read`` says of the file of a key, now or earlier; raises as it does."""
        try:
            status = path.stat()
        except OSError:
            return read(path)
        same = (key, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        track = self._by_file.get(same)
        if track is None:
            track = read(path)
            _remember(self._by_file, same, track)
        return msgspec.structs.replace(track, path=path)


def _remember(tracks: "OrderedDict[K, Track]", key: K, track: Track) -> None:
    tracks[key] = track
    while len(tracks) > _MOST:
        tracks.popitem(last=False)
