"""The contract of every AudioAnalyzer."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from adapters.demo.music.bed import bed
from adapters.demo.reel import write_sound
from adapters.listening.librosa_analyzer import LibrosaAudioAnalyzer
from adapters.media.caged import CagedDecoder
from adapters.memory import encoder
from adapters.memory.audio_analyzer import MemoryAudioAnalyzer
from application.ports.audio_analyzer import AudioAnalyzer
from domain.shared.errors import UnreadableMedia
from tests.media import audio_analyzer, worker

pytestmark = pytest.mark.anyio

TEMPO = 124.0
EIGHTS = 6
SECONDS = EIGHTS * 8 * 60 / TEMPO

Heard = tuple[AudioAnalyzer, Path]


def librosa_listener() -> LibrosaAudioAnalyzer:
    return LibrosaAudioAnalyzer(CagedDecoder(worker()).mono)


def memory(folder: Path) -> Heard:
    song = folder / "song"
    song.write_bytes(encoder.song(SECONDS))
    return MemoryAudioAnalyzer(TEMPO), song


def librosa(folder: Path) -> Heard:
    song = folder / "song"
    write_sound(song, bed(TEMPO, EIGHTS, "high", seed=3))
    return librosa_listener(), song


def network(folder: Path) -> Heard:
    song = folder / "song"
    write_sound(song, bed(TEMPO, EIGHTS, "high", seed=3))
    return audio_analyzer(), song


@pytest.fixture(params=[memory, librosa, network])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Heard:
    make: Callable[[Path], Heard] = request.param
    return make(tmp_path)


async def test_times_increase_and_lie_within_the_song(case: Heard) -> None:
    audio_analyzer, song = case
    analysis = await audio_analyzer.analyze(song)
    assert analysis.duration == pytest.approx(SECONDS, abs=0.05)
    assert all(0 <= beat <= analysis.duration for beat in analysis.beats)
    assert all(before < after for before, after in pairwise(analysis.beats))
    assert analysis.sections[0].start == 0
    assert analysis.sections[-1].end == pytest.approx(analysis.duration)
    assert all(0 <= section.energy <= 1 for section in analysis.sections)


async def test_every_one_is_a_beat_and_eight_beats_from_the_next(case: Heard) -> None:
    audio_analyzer, song = case
    analysis = await audio_analyzer.analyze(song)
    at = [analysis.beats.index(one) for one in analysis.ones]
    assert at
    assert at[0] < 8
    assert all(after - before == 8 for before, after in pairwise(at))


async def test_the_tempo_is_heard_within_four_per_cent(case: Heard) -> None:
    audio_analyzer, song = case
    assert (await audio_analyzer.analyze(song)).tempo == pytest.approx(TEMPO, rel=0.04)


async def test_hearing_twice_gives_the_same(case: Heard) -> None:
    audio_analyzer, song = case
    assert await audio_analyzer.analyze(song) == await audio_analyzer.analyze(song)


async def test_what_is_no_music_is_refused(case: Heard) -> None:
    audio_analyzer, song = case
    song.write_bytes(b"no music at all")
    with pytest.raises(UnreadableMedia):
        await audio_analyzer.analyze(song)


@pytest.mark.parametrize("kind", [librosa_listener, audio_analyzer])
async def test_silence_has_no_beat(tmp_path: Path, kind: Callable[[], AudioAnalyzer]) -> None:
    silence = tmp_path / "silence"
    write_sound(silence, np.zeros((48_000 * 12, 2), np.float32))
    analysis = await kind().analyze(silence)
    assert (analysis.beats, analysis.ones, analysis.tempo, analysis.confidence) == ((), (), 0, 0)
    assert analysis.duration == pytest.approx(12, abs=0.05)
    assert [(each.start, each.end) for each in analysis.sections] == [(0, analysis.duration)]


async def test_an_analysis_says_who_heard(case: Heard) -> None:
    audio_analyzer, song = case
    assert (await audio_analyzer.analyze(song)).analyzed_by == audio_analyzer.name
