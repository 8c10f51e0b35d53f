"""An audio analyzer that always finds a steady beat."""

from pathlib import Path

from adapters.memory.encoder import opened
from domain.library.songs import Analysis, Section
from domain.shared.errors import UnreadableMedia


class MemoryAudioAnalyzer:
    """Returns a beat of a given tempo from the start of a song to its end."""

    def __init__(self, tempo: float = 120) -> None:
        self.name = "memory"
        self._tempo = tempo

    async def analyze(self, song: Path) -> Analysis:
        """See `application.ports.audio_analyzer.AudioAnalyzer`."""
        seconds = opened(song).sound_seconds
        if seconds is None:
            raise UnreadableMedia
        beat = 60 / self._tempo
        beats = tuple(count * beat for count in range(int(seconds / beat) + 1))
        beats = tuple(moment for moment in beats if moment < seconds)
        return Analysis(
            tempo=self._tempo,
            beats=beats,
            ones=beats[::8],
            sections=(Section(name="song", start=0, end=seconds, energy=0.5),),
            duration=seconds,
            analyzed_by=self.name,
        )
