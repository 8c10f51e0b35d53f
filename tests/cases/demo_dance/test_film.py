"""The pictures: their shape and number, always the same, filled by the couple."""

import numpy as np
import pytest

from adapters.demo.dance.catalogue import MOVES, DemoMove
from adapters.demo.dance.film import bounds, frame_count, frames, still
from adapters.demo.dance.painting import draw_couple
from adapters.demo.dance.repertoire import score_of
from adapters.demo.dance.stage import stage

SHORT = next(move for move in MOVES if move.eight_counts == 1)


def test_a_clip_has_as_many_frames_as_its_counts_take() -> None:
    fps = 4
    pictures = list(frames(SHORT, fps))
    assert len(pictures) == frame_count(SHORT, fps) == round(8 * 60 / SHORT.tempo * fps)
    assert all(picture.shape == (720, 1280, 3) for picture in pictures)
    assert all(picture.dtype == np.uint8 for picture in pictures)


def test_every_move_lasts_its_eight_counts() -> None:
    for move in MOVES:
        assert abs(frame_count(move) / 30 - move.eight_counts * 8 * 60 / move.tempo) < 1 / 30


def test_two_renders_are_identical() -> None:
    once, again = list(frames(SHORT, 3)), list(frames(SHORT, 3))
    assert all(np.array_equal(one, two) for one, two in zip(once, again, strict=True))


def test_a_still_is_the_frame_of_its_beat() -> None:
    pictures = list(frames(SHORT, 3))
    assert np.array_equal(pictures[4], still(SHORT, 4 / 3 * SHORT.tempo / 60))


def test_neighbouring_frames_differ() -> None:
    pictures = frames(SHORT, 30)
    first = next(pictures)
    for _ in range(6):
        second = next(pictures)
        changed = (first != second).any(axis=2).mean()
        assert 0.0005 < changed < 0.15
        first = second


def test_a_picture_differs_from_the_empty_stage_only_around_the_couple() -> None:
    picture, empty = still(SHORT, 2.0), stage(SHORT.style)
    rows, columns = np.nonzero((picture != empty).any(axis=2))
    left, top, right, bottom = bounds(draw_couple(score_of(SHORT), np.array([2.0])))[0]
    assert left <= columns.min()
    assert columns.max() < right
    assert top <= rows.min()
    assert rows.max() < bottom


@pytest.mark.parametrize("move", MOVES, ids=[move.slug for move in MOVES])
def test_the_couple_fills_the_frame(move: DemoMove) -> None:
    boxes = np.array(bounds(draw_couple(score_of(move), np.arange(0, 8 * move.eight_counts, 0.5))))
    height = (boxes[:, 3] - boxes[:, 1]) / 720
    assert np.mean(height >= 0.70) > 0.75
    assert boxes[:, 0].min() > 40, "nobody leaves the picture to the left"
    assert boxes[:, 2].max() < 1240, "nor to the right"


def test_each_style_has_its_own_light() -> None:
    middles = {
        style: tuple(stage(style).reshape(-1, 3).mean(axis=0).round())
        for style in {move.style for move in MOVES}
    }
    assert len(set(middles.values())) == 4
