"""Files that were changed at random are answered, whatever is in them, and nobody waits."""

import os
import random
import struct
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.media_kinds.clips import Make, plain
from tests.media_kinds.making import Folder, Words, needs
from tests.media_kinds.service import Service
from tests.media_kinds.songs import encoded

EACH: Final = 50 if os.environ.get("BACHATA_TEST_LONG") == "1" else 9
"""Files of each kind; all together they are 700, or 126."""
_FRONT: Final = 600
"""Bytes that most headers and indexes begin in."""
_SIZES: Final = (0, 1, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

_SMALL: Final[Words] = ("-s", "64x48", "-t", 0.6)
_VP8: Final[Words] = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", 8)
_SONG: Final[Words] = ("-t", 2)

CLIPS: Final[dict[str, tuple[Make, str]]] = {
    "a.mp4": (plain(*_SMALL, "-movflags", "+faststart"), "libx264"),
    "a.mov": (plain(*_SMALL), "libx264"),
    "fragments.mp4": (plain(*_SMALL, "-movflags", "frag_keyframe+empty_moov"), "libx264"),
    "a.mkv": (plain(*_SMALL), "libx264"),
    "a.webm": (
        plain(*_SMALL, "-live", 1, video=_VP8, audio=("-c:a", "libopus")),
        "libvpx",
    ),
}
SONGS: Final[dict[str, tuple[Make, str]]] = {
    "a.m4a": (encoded(*_SONG, "-c:a", "aac"), "aac"),
    "a.wav": (encoded(*_SONG), "flac"),
    "a.rf64": (encoded(*_SONG, "-f", "wav", "-rf64", "always"), "flac"),
    "a.mp3": (encoded(*_SONG, "-c:a", "libmp3lame"), "libmp3lame"),
    "a.flac": (encoded(*_SONG), "flac"),
    "a.ogg": (encoded(*_SONG, "-c:a", "libvorbis", "-ac", 2), "libvorbis"),
    "a.opus": (encoded(*_SONG, "-c:a", "libopus"), "libopus"),
    "a.aac": (encoded(*_SONG, "-c:a", "aac"), "aac"),
    "a.mka": (encoded(*_SONG, "-c:a", "flac", "-f", "matroska"), "flac"),
}


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The same bytes but for one to four changes, most of them near the front."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        end = min(_FRONT, len(changed)) if chance.random() < 0.7 else len(changed)
        at = chance.randrange(max(1, end))
        _change(changed, at, chance)
    return bytes(changed)


def _change(content: bytearray, at: int, chance: random.Random) -> None:
    run = chance.choice((1, 2, 4, 16, 100))
    match chance.choice(("flip", "flip", "size", "size", "overwrite", "insert", "delete", "cut")):
        case "flip":
            for each in range(at, min(at + run, len(content))):
                content[each] ^= 1 << chance.randrange(8)
        case "size":
            content[at : at + 4] = struct.pack(">I", chance.choice(_SIZES))
        case "overwrite":
            content[at : at + run] = chance.randbytes(run)
        case "insert":
            content[at:at] = chance.randbytes(run)
        case "delete":
            del content[at : at + run]
        case _:
            del content[max(at, 16) :]


def _bring_mutated(service: Service, address: str, file: Path, form: dict[str, str]) -> None:
    content = file.read_bytes()
    unanswered: list[str] = []
    with service.client() as client:
        for seed in range(EACH):
            chance = random.Random(f"{file.name} {seed}")  # noqa: S311
            files = {"file": (file.name, mutated(content, chance))}
            try:
                answer = client.post(address, data=form, files=files)
            except httpx.TransportError as error:
                pytest.fail(f"{file.name}, seed {seed}: {type(error).__name__}")
            if answer.status_code >= 500:
                unanswered.append(f"seed {seed}: {answer.status_code} {answer.text}")
    assert unanswered == []


@pytest.mark.parametrize("name", CLIPS)
def test_every_mutated_clip_is_answered_and_an_honest_one_is_taken(
    service: Service, folder: Folder, name: str
) -> None:
    make, encoder = CLIPS[name]
    needs(encoder)
    file = folder.once(name, make, "honest")
    _bring_mutated(service, "/api/moves", file, {"name": "Mutated"})

    honest = service.bring_clip(folder.plain_clip())
    assert honest.status_code == 201, honest.text


@pytest.mark.parametrize("name", SONGS)
def test_every_mutated_song_is_answered_and_an_honest_one_is_taken(
    service: Service, folder: Folder, name: str
) -> None:
    make, encoder = SONGS[name]
    needs(encoder)
    file = folder.once(name, make, "honest")
    _bring_mutated(service, "/api/songs", file, {"title": "Mutated", "artist": "Nobody"})

    honest = service.bring_song(folder.tones())
    assert honest.status_code == 201, honest.text


def test_mutations_change_files_and_are_the_same_every_time() -> None:
    content = bytes(range(256)) * 8
    made = [[mutated(content, random.Random(seed)) for seed in range(50)] for _ in range(2)]  # noqa: S311

    assert made[0] == made[1]
    assert content not in made[0]
    assert len(set(made[0])) == 50
