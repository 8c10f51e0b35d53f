"""Songs of every kind are taken in, measured right, heard, and danced to."""

import pytest

from tests.media_kinds import films
from tests.media_kinds.drawing import TONE_EVERY
from tests.media_kinds.making import SIZE, Folder
from tests.media_kinds.service import Service, cut
from tests.media_kinds.songs import SONGS, made

LASTING = 1.0
"""Seconds of the film."""


@pytest.fixture(scope="module")
def clips() -> dict[str, str]:
    """Return the path of the danced clip after its upload."""
    return {}


@pytest.mark.parametrize("name", SONGS)
def test_a_song_is_taken_heard_and_right_in_a_film(
    service: Service, folder: Folder, clips: dict[str, str], name: str
) -> None:
    if not clips:
        clips["plain"] = service.bring_clip(folder.plain_clip()).json()["video_path"]
    kind = SONGS[name]
    answer = service.bring_song(made(folder, name))

    assert answer.status_code == 201, answer.text
    song = answer.json()
    assert song["duration"] == pytest.approx(kind.seconds, abs=kind.within)
    heard = service.analysis(song["id"])
    assert heard.status_code == 200, heard.text
    peaks = heard.json()["peaks"]
    assert min(max(peaks[:100]), max(peaks[-100:])) > 0.3, "it is heard from its start to its end"
    film = service.film(cut(clips["plain"], 0, LASTING, sound=0), song=song["audio_path"])
    expected = [kind.first + TONE_EVERY * each for each in range(4)]
    assert films.look(film, SIZE).tones == pytest.approx(
        [each for each in expected if each < LASTING], abs=kind.lag
    )
