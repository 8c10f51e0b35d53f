"""Port for the URLs of a finished film."""

from typing import Protocol
from uuid import UUID


class FilmUrls(Protocol):
    """Builds the URLs of a task; the HTTP entrypoint, which defines the routes, implements it."""

    def video(self, task_id: UUID) -> str:
        """Return the URL that the film is played from."""
        ...

    def download(self, task_id: UUID) -> str:
        """Return the URL that saves the film as a file."""
        ...

    def poster(self, task_id: UUID) -> str:
        """Return the URL of a picture of the film."""
        ...

    def captions(self, task_id: UUID) -> str:
        """Return the URL of the film's captions."""
        ...

    def blueprint(self, task_id: UUID) -> str:
        """Return the URL of the film's Blueprint."""
        ...
