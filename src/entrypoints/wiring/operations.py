"""Connect the use cases that operate the service."""

from application.migration.library import SeedLibrary
from application.migration.migrate_seed import MigrateSeed
from application.migration.owners import SeedOwners
from application.migration.tasks import SeedTasks
from application.migration.verification import Verification
from application.operations.check_health import CheckHealth
from application.operations.clean_up_storage import CleanUpStorage
from application.operations.make_demo import MakeDemoLibrary
from application.operations.read_metrics import MeasureStorage, ReadMetrics
from application.operations.recover_storage import RecoverStorage
from application.operations.use_case_logging import logged
from application.operations.verify_storage import VerifyStorage
from application.quotas.recount_files import RecountFiles
from application.storage.file_references import FileReferences
from application.storage.read_usage import ReadStorageUsage
from entrypoints.parts import parts_of
from entrypoints.settings import Settings
from entrypoints.use_cases import (
    LibraryUseCases,
    OperationsUseCases,
    ScriptUseCases,
    SearchUseCases,
)
from entrypoints.wiring.service import Service, add_move_of, add_song_of


def wire_operations(
    service: Service, library: LibraryUseCases, search: SearchUseCases, scripts: ScriptUseCases
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
    policies = settings.policies(_made_mb(settings))
    recover_storage = RecoverStorage(
        ports.songs,
        ports.moves,
        ports.library_files,
        ports.tasks,
        ports.blueprints,
        ports.storage,
        cache_limit=_made_mb(settings) * 1_000_000,
    )
    clean_up_storage = CleanUpStorage(
        recover_storage,
        scripts.remove_video,
        FileReferences(ports.tasks, ports.blueprints),
        ports.tasks,
        ports.media_assets,
        ports.cleanup_times,
        ports.storage,
        policies,
    )
    return OperationsUseCases(
        check_health=CheckHealth(parts_of(ports, search.find_moves)),
        clean_up_storage=clean_up_storage,
        make_demo=make_demo,
        measure_storage=MeasureStorage(ports.metrics, ports.storage),
        migrate_seed=logged("migrate_seed", _migrate_seed(service, library)),
        recount_files=RecountFiles(ports.storage, ports.stored_files),
        read_storage_usage=ReadStorageUsage(
            ports.storage,
            ports.cleanup_times,
            ports.disk,
            policies,
            ports.stored_files,
            settings.quota,
        ),
        read_metrics=ReadMetrics(ports.metrics, ports.jobs, ports.disk),
        recover_storage=recover_storage,
        verify_storage=VerifyStorage(
            clean_up_storage, recover_storage, ports.media_assets, ports.storage
        ),
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


def _made_mb(settings: Settings) -> int:
    """Return the maximum megabytes of cached files in the storage; 0 for local storage."""
    return 0 if settings.storage_backend == "local" else settings.storage_cache_max_mb
