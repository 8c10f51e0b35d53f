"""Films show and sound a clip's moments exactly, and songs have beats only where they play."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.media_kinds import drawing, films
from tests.media_kinds.clips import CLIPS, made
from tests.media_kinds.drawing import RATE, Pixels
from tests.media_kinds.filming import frames_late
from tests.media_kinds.making import SIZE, Folder, Words, ffmpeg
from tests.media_kinds.pictures import PICTURES
from tests.media_kinds.service import Service, cut

_FIELDS = 72
"""Of the interlaced clips: 1.2 s at 60 a second."""
_STEP = 8
"""Pixels by which their bar moves from one field to the next."""
_BAR = 40
_WIDE = (320, 180)


@pytest.mark.parametrize(
    "name",
    [
        *("phone.mp4", "recorder.webm", "plain.mkv", "mjpeg_pcm.mov", "edited.mp4"),
        *("cover_first.mp4", "begins_after_a_day.mkv", "negative_times.mkv"),
    ],
)
def test_two_cuts_of_a_clip_begin_and_end_where_they_are_told_to(
    service: Service, folder: Folder, name: str
) -> None:
    kinds = CLIPS | PICTURES
    clip = made(folder, name, kinds)
    answer = service.bring_clip(clip)
    assert answer.status_code == 201, answer.text
    path = answer.json()["video_path"]
    film = service.film(cut(path, 0.2, 0.4), cut(path, 0.1, 0.5), width=320, height=180)

    begun = kinds[name].first
    seen = films.look(film, SIZE)
    first, second = begun + round(0.2 * RATE), begun + round(0.1 * RATE)
    expected = [*range(first, first + 12), *range(second, second + 15)]
    assert seen.numbers == pytest.approx(expected, abs=frames_late(clip))
    from_start = begun / RATE
    # A tone that begins with the cut is heard, too.
    tones = [round(each - from_start, 6) for each in _tones()]
    heard = [each - 0.2 for each in tones if 0.2 <= each < 0.6]
    heard += [each + 0.3 for each in tones if 0.1 <= each < 0.6]
    assert seen.tones == pytest.approx(heard, abs=kinds[name].lag)


def _tones() -> list[float]:
    """The start times of tones in every clip."""
    return [drawing.TONE_EVERY * count for count in range(1, 4)]


def _interlaced(folder: Folder, into: Path, order: str, video: Words) -> None:
    """A white bar that moves to the right; two moments lie in the lines of one frame."""
    width, height = _WIDE
    fields: list[Pixels] = []
    for number in range(_FIELDS):
        field = np.full((height, width, 3), 16, np.uint8)
        left = number * _STEP % (width - _BAR)
        field[:, left : left + _BAR] = 235
        fields.append(field)
    mode, parity = ("top", "tff") if order == "top" else ("bottom", "bff")
    ffmpeg(
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", 60),
        *("-i", "pipe:0", "-i", folder.tones()),
        *("-vf", f"tinterlace=mode=interleave_{mode},setfield={parity}"),
        *(*video, "-flags", "+ilme+ildct", "-c:a", "aac", into),
        stdin=b"".join(field.tobytes() for field in fields),
    )


_X264: Words = ("-c:v", "libx264", "-preset", "veryfast", "-crf", 12, "-pix_fmt", "yuv420p")
_PRORES: Words = ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le")


@pytest.mark.parametrize(
    ("name", "order", "video"),
    [
        ("interlaced.mov", "top", (*_X264, "-x264-params", "tff=1")),
        ("interlaced_bottom.mkv", "bottom", (*_X264, "-x264-params", "bff=1")),
        ("interlaced_prores.mov", "top", _PRORES),
    ],
)
def test_an_interlaced_clip_has_no_comb(
    service: Service, folder: Folder, name: str, order: str, video: Words
) -> None:
    clip = folder.once(name, lambda where, into: _interlaced(where, into, order, video))
    answer = service.bring_clip(clip)
    assert answer.status_code == 201, answer.text
    film = service.film(cut(answer.json()["video_path"], 0, 1), width=320, height=180)

    frames = films.pixels(film)
    assert len(frames) == RATE
    # The first and the last have no neighbours to be mended by; some encoders' edges are soft.
    combed = [_comb(frame) for frame in frames[2:-2]]
    assert float(np.median(combed)) < _STEP / 4


def _comb(frame: Any) -> float:
    """Pixels between where the bar begins in even lines and in odd ones."""
    grey = frame[20:-20].astype(np.float64).mean(axis=2)
    lines = [grey[start::2].mean(axis=0) for start in (0, 1)]
    return abs(_middle(lines[0]) - _middle(lines[1]))


def _middle(line: Any) -> float:
    """Return the centre of the light of a line, in pixels."""
    light = np.clip(line - 60, 0, None)
    return float((light * np.arange(len(light))).sum() / light.sum())


def test_no_beat_is_heard_before_the_music(service: Service, folder: Folder) -> None:
    def write(_: Folder, into: Path) -> None:
        music = drawing.dance_music(24, 126)
        drawing.write_wav(into, np.concatenate([np.zeros(25 * 44_100), music]), 44_100)

    heard = _heard(service, folder.once("silence_first.wav", write))
    assert heard["tempo"] == pytest.approx(126, rel=0.02)
    assert min(heard["beats"]) > 24.8
    assert min(heard["ones"]) > 24.8


def _heard(service: Service, song: Path) -> dict[str, Any]:
    answer = service.bring_song(song)
    assert answer.status_code == 201, answer.text
    heard = service.analysis(answer.json()["id"])
    assert heard.status_code == 200, heard.text
    return heard.json()
