"""Films of the demo are made in processes that may die, or are killed when nobody waits."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from adapters.demo.studio import CodeStudio

pytestmark = pytest.mark.anyio


def die_once(slug: str, into: Path) -> None:
    """Work whose first process dies."""
    died = into.with_name("died")
    if slug == "bad" and not died.exists():
        died.touch()
        os._exit(9)
    into.write_text(slug)


def write_for_ever(slug: str, into: Path) -> None:
    """Work that writes new files until its process is killed."""
    for number in range(100_000):
        into.with_name(f"{slug}-{number}").touch()
        time.sleep(0.001)


def names_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


async def make(studio: CodeStudio, slug: str, into: Path) -> None:
    await studio._make(die_once, slug, into)  # pyright: ignore[reportPrivateUsage]


async def test_a_process_that_dies_stops_no_other_film(tmp_path: Path) -> None:
    with CodeStudio(2) as studio:
        await asyncio.gather(*(make(studio, s, tmp_path / s) for s in ("a", "bad", "b")))
        await make(studio, "c", tmp_path / "c")
    assert names_in(tmp_path) == {"a", "bad", "b", "c", "died"}


async def test_a_film_that_is_cancelled_writes_nothing_any_more(tmp_path: Path) -> None:
    with CodeStudio(1) as studio:
        work = studio._make(  # pyright: ignore[reportPrivateUsage]
            write_for_ever, "w", tmp_path / "w"
        )
        task = asyncio.create_task(work)
        async with asyncio.timeout(60):
            while not names_in(tmp_path):  # noqa: ASYNC110 - another process writes them
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        there = names_in(tmp_path)
        await make(studio, "next", tmp_path / "next")
        assert names_in(tmp_path) == there | {"next"}
