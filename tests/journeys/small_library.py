"""The demo's library in small: its names, its beats, and one soft clip for all moves."""

from pathlib import Path

import msgspec

from domain.library.moves import INTRO, OUTRO
from domain.library.readings import Chances, likely_readings
from entrypoints.bootstrap import open_ports
from entrypoints.settings import Settings
from entrypoints.wiring.wire import wire
from tests.journeys import footage

SONG = "luna-de-humo"
FEW = frozenset((INTRO, "basic", OUTRO))
"""Labels of as few moves as a dance needs."""
LONGEST = 9.0
"""Seconds of a clip: two eight-counts of the slowest move, and a little more."""


async def furnish(settings: Settings, folder: Path, labels: frozenset[str] = frozenset()) -> None:
    """Add a song of the demo and its moves, all or those with some labels.

    ``folder`` is for the files that they are made from.
    """
    clip, sound = folder / "clip.mp4", folder / "song.wav"
    footage.soft_film(clip, LONGEST)
    async with open_ports(settings) as ports:
        use_cases = wire(ports, settings)
        song, analysis = next(each for each in ports.studio.songs() if each[0].id == SONG)
        readings = likely_readings(analysis.tempo, Chances(0.9, (0.97, 0.01, 0.01, 0.01), 0.9))
        analysis = msgspec.structs.replace(analysis, readings=readings)
        footage.song_of(sound, float(song.duration))
        await use_cases.add_song(sound, song, analysis)
        for move in ports.studio.moves():
            if not labels or move.label in labels:
                await use_cases.add_move(clip, move, ready=False)
