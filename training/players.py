"""The players of a song that is written by dice: drums, bass, chords and a melody."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from training.notes import DRUMS, KEYS, Sheet
from training.styles import Playing, Style, levels

BASS: Final = 0
CHORDS: Final = 1
MORE_CHORDS: Final = 2
LEAD: Final = 3

_FILLED: Final = ("snare", "kick", "hat", "high bongo", "low bongo")
_FILLS: Final = ("snare", "low bongo", "high bongo", "timbale")
_TOMS: Final = (41, 45, 47, 50)
_MINOR: Final = (0, 2, 3, 5, 7, 8, 10)
_MAJOR: Final = (0, 2, 4, 5, 7, 9, 11)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that is to be played."""

    number: int
    beats: int
    root: int
    """The chord's root as semitones above C."""
    third: int
    """Semitones from the root: 3 or 4."""
    loudness: float
    new_chord: bool
    last: bool
    """True if a section ends with it."""

    @property
    def start(self) -> int:
        """Its first beat."""
        return self.number * self.beats


def weights(beats: int) -> NDArray[np.float64]:
    """Probability of a note on each sixteenth of a bar: highest on the first, then on the beats."""
    inner = np.tile([0.75, 0.13, 0.47, 0.16], beats)
    inner[0] = 1.0
    if beats % 2 == 0:
        inner[2 * beats] = 0.85
    return inner


class Drummer:
    """Plays the layers of a style; each has two bars that take turns."""

    def __init__(self, rng: np.random.Generator, style: Style, borrowed: Style | None) -> None:
        self._rng = rng
        self._layers: list[tuple[str, list[list[float]], float]] = []
        for layer in (borrowed or style).drums:
            if rng.random() < (0.7 if borrowed else layer.chance):
                heavy = layer.hit in ("kick", "snare") and borrowed is None
                gain = rng.uniform(0.6 if heavy else 0.35, 1)
                pair = [levels(layer.bars[rng.integers(len(layer.bars))]) for _ in range(2)]
                self._layers.append((layer.hit, pair, gain))
        if rng.random() < 0.2:
            usual = weights(style.beats)
            struck = rng.random(len(usual)) < usual * rng.uniform(0.3, 1)
            bar = list(struck * rng.uniform(0.4, 1, len(usual)))
            any_hit = list(KEYS)[int(rng.integers(9, len(KEYS)))]
            self._layers.append((any_hit, [bar, bar], rng.uniform(0.3, 0.8)))
        self._playing = self._layers
        self._takes_turns = True

    @property
    def silent(self) -> bool:
        """True if the section has no drums."""
        return not self._playing

    def section(self, sheet: Sheet, position: int, loudness: float) -> None:
        """Choose the layers of a section that begins at a beat."""
        rest = self._rng.random() < 0.12
        self._playing = [layer for layer in self._layers if not rest and self._rng.random() < 0.85]
        self._takes_turns = self._rng.random() < 1 / 3
        if position and self._playing and self._rng.random() < 0.5:
            sheet.hit("crash", position, 0.9 * loudness)

    def play(self, sheet: Sheet, bar: Bar) -> None:
        """Play a bar, perhaps with a fill at the end of a section."""
        rng, steps = self._rng, 4 * bar.beats
        fill = steps
        if bar.last and self._playing and rng.random() < 0.5:
            fill = steps - int(rng.choice([2, 4, 4, 8]))
        for hit, pair, gain in self._playing:
            pattern = pair[bar.number % 2 if self._takes_turns else 0]
            for step, level in enumerate(pattern):
                filled = step >= fill and hit in _FILLED
                if level and not filled and rng.random() >= 0.03:
                    velocity = level * gain * bar.loudness * rng.uniform(0.85, 1.1)
                    sheet.hit(hit, bar.start + step / 4, velocity)
        for step in range(fill, steps):
            if rng.random() < 0.75:
                self._drop(sheet, bar.start + step / 4, rng.uniform(0.5, 1) * bar.loudness)
        if fill == steps and self._playing and rng.random() < 0.1:
            self._drop(sheet, bar.start + rng.integers(steps) / 4, rng.uniform(0.3, 0.8))

    def _drop(self, sheet: Sheet, position: float, velocity: float) -> None:
        if self._rng.random() < 0.5:
            sheet.note(DRUMS, position, int(self._rng.choice(_TOMS)), velocity, 0.2)
        else:
            sheet.hit(str(self._rng.choice(_FILLS)), position, velocity)


class Bassist:
    """Plays roots, with fifths and octaves now and then."""

    def __init__(self, rng: np.random.Generator, style: Style, early: bool) -> None:
        self._rng = rng
        self._bars = [levels(style.bass[rng.integers(len(style.bass))]) for _ in range(2)]
        self._walking = style.walking
        self._gain = rng.uniform(0.5, 1)
        self._early = 0.5 if early else 0.0

    def play(self, sheet: Sheet, bar: Bar, turn: int) -> None:
        """Play a bar; the first note comes an eighth early where the band does so."""
        rng = self._rng
        for step, level in enumerate(self._bars[turn]):
            if not level or rng.random() < 0.04:
                continue
            key = bar.root
            if self._walking:
                key += int(rng.choice([0, 3, 5, 7, 10]))
            elif step == 12 and rng.random() < 0.5:
                key += 7
            elif step and rng.random() < 0.12:
                key += int(rng.choice([5, 7, 12]))
            low = 28 + (key - 28) % 12 + (12 if key >= bar.root + 12 else 0)
            early = self._early if step == 0 else 0.0
            velocity = level * self._gain * bar.loudness
            position = max(0.0, bar.start + step / 4 - early)
            sheet.note(BASS, position, low, velocity, float(rng.choice([0.3, 0.5, 0.9])))


class Accompanist:
    """Plays chords in one way all through a song."""

    def __init__(
        self, rng: np.random.Generator, channel: int, how: Playing, gain: float, beats: int
    ) -> None:
        self._rng, self._channel, self._gain = rng, channel, gain
        self._how: Playing = how
        usual = weights(beats)
        self._stabs = np.flatnonzero(rng.random(len(usual)) < usual * rng.uniform(0.3, 0.9))
        self._gate = rng.uniform(0.2, 0.9)
        length = int(rng.choice([3, 4, 6, 8, 8, 8]))
        self._figure = [int(string) for string in rng.integers(0, 4, length)]
        self._step = float(rng.choice([0.5, 0.5, 0.25]))
        self._weak = rng.uniform(0.5, 1.1)

    def play(self, sheet: Sheet, bar: Bar, riff: list[float]) -> None:
        """Play a bar; a riff follows the bass's pattern."""
        low = 54
        keys = [low + (bar.root + tone - low) % 12 for tone in (0, bar.third, 7)]
        keys.append(keys[0] + 12)
        for position, chosen, level, beats in self._strokes(bar, keys, riff):
            for key in chosen:
                velocity = level * self._gain * bar.loudness * self._rng.uniform(0.88, 1.04)
                sheet.note(self._channel, bar.start + position, key, velocity, beats)

    def _strokes(
        self, bar: Bar, keys: list[int], riff: list[float]
    ) -> list[tuple[float, list[int], float, float]]:
        """Position in the bar, keys, velocity and length in beats of every stroke."""
        triad = keys[:3]
        eighths = range(2 * bar.beats)
        match self._how:
            case "pad":
                return [(0, triad, 0.8, bar.beats - 0.1)] if bar.new_chord else []
            case "halves":
                return [(at, triad, 0.75 if at else 0.9, 1.8) for at in range(0, bar.beats, 2)]
            case "stabs":
                return [(int(at) / 4, triad, 0.9, self._gate) for at in self._stabs]
            case "broken":
                return self._broken(bar, keys)
            case "strummed":
                return [
                    (at / 2, keys, 0.8 * self._weak if at % 2 else 0.9, 0.4)
                    for at in eighths
                    if self._rng.random() < 0.9
                ]
            case "segunda":
                loud = (0.8, 0, 0.6, 0.9, 0.7, 0.9, 0.8, 0.9)
                return [
                    (at / 2, keys if at % 4 else keys[:1], loud[at % 8], 0.35)
                    for at in eighths
                    if loud[at % 8] and self._rng.random() < 0.9
                ]
            case "offbeats":
                length = 0.2 + 0.1 * self._gate
                return [(at + 0.5, triad, 1, length) for at in range(bar.beats)]
            case "montuno":
                odd, even = (0, 1.5, 2.5, 3.5, 0.5, 1, 2), (0, 1, 1.5, 2.5, 3.5)
                rhythm = odd if bar.number % 2 else even
                drawn = [keys[self._rng.integers(3)] for _ in rhythm]
                both = zip(rhythm, drawn, strict=True)
                return [(at, [key, key + 12], 0.9, 0.35) for at, key in both if at < bar.beats]
            case "riff":
                root = 36 + bar.root % 12
                power = [root, root + 7, root + 12]
                struck = [(step, level) for step, level in enumerate(riff) if level]
                return [(s / 4, power, 0.7 + 0.3 * v, 0.22 if s % 4 else 0.35) for s, v in struck]
            case "nothing":
                return []

    def _broken(self, bar: Bar, keys: list[int]) -> list[tuple[float, list[int], float, float]]:
        count = round(bar.beats / self._step)
        strokes: list[tuple[float, list[int], float, float]] = []
        for index in range(count):
            # Figures of three and six run on over the bar line.
            in_bar = len(self._figure) not in (3, 6)
            turn = index if in_bar else bar.number * count + index
            key = keys[self._figure[turn % len(self._figure)]]
            level = (self._weak if index % 2 else 1.0) * (1.1 if index == 0 else 1.0)
            if self._rng.random() < 0.93:
                strokes.append((index * self._step, [key], level, self._step * 1.5))
        return strokes


class Singer:
    """Sings two phrases of two bars by turns, on a scale."""

    def __init__(self, rng: np.random.Generator, key: int, minor: bool, beats: int) -> None:
        self._rng, self._key, self._steps = rng, key, 4 * beats
        self._scale = _MINOR if minor else _MAJOR
        self._gain = rng.uniform(0.4, 1)
        usual = np.tile(weights(beats), 2)
        shift = int(rng.choice([-1, -2, 2])) if rng.random() < 0.3 else 0
        self._rhythms = [
            np.roll(rng.random(len(usual)) < usual * rng.uniform(0.25, 0.8), shift)
            for _ in range(2)
        ]
        self._degrees = [np.cumsum(rng.integers(-2, 3, len(usual))) for _ in range(2)]

    def play(self, sheet: Sheet, bar: Bar) -> None:
        """Sing a bar of the phrase it belongs to."""
        rng = self._rng
        rhythm = self._rhythms[bar.number // 2 % 2 if rng.random() < 0.9 else 0]
        degrees = self._degrees[bar.number // 4 % 2]
        first = bar.number % 2 * self._steps
        sung = [*np.flatnonzero(rhythm[first : first + self._steps]), self._steps]
        for step, after in pairwise(sung):
            degree = int(degrees[first + step])
            octave = int(np.clip(degree // 7, -1, 1))
            key = 66 + (self._key - 66) % 12 + self._scale[degree % 7] + 12 * octave
            if step % 4 == 0 and rng.random() < 0.5:
                tone = int(rng.choice([0, bar.third, 7]))
                key = 66 + (bar.root + tone - 66) % 12
            velocity = self._gain * bar.loudness * rng.uniform(0.7, 1)
            beats = (after - step) / 4 * 0.9
            sheet.note(LEAD, bar.start + step / 4, int(key), velocity, float(beats))
