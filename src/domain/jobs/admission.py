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
    """Queued and running jobs of all callers."""
    most_of_one: int | None = 4
    """Queued and running jobs of one caller; None if there is only one caller."""
    counted: str = "films"
    """Plural of what is counted, for messages."""

    def check(self, unfinished: int, of_caller: int) -> None:
        """Raise `CallerBusy` or `ServiceFull` if one more job is not admitted."""
        if self.most_of_one is not None and of_caller >= self.most_of_one:
            raise CallerBusy(
                f"You have {of_caller} unfinished {self.counted}, and {self.most_of_one} are "
                "allowed; wait for one of them, or cancel it."
            )
        if unfinished >= self.most:
            raise ServiceFull(
                f"{unfinished} {self.counted} are being made or waiting, and {self.most} are "
                "allowed; try again later."
            )
