"""Everything that is heard in a song."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.listening.eights import ones, scaled, sections
from adapters.listening.features import RATE
from adapters.listening.portrait import Portrait, peaks
from adapters.listening.tracker import track
from domain.music import Analysis

Samples = NDArray[np.float32]
Decode = Callable[[Path, int], Samples]
"""Reads a file as mono samples at a rate; raises `UnreadableMedia`."""

NAME: Final = "network 3"
"""Told in every analysis; a listener that hears otherwise has another."""
_PEAKS: Final = 1_000
_TICK: Final = 6
"""Decimals of a second that times are told in."""


class SongListener:
    """A `Listener` that finds beats and bars by a network, and eights and sections by change."""

    def __init__(self, decode: Decode) -> None:
        """Take what reads sound files."""
        self.name = NAME
        self._decode = decode

    async def hear(self, song: Path) -> Analysis:
        """See `application.ports.listener.Listener`."""
        return await asyncio.to_thread(self._hear, song)

    def _hear(self, song: Path) -> Analysis:
        samples = self._decode(song, RATE)
        duration = len(samples) / RATE
        portrait = Portrait(samples)
        heard = track(samples, portrait)
        beats = heard.beats[(heard.beats >= 0) & (heard.beats < duration)]
        downbeats = heard.downbeats[np.isin(heard.downbeats, beats)]
        starts = ones(portrait, beats, downbeats) if len(beats) else downbeats
        energy = np.zeros(0, np.float32)
        if len(beats):
            energy = scaled(portrait, portrait.between(np.append(beats, duration))[0])
        return Analysis(
            tempo=round(heard.tempo, 2) if heard.tempo and len(beats) else 0,
            beats=_told(beats),
            downbeats=_told(downbeats),
            ones=_told(starts),
            sections=sections(portrait, beats, starts, duration),
            duration=duration,
            heard_by=NAME,
            confidence=round(heard.confidence, 3),
            beat_energy=tuple(round(float(each), 3) for each in energy),
            embedding=tuple(round(float(each), 6) for each in portrait.embedding(beats)),
            peaks=tuple(round(float(each), 3) for each in peaks(samples, _PEAKS)),
        )


def _told(times: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(time), _TICK) for time in times)
