"""The cage that files from outside are opened in."""

from typing import Protocol


class Cage(Protocol):
    """Keeps programs that work on foreign bytes from all but their work."""

    async def ready(self) -> str:
        """Say which cage is in force and what gaps it has; raises `NotReady` if one is required."""
        ...
