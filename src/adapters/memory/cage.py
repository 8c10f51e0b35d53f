"""A cage for the in-memory adapters, which open no untrusted files."""

from anyio.lowlevel import checkpoint


class MemoryCage:
    """Does nothing, because nothing is decoded."""

    async def ready(self) -> str:
        """See `application.ports.cage.Cage`."""
        await checkpoint()
        return "memory: nothing foreign is opened"
