"""The service as a process of its own, to which files are brought one after another."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import msgspec

from tests.journeys.server import COMMAND, STARTED, Server, environment_of, until
from tests.world.loopback import NO_TLS

PATIENCE: Final = 60.0
"""Seconds within which every answer comes, a film's too; then the service hangs."""
ALIVE: Final = 5.0
"""Seconds within which a service that does nothing else says that it is running."""


class Service:
    """A running server over a data folder; it is started anew when it stops answering."""

    def __init__(self, folder: Path) -> None:
        """Take an empty folder for its data, its logs, and the films it makes."""
        self.folder = folder
        self._number = 0
        self._server = self._started()

    def _started(self) -> Server:
        self._number += 1
        server = Server(self.folder / "data", self.folder / f"log-{self._number}")
        asyncio.run(until(server.answers, within=STARTED))
        return server

    def client(self, timeout: float = PATIENCE) -> httpx.Client:
        """A client that waits for every answer for so many seconds."""
        return httpx.Client(
            base_url=f"http://127.0.0.1:{self._server.port}", timeout=timeout, verify=NO_TLS
        )

    def lives(self) -> bool:
        """Return True if it says that it is running."""
        try:
            with self.client(ALIVE) as client:
                return client.get("/health/live").status_code == 200
        except httpx.TransportError:
            return False

    def start_anew(self) -> None:
        """Kill the server, and start another over the same data."""
        self.stop()
        self._server = self._started()

    def stop(self) -> None:
        """Kill the server."""
        self._server.process.kill()
        self._server.process.wait()

    def bring_clip(self, file: Path, name: str | None = None) -> httpx.Response:
        """Upload a clip under its own file name, or another."""
        return self._bring("/api/moves", file, name, {"name": f"A move {uuid4().hex}"})

    def bring_song(self, file: Path, name: str | None = None) -> httpx.Response:
        """Upload a song under its own file name, or another."""
        said = {"title": f"A song {uuid4().hex}", "artist": "Nobody"}
        return self._bring("/api/songs", file, name, said)

    def _bring(
        self, address: str, file: Path, name: str | None, said: dict[str, str]
    ) -> httpx.Response:
        with self.client() as client:
            content = (name or file.name, file.read_bytes())
            return client.post(address, data=said, files={"file": content})

    def analysis(self, song_id: str) -> httpx.Response:
        """Return the analysis of a song."""
        with self.client() as client:
            return client.get(f"/api/songs/{song_id}/analysis")

    def film(self, *moves: dict[str, Any], song: str = "songs/none", **output: object) -> Path:
        """Assemble a film of such moves, one after another, and download it.

        Without a ``song`` its sound is that of its clips. It is an ordinary film, for which every
        clip is made ready when it is brought: no clip is encoded twice.
        """
        document = blueprint(moves, song, output)
        with self.client() as client:
            answer = client.post("/api/choreography/assemble", json=document)
            assert answer.status_code == 200, answer.text
            film = client.get(answer.json()["video_url"])
            assert film.status_code == 200
        file = self.folder / f"{document['task_id']}.mp4"
        file.write_bytes(film.content)
        return file


def blueprint(
    moves: Sequence[dict[str, Any]], song: str, output: dict[str, object]
) -> dict[str, Any]:
    """A Blueprint of moves, whose `start_time` follows from their lengths."""
    task_id = str(uuid4())
    starts = [sum(move["duration"] for move in moves[:index]) for index in range(len(moves))]
    return {
        "task_id": task_id,
        "audio_path": song,
        "moves": [{"start_time": start, **move} for start, move in zip(starts, moves, strict=True)],
        "output_config": {
            "output_path": f"output/user_local/{task_id}.mp4",
            "add_audio_overlay": song != "songs/none",
            **output,
        },
    }


def cut(video_path: str, start: float, duration: float, sound: float = 1.0) -> dict[str, Any]:
    """A move of a Blueprint, its own sound at so much of its loudness."""
    return {
        "video_path": video_path,
        "trim_start": start,
        "duration": duration,
        "volume_adjustment": sound,
    }


_SEVERAL: Final = """
import contextlib, io, json, sys
from entrypoints.cli.main import main
for line in sys.stdin:
    sys.argv = ["bachata-buddy", *json.loads(line)]
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    err = io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
    for stream in (out, err):
        stream.flush()
    said = {"out": out.buffer.getvalue().decode(), "err": err.buffer.getvalue().decode()}
    print(json.dumps({"status": status, **said}), flush=True)
"""
"""Commands one after another in one process: starting takes longer than most of them."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The status of a command, and its output."""

    status: int
    out: str
    err: str


def command(
    data: Path, *words: str | bytes | Path, inside: Path | None = None, within: float = PATIENCE
) -> Said:
    """Run `bachata-buddy` over a data folder, from ``inside`` a folder."""
    done = _run([COMMAND, *words], data, b"", inside, within)
    out, err = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
    return Said(status=done.returncode, out=out, err=err)


def commands(
    data: Path,
    lines: Sequence[Sequence[str]],
    inside: Path | None = None,
    within: float = PATIENCE,
) -> list[Said]:
    """Run several commands one after another; all of them end in a status."""
    told = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    done = _run([sys.executable, "-c", _SEVERAL], data, told, inside, within)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return [msgspec.json.decode(line, type=Said) for line in done.stdout.splitlines()]


def _run(
    words: Sequence[str | bytes | Path], data: Path, told: bytes, inside: Path | None, within: float
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        words,
        cwd=inside,
        env=environment_of(data, {"COLUMNS": "200"}),
        input=told,
        capture_output=True,
        timeout=within,
        check=False,
    )
