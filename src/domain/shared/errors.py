"""The tree of errors: callers correct them, but `Busy` passes and `Broken` is our fault."""

from typing import ClassVar

from domain.shared.violations import Violation, bounded


class BachataError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str | None = None, *, details: str | None = None) -> None:
        """Use ``message``, or the class docstring; ``details`` is technical and optional."""
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.details = details
        self.stage: str | None = None  # The failed stage, once it is known.


class Refused(BachataError):
    """The request is not valid."""

    code = "refused"


class InvalidRequest(Refused):
    """The request breaks one or more rules."""

    code = "invalid-request"

    def __init__(
        self, violations: tuple[Violation, ...], message: str | None = None, more: int = 0
    ) -> None:
        """Take one or more violations; ``more`` is the number of further violations left out."""
        super().__init__(message)
        self.violations, self.unbounded = bounded(violations, more), (violations, more)


class BlueprintRejected(InvalidRequest):
    """The Blueprint breaks one or more rules."""

    code = "blueprint-rejected"


class UnsafeBlueprint(BlueprintRejected):
    """The Blueprint names a path that could leave the media storage."""

    code = "unsafe-path"


class UnsafePath(Refused):
    """The path could leave the media storage."""

    code = "unsafe-path"


class UnreadableMedia(Refused):
    """The file is not a film or a song that can be read."""

    code = "unreadable-media"


class UnacceptedMedia(UnreadableMedia):
    """Files of this kind are not accepted."""

    code = "unaccepted-media"


class TooLarge(Refused):
    """The file exceeds a limit."""

    code = "too-large"


class TooSlow(Refused):
    """The request body did not arrive in time; send it again."""

    code = "too-slow"


class NoBeatsDetected(Refused):
    """The analysis detected no beats in the song; choose another one or correct its beats."""

    code = "no-beats-detected"


class ClipTooShort(Refused):
    """A clip is shorter than the part that the Blueprint uses."""

    code = "clip-too-short"


class NotFound(BachataError):
    """The requested item does not exist."""

    code = "not-found"


class MediaNotFound(NotFound):
    """A media file does not exist."""

    code = "media-not-found"

    def __init__(self, path: str) -> None:
        """Take the storage path of the missing file."""
        super().__init__(f"There is no media file {path!r} in the storage.")
        self.path = path


class SongNotFound(NotFound):
    """There is no song with this id."""

    code = "song-not-found"


class MoveNotFound(NotFound):
    """There is no move with this id."""

    code = "move-not-found"


class TaskNotFound(NotFound):
    """There is no task with this id."""

    code = "task-not-found"


class VideoNotFound(NotFound):
    """There is no video with this id."""

    code = "video-not-found"


class BlueprintNotFound(NotFound):
    """This task has no Blueprint."""

    code = "blueprint-not-found"


class SegmentNotFound(NotFound):
    """The preview has no such playlist or segment; `preview.m3u8` links to the existing ones."""

    code = "segment-not-found"


class NoMovesMatch(NotFound):
    """The library contains no move that fits this song; add other moves."""

    code = "no-moves-match"


class Conflict(BachataError):
    """The request conflicts with the current state."""

    code = "conflict"


class IllegalStep(Conflict):
    """The assembly cannot take this step in its current state."""

    code = "illegal-step"


class TaskTaken(Conflict):
    """A task with this id exists already; choose another id."""

    code = "task-taken"


class MediaTaken(Conflict):
    """A media file exists at this path already; choose another path."""

    code = "media-taken"


class SongTaken(Conflict):
    """A song with this id exists already; choose another id."""

    code = "song-taken"


class MoveTaken(Conflict):
    """A move with this id exists already; choose another id."""

    code = "move-taken"


class Broken(BachataError):
    """The service failed."""

    code = "broken"


class FFmpegMissing(Broken):
    """FFmpeg was not found: install it (`apt install ffmpeg`) or the imageio-ffmpeg package."""

    code = "ffmpeg-missing"


class FFmpegFailed(Broken):
    """FFmpeg failed."""

    code = "ffmpeg-failed"


class FilmFlawed(Broken):
    """The finished film has a defect, so it was not published."""

    code = "film-flawed"


class StorageFailed(Broken):
    """The media storage failed."""

    code = "storage-failed"


class DiskFull(StorageFailed):
    """The disk is full: free some space, or set BACHATA_DATA_DIR to a folder of another disk."""

    code = "disk-full"


class DiskReadOnly(StorageFailed):
    """The disk is read-only: set BACHATA_DATA_DIR to a writable folder."""

    code = "disk-read-only"


class LibraryFailed(Broken):
    """A song or a clip of the library is unusable; only the operator can correct this."""

    code = "library-failed"


class SpoiledFile(Broken):
    """A cached file is corrupt."""

    code = "spoiled-file"


class Interrupted(Broken):
    """The service stopped while it made the video; send the request again."""

    code = "interrupted"


class AssemblyTimedOut(Broken):
    """The video was not ready within the time limit, and the work was stopped."""

    code = "assembly-timed-out"


class Busy(BachataError):
    """The service has reached its limit of parallel work; try again later."""

    code = "busy"


class CallerBusy(Busy):
    """You have reached the limit of parallel work for one caller; try again later."""

    code = "caller-busy"


class NotReady(Broken):
    """A part of the service is not ready."""

    code = "not-ready"


class WaitedTooLong(NotReady):
    """The service waited for a resource that did not become available in time."""

    code = "waited-too-long"

    def __init__(self, awaited: str, seconds: float) -> None:
        """Take the awaited thing, as in "a free place for an upload", and the limit in seconds."""
        super().__init__(
            f"The service waited {seconds:g} s for {awaited} without success; try again later."
        )
        self.awaited, self.seconds = awaited, seconds


class DatabaseBehind(NotReady):
    """The database needs an upgrade: run `bachata-buddy db upgrade`."""

    code = "database-behind"


class DatabaseAhead(NotReady):
    """A later version of the program has upgraded the database; use that version."""

    code = "database-ahead"


class MigrationFailed(NotReady):
    """The upgrade or downgrade of the database failed and changed nothing."""

    code = "migration-failed"
