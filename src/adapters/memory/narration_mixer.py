"""A mixer whose mixes are silent."""

import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from application.concurrency.threads import FILES
from application.ports.narration_mixer import RATE, PlacedVoice
from domain.shared.errors import UnreadableMedia

_BEGINNINGS: Final = (b"RIFF", b"OggS", b"fLaC", b"ID3", b"\xff\xfb")
_FRAME: Final = 4
_BLOCK: Final = 65_536


class MemoryNarrationMixer:
    """Writes silence of the right length, and refuses files that are no sounds.

    ``mixed`` has the arguments of all mixes so far.
    """

    def __init__(self, failure: Exception | None = None) -> None:
        """Take the error that is raised instead, if there is one."""
        self.failure = failure
        self.mixed: list[tuple[tuple[PlacedVoice, ...], Path | None, Fraction]] = []

    async def mix(
        self, voices: Sequence[PlacedVoice], music: Path | None, seconds: Fraction, into: Path
    ) -> None:
        """See `application.ports.narration_mixer.NarrationMixer`."""
        if self.failure is not None:
            raise self.failure
        length = round(seconds * RATE)
        if length < 1:
            raise ValueError("The mix has no sample: the seconds are to be positive.")
        used = [voice.file for voice in voices if round(voice.at * RATE) < length]
        for file in (*used, *([music] if music is not None else [])):
            if not await FILES.run(lambda file=file: _is_sound(file)):
                raise UnreadableMedia(f"The sound {file.name!r} cannot be used.")
        self.mixed.append((tuple(voices), music, seconds))
        await FILES.run(lambda: _write(into, length))


def _is_sound(file: Path) -> bool:
    return file.is_file() and file.read_bytes()[:4].startswith(_BEGINNINGS)


def _write(into: Path, length: int) -> None:
    with wave.open(str(into), "wb") as opened:
        opened.setnchannels(2)
        opened.setsampwidth(2)
        opened.setframerate(RATE)
        for start in range(0, length, _BLOCK):
            opened.writeframes(bytes(_FRAME * min(_BLOCK, length - start)))
