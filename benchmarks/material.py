"""Clips and a song for the bench: filmed ones where they are, else those of the demo studio."""

import asyncio
import math
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from adapters.demo.studio import CodeStudio
from application.concurrency.cores import usable_cores
from benchmarks.job import longest_rate

ROOT: Final = Path(__file__).resolve().parent.parent
DANCED: Final = 15
"""Clips that are danced; one more is the spare."""
DRAWN: Final = 4
"""Clips that are drawn where there are no filmed ones, the spare among them."""
SLACK: Final = 0.5
"""Seconds that a clip is longer than its longest move."""


def filmed(folder: Path | None) -> list[Path]:
    """Filmed clips: of ``folder``, of the one BACHATA_TEST_CLIPS names, or of the project's own."""
    own = os.environ.get("BACHATA_TEST_CLIPS") or ROOT.parent / "shared" / "data" / "library"
    place = folder or Path(own)
    return sorted(place.resolve().rglob("*.mp4"))[: DANCED + 1]


async def drawn(folder: Path) -> list[Path]:
    """A few clips of the demo studio."""
    with CodeStudio(usable_cores()) as studio:
        moves = studio.moves()[:DRAWN]
        clips = [folder / f"{move.id}.mp4" for move in moves]
        await asyncio.gather(*map(studio.film, moves, clips))
    return clips


async def recorded(folder: Path) -> Path:
    """A song of the demo studio."""
    with CodeStudio(1) as studio:
        song, _ = studio.songs()[1]
        into = folder / "song.flac"
        await studio.record(song, into)
    return into


def clip_seconds(film: float, moves: int, trim: float, least: float) -> float:
    """Whole seconds that every clip has to last, ``least`` at least."""
    return max(least, math.ceil(trim + film / moves * longest_rate() + SLACK))


def of_length(ffmpeg: str, clips: Sequence[Path], seconds: float, folder: Path) -> list[Path]:
    """Every clip played over and over, without encoding, to last ``seconds``."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for number, clip in enumerate(clips):
        into = folder / f"{number:02d}-{clip.stem}-{seconds:g}.mp4"
        if not into.exists():
            copied = ("-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", "-movflags", "+faststart")
            _run(ffmpeg, "-stream_loop", "-1", "-i", clip, "-t", f"{seconds:g}", *copied, into)
        made.append(into)
    return made


def song_of_length(ffmpeg: str, song: Path, seconds: float, folder: Path) -> Path:
    """The song played over and over, to last ``seconds``: a FLAC file."""
    into = folder / f"song-{seconds:g}.flac"
    if not into.exists():
        _run(ffmpeg, "-stream_loop", "-1", "-i", song, "-t", f"{seconds:g}", into)
    return into


def _run(ffmpeg: str, *arguments: str | Path) -> None:
    command = [ffmpeg, "-nostdin", "-v", "error", *arguments]
    subprocess.run(command, check=True)  # noqa: S603 - made here, without a shell
