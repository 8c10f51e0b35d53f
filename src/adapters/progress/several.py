"""Send progress to several receivers."""

import logging

from application.ports.progress import Progress, Report

_log = logging.getLogger("bachata.progress")


class SeveralProgress:
    """Passes every report on to each of its listeners, in order.

    A listener that fails is logged and keeps no other from hearing it.
    """

    def __init__(self, *listeners: Progress) -> None:
        self._listeners = listeners

    async def tell(self, report: Report) -> None:
        """See `application.ports.progress.Progress`."""
        for listener in self._listeners:
            try:
                await listener.tell(report)
            except Exception:
                _log.exception("the progress of the task %s could not be told", report.task_id)
