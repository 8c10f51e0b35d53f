"""The painted picture moves by equal parts of a pixel: it does not tremble."""

from itertools import pairwise

import numpy as np
import pytest

from adapters.drawing.frames import Frames
from adapters.drawing.planes import Planes
from domain.scripts.movement import PANS, Movement, Window, path, picture_size
from tests.cases.drawing.painted import Floats, shift_between, soft

WIDTH, HEIGHT, COUNT = 240, 136, 40


def frames_of(way: Movement, width: int = WIDTH, height: int = HEIGHT) -> list[Floats]:
    large = picture_size(width, height)
    luma = soft(*large).astype(np.uint8)
    grey = np.full((large[1] // 2, large[0] // 2), 128, np.uint8)
    painter = Frames(
        Planes(luma, grey, grey), path(way, COUNT, 30, width, height), [], width, height
    )
    return [painter.paint(number).luma.astype(np.float64) for number in range(COUNT)]


@pytest.mark.parametrize("way", list(PANS))
def test_every_step_of_a_pan_is_the_same_part_of_a_pixel(way: Movement) -> None:
    frames, step = frames_of(way), path(way, COUNT, 30, WIDTH, HEIGHT).step
    steps = [shift_between(one, other) for one, other in pairwise(frames)]
    # The view moves over the picture, so the picture moves the other way.
    expected = -float(step.left), -float(step.top)
    assert np.abs(np.array(steps) - expected).max() < 0.02


def test_a_pan_at_the_size_of_a_film_moves_by_eighths_of_a_pixel() -> None:
    step = path(Movement.RIGHT, 150, 30, 1920, 1080).step
    assert (8 * step.left).denominator == 1
    frames = frames_of(Movement.RIGHT, 1280, 64)
    steps = [shift_between(one, other)[0] for one, other in pairwise(frames)]
    expected = -float(path(Movement.RIGHT, COUNT, 30, 1280, 64).step.left)
    assert expected < -0.3
    assert np.abs(np.array(steps) - expected).max() < 0.02


@pytest.mark.parametrize("way", [Movement.IN, Movement.OUT])
def test_the_edges_of_a_zoom_move_by_equal_steps_to_one_side(way: Movement) -> None:
    frames = frames_of(way)
    right = [frame[:, -60:] for frame in frames]
    left = [frame[:, :60] for frame in frames]
    sign = 1 if way is Movement.IN else -1
    for strip, direction in ((right, sign), (left, -sign)):
        steps = np.array([shift_between(one, other)[0] for one, other in pairwise(strip)])
        assert (steps * direction > 0).all()
        assert np.abs(steps - steps.mean()).max() < 0.02


def test_a_picture_that_trembles_is_found() -> None:
    luma = soft(300, 160)
    window = Window(*(path(Movement.RIGHT, COUNT, 30, WIDTH, HEIGHT).step.left,) * 4)
    rounded = [round(number * float(window.left) * 4) for number in range(20)]
    frames = [luma[:140, at : at + 240] for at in rounded]
    steps = [shift_between(one, other)[0] for one, other in pairwise(frames)]
    assert np.ptp(steps) > 0.5
