"""Files that a person names are written whole, and nothing is left beside them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from adapters.memory.storage import MemoryStorage
from domain.shared.errors import DiskFull, MediaNotFound
from entrypoints.cli.output_file import copy_out, new_file, save
from tests.world.small_disk import small_disk

pytestmark = pytest.mark.anyio

KILLED = """
import pathlib, sys
from entrypoints.cli.output_file import new_file
with new_file(pathlib.Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("ready", flush=True)
    sys.stdin.read()
"""


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def test_a_stored_file_is_copied_whole(tmp_path: Path) -> None:
    storage = MemoryStorage({"output/a.mp4": bytes(range(256)) * 5000})
    await copy_out(storage, "output/a.mp4", tmp_path / "film [x].mp4")
    assert (tmp_path / "film [x].mp4").read_bytes() == storage.objects["output/a.mp4"]
    assert names_in(tmp_path) == ["film [x].mp4"]
    with pytest.raises(MediaNotFound):
        await copy_out(storage, "output/b.mp4", tmp_path / "other.mp4")
    assert names_in(tmp_path) == ["film [x].mp4"]


@pytest.mark.parametrize("name", ["film.mp4", "[film].mp4", "f" * 250, "é" * 120])
def test_what_a_killed_command_left_is_removed_by_the_next(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"before")
    command = [sys.executable, "-c", KILLED, str(file)]
    env = os.environ | {"PYTHONPATH": "src"}
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert file.read_bytes() == b"before"
        # While it is being written nobody takes it away.
        save(file, b"mine")
        assert len(list(tmp_path.iterdir())) == 2
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    assert len(list(tmp_path.iterdir())) == 2
    save(file, b"after")
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"after"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    file.write_bytes(b"before")
    with pytest.raises(RuntimeError), new_file(file) as target:
        target.write(b"half")
        raise RuntimeError
    assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"before"]


def test_a_link_stays_and_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    link, file = tmp_path / "link", tmp_path / "file"
    file.write_bytes(b"before")
    link.symlink_to(file)
    save(link, b"after")
    assert link.is_symlink()
    assert file.read_bytes() == b"after"
    save(Path("/dev/null"), b"nothing")
    assert not Path("/dev/null").is_file()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "gone" / "film.mp4"
    with pytest.raises(click.FileError) as caught:
        save(file, b"")
    assert caught.value.filename == str(file)


@pytest.mark.slow
def test_a_full_disk_is_named_by_the_file(tmp_path: Path) -> None:
    with small_disk(100_000) as disk:
        disk.fill(8_000)
        file = disk.root / "film.mp4"
        with pytest.raises(DiskFull, match=r"film\.mp4.*free some space"):
            save(file, bytes(50_000))
        assert {each.name for each in disk.root.iterdir()} == {"filler"}


def test_a_file_that_may_not_be_replaced_is_an_error_even_if_it_comes_late(tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    with pytest.raises(click.FileError, match="exists"), new_file(file, replace=False) as target:
        target.write(b"mine")
        file.write_bytes(b"of somebody else")
    assert names_in(tmp_path) == ["film.mp4"]
    assert file.read_bytes() == b"of somebody else"
    save(tmp_path / "other.mp4", b"mine", replace=False)
    assert (tmp_path / "other.mp4").read_bytes() == b"mine"
    assert names_in(tmp_path) == ["film.mp4", "other.mp4"]


def test_without_second_names_a_file_is_still_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path, __: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    file = tmp_path / "film.mp4"
    save(file, b"first", replace=False)
    with pytest.raises(click.FileError, match="exists"):
        save(file, b"second", replace=False)
    assert file.read_bytes() == b"first"
    assert names_in(tmp_path) == ["film.mp4"]


async def test_a_copy_tells_how_much_of_it_is_written(tmp_path: Path) -> None:
    storage = MemoryStorage({"output/a.mp4": bytes(3_000_000)})
    told: list[tuple[int, int]] = []

    def on_written(done: int, of: int) -> None:
        told.append((done, of))

    file = tmp_path / "film.mp4"
    await copy_out(storage, "output/a.mp4", file, on_written=on_written)
    assert told == sorted(told)
    assert told[-1] == (3_000_000, 3_000_000)
    with pytest.raises(click.FileError, match="exists"):
        await copy_out(storage, "output/a.mp4", file, replace=False)
