"""The contract of every BlueprintArchive: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import json

from adapters.database.blueprints import SqlBlueprintArchive
from adapters.database.engine import open_database
from adapters.memory.blueprints import MemoryBlueprintArchive
from application.ports.blueprints import BlueprintArchive
from domain.blueprint.model import DAY, Blueprint, BlueprintMove, OutputConfig
from domain.shared.errors import BlueprintNotFound, TaskTaken

pytestmark = pytest.mark.anyio

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
SECONDS = st.floats(0, DAY)
LENGTHS = st.floats(0, DAY, exclude_min=True)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
BLUEPRINTS = st.builds(
    Blueprint,
    task_id=st.uuids(),
    audio_path=TEXTS.filter(bool),
    audio_tempo=st.none() | st.floats(0, 1000, exclude_min=True),
    moves=st.lists(
        st.builds(
            BlueprintMove,
            video_path=TEXTS.filter(bool),
            start_time=SECONDS,
            duration=LENGTHS,
            trim_start=SECONDS,
            playback_rate=st.floats(0.5, 2),
            reason=st.none() | st.dictionaries(TEXTS, JSON, max_size=3),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    output_config=st.builds(OutputConfig, output_path=TEXTS.filter(bool)),
    total_duration=LENGTHS,
    generation_timestamp=st.none() | st.datetimes(timezones=st.just(UTC)),
    generation_parameters=st.dictionaries(TEXTS, JSON, max_size=3),
)


@asynccontextmanager
async def opened(url: str | None) -> AsyncGenerator[BlueprintArchive]:
    if url is None:
        yield MemoryBlueprintArchive()
        return
    async with open_database(url) as database:
        yield SqlBlueprintArchive(database)


@pytest.fixture
async def archive(database_url: str | None) -> AsyncGenerator[BlueprintArchive]:
    async with opened(database_url) as archive:
        yield archive


def blueprint(task_id: UUID, seconds: float = 2.5) -> Blueprint:
    return Blueprint(
        task_id=task_id,
        audio_path="songs/a.m4a",
        moves=(BlueprintMove(video_path="clips/a.mp4", start_time=0, duration=seconds),),
        output_config=OutputConfig(output_path="output/user_local/a.mp4"),
        generation_timestamp=datetime(2024, 2, 29, tzinfo=UTC),
    )


def test_what_was_kept_comes_back_equal(database_url: str | None) -> None:
    async def keep_and_get(archive: BlueprintArchive, document: Blueprint) -> None:
        document = msgspec.structs.replace(document, task_id=uuid4())
        await archive.keep(document)
        read = await archive.get(document.task_id)
        assert read == document
        # Equal is not enough where a whole number may come back as a float.
        assert json.encode(read.generation_parameters) == json.encode(
            document.generation_parameters
        )

    @settings(
        max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(BLUEPRINTS)
    def every(kept: Blueprint) -> None:
        runner.run(keep_and_get(archive, kept))

    with asyncio.Runner() as runner:
        opening = opened(database_url)
        archive = runner.run(opening.__aenter__())
        try:
            every()
        finally:
            runner.run(opening.__aexit__(None, None, None))


async def test_a_task_has_one_blueprint(archive: BlueprintArchive) -> None:
    await archive.keep(first := blueprint(uuid4()))
    with pytest.raises(TaskTaken):
        await archive.keep(blueprint(first.task_id, 9))
    assert await archive.get(first.task_id) == first


async def test_of_many_at_once_one_is_kept(archive: BlueprintArchive) -> None:
    rivals = [blueprint(UUID(int=7), 1 + n) for n in range(8)]
    results = await asyncio.gather(*(archive.keep(r) for r in rivals), return_exceptions=True)
    assert sum(isinstance(result, TaskTaken) for result in results) == 7
    assert await archive.get(UUID(int=7)) == rivals[results.index(None)]


async def test_nobody_changes_a_kept_blueprint(archive: BlueprintArchive) -> None:
    document = msgspec.structs.replace(blueprint(uuid4()), generation_parameters={"seed": 1})
    await archive.keep(document)
    document.generation_parameters["seed"] = 2
    (await archive.get(document.task_id)).generation_parameters["seed"] = 3
    assert (await archive.get(document.task_id)).generation_parameters == {"seed": 1}


async def test_an_unknown_task_has_none(archive: BlueprintArchive) -> None:
    with pytest.raises(BlueprintNotFound):
        await archive.get(uuid4())


def needing(*clips: str, sound: str = "songs/a.m4a", overlay: bool = True) -> Blueprint:
    document = blueprint(uuid4())
    moves = tuple(
        BlueprintMove(video_path=clip, start_time=index, duration=1)
        for index, clip in enumerate(clips)
    )
    output = msgspec.structs.replace(document.output_config, add_audio_overlay=overlay)
    return msgspec.structs.replace(document, audio_path=sound, moves=moves, output_config=output)


async def test_the_tasks_that_need_a_file_are_known(archive: BlueprintArchive) -> None:
    first, second = needing("clips/a.mp4", "clips/b.mp4", "clips/a.mp4"), needing("clips/b.mp4")
    silent = needing("clips/c.mp4", sound="songs/z.m4a", overlay=False)
    for each in (first, second, silent):
        await archive.keep(each)
    both = tuple(sorted((first.task_id, second.task_id)))
    asked = ["clips/a.mp4", "clips/b.mp4", "songs/a.m4a", "songs/z.m4a", "clips/x.mp4"]
    users = await archive.users_of(asked)
    assert users == {"clips/a.mp4": (first.task_id,), "clips/b.mp4": both, "songs/a.m4a": both}
    assert await archive.users_of([]) == {}
    await archive.remove(first.task_id)
    assert await archive.users_of(["clips/a.mp4"]) == {}


@pytest.mark.parametrize(
    "path",
    [
        "clips/100%_a.mp4",
        'clips/"q"/ñ.mp4',
        "clips/a",
        "clips/A.mp4",
        "clips/new\nline.mp4",
        "clips/\U0001f483.mp4",
    ],
)
async def test_a_file_is_needed_by_exactly_its_name(archive: BlueprintArchive, path: str) -> None:
    await archive.keep(other := needing("clips/a.mp4", "clips/1000_a.mp4", "clips/_"))
    assert await archive.users_of([path]) == {}
    await archive.keep(document := needing(path))
    assert await archive.users_of([path]) == {path: (document.task_id,)}
    assert await archive.users_of([path, "clips/_"]) == {
        path: (document.task_id,),
        "clips/_": (other.task_id,),
    }


async def test_of_more_files_than_fit_one_look_each_is_found(archive: BlueprintArchive) -> None:
    documents = [needing(f"clips/{number}.mp4", f"clips/{number}-b.mp4") for number in range(110)]
    for each in documents:
        await archive.keep(each)
    asked = [move.video_path for each in documents for move in each.moves]
    users = await archive.users_of([*asked, "clips/nobody.mp4"])
    assert users == {move.video_path: (each.task_id,) for each in documents for move in each.moves}


async def test_the_tasks_that_have_a_blueprint_are_known(archive: BlueprintArchive) -> None:
    await archive.keep(document := blueprint(uuid4()))
    assert await archive.kept([document.task_id, uuid4()]) == {document.task_id}
    assert await archive.kept([]) == frozenset()
    assert await archive.kept([uuid4() for _ in range(1200)]) == frozenset()
