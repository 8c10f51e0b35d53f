"""Listening and the starting of programs go on side by side, however often."""

import asyncio
from pathlib import Path

import pytest

from adapters.cage.cage import Cage
from adapters.demo.music.bed import bed
from adapters.demo.reel import write_sound
from adapters.ffmpeg.process import run
from tests.media import audio_analyzer

pytestmark = pytest.mark.anyio

_PROGRAMS = 1_000
_AT_ONCE = 4
_LIMIT = 300.0
"""Seconds after which it stands still: it takes 30."""


async def test_a_thousand_programs_are_started_while_songs_are_listened_to(tmp_path: Path) -> None:
    """With programs started by a copy of this process, listening stood still for ever."""
    song = tmp_path / "song.flac"
    write_sound(song, bed(124.0, 4, "high", seed=3))
    ear, tempos, waiting = audio_analyzer(), list[float](), iter(range(_PROGRAMS))

    async def programs() -> None:
        for _ in waiting:
            await run(["/bin/true"], cage=Cage())

    async def songs(done: asyncio.Event) -> None:
        while not done.is_set():
            tempos.append((await ear.analyze(song)).tempo)

    async with asyncio.timeout(_LIMIT):
        over = asyncio.Event()
        listening = [asyncio.ensure_future(songs(over)) for _ in range(2)]
        await asyncio.gather(*(programs() for _ in range(_AT_ONCE)))
        over.set()
        await asyncio.gather(*listening)
    assert len(tempos) > 2
    assert len({*tempos}) == 1
