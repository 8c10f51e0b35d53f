"""The picture of a song shows what is heard in it."""

from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from domain.library.songs import Analysis, Section
from entrypoints.cli.analysis_plot import draw

EIGHTS = 10
ANALYSIS = Analysis(
    tempo=120,
    beats=tuple(1 + k / 2 for k in range(8 * EIGHTS)),
    ones=tuple(1 + 4.0 * k for k in range(EIGHTS)),
    sections=(
        Section(name="calm", start=0, end=21, energy=0.25),
        Section(name="wild", start=21, end=42, energy=0.75),
    ),
    duration=42,
    analyzed_by="test",
    beat_energy=tuple(0.25 if k < 40 else 0.75 for k in range(8 * EIGHTS)),
    peaks=tuple(0.2 if k < 500 else 0.9 for k in range(1000)),
)
SILENT = Analysis(
    tempo=0, beats=(), ones=(), sections=(), duration=0.5, analyzed_by="test", confidence=0
)
RED, GREY = (0xC1, 0x27, 0x2D), (0x8A, 0x97, 0xA6)


def picture(analysis: Analysis, into: Path) -> NDArray[np.uint8]:
    """The pixels of a PNG, as (rows, columns, 3)."""
    import matplotlib.image as images

    with into.open("wb") as file:
        draw(analysis, "a $song$", file, "png")
    return (np.asarray(images.imread(into))[..., :3] * 255).round().astype(np.uint8)


def like(pixels: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Return the places of pixels of about this colour."""
    away = np.abs(pixels.astype(np.int32) - np.array(colour))
    return np.asarray(away.max(axis=2) < 12)


def lines(where: NDArray[np.bool_], least: int) -> int:
    """Vertical lines that are at least so long, whatever their width."""
    long = np.flatnonzero(where.sum(axis=0) >= least)
    return int(np.count_nonzero(np.diff(long) > 1) + (len(long) > 0))


def test_every_one_is_a_red_line_in_its_row_and_the_waveform_grows_with_the_sound(
    tmp_path: Path,
) -> None:
    pixels = picture(ANALYSIS, tmp_path / "a.png")
    height, width, _ = pixels.shape
    assert width == 1600
    # Two rows of 21 s: in the upper one the "1"s at 1, 5, ... 17 s, in the lower those from 21 s.
    rows = slice(int(0.42 * height), int(0.72 * height)), slice(int(0.72 * height), height)
    assert [lines(like(pixels[row], RED), 60) for row in rows] == [5, 5]
    upper, lower = [like(pixels[row], GREY).sum() for row in rows]
    assert 3 < lower / upper < 6


def test_what_is_not_heard_is_not_drawn(tmp_path: Path) -> None:
    fewer = msgspec.structs.replace(ANALYSIS, ones=ANALYSIS.ones[:3], peaks=())
    pixels = picture(fewer, tmp_path / "a.png")
    assert lines(like(pixels, RED), 60) == 3
    # Lines of beats, where they are smoothed, are as grey as the waveform.
    assert like(pixels, GREY).mean() < 0.01


def test_a_song_in_which_nothing_is_heard_is_drawn(tmp_path: Path) -> None:
    pixels = picture(SILENT, tmp_path / "a.png")
    assert not like(pixels, RED).any()


def test_a_long_song_is_one_picture_too(tmp_path: Path) -> None:
    beats = tuple(k / 2 for k in range(1200))
    long = msgspec.structs.replace(
        ANALYSIS, beats=beats, ones=beats[::8], duration=600, beat_energy=(), peaks=()
    )
    height, width, _ = picture(long, tmp_path / "a.png").shape
    assert width == 1600
    assert height < 2000
