"""Detect beats with librosa."""

import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from application.concurrency.threads import Threads
from domain.library.songs import Analysis, Section

Samples = NDArray[np.float32]
Decode = Callable[[Path, int], Awaitable[Samples]]
"""Decodes a file to mono samples at a rate; raises `UnreadableMedia`."""

_RATE: Final = 22_050
_HOP: Final = 512
_SLOWEST: Final = 85.0
"""BPM; bachata has 105 to 160, and a tempo outside one octave from here is doubled or halved."""

_LISTENING: Final = Threads("listening", 1)

_LEAST_BEATS: Final = 8
_SECTION: Final = 4
"""Eight-counts per section, as a default: a phrase of 32 counts."""


class LibrosaAudioAnalyzer:
    """Finds beats with librosa's tracker, and the "1" at the greatest change of
    bass and harmony.
    """

    def __init__(self, decode: Decode) -> None:
        """Take the decoder of audio files."""
        self.name = "librosa"
        self._decode = decode

    async def analyze(self, song: Path) -> Analysis:
        """See `application.ports.audio_analyzer.AudioAnalyzer`."""
        samples = await self._decode(song, _RATE)
        return await _LISTENING.run(lambda: self._analyze(samples))

    def _analyze(self, samples: Samples) -> Analysis:
        # librosa takes a second to import and is rarely needed.
        import librosa

        tracker = cast(Any, librosa)
        strength = tracker.onset.onset_strength(y=samples, sr=_RATE, hop_length=_HOP)
        _tempo, frames = tracker.beat.beat_track(
            onset_envelope=strength, sr=_RATE, hop_length=_HOP, start_bpm=126, trim=False
        )
        times = tracker.frames_to_time(frames, sr=_RATE, hop_length=_HOP)
        beats = _folded(np.asarray(times, dtype=np.float64))
        duration = len(samples) / _RATE
        if len(beats) < _LEAST_BEATS:
            nothing = np.zeros(0)
            return Analysis(
                tempo=0,
                beats=(),
                ones=(),
                sections=_sections(samples, nothing, duration),
                duration=duration,
                analyzed_by=self.name,
                confidence=0,
            )
        phase = _phase_of_one(tracker, samples, beats)
        ones = beats[phase::8]
        return Analysis(
            tempo=round(60 / float(np.median(np.diff(beats))), 2),
            beats=tuple(map(float, beats)),
            ones=tuple(map(float, ones)),
            sections=_sections(samples, ones, duration),
            duration=duration,
            analyzed_by=self.name,
        )


def _folded(beats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return beats at a danceable tempo: every other beat, or twice as many."""
    while len(beats) > 1 and 60 / np.median(np.diff(beats)) >= 2 * _SLOWEST:
        beats = beats[::2]
    while len(beats) > 1 and 60 / np.median(np.diff(beats)) < _SLOWEST:
        between = (beats[:-1] + beats[1:]) / 2
        beats = np.sort(np.concatenate([beats, between]))
    return beats


def _phase_of_one(tracker: Any, samples: Samples, beats: NDArray[np.float64]) -> int:  # noqa: ANN401
    """Return the index of the first "1" among the first eight beats."""
    bass = tracker.onset.onset_strength(
        y=samples, sr=_RATE, hop_length=_HOP, fmax=200, n_mels=16, aggregate=np.mean
    )
    chroma = tracker.feature.chroma_stft(y=samples, sr=_RATE, hop_length=_HOP)
    frames = np.clip((beats * _RATE / _HOP).astype(int), 0, len(bass) - 1)
    pushed = np.array([bass[max(0, f - 2) : f + 3].max() for f in frames])
    harmony = np.array([chroma[:, a:b].mean(axis=1) for a, b in _spans(frames, chroma.shape[1])])
    change = np.zeros(len(frames))
    change[1:] = np.linalg.norm(np.diff(harmony, axis=0), axis=1)
    score = _standard(pushed) + _standard(change)
    by_four = [score[phase::4].mean() for phase in range(4)]
    four = int(np.argmax(by_four))
    first, second = score[four::8].mean(), score[four + 4 :: 8].mean()
    return four if first >= second else four + 4


def _spans(frames: NDArray[np.int_], end: int) -> list[tuple[int, int]]:
    edges = [*map(int, frames), end]
    return [(a, max(b, a + 1)) for a, b in itertools.pairwise(edges)]


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return (values - values.mean()) / (values.std() + 1e-9)


def _sections(samples: Samples, ones: NDArray[np.float64], duration: float) -> tuple[Section, ...]:
    """Return sections of four eight-counts each, with their loudness as energy."""
    edges = [0.0, *(float(one) for one in ones[_SECTION::_SECTION]), duration]
    spans = list(itertools.pairwise(edges))
    loudness = [
        float(np.sqrt(np.mean(np.square(samples[int(a * _RATE) : int(b * _RATE) + 1]))))
        for a, b in spans
    ]
    loudest = max(loudness) or 1.0
    return tuple(
        Section(name=f"part {number}", start=a, end=b, energy=round(level / loudest, 3))
        for number, ((a, b), level) in enumerate(zip(spans, loudness, strict=True), 1)
    )
