"""Background work runs in order, and one failure does not stop the rest."""

import asyncio

import pytest

from application.concurrency.background_queue import BackgroundQueue
from application.concurrency.timeouts import Timeouts
from domain.shared.errors import SongNotFound
from tests.world.stubborn import stubborn

pytestmark = pytest.mark.anyio


async def test_one_piece_of_work_is_done_after_another() -> None:
    background, order, busy = BackgroundQueue(), list[int](), 0

    def work(number: int) -> None:
        async def do() -> None:
            nonlocal busy
            busy += 1
            assert busy == 1
            await asyncio.sleep(0)
            order.append(number)
            busy -= 1

        background(str(number), do)

    for number in range(5):
        work(number)
    await background.done()
    work(5)
    await background.done()
    assert order == list(range(6))


async def test_work_that_waits_already_is_not_added_and_work_that_has_begun_is() -> None:
    background, begun, over, done = BackgroundQueue(), asyncio.Event(), asyncio.Event(), list[int]()

    async def do() -> None:
        begun.set()
        await over.wait()
        done.append(1)

    background.once("sharing", do)
    await begun.wait()
    for _ in range(5):
        background.once("sharing", do)
    over.set()
    await background.done()
    assert len(done) == 2


async def test_a_failure_is_told_and_the_rest_is_done(caplog: pytest.LogCaptureFixture) -> None:
    background, done = BackgroundQueue(), asyncio.Event()

    async def refuse() -> None:
        raise SongNotFound

    async def break_down() -> None:
        raise ZeroDivisionError

    async def succeed() -> None:
        done.set()

    background("hearing the song 'a'", refuse)
    background("hearing the song 'b'", break_down)
    background("hearing the song 'c'", succeed)
    await background.done()

    assert done.is_set()
    records = [(each.levelname, each.getMessage(), bool(each.exc_info)) for each in caplog.records]
    assert records == [
        ("WARNING", "hearing the song 'a' failed: There is no song with this id.", False),
        ("ERROR", "hearing the song 'b' failed", True),
    ]


async def test_closing_ends_what_is_being_done_and_what_waits() -> None:
    background, begun, ended = BackgroundQueue(), asyncio.Event(), asyncio.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def never() -> None:
        raise AssertionError

    background("a", endless)
    background("b", never)
    await begun.wait()
    await background.close()
    assert ended.is_set()
    await background.done()
    await background.close()


async def test_work_that_never_ends_is_left_behind_and_the_next_is_done() -> None:
    limits = Timeouts(background=0.01, leaving=0.01, closing=0.01)
    background, done = BackgroundQueue(limits), asyncio.Event()

    async def succeed() -> None:
        done.set()

    async with stubborn() as waits:
        background("a", waits.hang)
        background("b", succeed)
        await background.done()
        assert done.is_set()

        waits.begun.clear()
        background("c", waits.hang)
        await waits.begun.wait()
        await background.close()
