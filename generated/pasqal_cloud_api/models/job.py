from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.variables import Variables


T = TypeVar("T", bound="Job")


@_attrs_define
class Job:
    """A sequence to run, with its number of shots. All operations on jobs share this schema; a field that only some
    answers
    have says which.

    """

    id: str
    """ The job's id, a UUID. """
    status: str
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
    parent_id: None | str | Unset = UNSET
    """ The id of the job that this one copies, if `rebatch` made it. """
    runs: int | None | Unset = UNSET
    """ The number of shots; null when the emulator's configuration has it. """
    variables: None | Unset | Variables = UNSET
    """ The values for the variables of the batch's sequence; empty or null if it has none. """
    seed: int | None | Unset = UNSET
    """ The seed of the job's random numbers, with which its result can be reproduced. Only local. """
    sequence: None | str | Unset = UNSET
    """ The serialized sequence that the job runs, its own or its batch's. In the answer of `getJob` only. """
    errors: list[str] | None | Unset = UNSET
    """ What went wrong; empty or null if nothing did. """
    start_timestamp: None | str | Unset = UNSET
    """ When the job started, in ISO 8601; null before. Some answers do not have it. """
    end_timestamp: None | str | Unset = UNSET
    """ When the job ended, in ISO 8601; null before. Some answers do not have it. """
    origin: None | str | Unset = UNSET
    """ From where the job came to the service. """
    user_id: None | str | Unset = UNSET
    """ The id of the user who created the job. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.variables import Variables  # noqa: PLC0415

        id = self.id

        status = self.status

        batch_id = self.batch_id

        project_id = self.project_id

        created_at = self.created_at

        updated_at = self.updated_at

        parent_id: None | str | Unset
        if isinstance(self.parent_id, Unset):
            parent_id = UNSET
        else:
            parent_id = self.parent_id

        runs: int | None | Unset
        if isinstance(self.runs, Unset):
            runs = UNSET
        else:
            runs = self.runs

        variables: dict[str, Any] | None | Unset
        if isinstance(self.variables, Unset):
            variables = UNSET
        elif isinstance(self.variables, Variables):
            variables = self.variables.to_dict()
        else:
            variables = self.variables

        seed: int | None | Unset
        if isinstance(self.seed, Unset):
            seed = UNSET
        else:
            seed = self.seed

        sequence: None | str | Unset
        if isinstance(self.sequence, Unset):
            sequence = UNSET
        else:
            sequence = self.sequence

        errors: list[str] | None | Unset
        if isinstance(self.errors, Unset):
            errors = UNSET
        elif isinstance(self.errors, list):
            errors = self.errors

        else:
            errors = self.errors

        start_timestamp: None | str | Unset
        if isinstance(self.start_timestamp, Unset):
            start_timestamp = UNSET
        else:
            start_timestamp = self.start_timestamp

        end_timestamp: None | str | Unset
        if isinstance(self.end_timestamp, Unset):
            end_timestamp = UNSET
        else:
            end_timestamp = self.end_timestamp

        origin: None | str | Unset
        if isinstance(self.origin, Unset):
            origin = UNSET
        else:
            origin = self.origin

        user_id: None | str | Unset
        if isinstance(self.user_id, Unset):
            user_id = UNSET
        else:
            user_id = self.user_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "batch_id": batch_id,
                "project_id": project_id,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )
        if parent_id is not UNSET:
            field_dict["parent_id"] = parent_id
        if runs is not UNSET:
            field_dict["runs"] = runs
        if variables is not UNSET:
            field_dict["variables"] = variables
        if seed is not UNSET:
            field_dict["seed"] = seed
        if sequence is not UNSET:
            field_dict["sequence"] = sequence
        if errors is not UNSET:
            field_dict["errors"] = errors
        if start_timestamp is not UNSET:
            field_dict["start_timestamp"] = start_timestamp
        if end_timestamp is not UNSET:
            field_dict["end_timestamp"] = end_timestamp
        if origin is not UNSET:
            field_dict["origin"] = origin
        if user_id is not UNSET:
            field_dict["user_id"] = user_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.variables import Variables  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = d.pop("status")

        batch_id = d.pop("batch_id")

        project_id = d.pop("project_id")

        created_at = d.pop("created_at")

        updated_at = d.pop("updated_at")

        def _parse_parent_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        parent_id = _parse_parent_id(d.pop("parent_id", UNSET))

        def _parse_runs(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        runs = _parse_runs(d.pop("runs", UNSET))

        def _parse_variables(data: object) -> None | Unset | Variables:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                variables_type_0 = Variables.from_dict(data)

                return variables_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | Variables, data)

        variables = _parse_variables(d.pop("variables", UNSET))

        def _parse_seed(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        seed = _parse_seed(d.pop("seed", UNSET))

        def _parse_sequence(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sequence = _parse_sequence(d.pop("sequence", UNSET))

        def _parse_errors(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                errors_type_0 = cast(list[str], data)

                return errors_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        errors = _parse_errors(d.pop("errors", UNSET))

        def _parse_start_timestamp(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        start_timestamp = _parse_start_timestamp(d.pop("start_timestamp", UNSET))

        def _parse_end_timestamp(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        end_timestamp = _parse_end_timestamp(d.pop("end_timestamp", UNSET))

        def _parse_origin(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        origin = _parse_origin(d.pop("origin", UNSET))

        def _parse_user_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_id = _parse_user_id(d.pop("user_id", UNSET))

        job = cls(
            id=id,
            status=status,
            batch_id=batch_id,
            project_id=project_id,
            created_at=created_at,
            updated_at=updated_at,
            parent_id=parent_id,
            runs=runs,
            variables=variables,
            seed=seed,
            sequence=sequence,
            errors=errors,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
            origin=origin,
            user_id=user_id,
        )

        job.additional_properties = d
        return job

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
