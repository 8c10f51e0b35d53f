"""Measure how long the clips of a script's scenes take, and their memory.

    python -m benchmarks.scene_clips [--scenes 6] [--seconds 5] [--width 1920] [--height 1080]

It prints Markdown. `docs/PERFORMANCE.md` says what is measured.
"""

import argparse
import asyncio
import multiprocessing
import os
import resource
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from adapters.ffmpeg.scene_encoder import FFmpegSceneEncoder
from adapters.media.caged import CagedProbe
from adapters.media.worker import MediaWorker
from application.concurrency.cores import usable_cores
from benchmarks import machine
from benchmarks.measure import memory, memory_below
from domain.blueprint.model import OutputConfig
from domain.scripts.movement import Movement, movement
from domain.scripts.palettes import Mood
from domain.scripts.shots import Shot, ShownText

RATE: Final = 30
TEXT: Final = "La canción empieza despacio, y el corazón no tiene prisa."
EVERY: Final = 0.05
"""Seconds between two looks at the memory."""


class Options(argparse.Namespace):
    """The requested measurements."""

    scenes: int
    seconds: float
    width: int
    height: int
    bitrate: str


def photo(path: Path, seed: int) -> None:
    """Write a picture of 12 megapixels with as much detail at each scale as photos have."""
    random, width, height = np.random.RandomState(seed), 4000, 3000
    picture = np.zeros((height, width, 3), np.float32)
    for octave in range(1, 11):
        small = random.rand(max(2, 2**octave * height // width), 2**octave, 3)
        grid = Image.fromarray((small * 255).astype(np.uint8))
        large = grid.resize((width, height), Image.Resampling.BICUBIC)
        picture += np.asarray(large, np.float32) / 2.0**octave
    picture -= picture.min()
    Image.fromarray((picture * (255 / picture.max())).astype(np.uint8)).save(path, quality=90)


def photos(paths: list[Path]) -> None:
    """Write a picture to each path."""
    for seed, path in enumerate(paths):
        photo(path, seed)


def shots(options: Options) -> list[Shot]:
    """Return shots of which each third is a card."""
    frames, previous, made = round(options.seconds * RATE), None, list[Shot]()
    for index in range(options.scenes):
        way: Movement = movement(1, index, previous)
        previous = way
        text = ShownText(text=TEXT, first=0, frames=frames)
        style = "caption" if index % 3 else "card"
        made.append(
            Shot(
                texts=(text,), frames=frames, style=style, mood=Mood.CALM, seed=index, movement=way
            )
        )
    return made


async def make(options: Options, folder: Path, pictures: list[Path]) -> None:
    """Make all clips, as many at once as there are cores."""
    worker = MediaWorker("entrypoints.media_worker")
    encoder = FFmpegSceneEncoder(CagedProbe(worker).details, at_once=usable_cores())
    output = OutputConfig(
        output_path="output/bench/film.mp4",
        width=options.width,
        height=options.height,
        video_bitrate=options.bitrate,
    )
    try:
        async with asyncio.TaskGroup() as group:
            for index, shot in enumerate(shots(options)):
                picture = pictures[index] if shot.style == "caption" else None
                into = folder / f"scene-{index}.mp4"
                group.create_task(encoder.encode(shot, picture, output, into))
    finally:
        worker.close()


def cpu_seconds() -> float:
    """Return the CPU seconds of this process and of those below it that have ended."""
    own, below = (
        resource.getrusage(which) for which in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime


class Peak:
    """Looks at the memory of this process and of those below it until it is left."""

    def __init__(self) -> None:
        self.largest = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Peak":
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        own = os.getpid()
        while not self._ended.wait(EVERY):
            self.largest = max(self.largest, memory(own) + memory_below(own))


def measured(options: Options, folder: Path) -> str:
    """Make the clips once and return a row of the table."""
    pictures = [folder / f"{index}.jpg" for index in range(options.scenes)]
    # A process of its own, as the memory for drawing photos is none that scenes need.
    drawing = multiprocessing.get_context("spawn").Process(target=photos, args=(pictures,))
    drawing.start()
    drawing.join()
    cpu, began = cpu_seconds(), time.perf_counter()
    with Peak() as peak:
        asyncio.run(make(options, folder, pictures))
    wall, spent = time.perf_counter() - began, cpu_seconds() - cpu
    size = sum(path.stat().st_size for path in folder.glob("scene-*.mp4"))
    shape = f"{options.scenes} x {options.seconds:g} s, {options.width}x{options.height}"
    return f"| {shape} | {wall:.1f} | {spent:.1f} | {peak.largest / 1e6:.0f} | {size / 1e6:.1f} |"


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--height", type=int, default=1080)
    parser.add_argument("--bitrate", default="6M")
    options = parser.parse_args(arguments, namespace=Options())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [
            *machine.about(folder),
            "",
            "| scenes | wall, s | CPU, s | peak memory, MB | files, MB |",
            "|---|---|---|---|---|",
            measured(options, folder),
        ]
    print("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
