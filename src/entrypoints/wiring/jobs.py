"""Connect the use cases of jobs."""

from structlog.contextvars import bind_contextvars, get_contextvars

from application.jobs.cancel_job import CancelJob
from application.jobs.cancel_unfinished_job import CancelUnfinishedJob
from application.jobs.follow_job import FollowJob
from application.jobs.make_film import MakeFilm
from application.jobs.perform_film import PerformFilm
from application.jobs.perform_library import PerformLibrary
from application.jobs.prepare_library import CancelPreparation, PrepareLibrary
from application.jobs.read_jobs import ListJobs, ReadJob
from application.jobs.recover_jobs import RecoverJobs
from application.jobs.run_job import Perform, RunJob
from application.jobs.settled_outcome import SettledOutcome
from application.jobs.stream_film import StreamFilm
from application.jobs.submit_film import SubmitFilm
from application.jobs.wait_for_job import WaitForJob
from application.jobs.watch_task import WatchTask
from application.jobs.watchers import Watchers
from application.library.backfill_audio_embeddings import BackfillAudioEmbeddings
from application.library.clip_analysis import Examination
from application.monitoring.measured_work import measured_work
from application.operations.tracing import Tracing, trace_id, traceparent
from application.operations.use_case_logging import logged
from application.ports.metrics import Metrics
from application.ports.spans import SpanKind
from application.rendering.attempt import Attempt
from application.webhooks.manage_webhooks import PrepareCallback
from domain.jobs.job import FILMS, Job
from domain.shared.paths import LOCAL_USER
from domain.webhooks.addresses import AddressRules
from entrypoints.use_cases import JobUseCases, PlanningUseCases, RenderingUseCases, WebhookUseCases
from entrypoints.wiring.films import FilmParts
from entrypoints.wiring.scripts import compose_video_of
from entrypoints.wiring.service import (
    Service,
    analyze_song_of,
    prepare_item_of,
    reservations_of,
    share_beats_of,
)


def wire_jobs(
    service: Service,
    films: FilmParts,
    planning: PlanningUseCases,
    rendering: RenderingUseCases,
    webhooks: WebhookUseCases,
    examination: Examination,
) -> JobUseCases:
    """Return the use cases that make films, and prepare the library, as jobs."""
    ports, settings, timeouts = service
    perform_film = PerformFilm(
        films.tasks,
        planning.generate,
        planning.generate_from_text,
        rendering.assemble,
        logged("compose_video", compose_video_of(service, films)),
    )
    settled_outcome = SettledOutcome(
        ports.jobs, ports.tasks, films.pipeline.finished, planning.understand_description
    )
    cancel_job = CancelJob(ports.jobs, ports.job_queue, ports.job_events, films.tasks)
    submit_film = SubmitFilm(
        ports.jobs,
        ports.job_queue,
        ports.clock,
        films.pipeline,
        settings.admission_on(settings.cores),
        reservations_of(service).refusal,
        PrepareCallback(ports.webhooks, AddressRules(settings.sends_to_loopback)),
        _request_id,
        traceparent,
    )
    wait_for_job = WaitForJob(ports.jobs, ports.job_events, cancel_job, leaving=timeouts.leaving)
    make_film = MakeFilm(submit_film, wait_for_job, cancel_job, settings.assembly_timeout)
    read_job = ReadJob(ports.jobs, ports.tasks)
    watch_task = WatchTask(
        ports.jobs,
        ports.tasks,
        ports.job_events,
        films.pipeline.finished,
        Watchers(settings.max_streams, settings.max_streams_of_caller),
        timeouts.heartbeat,
    )
    return JobUseCases(
        cancel_job=cancel_job,
        cancel_preparation=CancelPreparation(ports.jobs, cancel_job),
        cancel_unfinished_job=CancelUnfinishedJob(ports.jobs, cancel_job),
        follow_job=FollowJob(watch_task, read_job),
        list_jobs=ListJobs(ports.jobs, read_job),
        make_film=make_film,
        prepare_library=PrepareLibrary(ports.jobs, ports.job_queue, ports.clock, _request_id),
        read_job=read_job,
        recover_jobs=RecoverJobs(
            ports.jobs,
            ports.job_queue,
            ports.job_events,
            ports.tasks,
            films.tasks,
            cancel_job,
            settled_outcome,
            metrics=ports.metrics,
        ),
        run_job=RunJob(
            ports.jobs,
            ports.job_queue,
            ports.job_events,
            _observed(
                _by_kind(perform_film, _perform_library(service, examination)),
                Tracing(ports.spans),
                ports.metrics,
            ),
            settled_outcome,
            settings.assembly_timeout,
            leaving=timeouts.leaving,
            ended=webhooks.deliver_webhooks.look_now,
        ),
        stream_film=StreamFilm(make_film, ports.job_events, timeouts.heartbeat, timeouts.leaving),
        watch_task=watch_task,
    )


def _perform_library(service: Service, examination: Examination) -> PerformLibrary:
    ports = service.ports
    backfill = BackfillAudioEmbeddings(
        ports.storage,
        ports.artifacts,
        ports.media_probe,
        ports.clips,
        ports.workspace,
        ports.embeddings,
        examination,
        ports.audio_analyzer,
    )
    return PerformLibrary(
        ports.jobs,
        ports.job_queue,
        ports.job_events,
        ports.songs,
        ports.moves,
        prepare_item_of(ports),
        analyze_song_of(ports),
        backfill,
        share_beats_of(ports),
        service.timeouts,
    )


def _by_kind(perform_film: Perform, perform_library: Perform) -> Perform:
    """Return the work of either kind of job."""

    async def performed(job: Job, payload: str, attempt: Attempt) -> str | None:
        perform = perform_film if job.kind in FILMS else perform_library
        return await perform(job, payload, attempt)

    return performed


def _request_id() -> str | None:
    return get_contextvars().get("request_id")


def _observed(perform: Perform, tracing: Tracing, metrics: Metrics) -> Perform:
    """Return the work, whose log lines have the ids of the job and of the request behind it, whose
    spans belong to the trace of that request, and whose duration is measured.
    """

    async def performed(job: Job, payload: str, attempt: Attempt) -> str | None:
        task_id = str(job.job_id)
        # Nobody records when a job is queued again.
        if job.attempt == 1:
            tracing.past("queue", job.created_at, job.traceparent)
        with tracing.span(f"job {job.kind}", SpanKind.CONSUMER, job.traceparent) as span:
            caller = {} if job.owner == LOCAL_USER else {"caller": job.owner}
            known = {"task_id": task_id, "request_id": job.request_id, "attempt": job.attempt}
            span.describe({f"bachata.{name}": fact for name, fact in {**known, **caller}.items()})
            # A job is a task of asyncio, which has its own copy of these variables.
            bind_contextvars(**known, **caller, **trace_id(span))
            with measured_work(metrics, str(job.kind)):
                return await perform(job, payload, attempt)

    return performed
