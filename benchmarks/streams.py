"""Measure many streams at once, beside a plain loop of sendfile.

    python -m benchmarks.streams [--streams 200] [--megabytes 64] [--rounds 3]

Both servers send the same file over loopback to the same clients, in turns. It prints Markdown.
"""

import argparse
import multiprocessing
import os
import selectors
import socket
import sys
import tempfile
import time
import wave
from pathlib import Path
from statistics import median
from typing import Final, cast

import httpx

from benchmarks import machine
from benchmarks.serving import serving

TARGET: Final = 0.8
"""Least share of the plain loop's speed."""
PIECE: Final = 1 << 20


class Options(argparse.Namespace):
    """The requested measurements."""

    streams: int
    megabytes: int
    rounds: int


def plain_server(file: Path, listening: socket.socket) -> None:
    """Answer every request with the file, by sendfile, in one process without threads."""
    size = file.stat().st_size
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode()
    opened = os.open(file, os.O_RDONLY)
    selector = selectors.DefaultSelector()
    selector.register(listening, selectors.EVENT_READ)
    sent: dict[socket.socket, int] = {}
    while True:
        for key, _ in selector.select():
            if key.fileobj is listening:
                line, _ = listening.accept()
                line.recv(65536)
                line.sendall(head)
                line.setblocking(False)
                sent[line] = 0
                selector.register(line, selectors.EVENT_WRITE)
                continue
            line = cast(socket.socket, key.fileobj)
            try:
                sent[line] += os.sendfile(line.fileno(), opened, sent[line], PIECE)
            except BlockingIOError:
                continue
            except OSError:
                sent[line] = size
            if sent[line] >= size:
                selector.unregister(line)
                line.close()
                del sent[line]


def received(port: int, path: str, streams: int) -> float:
    """Read a file by so many connections at once; return megabytes per second.

    Raises RuntimeError if an answer is not whole.
    """
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    selector = selectors.DefaultSelector()
    buffer = bytearray(PIECE)
    counts: dict[socket.socket, int] = {}
    began = time.perf_counter()
    for _ in range(streams):
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(request)
        line.setblocking(False)
        counts[line] = 0
        selector.register(line, selectors.EVENT_READ)
    while selector.get_map():
        for key, _ in selector.select(60):
            line = cast(socket.socket, key.fileobj)
            number = line.recv_into(buffer)
            counts[line] += number
            if not number:
                selector.unregister(line)
                line.close()
    seconds = time.perf_counter() - began
    if min(counts.values()) != max(counts.values()):
        raise RuntimeError("The answers differ in length.")
    return sum(counts.values()) / seconds / 1e6


def memory_of(process: int) -> float:
    """Return the resident memory of a process in megabytes."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return 0 if the target is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--megabytes", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments, Options())
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(machine.about(Path(folder))))
        return measured(Path(folder), options)


def uploaded(port: int, recording: Path) -> str:
    """Add a media asset and return the path of its file; raises RuntimeError."""
    with recording.open("rb") as file:
        answer = httpx.post(
            f"http://127.0.0.1:{port}/api/media/assets",
            files={"file": ("noise.wav", file, "audio/wav")},
            timeout=120,
        )
    if answer.status_code != 201:
        raise RuntimeError(answer.text)
    return f"{answer.headers['location']}/file"


def record(file: Path, megabytes: int) -> None:
    """Write a recording of noise, of so many megabytes."""
    with wave.open(str(file), "wb") as recording:
        recording.setnchannels(2)
        recording.setsampwidth(2)
        recording.setframerate(44_100)
        for _ in range(megabytes):
            recording.writeframesraw(os.urandom(1_000_000))


def measured(folder: Path, options: Options) -> int:
    """Run both servers in turns, and report."""
    content = folder / "noise.wav"
    record(content, options.megabytes)
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    plain = multiprocessing.get_context("fork").Process(
        target=plain_server, args=(content, listening), daemon=True
    )
    plain.start()
    rates: dict[str, list[float]] = {"sendfile": [], "service": []}
    memory: list[float] = []
    with serving(folder / "data", folder / "log") as server:
        path = uploaded(server.port, content)
        received(server.port, path, 4)
        memory.append(memory_of(server.process))
        for _ in range(options.rounds):
            rates["sendfile"].append(received(listening.getsockname()[1], "/", options.streams))
            rates["service"].append(received(server.port, path, options.streams))
            memory.append(memory_of(server.process))
    plain.terminate()
    plain.join()
    ours, theirs = median(rates["service"]), median(rates["sendfile"])
    print(f"| {options.streams} streams of {options.megabytes} MB | MB/s |")
    print("|---|---|")
    for name, each in rates.items():
        print(f"| {name} | {', '.join(f'{rate:,.0f}' for rate in each)} |")
    print(f"\nShare of sendfile: {ours / theirs:.0%} (target {TARGET:.0%}).")
    print(f"Memory: {' -> '.join(f'{each:.0f}' for each in memory)} MB.")
    return 0 if ours >= TARGET * theirs else 1


if __name__ == "__main__":
    sys.exit(main())
