"""Limits of the jobs that are queued or running."""

import msgspec

from domain.jobs.errors import ServiceFull
from domain.shared.errors import CallerBusy


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """The maximum number of unfinished jobs; a submission over it is refused at once.

    Films are counted with films, whatever their kind. Other jobs are counted with those of their
    own kind; the children of other jobs do not count.
    """

    most: int = 34
    """Jobs of all callers, without those that run if ``counts_running`` is False."""
    most_of_one: int | None = 4
    """Queued and running jobs of one caller; None if there is only one caller."""
    counted: str = "films"
    """Plural of what is counted, for messages."""
    counts_running: bool = True
    """False if any number of workers may run jobs, so that only those that wait can be limited."""

    def check(self, queued: int, running: int, of_caller: int) -> None:
        """Raise `CallerBusy` or `ServiceFull` if one more job is not admitted.

        Takes the numbers of jobs of all callers, and of unfinished jobs of this one.
        """
        if self.most_of_one is not None and of_caller >= self.most_of_one:
            raise CallerBusy(
                f"You have {of_caller} unfinished {self.counted}, and {self.most_of_one} are "
                "allowed; wait for one of them, or cancel it."
            )
        counted = queued + running if self.counts_running else queued
        if counted >= self.most:
            doing = "being made or waiting" if self.counts_running else "waiting"
            raise ServiceFull(
                f"{counted} {self.counted} are {doing}, and {self.most} are allowed; "
                "try again later."
            )
