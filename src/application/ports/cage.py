"""Port for the sandbox in which untrusted files are opened."""

from typing import Protocol


class Cage(Protocol):
    """Restricts programs that process untrusted bytes to their work."""

    async def ready(self) -> str:
        """Return the active cage and its gaps; raises `NotReady` if the required cage is
        unavailable.
        """
        ...
