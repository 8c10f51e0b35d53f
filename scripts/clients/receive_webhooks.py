"""Receive webhooks and verify them, with the package standardwebhooks.

python receive_webhooks.py PORT SECRET

It prints each message that the secret signs, once, as a line of JSON.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError


def main(port: int, secret: str) -> None:
    """Serve until stopped."""
    seen: set[str] = set()

    class Receiver(BaseHTTPRequestHandler):
        """Answers each message with 204, or with 401 if it is not signed by the secret."""

        def do_POST(self) -> None:
            """Verify the message before anything else, by its bytes as they came."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                message = Webhook(secret).verify(body, dict(self.headers))
            except WebhookVerificationError:
                self._end(401)
                return
            # A message may come more than once, with the same id.
            if (message_id := self.headers["webhook-id"]) not in seen:
                seen.add(message_id)
                print(json.dumps(message), flush=True)
            self._end(204)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing else."""

        def _end(self, status: int) -> None:
            self.send_response(status)
            self.end_headers()

    HTTPServer(("127.0.0.1", port), Receiver).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
