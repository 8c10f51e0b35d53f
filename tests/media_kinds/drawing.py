"""Pictures that say which they are and which way up, and sounds that say when they are."""

import wave
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Samples = NDArray[np.float64]

RATE: Final = 30
"""Frames a second of a clip, unless it says otherwise."""
SOUND_RATE: Final = 48_000
TONE_EVERY: Final = 0.3
"""Seconds from one tone to the next; the first is heard after as long."""
BITS: Final = 8
"""A frame's number is written in so many blocks, the lowest bit at the left."""

RED, GREEN, BLUE, WHITE = (220, 20, 20), (20, 200, 20), (20, 20, 220), (235, 235, 235)
_TONE_SECONDS: Final = 0.04


@cache
def picture(number: int, width: int, height: int) -> Pixels:
    """Quarters of red and green over blue and white, and the number across the middle."""
    pixels = np.empty((height, width, 3), np.uint8)
    middle, centre = height // 2, width // 2
    pixels[:middle, :centre], pixels[:middle, centre:] = RED, GREEN
    pixels[middle:, :centre], pixels[middle:, centre:] = BLUE, WHITE
    top, bottom = height * 3 // 8, height * 5 // 8
    for bit in range(BITS):
        left, right = (width * (4 + bit + end) // 16 for end in (0, 1))
        pixels[top:bottom, left:right] = 235 if number >> bit & 1 else 16
    return pixels


def frames(count: int, width: int, height: int) -> bytes:
    """So many pictures, one after another, as RGB bytes."""
    return b"".join(picture(number, width, height).tobytes() for number in range(count))


def tones(seconds: float, rate: int = SOUND_RATE) -> Samples:
    """A short tone of 1 kHz every 0.3 s (n,), and digital silence between."""
    times = np.arange(round(seconds * rate)) / rate
    heard = (times % TONE_EVERY < _TONE_SECONDS) & (times >= TONE_EVERY / 2)
    return 0.6 * np.sin(2 * np.pi * 1_000 * times) * heard


def dance_music(seconds: float, tempo: float, rate: int = 44_100) -> Samples:
    """Bass, bongo and güira in bars of four beats, the fourth beat loudest (n,)."""
    chance = np.random.default_rng(11)
    hiss = chance.uniform(-1, 1, rate)
    samples = np.zeros(round(seconds * rate))
    half = 30 / tempo
    for index in range(int(seconds / half)):
        beat = index // 2 % 4
        on_the_beat = index % 2 == 0
        loudness = (0.6 if beat == 3 else 0.35) if on_the_beat else 0.2
        _strike(samples, index * half, loudness * _note(420, 0.06, rate), rate)
        _strike(samples, index * half, 0.15 * hiss[: rate // 30], rate)
        if on_the_beat and beat != 1:
            _strike(samples, index * half, 0.5 * _note((55, 0, 73, 82)[beat], 0.3, rate), rate)
    return 0.8 * samples / np.abs(samples).max()


def _note(pitch: float, seconds: float, rate: int) -> Samples:
    times = np.arange(round(seconds * rate)) / rate
    return np.sin(2 * np.pi * pitch * times) * np.exp(-5 * times / seconds)


def _strike(samples: Samples, at: float, note: Samples, rate: int) -> None:
    start = round(at * rate)
    room = samples[start : start + len(note)]
    room += note[: len(room)]


def write_wav(into: Path, samples: Samples, rate: int = SOUND_RATE, channels: int = 1) -> None:
    """A WAV of 16 bits, the same in every channel."""
    whole: Any = (32_767 * np.clip(samples, -1, 1)).astype("<i2")
    with wave.open(str(into), "wb") as written:
        written.setnchannels(channels)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(np.repeat(whole, channels).tobytes())
