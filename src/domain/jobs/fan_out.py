"""Fan-out and join: a job is divided into children, and a join sums up their results.

The parent counts the children that have not ended. The last one of them submits the join, and the
end of the join is the end of the parent. The ids of children and joins derive from that of the
parent, so that none of them can be recorded twice.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid5

import msgspec

from domain.jobs.job import ENDED, Job, JobKind, JobState, Priority

JOINS: Final[Mapping[JobKind, JobKind]] = {JobKind.PREPARE_LIBRARY: JobKind.JOIN_LIBRARY}
"""The kind of the join for each kind of parent."""
_MOST_BEFORE_END: Final = 99


def child_of(parent: Job, kind: JobKind, item: str) -> Job:
    """Return a new child for one item."""
    return Job(
        job_id=uuid5(parent.job_id, f"child {item}"),
        kind=kind,
        owner=parent.owner,
        created_at=parent.created_at,
        priority=Priority.BACKGROUND,
        request_id=parent.request_id,
        wanted=True,
        parent=parent.job_id,
        item=item,
    )


def join_of(parent: Job) -> Job:
    """Return the join of a parent; its id is the dedupe key."""
    return Job(
        job_id=join_id(parent.job_id),
        kind=JOINS[parent.kind],
        owner=parent.owner,
        created_at=parent.created_at,
        priority=Priority.BACKGROUND,
        request_id=parent.request_id,
        wanted=True,
        parent=parent.job_id,
    )


def join_id(parent_id: UUID) -> UUID:
    """Return the id of the join of a parent."""
    return uuid5(parent_id, "join")


def divided(parent: Job, children: int) -> tuple[Job, Job | None]:
    """Return a running job after its division, and its join if there are no children.

    One that is asked to stop is cancelled, and has neither children nor a join.
    """
    if parent.cancelling:
        return parent.cancelled(), None
    after = msgspec.structs.replace(
        parent, state=JobState.DIVIDED, children=children, remaining=children
    )
    return after, None if children else join_of(after)


def child_ended(parent: Job, child: Job) -> tuple[Job, Job | None]:
    """Return a divided job after the end of a child or of the join, and the join to be submitted.

    The last child of a parent that is asked to stop ends it as cancelled, without a join.
    """
    if parent.state is not JobState.DIVIDED or child.state not in ENDED:
        message = f"A {child.state} child cannot end for a {parent.state} parent."
        raise ValueError(message)
    if child.kind is JOINS[parent.kind]:
        return _joined(parent, child), None
    after = msgspec.structs.replace(parent, remaining=parent.remaining - 1)
    if after.remaining:
        return after, None
    return (after.cancelled(), None) if after.cancelling else (after, join_of(after))


def progress_of(parent: Job) -> int:
    """Return the progress of a divided job in per cent."""
    done = parent.children - parent.remaining
    return min(100 * done // parent.children, _MOST_BEFORE_END) if parent.children else 0


def _joined(parent: Job, join: Job) -> Job:
    if join.state is JobState.COMPLETED and join.result is not None:
        return parent.completed(join.result)
    if join.failure is not None:
        return parent.failed(join.failure)
    return parent.cancelled()
