"""Train the beat network on excerpts, for a number of steps.

    python -m training.train FOLDER RESULT [--steps 6000] [--seed 0] [--onto WEIGHTS] [--threads 1]

Writes what it has every 250 steps, as RESULT. The same folder, steps, seed and machine give the
same weights. With --onto it goes on from weights that are there, at half the learning rate.
"""
# torch is no dependency of the product, and is untyped here.
# pyright: basic, reportMissingImports=false, reportAttributeAccessIssue=false

import argparse
import sys
import time
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from adapters.listening.features import COUNT
from adapters.listening.network import BEAT_WEIGHT, DOWNBEAT_WEIGHT, Weights, load
from training.data import Known, batches, example, read
from training.pack import kept

CHANNELS: Final = 24
TAPS: Final = 5
DILATIONS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
BATCH: Final = 8
PEAK_RATE: Final = 3e-3
AVERAGED: Final = 0.01
"""Share of the newest weights in the running mean that is kept."""

HELD_BACK: Final = 100
"""Excerpts the progress is measured on."""


class Network(nn.Module):
    """The network of `adapters.listening.network`, to train."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = nn.Conv1d(COUNT, CHANNELS, TAPS, padding=TAPS // 2)
        self.wide = nn.ModuleList(
            nn.Conv1d(CHANNELS, CHANNELS, TAPS, padding=TAPS // 2 * step, dilation=step)
            for step in DILATIONS
        )
        self.point = nn.ModuleList(nn.Conv1d(CHANNELS, CHANNELS, 1) for _ in DILATIONS)
        self.exit = nn.Conv1d(CHANNELS, 2, 1)
        self.drop = nn.Dropout1d(0.1)

    def forward(self, seen: Tensor) -> Tensor:
        """(batch, features, frames) to log odds (batch, 2, frames)."""
        hidden = functional.elu(self.entry(seen))
        for wide, point in zip(self.wide, self.point, strict=True):
            hidden = hidden + point(self.drop(functional.elu(wide(hidden))))
        return self.exit(functional.elu(hidden))

    def weights(self) -> Weights:
        """The numbers as one network of the product."""

        def stacked(layers: nn.ModuleList, name: str) -> np.ndarray:
            return np.stack([getattr(each, name).detach().numpy() for each in layers])[np.newaxis]

        return Weights(
            dilations=np.array(DILATIONS),
            entry_weight=self.entry.weight.detach().numpy()[np.newaxis],
            entry_bias=self.entry.bias.detach().numpy()[np.newaxis],
            wide_weight=stacked(self.wide, "weight"),
            wide_bias=stacked(self.wide, "bias"),
            point_weight=stacked(self.point, "weight")[..., 0],
            point_bias=stacked(self.point, "bias"),
            exit_weight=self.exit.weight.detach().numpy()[np.newaxis, :, :, 0],
            exit_bias=self.exit.bias.detach().numpy()[np.newaxis],
        )

    def take(self, weights: Weights) -> None:
        """Go on from the first network of weights of this shape."""

        def put(layer: nn.Module, weight: np.ndarray, bias: np.ndarray) -> None:
            layer.weight.data = torch.tensor(weight).reshape(layer.weight.shape)
            layer.bias.data = torch.tensor(bias)

        put(self.entry, weights.entry_weight[0], weights.entry_bias[0])
        for i, (wide, point) in enumerate(zip(self.wide, self.point, strict=True)):
            put(wide, weights.wide_weight[0, i], weights.wide_bias[0, i])
            put(point, weights.point_weight[0, i], weights.point_bias[0, i])
        put(self.exit, weights.exit_weight[0], weights.exit_bias[0])


def losses(odds: Tensor, target: Tensor) -> Tensor:
    """Weighted cross entropy of beats and of downbeats: shape (2,)."""
    weight = torch.tensor([[BEAT_WEIGHT], [DOWNBEAT_WEIGHT]])
    each = functional.binary_cross_entropy_with_logits(
        odds, target, pos_weight=weight, reduction="none"
    )
    return each.mean((0, 2))


def rate(step: int, steps: int, peak: float) -> float:
    """The learning rate: a hundred steps up, then down along a cosine."""
    return peak * min(1, step / 100) * (0.5 * (1 + np.cos(np.pi * step / steps)) + 0.01)


def train(known: list[Known], result: Path, steps: int, seed: int, onto: Path | None) -> None:
    """Train on excerpts and keep the running mean of the weights."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(known))
    held = [example(known[i], rng, stretched=False) for i in order[:HELD_BACK]]
    held_seen = torch.tensor(np.stack([pair[0].T for pair in held]))
    held_target = torch.tensor(np.stack([pair[1].T for pair in held]))
    network, mean = Network(), Network().eval()
    if onto is not None:
        network.take(load(onto))
    mean.load_state_dict(network.state_dict())
    peak = PEAK_RATE if onto is None else PEAK_RATE / 2
    optimiser = torch.optim.AdamW(network.parameters(), PEAK_RATE, weight_decay=1e-4)
    source = batches([known[i] for i in order[HELD_BACK:]], BATCH, rng)
    begun = time.monotonic()
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = rate(step, steps, peak)
        seen, target = (torch.tensor(each) for each in next(source))
        loss = losses(network(seen), target).sum()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        with torch.no_grad():
            for old, new in zip(mean.parameters(), network.parameters(), strict=True):
                old.lerp_(new, AVERAGED)
        if (step + 1) % 250 == 0 or step + 1 == steps:
            with torch.no_grad():
                beat, downbeat = losses(mean(held_seen), held_target).tolist()
            passed = time.monotonic() - begun
            said = f"held back: beat {beat:.4f} downbeat {downbeat:.4f}"
            print(f"{step + 1} steps, {passed:.0f} s, {said}", flush=True)
            kept(mean.weights(), result)


def main() -> None:
    """Read the excerpts and train."""
    parser = argparse.ArgumentParser(prog="training.train")
    parser.add_argument("folder", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--onto", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    known = read(options.folder)
    print(f"{len(known)} excerpts", flush=True)
    train(known, options.result, options.steps, options.seed, options.onto)


if __name__ == "__main__":
    sys.exit(main())
