"""Work folders after processes die, and after a folder could not be removed."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from adapters.storage.workspace import LocalWorkspace
from domain.shared.errors import NotReady, StorageFailed

pytestmark = pytest.mark.anyio

TASK, OTHER = UUID(int=7), UUID(int=8)
WORK = """
import asyncio, sys
from pathlib import Path
from uuid import UUID
from adapters.storage.workspace import LocalWorkspace

async def work():
    async with LocalWorkspace(Path(sys.argv[1])).take(UUID(sys.argv[2])) as folder:
        (folder / "half").write_bytes(b"x")
        print("working", flush=True)
        await asyncio.Event().wait()

asyncio.run(work())
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "work"


@asynccontextmanager
async def working(root: Path, task_id: UUID) -> AsyncGenerator[asyncio.subprocess.Process]:
    """Run a process that is in the middle of a task; it is killed at the end at the latest."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORK, root, str(task_id), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        assert await child.stdout.readline() == b"working\n"
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.communicate()


def left(root: Path) -> list[str]:
    return sorted(folder.name.partition(".")[0] for folder in root.iterdir())


async def test_what_a_killed_process_left_is_removed_and_what_lives_is_not(root: Path) -> None:
    workspace = LocalWorkspace(root)
    async with working(root, TASK) as dying, working(root, OTHER):
        assert await workspace.remove_leftovers() == ()
        dying.kill()
        await dying.wait()
        assert await workspace.remove_leftovers() == (TASK,)
        assert left(root) == [str(OTHER)]
        assert await workspace.remove_leftovers() == ()
    assert await workspace.remove_leftovers() == (OTHER,)
    assert left(root) == []


async def test_a_task_that_is_worked_on_again_is_not_named(root: Path) -> None:
    workspace = LocalWorkspace(root)
    async with working(root, TASK):
        pass
    async with workspace.take(TASK) as folder:
        assert await workspace.remove_leftovers() == ()
        assert left(root) == [str(TASK)]
        assert folder.exists()


async def test_two_who_remove_leftovers_at_once_name_a_task_once(root: Path) -> None:
    async with working(root, TASK):
        pass
    removals = [LocalWorkspace(root).remove_leftovers() for _ in range(4)]
    assert sorted(await asyncio.gather(*removals)) == [(), (), (), (TASK,)]


async def test_no_moment_of_a_live_folder_looks_like_death(root: Path) -> None:
    ended = asyncio.Event()

    async def work() -> None:
        workspace = LocalWorkspace(root)
        for _ in range(100):
            async with workspace.take(TASK) as folder:
                assert folder.exists()

    async def remove() -> None:
        workspace = LocalWorkspace(root)
        while not ended.is_set():
            assert await workspace.remove_leftovers() == ()

    removals = [asyncio.create_task(remove()) for _ in range(3)]
    await asyncio.gather(work(), work(), work())
    ended.set()
    await asyncio.gather(*removals)


async def test_what_is_no_work_folder_is_left_alone(root: Path, tmp_path: Path) -> None:
    keep = tmp_path / "keep"
    (keep / "inside").mkdir(parents=True)
    (root / "mine").mkdir(parents=True)
    (root / f"{TASK}.file").write_bytes(b"x")
    (root / f"{TASK}.link").symlink_to(keep)
    (root / str(TASK)).mkdir()
    before = left(root)
    assert await LocalWorkspace(root).remove_leftovers() == ()
    assert left(root) == before
    assert (keep / "inside").exists()


async def test_where_nobody_ever_worked_nothing_is_removed(root: Path) -> None:
    assert await LocalWorkspace(root).remove_leftovers() == ()
    assert left(root.parent) == []


def spoil(folder: Path) -> None:
    """Put a link in the folder's place, which must not be removed as a folder is."""
    folder.rename(folder.with_name("moved"))
    folder.symlink_to("moved")


async def test_a_folder_that_stays_is_said(root: Path) -> None:
    with pytest.raises(StorageFailed):
        async with LocalWorkspace(root).take(TASK) as folder:
            spoil(folder)
    assert (root / "moved").exists()


async def test_a_folder_that_stays_hides_no_exception(root: Path) -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        async with LocalWorkspace(root).take(TASK) as folder:
            spoil(folder)
            raise ZeroDivisionError
    assert raised.value.__notes__ == [
        "The work folder could not be removed: it is no longer a folder."
    ]


async def test_a_root_that_is_a_file_is_not_ready(tmp_path: Path) -> None:
    (root := tmp_path / "work").write_bytes(b"a file")
    with pytest.raises(NotReady) as unready:
        await LocalWorkspace(root).ready()
    assert str(tmp_path) not in str(unready.value)
