"""Port for the sound of a narrated video."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol

import msgspec

RATE: Final = 48_000
"""Samples per second of the mix."""


class PlacedVoice(msgspec.Struct, frozen=True):
    """A file with a voice, and the seconds at which it begins."""

    file: Path
    at: Fraction


class NarrationMixer(Protocol):
    """Mixes voices and music; the music steps back under the voices."""

    async def mix(
        self, voices: Sequence[PlacedVoice], music: Path | None, seconds: Fraction, into: Path
    ) -> None:
        """Write a WAV file of 48 kHz, stereo, 16 bits, with round(``seconds`` * 48000) samples.

        All voices are equally loud, and sound that exceeds ``seconds`` is left out. The music is
        repeated or cut to the length and fades in and out; it has about -28 LUFS under a voice and
        -18 without. The mix has about -16 LUFS and true peaks of at most -1 dB. The same files
        have the same mix. Files may be of any origin and format that is accepted.

        Raises `UnreadableMedia` or `UnacceptedMedia`, which name the file, for a file that is not
        a sound; `FFmpegMissing` or `FFmpegFailed`; ValueError unless ``seconds`` has a sample.
        """
        ...
