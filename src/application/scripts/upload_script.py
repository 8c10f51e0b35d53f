"""Store a script."""

from uuid import UUID

from application.concurrency.threads import PLANNING
from application.ports.clock import Clock
from application.ports.scripts import ScriptRepository
from domain.scripts import scenes
from domain.scripts.errors import ScriptNotFound
from domain.scripts.languages import Language, language_of
from domain.scripts.script import MAX_TITLE, Script, text_of
from domain.shared.texts import shortened


class UploadScript:
    """Checks a script, and stores it for any number of videos."""

    def __init__(self, scripts: ScriptRepository, clock: Clock) -> None:
        """Take the ports."""
        self._scripts = scripts
        self._clock = clock

    async def __call__(
        self,
        script_id: UUID,
        owner: str,
        content: str,
        title: str | None = None,
        language: Language | None = None,
    ) -> Script:
        """Return the stored script.

        Title and language come from the script's head, or else from its words, unless they are
        given. Raises `InvalidRequest` with every violation and its line, and `TooLarge`.
        """
        text = text_of(content)
        reading = await PLANNING.run(lambda: scenes.read(text))
        script = Script(
            script_id=script_id,
            owner=owner,
            title=shortened(title or reading.head.title or reading.scenes[0].text, MAX_TITLE),
            content=text,
            language=language or reading.head.language or language_of(text),
            scenes=len(reading.scenes),
            created_at=self._clock.now(),
        )
        await self._scripts.add(script)
        return script


class RemoveScript:
    """Removes a script; its videos stay."""

    def __init__(self, scripts: ScriptRepository) -> None:
        """Take the port."""
        self._scripts = scripts

    async def __call__(self, script_id: UUID, owner: str) -> None:
        """Forget the script; raises `ScriptNotFound`, also for that of another owner."""
        script = await self._scripts.get(script_id)
        if script.owner != owner:
            raise ScriptNotFound
        await self._scripts.remove(script_id)


class ReadScript:
    """Reads a script of a caller."""

    def __init__(self, scripts: ScriptRepository) -> None:
        """Take the port."""
        self._scripts = scripts

    async def __call__(self, script_id: UUID, owner: str) -> Script:
        """Return the script; raises `ScriptNotFound`, also for that of another owner."""
        script = await self._scripts.get(script_id)
        if script.owner != owner:
            raise ScriptNotFound
        return script
