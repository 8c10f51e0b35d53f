"""Mixed sounds of the memory encoder."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from adapters.memory.encoder import song
from application.concurrency.threads import FILES
from application.ports.narration_mixer import PlacedVoice


class MemoryNarrationMixer:
    """Writes a song of the right duration."""

    async def mix(
        self, voices: Sequence[PlacedVoice], music: Path | None, seconds: Fraction, into: Path
    ) -> None:
        """See `application.ports.narration_mixer.NarrationMixer`."""
        await FILES.run(lambda: into.write_bytes(song(float(seconds))))
