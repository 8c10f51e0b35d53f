"""An attempt of a job to make a film."""

from domain.shared.errors import NotReady, WaitedTooLong


class Attempt:
    """A start of a job whose task is recorded already."""

    def __init__(self, number: int, seconds: float, *, repeatable: bool = False) -> None:
        """Take its number, from 1, and the time limit of the film in seconds.

        If it is ``repeatable``, another attempt follows when a part of the service was away.
        """
        self.number = number
        self.seconds = seconds
        self.abandoned = False
        """True if its end is not the end of the task: another attempt goes on."""
        self.is_set_back = False
        """True if a part of the service was away, so that the job is to be queued again."""
        self._repeatable = repeatable

    def ends_with(self, error: BaseException) -> None:
        """Note the error with which it ends, before anything is recorded."""
        # What took too long once would take too long again.
        away = isinstance(error, NotReady) and not isinstance(error, WaitedTooLong)
        if self._repeatable and away:
            self.abandoned = self.is_set_back = True
