"""A job moves through its states as its table says, and its error can be raised elsewhere."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.jobs.admission import Admission
from domain.jobs.errors import JobEnded, LeaseLost, ServiceFull
from domain.jobs.job import ENDED, MAX_DEATHS, Job, JobKind, JobState
from domain.jobs.outcome import raisable, recorded
from domain.shared.errors import BachataError, BlueprintRejected, CallerBusy, MediaNotFound
from domain.shared.violations import Violation

NEW = Job(
    job_id=UUID(int=1),
    kind=JobKind.ASSEMBLE,
    owner="ana",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


class JobMachine(RuleBasedStateMachine):
    """One job, its workers, who may be slow or dead, and a caller who may cancel."""

    def __init__(self) -> None:
        super().__init__()
        self.job = NEW
        self.asked = False
        self.deaths = 0

    @rule()
    def start(self) -> None:
        if self.job.state is JobState.QUEUED:
            before = self.job.attempt
            self.job = self.job.started()
            assert self.job.attempt == before + 1
        else:
            with pytest.raises(JobEnded):
                self.job.started()

    @rule(attempt=st.integers(0, 5), outcome=st.sampled_from(["complete", "fail", "cancel"]))
    def end(self, attempt: int, outcome: str) -> None:
        changes: dict[str, Callable[[Job], Job]] = {
            "complete": lambda job: job.completed("{}"),
            "fail": lambda job: job.failed(recorded(ValueError())),
            "cancel": Job.cancelled,
        }
        if self.job.state is JobState.RUNNING and attempt == self.job.attempt:
            self.job = changes[outcome](self.job.of_attempt(attempt))
        else:
            with pytest.raises(LeaseLost):
                self.job.of_attempt(attempt)

    @rule()
    def ask_to_stop(self) -> None:
        before = self.job
        self.job = self.job.asked_to_stop()
        self.asked |= before.state not in ENDED
        if before.state in ENDED:
            assert self.job == before

    @precondition(lambda self: self.job.state is JobState.RUNNING)
    @rule()
    def worker_dies(self) -> None:
        self.deaths += 1
        self.job = self.job.taken_over("fetching")
        goes_on = self.deaths < MAX_DEATHS and not self.asked
        assert (self.job.state is JobState.QUEUED) == goes_on
        if self.job.failure is not None and not self.asked:
            assert (self.job.failure.code, self.job.failure.stage) == ("poisoned", "fetching")
            assert "`fetching`" in self.job.failure.message

    @precondition(lambda self: self.job.state is JobState.RUNNING)
    @rule()
    def worker_hands_back(self) -> None:
        self.job = self.job.queued_again()

    @invariant()
    def a_job_asked_to_stop_never_waits(self) -> None:
        assert not (self.asked and self.job.state is JobState.QUEUED)

    @invariant()
    def the_outcome_fits_the_state(self) -> None:
        assert (self.job.result is not None) == (self.job.state is JobState.COMPLETED)
        assert (self.job.failure is not None) == (self.job.state is JobState.FAILED)


TestJob = JobMachine.TestCase


def kinds_of(kind: type[BachataError]) -> list[type[BachataError]]:
    return [kind, *(each for below in kind.__subclasses__() for each in kinds_of(below))]


@given(st.data(), st.text(), st.none() | st.text())
def test_a_recorded_error_is_raised_as_it_was(
    data: st.DataObject, message: str, details: str | None
) -> None:
    kind = data.draw(st.sampled_from(kinds_of(BachataError)))
    error = kind.__new__(kind)
    BachataError.__init__(error, message, details=details)
    error.stage = "fetching"
    if hasattr(kind, "violations") or "violations" in kind.__init__.__code__.co_varnames:
        vars(error)["violations"] = (Violation(path="$.a", message="is wrong"),)
    again = raisable(recorded(error))
    assert (again.code, str(again), again.details, again.stage) == (
        error.code,
        str(error),
        details,
        "fetching",
    )
    assert getattr(again, "violations", ()) == getattr(error, "violations", ())


def test_errors_whose_arguments_are_no_messages_come_back() -> None:
    rejected = BlueprintRejected((Violation(path="$.moves", message="is empty"),), "Wrong.", 3)
    for error in (MediaNotFound("clips/a.mp4"), rejected):
        again = raisable(recorded(error))
        assert type(again) is type(error)
        assert str(again) == str(error)


def test_an_error_outside_the_tree_keeps_its_message_to_itself() -> None:
    failure = recorded(ValueError("a secret"))
    assert (failure.code, failure.details) == ("internal-error", "ValueError")
    assert "secret" not in failure.message


@given(st.data(), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_as_many_jobs_are_admitted_as_the_limits_say(
    data: st.DataObject, queued: int, running: int, most: int, counts_running: bool
) -> None:
    mine = data.draw(st.integers(0, queued + running))
    most_of_one = data.draw(st.none() | st.integers(1, 9))
    admission = Admission(most=most, most_of_one=most_of_one, counts_running=counts_running)
    if most_of_one is not None and mine >= most_of_one:
        with pytest.raises(CallerBusy):
            admission.check(queued, running, mine)
    elif queued + (running if counts_running else 0) >= most:
        with pytest.raises(ServiceFull):
            admission.check(queued, running, mine)
    else:
        admission.check(queued, running, mine)
