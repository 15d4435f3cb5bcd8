"""Judges submissions, as far as only Pulser can: whether their sequences, values and configurations can run."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pulser

from pasqal_cloud.local.emulation.emulators import check_emulable, configure, tn_options
from pasqal_cloud.local.emulation.sequences import (
    RefusedError,
    check_atoms,
    check_runnable,
    qpu,
    read,
    sentence,
    takes_variables,
    with_values,
)
from pasqal_cloud.local.tasks import JobRequest, Refusal, Submission, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulser import Sequence


READ = frozenset({"backend_configuration", "sequence_builder", "sequence"})
"""The fields that Pulser writes: a different version of Pulser may be why they can't be read."""


def check(submission: Submission) -> Verdict:
    """Checks a submission without running it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refusals = tuple(_refusals(submission))
        if refusals and (written_by := _newer_pulser(submission)):
            note = f"it was written by Pulser {written_by}, but this service has Pulser {pulser.__version__}"
            refusals = tuple(
                replace(refusal, reason=f"{refusal.reason} ({note})") if refusal.field in READ else refusal
                for refusal in refusals
            )
        return Verdict(refusals)


def _newer_pulser(submission: Submission) -> str | None:
    """Gets the version of Pulser that wrote a sequence, if it is newer than the one installed."""
    try:
        version = str(json.loads(_a_sequence(submission) or "null")["pulser_version"])
        is_newer = _release(version) > _release(pulser.__version__)
    except (LookupError, RecursionError, TypeError, ValueError):
        return None
    return version if is_newer else None


def _a_sequence(submission: Submission) -> str | None:
    return submission.sequence or next((job.sequence for job in submission.jobs if job.sequence), None)


def _release(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def _refusals(submission: Submission) -> Iterator[Refusal]:
    flat = submission.configuration or {}
    try:
        tn_options(submission.device, flat)
    except RefusedError as error:
        yield Refusal("configuration", sentence(error))
    try:
        configure(submission.device, submission.backend_configuration, {}, basis=None, runs=None)
    except Exception as error:  # noqa: BLE001 - untrusted input: Pulser fails on it in many ways
        yield Refusal("backend_configuration", sentence(error))
    specs = submission.device.qpu_specs if submission.device.is_qpu or flat.get("strict_validation") is True else None
    shared = None
    if submission.sequence is not None:
        try:
            shared = read(submission.sequence, specs)
            _check_shared(shared, submission)
        except Exception as error:  # noqa: BLE001 - as above
            yield Refusal("sequence_builder", sentence(error))
            return
    for number, job in enumerate(submission.jobs):
        if specs is not None and (reason := _wrong_runs(job, qpu(specs).max_runs)):
            yield Refusal("runs", reason, number)
        try:
            _check_job(job, submission, shared if job.sequence is None else read(job.sequence, specs))
        except Exception as error:  # noqa: BLE001 - as above
            yield Refusal("sequence" if job.sequence is not None else "variables", sentence(error), number)


def _wrong_runs(job: JobRequest, max_runs: int | None) -> str | None:
    """Gets what is wrong with a job's number of shots on a QPU."""
    if job.runs is None:
        return "runs is required for a QPU"
    if max_runs is not None and job.runs > max_runs:
        return f"must be at most {max_runs} for this QPU"
    return None


def _check_shared(sequence: Sequence[Any], submission: Submission) -> None:
    if not sequence.is_register_mappable():
        check_atoms(sequence, submission.device.max_atoms, submission.device.name)
    if not takes_variables(sequence):
        _check_runnable(sequence, submission)


def _check_job(job: JobRequest, submission: Submission, sequence: Sequence[Any] | None) -> None:
    """Refuses a job that can't run.

    Args:
        job: The job.
        submission: What it is part of.
        sequence: The sequence that it runs.
    """
    if sequence is None:
        return  # refused before, without Pulser
    is_own, is_parametrized = job.sequence is not None, takes_variables(sequence)
    if is_own and is_parametrized:
        raise RefusedError("a job's own sequence must not have variables")
    if job.variables and not is_parametrized:
        raise RefusedError("the sequence has no variables, but the job has values for " + ", ".join(job.variables))
    if is_own:
        _check_runnable(sequence, submission)
    elif is_parametrized:
        _check_runnable(with_values(sequence, submission.sequence or "", job.variables or {}), submission)


def _check_runnable(sequence: Sequence[Any], submission: Submission) -> None:
    check_runnable(sequence, submission.device.max_atoms, submission.device.name)
    check_emulable(sequence, submission.device)
