"""Port for a cache of files that are expensive to make."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

T = TypeVar("T")


class ArtifactCache(Protocol):
    """A cache of files by key; each file is made once, for any number of concurrent callers.

    A key has at most 100 lower-case letters, digits and hyphens, and identifies everything that the
    file depends on. The cache may delete a file at any time; the next call makes it again. Raises
    `StorageFailed` if a file cannot be stored.
    """

    async def get_or_create(
        self,
        key: str,
        into: Path,
        make: Callable[[Path], Awaitable[None]],
        read: Callable[[Path], T],
    ) -> T:
        """Put the file of ``key`` at ``into``, and return the result of ``read``.

        If there is no file, or ``read`` raises `Broken` for it, ``make`` gets a path and makes the
        file there. Of several concurrent calls one makes the file and the others wait for it; if it
        fails or is cancelled, the next one tries. A new file is stored only if ``read`` succeeds;
        errors of ``make`` and ``read`` are raised here. ``read`` may run in a thread. The file is
        shared: callers must not change it. A file of the same key that exists at ``into`` stays
        there.
        """
        ...
