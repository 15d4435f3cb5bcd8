"""What jobs know of their batch, and counts of their job: enough to tell where counts come from, and no more.

Jobs don't hold their batch, nor counts their job: results, which may be large, are freed as soon as nobody uses them.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import attrs

from pasqal_cloud._conversation.snapshots import mapping, number, text
from pasqal_cloud.device.device_types import DeviceTypeName
from pasqal_cloud.provenance import Provenance, facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pasqal_cloud.provenance import SequenceFacts
    from pasqal_cloud_api import models


class Home:
    """The batch of a job.

    Args:
        batch: Its handle.
        is_held: Whether the handle lives as long as its jobs, because it can't be fetched again.

    Attributes:
        handle: Gets the handle; None if nobody holds it any more.
        id: The id of the batch.
        device_type: Its device.
        sequence: The serialized sequence that its jobs share, if it is known.
        all_share: Whether every job is known to run that sequence.
        sharing: The ids of jobs that are known to run it.
    """

    def __init__(self, batch: Any, *, is_held: bool) -> None:
        self.handle: Callable[[], Any] = (lambda: batch) if is_held else weakref.ref(batch)
        self.id: str | None = None
        self.device_type: str | None = None
        self.sequence: str | None = None
        self.all_share = False
        self.sharing: set[str] = set()

    def know(self, snapshot: models.Batch) -> None:
        """Takes a state of the batch."""
        self.id = snapshot.id or None
        self.device_type = snapshot.device_type if isinstance(snapshot.device_type, str) else None
        self.sequence = snapshot.sequence_builder

    def sequence_for(self, job_id: str, variables: Mapping[str, Any]) -> str | None:
        """Gets the shared sequence, if it is known and the job is known to run it.

        A job with variables does: one with its own sequence has none. Of others, lists of jobs do not tell; it is
        known of those that were submitted here without sequences, and of those whose whole state was fetched.

        Args:
            job_id: The id of the job.
            variables: The values of its variables.
        """
        if not isinstance(self.sequence, str):
            return None
        shares = variables or ((self.all_share or job_id in self.sharing) and not facts_of(self.sequence).has_variables)
        return self.sequence if shares else None


@attrs.frozen
class Origin:
    """The job that gave counts.

    Attributes:
        job: Its state.
        home: Its batch, if that gave the job.
        atoms: The ids of the atoms, in the order of the bits, if the result document names them.
        emulated_by: The emulator that stood in for the device, if the result document names it.
    """

    job: models.Job
    home: Home | None
    atoms: tuple[str, ...] | None
    emulated_by: str | None

    def qubits(self) -> tuple[str, ...] | None:
        """Gets the ids of the atoms, in the order of the bits, if they are known."""
        facts = None if self.atoms else self._sequence_facts()
        return self.atoms if facts is None else facts.atoms_for(mapping(self.job, "variables") or {})

    def provenance(self) -> Provenance:
        """Gets where the counts come from, as far as it is known."""
        facts = self._sequence_facts()
        device = None if self.home is None else self.home.device_type
        return Provenance(
            job_id=self.job.id or None,
            batch_id=text(self.job, "batch_id") or (None if self.home is None else self.home.id),
            device_type=None if device is None else str(device),
            emulated=True if self.emulated_by else _is_emulator(device),
            emulated_by=self.emulated_by,
            seed=number(self.job, "seed"),
            pulser_version=None if facts is None else facts.pulser_version,
            sequence_hash=None if facts is None else facts.hash,
            runs=number(self.job, "runs"),
        )

    def _sequence_facts(self) -> SequenceFacts | None:
        sequence = text(self.job, "sequence")
        if sequence is None and self.home is not None:
            sequence = self.home.sequence_for(self.job.id, mapping(self.job, "variables") or {})
        return None if sequence is None else facts_of(sequence)


def _is_emulator(device_type: str | None) -> bool | None:
    """Tells whether a device is an emulator; of a device that is not known here, None."""
    if device_type is None or device_type.startswith("EMU"):
        return None if device_type is None else True
    return False if device_type in DeviceTypeName.__members__ else None
