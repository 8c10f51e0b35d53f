"""A film is streamed from a storage that has links, or else from the service."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.encoder import MemoryEncoder
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.storage import MemoryStorage
from adapters.memory.workspace import MemoryWorkspace
from application.rendering.film_pipeline import FilmPipeline
from domain.rendering.assembly import Assembly
from domain.shared.errors import StorageFailed
from entrypoints.urls import RouteUrls

pytestmark = pytest.mark.anyio

TASK = UUID(int=7)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
FILM = Assembly(
    task_id=TASK, owner="local", created_at=NOW, updated_at=NOW, output_path="output/a.mp4"
)
SERVED = f"/api/videos/{TASK}/stream"


class Linking(MemoryStorage):
    """A storage that has links, unless it is to fail."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.fails = fails

    async def link(self, path: str, name: str, seconds: int) -> str | None:
        if self.fails:
            raise StorageFailed
        return f"https://media.example/{path}?name={name}&seconds={seconds}"


def filming(storage: MemoryStorage, root: Path, seconds: int) -> FilmPipeline:
    return FilmPipeline(
        storage,
        MemoryArtifactCache(),
        MemoryMediaProbe(),
        MemoryEncoder(),
        MemoryEncoder(),
        MemoryWorkspace(root),
        RouteUrls(),
        1,
        seconds,
    )


async def test_a_film_is_played_from_a_link_where_links_are_wanted(tmp_path: Path) -> None:
    link = f"https://media.example/output/a.mp4?name={TASK}.mp4&seconds=60"
    assert (await filming(Linking(), tmp_path, 60).finished(FILM)).video_url == link


@pytest.mark.parametrize(
    ("storage", "seconds"), [(Linking(), 0), (MemoryStorage(), 60), (Linking(fails=True), 60)]
)
async def test_a_film_is_played_from_the_service_where_there_is_no_link(
    tmp_path: Path, storage: MemoryStorage, seconds: int
) -> None:
    assert (await filming(storage, tmp_path, seconds).finished(FILM)).video_url == SERVED
