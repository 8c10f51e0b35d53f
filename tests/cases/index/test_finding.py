"""Finding moves over ports in memory: freshness, relaxed wishes, comparable numbers."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from adapters.embedding.hashed import HashedEmbedder
from adapters.memory.clock import MemoryClock
from adapters.memory.library import MemoryLibrary
from adapters.memory.move_index import MemoryMoveIndex
from application.ports.move_index import Among, Entry
from application.search.move_search import FindMoves, FoundMoves, Likeness
from domain.blueprint.model import Difficulty
from domain.library.embeddings import EmbeddedMove, MoveEmbedding, Part, Rows, packed
from domain.library.moves import Energy, Move, Style
from domain.shared.errors import NotReady
from tests.strategies.entries import row
from tests.world.warned import dropped

pytestmark = pytest.mark.anyio


class CountedIndex(MemoryMoveIndex):
    """Counts its swaps; holds them up, or fails, when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.swaps = 0
        self.asked, self.swapped = asyncio.Event(), asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.stored: str | None = None
        self.failing = False

    async def swap(self, version: str, entries: Sequence[Entry]) -> None:
        self.asked.set()
        await self.gate.wait()
        if self.failing:
            raise MemoryError
        await super().swap(version, entries)
        self.swaps += 1
        self.swapped.set()

    async def restore(self, version: str) -> bool:
        if version != self.stored:
            return False
        await super().swap(version, [])
        return True


class Place:
    """A search with its ports."""

    def __init__(self, *moves: EmbeddedMove, patience: float = 5, **more: object) -> None:
        self.library = MemoryLibrary(moves=[each.move for each in moves])
        self.embeddings = self.library.embeddings
        for each in moves:
            self.embeddings.write(each.embedding)
        self.index = CountedIndex()
        self.clock = MemoryClock()
        self.find = FindMoves(
            self.embeddings,
            self.index,
            HashedEmbedder(),
            self.clock,
            life=3600,
            patience=patience,
            **more,  # pyright: ignore[reportArgumentType]
        )

    async def add(self, move: EmbeddedMove) -> None:
        """Add a move to the library."""
        await self.library.moves.add(move.move, move.embedding)


def move(move_id: str, *, label: str = "basic", **changed: Any) -> EmbeddedMove:
    """A move, with changes of its embedding or of itself."""
    plain = Move(
        id=move_id,
        name=move_id,
        label=label,
        video_path=f"clips/{move_id}.mp4",
        difficulty=Difficulty.BEGINNER,
        energy_level=Energy.LOW,
        style=Style.ROMANTIC,
        duration=8.0,
        tempo=128.0,
    )
    own = {name: changed.pop(name) for name in [*changed] if name in Move.__struct_fields__}
    return EmbeddedMove(
        move=msgspec.structs.replace(plain, **own),
        embedding=MoveEmbedding(move_id=move_id, **changed),
    )


def ids(result: FoundMoves) -> list[str]:
    return [near.move_id for near in result.moves]


async def test_moves_are_found_by_words() -> None:
    place = Place(move("head roll"), move("cross body lead"), move("double spin"))
    assert ids(await place.find(Likeness(words="Spín!")))[0] == "double spin"


async def test_one_index_serves_many_searches() -> None:
    place = Place(move("a"))
    await asyncio.gather(*(place.find(Likeness(words="a")) for _ in range(5)))
    assert place.index.swaps == 1


async def test_a_move_that_is_added_is_found_by_the_next_search() -> None:
    place = Place(move("a"))
    await place.find(Likeness(words="a"))
    await place.add(move("b"))
    assert ids(await place.find(Likeness(words="b")))[0] == "b"


async def test_an_index_is_made_anew_when_it_comes_of_age() -> None:
    place = Place(move("a"))
    for later, swaps in ((0, 1), (3599, 1), (1, 2), (1, 2)):
        place.clock.advance(timedelta(seconds=later))
        place.index.swapped.clear()
        due = place.index.swaps < swaps
        await place.find(Likeness(words="a"))
        if due:
            await place.index.swapped.wait()
        assert place.index.swaps == swaps


async def test_a_fresh_search_finds_what_was_added_while_an_older_index_was_being_made() -> None:
    place = Place(move("a"))
    place.index.gate.clear()
    first = asyncio.ensure_future(place.find(Likeness(words="a")))
    await place.index.asked.wait()
    await place.add(move("b"))
    fresh = asyncio.ensure_future(place.find(Likeness(words="b"), fresh=True))
    await asyncio.sleep(0.01)
    place.index.gate.set()
    assert ids(await fresh) == ["b", "a"]
    await first
    assert place.index.swaps == 2


async def test_many_fresh_searches_at_once_are_made_two_indexes_at_most() -> None:
    place = Place(move("a"))
    place.index.gate.clear()
    first = asyncio.ensure_future(place.find(Likeness(words="a")))
    await place.index.asked.wait()
    await place.add(move("b"))
    fresh = [asyncio.ensure_future(place.find(Likeness(words="b"), fresh=True)) for _ in range(20)]
    await asyncio.sleep(0.01)
    place.index.gate.set()
    for each in fresh:
        assert ids(await each) == ["b", "a"]
    await first
    assert place.index.swaps == 2


async def test_no_search_waits_for_an_index_of_the_version_that_it_has() -> None:
    """An index is made anew when it has come of age; ``patience`` is longer than a test."""
    place = Place(move("a"), patience=3600)
    await place.find(Likeness(words="a"))
    place.clock.advance(timedelta(hours=2))
    place.index.gate.clear()
    for _ in range(10):
        async with asyncio.timeout(30):
            assert ids(await place.find(Likeness(words="a"))) == ["a"]
    await place.find.close()


async def test_all_searches_together_wait_no_longer_for_one_index_than_the_first() -> None:
    place = Place(move("a"), patience=0.05)
    await place.find(Likeness(words="a"))
    place.index.gate.clear()
    await place.add(move("b"))
    began = asyncio.get_running_loop().time()
    await place.find(Likeness(words="a"))
    waited = asyncio.get_running_loop().time() - began
    assert waited >= 0.05
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "wait", None)
        # Nothing more is waited for: it would fail.
        assert ids(await place.find(Likeness(words="a"))) == ["a"]
    await place.find.close()


async def test_the_index_as_it_is_is_searched_without_a_question() -> None:
    place = Place(move("a"))
    await place.find.refresh()
    await place.add(move("b"))
    assert ids(await place.find(Likeness(words="b"), as_it_is=True)) == ["a"]


async def test_while_a_new_index_is_made_the_old_one_is_searched() -> None:
    place = Place(move("a"), patience=0)
    await place.find(Likeness(words="a"))
    place.index.gate.clear()
    await place.add(move("b"))
    assert ids(await place.find(Likeness(words="b"))) == ["a"]
    place.index.gate.set()
    await place.find.refresh()
    assert ids(await place.find(Likeness(words="b"))) == ["b", "a"]


async def test_an_index_that_cannot_be_made_leaves_the_old_one() -> None:
    place = Place(move("a"))
    await place.find(Likeness(words="a"))
    place.index.failing = True
    await place.add(move("b"))
    assert ids(await place.find(Likeness(words="b"))) == ["a"]
    place.index.failing = False
    assert ids(await place.find(Likeness(words="b"))) == ["b", "a"]


async def test_the_first_search_says_so_when_there_is_no_index_to_be_had() -> None:
    place = Place(move("a"))
    place.index.failing = True
    with pytest.raises(MemoryError):
        await place.find(Likeness(words="a"))


async def test_a_caller_who_leaves_takes_the_index_from_nobody() -> None:
    place = Place(move("a"))
    place.index.gate.clear()
    first = asyncio.ensure_future(place.find(Likeness(words="a")))
    second = asyncio.ensure_future(place.find(Likeness(words="a")))
    await asyncio.sleep(0.01)
    first.cancel()
    place.index.gate.set()
    assert ids(await second) == ["a"]


async def test_closing_ends_what_is_being_made() -> None:
    place = Place(move("a"))
    place.index.gate.clear()
    waiting = asyncio.ensure_future(place.find(Likeness(words="a")))
    await asyncio.sleep(0.01)
    await place.find.close()
    with pytest.raises(NotReady, match="is stopping"):
        await waiting


async def test_a_stored_index_of_this_version_is_taken_up() -> None:
    place = Place(move("a"))
    place.index.stored = f"{await place.embeddings.version()}; hashed 1"
    await place.find.refresh()
    assert (place.index.version, place.index.swaps) == (place.index.stored, 0)


async def test_wishes_are_given_up_in_order_until_there_are_enough() -> None:
    place = Place(
        *(move(f"hard{n}", difficulty=Difficulty.ADVANCED) for n in range(9)),
        *(move(f"soft{n}", style=Style.SENSUAL) for n in range(4)),
        move("high", energy_level=Energy.HIGH),
        move("spin", label="spin", style=Style.PLAYFUL),
    )

    async def result_of(fewest: int = 4, **wishes: object) -> tuple[int, list[str]]:
        among = Among(**wishes)  # pyright: ignore[reportArgumentType]
        one = await place.find(Likeness(words="x"), among, most=10, fewest=fewest)
        return len(one.moves), [dropped(each.message) for each in one.warnings]

    hard = Difficulty.BEGINNER
    assert await result_of(style=Style.SENSUAL) == (4, [])
    assert await result_of(energy_level=Energy.HIGH, style=Style.SENSUAL) == (4, ["energy_level"])
    wishes: dict[str, Any] = {
        "energy_level": Energy.HIGH,
        "style": Style.ENERGETIC,
        "difficulty": hard,
    }
    assert await result_of(**wishes) == (6, ["energy_level", "style"])
    assert await result_of(7, **wishes) == (10, ["energy_level", "style", "difficulty"])
    assert await result_of(label="spin", difficulty=hard) == (1, ["difficulty"])


async def test_no_more_moves_are_found_than_are_asked_for() -> None:
    place = Place(*(move(f"m{number:02}") for number in range(30)), top=7)
    assert len((await place.find(Likeness(words="x"))).moves) == 7
    one = await place.find(Likeness(words="x"), Among(energy_level=Energy.LOW), most=1)
    assert (len(one.moves), one.warnings) == (1, ())


async def test_words_of_another_reader_are_read_anew() -> None:
    strange = Rows(text=row(Part.TEXT, 1))
    place = Place(move("spin", rows=strange, text_by="imported"), move("basic"))
    result = await place.find(Likeness(words="spin basic low beginner romantic"))
    assert ids(result) == ["spin", "basic"]
    assert result.moves[0].score > 0.05


async def test_sounds_of_another_ear_are_not_compared() -> None:
    sound = row(Part.AUDIO, 1)
    place = Place(
        move("ours", rows=Rows(audio=sound), audio_by="network 1"),
        move("theirs", rows=Rows(audio=sound), audio_by="imported"),
        makers={Part.AUDIO: "network 1"},
    )
    result = await place.find(Likeness(audio=sound))
    scores = {near.move_id: near.score for near in result.moves}
    assert scores == {"ours": pytest.approx(0.1225, abs=1e-6), "theirs": 0}


async def test_a_move_with_spoiled_numbers_is_found_by_its_words() -> None:
    place = Place(move("spin", rows=Rows(pose=packed([1.0]))), move("basic"))
    assert ids(await place.find(Likeness(words="spin")))[0] == "spin"


async def test_what_is_missing_is_made_before_the_first_index_and_once() -> None:
    place = Place()
    calls = 0

    async def complete() -> None:
        nonlocal calls
        calls += 1
        await place.add(move("late"))

    find = FindMoves(
        place.embeddings, place.index, HashedEmbedder(), place.clock, complete=complete
    )
    await asyncio.gather(*(find(Likeness(words="late")) for _ in range(3)))
    await place.add(move("later"))
    assert ids(await find(Likeness(words="late")))[0] == "late"
    assert (calls, place.index.swaps) == (1, 2)


async def test_what_is_missing_is_tried_again_when_it_could_not_be_made() -> None:
    place = Place(move("a"))
    failures = [OSError("The disk is gone.")]

    async def complete() -> None:
        if failures:
            raise failures.pop()

    find = FindMoves(
        place.embeddings, place.index, HashedEmbedder(), place.clock, complete=complete
    )
    with pytest.raises(OSError, match="gone"):
        await find(Likeness(words="a"))
    assert ids(await find(Likeness(words="a"))) == ["a"]


async def test_how_the_index_is_can_be_asked() -> None:
    place = Place(move("a"))
    assert "not built yet" in await place.find.ready()
    place.index.failing = True
    with pytest.raises(MemoryError):
        await place.find(Likeness(words="a"))
    with pytest.raises(NotReady, match="could not be indexed"):
        await place.find.ready()
    place.index.failing = False
    await place.find.refresh()
    assert await place.find.ready() == "1 moves in memory"
    # An index that grows old while a new one cannot be made is still searched.
    place.index.failing = True
    await place.add(move("b"))
    await place.find(Likeness(words="a"))
    assert await place.find.ready() == "1 moves in memory"


async def test_a_move_is_like_another_by_what_can_be_compared() -> None:
    sound, strange = row(Part.AUDIO, 1), row(Part.AUDIO, 2)
    ours = move("ours", rows=Rows(audio=sound), audio_by="network 1")
    theirs = move("theirs", rows=Rows(audio=strange, text=row(Part.TEXT, 3)))
    place = Place(ours, theirs, makers={Part.AUDIO: "network 1"})

    like = await place.find.likeness(ours)
    assert (like.audio, like.pose) == (sound, None)
    result = await place.find(like)
    assert ids(result)[0] == "ours"
    assert result.moves[0].score == pytest.approx(result.highest, abs=1e-9)
    other = await place.find.likeness(theirs)
    assert other.audio is None
    assert other.text != theirs.embedding.rows.text


async def test_a_query_of_spoiled_numbers_compares_words_only() -> None:
    place = Place(move("spin"), move("basic"))
    result = await place.find(Likeness(words="spin", audio=packed([1.0])))
    assert ids(result)[0] == "spin"


async def test_a_query_without_anything_is_as_like_to_all() -> None:
    place = Place(move("b"), move("a"))
    result = await place.find(Likeness())
    assert (ids(result), result.highest) == (["a", "b"], 0)
