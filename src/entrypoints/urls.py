"""The URLs of the service's own routes."""

from uuid import UUID


class RouteUrls:
    """URLs relative to the host, as every client of the service can use them."""

    def video(self, task_id: UUID) -> str:
        """Return the URL that a film is played from."""
        return f"/api/videos/{task_id}/stream"

    def blueprint(self, task_id: UUID) -> str:
        """Return the URL of a film's Blueprint."""
        return f"/api/choreography/{task_id}/blueprint"
