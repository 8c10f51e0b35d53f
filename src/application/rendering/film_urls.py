"""The URLs that a finished film has."""

from typing import Protocol
from uuid import UUID


class FilmUrls(Protocol):
    """Builds the URLs of one task; the HTTP service, which has the routes, implements it."""

    def video(self, task_id: UUID) -> str:
        """Return the URL that the film is played from."""
        ...

    def blueprint(self, task_id: UUID) -> str:
        """Return the URL of the film's Blueprint."""
        ...
