"""The band: it plays a part's chords, melody and groove into a mix, bar by bar."""

import math

import numpy as np
from numpy.typing import NDArray

from adapters.demo.music import harmony, strings
from adapters.demo.music.harmony import Chord, Note
from adapters.demo.music.mix import Desk, Seat
from adapters.demo.music.patterns import BassNote, Groove, Hit, Strum
from adapters.demo.music.percussion import stroke
from adapters.demo.music.score import BEATS_PER_BAR, BEATS_PER_EIGHT, Part
from adapters.demo.music.strings import Strings, pluck

REQUINTO = Seat(0.42, 0.20, 0.30)
ECHO = Seat(0.05, -0.5, 0.30)
SECOND = Seat(0.22, 0.48, 0.30)
ANSWER = Seat(0.24, -0.20, 0.45)
SEGUNDA = Seat(0.26, -0.42, 0.22)
BASS = Seat(0.46, 0.0, 0.02)
PERCUSSION = {
    "macho": Seat(0.60, -0.20, 0.14),
    "finger": Seat(0.50, -0.20, 0.14),
    "hembra": Seat(0.80, -0.12, 0.12),
    "long": Seat(0.42, 0.38, 0.10),
    "short": Seat(0.40, 0.38, 0.10),
    "mouth": Seat(0.42, -0.10, 0.20),
    "neck": Seat(0.34, -0.10, 0.20),
}

TAKES = 3
"""Number of variants of every percussion stroke, so that neighbouring strokes differ."""

NOTE_SECONDS = 0.4
"""Lengths of string notes are rounded up to multiples of this, so that several notes share one
sound.
"""

RELEASE_SECONDS = 0.045
STRUM_SECONDS = 0.006
SLIDE_SECONDS = 0.05
LEGATO = 1.05
"""Factor by which a melody note overlaps the next one."""

ECHO_BEATS = 0.75
ANSWER_LOWEST = 79
"""G5: the answer stays above the call."""

UNEVENNESS = 0.05
"""Random spread of a stroke around its written velocity."""


class Band:
    """Players who share a mix, a tempo and a random generator."""

    def __init__(self, desk: Desk, tempo: float, rng: np.random.Generator) -> None:
        self._desk = desk
        self._beat_seconds = 60 / tempo
        self._rng = rng
        self._damped: dict[tuple[Strings, int, float], NDArray[np.float32]] = {}

    def play(
        self,
        part: Part,
        first_beat: int,
        grooves: tuple[Groove, ...],
        level: float,
        transpose: int = 0,
    ) -> None:
        """Play one groove for each bar, from beat `first_beat` of the song on, at gain `level`."""
        chords = [harmony.chord(name, transpose) for name in part.chords]
        song = tuple(chords[bar % len(chords)] for bar in range(len(grooves) + 1))
        self._accompany(song, first_beat, grooves, level)
        for eight in range(len(grooves) * BEATS_PER_BAR // BEATS_PER_EIGHT):
            beat = eight * BEATS_PER_EIGHT
            for note in harmony.melody(part.melody[eight % len(part.melody)], transpose):
                bar = int(beat + note.beat) // BEATS_PER_BAR
                start = first_beat + beat + note.beat
                if note.midi is not None:
                    self._sing(note.midi, note, song[bar], start, level, grooves[bar].doubled)
                elif note.beats >= 1:
                    self._answer(song[bar], start, level)

    def _accompany(
        self, chords: tuple[Chord, ...], first_beat: int, grooves: tuple[Groove, ...], level: float
    ) -> None:
        voices = harmony.OPENING
        for bar, groove in enumerate(grooves):
            now, after = chords[bar : bar + 2]
            beat = first_beat + bar * BEATS_PER_BAR
            voices = harmony.voicing(now, voices)
            self._percussion(groove.drum + groove.guira, beat, level)
            # The first beat of each eight-count is louder than the fifth.
            self._bass(groove.bass, now, after, beat, level * (1.0 if bar % 2 == 0 else 0.88))
            self._segunda(groove.segunda, (*voices, now.bass + 12), beat, level)

    def _percussion(self, hits: tuple[Hit, ...], beat: int, level: float) -> None:
        for hit in hits:
            take = int(self._rng.integers(TAKES))
            sound = stroke(hit.stroke, take, self._desk.rate)
            gain = level * self._hand(hit.velocity)
            self._place(sound, beat + hit.beat, gain, PERCUSSION[hit.stroke])

    def _bass(
        self, notes: tuple[BassNote, ...], now: Chord, after: Chord, beat: int, level: float
    ) -> None:
        degrees = {
            "root": now.bass,
            "fifth": now.fifth,
            "octave": now.bass + 12,
            # A step from below or above, whichever continues the direction of the line.
            "approach": after.bass + (-1 if now.bass < after.bass else 2),
        }
        for note in notes:
            midi = degrees[note.degree]
            sound = self._note(strings.BASS, midi, note.beats)
            self._place(sound, beat + note.beat, level * self._hand(note.velocity), BASS)

    def _segunda(
        self, strums: tuple[Strum, ...], voices: tuple[int, ...], beat: int, level: float
    ) -> None:
        for strum in strums:
            gain = level * self._hand(strum.velocity) / len(strum.strings) ** 0.4
            for order, string in enumerate(strum.strings):
                sound = self._note(strings.SEGUNDA, voices[string], strum.beats)
                late = order * STRUM_SECONDS / self._beat_seconds
                self._place(sound, beat + strum.beat + late, gain, SEGUNDA)

    def _sing(
        self, midi: int, note: Note, now: Chord, beat: float, level: float, doubled: bool
    ) -> None:
        gain = level * self._hand(0.95 if note.beat % 1 == 0 else 0.8)
        if doubled:
            below = self._note(strings.REQUINTO, harmony.tone_below(midi, now), note.beats)
            self._place(below, beat, gain, SECOND)
        beats = note.beats
        if note.slide:
            grace = self._note(strings.REQUINTO, midi - 1, 0.3)
            self._place(grace, beat, 0.6 * gain, REQUINTO)
            slide = SLIDE_SECONDS / self._beat_seconds
            beat, beats = beat + slide, beats - slide
        sound = self._note(strings.REQUINTO, midi, beats * LEGATO)
        self._place(sound, beat, gain, REQUINTO)
        self._place(sound, beat + ECHO_BEATS, gain, ECHO)

    def _answer(self, now: Chord, beat: float, level: float) -> None:
        """Play a run up the chord in sixteenths while the melody pauses for a beat."""
        for sixteenth, midi in enumerate(harmony.tones_from(ANSWER_LOWEST, now, 4)):
            sound = self._note(strings.REQUINTO, midi, 0.6)
            self._place(sound, beat + sixteenth / 4, level * self._hand(0.7), ANSWER)

    def _hand(self, velocity: float) -> float:
        return velocity * (1 + UNEVENNESS * float(np.clip(self._rng.standard_normal(), -2, 2)))

    def _place(self, sound: NDArray[np.float32], beat: float, gain: float, seat: Seat) -> None:
        self._desk.place(sound, beat * self._beat_seconds, gain, seat)

    def _note(self, on: Strings, midi: int, beats: float) -> NDArray[np.float32]:
        """Return the note stopped after `beats`, with a fade so that it does not click."""
        if (on, midi, beats) not in self._damped:
            seconds, rate = beats * self._beat_seconds, self._desk.rate
            whole = NOTE_SECONDS * math.ceil((seconds + RELEASE_SECONDS) / NOTE_SECONDS)
            release = round(RELEASE_SECONDS * rate)
            note = pluck(on, midi, whole, rate)[: round(seconds * rate) + release].copy()
            note[-release:] *= np.cos(np.linspace(0, np.pi / 2, release, dtype=np.float32)) ** 2
            self._damped[on, midi, beats] = note
        return self._damped[on, midi, beats]
