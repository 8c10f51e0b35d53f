"""The contract of every Workspace: memory and the local disk."""

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import anyio
import pytest

from adapters.memory.workspace import MemoryWorkspace
from adapters.storage.workspace import LocalWorkspace
from application.ports.workspace import Workspace
from domain.shared.errors import StorageFailed

pytestmark = pytest.mark.anyio

TASK = UUID(int=7)


@pytest.fixture(params=["memory", "local"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Workspace:
    adapter = MemoryWorkspace if request.param == "memory" else LocalWorkspace
    return adapter(tmp_path / "work")


def fill(folder: Path) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "file").write_bytes(b"x")
    (folder / "link").symlink_to("/")


def left(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "work").iterdir())


async def test_a_folder_is_new_and_empty_and_then_gone(
    workspace: Workspace, tmp_path: Path
) -> None:
    async with workspace.take(TASK) as folder:
        assert list(folder.iterdir()) == []
        assert folder.name.startswith(str(TASK))
        fill(folder)
    assert left(tmp_path) == []


async def test_one_task_may_have_several(workspace: Workspace) -> None:
    async with workspace.take(TASK) as one, workspace.take(TASK) as other:
        assert one != other
        fill(one)
        assert list(other.iterdir()) == []


async def test_an_exception_passes_and_the_folder_goes(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with workspace.take(TASK) as folder:
            fill(folder)
            raise ZeroDivisionError
    assert left(tmp_path) == []


async def test_a_cancelled_task_leaves_nothing(workspace: Workspace, tmp_path: Path) -> None:
    inside = asyncio.Event()

    async def work() -> None:
        async with workspace.take(TASK) as folder:
            fill(folder)
            inside.set()
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await inside.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert left(tmp_path) == []


async def test_a_cancelled_scope_leaves_nothing(workspace: Workspace, tmp_path: Path) -> None:
    with anyio.CancelScope() as scope:
        async with workspace.take(TASK) as folder:
            fill(folder)
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert left(tmp_path) == []


async def test_cancelling_at_any_moment_leaves_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "work").mkdir()

    async def work() -> None:
        async with workspace.take(TASK) as folder:
            fill(folder)
            await asyncio.sleep(0)

    for turns in range(40):
        working = asyncio.create_task(work())
        for _ in range(turns):
            await asyncio.sleep(0)
        working.cancel()
        await asyncio.wait([working])
        assert left(tmp_path) == []


async def test_a_folder_removed_by_others_is_no_error(workspace: Workspace) -> None:
    async with workspace.take(TASK) as folder:
        folder.rmdir()


async def test_a_live_folder_is_not_removed(workspace: Workspace) -> None:
    async with workspace.take(TASK) as folder, workspace.take(uuid4()):
        fill(folder)
        assert await workspace.remove_leftovers() == ()
        assert (folder / "deep" / "er" / "file").exists()


async def test_removing_leftovers_while_others_come_and_go_finds_nothing(
    workspace: Workspace,
) -> None:
    async def work() -> None:
        for _ in range(8):
            async with workspace.take(uuid4()) as folder:
                fill(folder)

    async def remove() -> None:
        for _ in range(20):
            assert await workspace.remove_leftovers() == ()

    await asyncio.gather(work(), work(), work(), remove(), remove())


async def test_where_no_folder_can_be_made_it_fails(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "work").write_bytes(b"a file")
    with pytest.raises(StorageFailed) as failed:
        async with workspace.take(TASK):
            pass
    assert str(tmp_path) not in str(failed.value)


async def test_it_says_where_work_is_done(workspace: Workspace, tmp_path: Path) -> None:
    text = await workspace.ready()
    assert text
    assert str(tmp_path) not in text


async def test_the_fake_shows_what_is_open() -> None:
    workspace = MemoryWorkspace()
    async with workspace.take(TASK) as folder:
        assert workspace.open == {folder}
    assert workspace.open == set()
    assert not folder.exists()


async def test_the_fake_finds_what_was_said_to_be_abandoned() -> None:
    workspace = MemoryWorkspace()
    workspace.abandoned.append(TASK)
    assert await workspace.remove_leftovers() == (TASK,)
    assert await workspace.remove_leftovers() == ()


async def test_the_disk_has_a_size_and_free_bytes(workspace: Workspace) -> None:
    disk = await workspace.disk()
    assert 0 < disk.free <= disk.size
    assert await workspace.free() <= disk.size
