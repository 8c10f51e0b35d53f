"""`bachata-buddy jobs`: list, watch and cancel the jobs of the data folder."""

from uuid import UUID

import click
import msgspec
from rich.table import Table
from rich_click import RichCommand, RichGroup

from application.concurrency.timeouts import Timeouts
from application.jobs.read_jobs import JobSummary
from application.ports.jobs import JobFilter
from domain.jobs.job import JobKind, JobState
from entrypoints import maintenance
from entrypoints.cli.console import plain, say, talker
from entrypoints.cli.job_bars import JobBars, job_bars
from entrypoints.cli.listing import (
    cursor_option,
    json_option,
    limit_option,
    moment,
    show_page,
)
from entrypoints.cli.own_job import followed, refuse_failure, stopped
from entrypoints.cli.session import run, session
from entrypoints.cursors import after

_ENDING: float = 20.0
"""Maximum seconds for a job to end; its worker notices within two that it is cancelled."""


@click.group(cls=RichGroup)
def jobs() -> None:
    """Show and cancel the jobs that make films and prepare the library, of all users.

    Commands and servers that use the same data folder have the same jobs.
    """


@jobs.command("list", cls=RichCommand)
@click.option(
    "--state",
    "states",
    type=click.Choice([each.value for each in JobState]),
    multiple=True,
    help="Only jobs in this state; may be given several times.",
)
@click.option(
    "--kind",
    "kinds",
    type=click.Choice([each.value for each in JobKind]),
    multiple=True,
    help="Only jobs of this kind; may be given several times.",
)
@click.option("--parts", is_flag=True, help="List the parts of divided jobs, too.")
@limit_option
@cursor_option
@json_option
def list_jobs(
    states: tuple[str, ...],
    kinds: tuple[str, ...],
    parts: bool,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """List jobs, the newest first; ended ones are kept for a week."""
    filters = JobFilter(
        states=tuple(map(JobState, states)), kinds=tuple(map(JobKind, kinds)), parts=parts
    )

    async def work() -> None:
        async with session(only_looking=True) as opened:
            page = await opened.use_cases.list_jobs(filters, after(cursor), limit)
        show_page(page, _table, as_json=as_json)

    run(work)


@jobs.command("watch", cls=RichCommand)
@click.argument("job_id", metavar="ID", type=click.UUID)
@click.option("--json", "as_json", is_flag=True, help="Print each change as a line of JSON.")
def watch(job_id: UUID, as_json: bool) -> None:
    """Show the progress of the job ID until it ends; Ctrl-C ends only the watching.

    Fails as the job does, with the same exit status.
    """

    async def work() -> None:
        previous: JobSummary | None = None

        def show(job: JobSummary) -> None:
            nonlocal previous
            if as_json and job != previous:
                click.echo(msgspec.json.encode(job))
            previous = job
            bars.show(job)

        with job_bars(talker()) as progress:
            bars = JobBars(progress)
            async with session(only_looking=True) as opened:
                job = await followed(opened.use_cases, job_id, show)
        refuse_failure(job)
        if not as_json:
            say(talker(), f"The job {job.job_id} is completed.")

    run(work)


@jobs.command("cancel", cls=RichCommand)
@click.argument("job_id", metavar="ID", type=click.UUID)
@json_option
def cancel(job_id: UUID, as_json: bool) -> None:
    """Cancel the job ID, and wait some seconds for its end; nothing of its video stays.

    The request is on record: a worker that is away obeys it when it comes back.
    """

    async def work() -> None:
        async with session() as opened:
            use_cases = opened.use_cases
            await use_cases.cancel_unfinished_job(job_id)
            # The worker of the job may have died.
            async with maintenance.recovering_jobs(use_cases, Timeouts()):
                has_ended = await stopped(use_cases, job_id, _ENDING)
            job = await use_cases.read_job(job_id)
        if as_json:
            click.echo(msgspec.json.encode(job))
        elif has_ended:
            say(talker(), f"The job {job_id} is {job.state}.")
        else:
            say(talker(), f"The job {job_id} is asked to stop; its worker has not ended it yet.")

    run(work)


def _table(summaries: tuple[JobSummary, ...]) -> Table:
    table = Table()
    for name in ("id", "kind", "state", "%", "stage", "owner", "created (UTC)", "notes"):
        table.add_column(name, justify="right" if name == "%" else "left")
    for job in summaries:
        table.add_row(
            str(job.job_id),
            job.kind,
            "cancelling" if job.cancelling else job.state,
            str(job.progress),
            job.stage or "-",
            plain(job.owner),
            moment(job.created_at),
            plain(_notes(job)),
        )
    return table


def _notes(job: JobSummary) -> str:
    if job.failure is not None:
        return job.failure.message
    if job.children:
        return f"{job.children - job.remaining} of {job.children} parts have ended"
    return job.item or ""
