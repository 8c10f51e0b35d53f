"""The composition root: the only module that chooses the adapter for each port.

`doctor_checks` also opens some adapters itself.
"""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final

from adapters.cage.cage import Cage
from adapters.cage.self_test import TriedCage
from adapters.database.api_keys import SqlApiKeys
from adapters.database.attempts import SqlAttemptCounter
from adapters.database.blueprints import SqlBlueprintArchive
from adapters.database.cleanups import SqlCleanupTimes
from adapters.database.copying import copy_rows
from adapters.database.deliveries import Outbox, SqlDeliveryRepository, outbox
from adapters.database.embeddings import SqlMoveEmbeddings
from adapters.database.engine import Database, open_database
from adapters.database.job_events import open_job_events
from adapters.database.jobs import SqlJobRepository
from adapters.database.library_files import SqlLibraryFiles
from adapters.database.logins import SqlLogins
from adapters.database.media_assets import SqlMediaAssets
from adapters.database.moves import SqlMoveRepository
from adapters.database.schema import Schema, open_schema
from adapters.database.scripts import SqlScriptRepository
from adapters.database.server_time import server_time
from adapters.database.signing_keys import SqlSigningKeys
from adapters.database.songs import SqlSongRepository
from adapters.database.stored_files import SqlStoredFiles
from adapters.database.tasks import SqlTaskRepository
from adapters.database.users import SqlUserRepository
from adapters.database.webhooks import SqlWebhookRepository
from adapters.demo.studio import CodeStudio
from adapters.embedding.hashed import HashedEmbedder
from adapters.ffmpeg.encoder import FFmpegEncoder
from adapters.ffmpeg.ffmpeg_runner import FFmpegRunner
from adapters.ffmpeg.find import find_ffmpeg
from adapters.ffmpeg.scene_encoder import FFmpegSceneEncoder
from adapters.ffmpeg.stills import FFmpegStills
from adapters.index.factory import open_index
from adapters.jobs.in_process import InProcessJobQueue
from adapters.listening.librosa_analyzer import LibrosaAudioAnalyzer
from adapters.listening.song_analyzer import NAME
from adapters.listening.sound_alignment import align
from adapters.media.caged import (
    CagedAudioAnalyzer,
    CagedDecoder,
    CagedMotionAnalyzer,
    CagedPictureProbe,
    CagedProbe,
    CagedSoundAligner,
)
from adapters.media.worker import MediaWorker
from adapters.memory.job_events import MemoryJobEvents
from adapters.mixing.mixer import FFmpegNarrationMixer
from adapters.mp4.encoder import JoiningEncoder
from adapters.mp4.hls_fragments import FragmentPreviewStreamer
from adapters.passwords.argon2_hasher import Argon2PasswordHasher
from adapters.progress.logs import LogProgress
from adapters.progress.several import SeveralProgress
from adapters.progress.stages import TracedStages
from adapters.seeds.opening import open_seed
from adapters.storage.artifact_cache import LocalArtifactCache
from adapters.storage.bucket import Bucket, Profile
from adapters.storage.local import LocalStorage
from adapters.storage.s3 import open_s3
from adapters.storage.workspace import LocalWorkspace
from adapters.system.blas import use_one_blas_thread
from adapters.system.clock import SystemClock
from adapters.system.disk import FolderDisk
from adapters.tokens.jwt_signer import JwtSigner
from adapters.tokens.setting_keys import SettingSigningKeys
from adapters.webhooks.http_sender import HttpWebhookSender
from application.jobs.job_progress import JobProgressEvents
from application.monitoring.measured_cache import MeasuredCache
from application.monitoring.measured_stages import MeasuredStages
from application.monitoring.no_metrics import NO_METRICS
from application.operations.extras import require_extra
from application.operations.tracing import Tracing
from application.ports.job_events import JobEvents
from application.ports.job_queue import JobQueue
from application.ports.jobs import JobRepository
from application.ports.metrics import Metrics
from application.ports.progress import Progress
from application.ports.seed_source import SeedSource
from application.ports.storage import Storage
from entrypoints.observation import open_spans_of, server_metrics
from entrypoints.ports import Ports
from entrypoints.problem_texts import problem_text
from entrypoints.settings import Settings
from entrypoints.voices import open_description_model, open_image_model, open_speech

WORKER: Final = "entrypoints.media_worker"
"""Module that runs as the media worker."""


@asynccontextmanager
async def open_ports(
    settings: Settings, *listeners: Progress, metrics: Metrics = NO_METRICS
) -> AsyncGenerator[Ports]:
    """Open the real adapters, and close them in reverse order on exit.

    Progress goes to ``listeners`` in addition to the log, and figures to ``metrics``. Raises
    `NotReady` if the database is unavailable, `StorageFailed` if the data folder or the bucket is
    not writable.
    """
    use_one_blas_thread()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            open_database(settings.database, settings.database_pool)
        )
        storage = await open_storage(settings, stack)
        # With local storage, a second name in the storage would keep evicted files on the same
        # disk.
        shared = None if isinstance(storage, LocalStorage) else storage
        cache = LocalArtifactCache(
            settings.folder / "cache", shared, settings.cache_max_mb * 1_000_000
        )
        await cache.remove_leftovers()
        artifacts = MeasuredCache(cache, metrics)
        cage = Cage(settings.cage)
        cage.require()
        worker = stack.enter_context(MediaWorker(WORKER, cage=cage, at_once=settings.cores))
        probe = CagedProbe(worker)
        details, cores = probe.details, settings.cores
        runner = FFmpegRunner(details, find_ffmpeg, at_once=cores, cage=cage, metrics=metrics)
        ffmpeg_encoder = FFmpegEncoder(details, at_once=cores, cage=cage, metrics=metrics)
        joining = JoiningEncoder(ffmpeg_encoder, artifacts)
        chosen = ffmpeg_encoder if settings.encoder == "ffmpeg" else joining
        tasks = SqlTaskRepository(database)
        jobs, job_queue = await _open_jobs(settings, database, outbox(problem_text))
        job_events = await _job_events(settings, database, stack)
        spans = await open_spans_of(settings, stack)
        # Machines that share records write the same time, even if one has a wrong clock.
        clock = SystemClock(await server_time(database)) if database.is_shared else SystemClock()
        yield Ports(
            tasks=tasks,
            scripts=SqlScriptRepository(database),
            media_assets=SqlMediaAssets(database),
            cleanup_times=SqlCleanupTimes(database),
            disk=FolderDisk(settings.folder),
            speech=open_speech(settings, stack, cage),
            narration_mixer=FFmpegNarrationMixer(runner),
            scene_encoder=FFmpegSceneEncoder(details, at_once=cores, cage=cage, metrics=metrics),
            image_model=open_image_model(settings, stack),
            stills=FFmpegStills(runner),
            jobs=jobs,
            job_queue=job_queue,
            job_events=job_events,
            blueprints=SqlBlueprintArchive(database),
            songs=SqlSongRepository(database),
            moves=SqlMoveRepository(database),
            library_files=SqlLibraryFiles(database),
            storage=storage,
            stored_files=SqlStoredFiles(database),
            artifacts=artifacts,
            media_probe=probe,
            picture_probe=CagedPictureProbe(worker),
            clips=chosen,
            encoder=chosen,
            preview_streamer=FragmentPreviewStreamer(joining, joining.store),
            workspace=LocalWorkspace(settings.folder / "work"),
            audio_analyzer=LibrosaAudioAnalyzer(CagedDecoder(worker).mono)
            if settings.audio_analyzer == "librosa"
            else CagedAudioAnalyzer(worker, NAME),
            description_model=open_description_model(settings, stack),
            embeddings=SqlMoveEmbeddings(database),
            index=await open_index(
                settings.folder / "cache" / "index",
                nprobe=settings.faiss_nprobe,
                gpu=settings.wants_gpu,
            ),
            embedder=HashedEmbedder(),
            motion_analyzer=CagedMotionAnalyzer(worker),
            sound_aligner=CagedSoundAligner(worker, align),
            studio=stack.enter_context(CodeStudio(settings.cores)),
            progress=SeveralProgress(
                LogProgress(),
                TracedStages(Tracing(spans)),
                MeasuredStages(metrics),
                JobProgressEvents(job_events, tasks, clock),
                *listeners,
            ),
            clock=clock,
            cage=TriedCage(cage, settings.folder),
            users=SqlUserRepository(database),
            logins=SqlLogins(database),
            api_keys=SqlApiKeys(database),
            attempts=SqlAttemptCounter(database),
            signing_keys=SettingSigningKeys(settings.secrets)
            if settings.secrets
            else SqlSigningKeys(database),
            token_signer=JwtSigner(),
            password_hasher=Argon2PasswordHasher(),
            webhooks=SqlWebhookRepository(database),
            deliveries=SqlDeliveryRepository(database),
            webhook_sender=HttpWebhookSender(loopback=settings.sends_to_loopback),
            spans=spans,
            metrics=metrics,
        )


def open_server_ports(settings: Settings) -> AbstractAsyncContextManager[Ports]:
    """Open the adapters of a server, which has a page of figures; raises as `open_ports`."""
    return open_ports(settings, metrics=server_metrics())


async def _open_jobs(
    settings: Settings, database: Database, record: Outbox | None = None
) -> tuple[JobRepository, JobQueue]:
    if not settings.has_workers:
        return SqlJobRepository(database, outbox=record), InProcessJobQueue()
    require_extra("pgqueuer", "BACHATA_JOBS=pgqueuer")
    # Only services with workers pay for this import, which takes a second.
    from adapters.jobs.pgqueuer_queue import open_pgqueuer

    queue = await open_pgqueuer(database, settings.database)
    return SqlJobRepository(database, queue.enqueue, record), queue


async def describe_queue(settings: Settings) -> str:
    """Return the state of the queue of jobs; raises `NotReady` and `ExtraMissing`."""
    if not settings.has_workers:
        return await InProcessJobQueue().ready()
    async with open_database(settings.database, pool=1) as database:
        return await (await _open_jobs(settings, database))[1].ready()


async def upgrade_queue(settings: Settings) -> bool:
    """Create or upgrade the tables of PgQueuer; return True if anything changed.

    Raises `NotReady` and `ExtraMissing`.
    """
    require_extra("pgqueuer", "BACHATA_JOBS=pgqueuer")
    from adapters.jobs.pgqueuer_engine import install

    return bool(await install(settings.database))


def schema_of(settings: Settings, *, make: bool) -> AbstractAsyncContextManager[Schema]:
    """Open the database without upgrading it, for operators; raises `NotReady`.

    Without ``make`` a missing file is an error.
    """
    return open_schema(settings.database, make=make)


async def copy_database(url: str, settings: Settings) -> dict[str, int]:
    """Copy all rows of the database at a URL to that of the settings; raises as `copy_rows`."""
    async with (
        open_schema(url, make=False) as source,
        open_schema(settings.database, make=False) as target,
    ):
        return await copy_rows(source, target)


async def open_storage(settings: Settings, stack: AsyncExitStack) -> Storage:
    """Open the media storage until ``stack`` closes; raises `StorageFailed`."""
    if settings.storage_backend == "s3":
        bucket = Bucket(
            name=settings.s3_bucket,
            endpoint=settings.s3_endpoint_url,
            region=settings.s3_region,
            folder=settings.s3_prefix.strip("/"),
            profile=Profile(settings.s3_profile),
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
        )
        return await stack.enter_async_context(open_s3(bucket))
    storage = LocalStorage(settings.folder / "media")
    await storage.remove_leftovers()
    return storage


def seed_at(place: str) -> AbstractAsyncContextManager[SeedSource]:
    """Open a dump or a database of the earlier system; raises `InvalidRequest`, `NotReady`."""
    return open_seed(place)


async def _job_events(settings: Settings, database: Database, stack: AsyncExitStack) -> JobEvents:
    """Open the events: over Postgres for all processes, otherwise within this one."""
    if not database.is_shared:
        return MemoryJobEvents()
    return await stack.enter_async_context(open_job_events(database, settings.database))
