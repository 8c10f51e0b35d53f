"""What every Listener must do."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from adapters.demo.music.bed import bed
from adapters.demo.reel import write_sound
from adapters.listening.librosa_listener import LibrosaListener
from adapters.media.caged import CagedDecoder
from adapters.memory import encoder
from adapters.memory.listener import MemoryListener
from application.ports.listener import Listener
from domain.errors import UnreadableMedia
from tests.media import listener, worker

pytestmark = pytest.mark.anyio

TEMPO = 124.0
EIGHTS = 6
SECONDS = EIGHTS * 8 * 60 / TEMPO

Heard = tuple[Listener, Path]


def librosa_listener() -> LibrosaListener:
    return LibrosaListener(CagedDecoder(worker()).mono)


def memory(folder: Path) -> Heard:
    song = folder / "song"
    song.write_bytes(encoder.song(SECONDS))
    return MemoryListener(TEMPO), song


def librosa(folder: Path) -> Heard:
    song = folder / "song"
    write_sound(song, bed(TEMPO, EIGHTS, "high", seed=3))
    return librosa_listener(), song


def network(folder: Path) -> Heard:
    song = folder / "song"
    write_sound(song, bed(TEMPO, EIGHTS, "high", seed=3))
    return listener(), song


@pytest.fixture(params=[memory, librosa, network])
def heard(request: pytest.FixtureRequest, tmp_path: Path) -> Heard:
    make: Callable[[Path], Heard] = request.param
    return make(tmp_path)


async def test_times_increase_and_lie_within_the_song(heard: Heard) -> None:
    listener, song = heard
    analysis = await listener.hear(song)
    assert analysis.duration == pytest.approx(SECONDS, abs=0.05)
    assert all(0 <= beat <= analysis.duration for beat in analysis.beats)
    assert all(before < after for before, after in pairwise(analysis.beats))
    assert analysis.sections[0].start == 0
    assert analysis.sections[-1].end == pytest.approx(analysis.duration)
    assert all(0 <= section.energy <= 1 for section in analysis.sections)


async def test_every_one_is_a_beat_and_eight_beats_from_the_next(heard: Heard) -> None:
    listener, song = heard
    analysis = await listener.hear(song)
    at = [analysis.beats.index(one) for one in analysis.ones]
    assert at
    assert at[0] < 8
    assert all(after - before == 8 for before, after in pairwise(at))


async def test_the_tempo_is_heard_within_four_per_cent(heard: Heard) -> None:
    listener, song = heard
    assert (await listener.hear(song)).tempo == pytest.approx(TEMPO, rel=0.04)


async def test_hearing_twice_gives_the_same(heard: Heard) -> None:
    listener, song = heard
    assert await listener.hear(song) == await listener.hear(song)


async def test_what_is_no_music_is_refused(heard: Heard) -> None:
    listener, song = heard
    song.write_bytes(b"no music at all")
    with pytest.raises(UnreadableMedia):
        await listener.hear(song)


@pytest.mark.parametrize("kind", [librosa_listener, listener])
async def test_silence_has_no_beat(tmp_path: Path, kind: Callable[[], Listener]) -> None:
    silence = tmp_path / "silence"
    write_sound(silence, np.zeros((48_000 * 12, 2), np.float32))
    heard = await kind().hear(silence)
    assert (heard.beats, heard.ones, heard.tempo, heard.confidence) == ((), (), 0, 0)
    assert heard.duration == pytest.approx(12, abs=0.05)
    assert [(each.start, each.end) for each in heard.sections] == [(0, heard.duration)]


async def test_an_analysis_says_who_heard(heard: Heard) -> None:
    listener, song = heard
    assert (await listener.hear(song)).heard_by == listener.name
