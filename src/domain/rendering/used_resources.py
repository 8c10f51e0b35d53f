"""The processor time and the memory that some work has used."""

import msgspec


class UsedResources(msgspec.Struct, frozen=True, kw_only=True):
    """The resources of the programs that work for a task, and of the service's threads for it."""

    cpu_seconds: float = 0.0
    """Processor time, of the user and of the system."""
    peak_memory_bytes: int = 0
    """Most memory that the programs held at one time: the sum of the peaks of those that ran
    together. The service's own process is not part of it, because all tasks share it.
    """

    def plus(self, later: "UsedResources") -> "UsedResources":
        """Return the resources of this work and of work that came ``later``."""
        return UsedResources(
            cpu_seconds=self.cpu_seconds + later.cpu_seconds,
            peak_memory_bytes=max(self.peak_memory_bytes, later.peak_memory_bytes),
        )
