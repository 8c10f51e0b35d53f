"""The contract of every SoundAligner."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.demo.music.bed import bed
from adapters.demo.reel import write_sound
from adapters.listening.sound_alignment import align
from adapters.media.caged import CagedSoundAligner
from adapters.memory import encoder
from adapters.memory.sound_aligner import MemorySoundAligner
from application.ports.sound_aligner import SoundAligner
from domain.library.shared_recordings import Alignment
from domain.shared.errors import UnreadableMedia
from tests.media import worker

pytestmark = pytest.mark.anyio

TEMPO = 124.0
RATE = 48_000
LATER = 3.0
"""Seconds in the first clip at which the second one starts."""


class Clips(NamedTuple):
    aligner: SoundAligner
    first: Path
    second: Path
    """A part of the first one."""
    other: Path
    """Other music, at another tempo."""


def memory(folder: Path) -> Clips:
    contents = [encoder.clip(name, 360, 30) for name in ("first", "second", "other")]
    alignments = {(contents[0], contents[1]): Alignment(offset=LATER, quality=1.0)}
    aligner = MemorySoundAligner(alignments)
    return Clips(aligner, *(written(folder, each) for each in contents))


def caged(folder: Path) -> Clips:
    music, other = bed(TEMPO, 4, "high", seed=3), bed(139, 4, "low", seed=5)
    files = [folder / f"{name}.wav" for name in ("first", "second", "other")]
    for file, sound in zip(files, (music, music[int(LATER * RATE) :], other), strict=True):
        write_sound(file, sound)
    return Clips(CagedSoundAligner(worker(), align), *files)


def written(folder: Path, content: bytes) -> Path:
    file = folder / str(len(list(folder.iterdir())))
    file.write_bytes(content)
    return file


@pytest.fixture(params=[memory, caged])
def clips(request: pytest.FixtureRequest, tmp_path: Path) -> Clips:
    make: Callable[[Path], Clips] = request.param
    return make(tmp_path)


async def test_a_part_of_a_recording_is_found_in_it(clips: Clips) -> None:
    first = await clips.aligner.fingerprint(clips.first)
    alignment = await clips.aligner.align(first, await clips.aligner.fingerprint(clips.second))
    assert alignment is not None
    beats = (alignment.offset - LATER) * TEMPO / 60
    # The music repeats itself, so that another bar may be as good.
    assert beats == pytest.approx(round(beats), abs=0.05)
    assert 0.8 < alignment.quality <= 1


async def test_other_music_is_not_the_recording(clips: Clips) -> None:
    first = await clips.aligner.fingerprint(clips.first)
    assert await clips.aligner.align(first, await clips.aligner.fingerprint(clips.other)) is None


async def test_the_same_clip_has_the_same_small_fingerprint(clips: Clips) -> None:
    first = await clips.aligner.fingerprint(clips.first)
    assert await clips.aligner.fingerprint(clips.first) == first
    assert 0 < len(first) < 40_000


async def test_what_has_no_sound_has_no_fingerprint(clips: Clips, tmp_path: Path) -> None:
    file = tmp_path / "none"
    file.write_bytes(b"no film at all")
    with pytest.raises(UnreadableMedia):
        await clips.aligner.fingerprint(file)
