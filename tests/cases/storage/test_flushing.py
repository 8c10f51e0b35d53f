"""Written bytes survive a loss of power."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from adapters.flushing import flush

FULL_SYNC = 51
"""F_FULLFSYNC of macOS."""


@pytest.mark.parametrize("refused", [None, errno.ENOTSUP, errno.EINVAL])
def test_where_a_sync_stops_in_the_drives_cache_the_drive_is_asked_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: int | None
) -> None:
    syncs: list[str] = []

    def control(file: int, command: int) -> None:
        assert command == FULL_SYNC
        syncs.append("full sync")
        if refused is not None:
            raise OSError(refused, os.strerror(refused))

    def synced(file: int) -> None:
        syncs.append("sync")

    monkeypatch.setattr(fcntl, "F_FULLFSYNC", FULL_SYNC, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", control)
    monkeypatch.setattr(os, "fsync", synced)
    flush(0)
    assert syncs == ["sync", "full sync"]


def test_a_sync_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "broken")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="broken"):
        flush(0)
