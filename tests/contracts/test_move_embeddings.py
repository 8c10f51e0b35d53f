"""What every MoveEmbeddings must do: held against memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator

import msgspec
import pytest

from adapters.database.embeddings import SqlMoveEmbeddings
from adapters.database.engine import open_database
from adapters.memory.move_embeddings import MemoryMoveEmbeddings
from application.ports.move_embeddings import MoveEmbeddings
from domain.blueprint.model import Difficulty
from domain.library.embeddings import MoveEmbedding, Part, Rows
from domain.library.moves import Energy, Style
from domain.shared.errors import InvalidRequest, MoveNotFound
from tests.strategies.entries import row

pytestmark = pytest.mark.anyio

PLAIN = MoveEmbedding(
    move_id="a",
    move_name="Básico",
    label="basic",
    video_path="clips/a.mp4",
    difficulty=Difficulty.BEGINNER,
    energy_level=Energy.LOW,
    style=Style.ROMANTIC,
    duration=8.5,
    tempo=131.9,
)
FULL = msgspec.structs.replace(
    PLAIN,
    difficulty=Difficulty.ADVANCED,
    energy_level=Energy.HIGH,
    style=Style.PLAYFUL,
    rows=Rows(pose=row(Part.POSE, 1), audio=row(Part.AUDIO, 2), text=row(Part.TEXT, 3)),
    pose_by="eye 1",
    audio_by="ear 2",
    text_by="hashed 1",
    beats=(0.1, 0.1 + 0.2, 1 / 3),
    first_count=0.1 + 0.2,
    energy_start=0.25,
    energy_end=1 / 3,
)
ORDERED = ["-", "2", "A", "B", "a", "aa", "b", "z", "~", "é", "\U0001f483"]
"""By their bytes, as no dictionary would have them."""


@pytest.fixture
async def embeddings(database_url: str | None) -> AsyncGenerator[MoveEmbeddings]:
    if database_url is None:
        yield MemoryMoveEmbeddings()
        return
    async with open_database(database_url) as database:
        yield SqlMoveEmbeddings(database)


def entry(move_id: str = "a", **changed: object) -> MoveEmbedding:
    return msgspec.structs.replace(PLAIN, move_id=move_id, **changed)


async def test_an_entry_comes_back_equal(embeddings: MoveEmbeddings) -> None:
    await embeddings.keep(FULL)
    await embeddings.keep(entry("b"))
    read = await embeddings.get("a")
    assert read == FULL
    assert (type(read.difficulty), type(read.energy_level), type(read.style)) == (
        Difficulty,
        Energy,
        Style,
    )
    assert await embeddings.get("b") == entry("b")


async def test_a_new_entry_takes_the_place_of_the_old(embeddings: MoveEmbeddings) -> None:
    await embeddings.keep(FULL)
    await embeddings.keep(PLAIN)
    assert await embeddings.get("a") == PLAIN
    assert (await embeddings.page(None, 5)).items == (PLAIN,)


async def test_a_removed_entry_is_gone_and_another_stays(embeddings: MoveEmbeddings) -> None:
    await embeddings.keep(FULL)
    await embeddings.keep(entry("b"))
    before = await embeddings.version()
    await embeddings.remove("a")
    with pytest.raises(MoveNotFound):
        await embeddings.get("a")
    assert (await embeddings.page(None, 5)).items == (entry("b"),)
    assert await embeddings.version() != before
    await embeddings.keep(FULL)
    assert await embeddings.version() == before


@pytest.mark.parametrize("unknown", ["nope", "", "a\0b", "\ud800", "A"])
async def test_removing_what_is_not_there_changes_nothing(
    embeddings: MoveEmbeddings, unknown: str
) -> None:
    await embeddings.keep(PLAIN)
    before = await embeddings.version()
    await embeddings.remove(unknown)
    assert await embeddings.version() == before


async def test_of_many_who_keep_the_same_at_once_one_is_kept(embeddings: MoveEmbeddings) -> None:
    rivals = [entry(move_name=f"Name {number}") for number in range(8)]
    await asyncio.gather(*(embeddings.keep(rival) for rival in rivals))
    assert await embeddings.get("a") in rivals
    assert len((await embeddings.page(None, 9)).items) == 1


@pytest.mark.parametrize("unknown", ["nope", "", "a\0b", "\ud800", "A"])
async def test_an_unknown_id_is_not_found(embeddings: MoveEmbeddings, unknown: str) -> None:
    await embeddings.keep(PLAIN)
    with pytest.raises(MoveNotFound):
        await embeddings.get(unknown)
    assert isinstance((await embeddings.page(unknown, 5)).items, tuple)


async def test_pages_go_on_where_the_last_one_ended(embeddings: MoveEmbeddings) -> None:
    for key in reversed(ORDERED):
        await embeddings.keep(entry(key))
    for most in (1, 3, len(ORDERED), 100):
        found: list[str] = []
        after: str | None = None
        while True:
            page = await embeddings.page(after, most)
            found += [each.move_id for each in page.items]
            if (after := page.last) is None:
                break
        assert found == ORDERED


async def test_the_version_differs_whenever_anything_does(embeddings: MoveEmbeddings) -> None:
    versions = [await embeddings.version()]
    for each in (PLAIN, FULL, entry("b"), entry("b", tempo=120), entry("c", rows=FULL.rows)):
        await embeddings.keep(each)
        versions.append(await embeddings.version())
    assert len(set(versions)) == len(versions)


async def test_the_motion_is_that_of_all_clips_somebody_has_watched(
    embeddings: MoveEmbeddings,
) -> None:
    assert await embeddings.motion() == {}
    await embeddings.keep(FULL)
    await embeddings.keep(entry("b"))
    await embeddings.keep(entry("c", energy_start=0.5))
    await embeddings.keep(entry("d", energy_start=0.0, energy_end=1.0))
    assert await embeddings.motion() == {"a": (0.25, 1 / 3), "d": (0.0, 1.0)}


async def test_the_version_stays_while_nothing_changes(embeddings: MoveEmbeddings) -> None:
    await embeddings.keep(FULL)
    await embeddings.keep(entry("b"))
    before = await embeddings.version()
    await embeddings.keep(entry("b"))
    assert await embeddings.version() == before


@pytest.mark.parametrize("bad", ["\0", "a\ud800"])
async def test_what_is_no_text_is_refused(embeddings: MoveEmbeddings, bad: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await embeddings.keep(entry(bad, move_name=bad))
    paths = [violation.path for violation in refusal.value.violations]
    assert paths == ["$.move_id", "$.move_name"]
    assert (await embeddings.page(None, 5)).items == ()
