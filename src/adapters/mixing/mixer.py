"""A mixer that decodes with FFmpeg and mixes with numpy."""

import threading
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner, keep, temporary_folder
from adapters.mixing.decoding import decoded
from adapters.mixing.mix import Mix
from adapters.mixing.samples import Samples
from application.concurrency.task_groups import run_all
from application.concurrency.threads import Threads
from application.media.disk_errors import disk_errors
from application.ports.narration_mixer import RATE, PlacedVoice

_MIXING: Final = Threads("mixing sounds", 2)
_MUSIC: Final = -1
"""The place of the music among the sounds."""


class _Stopped(Exception):
    """Nobody waits for the mix any more."""


class FFmpegNarrationMixer:
    """Decodes sounds in the cage, and mixes them in blocks, so that memory does not grow."""

    def __init__(self, runner: FFmpegRunner) -> None:
        """Take the runner of FFmpeg, whose places limit the number of decoders."""
        self._runner = runner

    async def mix(
        self, voices: Sequence[PlacedVoice], music: Path | None, seconds: Fraction, into: Path
    ) -> None:
        """See `application.ports.narration_mixer.NarrationMixer`."""
        length = round(seconds * RATE)
        if length < 1:
            raise ValueError("The mix has no sample: the seconds are to be positive.")
        with temporary_folder(into) as folder:
            starts = {
                index: start
                for index, voice in enumerate(voices)
                if (start := round(voice.at * RATE)) < length
            }
            sounds: dict[int, Samples] = {}

            async def decode(index: int, file: Path, channels: int, most: int) -> None:
                sounds[index] = await decoded(
                    self._runner,
                    file,
                    folder / f"{index}.pcm",
                    channels=channels,
                    most_samples=most,
                )

            works = [
                decode(index, voices[index].file, 1, length - start)
                for index, start in starts.items()
            ]
            if music is not None:
                works.append(decode(_MUSIC, music, 2, length))
            await run_all(works)
            bed = sounds.get(_MUSIC)
            placed = [(sounds[index], start) for index, start in starts.items()]
            draft, stop = folder / "mix.wav", threading.Event()
            await _MIXING.run(lambda: _write(placed, bed, length, draft, stop), stop.set)
            with disk_errors():
                keep(draft, into)


def _write(
    voices: Sequence[tuple[Samples, int]],
    music: Samples | None,
    length: int,
    into: Path,
    stop: threading.Event,
) -> None:
    def check() -> None:
        if stop.is_set():
            raise _Stopped

    with disk_errors():
        Mix(voices, music, length).write(into, check)
