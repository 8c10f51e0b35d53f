"""The contract of every DemoStudio."""

from collections.abc import Generator
from pathlib import Path

import pytest

from adapters.demo.studio import CodeStudio
from adapters.memory.demo import MemoryDemoStudio
from adapters.memory.media_probe import MemoryMediaProbe
from application.ports.demo import DemoStudio
from application.ports.media_probe import MediaProbe
from domain.library.moves import INTRO, OUTRO, Move
from tests.cases.ffmpeg.drawn import names_in
from tests.media import probe

pytestmark = pytest.mark.anyio

Room = tuple[DemoStudio, MediaProbe]


@pytest.fixture(params=["memory", "code"])
def room(request: pytest.FixtureRequest) -> Generator[Room]:
    if request.param == "memory":
        yield MemoryDemoStudio(), MemoryMediaProbe()
        return
    with CodeStudio(1) as studio:
        yield studio, probe()


def shortest(studio: DemoStudio) -> Move:
    return min(studio.moves(), key=lambda move: move.duration)


def test_its_moves_are_named_once_and_whole_eight_counts(room: Room) -> None:
    moves = room[0].moves()
    assert len({move.id for move in moves}) == len(moves)
    assert {INTRO, OUTRO} < {move.label for move in moves}
    for move in moves:
        assert move.duration == pytest.approx(move.eight_counts * move.eight_count)


def test_its_songs_are_known_to_the_beat(room: Room) -> None:
    for song, analysis in room[0].songs():
        assert song.tempo == analysis.tempo
        assert set(analysis.ones) <= set(analysis.beats)
        assert analysis.beats[0] == 0
        assert analysis.sections[0].start == 0
        assert analysis.beats[-1] < analysis.duration == pytest.approx(song.duration)


async def test_a_film_lasts_as_long_as_its_move_and_has_sound(room: Room, tmp_path: Path) -> None:
    studio, media_probe = room
    move = shortest(studio)
    await studio.film(move, tmp_path / "film")
    media = await media_probe.measure(tmp_path / "film")
    assert media.picture is not None
    assert media.picture.frames == round(move.duration * 30)
    assert (media.picture.width, media.picture.height) == (1280, 720)
    assert media.sound is not None
    assert names_in(tmp_path) == ["film"]


async def test_a_film_is_the_same_every_time(room: Room, tmp_path: Path) -> None:
    studio, _ = room
    move = shortest(studio)
    for name in ("one", "other"):
        await studio.film(move, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


async def test_a_song_lasts_as_long_as_it_says(room: Room, tmp_path: Path) -> None:
    studio, media_probe = room
    song, _ = studio.songs()[0]
    await studio.record(song, tmp_path / "song")
    media = await media_probe.measure(tmp_path / "song")
    assert media.picture is None
    assert float(media.seconds) == pytest.approx(song.duration, abs=0.01)
