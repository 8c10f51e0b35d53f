"""A headless Chromium that plays a preview and says how that went."""

import http.client
import json
import os
import queue
import shutil
import signal
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120.0
"""Seconds after which a browser that has said nothing never will."""
PAGE = Path(__file__).with_name("player.html")


def installed_browser() -> str | None:
    """The browser of this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def played(browser: str, port: int, playlist: str, profile: Path) -> dict[str, Any]:
    """Play a playlist of the server at ``port`` to its end, and return what the page tells."""
    reports: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    with _page(port, reports) as address, _running(browser, f"{address}/#{playlist}", profile):
        try:
            return reports.get(timeout=PATIENCE)
        except queue.Empty:
            return {"error": f"Nothing was told within {PATIENCE:g} s."}


@contextmanager
def _page(port: int, reports: queue.SimpleQueue[dict[str, Any]]) -> Generator[str]:
    """Serve the page, and all that lies under /api from the server, as one origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Origin, port, reports))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


@contextmanager
def _running(browser: str, address: str, profile: Path) -> Generator[None]:
    """A browser in a process group of its own, that knows no host but this one."""
    options = (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--no-proxy-server",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--autoplay-policy=no-user-gesture-required",
        f"--user-data-dir={profile}",
    )
    process = subprocess.Popen(
        [browser, *options, address],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class _Origin(BaseHTTPRequestHandler):
    def __init__(
        self, port: int, reports: queue.SimpleQueue[dict[str, Any]], *connection: Any
    ) -> None:
        self._port = port
        self._reports = reports
        super().__init__(*connection)

    def do_GET(self) -> None:
        if not self.path.startswith("/api/"):
            return self._answer(200, "text/html; charset=utf-8", PAGE.read_bytes())
        server = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            server.request("GET", self.path)
            answer = server.getresponse()
            self._answer(answer.status, answer.headers["content-type"], answer.read())
        finally:
            server.close()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self._reports.put(json.loads(body))
        self._answer(204, "text/plain", b"")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
