"""List the videos of a caller, of both kinds."""

from typing import Final

import msgspec

from application.ports.pagination import Page, place_of
from application.ports.scripts import ScriptRepository
from application.ports.tasks import TaskRepository, task_key
from application.scripts.videos import VideoRecords
from domain.rendering.assembly import Assembly, FilmKind
from domain.scripts.video_status import GeneratedVideo, VideoStatus, video_status
from domain.shared.errors import InvalidRequest
from domain.shared.violations import Violation


class VideoFilter(msgspec.Struct, frozen=True, kw_only=True):
    """The videos of a list; an empty field admits all."""

    kinds: tuple[FilmKind, ...] = ()
    statuses: tuple[VideoStatus, ...] = ()

    def admits(self, task: Assembly) -> bool:
        """Return True if the video of a task is in the list."""
        return (
            not task.removed
            and (not self.kinds or task.kind in self.kinds)
            and (not self.statuses or video_status(task.state) in self.statuses)
        )


ALL: Final = VideoFilter()
_AT_ONCE: Final = 200
"""Tasks that are read at once to find those of a filter."""


class ListVideos:
    """Lists the videos of a caller."""

    def __init__(
        self, tasks: TaskRepository, scripts: ScriptRepository, records: VideoRecords
    ) -> None:
        """Take the ports."""
        self._tasks = tasks
        self._scripts = scripts
        self._records = records

    async def __call__(
        self, owner: str, after: str | None, most: int, filters: VideoFilter = ALL
    ) -> Page[GeneratedVideo]:
        """Return a page, the newest first, without the sizes of the files.

        Raises `InvalidRequest` unless ``after`` comes from an earlier page.
        """
        try:
            _ = None if after is None else place_of(after)
        except ValueError:
            message = "This is not a cursor; use `next_cursor` of the previous page."
            raise InvalidRequest((Violation(path="cursor", message=message),)) from None
        tasks, last = await self._admitted(owner, after, most, filters)
        narrated = await self._scripts.videos(task.task_id for task in tasks)
        videos = [
            await self._records.described(task, narrated.get(task.task_id), None) for task in tasks
        ]
        return Page(items=tuple(videos), last=last)

    async def _admitted(
        self, owner: str, after: str | None, most: int, filters: VideoFilter
    ) -> tuple[list[Assembly], str | None]:
        """Return up to ``most`` tasks, and the place after which the next page starts."""
        tasks: list[Assembly] = []
        at_once = most if filters == ALL else max(most, _AT_ONCE)
        while True:
            page = await self._tasks.page(owner, after, at_once)
            tasks += [task for task in page.items if filters.admits(task)]
            if len(tasks) > most:
                return tasks[:most], task_key(tasks[most - 1])
            if (after := page.last) is None or len(tasks) == most:
                return tasks, after
