"""Port for the detection of beats in songs."""

from pathlib import Path
from typing import Protocol

from domain.library.songs import Analysis


class AudioAnalyzer(Protocol):
    """Analyses the beats of a song."""

    name: str
    """Value of `analyzed_by` in its analyses; an analyzer with other results has another name."""

    async def analyze(self, song: Path) -> Analysis:
        """Analyse a whole song.

        Times are within the song and increasing; every "1" is one of the beats, and so is every
        eighth beat from the first "1" on. Without a beat the lists are empty, the confidence is
        near 0 and the tempo is 0. Raises `UnreadableMedia` if the audio cannot be decoded.
        """
        ...
