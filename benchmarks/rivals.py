"""Other ways to make the same film, with FFmpeg; and copying it."""

import shutil
import subprocess
from collections.abc import Generator
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.job import Job
from benchmarks.measure import Run
from domain.blueprint.model import BlueprintMove

PICTURE: Final = ("-c:v", "libx264", "-b:v", "2M", "-pix_fmt", "yuv420p")
SOUND: Final = ("-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2")
FIT: Final = (
    "scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:-1:-1,setsar=1,fps=30"
)
FAST: Final = ("-movflags", "+faststart")


def three_steps(job: Job) -> Generator[Run]:
    """Normalise each move, join the files, encode again to add the song; one after another."""
    while True:
        parts = job.fresh("")
        parts.mkdir()
        into = job.fresh()
        yield Run(partial(_three_steps, job, parts, into), into)
        shutil.rmtree(parts)


def _three_steps(job: Job, parts: Path, into: Path) -> None:
    made: list[Path] = []
    for number, move in enumerate(job.blueprint.moves):
        part = parts / f"{number:04d}.mp4"
        picture = f"setpts=(PTS-STARTPTS)/{move.playback_rate},{FIT}"
        sound = f"atempo={move.playback_rate}"
        filters = ("-vf", picture, "-af", sound, "-t", f"{move.duration:f}")
        _run(job, *_reading(job, move), *filters, *PICTURE, *SOUND, part)
        made.append(part)
    joined = parts / "joined.mp4"
    listed = _listed(parts / "list.txt", [f"file '{part}'" for part in made])
    _run(job, "-f", "concat", "-safe", "0", "-i", listed, "-c", "copy", joined)
    both = ("-i", joined, "-i", job.song, "-map", "0:v", "-map", "1:a")
    _run(job, *both, "-t", _film(job), *PICTURE, *SOUND, *FAST, into)


def filtergraph(job: Job) -> Generator[Run]:
    """Every move an input of one FFmpeg, fitted and joined by its filters, and encoded once."""
    while True:
        into = job.fresh()
        yield Run(partial(_filtergraph, job, into), into)


def _filtergraph(job: Job, into: Path) -> None:
    moves = job.blueprint.moves
    inputs = [argument for move in moves for argument in _reading(job, move)]
    chains = [
        f"[{n}:v:0]setpts=(PTS-STARTPTS)/{move.playback_rate},{FIT},"
        f"trim=duration={move.duration:f}[v{n}]"
        for n, move in enumerate(moves)
    ]
    joined = "".join(f"[v{n}]" for n in range(len(moves))) + f"concat=n={len(moves)}[v]"
    graph = ("-filter_complex", ";".join([*chains, joined]))
    picked = ("-map", "[v]", "-map", f"{len(moves)}:a:0", "-t", _film(job))
    _run(job, *inputs, "-i", job.song, *graph, *picked, *PICTURE, *SOUND, *FAST, into)


def concat_copy(job: Job) -> Generator[Run]:
    """FFmpeg's concat demuxer over our normalised clips and sound, nothing encoded.

    The clips keep their own tempo: a list cannot say another.
    """
    while True:
        into = job.fresh()
        yield Run(partial(_concat_copy, job, into), into)


def _concat_copy(job: Job, into: Path) -> None:
    lines: list[str] = []
    rate = job.blueprint.output_config.frame_rate
    for take in (take for shot in job.shots for take in shot.takes):
        # Half a frame before the next one: an end on a frame's own moment may let it in.
        begin, end = take.first / rate, (take.first + take.count - 0.5) / rate
        lines += [f"file '{take.path}'", f"inpoint {begin:f}", f"outpoint {end:f}"]
        lines += [f"duration {take.count / rate:f}"]
    listed = _listed(into.with_suffix(".txt"), lines)
    both = ("-f", "concat", "-safe", "0", "-i", listed, "-i", job.sound)
    _run(job, *both, "-map", "0:v", "-map", "1:a", "-c", "copy", "-t", _film(job), *FAST, into)


def file_copy(job: Job) -> Generator[Run]:
    """The finished film copied to another file."""
    while True:
        into = job.fresh()
        yield Run(partial(shutil.copyfile, job.finished, into), into)


def _reading(job: Job, move: BlueprintMove) -> list[str]:
    length = move.duration * move.playback_rate
    at = ["-ss", f"{move.trim_start:f}", "-t", f"{length:f}"]
    return [*at, "-i", str(job.source(move))]


def _film(job: Job) -> str:
    return f"{float(job.blueprint.end):f}"


def _listed(into: Path, lines: list[str]) -> Path:
    into.write_text("\n".join(["ffconcat version 1.0", *lines, ""]))
    return into


def _run(job: Job, *arguments: str | Path) -> None:
    command = [job.ffmpeg, "-nostdin", "-v", "error", "-y", *arguments]
    subprocess.run(command, check=True)  # noqa: S603 - made here, without a shell
