"""Turn what a voice's program says into the file and the words that the port promises."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from adapters.sound.stretch import stretched
from adapters.sound.voice_level import at_rate, levelled, trimmed
from adapters.sound.wav import RATE, write
from adapters.speech.messages import Reply
from application.concurrency.threads import Threads
from application.media.disk_errors import disk_errors
from application.ports.speech import LONGEST, Spoken
from domain.scripts.caption_breaks import tokens_of
from domain.scripts.captions import SpokenWord
from domain.scripts.errors import SpeechFailed
from domain.scripts.pronunciation import Reading

REVISION: Final = "1"
"""Part of the name of every voice; change it whenever the same voice sounds otherwise."""
_LEVELLING: Final = Threads("levelling voices", 2)
_SAID_NOTHING: Final = "The voice says nothing for this text."


async def finished(
    text: str,
    reading: Reading,
    reply: Reply,
    pcm: bytes,
    voice: str,
    into: Path,
    *,
    speed: float = 1.0,
) -> Spoken:
    """Write the file of an utterance, after changing the ``speed`` of a voice without words.

    Raises `SpeechFailed`, `DiskFull` and `DiskReadOnly`.
    """
    return await _LEVELLING.run(lambda: _finished(text, reading, reply, pcm, voice, into, speed))


def _finished(
    text: str, reading: Reading, reply: Reply, pcm: bytes, voice: str, into: Path, speed: float
) -> Spoken:
    sound, cut = trimmed(stretched(at_rate(_floats(pcm), reply.rate), speed))
    if not len(sound):
        raise SpeechFailed(_SAID_NOTHING)
    if len(sound) > LONGEST * RATE:
        raise SpeechFailed(f"The text takes more than {LONGEST} s to speak: divide it into scenes.")
    with disk_errors():
        write(into, levelled(sound))
    seconds = Fraction(len(sound), RATE)
    words = words_of(text, reading, reply, Fraction(cut, RATE), seconds)
    return Spoken(seconds=seconds, words=words, voice=voice)


def _floats(pcm: bytes) -> NDArray[np.float32]:
    return np.frombuffer(pcm, "<i2").astype(np.float32) / np.float32(32_768)


def words_of(
    text: str, reading: Reading, reply: Reply, cut: Fraction, seconds: Fraction
) -> tuple[SpokenWord, ...]:
    """Return the author's words with their times; ``cut`` are the seconds cut off before them.

    A voice tells the begin of words as it says them: of '20%' that of 'twenty' and of 'percent'.
    """
    tokens = tokens_of(text)
    starts: dict[int, Fraction] = {}
    index = 0
    for offset, sample in reply.words:
        place = reading.place_of(offset)
        if place is None:
            continue
        while index < len(tokens) and tokens[index].end <= place:
            index += 1
        if index == len(tokens):
            break
        start = Fraction(sample, reply.rate) - cut
        latest = max(starts.values(), default=Fraction(-1))
        if tokens[index].start <= place and index not in starts and latest < start < seconds:
            starts[index] = max(Fraction(0), start)
    ends = [*starts.values(), seconds][1:] if starts else []
    return tuple(
        SpokenWord(tokens[each].text, start, end)
        for (each, start), end in zip(starts.items(), ends, strict=True)
        if start < end
    )
