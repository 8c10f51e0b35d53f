"""Collect progress in a list."""

from application.ports.progress import Report


class MemoryProgress:
    """Stores every report, in order."""

    def __init__(self) -> None:
        self.reports: list[Report] = []

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        self.reports.append(report)
