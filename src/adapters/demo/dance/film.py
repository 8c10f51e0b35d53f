"""Draw a move as a film or as a single still picture."""

from collections.abc import Iterator

import numpy as np

from adapters.demo.dance.camera import HEIGHT, WIDTH
from adapters.demo.dance.canvas import Canvas, Picture
from adapters.demo.dance.catalogue import DemoMove
from adapters.demo.dance.curves import Floats
from adapters.demo.dance.painting import draw_couple
from adapters.demo.dance.repertoire import score_of
from adapters.demo.dance.sheet import Sheet
from adapters.demo.dance.stage import stage

BATCH = 128


def frame_count(move: DemoMove, fps: int = 30) -> int:
    """Return the number of frames of the move's clip."""
    return round(move.eight_counts * 8 * 60 / move.tempo * fps)


def frames(move: DemoMove, fps: int = 30) -> Iterator[Picture]:
    """Draw the move: pictures (720, 1280, 3) RGB, the k-th at k / fps seconds, count 1 at 0.

    The same move always gives the same pictures; every picture is a new array.
    """
    canvas = Canvas(stage(move.style))
    total = frame_count(move, fps)
    for first in range(0, total, BATCH):
        beats = np.arange(first, min(first + BATCH, total)) / fps * move.tempo / 60
        yield from paint(canvas, move, beats)


def patches(move: DemoMove, fps: int = 30) -> Iterator[tuple[int, int, Picture]]:
    """Yield the part of each frame that differs from the empty stage: left, top, picture (h, w, 3)
    RGB.

    Its edges are at even pixels, so that it can be pasted into video with subsampled colours.
    """
    canvas = Canvas(stage(move.style))
    total = frame_count(move, fps)
    for first in range(0, total, BATCH):
        beats = np.arange(first, min(first + BATCH, total)) / fps * move.tempo / 60
        for box in painted(canvas, move, beats):
            left, top, right, bottom = box
            even = (left & ~1, top & ~1, right + (right & 1), bottom + (bottom & 1))
            yield even[0], even[1], canvas.patch(even)


def still(move: DemoMove, beat: float) -> Picture:
    """One picture (720, 1280, 3) RGB of the move at a beat; count 1 is beat 0."""
    return next(paint(Canvas(stage(move.style)), move, np.array([float(beat)])))


def paint(canvas: Canvas, move: DemoMove, beats: Floats) -> Iterator[Picture]:
    """Paint the couple at each of the beats (T,)."""
    for box in painted(canvas, move, beats):
        yield canvas.picture(box)


def painted(canvas: Canvas, move: DemoMove, beats: Floats) -> Iterator[tuple[int, int, int, int]]:
    """Paint the couple at each beat (T,) and yield the painted box, which the
    caller then clears.
    """
    sheet = draw_couple(score_of(move), beats)
    boxes = bounds(sheet)
    for k in range(len(beats)):
        for patch in sheet.in_order(k):
            canvas.shape(patch.outline[k].ravel().tolist(), patch.colour)
        yield boxes[k]


def bounds(sheet: Sheet) -> list[tuple[int, int, int, int]]:
    """Return for each frame the box (left, top, right, bottom) in pixels that
    encloses every patch.
    """
    low = np.min([patch.outline.min(axis=1) for patch in sheet.patches], axis=0) - 2
    high = np.max([patch.outline.max(axis=1) for patch in sheet.patches], axis=0) + 3
    low = np.clip(low, 0, (WIDTH, HEIGHT)).astype(int)
    high = np.clip(high, 0, (WIDTH, HEIGHT)).astype(int)
    return [(int(a[0]), int(a[1]), int(b[0]), int(b[1])) for a, b in zip(low, high, strict=True)]
