"""The contract of every Disk: in memory, and the disk of a folder."""

from pathlib import Path

import pytest

from adapters.memory.disk import MemoryDisk
from adapters.system.disk import FolderDisk
from application.ports.disk import Disk
from domain.shared.errors import StorageFailed

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "folder"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Disk:
    return MemoryDisk() if request.param == "memory" else FolderDisk(tmp_path)


async def test_a_disk_has_no_more_free_than_there_is(disk: Disk) -> None:
    space = await disk.space()
    assert 0 < space.free_bytes <= space.total_bytes


async def test_a_folder_that_is_gone_has_no_disk(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="does not tell its space: No such file"):
        await FolderDisk(tmp_path / "gone").space()
