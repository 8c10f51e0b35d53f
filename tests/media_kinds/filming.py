"""Bringing a clip, making a film of it, and holding the film against what was filmed."""

import pytest

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
    answer = service.bring_clip(made(folder, name, kinds))

    assert answer.status_code == 201, answer.text
    move = answer.json()
    assert move["duration"] == pytest.approx(kind.seconds, abs=1.5 / RATE)
    film = service.film(cut(move["video_path"], 0, LASTING))
    seen = films.look(film, kind.shape)
    assert seen.quarters == kind.quarters
    assert len(seen.numbers) == round(LASTING * RATE)
    if kind.pace is not None:
        paced = [kind.first + index * kind.pace for index in range(len(seen.numbers))]
        assert seen.numbers == pytest.approx(paced, abs=kind.loose)
        assert seen.numbers == sorted(seen.numbers)
    if kind.sounds:
        begun = kind.first / RATE
        expected = [each - begun for each in (0.3, 0.6, 0.9) if 0 < each - begun < LASTING]
        assert seen.tones == pytest.approx(expected, abs=kind.lag)
