"""The neural network for beats: dilated convolutions, with weights in files beside this module."""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

BEAT_WEIGHT: Final = 4.0
DOWNBEAT_WEIGHT: Final = 8.0
"""Weights of a beat and a downbeat in training, because they are rare."""

SONGS: Final = Path(__file__).with_name("weights.npz")
"""The best weights for whole songs."""
SHORT: Final = Path(__file__).with_name("short_weights.npz")
"""The best weights for a few seconds, such as a clip."""


class Weights(NamedTuple):
    """Parameters of one or more networks of one shape; the first axis is the network."""

    dilations: NDArray[np.int64]
    """(blocks,) frames between the taps of a block."""
    entry_weight: Array
    """(networks, channels, features, taps)"""
    entry_bias: Array
    """(networks, channels)"""
    wide_weight: Array
    """(networks, blocks, channels, channels, taps)"""
    wide_bias: Array
    """(networks, blocks, channels)"""
    point_weight: Array
    """(networks, blocks, channels, channels)"""
    point_bias: Array
    """(networks, blocks, channels)"""
    exit_weight: Array
    """(networks, 2, channels)"""
    exit_bias: Array
    """(networks, 2)"""


@cache
def load(file: Path = SONGS) -> Weights:
    """Read weights once; by default those for songs."""
    with np.load(file) as stored:
        weights = {name: stored[name].astype(np.float32) for name in Weights._fields[1:]}
        return Weights(stored["dilations"], **weights)


def logits(features: Array, weights: Weights) -> Array:
    """Return log odds of a beat and of a downbeat from (frames, features), shape (frames, 2).

    Beats are `BEAT_WEIGHT` times as likely as in reality, downbeats `DOWNBEAT_WEIGHT` times.
    Several networks are averaged.
    """
    several = [_one(features, weights, which) for which in range(len(weights.exit_bias))]
    return np.mean(several, axis=0)


def probabilities(features: Array, weights: Weights) -> tuple[Array, Array]:
    """Return P(beat), and P(downbeat) given a beat: each (2 * frames,), one per fine frame."""
    odds = logits(features, weights)
    beat = _likely(odds[:, 0] - np.float32(np.log(BEAT_WEIGHT)))
    downbeat = _likely(odds[:, 1])
    return _fine(beat), _fine(np.minimum(1, downbeat / np.maximum(beat, 0.05)))


def _likely(odds: Array) -> Array:
    """Return the probability for log odds."""
    return (1 / (1 + np.exp(-odds))).astype(np.float32)


def _fine(values: Array) -> Array:
    """Interpolate values of frames (n,) to fine frames (2 n,): a frame is in the
    middle of a pair.
    """
    at = 2 * np.arange(len(values)) + 0.5
    return np.interp(np.arange(2 * len(values)), at, values).astype(np.float32)


def _one(features: Array, weights: Weights, which: int) -> Array:
    hidden = _elu(_convolved(features, weights.entry_weight[which], weights.entry_bias[which]))
    for block, dilation in enumerate(weights.dilations):
        wide, bias = weights.wide_weight[which, block], weights.wide_bias[which, block]
        inner = _elu(_convolved(hidden, wide, bias, int(dilation)))
        point = weights.point_weight[which, block]
        hidden = hidden + inner @ point.T + weights.point_bias[which, block]
    return _elu(hidden) @ weights.exit_weight[which].T + weights.exit_bias[which]


def _convolved(rows: Array, weight: Array, bias: Array, dilation: int = 1) -> Array:
    """Convolve (frames, in) with (out, in, taps), zero-padded: shape (frames, out)."""
    frames, taps = len(rows), weight.shape[2]
    reach = dilation * (taps // 2)
    padded = np.pad(rows, ((reach, reach), (0, 0)))
    out = np.tile(bias, (frames, 1))
    for tap in range(taps):
        out += padded[tap * dilation : tap * dilation + frames] @ weight[:, :, tap].T
    return out


def _elu(values: Array) -> Array:
    """Return Clevert, Unterthiner and Hochreiter's exponential linear unit (ICLR 2016)."""
    return np.where(values > 0, values, np.expm1(np.minimum(values, 0)))
