"""Songs written by dice, with every beat and downbeat known."""

import math
from typing import Final

import numpy as np

from training.clock import clock
from training.invented import invented
from training.notes import Sheet, Song
from training.players import (
    BASS,
    CHORDS,
    LEAD,
    MORE_CHORDS,
    Accompanist,
    Bar,
    Bassist,
    Drummer,
    Singer,
)
from training.styles import Playing, Style, styles

INVENTED: Final = "invented"

PROGRESSIONS: Final = (
    (0, -4, 3, -2),
    (0, 5, 7, 0),
    (0, -3, 5, 7),
    (0, 7, -3, 5),
    (0, 3, 5, 3),
    (0, -2, -4, -5),
    (0, 0, 5, 7),
    (0, 5, 0, 7),
    (0, -4, -2, 0),
    (0, 1, 0, -2),
    (0, 5, 3, 7),
)
"""Roots of the chords, in semitones above the key."""

_HALFWAY: Final = (-5, -4, -2, 2, 3, 5, 7)
"""Semitones from a bar's chord to the one in its middle, if there is another one."""

_SECTION_BARS: Final = (4, 4, 8, 8, 8, 16)
_SECOND: Final[tuple[Playing, ...]] = ("pad", "broken", "stabs", "halves")


class _Band:
    """Everybody who plays a song, each with a part of their own."""

    def __init__(self, rng: np.random.Generator, style: Style, borrowed: Style | None) -> None:
        self._rng, self._style = rng, style
        self._drummer = Drummer(rng, style, borrowed)
        self._bassist = Bassist(rng, style, early=rng.random() < 0.15)
        how = style.chords[rng.integers(len(style.chords))]
        gain = rng.uniform(0.3, 0.9)
        self._players = [Accompanist(rng, CHORDS, how, gain, style.beats)]
        if rng.random() < 0.4:
            second = _SECOND[rng.integers(len(_SECOND))]
            more = Accompanist(rng, MORE_CHORDS, second, 0.8 * gain, style.beats)
            self._players.append(more)
        self._key, self._minor = int(rng.integers(12)), bool(rng.random() < 0.6)
        self._singer = Singer(rng, self._key, self._minor, style.beats)
        self._progression = PROGRESSIONS[rng.integers(len(PROGRESSIONS))]
        self._bars_a_chord = int(rng.choice([1, 1, 1, 1, 2, 2, 4]))
        pattern = style.bass[rng.integers(len(style.bass))]
        self._riff = [0.0 if sign == "." else int(sign) / 9 for sign in pattern]

    def section(self, sheet: Sheet, bars: range) -> None:
        """Play a section: some rest in it, and it may break off in its last bar."""
        rng = self._rng
        loudness = rng.uniform(0.6, 1)
        self._drummer.section(sheet, bars[0] * self._style.beats, loudness)
        bass, chords, more, lead = rng.random(4) < (0.88, 0.9, 0.5, 0.6)
        chords |= not self._style.drums or (self._drummer.silent and not bass)
        turns = rng.random() < 1 / 3
        for number in bars:
            bar = self._bar(number, loudness, last=number == bars[-1])
            written = len(sheet.notes)
            self._drummer.play(sheet, bar)
            if bass:
                self._bassist.play(sheet, bar, number % 2 if turns else 0)
            for player, plays in zip(self._players, (chords, chords or more), strict=False):
                if plays:
                    player.play(sheet, bar, self._riff)
            if lead:
                self._singer.play(sheet, bar)
            if self._style.halfway and rng.random() < self._style.halfway:
                middle = sheet.clock.time(bar.start + bar.beats / 2) - 0.1 * sheet.beat_seconds
                step = int(rng.choice(_HALFWAY))
                sheet.moved(written, middle, (BASS, CHORDS, MORE_CHORDS), step)

    def _bar(self, number: int, loudness: float, last: bool) -> Bar:
        chord = number // self._bars_a_chord
        root = self._key + self._progression[chord % len(self._progression)]
        return Bar(
            number=number,
            beats=self._style.beats,
            root=root,
            third=3 if self._minor else 4,
            loudness=loudness,
            new_chord=number % self._bars_a_chord == 0 or self._bars_a_chord > 2,
            last=last,
        )


def write(rng: np.random.Generator, seconds: float, style: str | None = None) -> Song:
    """Write a song of a style, by default drawn by weight, that fills so many seconds.

    The style `INVENTED` is another one for every song.
    """
    known = styles()
    if style is None:
        chances = np.array([each.weight for each in known.values()])
        style = list(known)[rng.choice(len(known), p=chances / chances.sum())]
    drawn = invented(rng) if style == INVENTED else known[style]
    slowest, fastest = drawn.bpm
    bpm = math.exp(rng.uniform(math.log(slowest), math.log(fastest)))
    time = clock(rng, bpm, seconds + 4, drawn.swing, drawn.beats)
    unevenness = float(rng.choice([0, 0, 0.003, 0.006, 0.01]))
    sheet = Sheet(time, 60 / bpm, unevenness, rng)
    _seat(sheet, rng, drawn)
    peers = [each for each in known.values() if each.beats == drawn.beats and each.drums]
    borrowed = peers[rng.integers(len(peers))] if rng.random() < 0.12 else None
    band = _Band(rng, drawn, borrowed)
    _play(sheet, rng, band, drawn.beats)
    beats = time.beats[time.beats < seconds]
    if rng.random() < 0.08:
        end = rng.uniform(0.6, 0.95) * seconds
        sheet.silenced(end, np.inf)
        beats = beats[beats < end]
    return Song(style, sheet, beats, np.arange(len(beats)) % drawn.beats == 0)


def _seat(sheet: Sheet, rng: np.random.Generator, style: Style) -> None:
    """Give everybody an instrument; one time in seven just any."""
    for channel, sounds in (
        (BASS, style.bass_sounds),
        (CHORDS, style.chord_sounds),
        (MORE_CHORDS, style.chord_sounds),
        (LEAD, style.lead_sounds),
    ):
        sheet.programs[channel] = int(rng.choice(sounds))
    if rng.random() < 0.15:
        sheet.programs[CHORDS], sheet.programs[LEAD] = map(int, rng.integers(0, (96, 104)))
    sheet.kit = int(rng.choice(style.kits))


def _play(sheet: Sheet, rng: np.random.Generator, band: _Band, beats: int) -> None:
    """Play section after section to the end of the clock, with a break now and then."""
    time, first = sheet.clock.beats, 0
    bars = len(time) // beats
    while first < bars:
        after = min(bars, first + int(rng.choice(_SECTION_BARS)))
        band.section(sheet, range(first, after))
        if rng.random() < 0.12 and after * beats < len(time) - 1:
            # Nobody plays from some beat of the last bar on, until the next section.
            broken_off = time[after * beats - int(rng.integers(1, beats))] - 0.02
            sheet.silenced(broken_off, time[after * beats] - 0.1 * sheet.beat_seconds)
        first = after
