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
    built,
    check_atoms,
    check_runnable,
    qpu,
    read,
    sentence,
    takes_variables,
)
from pasqal_cloud.local.tasks import JobRequest, Refusal, Submission, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulser import Sequence


READ = frozenset({"backend_configuration", "sequence_builder", "sequence"})
"""The fields that hold what Pulser has written: another version may be why they can't be read."""


def check(submission: Submission) -> Verdict:
    """Judges a submission without running it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refusals = tuple(_refusals(submission))
        if refusals and (written_by := _newer_pulser(submission)):
            note = f"it was written by Pulser {written_by}, and this service has {pulser.__version__}"
            refusals = tuple(
                replace(refusal, reason=f"{refusal.reason} ({note})") if refusal.field in READ else refusal
                for refusal in refusals
            )
        return Verdict(refusals, _written_for(submission))


def _newer_pulser(submission: Submission) -> str | None:
    """Gives the version of Pulser that a sequence was written by, if it can do more than the one here."""
    serialized = _a_sequence(submission)
    try:
        version = str(json.loads(serialized or "null")["pulser_version"])
        is_newer = _release(version) > _release(pulser.__version__)
    except (LookupError, TypeError, ValueError):
        return None
    return version if is_newer else None


def _release(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def _a_sequence(submission: Submission) -> str | None:
    return submission.sequence or next((job.sequence for job in submission.jobs if job.sequence), None)


def _written_for(submission: Submission) -> str | None:
    serialized = _a_sequence(submission)
    try:
        return read(serialized).device.name if serialized else None
    except Exception:  # noqa: BLE001 - untrusted input: Pulser fails on it in many ways, and the refusals say how
        return None


def _refusals(submission: Submission) -> Iterator[Refusal]:
    flat = submission.configuration or {}
    try:
        tn_options(submission.device, flat)
    except RefusedError as error:
        yield Refusal("configuration", sentence(error))
    try:
        configure(submission.device, submission.backend_configuration, {}, basis=None, runs=None)
    except Exception as error:  # noqa: BLE001 - untrusted input, as above
        yield Refusal("backend_configuration", sentence(error))
    specs = submission.device.qpu_specs if submission.device.is_qpu or flat.get("strict_validation") is True else None
    if submission.sequence is not None:
        try:
            _check_shared(read(submission.sequence, specs), submission)
        except Exception as error:  # noqa: BLE001 - as above
            yield Refusal("sequence_builder", sentence(error))
            return
    for number, job in enumerate(submission.jobs):
        if specs is not None and (reason := _wrong_runs(job, qpu(specs).max_runs)):
            yield Refusal("runs", reason, number)
        try:
            _check_job(job, submission, specs)
        except Exception as error:  # noqa: BLE001 - as above
            yield Refusal("sequence" if job.sequence else "variables", sentence(error), number)


def _wrong_runs(job: JobRequest, max_runs: int | None) -> str | None:
    """Says what is wrong with a job's number of shots on a QPU."""
    if job.runs is None:
        return "the number of runs is missing, and a QPU needs it"
    if max_runs is not None and job.runs > max_runs:
        return f"a QPU takes at most {max_runs} runs per job"
    return None


def _check_shared(sequence: Sequence[Any], submission: Submission) -> None:
    if not sequence.is_register_mappable():
        check_atoms(sequence, submission.device.max_atoms)
    if not takes_variables(sequence):
        _check_runnable(sequence, submission)


def _check_job(job: JobRequest, submission: Submission, specs: str | None) -> None:
    serialized = job.sequence or submission.sequence
    if serialized is None:
        return  # refused already: the service knows without Pulser
    sequence = read(serialized, specs)
    if job.sequence and takes_variables(sequence):
        raise RefusedError("a job's own sequence can't be parametrized")
    if job.variables and not takes_variables(sequence):
        raise RefusedError("the sequence has no variables, yet values were given for " + ", ".join(job.variables))
    if job.sequence or takes_variables(sequence):
        _check_runnable(built(serialized, job.variables or {}, specs), submission)


def _check_runnable(sequence: Sequence[Any], submission: Submission) -> None:
    check_runnable(sequence, submission.device.max_atoms)
    check_emulable(sequence, submission.device)
