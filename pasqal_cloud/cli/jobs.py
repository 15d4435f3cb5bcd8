"""`pasqal-cloud jobs` and `pasqal-cloud results`."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pasqal_cloud._arguments import counted
from pasqal_cloud.cli.command import command, group
from pasqal_cloud.cli.errors import CommandError, ExitStatus
from pasqal_cloud.cli.filters import PAGES, filtering, listed, options_of
from pasqal_cloud.cli.ids import batch_id, job_id
from pasqal_cloud.cli.output import View, joined, note, plot_counts, progress, show_counts
from pasqal_cloud.errors import NotFoundError, PasqalCloudError, WaitTimeoutError
from pasqal_cloud.filters import JobFilters
from pasqal_cloud.status import progress_of

if TYPE_CHECKING:
    from pasqal_cloud import SDK, Batch, Job

app = group("jobs", "List jobs, wait for them, cancel and repeat them.")

RESULTS = ("result", "full_result")

FIELDS = (
    *("id", "batch_id", "status", "runs", "variables", "errors", "parent_id", "project_id", "created_at"),
    *("updated_at", "start_timestamp", "end_timestamp", *RESULTS, "sequence"),
)


def result_of(job: Job) -> dict[str, int] | None:
    """Downloads the counts of a job; None if it has none."""
    return job.result if job.status == "DONE" else None


JOB = View(
    {**{name: attrgetter(name) for name in FIELDS}, "result": result_of},
    {
        "id": "id",
        "status": "status",
        "variables": "variables",
        "errors": "errors",
        "shots": "runs",
        "created": "created_at",
    },
    wrapped=frozenset({"variables", "errors"}),
    costly=frozenset({"result", "full_result", "sequence"}),
)


@dataclass(frozen=True)
class Result:
    """The result of a job, to be shown.

    Args:
        job: The job, which is DONE.
        top: How many bitstrings to show in a terminal; 0 for all.
        bars: Whether to show bars as wide as the terminal, also in a pipe.
    """

    job: Job
    top: int
    bars: bool = False

    def draw(self) -> None:
        """Prints the counts."""
        (plot_counts if self.bars else show_counts)(self.job.result or {}, self.top or None)


RESULT = View(
    {name: attrgetter(f"job.{name}") for name in ("id", "batch_id", "status", "runs", "variables", *RESULTS)},
    costly=frozenset({"full_result"}),
    draw=Result.draw,
)

JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job's id, or its first characters.")]
JobIds = Annotated[list[str], typer.Argument(metavar="JOB...", help="The ids of the jobs, or their first characters.")]
Timeout = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="Wait no longer, and exit with status 7 then.", min=0)
]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a wait.

    Args:
        hint: What goes on, and how to return to it.
    """

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.hint = hint


def wait_for(
    handle: Batch | Job,
    kind: str,
    timeout: float | None,
    on_update: Any = None,
    *,
    quiet: bool = False,
    command: str = "wait",
) -> None:
    """Waits for a batch or a job, with a line of progress.

    Args:
        handle: The batch or the job.
        kind: `batch` or `job`.
        timeout: How long to wait at most.
        on_update: Called with the handle when something has changed.
        quiet: Whether to show no line of progress.
        command: The command that waits, and that returns to the wait.

    Raises:
        Interrupted: Ctrl-C was pressed.
    """
    again = f"pasqal-cloud {'jobs' if kind == 'job' else 'batches'} {command} {handle.id}"
    try:
        with nullcontext() if quiet else progress(lambda time: line_of(handle, kind, time)):
            handle.wait(timeout, on_update=on_update, progress=False)  # it has its own line
    except KeyboardInterrupt:
        raise Interrupted(f"It goes on: {kind} {handle.id} ({handle.status}). Return to it with {again}") from None
    except WaitTimeoutError as error:
        raise CommandError(
            f"The {kind} {handle.id} has not ended within {timeout:g} s: {handle.status}.",
            f"It goes on; wait again with {again}",
            ExitStatus.NOT_ENDED,
        ) from error


def ended(*jobs: Job | Batch) -> ExitStatus:
    """Gets the exit status that tells how jobs have ended."""
    return ExitStatus.DONE if all(job.status == "DONE" for job in jobs) else ExitStatus.NOT_DONE


def line_of(handle: Any, kind: str, *time: str) -> str:
    """Describes how far a batch or a job is: `EMU_FREE · 2 of 50 done, 1 running · 0:12 · batch 0ef5…`."""
    counts = getattr(handle, "jobs_count_per_status", None)
    state = progress_of(counts) if counts else str(handle.status).lower()
    return joined(getattr(handle, "device_type", None) or "", state, *time, f"{kind} {handle.id}")


@command(app, "list", view=JOB, options=options_of(JobFilters) | PAGES, build=filtering(JobFilters))
def list_jobs(sdk: SDK, filters: JobFilters | None = None, **pages: Any) -> list[Job]:
    """List jobs, the newest first."""
    return listed(sdk.get_jobs, sdk.iter_jobs, filters, **pages)


@command(app, "show", view=JOB)
def show(sdk: SDK, job: JobId) -> Job:
    """Show a job."""
    return sdk.get_job(job_id(sdk, job))


@command(app, "wait", view=JOB)
def wait(sdk: SDK, job: JobId, timeout: Timeout = None) -> tuple[Job, ExitStatus]:
    """Wait until a job has ended. The exit status is 6 unless it is DONE."""
    found = sdk.get_job(job_id(sdk, job))
    wait_for(found, "job", timeout)
    return found, ended(found)


@command(app, "cancel", view=JOB)
def cancel(sdk: SDK, jobs: JobIds) -> list[Job]:
    """Cancel jobs."""
    return [sdk.cancel_job(job_id(sdk, job)) for job in jobs]


@command(app, "retry", view=JOB)
def retry(sdk: SDK, job: JobId) -> Job:
    """Add a copy of a job to its batch, which must be open, and show the copy."""
    found = sdk.get_job(job_id(sdk, job))
    batch = sdk.get_batch(found.batch_id or "")
    if not batch.open:
        hint = f"Repeat it in a new one: pasqal-cloud batches rebatch {batch.id} --id {found.id}"
        raise CommandError(f"The batch {batch.id} of this job is closed.", hint)
    before = {known.id for known in batch.ordered_jobs}
    batch.retry(found)
    return next(added for added in batch.ordered_jobs if added.id not in before)


def results(
    sdk: SDK,
    job: JobId,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the job first.")] = False,
    top: Annotated[int, typer.Option(metavar="N", help="Show at most N bitstrings in a terminal; 0 for all.")] = 20,
    plot: Annotated[
        str | None,
        typer.Option(
            metavar="[FILE.png]", help="Draw wide bars or, in a file that ends with .png, .pdf or .svg, a histogram."
        ),
    ] = None,
) -> Result:
    """Show how often each bitstring was measured.

    In a terminal, that is a table; in a pipe, lines of a bitstring and its count. JSON has the field result and, for
    the whole document, full_result.
    """
    if plot and not plot.lower().endswith(PICTURES):
        message = f"--plot draws files that end with {', '.join(PICTURES)}, not {plot}."
        raise CommandError(message, None, ExitStatus.WRONG_OPTIONS)
    found = _job_or_only_job(sdk, job)
    if wait:
        wait_for(found, "job", None)
    if not found.is_settled:
        hint = f"Wait for it: pasqal-cloud results {found.id} --wait"
        raise CommandError(f"The job {found.id} has no result yet: {found.status}.", hint, ExitStatus.NOT_ENDED)
    if found.status != "DONE":
        reasons = "; ".join(found.errors) or "the service gives no reason"
        raise CommandError(f"The job {found.id} ended {found.status}: {reasons}", None, ExitStatus.NOT_DONE)
    if plot:
        _save_plot(found, plot, top or None)
    return Result(found, top, bars=plot == "")


def _job_or_only_job(sdk: SDK, text: str) -> Job:
    """Gets a job by its id or, if that is the id of a batch with one job, that job."""
    try:
        return sdk.get_job(job_id(sdk, text))
    except (CommandError, NotFoundError) as error:
        if isinstance(error, CommandError) and error.status != ExitStatus.NOT_FOUND:
            raise
        try:
            batch = sdk.get_batch(batch_id(sdk, text))
        except (CommandError, PasqalCloudError):
            raise error from None
    jobs = batch.ordered_jobs
    if len(jobs) != 1:
        message = f"{batch.id} is a batch, with {counted(len(jobs), 'job')}, and no job."
        hint = f"Choose one: pasqal-cloud jobs list --batch {batch.id}"
        raise CommandError(message, hint, ExitStatus.WRONG_OPTIONS)
    return jobs[0]


PICTURES = (".png", ".pdf", ".svg")
"""The kinds of files that a histogram can be saved in."""


def _save_plot(job: Job, path: str, top: int | None) -> None:
    """Draws the histogram of a job into a file."""
    if not job.result:
        raise CommandError(f"The job {job.id} has no counts to draw.", "See --json full_result.")
    with suppress(ModuleNotFoundError):  # what is missing, the next line tells
        import matplotlib as mpl

        mpl.use("agg")  # draws without a screen
    figure: Any = job.result.plot(top=top).figure
    figure.savefig(path)
    note(f"Saved the histogram in {path}.")
