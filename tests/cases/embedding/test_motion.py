"""Motion in films."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from domain.library.motion import pulse
from domain.shared.errors import UnreadableMedia
from tests.journeys.real_clips import real_clips
from tests.media import motion_analyzer

pytestmark = pytest.mark.anyio


def film(path: Path, *, moving: bool, seconds: int = 2, rate: int = 30) -> Path:
    """A square that goes from left to right, or stays."""
    av: Any = pytest.importorskip("av")
    with av.open(str(path), "w") as opened:
        stream = opened.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.time_base = 192, 108, Fraction(1, rate)
        for number in range(seconds * rate):
            picture = np.zeros((108, 192, 3), np.uint8)
            left = number * 2 if moving else 20
            picture[30:80, left : left + 40] = 255
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                opened.mux(packet)
        for packet in stream.encode():
            opened.mux(packet)
    return path


async def test_what_moves_has_more_energy_than_what_stays(tmp_path: Path) -> None:
    still = await motion_analyzer().analyze(film(tmp_path / "still.mp4", moving=False))
    moving = await motion_analyzer().analyze(film(tmp_path / "moving.mp4", moving=True))
    assert still.energy() < 0.1 < 0.4 < moving.energy()
    assert abs(len(moving.changes) / moving.rate - 2) < 0.2


@pytest.mark.parametrize("content", [b"", b"not a film", b"\0\0\0\x18ftypmp42" + bytes(500)])
async def test_what_is_no_film_is_refused(tmp_path: Path, content: bytes) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(content)
    with pytest.raises(UnreadableMedia):
        await motion_analyzer().analyze(clip)


async def test_a_real_couple_is_seen_to_keep_the_beat() -> None:
    clip = next(each for each in real_clips() if each.stem == "ladyturn_left_back")
    rhythm = pulse(await motion_analyzer().analyze(clip))
    assert rhythm is not None
    assert rhythm.tempo == pytest.approx(108, rel=0.03)
