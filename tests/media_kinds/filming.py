"""Bringing a clip, making a film of it, and holding the film against what was filmed."""

import subprocess
from pathlib import Path

import av
import pytest

from adapters.ffmpeg.find import find_ffmpeg
from adapters.ffmpeg.known_faults import version_of
from tests.media_kinds import films
from tests.media_kinds.clips import Clip, made
from tests.media_kinds.drawing import RATE
from tests.media_kinds.making import Folder
from tests.media_kinds.service import Service, cut

LASTING = 1.0
"""Seconds of the film's one cut, from the beginning of the clip."""


def is_taken_and_right(service: Service, folder: Folder, name: str, kinds: dict[str, Clip]) -> None:
    """Fail unless a clip is taken in, measured right, and comes out as it was filmed."""
    kind = kinds[name]
    clip = made(folder, name, kinds)
    answer = service.bring_clip(clip)

    assert answer.status_code == 201, answer.text
    move = answer.json()
    assert move["duration"] == pytest.approx(kind.seconds, abs=1.5 / RATE)
    film = service.film(cut(move["video_path"], 0, LASTING))
    seen = films.look(film, kind.shape)
    assert seen.quarters == kind.quarters
    assert len(seen.numbers) == round(LASTING * RATE)
    if kind.pace is not None:
        paced = [kind.first + index * kind.pace for index in range(len(seen.numbers))]
        loose = max(kind.loose, frames_late(clip))
        assert seen.numbers == pytest.approx(paced, abs=loose)
        assert seen.numbers == sorted(seen.numbers)
    if kind.sounds:
        begun = kind.first / RATE
        expected = [each - begun for each in (0.3, 0.6, 0.9) if 0 < each - begun < LASTING]
        assert seen.tones == pytest.approx(expected, abs=kind.lag)


def frames_late(clip: Path) -> int:
    """Frames by which FFmpeg 5 shows a clip's picture late.

    It takes a file to begin with what only readies its sound's decoder, 21 ms before time 0; in
    Matroska that is shifted to the beginning where a file begins later.
    """
    said = subprocess.run([find_ffmpeg().path, "-version"], capture_output=True, check=True)
    version = version_of(said.stdout.decode().split()[2])
    if version is None or version >= (6,):
        return 0
    with av.open(str(clip)) as container:
        return int(clip.suffix == ".mkv" or (container.start_time or 0) < 0)
