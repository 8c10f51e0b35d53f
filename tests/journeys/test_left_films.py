"""Clients that leave, and films that are cancelled, at every stage of the making."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx
import pytest

from domain.jobs.job import JobState
from domain.rendering.assembly import State
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.journeys.held_films import ENCODING, PLACES, SOON, Film, Holds
from tests.journeys.server import serving, until, working
from tests.journeys.settled import GONE, all_ended, expect_one_end
from tests.world.held_server import STORED

pytestmark = pytest.mark.anyio

MANY: Final = {"BACHATA_MAX_RUNNING": "32"}
LEAVES: Final = ("without a key", "with a key", "is cancelled")


async def left(asking: "Sequence[asyncio.Future[httpx.Response]]") -> None:
    """Close the connections of requests that are not answered yet."""
    for each in asking:
        each.cancel()
    for each in asking:
        with suppress(asyncio.CancelledError):
            await each


async def cancelled(data: Path, films: list[Film]) -> None:
    """Cancel jobs from another process."""
    settings = Settings(data_dir=str(data))
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        for film in films:
            await use_cases.cancel_job(film.task_id)


@pytest.mark.parametrize("how", LEAVES)
async def test_films_whose_clients_leave_at_any_stage_end_once(
    how: str, data: Path, holds: Holds, tmp_path: Path
) -> None:
    films = [Film(data, place, wanted=how != LEAVES[0]) for place in (*PLACES, ENCODING)]
    held = [film for film in films if film.place != ENCODING]
    async with serving(data, tmp_path / "log", command=holds.command, **MANY) as server:
        async with server.client() as client:
            for film in held:
                holds.hold(film)
            asking = [asyncio.ensure_future(film.asked(client)) for film in held]
            await until(lambda: all(map(holds.holds, held)), within=SOON)
            asking += [asyncio.ensure_future(films[-1].asked(client))]
            await until(lambda: bool(working(data)), within=SOON)
            if how == LEAVES[2]:
                await cancelled(data, films)
            else:
                await left(asking)
            began = time.monotonic()
            gone = ""
            if how != LEAVES[1]:
                # A cancellation by another process is seen at the next renewal of the lease.
                limit = GONE if how == LEAVES[0] else 2 * GONE
                took = await until(lambda: not working(data), within=limit)
                gone = f"FFmpeg gone after {took:.2f} s, "
                # What is being stored is first stored.
                others = [film.task_id for film in films if film.place != STORED]
                await all_ended(data, others)
            for film in held:
                holds.let_go(film)
            await all_ended(data, [film.task_id for film in films])
            ended = time.monotonic() - began
            if how == LEAVES[2]:
                for film, answer in zip((*held, films[-1]), asking, strict=True):
                    status = (await answer).status_code
                    assert status == (200 if film.place == State.COMPLETED else 409), film
        assert await server.ended(signal.SIGTERM) == 0
    assert not any("exception" in line for line in server.lines())
    ends = await expect_one_end(data, [film.task_id for film in films])
    for film in films:
        completed = how == LEAVES[1] or film.place == State.COMPLETED
        state = JobState.COMPLETED if completed else JobState.CANCELLED
        assert (ends.jobs[film.task_id].state, ends.jobs[film.task_id].attempt) == (state, 1), film
    print(
        f"client leaves {how}: {gone}all ended after {ended:.1f} s; {ends.counted()}; "
        f"load {os.getloadavg()[0]:.1f}"
    )
