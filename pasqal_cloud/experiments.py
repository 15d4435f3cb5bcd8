"""Running a sequence in one call: with one value of each variable, or with many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pasqal_cloud._arguments import seconds, serialized
from pasqal_cloud.batch import BatchFlows
from pasqal_cloud.errors import ValidationError
from pasqal_cloud.job import CreateJob, JobFlows
from pasqal_cloud.variables import one_setting, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pasqal_cloud._arguments import SequenceLike
    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud.counts import Counts

BatchT = TypeVar("BatchT", bound=BatchFlows[Any])

RUN = ("runs", "device_type", "backend_configuration", "variables", "tags", "timeout")
SWEEP = (*RUN, "combine", "open", "wait")
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
    batch = yield from submit(text, [_job(runs, one_setting(text, variables, values, RUN))])
    yield from batch._waiting(timeout)
    job = (yield from batch._fetch_jobs())[0]
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
    batch = yield from submit(text, [_job(runs, each) for each in settings(text, variables, values, SWEEP, combine)])
    if wait:
        yield from batch._waiting(timeout)
    return batch


def _text(sequence: SequenceLike) -> str:
    text = serialized(sequence, "sequence")
    if not text:
        raise ValidationError(f"sequence must be a pulser.Sequence, or its to_abstract_repr(), not {sequence!r}.")
    return text


def _job(runs: int | None, variables: Mapping[str, Any]) -> CreateJob:
    job = CreateJob()
    if runs is not None:
        job["runs"] = runs
    if variables:
        job["variables"] = variables
    return job
