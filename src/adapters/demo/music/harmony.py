"""Parse chord names and melodies into MIDI notes, and choose the voices of successive chords."""

from dataclasses import dataclass

PITCH_CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
ACCIDENTALS = {"#": 1, "b": -1}

QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7b5": (0, 3, 6, 10),
}

VOICING_RANGE = range(50, 72)
"""Range from a guitar's open D string to B4: below the melody, above the bass."""

OPENING = (55, 60, 64, 67)
"""Position of the hand before the first chord: the middle of the range."""

BASS_LOWEST = 31
"""Lowest bass root, an octave below a bass guitar's open G string; roots are within the twelve
semitones above it.
"""


@dataclass(frozen=True, slots=True)
class Chord:
    """A root as a pitch class (C is 0) and its tones in semitones above the root."""

    root: int
    tones: tuple[int, ...]

    @property
    def pitch_classes(self) -> frozenset[int]:
        """Return the pitch classes that belong to the chord."""
        return frozenset((self.root + tone) % 12 for tone in self.tones)

    @property
    def bass(self) -> int:
        """Return the MIDI note of the root in the bass's lowest octave."""
        return BASS_LOWEST + (self.root - BASS_LOWEST) % 12

    @property
    def fifth(self) -> int:
        """Return the chord's own fifth above the bass note, perfect or diminished."""
        return self.bass + self.tones[2]


@dataclass(frozen=True, slots=True)
class Note:
    """A melody note: its MIDI number, or None for a rest; start and length in beats."""

    midi: int | None
    beat: float
    beats: float
    slide: bool


def chord(name: str, transpose: int = 0) -> Chord:
    """Return the chord of a name such as `Am7` or `Bb`, `transpose` semitones higher."""
    root, quality = _pitch_class(name)
    return Chord((root + transpose) % 12, QUALITIES[quality])


def melody(text: str, transpose: int = 0) -> list[Note]:
    """Return the notes of one eight-count in the notation of `songs`,
    `transpose` semitones higher.
    """
    notes: list[Note] = []
    beat = 0.0
    for token in text.replace("|", " ").split():
        name, length = token.split(":")
        midi = None if name == "-" else _midi(name.removeprefix("~")) + transpose
        notes.append(Note(midi, beat, float(length), name.startswith("~")))
        beat += float(length)
    return notes


def voicing(of: Chord, previous: tuple[int, ...] = OPENING) -> tuple[int, ...]:
    """Return four neighbouring tones of the chord, low to high, with the least motion from
    `previous`.
    """
    tones = [midi for midi in VOICING_RANGE if midi % 12 in of.pitch_classes]
    inversions = [tuple(tones[low : low + 4]) for low in range(len(tones) - 3)]
    return min(inversions, key=lambda notes: _movement(notes, previous))


def tone_below(midi: int, of: Chord) -> int:
    """Return the chord's tone at least a minor third below `midi`, for a second voice."""
    return next(low for low in range(midi - 3, midi - 15, -1) if low % 12 in of.pitch_classes)


def tones_from(midi: int, of: Chord, count: int) -> tuple[int, ...]:
    """Return the first `count` tones of the chord at or above `midi`, rising."""
    tones = [high for high in range(midi, midi + 13 * count) if high % 12 in of.pitch_classes]
    return tuple(tones[:count])


def hertz(midi: float) -> float:
    """Return the frequency of a MIDI note in equal temperament, A4 (69) at 440 Hz."""
    return 440.0 * 2.0 ** ((midi - 69) / 12)


def _movement(notes: tuple[int, ...], previous: tuple[int, ...]) -> int:
    return sum(abs(a - b) for a, b in zip(notes, previous, strict=True))


def _pitch_class(name: str) -> tuple[int, str]:
    """Return the pitch class at the start of a name, and the rest of the name."""
    accidental = ACCIDENTALS.get(name[1:2], 0)
    return (PITCH_CLASSES[name[0]] + accidental) % 12, name[1 + abs(accidental) :]


def _midi(name: str) -> int:
    pitch_class, octave = _pitch_class(name)
    return 12 * (int(octave) + 1) + pitch_class
