"""Who hears the beat of a song."""

from pathlib import Path
from typing import Protocol

from domain.music import Analysis


class Listener(Protocol):
    """An ear for the beat."""

    async def hear(self, song: Path) -> Analysis:
        """Listen to a whole song.

        Times are within the song and increase; every "1" is one of the beats. Raises
        `UnreadableMedia` for what is no music.
        """
        ...
