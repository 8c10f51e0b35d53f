"""Cache of tracks, so that no header is read twice."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from adapters.mp4.samples import Track

_MOST: Final = 512
"""Maximum number of cached tracks of each kind; one of twelve seconds takes 10 kB."""

_Same = tuple[str, int, int, int, int]
"""Identity of a file: cache key, device, inode, size and modification time."""

K = TypeVar("K")


class TrackCache:
    """Caches tracks by the identity of their file, and by paths that always lead to the same file.

    Several threads use it: each step is atomic.
    """

    def __init__(self) -> None:
        self._by_file: OrderedDict[_Same, Track] = OrderedDict()
        self._by_path: OrderedDict[Path, Track] = OrderedDict()

    def of(self, path: Path) -> Track | None:
        """Return the cached track of a path."""
        return self._by_path.get(path)

    def keep(self, path: Path, track: Track) -> None:
        """Cache the track of a path that leads to the same file as long as it exists."""
        _remember(self._by_path, path, track)

    def read(self, key: str, read: Callable[[Path], Track], path: Path) -> Track:
        """Return the cached result of ``read`` for the file of a key, or call it; raises as it
        does.
        """
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
