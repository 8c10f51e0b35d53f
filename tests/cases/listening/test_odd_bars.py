"""A bar that is shorter or longer restarts the count."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from adapters.listening.downbeat_cues import BAR, DownbeatCues
from adapters.listening.odd_bars import RARE, recounted, weighed
from adapters.listening.tracker import track
from training.bachata import Conditions, bachata
from training.excerpts import Excerpt
from training.odd_bars import Counted, fitted, passed
from training.splices import spliced

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

SHORT = 5
ODD = ([0, 1, 2], [0, 1], [0, 1, 2, 3, 3], [0, 1, 2, 3, 2, 3])
"""Bars from which beats are cut out, or in which they come twice."""


def evidence_of(network: Numbers) -> DownbeatCues:
    """Signs of which the network's alone tells something."""
    nothing = np.zeros_like(network)
    return DownbeatCues(network, nothing, nothing, nothing, nothing)


def firsts(places: Places) -> list[int]:
    return np.flatnonzero(places == 0).tolist()


def song(*bars: int) -> tuple[Places, DownbeatCues, list[int]]:
    """Beats counted in fours, what the network says of bars of these lengths, their firsts."""
    true = np.concatenate([np.arange(length) for length in bars])
    network = np.where(true == 0, 3.0, -3.0)
    return np.arange(len(true)) % BAR, evidence_of(network), firsts(true)


def log_odds(places: Places, counted: Places, weights: Numbers) -> float:
    """Return the probability of a count relative to all others."""
    shifts = (places - counted) % BAR
    anew = int((np.diff(shifts) != 0).sum())
    steady = (len(places) - 1) * -np.log1p(3 * np.exp(-RARE))
    return float(weights[counted == 0].sum()) + steady - RARE * anew


@pytest.mark.parametrize("odd", [1, 2, 3, 5, 6, 7])
def test_after_an_odd_bar_the_next_bars_are_counted_from_their_own_first(odd: int) -> None:
    places, downbeat_cues, true = song(*[4] * 20, odd, *[4] * 20)
    assert firsts(recounted(places, downbeat_cues)) == true


def test_two_odd_bars_are_two() -> None:
    places, downbeat_cues, true = song(*[4] * 15, 2, *[4] * 15, 3, *[4] * 15)
    assert firsts(recounted(places, downbeat_cues)) == true


def test_an_even_song_stays_in_four_though_single_bars_say_otherwise() -> None:
    places, downbeat_cues, true = song(*[4] * 30)
    for beat in (17, 18, 50):
        downbeat_cues.network[beat] = 3.9
    for beat in (16, 20, 52):
        downbeat_cues.network[beat] = -3.9
    assert firsts(recounted(places, downbeat_cues)) == true


def test_what_says_nothing_changes_nothing() -> None:
    places = np.arange(64) % BAR
    same = recounted(places, evidence_of(np.zeros(64)))
    assert np.unique((same - places) % BAR).size == 1


@given(
    arrays(np.float64, SHORT, elements=st.floats(-400, 400)),
    arrays(np.int64, SHORT, elements=st.integers(0, BAR - 1)),
)
def test_no_other_count_is_likelier(network: Numbers, places: Places) -> None:
    downbeat_cues = evidence_of(network)
    weights = weighed(downbeat_cues)
    odds = log_odds(places, recounted(places, downbeat_cues), weights)
    every = (np.array(shifts) for shifts in product(range(BAR), repeat=SHORT))
    best = max(log_odds(places, (places - shifts) % BAR, weights) for shifts in every)
    assert odds == pytest.approx(best)


def test_all_counts_together_are_the_sum_of_each() -> None:
    rng = np.random.default_rng(4)
    weights: Numbers = rng.normal(0, 1, (2, SHORT, BAR))
    stay = -np.log1p(3 * np.exp(-RARE))
    weight: Numbers = np.array([1.0, 0.5])
    summed = passed(weights, np.ones_like(weights), RARE, weight)
    anew = 0.0
    for number in range(2):
        total, changes = 0.0, 0.0
        for shifts in product(range(BAR), repeat=SHORT):
            moved = int((np.diff(shifts) != 0).sum())
            gain = weights[number, np.arange(SHORT), list(shifts)].sum()
            likely = float(np.exp(gain + (SHORT - 1) * stay - RARE * moved))
            total += likely
            changes += moved * likely
        assert summed.likelihood[number] == pytest.approx(np.log(total))
        anew += weight[number] * changes / total
    assert summed.anew == pytest.approx(anew)


def test_what_tells_of_odd_bars_is_given_weight() -> None:
    rng = np.random.default_rng(8)
    songs: list[Counted] = []
    for number in range(80):
        odd = ODD[int(rng.integers(len(ODD)))] if number % 2 else []
        true = np.array([*[0, 1, 2, 3] * 12, *odd, *[0, 1, 2, 3] * 12])
        places = np.arange(len(true)) % BAR
        downbeat_cues = rng.normal(0, 1, (len(DownbeatCues._fields), len(true)))
        downbeat_cues[DownbeatCues._fields.index("chord")] += 0.7 * (true == 0)
        times = np.arange(len(true), dtype=np.float64) / 2
        shift = (places - true) % BAR
        songs.append(
            Counted("any", bool(number % 2), times, places, downbeat_cues, shift, times[true == 0])
        )
    tells, rare = fitted(songs)
    chord = DownbeatCues._fields.index("chord")
    # Of two bells of one width, 0.7 of it apart, the log odds rise by 0.7 a width.
    assert tells[chord] == pytest.approx(0.7, abs=0.3)
    assert np.abs(np.delete(tells[:-1], chord)).max() < 0.25
    # Every other song has an odd bar among its hundred beats: 600 to one, for each other place.
    assert np.log(600) - 1 < rare < np.log(600) + 2


@pytest.mark.parametrize("seed", range(4))
def test_a_song_with_beats_cut_out_or_twice_is_heard_right_on_both_sides(seed: int) -> None:
    played = bachata(np.random.default_rng(seed), Conditions(tempo=126), 16)
    first = int((played.beats < played.downbeats[0]).sum())
    places = np.arange(-first, len(played.beats) - first) % BAR
    whole = Excerpt("bachata", played.samples, played.beats, places, BAR)
    cut = spliced(whole, np.random.default_rng(seed + 40))
    true = cut.beats[cut.places == 0]
    assert not np.allclose(np.diff(true), np.diff(true)[0], rtol=0.1), "a bar is odd"
    downbeats = track(cut.wave).downbeats
    nearest = np.abs(downbeats[:, np.newaxis] - true).min(axis=1)
    assert (nearest < 0.07).mean() > 0.9
    assert (np.abs(true[:, np.newaxis] - downbeats).min(axis=1) < 0.07).mean() > 0.9
