"""The making of a film, over ports in memory that fail where it hurts."""

import asyncio
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.encoder import Reel, opened
from application.rendering.finished_film import FinishedFilm
from domain.blueprint.model import Blueprint
from domain.rendering.assembly import FINAL, PROGRESS, Assembly, State
from domain.shared.errors import (
    AssemblyTimedOut,
    ClipTooShort,
    MediaNotFound,
    MediaTaken,
    NotReady,
    TaskTaken,
)
from tests.world.studio import CLIPS, OWNER, Service, blueprint
from tests.world.trouble import PASSING, WAITED_FOR, Injected, Kind, Trouble

documents = st.builds(
    blueprint,
    st.uuids(version=4),
    st.lists(st.sampled_from(CLIPS), min_size=1, max_size=5),
    rate=st.sampled_from([0.5, 0.9, 1.0, 1.1, 2.0]),
)
# A film of five cuts makes some 40 calls; a number past the last one means no trouble at all.
calls = st.integers(0, 45)
failures = st.sampled_from([Kind.FAILURE, Kind.LATE_FAILURE])
interruptions = st.sampled_from([Kind.FAILURE, Kind.LATE_FAILURE, Kind.CANCELLATION])
short = st.builds(blueprint, st.uuids(version=4), st.just([CLIPS[0]]))
# Of some 36 calls that a film of one cut makes, these are about and behind its being stored.
last = st.integers(28, 40)


@contextmanager
def service(trouble: Trouble | None = None, limit: float = 600.0) -> Generator[Service]:
    with tempfile.TemporaryDirectory() as root:
        yield Service(Path(root), trouble or Trouble(), limit)


def attempt(at: Service, document: Blueprint) -> FinishedFilm | BaseException:
    async def work() -> FinishedFilm | BaseException:
        try:
            return await at.run(document)
        except (Exception, asyncio.CancelledError) as error:
            return error

    return asyncio.run(work())


@given(documents)
def test_a_success_answers_with_where_the_film_is_played(document: Blueprint) -> None:
    """**Feature: job-integration, Property 4: success returns a URL**. Validates 1.2.

    A successful assembly returns a non-empty URL to its output, which is stored and whole.
    """
    with service() as here:
        film = attempt(here, document)
        assert isinstance(film, FinishedFilm)
        assert film.video_url == f"/api/videos/{document.task_id}/stream"
        assert film.status is State.COMPLETED
        assert film.video_duration_seconds == pytest.approx(document.total_duration)
        assert document.output_config.output_path in here.storage.objects


@given(documents, calls, failures)
def test_a_failure_carries_what_happened(document: Blueprint, at: int, kind: Kind) -> None:
    """**Feature: job-integration, Property 5: failure carries details**. Validates 1.3, 6.2.

    Whichever call of whichever port fails, the failure itself reaches the caller.
    """
    trouble = Trouble(at, kind)
    with service(trouble) as here:
        result = attempt(here, document)
        if trouble.struck and not isinstance(result, FinishedFilm):
            assert isinstance(result, Injected)
            assert str(result) == trouble.calls[at]
        else:
            # No trouble came, or it came when the film was complete and on record.
            assert isinstance(result, FinishedFilm)
            assert here.final(document.task_id).state is State.COMPLETED


@given(documents)
def test_nothing_temporary_is_left_after_a_success(document: Blueprint) -> None:
    """**Feature: job-integration, Property 6: temporary files gone on success**. Validates 8.4."""
    with service() as here:
        assert isinstance(attempt(here, document), FinishedFilm)
        assert here.left_behind() == []
        assert here.workspace.open == set()


@given(documents, calls, st.sampled_from(PASSING))
def test_nothing_temporary_is_left_after_a_failure(
    document: Blueprint, at: int, kind: Kind
) -> None:
    """**Feature: job-integration, Property 7: temporary files gone on error**. Validates 6.5.

    Nor is a film left that no completed task owns, be it a failure, a cancellation or a time-out.
    """
    with service(Trouble(at, kind), limit=0.05) as here:
        attempt(here, document)
        assert here.left_behind() == []
        assert here.workspace.open == set()


@given(short, last, interruptions, last)
def test_nothing_is_left_when_a_cancellation_comes_while_a_failure_is_seen_to(
    document: Blueprint, at: int, kind: Kind, cancelled_at: int
) -> None:
    """A film that no completed task owns is gone, however often the work is interrupted."""
    with service(Trouble(at, kind, cancelled_at)) as here:
        attempt(here, document)
        assert here.left_behind() == []
        assert here.workspace.open == set()


@given(documents, calls, failures)
def test_the_task_records_the_error(document: Blueprint, at: int, kind: Kind) -> None:
    """**Feature: job-integration, Property 8: the task records the error**. Validates 4.3.

    With the stage it happened in. Only a task that was never added has nothing to record.
    """
    trouble = Trouble(at, kind)
    with service(trouble) as here:
        result = attempt(here, document)
        if document.task_id not in here.tasks.history:
            assert trouble.calls[at] in ("workspace.take", "tasks.add")
            return
        final = here.final(document.task_id)
        assert final.state in FINAL
        if isinstance(result, Exception):
            assert final.failure is not None
            assert final.failure.details == "Injected"
            assert final.failure.stage in PROGRESS
        else:
            assert final.failure is None


@given(documents, calls)
def test_a_cancelled_assembly_says_so(document: Blueprint, at: int) -> None:
    trouble = Trouble(at, Kind.CANCELLATION)
    with service(trouble) as here:
        result = attempt(here, document)
        if document.task_id not in here.tasks.history:
            assert trouble.calls == ["workspace.take"]
            return
        final = here.final(document.task_id)
        if isinstance(result, asyncio.CancelledError):
            assert final.state in (State.CANCELLED, State.COMPLETED)
        else:
            assert final.state is State.COMPLETED
        assert (document.output_config.output_path in here.storage.objects) == (
            final.state is State.COMPLETED
        )


def test_work_that_hangs_is_ended_by_the_time_limit_at_whatever_call() -> None:
    document = blueprint(UUID(int=1), [CLIPS[0], CLIPS[1]])
    with service() as here:
        attempt(here, document)
        names = here.trouble.calls
    for at, name in enumerate(names):
        if name.startswith(WAITED_FOR):
            continue
        with service(Trouble(at, Kind.HANG), limit=0.02) as here:
            result = attempt(here, document)
            if document.task_id not in here.tasks.history:
                assert (at, name) == (0, "workspace.take")
                assert isinstance(result, AssemblyTimedOut)
                continue
            final = here.final(document.task_id)
            if final.state is State.COMPLETED:
                # Only the last word of all can hang when the film is complete and on record.
                assert isinstance(result, FinishedFilm)
                assert at == len(names) - 1
                continue
            assert isinstance(result, AssemblyTimedOut), name
            failure = final.failure
            assert failure is not None
            assert failure.code == "assembly-timed-out"
            assert result.stage == failure.stage
            assert here.left_behind() == []


def test_every_stage_is_on_record_before_its_work_begins() -> None:
    document = blueprint(UUID(int=1), list(CLIPS))
    with service() as here:
        attempt(here, document)
        calls = here.trouble.calls
        states = [each.state for each in here.tasks.history[document.task_id]]
    assert states == [
        State.PENDING,
        State.FETCHING,
        State.CONCATENATING,
        State.ADDING_AUDIO,
        State.UPLOADING,
        State.CLEANUP,
        State.COMPLETED,
    ]
    updates = [index for index, name in enumerate(calls) if name == "tasks.update"]
    first = [
        calls.index(name)
        for name in ("storage.fetch", "encoder.normalise", "encoder.add_audio", "storage.put")
    ]
    for update, work in zip(updates, first, strict=False):
        assert update < work
    assert here.progress.reports[0].stage is State.FETCHING


def test_the_sound_is_encoded_beside_the_cuts_where_it_is_kept() -> None:
    with service() as here:
        attempt(here, blueprint(UUID(int=1), list(CLIPS[:2])))
    calls = here.trouble.calls
    assert calls.count("encoder.encode_sound") == 1
    assert calls.index("encoder.encode_sound") < calls.index("encoder.concatenate")


def test_the_film_is_what_was_asked_for_frame_by_frame() -> None:
    document = blueprint(UUID(int=1), [CLIPS[2], CLIPS[0], CLIPS[2]])
    with service() as here, tempfile.TemporaryDirectory() as folder:
        attempt(here, document)
        film = Path(folder) / "film"
        film.write_bytes(here.storage.objects[document.output_config.output_path])
        reel: Reel = opened(film)
    expected = [
        (move.video_path, round(move.trim_start * 30) + frame)
        for move in document.moves
        for frame in range(60)
    ]
    assert list(reel.frames) == expected


def test_a_missing_clip_is_named_by_its_storage_path() -> None:
    document = blueprint(UUID(int=1), [CLIPS[0], "clips/lost.mp4"])
    with service() as here:
        result = attempt(here, document)
        assert isinstance(result, MediaNotFound)
        assert "clips/lost.mp4" in str(result)
        failure = here.final(document.task_id).failure
        assert failure is not None
        assert (failure.stage, failure.code) == (State.FETCHING, "media-not-found")


def test_a_clip_too_short_is_refused_with_both_lengths() -> None:
    document = blueprint(UUID(int=1), [CLIPS[0]] * 3, rate=2.0)
    document = type(document)(
        task_id=document.task_id,
        audio_path=document.audio_path,
        moves=tuple(
            type(m)(video_path=m.video_path, start_time=m.start_time, duration=2, trim_start=9)
            for m in document.moves
        ),
        output_config=document.output_config,
    )
    with service() as here:
        result = attempt(here, document)
    assert isinstance(result, ClipTooShort)
    assert CLIPS[0] in str(result)


def test_a_task_is_never_made_twice_and_a_film_never_overwritten() -> None:
    document = blueprint(UUID(int=1), [CLIPS[0]])
    with service() as here:
        assert isinstance(attempt(here, document), FinishedFilm)
        before = dict(here.storage.objects)
        assert isinstance(attempt(here, document), TaskTaken)
        other = Blueprint(
            task_id=UUID(int=2),
            audio_path=document.audio_path,
            moves=document.moves,
            output_config=document.output_config,
        )
        here.trouble.calls.clear()
        assert isinstance(attempt(here, other), MediaTaken)
        assert not [name for name in here.trouble.calls if name.startswith("encoder.")]
        assert here.storage.objects == before
        assert here.final(UUID(int=1)).state is State.COMPLETED
        assert here.final(UUID(int=2)).state is State.FAILED


def test_two_films_at_once_for_one_path_one_wins_and_stays() -> None:
    first = blueprint(UUID(int=1), [CLIPS[0]])
    second = Blueprint(
        task_id=UUID(int=2),
        audio_path=first.audio_path,
        moves=first.moves,
        output_config=first.output_config,
    )

    async def both(here: Service) -> list[FinishedFilm | BaseException]:
        results = await asyncio.gather(
            here.assemble(first, OWNER), here.assemble(second, OWNER), return_exceptions=True
        )
        return list(results)

    with service() as here:
        results = asyncio.run(both(here))
        assert sorted(type(each).__name__ for each in results) == ["FinishedFilm", "MediaTaken"]
        assert first.output_config.output_path in here.storage.objects


def test_a_film_that_is_complete_is_left_when_nobody_can_say_how_it_ended() -> None:
    """The answer to COMPLETE is lost, and the database is away from then on."""
    document = blueprint(UUID(int=5), [CLIPS[0]])
    with service() as here:
        update, away = here.tasks.update, False

        async def lost(task_id: UUID, change: Callable[[Assembly], Assembly]) -> Assembly:
            nonlocal away
            if away:
                raise NotReady
            after = await update(task_id, change)
            if after.state is State.COMPLETED:
                away = True
                raise NotReady
            return after

        here.tasks.update = lost  # pyright: ignore[reportAttributeAccessIssue]
        assert isinstance(attempt(here, document), NotReady)
        assert here.final(document.task_id).state is State.COMPLETED
        assert document.output_config.output_path in here.storage.objects


def test_a_film_of_a_cancelled_task_is_deleted_though_deleting_fails_at_first() -> None:
    document = blueprint(UUID(int=6), [CLIPS[0]])
    with service() as calm:
        attempt(calm, document)
        stored = calm.trouble.calls.index("storage.put")
    with service(Trouble(cancelled_at=stored + 1)) as cancelled:
        attempt(cancelled, document)
        deleted = cancelled.trouble.calls.index("storage.delete")
    with service(Trouble(deleted, Kind.FAILURE, stored + 1)) as here:
        assert isinstance(attempt(here, document), asyncio.CancelledError)
        assert here.trouble.struck
        assert here.left_behind() == []
