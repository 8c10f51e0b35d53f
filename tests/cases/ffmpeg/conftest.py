"""The cutting room and films that many tests look at and none changes."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import accumulate, cycle, islice
from pathlib import Path

import pytest

from adapters.ffmpeg.encoder import FFmpegEncoder
from tests.cases.ffmpeg import drawn
from tests.media import ffmpeg_encoder

UNEVEN = (1, 2, 3, 4, 9, 2)
"""Sixtieths of a second that the frames of a film of varying rate are seen for."""

SOURCES: dict[str, tuple[Fraction, tuple[Fraction, ...]]] = {
    name: (rate, tuple(Fraction(index) / rate for index in range(100)))
    for name, rate in {
        "30.mp4": Fraction(30),
        "25.mp4": Fraction(25),
        "29.97.mp4": Fraction(30_000, 1_001),
        "50.mp4": Fraction(50),
        "29.97.mkv": Fraction(30_000, 1_001),
    }.items()
} | {
    "uneven.mp4": (
        Fraction(30),
        tuple(
            accumulate((Fraction(n, 60) for n in islice(cycle(UNEVEN), 99)), initial=Fraction(0))
        ),
    )
}
"""Rate and the times of all frames of each film, in seconds."""


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """One of `SOURCES`, drawn when it is first asked for."""
    folder = tmp_path_factory.mktemp("sources")

    @cache
    def make(name: str) -> Path:
        rate, times = SOURCES[name]
        return drawn.draw(folder / name, len(times), rate, times=times)

    return make


@pytest.fixture(scope="session")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of three seconds with a tone of 440 Hz."""
    return drawn.draw(tmp_path_factory.mktemp("sounding") / "film.mp4", 90, sound=True)


@pytest.fixture
def encoder() -> FFmpegEncoder:
    return ffmpeg_encoder()
