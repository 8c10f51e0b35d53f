"""Connect the use cases that operate the service."""

from application.migration.library import SeedLibrary
from application.migration.migrate_seed import MigrateSeed
from application.migration.owners import SeedOwners
from application.migration.tasks import SeedTasks
from application.migration.verification import Verification
from application.operations.check_health import CheckHealth
from application.operations.make_demo import MakeDemoLibrary
from application.operations.read_metrics import MeasureStorage, ReadMetrics
from application.operations.recover_storage import RecoverStorage
from application.operations.use_case_logging import logged
from application.quotas.recount_files import RecountFiles
from entrypoints.parts import parts_of
from entrypoints.settings import Settings
from entrypoints.use_cases import (
    LibraryUseCases,
    OperationsUseCases,
    SearchUseCases,
)
from entrypoints.wiring.service import Service, add_move_of, add_song_of


def wire_operations(
    service: Service, library: LibraryUseCases, search: SearchUseCases
) -> OperationsUseCases:
    """Return the use cases for the operator of the service."""
    ports, settings, _ = service
    make_demo = MakeDemoLibrary(
        ports.studio,
        ports.songs,
        ports.moves,
        ports.workspace,
        add_move_of(ports),
        add_song_of(ports),
        settings.cores,
    )
    recover_storage = RecoverStorage(
        ports.songs,
        ports.moves,
        ports.library_files,
        ports.tasks,
        ports.blueprints,
        ports.storage,
        cache_limit=_made_in_storage(settings),
    )
    return OperationsUseCases(
        check_health=CheckHealth(parts_of(ports, search.find_moves)),
        make_demo=make_demo,
        measure_storage=MeasureStorage(ports.metrics, ports.storage),
        migrate_seed=logged("migrate_seed", _migrate_seed(service, library)),
        recount_files=RecountFiles(ports.storage, ports.stored_files),
        read_metrics=ReadMetrics(ports.metrics, ports.jobs, ports.workspace),
        recover_storage=recover_storage,
    )


def _migrate_seed(service: Service, library: LibraryUseCases) -> MigrateSeed:
    ports, settings, _ = service
    seed_library = SeedLibrary(
        ports.songs,
        ports.moves,
        ports.media_probe,
        add_song_of(ports),
        library.import_library,
        settings.cores,
    )
    seed_tasks = SeedTasks(
        ports.tasks,
        ports.blueprints,
        ports.storage,
        ports.media_probe,
        SeedOwners(ports.users, keeps_users=settings.auth == "on"),
    )
    verification = Verification(
        ports.songs,
        ports.moves,
        ports.embeddings,
        ports.tasks,
        ports.blueprints,
        ports.storage,
    )
    return MigrateSeed(
        seed_library, seed_tasks, verification, ports.storage, ports.workspace, settings.home
    )


def _made_in_storage(settings: Settings) -> int:
    """Return the maximum bytes of cached files in the storage; 0 for local storage."""
    return 0 if settings.storage_backend == "local" else settings.storage_cache_max_mb * 1_000_000
