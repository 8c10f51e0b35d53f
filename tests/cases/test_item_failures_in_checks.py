"""Of many parts, files and clips those that fail keep none of the others from their turn."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory import encoder
from adapters.memory.artifact_cache import MemoryArtifactCache
from adapters.memory.media_probe import MemoryMediaProbe
from adapters.memory.sound_aligner import MemorySoundAligner
from application.library.remove import RemoveMove
from application.library.share_beats import ShareBeats
from application.operations.check_health import CheckHealth
from application.operations.check_health import Part as AskedPart
from application.operations.diagnose import Check, CheckResult, Diagnose, Standing
from application.operations.recover_storage import RecoverStorage
from application.ports.moves import MoveRepository
from domain.library.moves import Move
from domain.library.shared_recordings import Alignment
from domain.rendering.assembly import Assembly, State
from domain.shared import paths
from domain.storage.cleanup import FRESH
from tests.cases.test_item_failures import (
    ALL,
    ANY_ERROR,
    MANY,
    SOME,
    Error,
    Place,
    in_place,
    move,
    name,
    names,
)
from tests.rules.test_shared_recordings import clip
from tests.world.failing import failing


@given(SOME, ANY_ERROR)
def test_the_other_parts_are_asked_for_their_health(bad: set[int], error: Error) -> None:
    async def ask(number: int) -> str:
        if number in bad:
            raise error()
        return "well"

    async def work() -> None:
        def part(number: int) -> AskedPart:
            return AskedPart(ask=lambda: ask(number), waits_for="a thing", writes=False)

        health = await CheckHealth({name(number): part(number) for number in range(MANY)}, 60)()
        assert not health.ready
        well = {each for each, state in health.parts.items() if state.detail == "well"}
        assert well == ALL - names(bad)

    asyncio.run(work())


@given(SOME, ANY_ERROR)
def test_the_doctor_makes_the_other_checks(bad: set[int], error: Error) -> None:
    async def ask(number: int) -> CheckResult:
        if number in bad:
            raise error()
        return CheckResult(detail="well")

    async def work() -> None:
        def check(number: int) -> Check:
            return Check(ask=lambda: ask(number), waits_for="a thing", limit=60)

        diagnosis = await Diagnose({name(number): check(number) for number in range(MANY)})()
        good = {each for each, state in diagnosis.checks.items() if state.standing is Standing.GOOD}
        assert good == ALL - names(bad)

    asyncio.run(work())


OF_THREE = st.sets(st.integers(0, 2), min_size=1, max_size=2)


@given(OF_THREE, ANY_ERROR)
def test_the_other_unsure_clips_get_their_beats(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        moves, aligner = await filmed_to_one_recording(place)
        share = ShareBeats(
            failing(moves, "lend_beats", names(bad), error),
            place.storage,
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            place.workspace,
            aligner,
        )
        assert {each.id for each in await share()} == names({0, 1, 2} - bad)

    in_place(work)


@given(OF_THREE, ANY_ERROR)
def test_the_others_get_their_beats_where_clips_cannot_be_fetched(
    bad: set[int], error: Error
) -> None:
    async def work(place: Place) -> None:
        moves, aligner = await filmed_to_one_recording(place)
        share = ShareBeats(
            moves,
            failing(place.storage, "fetch", names(bad), error),
            MemoryArtifactCache(),
            MemoryMediaProbe(),
            place.workspace,
            aligner,
        )
        assert {each.id for each in await share()} == names({0, 1, 2} - bad)

    in_place(work)


async def filmed_to_one_recording(place: Place) -> tuple[MoveRepository, MemorySoundAligner]:
    """A sure clip, and three unsure ones with the same recording."""
    files: dict[str, bytes] = {}

    async def add(each: Move) -> None:
        files[each.id] = encoder.clip(each.id, 12, 1)
        place.storage.objects[each.video_path] = files[each.id]
        await place.library.moves.add(each)

    await add(clip("sure", 0.95))
    for number in range(3):
        await add(clip(name(number), 0.3))
    same = Alignment(offset=1.0, quality=1.0)
    alignments = {(files["sure"], files[name(number)]): same for number in range(3)}
    return place.library.moves, MemorySoundAligner(alignments)


@given(SOME, ANY_ERROR, st.sampled_from(["delete", "forget"]))
def test_the_other_files_of_a_removed_move_are_deleted(
    bad: set[int], error: Error, call: str
) -> None:
    async def work(place: Place) -> None:
        library, storage = place.library, place.storage
        for number in range(MANY):
            # Each time another clip of the same move.
            clip_path = paths.clip("a", f"{number:016x}", f"{number:012x}")
            storage.objects[clip_path] = b"1"
            await library.moves.add(msgspec.structs.replace(move(0), id="a", video_path=clip_path))
            if number < MANY - 1:
                await library.moves.remove("a")
        marks = {f"{number:016x}" for number in bad}
        files = library.files
        if call == "delete":
            storage = failing(storage, call, marks, error)
        else:
            files = failing(files, call, marks, error)
        with pytest.raises(BaseException):  # noqa: B017
            await RemoveMove(library.moves, files, storage)("a")
        left = {each.path for each in await library.files.removed()}
        assert {mark for mark in marks if any(mark in path for path in left)} == marks
        assert len(left) == len(bad)
        await RemoveMove(library.moves, library.files, place.storage)("a")
        assert place.storage.objects == {}

    in_place(work)


@given(SOME, ANY_ERROR)
def test_the_other_made_files_are_evicted(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        for number in range(MANY):
            place.storage.objects[f"cache/{name(number)}"] = b"12345"
        place.clock.advance(FRESH)
        storage = failing(place.storage, "delete", names(bad), error)
        recovery = await place.recovery(storage=storage)()
        assert {each.item for each in recovery.failed} == {f"cache/{each}" for each in names(bad)}
        assert {*place.storage.objects} == {f"cache/{each}" for each in names(bad)}

    in_place(work)


@given(SOME, ANY_ERROR)
def test_the_other_films_without_a_file_are_marked(bad: set[int], error: Error) -> None:
    async def work(place: Place) -> None:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        ids = [UUID(int=number + 1, version=4) for number in range(MANY)]
        for each in ids:
            await place.tasks.add(
                Assembly(
                    task_id=each,
                    owner="local",
                    created_at=at,
                    updated_at=at,
                    state=State.COMPLETED,
                    progress=100,
                    output_path=paths.film("local", each),
                )
            )
        faulty = failing(place.tasks, "update", {str(ids[number]) for number in bad}, error)
        library = place.library
        recover = RecoverStorage(
            library.songs, library.moves, library.files, faulty, place.archive, place.storage
        )
        recovery = await recover()
        assert {each.item for each in recovery.failed} == {str(ids[number]) for number in bad}
        marked = [(await place.tasks.get(each)).unusable is not None for each in ids]
        assert marked == [number not in bad for number in range(MANY)]

    in_place(work)
