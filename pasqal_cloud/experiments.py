"""Running a sequence in one call, with one value of each variable or with many; and checking it without running it."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pasqal_cloud._arguments import runs_of, seconds, serialized, shown
from pasqal_cloud._conversation.batches import listing_jobs
from pasqal_cloud._conversation.devices import finding_device
from pasqal_cloud._conversation.flow import Task
from pasqal_cloud._conversation.operation import naming
from pasqal_cloud._conversation.waiting import going_on
from pasqal_cloud.batch import BatchFlows
from pasqal_cloud.checking import needs_pulser, refusals
from pasqal_cloud.device.device_types import DeviceTypeName
from pasqal_cloud.errors import JobFetchingError, PasqalCloudError, ValidationError
from pasqal_cloud.job import CreateJob, JobFlows
from pasqal_cloud.variables import declared_in, one_setting, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pasqal_cloud._arguments import SequenceLike
    from pasqal_cloud._conversation.devices import Device
    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud.counts import Counts

BatchT = TypeVar("BatchT", bound=BatchFlows[Any])

RUN = ("runs", "device_type", "backend_configuration", "variables", "tags", "timeout")
SWEEP = (*RUN, "combine", "open", "wait")
CHECK = ("device_type", "runs", "variables")
"""The names of arguments that a variable's name may be confused with."""


def running(
    submit: Callable[[str, list[CreateJob]], Flow[BatchT]],
    sequence: SequenceLike,
    runs: int | None,
    variables: Mapping[str, Any] | None,
    values: Mapping[str, Any],
    timeout: float | None,
) -> Flow[Counts]:
    """Runs a sequence once; see `SDK.run`."""
    seconds(timeout, "timeout")
    text = _text(sequence)
    _no_values(runs, text)
    batch = yield from submit(text, [_job(runs, one_setting(text, variables, values, RUN))])
    yield from batch._waiting(timeout)
    with going_on(batch):
        job = (yield from naming(JobFetchingError, _jobs_of)(batch))[0]
        return (yield from JobFlows.counts.flow(job))


def sweeping(
    submit: Callable[[str, list[CreateJob]], Flow[BatchT]],
    sequence: SequenceLike,
    runs: int | None,
    variables: Mapping[str, Any] | None,
    values: Mapping[str, Any],
    *,
    combine: Literal["product", "zip"],
    wait: bool,
    timeout: float | None,
) -> Flow[BatchT]:
    """Runs a sequence with many values of its variables; see `SDK.sweep`."""
    seconds(timeout, "timeout")
    text = _text(sequence)
    _no_values(runs, text)
    batch = yield from submit(text, [_job(runs, each) for each in settings(text, variables, values, SWEEP, combine)])
    if wait:
        yield from batch._waiting(timeout)
        if batch._ordered_jobs is not None:  # otherwise they are fetched when they are read
            with going_on(batch):
                yield from naming(JobFetchingError, _jobs_of)(batch)
    return batch


def _jobs_of(batch: BatchFlows[Any]) -> Flow[list[Any]]:
    """Gets the jobs of a batch that was submitted with some, also if the response to that had an empty list."""
    jobs: list[Any] = yield from batch._fetch_jobs()
    if not jobs:
        batch._show_jobs((yield from listing_jobs(batch._session, batch._uuid)))
        jobs = yield from batch._fetch_jobs()
    if not jobs:
        raise PasqalCloudError(f"The service lists no jobs of batch {batch.id}, which was submitted with some.")
    return jobs


def checking(
    session: Session,
    sequence: SequenceLike,
    device_type: str | None,
    runs: int | None,
    variables: Mapping[str, Any] | None,
    values: Mapping[str, Any],
) -> Flow[list[str]]:
    """Finds out what a device would refuse of a sequence; see `SDK.check`."""
    needs_pulser("check()")
    text = _text(sequence)
    problems, setting = [], None
    try:
        setting = one_setting(text, variables, values, CHECK)
    except ValidationError as error:
        problems.append(error.description)
    wanted = str(device_type) if device_type is not None else _written_for(text)
    instead = DeviceTypeName.EMU_FREE if device_type is None else None
    device: Device = yield from finding_device(session, wanted or DeviceTypeName.EMU_FREE, instead)
    name = str(device.device_type)
    if not device.is_accepting:
        problems.append(f"{name} accepts no batches: it is {device.availability}.")
    if runs is not None:
        problems += _wrong_runs(runs, device)
    compare = partial(refusals, text, setting, device=name, specs=device.specs, max_atoms=device.max_atom_num)
    found: list[str] = yield Task(compare)
    return [*problems, *found]


def _wrong_runs(runs: int, device: Device) -> list[str]:
    try:
        runs = runs_of(runs, "runs")
    except ValidationError as error:
        return [error.description]
    most = _most_runs(device)
    return [f"{device.device_type} takes at most {most} shots, not {runs}."] if most and runs > most else []


def _most_runs(device: Device) -> int | None:
    """Gets the most shots that a device takes; None if its specifications do not say it."""
    try:
        specs = json.loads(device.specs or "{}")
    except (RecursionError, ValueError):
        specs = None
    most = specs.get("max_runs") if isinstance(specs, dict) else "nothing"
    if most is not None and (not isinstance(most, int) or isinstance(most, bool)):
        raise ValidationError(
            f"The service's specifications of {device.device_type} can't be read: they are not an object of JSON, or"
            " max_runs is not a number.",
            sent=False,
        )
    return most


def _written_for(sequence: str) -> str | None:
    """Gets the name of the device that a serialized sequence was written for; None if that can't be read."""
    try:
        device = json.loads(sequence)["device"]
        name = device["name"] if isinstance(device, dict) else device
    except (LookupError, RecursionError, TypeError, ValueError):
        return None
    return name if isinstance(name, str) else None


def _text(sequence: SequenceLike) -> str:
    text = serialized(sequence, "sequence")
    if not text:
        raise ValidationError(f"sequence must be a pulser.Sequence, or its to_abstract_repr(), not {sequence!r}.")
    return text


def _no_values(runs: object, sequence: str) -> None:
    """Refuses values of a variable that are given in the place of the number of shots."""
    if hasattr(runs, "__iter__") and not isinstance(runs, str):
        declared = declared_in(sequence)
        name = declared.names[0] if declared and declared.names else "omega"
        raise ValidationError(
            f"runs must be a whole number of shots, not {shown(runs):.100}. Values of a variable are given by its name,"
            f" like {name}=…"
        )


def _job(runs: int | None, variables: Mapping[str, Any]) -> CreateJob:
    job = CreateJob()
    if runs is not None:
        job["runs"] = runs
    if variables:
        job["variables"] = variables
    return job
