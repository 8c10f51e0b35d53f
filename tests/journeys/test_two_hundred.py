"""Two hundred films in a row leave the process as the first ones did."""

import gc
import os
import threading
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from domain.blueprint.model import Blueprint, BlueprintMove, OutputConfig
from domain.shared import paths
from entrypoints.bootstrap import open_ports
from entrypoints.wiring.wire import wire
from tests.journeys.footage import move, noisy_film, song, song_of
from tests.journeys.stores import Stores, settings_of

pytestmark = pytest.mark.anyio

FILMS, SETTLED = 200, 50
GROWTH = 8_000_000
"""Bytes the process may differ by: a few pages of the allocator, not a leak a film."""


class Held(msgspec.Struct, frozen=True):
    """The resources that a process holds."""

    descriptors: int
    threads: int
    temporary: int
    memory: int


def held(data: Path) -> Held:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Held(
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
        threads=threading.active_count(),
        temporary=len([*(data / "work").iterdir(), *(data / "cache" / "making").iterdir()]),
        memory=pages * os.sysconf("SC_PAGE_SIZE"),
    )


def another(clips: list[str], sound: str) -> Blueprint:
    task_id = uuid4()
    return Blueprint(
        task_id=task_id,
        audio_path=sound,
        moves=tuple(
            BlueprintMove(
                video_path=clips[index % len(clips)],
                start_time=index * 0.5,
                duration=0.5,
                trim_start=0.1 * (index % 3),
                playback_rate=1.0 + 0.01 * (index % 4),
            )
            for index in range(8)
        ),
        output_config=OutputConfig(
            output_path=paths.film(paths.LOCAL_USER, task_id), width=320, height=180
        ),
    )


async def test_nothing_grows_over_two_hundred_films(stores: Stores, tmp_path: Path) -> None:
    settings = await settings_of(stores, tmp_path / "var")
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        clips: list[str] = []
        for number in range(3):
            noisy_film(tmp_path / "clip.mp4", 2, 320, 180)
            library_move = await use_cases.add_move(
                tmp_path / "clip.mp4", move(number, "basic"), ready=False
            )
            clips.append(library_move.video_path)
        song_of(tmp_path / "song.wav", 6)
        sound = (await use_cases.add_song(tmp_path / "song.wav", *song(6))).audio_path
        settled: Held | None = None
        for number in range(1, FILMS + 1):
            blueprint = another(clips, sound)
            await use_cases.assemble(blueprint, paths.LOCAL_USER)
            await ports.storage.delete(blueprint.output_config.output_path)
            if number == SETTLED:
                settled = held(settings.folder)
        assert settled is not None
        after = held(settings.folder)
    assert after.descriptors <= settled.descriptors
    assert after.threads <= settled.threads
    assert after.temporary == settled.temporary == 0
    assert after.memory - settled.memory < GROWTH
