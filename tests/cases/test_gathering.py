"""A list is looked at for what it names, and what lies around it is left alone."""

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from application.library import import_scan
from application.library.import_scan import MOST_SEEN, gathered
from domain.shared.errors import InvalidRequest

pytestmark = pytest.mark.anyio


class ScannedFolders:
    """Counts the folders that are looked through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folders: list[Path] = []
        scandir = os.scandir

        def scanned(folder: Any = ".") -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
            self.folders.append(Path(folder))
            return scandir(folder)

        monkeypatch.setattr(os, "scandir", scanned)


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch) -> ScannedFolders:
    return ScannedFolders(monkeypatch)


def write(file: Path, content: object) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return file


def clips_of(moves: Any) -> list[str | None]:
    return [move.clip for move in moves]


async def test_what_a_list_names_is_found_without_a_look_around(
    tmp_path: Path, scanned: ScannedFolders
) -> None:
    for name in ("a.mp4", "sub/b.mp4", "elsewhere/c.mp4"):
        write(tmp_path / name, b"clip")
    clips = ["a.mp4", "/home/ana/clips/sub/b.mp4", "s3://bucket/dances/a.mp4", "..\\sub\\b.mp4"]
    rows = [{"clip": clip, "name": f"n{number}"} for number, clip in enumerate(clips)]
    path = write(tmp_path / "moves.json", rows)
    everything = await gathered(path)
    assert sorted(clip for clip in clips_of(everything.moves) if clip) == ["a.mp4", "sub/b.mp4"]
    assert scanned.folders == []


async def test_what_is_not_there_is_looked_for_nearby(
    tmp_path: Path, scanned: ScannedFolders
) -> None:
    write(tmp_path / "one/two/A.MP4", b"clip")
    write(tmp_path / ".hidden/b.mp4", b"clip")
    path = write(tmp_path / "moves.csv", b"clip\na.mp4\nb.mp4\n")
    everything = await gathered(path)
    assert clips_of(everything.moves) == ["one/two/A.MP4", None]
    assert scanned.folders == [tmp_path, tmp_path / "one", tmp_path / "one/two"]
    assert not any("nearest" in note.message for move in everything.moves for note in move.notes)


async def test_a_look_around_has_a_limit_that_is_said(
    tmp_path: Path, scanned: ScannedFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_scan, "MOST_SEEN", 20)
    for number in range(30):
        write(tmp_path / f"folder-{number:02}" / "deep" / "x.mp4", b"clip")
    write(tmp_path / "near.mp4", b"clip")
    path = write(tmp_path / "moves.json", [{"clip": "near.mp4"}, {"clip": "far.mp4"}])
    everything = await gathered(path)
    assert clips_of(everything.moves) == ["near.mp4", None]
    assert scanned.folders == [tmp_path]
    assert any("nearest 20 files" in note.message for note in everything.moves[1].notes)
    assert not any("nearest" in note.message for note in everything.moves[0].notes)


async def test_links_to_folders_are_not_followed(tmp_path: Path, scanned: ScannedFolders) -> None:
    write(tmp_path / "outside/b.mp4", b"clip")
    path = write(tmp_path / "lists/moves.json", [{"clip": "b.mp4"}])
    (tmp_path / "lists/loop").symlink_to(tmp_path / "lists")
    (tmp_path / "lists/out").symlink_to(tmp_path / "outside")
    assert clips_of((await gathered(path)).moves) == [None]
    assert scanned.folders == [tmp_path / "lists"]
    assert MOST_SEEN <= 100_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
async def test_a_list_of_a_spreadsheet_is_read(tmp_path: Path, encoding: str) -> None:
    write(tmp_path / "ñ.mp4", b"clip")
    path = write(tmp_path / "moves.csv", "clip;name\nñ.mp4;Señal\n".encode(encoding))
    [move] = (await gathered(path)).moves
    assert (move.clip, move.name) == ("ñ.mp4", "Señal")


async def test_a_list_that_is_no_text_says_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / "moves.csv", "clip\nñ.mp4\n".encode("latin-1"))
    with pytest.raises(InvalidRequest) as caught:
        await gathered(path)
    assert "save it as UTF-8" in caught.value.violations[0].message


async def test_a_list_of_many_moves_with_all_their_numbers_is_read(tmp_path: Path) -> None:
    rows = [{"id": f"m{k}", "clip": f"m{k}.mp4", "pose_embedding": [1] * 512} for k in range(400)]
    assert len((await gathered(write(tmp_path / "moves.json", rows))).moves) == 400
