"""A cut is exact, frame by frame, whatever the clip's frame rate and wherever it is cut."""

import asyncio
import math
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from adapters.ffmpeg.commands import build_normalize_command
from adapters.ffmpeg.find import find_ffmpeg
from application.media.fetched_files import OnHand
from domain.blueprint.model import OutputConfig
from domain.blueprint.timeline import Cut
from tests.cases.ffmpeg import drawn
from tests.cases.ffmpeg.conftest import SOURCES
from tests.media import ffmpeg_encoder, probe


def nearest(number: Fraction) -> int:
    """The nearest whole number; of two as near the one further from zero."""
    whole = math.floor(abs(number) + Fraction(1, 2))
    return whole if number >= 0 else -whole


GRAIN = {".mp4": Fraction(1, 40_000), ".mkv": Fraction(1, 500)}
"""Seconds by which a time may be off: two ticks of the container's clock."""


def frames_shown(times: Sequence[Fraction], cut: Cut, frame_rate: int) -> list[int]:
    """Return the frame of the clip in each slot: the last whose nearest slot is not after it."""
    begin = Fraction(cut.first, frame_rate)
    slots = [nearest((time - begin) / cut.rate * frame_rate) for time in times]
    return [
        max((i for i, slot in enumerate(slots) if slot <= j), default=0) for j in range(cut.frames)
    ]


@given(
    name=st.sampled_from(sorted(SOURCES)),
    first=st.integers(0, 35),
    frames=st.integers(1, 20),
    rate=st.sampled_from(["1", "1", "22/21", "9/10", "1/2", "5/4"]),
    frame_rate=st.sampled_from([30, 30, 25, 24, 60]),
)
@settings(
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_a_cut_shows_what_the_clip_shows_at_that_moment(
    source: Callable[[str], Path],
    name: str,
    first: int,
    frames: int,
    rate: str,
    frame_rate: int,
) -> None:
    each, times = SOURCES[name]
    output = OutputConfig(
        output_path="output/a.mp4",
        width=320,
        height=180,
        frame_rate=frame_rate,  # pyright: ignore[reportArgumentType]
    )
    cut = Cut(clip=name, first=first, frames=frames, rate=Fraction(rate))
    # A clip of 100 frames at 50 a second may end before such a cut does, which is refused.
    end = times[-1] + 1 / each
    assume((first + frames * cut.rate) / frame_rate <= end)
    encoder = ffmpeg_encoder(1)
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "cut.mp4"
        asyncio.run(encoder.normalise(cut, OnHand({name: source(name)}, probe()), output, into))
        numbers = drawn.numbers(into)
    grain = GRAIN[source(name).suffix]
    early, late = (
        frames_shown([time + off for time in times], cut, frame_rate) for off in (-grain, grain)
    )
    assert len(numbers) == frames
    assert all(
        low <= number <= high for low, number, high in zip(late, numbers, early, strict=True)
    )


@pytest.mark.parametrize("rate", ["1", "5/4", "9/10"])
@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_frame_of_a_whole_clip_is_given(
    source: Callable[[str], Path], tmp_path: Path, name: str, rate: str
) -> None:
    into = tmp_path / "whole.mp4"
    tempo = Fraction(rate)
    command = build_normalize_command(
        source(name),
        into,
        rate=tempo,
        width=320,
        height=180,
        input_format="matroska" if name.endswith(".mkv") else "mov",
        ffmpeg=find_ffmpeg().path,
    )
    subprocess.run(command, check=True)
    numbers = drawn.numbers(into)
    each, times = SOURCES[name]
    whole = Cut(clip=name, first=0, frames=len(numbers), rate=tempo)
    grain = GRAIN[source(name).suffix]
    early, late = (
        frames_shown([time + off for time in times], whole, 30) for off in (-grain, grain)
    )
    assert all(a <= number <= b for a, number, b in zip(late, numbers, early, strict=True))
    # How long the last frame of an uneven clip lasts is written nowhere, only that it is there.
    last = 0 if name == "uneven.mp4" else 1 / each
    slots = nearest((times[-1] + last) / tempo * 30)
    assert len(numbers) >= slots
    assert name == "uneven.mp4" or len(numbers) == slots
