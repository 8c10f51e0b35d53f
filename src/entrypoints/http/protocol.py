"""HTTP/1.1 as uvicorn speaks it, with a problem document for bytes that are no request."""

from http import HTTPStatus
from typing import Final
from uuid import uuid4

import h11
import structlog
from structlog.contextvars import bound_contextvars
from uvicorn.protocols.http.h11_impl import H11Protocol

from entrypoints.http import problems

_MALFORMED: Final = "These bytes are no HTTP request, or its headers exceed 16 kB."
_log = structlog.stdlib.get_logger("bachata.access")


class ProblemProtocol(H11Protocol):
    """A connection; uvicorn would answer a malformed request in plain text."""

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that do not reach the application, and close the connection."""
        # A body may be malformed when its answer has begun.
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._refuse(msg)
        self.transport.close()

    def _refuse(self, reason: str) -> None:
        status, request_id = HTTPStatus.BAD_REQUEST, uuid4().hex
        with bound_contextvars(request_id=request_id):
            _log.info("malformed request", status=int(status), reason=reason)
            body, _ = problems.encoded("", status, "malformed-request", _MALFORMED)
        headers = {
            "Content-Type": problems.PROBLEM,
            "Content-Length": str(len(body)),
            "Connection": "close",
            "X-Request-ID": request_id,
        }
        start = h11.Response(
            status_code=status, headers=list(headers.items()), reason=status.phrase
        )
        for event in (start, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
