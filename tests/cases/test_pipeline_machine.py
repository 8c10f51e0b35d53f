"""The whole pipeline driven at random: every task ends once and leaves nothing behind."""

import asyncio
import tempfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from adapters.memory.jobs import MemoryJobRepository
from adapters.memory.library import MemoryLibrary
from application.operations.recover_storage import RecoverStorage
from application.operations.recovery_report import Recovery
from application.rendering.recover_interrupted import RecoverInterrupted
from domain.blueprint.model import Blueprint
from domain.rendering.assembly import FINAL, STEPS, State
from domain.storage.cleanup import FRESH
from tests.world.studio import CLIPS, OWNER, Service, blueprint
from tests.world.trouble import LASTING, PASSING, Kind


class Pipeline(RuleBasedStateMachine):
    """Films are asked for, one after another or several at once, with trouble at any call."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.service = Service(Path(self.folder.name), limit=0.05)
        self.asked: dict[UUID, Blueprint] = {}
        self.number = 0

    @initialize(at=st.none() | st.integers(0, 60), kind=st.sampled_from(PASSING))
    def trouble_ahead(self, at: int | None, kind: Kind) -> None:
        self.arm(at, kind)

    @rule(at=st.none() | st.integers(0, 60), kind=st.sampled_from(PASSING))
    def arm(self, at: int | None, kind: Kind) -> None:
        trouble = self.service.trouble
        trouble.at = None if at is None else len(trouble.calls) + at
        trouble.kind = kind

    @rule(clips=st.lists(st.sampled_from([*CLIPS, "clips/lost.mp4"]), min_size=1, max_size=4))
    def ask(self, clips: list[str]) -> None:
        asyncio.run(self._answered([self._document(clips)]))

    @rule(many=st.lists(st.lists(st.sampled_from(CLIPS), min_size=1, max_size=3), max_size=4))
    def ask_for_several_at_once(self, many: list[list[str]]) -> None:
        asyncio.run(self._answered([self._document(clips) for clips in many]))

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        task_id = data.draw(st.sampled_from(sorted(self.asked)))
        before = self.service.tasks.history.get(task_id)
        last = before and before[-1]
        asyncio.run(self._answered([self.asked[task_id]]))
        if last:
            assert self.service.final(task_id) == last

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def leave_while_it_works(self, data: st.DataObject) -> None:
        document = self._document([CLIPS[0], CLIPS[1]])
        steps = data.draw(st.integers(0, 80))

        async def leave() -> None:
            working = asyncio.ensure_future(self.service.assemble(document, OWNER))
            for _ in range(steps):
                await asyncio.sleep(0)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

        asyncio.run(leave())

    @rule()
    def remove_leftovers(self) -> None:
        service = self.service
        service.workspace.abandoned.extend(self.asked)
        before = {key: values[-1] for key, values in service.tasks.history.items()}
        leftovers = RecoverInterrupted(
            service.tasks,
            MemoryJobRepository(service.tasks),
            service.archive,
            service.storage,
            service.workspace,
            service.clock,
            service.limit,
        )
        asyncio.run(leftovers())
        for key, last in before.items():
            assert service.final(key) == last

    @invariant()
    def every_task_ended_exactly_once(self) -> None:
        for values in self.service.tasks.history.values():
            # An end that is written down again, because it was not known to be, changes nothing.
            changes = [now for before, now in pairwise([None, *values]) if now is not before]
            states = [value.state for value in changes if value is not None]
            assert states[0] is State.PENDING
            assert states[-1] in FINAL
            assert sum(state in FINAL for state in states) == 1
            steps = set(STEPS.values())
            assert all(
                after in steps and (before, after) in MOVES for before, after in pairwise(states)
            )

    @invariant()
    def nothing_is_left_behind(self) -> None:
        assert self.service.left_behind() == []
        assert self.service.workspace.open == set()

    @invariant()
    def a_completed_task_has_its_film(self) -> None:
        for values in self.service.tasks.history.values():
            last = values[-1]
            if last.state is State.COMPLETED:
                assert last.output_path in self.service.storage.objects
                assert last.failure is None
            elif last.state is State.FAILED:
                assert last.failure is not None

    def teardown(self) -> None:
        self.folder.cleanup()

    def _document(self, clips: list[str]) -> Blueprint:
        self.number += 1
        document = blueprint(UUID(int=self.number, version=4), clips)
        self.asked[document.task_id] = document
        return document

    async def _answered(self, documents: list[Blueprint]) -> None:
        await asyncio.gather(
            *(self.service.run(each) for each in documents), return_exceptions=True
        )


class LastingTrouble(RuleBasedStateMachine):
    """Films are asked for while a port may be away for long, and calls land after their time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.service = Service(Path(self.folder.name), limit=0.5)
        self.number = 0

    @rule(at=st.integers(0, 45), kind=st.sampled_from(LASTING), chosen=st.booleans())
    def ask(self, at: int, kind: Kind, chosen: bool) -> None:
        trouble = self.service.trouble
        trouble.at, trouble.kind = len(trouble.calls) + at, kind
        self.number += 1
        document = blueprint(UUID(int=self.number, version=4), [CLIPS[0]])
        if chosen:
            output = msgspec.structs.replace(document.output_config, output_path=CHOSEN)
            document = msgspec.structs.replace(document, output_config=output)

        async def answered() -> None:
            await asyncio.gather(self.service.run(document), return_exceptions=True)
            trouble.at = None
            await trouble.land()

        asyncio.run(answered())

    @rule()
    def every_port_is_back(self) -> None:
        self.service.trouble.back()

    @rule()
    def all_is_well_again(self) -> None:
        service = self.service
        service.trouble.back()
        service.clock.advance(timedelta(seconds=FRESH.total_seconds() + service.limit + 61))
        ports = (service.tasks, service.archive, service.storage)
        recover_interrupted = RecoverInterrupted(
            service.tasks,
            MemoryJobRepository(service.tasks),
            service.archive,
            service.storage,
            service.workspace,
            service.clock,
            service.limit,
        )
        library = MemoryLibrary()
        recover = RecoverStorage(library.songs, library.moves, library.files, *ports)

        async def recovered() -> Recovery:
            await recover_interrupted()
            return await recover()

        assert asyncio.run(recovered()).unfound == ()
        assert all(values[-1].state in FINAL for values in service.tasks.history.values())
        assert service.left_behind() == []

    @invariant()
    def a_completed_task_has_its_film(self) -> None:
        for values in self.service.tasks.history.values():
            if values[-1].state is State.COMPLETED:
                assert values[-1].output_path in self.service.storage.objects

    def teardown(self) -> None:
        self.folder.cleanup()


CHOSEN = f"output/user_{OWNER}/chosen.mp4"
MOVES = {(before, after) for (before, _), after in STEPS.items()}

TestPipeline = Pipeline.TestCase
TestPipeline.settings = settings(max_examples=100, stateful_step_count=12, deadline=None)

TestLastingTrouble = LastingTrouble.TestCase
TestLastingTrouble.settings = settings(max_examples=100, stateful_step_count=10, deadline=None)
