"""A thousand posts at once, and a full disk: a server refuses at once, and goes on."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from domain.jobs.job import JobState
from domain.rendering.assembly import State
from tests.journeys.held_films import SOON, Film, Holds, furnish
from tests.journeys.server import Server, serving, until
from tests.journeys.settled import all_ended, expect_one_end, ready_again
from tests.world.small_disk import SmallDisk, small_disk

pytestmark = pytest.mark.anyio

POSTS: Final = 1_000
ADMITTED: Final = 10
ROUNDS: Final = 5 if os.environ.get("BACHATA_TEST_LONG") else 2
LIMITS: Final = {"BACHATA_MAX_RUNNING": "2", "BACHATA_MAX_WAITING": "8"}
GROWTH_MB: Final = 150
"""Megabytes by which a server may grow for a thousand connections."""
FLAT_MB: Final = 15
"""Megabytes by which it may grow once it has had a thousand."""
DISK: Final = 40_000_000


def memory_of(server: Server) -> float:
    """Return the memory of a server in MB."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def test_a_thousand_posts_are_admitted_or_refused_at_once_and_memory_stays(
    data: Path, holds: Holds, tmp_path: Path
) -> None:
    made: list[Film] = []
    memory: list[float] = []
    figures: list[str] = []
    async with serving(data, tmp_path / "log", command=holds.command, **LIMITS) as server:
        memory.append(memory_of(server))
        for _ in range(ROUNDS):
            films = [Film(data, State.FETCHING, wanted=False) for _ in range(POSTS)]
            for film in films:
                holds.hold(film)
            began = time.monotonic()
            asked = {asyncio.ensure_future(film.posted(server.port)): film for film in films}
            waiting = set(asked)
            async with asyncio.timeout(4 * SOON):
                while len(waiting) > ADMITTED:
                    done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                    for answer in [each.result() for each in done]:
                        assert answer.status == 503, answer.body
                        assert answer.body["code"] == "service-full"
                        assert int(answer.headers["retry-after"]) > 0
                refused = time.monotonic() - began
                memory.append(memory_of(server))
                for film in films:
                    holds.let_go(film)
                statuses = Counter([(await each).status for each in waiting])
            assert statuses == {200: ADMITTED}
            made += [asked[each] for each in waiting]
            figures.append(f"{POSTS - ADMITTED} refused in {refused:.1f} s")
        assert await server.ended(signal.SIGTERM) == 0
    assert not any("exception" in line for line in server.lines())
    await expect_one_end(data, [film.task_id for film in made])
    megabytes = " -> ".join(f"{each:.0f}" for each in memory)
    print(f"{'; '.join(figures)}; memory {megabytes} MB; load {os.getloadavg()[0]:.1f}")
    assert memory[1] - memory[0] < GROWTH_MB
    assert memory[-1] - memory[1] < FLAT_MB


@pytest.fixture
def disk() -> Generator[SmallDisk]:
    with small_disk(DISK) as mounted:
        yield mounted


@pytest.mark.parametrize("left", [600_000, 0], ids=["records fit", "nothing fits"])
async def test_a_server_whose_disk_becomes_full_fails_its_films_and_goes_on_when_there_is_room(
    left: int, disk: SmallDisk, holds: Holds, tmp_path: Path
) -> None:
    data = disk.root / "data"
    await furnish(tmp_path, data)
    films = [
        Film(data, place, wanted=wanted)
        for place in (State.CONCATENATING, State.ADDING_AUDIO)
        for wanted in (True, False)
    ]
    many = {"BACHATA_MAX_RUNNING": "8"}
    async with serving(data, tmp_path / "log", command=holds.command, **many) as server:
        async with server.client() as client:
            for film in films:
                holds.hold(film)
            asking = [asyncio.ensure_future(film.asked(client)) for film in films]
            await until(lambda: all(map(holds.holds, films)), within=SOON)
            disk.fill(left)
            for film in films:
                holds.let_go(film)
            if left:
                answers = [await each for each in asking]
                # Some may find room for their films.
                assert {answer.status_code for answer in answers} <= {200, 507}
            else:
                refused = await Film(data, "nowhere", wanted=False).asked(client)
                assert refused.status_code in (507, 503), refused.text
                # Their ends cannot be recorded before there is room.
                await asyncio.wait(asking, timeout=2)
            disk.make_room()
            took = await ready_again(client)
            statuses = Counter([(await each).status_code for each in asking])
            await all_ended(data, [film.task_id for film in films])
            again = Film(data, "nowhere", wanted=False)
            answer = await again.asked(client)
            assert answer.status_code == 200, answer.text
        assert await server.ended(signal.SIGTERM) == 0
    ids = [film.task_id for film in (*films, again)]
    ends = await expect_one_end(data, ids)
    assert ends.jobs[again.task_id].state is JobState.COMPLETED
    print(
        f"a full disk with {left} bytes left: {dict(statuses)}, ready again after {took:.1f} s; "
        f"{ends.counted()}; load {os.getloadavg()[0]:.1f}"
    )
