"""The dancers' steps fall on the beats, as they are and not as the service hears them."""

from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from scipy.io import wavfile

from adapters.demo.studio import CodeStudio
from adapters.listening.features import RATE
from adapters.listening.song_analyzer import analyze
from adapters.media.sound import mono
from domain.library.songs import Analysis
from domain.planning.metrics import step_errors
from domain.planning.planner import Wish, plan
from training.bachata import Conditions, Played, bachata

NEAR = 0.05
LEAST = 0.97
SONGS = {
    "steady": Conditions(tempo=124),
    "drifting": Conditions(tempo=131, drift=0.025, noise=25, silence=1.3),
    "swinging": Conditions(tempo=118, swing=0.1, noise=20, tilt=-1.5),
}


def analysis_of(song: Played, folder: Path) -> Analysis:
    wavfile.write(folder / "song.wav", RATE, song.samples)
    return analyze(mono(folder / "song.wav", RATE))


@pytest.mark.parametrize("name", SONGS)
def test_steps_fall_on_the_beats_a_song_was_played_to(name: str, tmp_path: Path) -> None:
    song = bachata(np.random.default_rng(5), SONGS[name], eight_counts=8)
    analysis = analysis_of(song, tmp_path)
    moves = CodeStudio(1).moves()
    dance = plan(analysis, moves, Wish()).moves
    assert len(dance) >= 4
    assert all(a.clip_id != b.clip_id for a, b in pairwise(dance))
    played = msgspec.structs.replace(analysis, beats=tuple(map(float, song.beats)))
    errors = step_errors(dance, played, {move.id: move for move in moves})
    on_the_beat = sum(error <= NEAR for error in errors) / len(errors)
    assert on_the_beat >= LEAST, f"{100 * on_the_beat:.1f} %"


def test_steps_that_nobody_set_to_the_beat_miss_it(tmp_path: Path) -> None:
    song = bachata(np.random.default_rng(5), SONGS["drifting"], eight_counts=8)
    analysis = analysis_of(song, tmp_path)
    moves = CodeStudio(1).moves()
    late = [
        msgspec.structs.replace(each, start_time=each.start_time + 0.2)
        for each in plan(analysis, moves, Wish()).moves
    ]
    errors = step_errors(late, analysis, {move.id: move for move in moves})
    assert sum(error <= NEAR for error in errors) / len(errors) < LEAST / 2
