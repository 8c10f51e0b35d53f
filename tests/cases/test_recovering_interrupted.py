"""Clearing up after a process that died."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from adapters.memory.jobs import MemoryJobRepository
from application.rendering.recover_interrupted import RecoverInterrupted
from domain.rendering.assembly import Assembly, State, Step
from tests.world.studio import CLIPS, OWNER, Service, blueprint

pytestmark = pytest.mark.anyio

LIMIT = 600.0
TASK = UUID(int=1, version=4)
WAY = (Step.PLAN, Step.FETCH, Step.CONCATENATE, Step.ADD_AUDIO, Step.UPLOAD, Step.CLEAN_UP)


def recover(here: Service) -> RecoverInterrupted:
    return RecoverInterrupted(
        here.tasks,
        MemoryJobRepository(here.tasks),
        here.archive,
        here.storage,
        here.workspace,
        here.clock,
        LIMIT,
    )


async def abandoned(here: Service, steps: int) -> None:
    """A task as a process leaves it that dies after so many steps."""
    now = here.clock.now()
    await here.tasks.add(Assembly(task_id=TASK, owner=OWNER, created_at=now, updated_at=now))
    for step in WAY[:steps]:
        await here.tasks.update(TASK, lambda assembly, step=step: assembly.take(step, now))
    here.workspace.abandoned.append(TASK)


@pytest.mark.parametrize("steps", range(len(WAY) + 1))
async def test_a_task_is_failed_at_whatever_step_its_process_died(
    tmp_path: Path, steps: int
) -> None:
    here = Service(tmp_path)
    await here.archive.keep(blueprint(TASK, [CLIPS[0]]))
    await abandoned(here, steps)
    stage = here.final(TASK).state
    assert await recover(here)() == 1
    failure = here.final(TASK).failure
    assert failure is not None
    assert (failure.code, failure.stage) == ("interrupted", stage)
    assert await recover(here)() == 0


async def test_a_film_that_was_published_is_completed_and_not_lost(tmp_path: Path) -> None:
    here = Service(tmp_path)
    document = blueprint(TASK, [CLIPS[0]])
    await here.archive.keep(document)
    here.storage.objects[document.output_config.output_path] = b"film"
    await abandoned(here, len(WAY))
    assert await recover(here)() == 1
    final = here.final(TASK)
    assert final.state is State.COMPLETED
    assert final.output_path == document.output_config.output_path
    assert final.seconds == 2


async def test_what_has_ended_or_was_never_a_task_stays_as_it_is(tmp_path: Path) -> None:
    here = Service(tmp_path)
    film = await here.assemble(blueprint(TASK, [CLIPS[0]]), OWNER)
    here.workspace.abandoned.extend([film.task_id, UUID(int=9)])
    before = here.final(TASK)
    assert await recover(here)() == 0
    assert here.final(TASK) == before


async def test_a_task_over_its_time_is_failed_though_its_machine_left_nothing_here(
    tmp_path: Path,
) -> None:
    here = Service(tmp_path)
    await abandoned(here, 2)
    here.workspace.abandoned.clear()
    assert await recover(here)() == 0
    here.clock.advance(timedelta(seconds=LIMIT + 61))
    assert await recover(here)() == 1
    failure = here.final(TASK).failure
    assert failure is not None
    assert failure.code == "interrupted"
