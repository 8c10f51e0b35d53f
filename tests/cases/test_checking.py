"""Libraries checked, over ports in memory."""

from pathlib import Path

import msgspec
import pytest

from adapters.memory import encoder
from application.library.import_library import Outcome
from domain.library.corrections import Correction
from domain.library.embeddings import Rows, packed
from tests.world.importing import Place

pytestmark = pytest.mark.anyio


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"rows": Rows(pose=bytes(8))}, ["pose_embedding"]),
        ({"rows": Rows(audio=packed([0.5] * 128))}, ["audio_embedding"]),
        ({"rows": Rows(text=packed([float("nan")] * 384))}, ["text_embedding"]),
        ({"energy_start": 1.5}, ["energy_start"]),
    ],
)
async def test_an_embedding_that_is_not_right_is_found(
    place: Place, changed: dict[str, object], fields: list[str]
) -> None:
    place.clip("a.mp4")
    await place()
    entry = (await place.entries())["a"]
    await place.embeddings.keep(msgspec.structs.replace(entry, **changed))
    assert await place.checked() == [("a", field) for field in fields]


async def test_what_a_person_says_of_a_clip_is_no_fault_and_stays_at_the_next_import(
    place: Place,
) -> None:
    place.clip("a.mp4")
    await place()
    original = (await place.moves())["a"]
    await place.library.moves.correct("a", Correction(beats="half", one_at=original.beats[3]))
    corrected_move = (await place.moves())["a"]
    assert (corrected_move.tempo, corrected_move.first_count) == (64, original.beats[3])
    assert await place.checked() == []
    place.embeddings.drop("a")
    report = await place()
    assert [each.outcome for each in report.moves] == [Outcome.COMPLETED]
    assert (await place.moves())["a"] == corrected_move
    assert await place.checked() == []
    await place.library.moves.correct("a", Correction())
    assert (await place.moves())["a"] == original


async def test_clips_that_are_gone_or_changed_are_found(place: Place) -> None:
    place.clip("a.mp4")
    place.clip("b.mp4")
    await place()
    moves = await place.moves()
    del place.storage.objects[moves["a"].video_path]
    place.storage.objects[moves["b"].video_path] = encoder.clip("b", 270, 30)
    assert await place.checked() == [("a", "clip"), ("b", "duration")]


async def test_a_move_without_an_embedding_is_found(place: Place) -> None:
    place.clip("a.mp4")
    await place()
    move = (await place.moves())["a"]
    path = "clips/plain.mp4"
    place.storage.objects[path] = place.storage.objects[move.video_path]
    await place.library.moves.add(msgspec.structs.replace(move, id="plain", video_path=path))
    assert await place.checked() == [("plain", "embedding")]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"duration": 9.0}, ["duration"]),
        ({"tempo": 500.0}, ["tempo"]),
        ({"first_count": 8.5}, ["first_count"]),
        ({"beats": (1.0, 0.5)}, ["beats"]),
    ],
)
async def test_a_move_that_is_not_right_is_found(
    place: Place, changed: dict[str, object], fields: list[str]
) -> None:
    place.clip("a.mp4")
    await place()
    move, embedding = (await place.moves())["a"], (await place.entries())["a"]
    path = "clips/again.mp4"
    place.storage.objects[path] = place.storage.objects[move.video_path]
    await place.library.moves.remove("a")
    wrong = msgspec.structs.replace(move, video_path=path, **changed)
    await place.library.moves.add(wrong, embedding)
    assert await place.checked() == [("a", field) for field in fields]


@pytest.mark.parametrize(
    ("confidence", "fields"),
    [(None, []), (0.6, []), (1.0, []), (0.59, ["beats"]), (0.0, ["beats"])],
)
async def test_a_clip_of_which_the_beats_are_not_sure_is_named_until_it_is_corrected(
    place: Place, confidence: float | None, fields: list[str]
) -> None:
    place.clip("a.mp4")
    await place()
    move, entry = (await place.moves())["a"], (await place.entries())["a"]
    there = {"video_path": "clips/b.mp4"}
    place.storage.objects["clips/b.mp4"] = place.storage.objects[move.video_path]
    other = msgspec.structs.replace(move, id="b", confidence=confidence, **there)
    await place.library.moves.add(other, msgspec.structs.replace(entry, move_id="b"))
    assert await place.checked() == [("b", field) for field in fields]
    await place.library.moves.correct("b", Correction(one_at=move.beats[1]))
    assert await place.checked() == []
