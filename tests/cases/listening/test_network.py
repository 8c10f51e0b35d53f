"""The network computes what its weights say."""

from pathlib import Path

import numpy as np
import pytest

from adapters.listening.features import COUNT
from adapters.listening.network import (
    SHORT,
    SONGS,
    Weights,
    load,
    logits,
    probabilities,
)

RNG = np.random.default_rng(0)


def drawn(*shape: int) -> np.ndarray:
    return RNG.normal(0, 0.4, shape).astype(np.float32)


def small(networks: int) -> Weights:
    """Three channels and two blocks."""
    return Weights(
        np.array([1, 3]),
        drawn(networks, 3, 4, 5),
        drawn(networks, 3),
        drawn(networks, 2, 3, 3, 5),
        drawn(networks, 2, 3),
        drawn(networks, 2, 3, 3),
        drawn(networks, 2, 3),
        drawn(networks, 2, 3),
        drawn(networks, 2),
    )


def elu(value: float) -> float:
    return value if value > 0 else float(np.exp(value) - 1)


def convolved(rows: np.ndarray, weight: np.ndarray, bias: np.ndarray, step: int) -> np.ndarray:
    out = np.tile(bias.astype(float), (len(rows), 1))
    for frame, channel in np.ndindex(out.shape):
        for tap in range(weight.shape[2]):
            at = frame + step * (tap - weight.shape[2] // 2)
            if 0 <= at < len(rows):
                out[frame, channel] += float(rows[at] @ weight[channel, :, tap])
    return out


def by_hand(rows: np.ndarray, weights: Weights) -> np.ndarray:
    curve = np.vectorize(elu)
    hidden = curve(convolved(rows, weights.entry_weight[0], weights.entry_bias[0], 1))
    for block, step in enumerate(weights.dilations):
        wide, bias = weights.wide_weight[0, block], weights.wide_bias[0, block]
        inner = curve(convolved(hidden, wide, bias, int(step)))
        hidden = hidden + inner @ weights.point_weight[0, block].T + weights.point_bias[0, block]
    return curve(hidden) @ weights.exit_weight[0].T + weights.exit_bias[0]


def test_it_is_the_sum_over_channels_and_taps() -> None:
    rows, weights = drawn(17, 4), small(1)
    assert np.allclose(logits(rows, weights), by_hand(rows, weights), atol=1e-4)


def test_several_networks_are_averaged() -> None:
    rows, pair = drawn(9, 4), small(2)
    alone = [Weights(pair[0], *(each[i : i + 1] for each in pair[1:])) for i in (0, 1)]
    assert np.allclose(logits(rows, pair), np.mean([logits(rows, one) for one in alone], axis=0))


def test_probabilities_lie_between_zero_and_one_for_every_fine_frame() -> None:
    beat, downbeat = probabilities(drawn(40, COUNT), load())
    assert beat.shape == downbeat.shape == (80,)
    assert ((beat >= 0) & (beat <= 1) & (downbeat >= 0) & (downbeat <= 1)).all()


@pytest.mark.parametrize("file", [SONGS, SHORT])
def test_the_weights_that_are_shipped_are_whole_and_small(file: Path) -> None:
    assert all(np.isfinite(each).all() for each in load(file))
    assert load(file).entry_weight.shape[2] == COUNT
    assert file.stat().st_size < 300_000
