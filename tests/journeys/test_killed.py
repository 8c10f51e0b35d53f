"""A server that is killed, frozen or stopped as it makes films: each is made once, or never."""

import asyncio
import os
import signal
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path

import httpx
import pytest

from application.jobs.run_job import LEASE
from domain.jobs.job import JobState
from domain.rendering.assembly import State
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from tests.journeys.held_films import (
    ENCODING,
    PLACES,
    SOON,
    Film,
    Holds,
    expect_settled,
    records,
)
from tests.journeys.server import serving, until, working

pytestmark = pytest.mark.anyio

LONG = bool(os.environ.get("BACHATA_TEST_LONG"))
GONE = 1.0
"""Seconds in which FFmpeg has ended after its server."""
MANY = {"BACHATA_MAX_RUNNING": "32", "BACHATA_STOP_SECONDS": "7"}


async def lost(asking: Iterable["asyncio.Future[httpx.Response]"]) -> None:
    """Wait for the end of requests whose server has died."""
    for answer in asking:
        with pytest.raises(httpx.TransportError):
            await answer


@pytest.mark.parametrize("times", range(20 if LONG else 1))
async def test_films_of_a_killed_server_are_made_exactly_once_if_they_are_wanted(
    times: int, data: Path, holds: Holds, tmp_path: Path
) -> None:
    places = (*PLACES, ENCODING)
    films = [Film(data, place, wanted=wanted) for place, wanted in product(places, (True, False))]
    held = [film for film in films if film.place != ENCODING]
    async with (
        serving(data, tmp_path / "log", command=holds.command, **MANY) as server,
        server.client() as client,
    ):
        for film in held:
            holds.hold(film)
        asking = [asyncio.ensure_future(film.asked(client)) for film in held]
        await until(lambda: all(map(holds.holds, held)), within=SOON)
        encoding = [film for film in films if film.place == ENCODING]
        asking += [asyncio.ensure_future(film.asked(client)) for film in encoding]
        await until(lambda: bool(working(data)), within=SOON)
        assert await server.ended(signal.SIGKILL) == -signal.SIGKILL
        killed = time.monotonic()
        gone = await until(lambda: not working(data), within=GONE)
        await lost(asking)

    async with (
        serving(data, tmp_path / "next-log", **MANY) as server,
        server.client() as client,
    ):
        fresh = Film(data, "nowhere", wanted=False)
        answer = await fresh.asked(client)
        assert answer.status_code == 200, answer.text
        at_once = time.monotonic() - killed
        wanted = [film for film in films if film.wanted]
        ended = await asyncio.gather(
            *(film.replayed(client) if film.wanted else film.ended(client) for film in films)
        )
        assert await server.ended(signal.SIGTERM) == 0
    assert not any("exception" in line for line in server.lines())
    removed = await expect_settled(data, films, attempts=[2])
    seconds = [round(at - killed, 1) for at, film in zip(ended, films, strict=True) if film.wanted]
    print(
        f"kill {times}: FFmpeg gone after {gone:.2f} s, a new film after {at_once:.1f} s, "
        f"{len(wanted)} wanted films after {min(seconds)} to {max(seconds)} s, "
        f"{removed} files removed"
    )


@pytest.mark.parametrize("place", PLACES if LONG else (State.UPLOADING,))
async def test_a_frozen_server_that_wakes_leaves_the_film_to_the_one_that_took_over(
    place: str, data: Path, holds: Holds, tmp_path: Path
) -> None:
    film = Film(data, place, wanted=True)
    async with AsyncExitStack() as stack:
        serves = serving(data, tmp_path / "log", command=holds.command, **MANY)
        frozen = await stack.enter_async_context(serves)
        client = await stack.enter_async_context(frozen.client())
        holds.hold(film)
        asking = asyncio.ensure_future(film.asked(client))
        await until(lambda: holds.holds(film), within=SOON)
        frozen.process.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()

        serves = serving(data, tmp_path / "next-log", **MANY)
        other = await stack.enter_async_context(serves)
        made = await film.replayed(await stack.enter_async_context(other.client()))
        holds.let_go(film)
        frozen.process.send_signal(signal.SIGCONT)
        answer = await asking
        assert answer.status_code == 200, answer.text
        assert answer.json()["task_id"] == str(film.task_id)
        await until(
            lambda: any(line["event"] == "a job was taken over" for line in frozen.lines()),
            within=SOON,
        )
        for server in (frozen, other):
            assert await server.ended(signal.SIGTERM) == 0
            assert not any("exception" in line for line in server.lines())
    await expect_settled(data, [film], attempts=[2])
    print(f"frozen at {place}: made by the other server after {made - stopped:.1f} s")


@pytest.mark.skipif(not LONG, reason="takes half a minute: BACHATA_TEST_LONG=1")
async def test_a_server_that_was_frozen_longer_than_its_lease_goes_on(
    data: Path, tmp_path: Path
) -> None:
    film = Film(data, ENCODING, wanted=True)
    async with serving(data, tmp_path / "log", **MANY) as server, server.client() as client:
        asking = asyncio.ensure_future(film.asked(client))
        await until(lambda: bool(working(data)), within=SOON)
        server.process.send_signal(signal.SIGSTOP)

        async with open_ports(Settings(data_dir=str(data))) as ports:

            async def is_lost() -> bool:
                return [job.job_id for job in await ports.jobs.lost(LEASE)] == [film.task_id]

            lost_after = await until(is_lost, within=SOON)
        server.process.send_signal(signal.SIGCONT)
        answer = await asking
        assert answer.status_code == 200, answer.text
        assert await server.ended(signal.SIGTERM) == 0
    assert not any("exception" in line for line in server.lines())
    await expect_settled(data, [film], attempts=[1])
    print(f"frozen for {lost_after:.1f} s: made in the first attempt")


@pytest.mark.parametrize("place", PLACES[:-1] if LONG else (State.CONCATENATING,))
async def test_a_server_that_is_told_to_stop_keeps_the_jobs_that_are_wanted(
    place: str, data: Path, holds: Holds, tmp_path: Path
) -> None:
    films = [Film(data, place, wanted=wanted) for wanted in (True, False)]
    async with (
        serving(data, tmp_path / "log", command=holds.command, **MANY) as server,
        server.client() as client,
    ):
        for film in films:
            holds.hold(film)
        asking = [asyncio.ensure_future(film.asked(client)) for film in films]
        await until(lambda: all(map(holds.holds, films)), within=SOON)
        assert await server.ended(signal.SIGTERM) == 0
        for answer in await asyncio.gather(*asking):
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] == "not-ready"
    assert not any("exception" in line for line in server.lines())
    states = [(job.state, job.attempt) for _, job, _ in await records(data, films)]
    assert states == [(JobState.QUEUED, 1), (JobState.CANCELLED, 1)]

    began = time.monotonic()
    async with serving(data, tmp_path / "next-log", **MANY) as server, server.client() as client:
        made = await films[0].replayed(client)
        assert await server.ended(signal.SIGTERM) == 0
    await expect_settled(data, films, attempts=[2])
    print(f"stopped at {place}: made {made - began:.1f} s after the next start began")
