"""Retry work that fails temporarily, with pauses and limits."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

TRIES: Final = 4
"""Total number of tries; the pauses below add up to two seconds at most."""
FIRST: Final = 0.2
"""Maximum seconds of the first pause; each later maximum is twice as long."""
LONGEST: Final = 5.0
"""Maximum seconds of any pause."""


def pause(failures: int, first: float = FIRST, longest: float = LONGEST) -> float:
    """Return the seconds to wait after consecutive failures: random, up to a bound that doubles.

    The whole pause is random, so that many callers that failed together do not retry together
    ("full jitter", Amazon's Architecture Blog, 2015).
    """
    return random.uniform(0, min(longest, first * 2 ** (failures - 1)))  # noqa: S311 - no secret


class Retries:
    """The number of tries and the lengths of the pauses between them."""

    def __init__(
        self,
        tries: int = TRIES,
        first: float = FIRST,
        longest: float = LONGEST,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Take the number of tries, the maximum seconds of the first and of any pause, and a sleep
        function.
        """
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
        """Return the result of ``work``; raises the error of the last try, or the first one that
        ``is_final``.

        A cancellation ends it at once.
        """
        # Imported at the first retry, because the import takes as long as a short request.
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
"""No pauses, for ports in memory that wait for nothing real."""
