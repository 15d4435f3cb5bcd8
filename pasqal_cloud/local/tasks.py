"""What crosses the border between the service and its workers: plain data, known to both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pasqal_cloud.local.devices import Device


PLACEHOLDER_RUNS = 1
"""What Pulser's remote emulator backends send as `runs`; the number of shots is in the configuration that they send."""


@dataclass(frozen=True)
class JobRequest:
    """One job as a client asks for it.

    Args:
        runs: Number of shots; None when the backend configuration carries it.
        variables: Values for the batch's parametrized sequence.
        sequence: The job's own serialized sequence, in place of the batch's.
        parent_id: The job that this one repeats.
    """

    runs: int | None = None
    variables: Mapping[str, Any] | None = None
    sequence: str | None = None
    parent_id: str | None = None


@dataclass(frozen=True)
class Submission:
    """Everything about new jobs that only Pulser can judge.

    Args:
        sequence: The batch's serialized sequence.
        jobs: The jobs to add, in order.
        backend_configuration: The serialized emulator configuration.
        device: Where they are to run.
        configuration: The emulator configuration in its old, flat form.
    """

    sequence: str | None
    jobs: tuple[JobRequest, ...]
    backend_configuration: str | None
    device: Device
    configuration: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a submission is not accepted.

    Args:
        field: The name of the refused field, of the job when `job` is given.
        reason: One sentence.
        job: Position of the job in the submission; None for the batch itself.
    """

    field: str
    reason: str
    job: int | None = None


@dataclass(frozen=True)
class Verdict:
    """What the checker found.

    Args:
        refusals: Empty when the submission is sound.
    """

    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Task:
    """One job, ready to run.

    Args:
        sequence: The serialized sequence to run.
        variables: Values for its variables.
        runs: Number of shots; None when the backend configuration carries it.
        backend_configuration: The serialized emulator configuration.
        seed: Where the emulator's random numbers start.
        device: Where it runs.
        configuration: The emulator configuration in its old, flat form.
    """

    sequence: str
    variables: Mapping[str, Any]
    runs: int | None
    backend_configuration: str | None
    seed: int
    device: Device
    configuration: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Outcome:
    """How a job ended: with a result document (JSON), or with errors."""

    document: str | None = None
    errors: tuple[str, ...] = ()
