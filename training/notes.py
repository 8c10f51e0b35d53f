"""The score of a song: notes, scrapes, and the times of its beats."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.clock import Clock

DRUMS: Final = 9
"""The channel of the percussion, by General MIDI."""

KEYS: Final = {
    "kick": 36,
    "side stick": 37,
    "snare": 38,
    "clap": 39,
    "hat": 42,
    "pedal hat": 44,
    "open hat": 46,
    "crash": 49,
    "ride": 51,
    "tambourine": 54,
    "cowbell": 56,
    "high bongo": 60,
    "low bongo": 61,
    "muted conga": 62,
    "conga": 63,
    "timbale": 65,
    "cabasa": 69,
    "maracas": 70,
    "guiro": 73,
    "claves": 75,
}
"""The General MIDI key of every percussion instrument but the güira, which is made of noise."""

GUIRA: Final = "guira"


class Note(NamedTuple):
    """A note of an instrument."""

    start: float
    channel: int
    key: int
    velocity: float
    seconds: float


class Scrape(NamedTuple):
    """A stroke of the güira, long on the beat and short between."""

    start: float
    long: bool
    velocity: float


@dataclass(slots=True)
class Sheet:
    """A song as it is being written."""

    clock: Clock
    beat_seconds: float
    unevenness: float
    """Standard deviation of the players' timing, seconds."""
    rng: np.random.Generator
    notes: list[Note] = field(default_factory=list[Note])
    scrapes: list[Scrape] = field(default_factory=list[Scrape])
    programs: dict[int, int] = field(default_factory=dict[int, int])
    """The General MIDI program of every channel."""
    kit: int = 0
    lags: dict[int, float] = field(default_factory=dict[int, float])

    def note(self, channel: int, position: float, key: int, velocity: float, beats: float) -> None:
        """Write a note at a position in beats; a player's own lateness is added."""
        spread = 0.004 if self.unevenness else 0.0
        lag = self.lags.setdefault(channel, self.rng.normal(0, spread))
        start = self._played(position) + lag
        loud = float(np.clip(velocity, 0.05, 1))
        self.notes.append(Note(start, channel, int(key), loud, beats * self.beat_seconds))

    def hit(self, what: str, position: float, velocity: float) -> None:
        """Write a stroke of a percussion instrument."""
        if what == GUIRA:
            start = self._played(position)
            self.scrapes.append(Scrape(start, float(position).is_integer(), velocity))
        else:
            self.note(DRUMS, position, KEYS[what], velocity, 0.2)

    def silenced(self, start: float, end: float) -> None:
        """Take out everything that starts between two times in seconds."""
        self.notes = [note for note in self.notes if not start < note.start < end]
        self.scrapes = [scrape for scrape in self.scrapes if not start < scrape.start < end]

    def moved(self, first: int, start: float, channels: tuple[int, ...], semitones: int) -> None:
        """Move what some channels play from a time on, of the notes from the ``first`` on.

        Notes that sound at that time are struck again.
        """
        for index in range(first, len(self.notes)):
            note = self.notes[index]
            if note.channel in channels and note.start + note.seconds > start + 0.1:
                other = note._replace(key=note.key + semitones)
                if note.start < start:
                    over = start - note.start
                    self.notes[index] = note._replace(seconds=over)
                    other = other._replace(start=start, seconds=note.seconds - over)
                    self.notes.append(other)
                else:
                    self.notes[index] = other

    def _played(self, position: float) -> float:
        return self.clock.time(position) + self.rng.normal(0, self.unevenness)


class Song(NamedTuple):
    """A song that is written."""

    style: str
    sheet: Sheet
    beats: NDArray[np.float64]
    """(n,) seconds."""
    downbeats: NDArray[np.bool_]
    """(n,) which of the beats are first in their bar."""
