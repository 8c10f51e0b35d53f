"""The checks of `bachata-buddy doctor`, each with a stable name.

Each check opens its own resources, so that a broken one does not prevent the others. The parts of
the service have the names of `entrypoints.parts`.
"""

from collections.abc import Generator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from adapters.cage.cage import Cage
from adapters.cage.self_test import TriedCage
from adapters.drawing.examination import examine_font
from adapters.ffmpeg.examination import examine_codecs, examine_ffmpeg
from adapters.index.factory import open_index
from adapters.storage.workspace import LocalWorkspace
from adapters.system.examination import disks, versions
from application.concurrency.threads import FILES
from application.operations.diagnose import Check, CheckResult, Fact
from application.operations.extras import require_extra
from domain.shared.errors import DatabaseAhead, DatabaseBehind, InvalidRequest
from entrypoints.bootstrap import describe_queue, open_storage, schema_of
from entrypoints.environment import from_environment, listed
from entrypoints.sample_film import LIMIT, make_sample_film
from entrypoints.settings import Settings
from entrypoints.voice_checks import check_voices

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "queue": ("database",),
    "render": ("encoder", "codecs"),
}
"""For a check, the checks that must succeed before it."""


def checks_of(environment: Mapping[str, str]) -> Mapping[str, Check]:
    """Return every check, in order of execution; add checks for new parts of the service here."""
    settings, wrong = readable_settings(environment)
    return {
        "settings": Check(ask=partial(_settings, settings, wrong), waits_for="nothing"),
        "versions": Check(ask=_versions, waits_for="the list of installed packages"),
        "encoder": Check(ask=examine_ffmpeg, waits_for="FFmpeg to tell its version"),
        "codecs": Check(ask=examine_codecs, waits_for="FFmpeg to list its codecs"),
        "cage": Check(
            ask=partial(_cage, settings), waits_for="the self-test of the cage", limit=25
        ),
        "database": Check(
            ask=partial(_database, settings), waits_for="the database to answer", limit=20
        ),
        "queue": Check(
            ask=partial(_queue, settings), waits_for="the queue of jobs to answer", limit=20
        ),
        "storage": Check(
            ask=partial(_storage, settings),
            waits_for="the media storage to write and read a few bytes",
            limit=20,
        ),
        "workspace": Check(
            ask=partial(_workspace, settings), waits_for="a folder to be made for work"
        ),
        "index": Check(ask=partial(_index, settings), waits_for="FAISS to be loaded", limit=20),
        "disk": Check(ask=partial(_disk, settings), waits_for="the disks to tell their room"),
        "fonts": Check(ask=_fonts, waits_for="the font to be loaded"),
        "voices": Check(
            ask=partial(check_voices, settings), waits_for="every voice to say a word", limit=60
        ),
        "render": Check(
            ask=partial(make_sample_film, settings),
            waits_for="a film of two seconds to be made",
            limit=LIMIT,
        ),
    }


def readable_settings(
    environment: Mapping[str, str],
) -> tuple[Settings, InvalidRequest | None]:
    """Return the settings, with defaults for invalid ones, and the error about those."""
    try:
        return from_environment(environment), None
    except InvalidRequest as error:
        wrong = {violation.path for violation in error.violations}
        right = {name: value for name, value in environment.items() if name not in wrong}
        # A rule about two settings may name the one that is not set.
        try:
            return from_environment(right), error
        except InvalidRequest:
            return Settings(data_dir=right.get("BACHATA_DATA_DIR", Settings().data_dir)), error


async def _settings(settings: Settings, wrong: InvalidRequest | None) -> CheckResult:
    if wrong is not None:
        raise wrong
    if settings.lets_agents_in:
        require_extra("mcp", "BACHATA_MCP=on")
    if settings.otel_endpoint:
        require_extra("otel", "OTEL_EXPORTER_OTLP_ENDPOINT")
    return CheckResult(
        detail=f"data in {settings.folder}, media in {settings.storage_backend} storage",
        facts={**listed(settings), "data_dir": str(settings.folder)},
    )


async def _versions() -> CheckResult:
    return await FILES.run(versions)


async def _database(settings: Settings) -> CheckResult:
    file = _sqlite_file(settings)
    if file is not None and not await FILES.run(file.exists):
        return CheckResult(
            detail="SQLite; there is no file yet, the service makes it when it starts",
            facts={"revision": "none"},
        )
    async with schema_of(settings, make=False) as schema:
        standing = await schema.standing()
        name = schema.database.name
    revision = standing.found or "none"
    facts: dict[str, Fact] = {
        "revision": revision,
        "newest": standing.newest,
        "missing": standing.missing,
    }
    if not standing.known:
        raise DatabaseAhead(details=f"The {name} is at revision {revision}.")
    if standing.missing and file is None:
        raise DatabaseBehind(details=f"The {name} is at revision {revision}.")
    newest = "the newest" if not standing.missing else "upgraded at the next start"
    return CheckResult(detail=f"{name}, revision {revision}, {newest}", facts=facts)


def _sqlite_file(settings: Settings) -> Path | None:
    """Return the file of the database; None for a server."""
    kind, _, path = settings.database.partition(":///")
    return Path(path) if kind.startswith("sqlite") else None


async def _queue(settings: Settings) -> CheckResult:
    return CheckResult(detail=await describe_queue(settings), facts={"jobs": settings.jobs})


async def _storage(settings: Settings) -> CheckResult:
    with _left_as_it_was(settings.folder):
        async with AsyncExitStack() as stack:
            storage = await open_storage(settings, stack)
            return CheckResult(
                detail=await storage.ready(), facts={"backend": settings.storage_backend}
            )


async def _cage(settings: Settings) -> CheckResult:
    cage = Cage(settings.cage)
    with TemporaryDirectory(prefix="bachata-doctor-") as folder:
        trial = TriedCage(cage, Path(folder))
        detail = await trial.ready()
    gaps = trial.gaps
    warned = tuple(f"The cage has a gap: {gap}." for gap in gaps)
    if cage.mode == "off":
        warned = ("The cage is off: files from outside have limits of time and memory alone.",)
    facts: dict[str, Fact] = {
        "mode": cage.mode,
        "landlock": cage.landlock,
        "filters": cage.filters,
        "gaps": gaps,
    }
    return CheckResult(detail=detail, warnings=warned, facts=facts)


async def _workspace(settings: Settings) -> CheckResult:
    with _left_as_it_was(settings.folder):
        return CheckResult(detail=await LocalWorkspace(settings.folder / "work").ready())


@contextmanager
def _left_as_it_was(folder: Path) -> Generator[None]:
    """Delete the empty folders that were created meanwhile: the data folder and its parents."""
    tree = (*(folder / each for each in ("media/.incoming", "media", "work")), folder)
    folders = [each for each in (*tree, *folder.parents) if not each.exists()]
    try:
        yield
    finally:
        for each in folders:
            # Keep a folder with new content.
            with suppress(OSError):
                each.rmdir()


async def _index(settings: Settings) -> CheckResult:
    with TemporaryDirectory(prefix="bachata-doctor-") as folder:
        index = await open_index(Path(folder), nprobe=settings.faiss_nprobe, gpu=settings.wants_gpu)
        await index.swap("none", ())
        detail = await index.ready()
    by = detail.partition(" by ")[2]
    slow = () if "FAISS" in by else ("FAISS cannot be used; NumPy searches the moves.",)
    return CheckResult(detail=f"moves are searched by {by}", warnings=slow)


async def _disk(settings: Settings) -> CheckResult:
    return await FILES.run(partial(disks, {"data": settings.folder, "temporary": None}))


async def _fonts() -> CheckResult:
    return await FILES.run(examine_font)


def as_json(diagnosis: object) -> bytes:
    """Return a diagnosis as JSON text."""
    return msgspec.json.format(msgspec.json.encode(diagnosis), indent=2)
