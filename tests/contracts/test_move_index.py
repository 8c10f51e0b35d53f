"""The contract of every MoveIndex: memory, NumPy and FAISS."""

import asyncio
import itertools
from collections.abc import Callable
from random import Random

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.index.faiss_index import ByFaiss
from adapters.index.vector_index import VectorIndex
from adapters.memory.move_index import MemoryMoveIndex
from application.ports.move_index import Among, Entry, MoveIndex, SearchResult
from domain.blueprint.model import Difficulty
from domain.library.embeddings import Fused, Part, Rows, fused, packed, unpacked
from domain.library.moves import Energy, Style
from domain.shared.errors import NotReady
from tests.strategies.entries import among, entries, entry, row, vector, vectors

pytestmark = pytest.mark.anyio

EVERYTHING = Among()


def by_faiss() -> MoveIndex:
    pytest.importorskip("faiss", reason="FAISS is not installed")
    return VectorIndex(ByFaiss())


INDEXES: dict[str, Callable[[], MoveIndex]] = {
    "memory": MemoryMoveIndex,
    "numpy": VectorIndex,
    "faiss": by_faiss,
}


@pytest.fixture(params=INDEXES)
def index(request: pytest.FixtureRequest) -> MoveIndex:
    return INDEXES[request.param]()


def ids(result: SearchResult) -> list[str]:
    return [near.move_id for near in result.moves]


async def test_before_the_first_version_nothing_can_be_found(index: MoveIndex) -> None:
    assert index.version is None
    with pytest.raises(NotReady):
        await index.nearest(vector(0, 0, 0), 3, EVERYTHING)
    with pytest.raises(NotReady):
        await index.ready()


async def test_a_library_without_moves_has_none_to_find(index: MoveIndex) -> None:
    await index.swap("v1", [])
    result = await index.nearest(vector(0, 0, 0), 3, EVERYTHING)
    assert (result.version, result.moves, index.version) == ("v1", (), "v1")
    assert "0 moves" in await index.ready()


async def test_the_likest_comes_first(index: MoveIndex) -> None:
    await index.swap("v1", [entry(name, seed=seed) for seed, name in enumerate("cab")])
    result = await index.nearest(vector(1, 1, 2), 3, EVERYTHING)
    assert ids(result)[:2] == ["a", "b"]
    assert result.moves[0].score == pytest.approx(0.35**2 + 0.35**2, abs=0.05)


async def test_moves_of_the_same_score_come_in_the_order_of_their_ids(index: MoveIndex) -> None:
    same = [entry(name) for name in ("b", "é", "a", "A", "Z", "aa", "-")]
    await index.swap("v1", same)
    ordered = ["-", "A", "Z", "a", "aa", "b", "é"]
    for most in range(len(same) + 2):
        result = await index.nearest(vector(0, 0, 0), most, EVERYTHING)
        assert ids(result) == ordered[:most]


async def test_of_many_that_tie_with_the_last_the_first_ids_are_found(index: MoveIndex) -> None:
    tied = [entry(f"m{number:03}", seed=number % 2) for number in range(400)]
    await index.swap("v1", list(reversed(tied)))
    result = await index.nearest(vector(1, 1, 1), 5, EVERYTHING)
    assert ids(result) == ["m001", "m003", "m005", "m007", "m009"]
    nothing = await index.nearest(vector(None, None, None), 3, EVERYTHING)
    assert ids(nothing) == ["m000", "m001", "m002"]


async def test_moves_tie_whose_numbers_only_come_in_another_order(index: MoveIndex) -> None:
    numbers = unpacked(row(Part.AUDIO, 1))
    turned = [packed(Random(at).sample(numbers, len(numbers))) for at in range(400)]  # noqa: S311
    moves = [entry(f"m{at:03}", vector=fused(Rows(audio=one))) for at, one in enumerate(turned)]
    await index.swap("v1", moves)
    result = await index.nearest(fused(Rows(audio=packed([1.0] * 128))), 5, EVERYTHING)
    assert ids(result) == ["m000", "m001", "m002", "m003", "m004"]
    assert len({near.score for near in result.moves}) == 1


async def test_a_filter_leaves_the_rest_out(index: MoveIndex) -> None:
    await index.swap(
        "v1",
        [
            entry("a"),
            entry("b", difficulty=Difficulty.ADVANCED, label="spin"),
            entry("c", difficulty=Difficulty.INTERMEDIATE, style=Style.SENSUAL),
            entry("d", energy_level=Energy.HIGH),
        ],
    )

    async def ids_of(**fields: object) -> list[str]:
        filters = Among(**fields)  # pyright: ignore[reportArgumentType]
        return ids(await index.nearest(vector(0, 0, 0), 9, filters))

    assert await ids_of() == ["a", "b", "c", "d"]
    assert await ids_of(difficulty=Difficulty.BEGINNER) == ["a", "d"]
    assert await ids_of(difficulty=Difficulty.INTERMEDIATE) == ["a", "c", "d"]
    assert await ids_of(difficulty=Difficulty.ADVANCED) == ["a", "b", "c", "d"]
    assert await ids_of(label="spin") == ["b"]
    assert await ids_of(label="unheard of") == []
    assert await ids_of(style=Style.SENSUAL, energy_level=Energy.HIGH) == []
    assert await ids_of(energy_level=Energy.HIGH) == ["d"]
    assert await ids_of(banned=frozenset({"a", "d", "nobody"})) == ["b", "c"]


async def test_a_query_of_words_alone_compares_words_alone(index: MoveIndex) -> None:
    far = entry("a", vector=vector(5, 5, 1))
    near = entry("b", vector=vector(1, 1, 5))
    await index.swap("v1", [far, near])
    result = await index.nearest(vector(None, None, 5), 2, EVERYTHING)
    assert ids(result) == ["b", "a"]
    assert result.moves[0].score == pytest.approx(0.09, abs=1e-5)


async def test_a_new_version_takes_the_place_of_the_old_as_a_whole(index: MoveIndex) -> None:
    await index.swap("v1", [entry("a"), entry("b")])
    await index.swap("v2", [entry("c")])
    result = await index.nearest(vector(0, 0, 0), 9, EVERYTHING)
    assert (result.version, ids(result), index.version) == ("v2", ["c"], "v2")


async def test_searches_see_one_version_each_while_versions_are_swapped(index: MoveIndex) -> None:
    of = {f"v{n}": [entry(f"v{n}-{m}", seed=m) for m in range(20)] for n in range(4)}
    await index.swap("v0", of["v0"])
    versions: set[str] = set()

    async def search() -> None:
        for _ in range(40):
            result = await index.nearest(vector(1, 2, 3), 20, EVERYTHING)
            assert sorted(ids(result)) == sorted(each.move_id for each in of[result.version])
            versions.add(result.version)

    async def swap() -> None:
        for version in itertools.islice(itertools.cycle(of), 12):
            await index.swap(version, of[version])

    async with anyio.create_task_group() as group:
        group.start_soon(search)
        group.start_soon(search)
        group.start_soon(swap)
    assert len(versions) > 1


async def test_swaps_follow_one_another_in_the_order_they_were_asked_for(index: MoveIndex) -> None:
    large = [entry(f"m{number}", seed=number % 3) for number in range(300)]
    await asyncio.gather(index.swap("v1", large), index.swap("v2", [entry("b")]))
    assert ids(await index.nearest(vector(0, 0, 0), 2, EVERYTHING)) == ["b"]


async def test_a_swap_that_is_cancelled_leaves_what_was_there(index: MoveIndex) -> None:
    await index.swap("v1", [entry("a")])
    with anyio.CancelScope() as scope:
        scope.cancel()
        await index.swap("v2", [entry("b")])
    assert index.version == "v1"
    assert ids(await index.nearest(vector(0, 0, 0), 2, EVERYTHING)) == ["a"]


async def test_a_version_that_was_not_stored_is_not_restored(index: MoveIndex) -> None:
    await index.swap("v1", [entry("a")])
    assert await index.restore("v2") is False
    assert index.version == "v1"


async def test_entries_may_change_after_they_were_taken(index: MoveIndex) -> None:
    given_entries = [entry("a"), entry("b")]
    await index.swap("v1", given_entries)
    given_entries.clear()
    assert ids(await index.nearest(vector(0, 0, 0), 9, EVERYTHING)) == ["a", "b"]


@settings(max_examples=150)
@given(entries, vectors, st.integers(0, 12), among)
def test_all_give_the_same_answers(
    held: list[Entry], query: Fused, most: int, filters: Among
) -> None:
    async def answers() -> list[SearchResult]:
        indexes = [make() for make in INDEXES.values()]
        for each in indexes:
            await each.swap("v", held)
        return [await each.nearest(query, most, filters) for each in indexes]

    first, *others = asyncio.run(answers())
    assert all(other == first for other in others)
    assert len(first.moves) <= most
