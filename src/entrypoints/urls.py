"""The URLs of the service's routes."""

from uuid import UUID


class RouteUrls:
    """URLs relative to the host, for any client of the service."""

    def video(self, task_id: UUID) -> str:
        """Return the URL that streams a film."""
        return f"/api/videos/{task_id}/stream"

    def download(self, task_id: UUID) -> str:
        """Return the URL that saves a film as a file."""
        return f"/api/videos/{task_id}/download"

    def poster(self, task_id: UUID) -> str:
        """Return the URL of a picture of a film."""
        return f"/api/videos/{task_id}/poster"

    def captions(self, task_id: UUID) -> str:
        """Return the URL of the captions of a film."""
        return f"/api/videos/{task_id}/captions.vtt"

    def video_job(self, job_id: UUID) -> str:
        """Return the URL of the state of the job that makes a script's video."""
        return f"/api/videos/jobs/{job_id}/status"

    def events(self, task_id: UUID) -> str:
        """Return the URL of the events of a task."""
        return f"/api/tasks/{task_id}/events"

    def preparation_events(self, job_id: UUID) -> str:
        """Return the URL of the events of a preparation of the library."""
        return f"/api/library/prepare/{job_id}/events"

    def blueprint(self, task_id: UUID) -> str:
        """Return the URL of a film's Blueprint."""
        return f"/api/choreography/{task_id}/blueprint"
