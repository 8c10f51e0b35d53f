"""Make the film of a Blueprint."""

from application.concurrency.threads import PLANNING
from application.ports.blueprints import BlueprintArchive
from application.rendering.attempt import Attempt
from application.rendering.film_pipeline import FilmPipeline
from application.rendering.finished_film import FinishedFilm
from application.rendering.task_tracking import TrackedTasks
from domain.blueprint import rules
from domain.blueprint.model import Blueprint


class AssembleVideo:
    """Makes the film of a Blueprint, generated or edited, and waits for it."""

    def __init__(
        self, on_record: TrackedTasks, blueprints: BlueprintArchive, film: FilmPipeline
    ) -> None:
        """Take the task tracking, the archive of Blueprints, and the film pipeline."""
        self._on_record = on_record
        self._blueprints = blueprints
        self._film = film

    async def __call__(
        self, blueprint: Blueprint, owner: str, attempt: Attempt | None = None
    ) -> FinishedFilm:
        """Return when the film is published; a failure leaves only the record of the task.

        Raises `BlueprintRejected` with every violation before anything is recorded, `TaskTaken`,
        `MediaTaken`, `MediaNotFound`, `ClipTooShort`, `FFmpegFailed`, `AssemblyTimedOut`, ...
        """
        # Checking a Blueprint of 8 MB takes half a second.
        await PLANNING.run(lambda: rules.check(blueprint, owner))
        await self._film.check(blueprint, owner)
        async with self._on_record(blueprint.task_id, owner, attempt=attempt) as record:
            first = attempt is None or attempt.number == 1
            if first or await self._blueprints.find(blueprint.task_id) is None:
                await self._blueprints.keep(blueprint)
            assembly = await self._film(blueprint, record)
            return await self._film.finished(assembly)
