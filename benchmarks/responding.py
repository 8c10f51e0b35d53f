"""Measure how soon a server answers while it makes films, and what the queue of jobs costs.

    python -m benchmarks.responding [--seconds 30] [--films 2] [--rounds 20]

It prints Markdown. `docs/PERFORMANCE.md` says what is measured.
"""

import argparse
import http.client
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from typing import Final

import msgspec

from benchmarks import bench, machine, ours
from benchmarks.job import Job, anew
from benchmarks.ours import film_of
from benchmarks.serving import LONGEST, Server, serving
from domain.blueprint.model import Blueprint

ASSEMBLE: Final = "/api/choreography/assemble"
PAUSE: Final = 0.02
"""Seconds between two requests of one kind."""
TARGET_MS: Final = 50
FIRST_MS: Final = 500
QUEUE_MS: Final = 30


class Options(argparse.Namespace):
    """The requested measurements."""

    seconds: float
    films: int
    rounds: int
    film: float
    moves: int
    clip_seconds: float
    folder: Path | None


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long some work takes."""
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def uncached(blueprint: Blueprint, number: int) -> Blueprint:
    """Return the same film at a bitrate of its own, for which every clip is encoded."""
    given = anew(blueprint)
    output = msgspec.structs.replace(given.output_config, video_bitrate=f"{1500 + number}k")
    return msgspec.structs.replace(given, output_config=output)


def first_event(server: Server, method: str, path: str, body: bytes | None = None) -> None:
    """Request a stream of events, and leave after the first event."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONGEST)
    try:
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        line.request(method, path, body, headers)
        answer = line.getresponse()
        while not answer.readline().startswith(b"data:"):
            if answer.closed:
                raise RuntimeError(f"The stream of {path} has no event.")
    finally:
        line.close()


def while_films_are_made(server: Server, job: Job, options: Options) -> dict[str, list[float]]:
    """Return the milliseconds of requests that are sent while films are encoded."""
    films = [uncached(job.blueprint, number) for number in range(options.films)]
    watched = f"/api/tasks/{films[0].task_id}/events"
    asked: dict[str, Callable[[], object]] = {
        "GET /health/live": lambda: _expect(server.asked("GET", "/health/live")),
        "GET /health/ready": lambda: _expect(server.asked("GET", "/health/ready")),
        "GET /api/songs": lambda: _expect(server.asked("GET", "/api/songs")),
        "first event of GET /api/tasks/{id}/events": lambda: first_event(server, "GET", watched),
    }
    found: dict[str, list[float]] = {name: [] for name in asked}
    with ThreadPoolExecutor(options.films) as makers:
        making = [makers.submit(_made_or_left, server, film) for film in films]
        # The first requests find code that is not in memory yet.
        time.sleep(1)
        until = time.monotonic() + options.seconds
        while time.monotonic() < until and not all(each.done() for each in making):
            for name, work in asked.items():
                found[name].append(milliseconds(work))
            time.sleep(PAUSE)
        if any(each.done() for each in making):
            bench.tell("a film was finished before the time was over")
        for each in making:
            each.result()
    return found


def _made_or_left(server: Server, film: Blueprint) -> None:
    server.assemble(film)


def _expect(status: int) -> None:
    if status != 200:
        raise RuntimeError(f"The server answered {status}.")


def first_events(server: Server, job: Job, rounds: int) -> list[float]:
    """Return the milliseconds from a request for a film to its first event."""
    found: list[float] = []
    for number in range(rounds):
        body = msgspec.json.encode(uncached(job.blueprint, 500 + number))
        found.append(milliseconds(lambda b=body: first_event(server, "POST", ASSEMBLE, b)))
    return found


def with_and_without_queue(
    server: Server, job: Job, opened: ours.Service, rounds: int
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of warm films by the use case alone, and by a request, in turn."""
    alone: list[float] = []
    queued: list[float] = []
    for _ in range(rounds + 1):
        one, other = anew(job.blueprint), anew(job.blueprint)
        alone.append(milliseconds(lambda b=one: opened.assembled(b)))
        queued.append(milliseconds(lambda b=other: server.assemble(b)))
        for each in (one, other):
            film_of(job.data, each).unlink(missing_ok=True)
    # The first of each finds files and code that are not in memory yet.
    return alone[1:], queued[1:]


def row(name: str, found: Sequence[float], target: int | None = None) -> str:
    """Return the distribution of milliseconds as a row of a table."""
    last = quantiles(found, n=100, method="inclusive")[98] if len(found) > 1 else found[0]
    met = "" if target is None else ("yes" if last <= target else "no")
    cells = (name, len(found), f"{median(found):.1f}", f"{last:.1f}", f"{max(found):.1f}")
    return f"| {' | '.join(map(str, cells))} | {target or ''} | {met} |"


def asked_for(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.responding")
    add = parser.add_argument
    add("--seconds", type=float, default=30, help="time for which a server is asked")
    add("--films", type=int, default=2, help="films that it makes meanwhile")
    add("--rounds", type=int, default=20, help="warm films, and first events")
    add("--film", type=float, default=60, help="seconds of a film")
    add("--moves", type=int, default=15)
    add("--clip-seconds", type=float, default=12, help="seconds every clip is brought to")
    add("--folder", type=Path, help="folder to work in")
    return parser.parse_args(arguments, namespace=Options())


def main() -> int:
    """Measure everything and print it."""
    options = asked_for()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        print(*machine.about(folder), "", sep="\n", flush=True)
        size = ["--film", f"{options.film}", "--moves", f"{options.moves}"]
        size += ["--clip-seconds", f"{options.clip_seconds}"]
        studio = bench.Studio(bench.asked([*size, "--folder", name]), folder)
        job, _ = studio.job(options.film, options.moves)
        print("| request | times | p50 ms | p99 ms | longest ms | target ms | met |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
        with serving(job.data, folder / "log") as server:
            for told, found in while_films_are_made(server, job, options).items():
                print(row(told, found, TARGET_MS), flush=True)
            found = first_events(server, job, options.rounds)
            print(row(f"first event of POST {ASSEMBLE}", found, FIRST_MS), flush=True)
        with ours.service(job.data) as opened, serving(job.data, folder / "log") as server:
            alone, queued = with_and_without_queue(server, job, opened, options.rounds)
        print(row("a warm film by the use case alone", alone))
        print(row("a warm film by a request, through the queue", queued))
        slower = median(queued) - median(alone)
        met = "yes" if slower <= QUEUE_MS else "no"
        print("", f"The queue and HTTP cost {slower:.1f} ms; at most {QUEUE_MS}: {met}.", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
