"""`pasqal-cloud batches`."""

from __future__ import annotations

import sys
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.table import Table
from rich.text import Text

from pasqal_cloud.cli import output
from pasqal_cloud.cli.command import command, group
from pasqal_cloud.cli.errors import CommandError, ExitStatus
from pasqal_cloud.cli.filters import PAGES, filtering, listed, options_of
from pasqal_cloud.cli.ids import batch_id
from pasqal_cloud.cli.jobs import JOB, Timeout, ended, line_of, wait_for
from pasqal_cloud.cli.output import View, cell, complain, console, count_per_status, progress, show_fields
from pasqal_cloud.filters import BatchFilters, RebatchFilters

if TYPE_CHECKING:
    from pasqal_cloud import SDK, Batch

app = group("batches", "List batches, wait for them, close, cancel and repeat them.")

FIELDS = (
    *("id", "status", "device_type", "open", "jobs_count", "jobs_count_per_status", "tags", "project_id", "user_id"),
    *("parent_id", "webhook", "created_at", "updated_at", "start_datetime", "end_datetime", "sequence_builder"),
)


def jobs_of(batch: Batch) -> list[dict[str, object]]:
    """Reads the jobs of a batch."""
    return [JOB.read(job) for job in batch.ordered_jobs]


def draw(batch: Batch) -> None:
    """Prints the fields of a batch."""
    show_fields(BATCH.read(batch) | {"jobs_count_per_status": count_per_status(batch.jobs_count_per_status)})


BATCH = View(
    {**{name: attrgetter(name) for name in FIELDS}, "jobs": jobs_of},
    {
        "id": "id",
        "status": "status",
        "device": "device_type",
        "jobs": lambda batch: count_per_status(batch.jobs_count_per_status) or batch.jobs_count,
        "created": "created_at",
        "tags": "tags",
    },
    wrapped=frozenset({"jobs", "tags"}),
    costly=frozenset({"sequence_builder", "jobs"}),
    draw=draw,
)

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="The batch's id, or its first characters.")]
BatchIds = Annotated[
    list[str], typer.Argument(metavar="BATCH...", help="The ids of the batches, or their first characters.")
]


@command(app, "list", view=BATCH, options=options_of(BatchFilters) | PAGES, build=filtering(BatchFilters))
def list_batches(sdk: SDK, filters: BatchFilters | None = None, **pages: Any) -> list[Batch]:
    """List batches, the newest first."""
    return listed(sdk.get_batches, sdk.iter_batches, filters, **pages)


@command(app, "show", view=BATCH)
def show(sdk: SDK, batch: BatchId) -> Batch:
    """Show a batch. Its jobs: pasqal-cloud jobs list --batch BATCH."""
    return sdk.get_batch(batch_id(sdk, batch))


@command(app, "wait", view=BATCH)
def wait(sdk: SDK, batch: BatchId, timeout: Timeout = None) -> tuple[Batch, ExitStatus]:
    """Wait until all jobs of a batch have ended. The exit status is 6 unless all are DONE."""
    found = sdk.get_batch(batch_id(sdk, batch))
    wait_for(found, "batch", timeout)
    return found, ended(*found.ordered_jobs)


@command(app, "watch")
def watch(sdk: SDK, batch: BatchId, timeout: Timeout = None) -> tuple[None, ExitStatus]:
    """Show the jobs of a batch while they run, until all have ended.

    In a terminal, that is a table of the jobs; in a pipe, a line whenever something has changed.
    """
    found = sdk.get_batch(batch_id(sdk, batch))
    out = console()

    def report(batch: Batch) -> None:
        if out.is_terminal:
            batch.refresh()
        else:
            counts = count_per_status(batch.jobs_count_per_status)
            sys.stdout.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')}\t{batch.status}\t{counts}\n")
            sys.stdout.flush()

    if out.is_terminal:
        found.ordered_jobs  # noqa: B018 - fetched here, so that the table needs no request
        with progress(lambda _: _table(found, out.height - 3)):
            wait_for(found, "batch", timeout, report, quiet=True, command="watch")
        out.print(line_of(found, "batch"))
        output.show(JOB, found.ordered_jobs, None, as_json=False)
    else:
        report(found)
        wait_for(found, "batch", timeout, report, command="watch")
    return None, ended(*found.ordered_jobs)


def _table(batch: Batch, height: int) -> Group:
    """Makes the table of as many jobs as there is room for, with those first that have not ended."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for _ in range(3):
        table.add_column(no_wrap=True, overflow="crop")
    jobs = sorted(batch.ordered_jobs, key=lambda job: job.is_settled)
    shown = jobs if len(jobs) <= height else jobs[: max(0, height - 1)]
    for job in shown:
        table.add_row(cell(job.id), cell(job.status), cell(job.variables))
    if len(shown) < len(jobs):
        table.add_row(Text(f"{len(jobs) - len(shown)} more", "dim"))
    return Group(line_of(batch, "batch"), table)


@command(app, "close", view=BATCH)
def close(sdk: SDK, batch: BatchId) -> Batch:
    """Close an open batch: no jobs can be added any more, and its device is free once they have ended."""
    return sdk.close_batch(batch_id(sdk, batch))


@command(app, "cancel", view=BATCH)
def cancel(sdk: SDK, batches: BatchIds) -> tuple[list[Batch], ExitStatus]:
    """Cancel batches, with those of their jobs that have not ended."""
    batches = [batch_id(sdk, each) for each in batches]
    if len(batches) == 1:
        return [sdk.cancel_batch(batches[0])], ExitStatus.DONE
    cancelled = sdk.cancel_batches(batches)
    for batch, reason in cancelled.errors.items():
        complain(f"Batch {batch} was not cancelled: {reason}", None)
    return list(cancelled.batches), ExitStatus.FAILED if cancelled.errors else ExitStatus.DONE


@command(app, "rebatch", view=BATCH, options=options_of(RebatchFilters), build=filtering(RebatchFilters))
def rebatch(sdk: SDK, batch: BatchId, filters: RebatchFilters | None = None) -> Batch:
    """Create a batch with copies of the jobs of a closed one: of all, or of those that the options choose."""
    return sdk.rebatch(batch_id(sdk, batch), filters)


@command(app, "tag", view=BATCH)
def tag(
    sdk: SDK,
    batch: BatchId,
    tags: Annotated[list[str] | None, typer.Argument(metavar="[TAG]...", help="The new tags.")] = None,
    add: Annotated[bool, typer.Option("--add", help="Keep the tags that it has.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Remove all tags.")] = False,
) -> Batch:
    """Replace the tags of a batch."""
    if bool(tags) == clear:
        raise CommandError("Give either tags, or --clear.", None, ExitStatus.WRONG_OPTIONS)
    batch = batch_id(sdk, batch)
    before = sdk.get_batch(batch).tags if add else []
    return sdk.set_batch_tags(batch, [*dict.fromkeys([*before, *(tags or [])])])
