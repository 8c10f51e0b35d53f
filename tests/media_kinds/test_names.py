"""A file's name may be anything that a file system takes."""

import os
import shutil
from pathlib import Path
from typing import Final

import msgspec
import pytest

from tests.media_kinds.making import Folder
from tests.media_kinds.service import Service, command, commands

NAMES: Final = {
    "colons": b"Bachata: intro 12:30",
    "a protocol": b"http:x",
    "a leading hyphen": b"-dash",
    "a leading option": b"--help",
    "a newline": b"uno\ndos",
    "an emoji": "💃🕺".encode(),
    "no UTF-8": b"a\xf1o \xff",
    "quotes": b"it's \"so\" \\ 'n'",
    "percents": b"%d%03d%%",
    "brackets": b"[bold]x[red] {0} *?",
    "as long as can be": b"x" * 251,
    "blanks": b" \t ",
    "a dot": b".hidden",
    "right to left": "\u202egnp".encode(),
}
"""Names without their suffix."""

LONG: Final = 240.0
"""Seconds after which many files one after another never end."""


def _named(folder: Path, source: Path, suffix: str) -> dict[str, str]:
    """Copies of a file by all these names, and the file name of each."""
    folder.mkdir()
    files = {name: os.fsdecode(stem) + suffix for name, stem in NAMES.items()}
    for file in files.values():
        shutil.copy(source, folder / file)
    return files


def test_clips_by_any_name_are_added(folder: Folder, tmp_path: Path) -> None:
    files = _named(tmp_path / "here", folder.plain_clip(), ".mp4")
    lines = [["library", "add-move", "--", file] for file in files.values()]
    ends = commands(tmp_path / "data", lines, tmp_path / "here", within=LONG)

    assert {name: end.err for name, end in zip(files, ends, strict=True) if end.status} == {}


@pytest.mark.parametrize("words", [("library", "add-song"), ("song", "analyze")])
def test_songs_by_any_name_are_added_and_heard(
    folder: Folder, tmp_path: Path, words: tuple[str, ...]
) -> None:
    files = _named(tmp_path / "here", folder.tones(3), ".wav")
    lines = [[*words, "--", file] for file in files.values()]
    ends = commands(tmp_path / "data", lines, tmp_path / "here", within=LONG)

    assert {name: end.err for name, end in zip(files, ends, strict=True) if end.status} == {}


def test_a_name_of_any_bytes_is_an_argument(folder: Folder, tmp_path: Path) -> None:
    here = tmp_path / "here"
    files = _named(here, folder.tones(3), ".wav")
    name = os.fsencode(files["no UTF-8"])
    said = command(tmp_path / "data", "library", "add-song", name, inside=here)

    assert said.status == 0, said.err


def test_a_folder_of_clips_by_all_these_names_is_imported(folder: Folder, tmp_path: Path) -> None:
    here = tmp_path / "here"
    _named(here, folder.plain_clip(), ".mp4")
    said = command(tmp_path / "data", "library", "import", ".", "--json", inside=here, within=LONG)

    assert said.status == 0, said.err
    moves = msgspec.json.decode(said.out)["moves"]
    visible = [name for name in NAMES.values() if not name.startswith(b".")]
    assert len(moves) >= len(visible)
    assert {move["name"]: move["notes"] for move in moves if move["outcome"] != "added"} == {}


@pytest.mark.parametrize("name", NAMES)
def test_an_upload_by_any_name_is_taken(service: Service, folder: Folder, name: str) -> None:
    told = NAMES[name].decode(errors="replace") + ".mp4"
    answer = service.bring_clip(folder.plain_clip(), told)

    assert answer.status_code == 201, answer.text
