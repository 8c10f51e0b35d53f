"""Songs as sound, played with the FluidR3 GM soundfont (MIT) through tinysoundfont (MIT)."""

from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from adapters.listening.features import RATE
from training.notes import DRUMS, Scrape, Sheet

Wave = NDArray[np.float32]

_VOLUME: Final = 7
"""The MIDI controller of a channel's volume."""

_SHORTEST: Final = 0.04
_AT_LEAST: Final = 32
"""Samples made at a time: notes nearer together than this begin together."""


class Orchestra:
    """Plays sheets; one of it holds the soundfont (150 MB) in memory."""

    def __init__(self, soundfont: Path) -> None:
        import tinysoundfont  # pyright: ignore[reportMissingImports] - for training only

        self._synth = cast(Any, tinysoundfont).Synth(samplerate=RATE, gain=-6)
        self._font = self._synth.sfload(str(soundfont))

    def play(self, sheet: Sheet, seconds: float, rng: np.random.Generator) -> Wave:
        """The sheet from time zero, mono, shape (seconds * RATE,)."""
        self._seat(sheet, rng)
        total, made = int(seconds * RATE), 0
        wave = np.zeros(total, np.float32)
        for time, begins, channel, key, velocity in _events(sheet, seconds):
            sample = min(int(time * RATE), total)
            if sample - made >= _AT_LEAST:
                wave[made:sample] = self._made(sample - made)
                made = sample
            if begins:
                self._synth.noteon(channel, key, velocity)
            else:
                self._synth.noteoff(channel, key)
        if made < total:
            wave[made:] = self._made(total - made)
        return wave + _guira(sheet.scrapes, total, float(np.abs(wave).max()), rng)

    def _seat(self, sheet: Sheet, rng: np.random.Generator) -> None:
        self._synth.sounds_off()
        # What rings on of the song before would be heard in this one.
        self._made(RATE)
        for channel in (*sheet.programs, DRUMS):
            low = 85 if channel == DRUMS else 60
            self._synth.control_change(channel, _VOLUME, int(rng.integers(low, 127)))
        for channel, program in sheet.programs.items():
            self._synth.program_select(channel, self._font, 0, program)
        self._synth.program_select(DRUMS, self._font, 128, sheet.kit)

    def _made(self, samples: int) -> Wave:
        stereo = np.frombuffer(self._synth.generate(samples), np.float32)
        return stereo.reshape(-1, 2).mean(axis=1)


def _events(sheet: Sheet, seconds: float) -> list[tuple[float, int, int, int, int]]:
    """Time, whether a note begins, channel, key and velocity, by time."""
    events: list[tuple[float, int, int, int, int]] = []
    for note in sheet.notes:
        if -0.02 < note.start < seconds - 0.05:
            start = max(note.start, 0.0)
            loud = int(np.clip(note.velocity * 127, 8, 127))
            events.append((start, 1, note.channel, note.key, loud))
            over = start + max(_SHORTEST, note.seconds)
            events.append((over, 0, note.channel, note.key, 0))
    return sorted(events)


def _guira(scrapes: list[Scrape], samples: int, beside: float, rng: np.random.Generator) -> Wave:
    """Scraped tin: bursts of banded noise, at a level that goes with what it is beside."""
    if not scrapes:
        return np.zeros(samples, np.float32)
    low = rng.uniform(1500, 4500)
    band = (low, min(10_500, low * rng.uniform(2, 4)))
    fades = rng.uniform(35, 80), rng.uniform(8, 30)
    attack = float(rng.choice([0.001, 0.004, 0.012]))
    stroke = int(0.16 * RATE)
    time = np.arange(stroke) / RATE
    noise = np.zeros(samples + stroke)
    for scrape in scrapes:
        start = int(scrape.start * RATE)
        if 0 <= start < samples:
            shape = np.exp(-fades[scrape.long] * time) * np.minimum(1, time / attack)
            noise[start : start + stroke] += rng.standard_normal(stroke) * shape * scrape.velocity
    filtered = signal.sosfilt(signal.butter(2, band, "band", fs=RATE, output="sos"), noise)
    filtered = np.asarray(filtered)[:samples]
    gain = 3 * rng.uniform(0.03, 0.25) * max(beside, 0.1) / (np.abs(filtered).max() + 1e-6)
    return (gain * filtered).astype(np.float32)
