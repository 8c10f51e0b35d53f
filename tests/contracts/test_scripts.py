"""The contract of every ScriptRepository: memory and each real database."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from adapters.database.engine import open_database
from adapters.database.scripts import SqlScriptRepository
from adapters.memory.scripts import MemoryScriptRepository
from application.ports.scripts import ScriptRepository
from domain.scripts.composition import CompositionSettings
from domain.scripts.errors import ScriptNotFound
from domain.scripts.languages import Language
from domain.scripts.narrated_video import NarratedVideo
from domain.scripts.script import Script

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scripts(database_url: str | None) -> AsyncGenerator[ScriptRepository]:
    if database_url is None:
        yield MemoryScriptRepository()
        return
    async with open_database(database_url) as database:
        yield SqlScriptRepository(database)


def script() -> Script:
    return Script(
        script_id=uuid4(),
        owner="ana",
        title="¿Bailamos?",
        content="¿Bailamos? \U0001f483",
        language=Language.SPANISH,
        scenes=1,
        created_at=datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=UTC),
    )


def video_of(script_id: UUID) -> NarratedVideo:
    return NarratedVideo(
        video_id=uuid4(),
        owner="ana",
        script_id=script_id,
        title="¿Bailamos?",
        settings=CompositionSettings(duration=30),
    )


async def test_a_script_comes_back_equal(scripts: ScriptRepository) -> None:
    new = script()
    await scripts.add(new)
    assert await scripts.get(new.script_id) == new


async def test_a_removed_script_is_gone_and_its_videos_stay(scripts: ScriptRepository) -> None:
    new, other = script(), script()
    video = video_of(new.script_id)
    await scripts.add(new)
    await scripts.add(other)
    await scripts.keep_video(video)
    await scripts.remove(new.script_id)
    with pytest.raises(ScriptNotFound):
        await scripts.get(new.script_id)
    assert await scripts.get(other.script_id) == other
    assert await scripts.video(video.video_id) == video


async def test_a_script_that_is_unknown_may_be_removed(scripts: ScriptRepository) -> None:
    new = script()
    await scripts.add(new)
    await scripts.remove(uuid4())
    await scripts.remove(new.script_id)
    await scripts.remove(new.script_id)
    with pytest.raises(ScriptNotFound):
        await scripts.get(new.script_id)


async def test_what_is_known_about_a_video_is_replaced_read_and_forgotten(
    scripts: ScriptRepository,
) -> None:
    video, other = video_of(uuid4()), video_of(uuid4())
    await scripts.keep_video(video)
    await scripts.keep_video(other)
    later = msgspec.structs.replace(video, captions="WEBVTT\n")
    await scripts.keep_video(later)
    assert await scripts.video(video.video_id) == later
    every = await scripts.videos([video.video_id, uuid4(), other.video_id])
    assert every == {video.video_id: later, other.video_id: other}
    await scripts.remove_video(video.video_id)
    await scripts.remove_video(video.video_id)
    assert await scripts.video(video.video_id) is None
    assert await scripts.videos([]) == {}
