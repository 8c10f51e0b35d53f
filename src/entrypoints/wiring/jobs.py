"""Connect the use cases of jobs."""

from structlog.contextvars import bind_contextvars, get_contextvars

from application.jobs.cancel_job import CancelJob
from application.jobs.make_film import MakeFilm
from application.jobs.perform_film import PerformFilm
from application.jobs.recover_jobs import RecoverJobs
from application.jobs.run_job import Perform, RunJob
from application.jobs.settled_outcome import SettledOutcome
from application.jobs.stream_film import StreamFilm
from application.jobs.submit_film import SubmitFilm
from application.jobs.wait_for_job import WaitForJob
from application.jobs.watch_task import WatchTask
from application.jobs.watchers import Watchers
from application.operations.tracing import Tracing, trace_id, traceparent
from application.ports.spans import SpanKind
from application.rendering.attempt import Attempt
from application.webhooks.manage_webhooks import PrepareCallback
from domain.jobs.job import Job
from domain.shared.paths import LOCAL_USER
from domain.webhooks.addresses import AddressRules
from entrypoints.use_cases import JobUseCases, PlanningUseCases, RenderingUseCases, WebhookUseCases
from entrypoints.wiring.films import FilmParts
from entrypoints.wiring.service import Service


def wire_jobs(
    service: Service,
    films: FilmParts,
    planning: PlanningUseCases,
    rendering: RenderingUseCases,
    webhooks: WebhookUseCases,
) -> JobUseCases:
    """Return the use cases that make films as jobs."""
    ports, settings, timeouts, _ = service
    perform_film = PerformFilm(
        films.tasks, planning.generate, planning.generate_from_text, rendering.assemble
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
        PrepareCallback(ports.webhooks, AddressRules(settings.sends_to_loopback)),
        lambda: get_contextvars().get("request_id"),
        traceparent,
    )
    wait_for_job = WaitForJob(ports.jobs, ports.job_events, cancel_job, leaving=timeouts.leaving)
    make_film = MakeFilm(submit_film, wait_for_job, cancel_job, settings.assembly_timeout)
    return JobUseCases(
        cancel_job=cancel_job,
        make_film=make_film,
        recover_jobs=RecoverJobs(
            ports.jobs,
            ports.job_queue,
            ports.job_events,
            ports.tasks,
            films.tasks,
            cancel_job,
            settled_outcome,
        ),
        run_job=RunJob(
            ports.jobs,
            ports.job_queue,
            ports.job_events,
            _observed(perform_film, Tracing(ports.spans)),
            settled_outcome,
            settings.assembly_timeout,
            leaving=timeouts.leaving,
            ended=webhooks.deliver_webhooks.look_now,
        ),
        stream_film=StreamFilm(make_film, ports.job_events, timeouts.heartbeat, timeouts.leaving),
        watch_task=WatchTask(
            ports.jobs,
            ports.tasks,
            ports.job_events,
            films.pipeline.finished,
            Watchers(settings.max_streams, settings.max_streams_of_caller),
            timeouts.heartbeat,
        ),
    )


def _observed(perform: Perform, tracing: Tracing) -> Perform:
    """Return the work, whose log lines have the ids of the job and of the request behind it, and
    whose spans belong to the trace of that request.
    """

    async def performed(job: Job, payload: str, attempt: Attempt) -> str:
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
            return await perform(job, payload, attempt)

    return performed
