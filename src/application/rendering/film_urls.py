"""Port for the URLs of a finished film."""

from typing import Protocol
from uuid import UUID


class FilmUrls(Protocol):
    """Builds the URLs of a task; the HTTP entrypoint, which defines the routes, implements it."""

    def video(self, task_id: UUID) -> str:
        """Return the URL that the film is played from."""
        ...

    def blueprint(self, task_id: UUID) -> str:
        """Return the URL of the film's Blueprint."""
        ...
