"""Work that fails for a passing reason is tried again: with pauses, within limits."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

TRIES: Final = 4
"""Times that work is tried in all; with the pauses below that takes two seconds at most."""
FIRST: Final = 0.2
"""Seconds of the first pause at most; each further one may be twice as long."""
LONGEST: Final = 5.0
"""Seconds of any pause at most."""


def pause(failures: int, first: float = FIRST, longest: float = LONGEST) -> float:
    """Seconds to wait after so many failures in a row: any up to a bound that doubles each time.

    All of the pause varies, so that many who failed together do not come back together ("full
    jitter", Amazon's Architecture Blog, 2015).
    """
    return random.uniform(0, min(longest, first * 2 ** (failures - 1)))  # noqa: S311 - no secret


class Retries:
    """How often work is tried, and how long the pauses between are."""

    def __init__(
        self,
        tries: int = TRIES,
        first: float = FIRST,
        longest: float = LONGEST,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Take the tries in all, the seconds of the first and the longest pause, and who waits."""
        self._tries = tries
        self._first = first
        self._longest = longest
        self._sleep = sleep

    async def __call__(
        self,
        work: Callable[[], Awaitable[T]],
        *,
        is_final: Callable[[Exception], bool] = lambda error: False,
    ) -> T:
        """Return what ``work`` returns; raises what the last try did, or what ``is_final``.

        A cancellation ends it at once.
        """
        # Loaded when something is first tried: it takes as long as a short request.
        from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

        def wait(state: RetryCallState) -> float:
            return pause(state.attempt_number, self._first, self._longest)

        def again(error: BaseException) -> bool:
            return isinstance(error, Exception) and not is_final(error)

        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._tries),
            wait=wait,
            retry=retry_if_exception(again),
            sleep=self._sleep,
            reraise=True,
        )

        async def tried() -> T:
            return await work()

        return await retrying(tried)


AT_ONCE: Final = Retries(sleep=lambda seconds: asyncio.sleep(0))
"""Without a pause, where nothing real is waited for: over ports in memory."""
