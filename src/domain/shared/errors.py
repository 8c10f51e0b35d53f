"""The tree of errors: `Broken` is the service's fault, `Busy` passes, callers
correct the others.
"""

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
    """The request cannot be carried out as it stands."""

    code = "refused"


class InvalidRequest(Refused):
    """The request breaks one or more rules."""

    code = "invalid-request"

    def __init__(
        self, violations: tuple[Violation, ...], message: str | None = None, more: int = 0
    ) -> None:
        """Take one or more violations; ``more`` is the number of further violations left out."""
        super().__init__(message)
        self.violations = bounded(violations, more)


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
    """The file is of a kind that is not taken."""

    code = "unaccepted-media"


class TooLarge(Refused):
    """The file is larger than what is taken."""

    code = "too-large"


class TooSlow(Refused):
    """The body of the request did not come in time; send it again."""

    code = "too-slow"


class NoBeatHeard(Refused):
    """No beat can be heard in the song."""

    code = "no-beat-heard"


class ClipTooShort(Refused):
    """A clip is shorter than what is asked of it."""

    code = "clip-too-short"


class NotFound(BachataError):
    """There is no such thing."""

    code = "not-found"


class MediaNotFound(NotFound):
    """A media file does not exist."""

    code = "media-not-found"

    def __init__(self, path: str) -> None:
        """Take the storage path of the missing file."""
        super().__init__(f"There is no media file {path!r} in the storage.")
        self.path = path


class SongNotFound(NotFound):
    """There is no song of this id."""

    code = "song-not-found"


class MoveNotFound(NotFound):
    """There is no move of this id."""

    code = "move-not-found"


class TaskNotFound(NotFound):
    """There is no task of this id."""

    code = "task-not-found"


class VideoNotFound(NotFound):
    """There is no video of this id."""

    code = "video-not-found"


class BlueprintNotFound(NotFound):
    """This task has no Blueprint."""

    code = "blueprint-not-found"


class SegmentNotFound(NotFound):
    """The preview has no such playlist or segment; `preview.m3u8` leads to those it has."""

    code = "segment-not-found"


class NoMovesMatch(NotFound):
    """The library holds no move that can be danced to this song."""

    code = "no-moves-match"


class Conflict(BachataError):
    """The request does not fit how things stand."""

    code = "conflict"


class IllegalStep(Conflict):
    """The assembly cannot take this step from where it stands."""

    code = "illegal-step"


class TaskTaken(Conflict):
    """There is a task of this id already; give the new one an id of its own."""

    code = "task-taken"


class MediaTaken(Conflict):
    """There is a media file at this path already."""

    code = "media-taken"


class SongTaken(Conflict):
    """There is a song of this id already."""

    code = "song-taken"


class MoveTaken(Conflict):
    """There is a move of this id already."""

    code = "move-taken"


class Broken(BachataError):
    """The service failed."""

    code = "broken"


class FFmpegMissing(Broken):
    """FFmpeg was not found: install it (`apt install ffmpeg`) or the imageio-ffmpeg package."""

    code = "ffmpeg-missing"


class FFmpegFailed(Broken):
    """FFmpeg could not do its work."""

    code = "ffmpeg-failed"


class FilmFlawed(Broken):
    """The finished film is not what was asked for, and was not published."""

    code = "film-flawed"


class StorageFailed(Broken):
    """The media storage failed."""

    code = "storage-failed"


class DiskFull(StorageFailed):
    """The disk is full: make room on it, or have BACHATA_DATA_DIR name a folder of another."""

    code = "disk-full"


class DiskReadOnly(StorageFailed):
    """The disk is read-only: have BACHATA_DATA_DIR name a folder that can be written."""

    code = "disk-read-only"


class LibraryFailed(Broken):
    """A song or a clip of the library cannot be used, which nobody who asks can mend."""

    code = "library-failed"


class SpoiledFile(Broken):
    """A cached file is corrupt."""

    code = "spoiled-file"


class Interrupted(Broken):
    """The service stopped while the video was being made."""

    code = "interrupted"


class AssemblyTimedOut(Broken):
    """The video was not ready within the time limit, and the work was stopped."""

    code = "assembly-timed-out"


class Busy(BachataError):
    """The service is at work on as much as it takes at once; try again in a while."""

    code = "busy"


class CallerBusy(Busy):
    """You have as much going on as one caller may have at once; try again in a while."""

    code = "caller-busy"


class NotReady(Broken):
    """A part of the service is not ready."""

    code = "not-ready"


class WaitedTooLong(NotReady):
    """The service waited for something that did not come in time."""

    code = "waited-too-long"

    def __init__(self, awaited: str, seconds: float) -> None:
        """Take the awaited thing, as in "a free place for an upload", and the limit in seconds."""
        super().__init__(f"Waited {seconds:g} s for {awaited}, in vain; try again later.")
        self.awaited, self.seconds = awaited, seconds


class DatabaseBehind(NotReady):
    """The database has not been brought up to date: run `bachata-buddy db upgrade`."""

    code = "database-behind"


class DatabaseAhead(NotReady):
    """The database has been brought up to date by a later version of the program."""

    code = "database-ahead"


class MigrationFailed(NotReady):
    """The database could not be brought to another revision, and is as it was."""

    code = "migration-failed"
