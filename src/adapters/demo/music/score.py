"""A demo song as data, and the exact times that follow from it."""

from dataclasses import dataclass

BEATS_PER_BAR = 4
BEATS_PER_EIGHT = 8

RING_SECONDS = 1.5
"""Maximum ring of the last chord after the last eight-count."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a song's form; its energy is 0 (quiet) to 1 (full)."""

    name: str
    eight_counts: int
    energy: float


@dataclass(frozen=True, slots=True)
class Part:
    """The music of every section of one name: a chord for each bar, a melody for each eight-count.

    A section longer than its part repeats the part; a shorter one uses only its beginning.
    """

    name: str
    chords: tuple[str, ...]
    melody: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoSong:
    """A song whose every note is known, so its beats need no detection."""

    slug: str
    title: str
    artist: str
    genre: str
    tempo: float
    key: str
    form: tuple[Section, ...]
    parts: tuple[Part, ...]

    @property
    def eight_counts(self) -> int:
        """Return the number of eight-counts in the whole form."""
        return sum(section.eight_counts for section in self.form)

    def part(self, name: str) -> Part:
        """Return the part of a section; raises KeyError if the song has no such part."""
        return {part.name: part for part in self.parts}[name]


@dataclass(frozen=True, slots=True)
class TimedSection:
    """A section between two times in seconds."""

    name: str
    start: float
    end: float
    energy: float


@dataclass(frozen=True, slots=True)
class Score:
    """All times of one song, in seconds from its first sample.

    `beats` holds every count, `downbeats` every fourth, `ones` every eighth. The last section ends
    with the last eight-count; `ring` is the time the last chord sounds after it; `duration`
    includes both.
    """

    tempo: float
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    ones: tuple[float, ...]
    sections: tuple[TimedSection, ...]
    ring: float
    duration: float


def score(song: DemoSong) -> Score:
    """Return the times of `song`: beat k is at k * 60 / tempo seconds exactly,
    and beat 0 is a one.
    """

    def second(beat: int) -> float:
        return beat * 60 / song.tempo

    beats = tuple(second(beat) for beat in range(song.eight_counts * BEATS_PER_EIGHT))
    sections: list[TimedSection] = []
    first = 0
    for section in song.form:
        after = first + section.eight_counts * BEATS_PER_EIGHT
        sections.append(TimedSection(section.name, second(first), second(after), section.energy))
        first = after
    return Score(
        tempo=song.tempo,
        beats=beats,
        downbeats=beats[::BEATS_PER_BAR],
        ones=beats[::BEATS_PER_EIGHT],
        sections=tuple(sections),
        ring=RING_SECONDS,
        duration=second(first) + RING_SECONDS,
    )
