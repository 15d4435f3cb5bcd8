from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.job_origin import JobOrigin
from ..models.job_status import JobStatus
from ..types import Additional, set_of


@_attrs_define
class Job(Additional[Any]):
    """A sequence to run, with its number of shots. All operations on jobs share this schema; a field that only some
    answers
    have says which."""

    id: str
    """ The job's id, a UUID. """

    status: JobStatus | str
    """ The status of a job or a workload. `PENDING`: waiting. `RUNNING`: on the device. `CANCELING`: about to be
    `CANCELED`.
    `DONE`, `ERROR` and `CANCELED` are final.
     """

    batch_id: str
    """ The id of the job's batch, a UUID. """

    project_id: str
    """ The id of the project that pays, a UUID. """

    created_at: str
    """ When the job was created, in ISO 8601. """

    updated_at: str
    """ When the job last changed, in ISO 8601. """

    parent_id: str | None = None
    """ The id of the job that this one copies, if `rebatch` made it. """

    runs: int | None = None
    """ The number of shots; null when the emulator's configuration has it. """

    variables: Variables | None = None
    """ The values for the variables of the batch's sequence; empty or null if it has none. """

    seed: int | None = None
    """ The seed of the job's random numbers, with which its result can be reproduced. Only local. """

    sequence: str | None = None
    """ The serialized sequence that the job runs, its own or its batch's. In the answer of `getJob` only. """

    errors: list[str] | None = None
    """ What went wrong; empty or null if nothing did. """

    start_timestamp: str | None = None
    """ When the job started, in ISO 8601; null before. Some answers do not have it. """

    end_timestamp: str | None = None
    """ When the job ended, in ISO 8601; null before. Some answers do not have it. """

    origin: JobOrigin | str | None = None
    """ From where the job came to the service. """

    user_id: str | None = None
    """ The id of the user who created the job. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.id is not None or "id" in self.null_fields:
            found["id"] = self.id
        if self.status is not None or "status" in self.null_fields:
            found["status"] = self.status
        if self.batch_id is not None or "batch_id" in self.null_fields:
            found["batch_id"] = self.batch_id
        if self.project_id is not None or "project_id" in self.null_fields:
            found["project_id"] = self.project_id
        if self.created_at is not None or "created_at" in self.null_fields:
            found["created_at"] = self.created_at
        if self.updated_at is not None or "updated_at" in self.null_fields:
            found["updated_at"] = self.updated_at
        if self.parent_id is not None or "parent_id" in self.null_fields:
            found["parent_id"] = self.parent_id
        if self.runs is not None or "runs" in self.null_fields:
            found["runs"] = self.runs
        if self.variables is not None or "variables" in self.null_fields:
            found["variables"] = self.variables.to_dict() if isinstance(self.variables, Variables) else self.variables
        if self.seed is not None or "seed" in self.null_fields:
            found["seed"] = self.seed
        if self.sequence is not None or "sequence" in self.null_fields:
            found["sequence"] = self.sequence
        if self.errors is not None or "errors" in self.null_fields:
            found["errors"] = self.errors
        if self.start_timestamp is not None or "start_timestamp" in self.null_fields:
            found["start_timestamp"] = self.start_timestamp
        if self.end_timestamp is not None or "end_timestamp" in self.null_fields:
            found["end_timestamp"] = self.end_timestamp
        if self.origin is not None or "origin" in self.null_fields:
            found["origin"] = self.origin
        if self.user_id is not None or "user_id" in self.null_fields:
            found["user_id"] = self.user_id
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        variables = take("variables", None)
        read = cls(
            take("id", None),
            take("status", None),
            take("batch_id", None),
            take("project_id", None),
            take("created_at", None),
            take("updated_at", None),
            take("parent_id", None),
            take("runs", None),
            Variables.from_dict(variables) if isinstance(variables, dict) else variables,
            take("seed", None),
            take("sequence", None),
            take("errors", None),
            take("start_timestamp", None),
            take("end_timestamp", None),
            take("origin", None),
            take("user_id", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read


from ..models.variables import Variables
