"""Several pieces of work at once, of which the first failure is the failure of all."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def run_all(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all; when one fails the others are cancelled and have ended before it is raised.

    The error itself is raised, not a group of one: callers answer for errors by their kind.
    """
    failures: list[BaseException] = []

    async def noted(work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            failures.append(error)
            raise

    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(noted(work))
    except ExceptionGroup:
        raise failures[0] from None
