"""Files are looked into a few at a time, however many are asked about."""

import threading
from pathlib import Path

import anyio
import pytest

from adapters.ffmpeg import probe
from tests.cases.ffmpeg import drawn

pytestmark = pytest.mark.anyio

ASKED = 12


class Watched:
    """Looks into files, and counts how many at a time."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()
        self._others = threading.Barrier(probe.AT_ONCE)
        self._look_now = probe.look_now

    def look_now(self, file: Path) -> probe.Look:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        # They are looked into side by side: each waits until there is another one.
        self._others.wait(timeout=60)
        try:
            return self._look_now(file)
        finally:
            with self._lock:
                self._now -= 1


async def test_so_many_files_are_looked_into_at_a_time_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = drawn.draw(tmp_path / "film.mp4", 10)
    alone = await probe.look(film)
    watched, found = Watched(), list[probe.Look]()
    monkeypatch.setattr(probe, "look_now", watched.look_now)

    async def ask() -> None:
        found.append(await probe.look(film))

    async with anyio.create_task_group() as tasks:
        for _ in range(ASKED):
            tasks.start_soon(ask)

    assert watched.most == probe.AT_ONCE
    assert found == [alone] * ASKED
