"""The data that the service exchanges with its worker processes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pasqal_cloud.local.documents import compressed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pasqal_cloud.local.devices import Device


PLACEHOLDER_RUNS = 1
"""What Pulser's remote emulator backends send as `runs`, because their configuration has the number of shots."""


@dataclass(frozen=True)
class JobRequest:
    """A job in a client's request.

    Args:
        runs: Number of shots; None if the backend configuration has it.
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
    """The parts of new jobs that only Pulser can check.

    Args:
        sequence: The batch's serialized sequence.
        jobs: The jobs to add, in order.
        backend_configuration: The serialized emulator configuration.
        device: The device for the jobs.
        configuration: The emulator configuration in its old, flat form.
    """

    sequence: str | None
    jobs: tuple[JobRequest, ...]
    backend_configuration: str | None
    device: Device
    configuration: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Refusal:
    """A reason why a submission is refused.

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
    """The result of a check.

    Args:
        refusals: The reasons to refuse the submission; empty if it is accepted.
    """

    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Task:
    """One job, ready to run.

    Args:
        sequence: The serialized sequence to run.
        variables: Values for its variables.
        runs: Number of shots; None if the backend configuration has it.
        backend_configuration: The serialized emulator configuration.
        seed: The seed of the emulator's random numbers.
        device: The device that it runs on.
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
class Limits:
    """What one job may use.

    Args:
        seconds: How long it may run; None for no limit.
        mib: How much memory it may use, in MiB; None for no limit.
    """

    seconds: float | None = None
    mib: int | None = None


@dataclass(frozen=True)
class Outcome:
    """How a job ended: with a result document (JSON), or with errors.

    Args:
        document: The document.
        errors: The errors.
        packed: The document as it is stored, in place of `document`.
        seconds: How long it ran; None if it did so since it was claimed.
    """

    document: str | None = None
    errors: tuple[str, ...] = ()
    packed: bytes | None = None
    seconds: float | None = None

    def pack(self) -> Outcome:
        """Compresses the document, which may be large, where the job ran: less is sent, and others need not wait."""
        return self if self.document is None else replace(self, document=None, packed=compressed(self.document))
