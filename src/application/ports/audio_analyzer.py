"""Who hears the beat of a song."""

from pathlib import Path
from typing import Protocol

from domain.library.songs import Analysis


class AudioAnalyzer(Protocol):
    """An ear for the beat."""

    name: str
    """What an analysis of its is `analyzed_by`; another for one that hears otherwise."""

    async def hear(self, song: Path) -> Analysis:
        """Listen to a whole song.

        Times are within the song and increase; every "1" is one of the beats, and every eighth of
        them from the first "1" on is one. Of what has no beat there are none, with a confidence
        near 0 and a tempo of 0. Raises `UnreadableMedia` for what cannot be heard.
        """
        ...
