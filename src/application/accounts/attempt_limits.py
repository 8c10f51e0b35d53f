"""Limit attempts to log in and to register."""

import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from application.ports.attempts import AttemptCounter
from domain.accounts.errors import TooManyAttempts
from domain.accounts.rules import (
    ATTEMPT_WINDOW,
    MOST_FOR_NAME,
    MOST_FROM_ADDRESS,
    MOST_FROM_ADDRESS_FOR_NAME,
    MOST_REGISTRATIONS,
)
from domain.accounts.users import folded


class AttemptLimits:
    """Counts each attempt before it is made, so that concurrent ones are limited, too."""

    def __init__(self, counter: AttemptCounter) -> None:
        """Take the port."""
        self._counter = counter

    @asynccontextmanager
    async def log_in(self, name: str, address: str) -> AsyncGenerator[None]:
        """Count a failed log-in if the block raises; raises `TooManyAttempts` before the block.

        A person who mistypes is stopped early; the limit for a name from everywhere is so high that
        nobody can easily lock somebody else out.
        """
        who = folded(name)
        limits = {
            f"log-in from {address} as {who}": MOST_FROM_ADDRESS_FOR_NAME,
            f"log-in as {who}": MOST_FOR_NAME,
            f"log-in from {address}": MOST_FROM_ADDRESS,
        }
        await self._count(limits)
        yield
        for key in limits:
            await self._counter.take_back(key)
        await self._counter.prune(ATTEMPT_WINDOW)

    async def registration(self, address: str) -> None:
        """Count a registration; raises `TooManyAttempts`."""
        await self._count({f"registration from {address}": MOST_REGISTRATIONS})

    async def _count(self, limits: Mapping[str, int]) -> None:
        for key, most in limits.items():
            attempts = await self._counter.count(key, ATTEMPT_WINDOW)
            if attempts.number > most:
                raise TooManyAttempts(max(1, math.ceil(attempts.left.total_seconds())))
