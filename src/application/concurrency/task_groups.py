"""Several pieces of one work at once, of which the first failure is the failure of all.

Many items that have nothing to do with one another are `application.media.item_attempts`.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def run_all(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all coroutines; if one fails, cancel the others, wait for their end, and raise the error.

    It raises the error itself, not an exception group, because callers handle errors by type.
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
