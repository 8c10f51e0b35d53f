"""Silence, gain, a fade, codecs, pitch and speed do not change the beats, bars and "1"s."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from adapters.listening.features import RATE
from adapters.listening.song_analyzer import analyze
from adapters.media.sound import mono
from domain.library.songs import Analysis
from training.alterations import ALTERATIONS, EXACT
from training.bachata import Conditions, bachata
from training.sameness import cut_after_last_one, sameness

Samples = NDArray[np.float32]

REAL = Path(__file__).parents[3].parent / "shared" / "data" / "beats"
SECONDS = 40
"""Of each real piece that is heard."""
SYNTHETIC = {
    "steady": Conditions(tempo=126),
    "drifting": Conditions(tempo=118, drift=0.02, silence=0.8),
    "swung and noisy": Conditions(tempo=140, swing=0.1, noise=25, tilt=-2),
}
PIECES = ("lmms_EsoXLB_CPU.ogg", "lmms_CapDan_ReggaeTry.ogg")
SONGS = (*SYNTHETIC, *PIECES)
SHARE = 0.95
"""Least share of altered songs that keep their beats."""


@cache
def song(name: str) -> Samples:
    if name in SYNTHETIC:
        return bachata(np.random.default_rng(len(name)), SYNTHETIC[name], 9).samples
    if not (REAL / name).exists():
        pytest.skip(f"There is no {name} beside the project.")
    return mono(REAL / name, RATE)[: SECONDS * RATE]


@cache
def analysis_of(name: str) -> Analysis:
    return analyze(song(name))


@pytest.mark.parametrize("name", SONGS)
@pytest.mark.parametrize("alteration", EXACT)
def test_silence_and_gain_only_shift_times(name: str, alteration: str) -> None:
    altered = ALTERATIONS[alteration](song(name))
    original, other = analysis_of(name), analyze(altered.samples)
    assert len(original.ones) > 2
    for field in ("beats", "downbeats", "ones"):
        moved = np.array(getattr(original, field)) + altered.shift
        assert getattr(other, field) == pytest.approx(moved, abs=1e-3)
    starts = [part.start + altered.shift for part in original.sections[1:]]
    assert [part.start for part in other.sections[1:]] == pytest.approx(starts, abs=1e-3)
    assert other.tempo == pytest.approx(original.tempo, abs=0.02)
    assert other.confidence == pytest.approx(original.confidence, abs=2e-3)
    assert other.beat_energy == pytest.approx(original.beat_energy, abs=5e-3)
    assert other.embedding == pytest.approx(original.embedding, abs=1e-3)


def test_nearly_all_songs_in_another_form_have_the_same_beats() -> None:
    pieces = [name for name in PIECES if (REAL / name).exists()]
    forms = [each for each in ALTERATIONS if each not in EXACT]
    different: list[str] = []
    for name in (*SYNTHETIC, *pieces):
        for form in forms:
            altered = ALTERATIONS[form](song(name))
            same = sameness(analysis_of(name), analyze(altered.samples), altered)
            if not same.holds:
                different.append(f"{name}, {form}: {same}")
    share = 1 - len(different) / (len(forms) * (len(SYNTHETIC) + len(pieces)))
    assert share >= SHARE, different


@pytest.mark.parametrize("name", SONGS)
def test_a_song_that_is_cut_after_its_last_one_has_the_same_beats(name: str) -> None:
    altered = cut_after_last_one(song(name), analysis_of(name))
    assert altered is not None
    same = sameness(analysis_of(name), analyze(altered.samples), altered)
    assert same.holds, same


def test_beats_end_with_the_last_sound_and_not_with_its_decay() -> None:
    played = bachata(np.random.default_rng(3), Conditions(tempo=120), 9)
    times = np.arange(8 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * times) for hertz in (220, 277, 330, 440))
    ringing = (0.1 * chord * np.exp(-0.9 * times)).astype(np.float32)
    # The chord takes some nine seconds to fall by 60 dB.
    whole = np.pad(played.samples, (0, 8 * RATE))
    last = round(played.beats[-1] * RATE)
    whole[last : last + len(ringing)] += ringing[: len(whole) - last]
    assert analyze(whole).beats[-1] < played.beats[-1] + 4
    assert analyze(whole).ones[:6] == pytest.approx(analyze(played.samples).ones[:6], abs=0.02)
