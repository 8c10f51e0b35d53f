"""An attempt of a job to make a film."""


class Attempt:
    """A start of a job whose task is recorded already."""

    def __init__(self, number: int, seconds: float) -> None:
        """Take its number, from 1, and the time limit of the film in seconds."""
        self.number = number
        self.seconds = seconds
        self.abandoned = False
        """True if its end is not the end of the task: another attempt goes on."""
