"""The contract of every MoveEmbeddings: memory and each real database."""

import asyncio
from collections.abc import AsyncGenerator

import msgspec
import pytest

from adapters.database.engine import open_database
from application.ports.pagination import read_all
from domain.blueprint.model import Difficulty
from domain.library.corrections import Correction
from domain.library.embeddings import MoveEmbedding, Part, Rows
from domain.library.moves import Energy, Move, Style
from domain.shared.errors import InvalidRequest, MoveNotFound
from tests.strategies.entries import row
from tests.world.libraries import Library, memory_library, sql_library

pytestmark = pytest.mark.anyio

PLAIN = MoveEmbedding(move_id="a")
FULL = MoveEmbedding(
    move_id="a",
    rows=Rows(pose=row(Part.POSE, 1), audio=row(Part.AUDIO, 2), text=row(Part.TEXT, 3)),
    pose_by="eye 1",
    audio_by="ear 2",
    text_by="hashed 1",
    energy_start=0.25,
    energy_end=1 / 3,
)
ORDERED = ["-", "2", "A", "B", "a", "aa", "b", "z", "~", "é", "\U0001f483"]
"""By their bytes, as no dictionary would have them."""


@pytest.fixture
async def library(database_url: str | None) -> AsyncGenerator[Library]:
    """A library of four moves without embeddings."""
    if database_url is None:
        result = memory_library()
        await fill(result)
        yield result
        return
    async with open_database(database_url) as database:
        result = sql_library(database)
        await fill(result)
        yield result


async def fill(library: Library) -> None:
    for move_id in "abcd":
        await library.moves.add(move(move_id))


def move(move_id: str, **changed: object) -> Move:
    plain = Move(
        id=move_id,
        name="Básico",
        label="basic",
        video_path=f"clips/{move_id}.mp4",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=8.5,
        tempo=131.9,
        beats=(0.1, 0.1 + 0.2, 1 / 3),
    )
    return msgspec.structs.replace(plain, **changed)


def embedding(move_id: str = "a", **changed: object) -> MoveEmbedding:
    return msgspec.structs.replace(PLAIN, move_id=move_id, **changed)


async def page(library: Library) -> dict[str, MoveEmbedding]:
    items = (await library.embeddings.page(None, 100)).items
    return {each.move.id: each.embedding for each in items}


async def test_an_embedding_comes_back_equal(library: Library) -> None:
    await library.embeddings.keep(FULL)
    await library.embeddings.keep(embedding("b"))
    assert await library.embeddings.find("a") == FULL
    assert await library.embeddings.find("b") == embedding("b")
    assert await library.embeddings.find("c") is None


async def test_a_new_embedding_takes_the_place_of_the_old(library: Library) -> None:
    await library.embeddings.keep(FULL)
    await library.embeddings.keep(PLAIN)
    assert await library.embeddings.find("a") == PLAIN
    assert await page(library) == {"a": PLAIN}


async def test_an_embedding_goes_with_its_move_and_another_stays(library: Library) -> None:
    await library.embeddings.keep(FULL)
    await library.embeddings.keep(embedding("b"))
    before = await library.embeddings.version()
    await library.moves.remove("a")
    assert await library.embeddings.find("a") is None
    assert await page(library) == {"b": embedding("b")}
    assert await library.embeddings.version() != before
    await library.moves.add(move("a", video_path="clips/again.mp4"), FULL)
    assert await library.embeddings.version() == before


@pytest.mark.parametrize("unknown", ["nope", "", "a\0b", "\ud800", "A"])
async def test_no_embedding_is_kept_without_a_move(library: Library, unknown: str) -> None:
    before = await library.embeddings.version()
    with pytest.raises(MoveNotFound):
        await library.embeddings.keep(embedding(unknown))
    assert await library.embeddings.find(unknown) is None
    assert isinstance((await library.embeddings.page(unknown, 5)).items, tuple)
    assert isinstance((await library.embeddings.lacking(unknown, 5)).items, tuple)
    assert await library.embeddings.version() == before


async def test_of_many_who_keep_the_same_at_once_one_is_kept(library: Library) -> None:
    rivals = [embedding(text_by=f"hashed {number}") for number in range(8)]
    await asyncio.gather(*(library.embeddings.keep(rival) for rival in rivals))
    assert await library.embeddings.find("a") in rivals
    assert len(await page(library)) == 1


async def test_an_embedding_that_is_kept_while_its_move_is_removed_is_never_left_alone(
    library: Library,
) -> None:
    for number in range(8):
        move_id = f"n{number}"
        await library.moves.add(move(move_id))
        await asyncio.gather(
            library.embeddings.keep(embedding(move_id)),
            library.moves.remove(move_id),
            return_exceptions=True,
        )
        assert await library.moves.find(move_id) is None
        assert await library.embeddings.find(move_id) is None


async def test_an_embedding_of_a_clip_is_not_kept_for_another_clip_under_the_same_id(
    library: Library,
) -> None:
    await library.embeddings.keep(PLAIN, "clips/a.mp4")
    await library.moves.remove("a")
    await library.moves.add(move("a", video_path="clips/again.mp4"))
    with pytest.raises(MoveNotFound):
        await library.embeddings.keep(FULL, "clips/a.mp4")
    assert await library.embeddings.find("a") is None
    await library.embeddings.keep(FULL, "clips/again.mp4")
    assert await library.embeddings.find("a") == FULL


async def test_an_embedding_that_comes_with_a_move_is_that_moves(library: Library) -> None:
    await library.moves.add(move("e"), FULL)
    assert await library.embeddings.find("e") == embedding("e", **unlike_plain())
    assert await library.embeddings.find("a") is None


def unlike_plain() -> dict[str, object]:
    fields = msgspec.structs.asdict(FULL)
    return {name: value for name, value in fields.items() if name != "move_id"}


async def test_pages_go_on_where_the_last_one_ended(library: Library) -> None:
    for key in reversed(ORDERED):
        if await library.moves.find(key) is None:
            await library.moves.add(move(key, video_path=f"clips/{ORDERED.index(key)}-o.mp4"))
        await library.embeddings.keep(embedding(key))
    for most in (1, 3, len(ORDERED), 100):
        ids: list[str] = []
        after: str | None = None
        while True:
            some = await library.embeddings.page(after, most)
            ids += [each.move.id for each in some.items]
            if (after := some.last) is None:
                break
        assert ids == ORDERED


@pytest.mark.parametrize("most", [1, 2, 100])
async def test_the_moves_that_lack_an_embedding_are_told_page_by_page(
    library: Library, most: int
) -> None:
    await library.moves.correct("d", Correction(beats="half"))
    await library.embeddings.keep(embedding("b"))
    lacking = await read_all(lambda after, _: library.embeddings.lacking(after, most))
    assert [each.id for each in lacking] == ["a", "c", "d"]
    assert lacking[-1] == await library.moves.get("d")


async def test_moves_come_with_their_embeddings_as_they_were_analysed(library: Library) -> None:
    await library.embeddings.keep(FULL)
    await library.moves.correct("a", Correction(beats="half"))
    (entry_a,) = (await library.embeddings.page(None, 5)).items
    assert entry_a.move == await library.moves.get_uncorrected("a")
    assert entry_a.embedding == FULL


async def test_the_version_differs_whenever_anything_does(library: Library) -> None:
    versions = [await library.embeddings.version()]
    for each in (
        PLAIN,
        FULL,
        embedding("b"),
        embedding("b", text_by="hashed 2"),
        embedding("c", rows=FULL.rows),
    ):
        await library.embeddings.keep(each)
        versions.append(await library.embeddings.version())
    assert len(set(versions)) == len(versions)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Other"},
        {"label": "other"},
        {"difficulty": Difficulty.ADVANCED},
        {"energy_level": Energy.HIGH},
        {"style": Style.PLAYFUL},
    ],
)
async def test_the_version_differs_when_a_move_comes_back_as_another(
    library: Library, changed: dict[str, object]
) -> None:
    await library.embeddings.keep(FULL)
    before = await library.embeddings.version()
    await library.moves.remove("a")
    await library.moves.add(move("a", video_path="clips/again.mp4", **changed), FULL)
    assert await library.embeddings.version() != before


async def test_the_motion_is_that_of_all_clips_it_was_measured_of(library: Library) -> None:
    assert await library.embeddings.motion() == {}
    await library.embeddings.keep(FULL)
    await library.embeddings.keep(embedding("b"))
    await library.embeddings.keep(embedding("c", energy_start=0.5))
    await library.embeddings.keep(embedding("d", energy_start=0.0, energy_end=1.0))
    assert await library.embeddings.motion() == {"a": (0.25, 1 / 3), "d": (0.0, 1.0)}


async def test_the_version_stays_while_nothing_changes(library: Library) -> None:
    await library.embeddings.keep(FULL)
    await library.embeddings.keep(embedding("b"))
    before = await library.embeddings.version()
    await library.embeddings.keep(embedding("b"))
    assert await library.embeddings.version() == before


@pytest.mark.parametrize("bad", ["\0", "a\ud800"])
async def test_what_is_no_text_is_refused(library: Library, bad: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await library.embeddings.keep(embedding(text_by=bad))
    assert [violation.path for violation in refusal.value.violations] == ["$.text_by"]
    assert await page(library) == {}
