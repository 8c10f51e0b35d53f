"""Where things are kept that took work to make."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

T = TypeVar("T")


class ArtifactCache(Protocol):
    """Files by key, each made once however many ask for it, and by however many at a time.

    A key is made of lower-case letters, digits and hyphens, at most 100, and says all that the
    file depends on. A file may be forgotten at any time, and is then made again. Raises
    `StorageFailed` when there is nowhere to keep it.
    """

    async def get_or_create(
        self,
        key: str,
        into: Path,
        make: Callable[[Path], Awaitable[None]],
        read: Callable[[Path], T],
    ) -> T:
        """Put the file of ``key`` at ``into``, and return what ``read`` makes of it.

        Where there is none, or ``read`` raises `Broken` for the one there is, ``make`` is given a
        path to make it at; of several calls one makes and the others wait for it, and when it
        fails or is cancelled the next one tries. What ``make`` leaves is kept only if ``read``
        can read it; what they raise is raised here. ``read`` may run in a thread. The file is
        shared: it is not to be changed. A file of the same key that is at ``into`` is left there.
        """
        ...
