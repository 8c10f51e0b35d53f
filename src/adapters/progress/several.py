"""Send progress to several receivers."""

from application.ports.progress import Progress, Report


class SeveralProgress:
    """Passes every report to all its listeners, in order."""

    def __init__(self, *listeners: Progress) -> None:
        self._listeners = listeners

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        for audio_analyzer in self._listeners:
            await audio_analyzer.tell(report)
