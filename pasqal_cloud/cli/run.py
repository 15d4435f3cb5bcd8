"""`pasqal-cloud run`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pasqal_cloud.cli.batches import BATCH, draw
from pasqal_cloud.cli.command import complete_devices
from pasqal_cloud.cli.errors import CommandError, ExitStatus
from pasqal_cloud.cli.jobs import JOB, Timeout, ended, wait_for
from pasqal_cloud.cli.output import View, note, show_counts, show_fields

if TYPE_CHECKING:
    from pasqal_cloud import SDK, Batch


@dataclass(frozen=True)
class Run:
    """A batch that was submitted.

    Args:
        batch: The batch.
        waited: Whether its jobs have ended.
    """

    batch: Batch
    waited: bool

    def draw(self) -> None:
        """Prints the counts of the job or, before it has ended, the batch."""
        if not self.waited:
            draw(self.batch)
            return
        for job in self.batch.ordered_jobs:
            if job.status == "DONE":
                show_counts(job.result or {}, 20)
            else:
                show_fields(JOB.read(job))

    def jobs(self) -> list[dict[str, object]]:
        """Reads the jobs, with their results."""
        names = [name for name in JOB.fields if name not in JOB.costly]
        return [JOB.read(job, [*names, "result"]) for job in self.batch.ordered_jobs]


RUN = View(
    {
        **{name: lambda run, read=read: read(run.batch) for name, read in BATCH.fields.items()},  # type: ignore[misc]
        "jobs": Run.jobs,
    },
    costly=BATCH.costly - {"jobs"},
    draw=Run.draw,
)


@dataclass(frozen=True)
class Variable:
    """The value of a variable of the sequence.

    Args:
        name: Its name.
        value: A number or a list.
    """

    name: str
    value: Any


def file(path: str) -> str:
    """Reads a file of JSON, or standard input if the path is `-`."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
        json.loads(text)
    except OSError as error:
        raise typer.BadParameter(f"{path} can't be read: {error.strerror}.") from error
    except ValueError as error:
        hint = "Write it with Path(...).write_text(sequence.to_abstract_repr())."
        raise typer.BadParameter(f"{path} is not JSON: {error}. {hint}") from error
    return text


def variable(text: str) -> Variable:
    """Reads `NAME=VALUE`."""
    name, sign, value = text.partition("=")
    try:
        return Variable(name.strip(), json.loads(value))
    except ValueError:
        wrong = f"{value} is neither a number nor a list" if sign else f"{name} has no value"
        right = (
            f'"{name}=[{", ".join(map(str.strip, value.split(",")))}]"' if "," in value else f"{name or 'omega'}=3.5"
        )
        raise typer.BadParameter(f"{wrong}. Write --var {right}.") from None


def checked(arguments: dict[str, Any]) -> dict[str, Any]:
    """Refuses options that can't be combined, and variables that are given twice."""
    names = [each.name for each in arguments["var"] or []]
    for name in names:
        if names.count(name) > 1:
            raise CommandError(f"{name} is given twice.", "--var takes each variable once.", ExitStatus.WRONG_OPTIONS)
    if arguments["open"] and arguments["local"]:
        message = "--local ends with this command, so --open makes no sense."
        raise CommandError(message, status=ExitStatus.WRONG_OPTIONS)
    return arguments


def run(
    sdk: SDK,
    sequence: Annotated[
        str,
        typer.Argument(
            metavar="SEQUENCE.json", parser=file, help="A file with the sequence's to_abstract_repr(); - reads it."
        ),
    ],
    runs: Annotated[int, typer.Option("--runs", "-r", metavar="N", help="The number of shots.", min=1)] = 100,
    var: Annotated[
        list[Variable] | None,
        typer.Option(
            "--var", "-v", metavar="NAME=VALUE", parser=variable, help="The value of a variable: 3.5, or [1, 2, 3]."
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            metavar="TYPE",
            help="The device; by default the one that the sequence is for.",
            autocompletion=complete_devices,
        ),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(metavar="FILE", parser=file, help="The emulator's configuration, its to_abstract_repr()."),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", metavar="TAG", help="A label to find the batch by.")] = None,
    open: Annotated[bool, typer.Option("--open", help="Leave the batch open for more jobs.")] = False,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Wait, and show the counts.")] = False,
    timeout: Timeout = None,
    local: Annotated[
        bool, typer.Option("--local", help="Run on this machine, without an account, and show the counts.")
    ] = False,
) -> tuple[Run, ExitStatus]:
    """Run a sequence: create a batch with one job.

    The exit status is 0 if the batch was created and, with --wait, its job is DONE.
    """
    batch = sdk.create_batch(
        sequence,
        [{"runs": runs, "variables": {each.name: each.value for each in var or []}}],
        device_type=device,
        backend_configuration=config,
        open=open,
        tags=tag or [],
    )
    if not (wait or local or timeout is not None):
        note(f"Its result: pasqal-cloud results {batch.id} --wait")
        return Run(batch, waited=False), ExitStatus.DONE
    note(f"Created batch {batch.id}.")
    wait_for(batch, "batch", timeout)
    return Run(batch, waited=True), ended(*batch.ordered_jobs)
