from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.cancelled_batches import CancelledBatches


T = TypeVar("T", bound="CancelledBatchesResponse")


@_attrs_define
class CancelledBatchesResponse:
    """The result of a request to cancel several batches, in its envelope."""

    data: CancelledBatches
    """ The result of a request to cancel several batches. """
    status: str | Unset = UNSET
    """ Whether the request succeeded; `success` in an answer of 200. """
    message: None | str | Unset = UNSET
    """ A short text, usually `OK.` """
    code: Any | Unset = UNSET
    """ The HTTP status, as a string on the core service and as a number on the account service. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        status = self.status

        message: None | str | Unset
        if isinstance(self.message, Unset):
            message = UNSET
        else:
            message = self.message

        code = self.code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "data": data,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if message is not UNSET:
            field_dict["message"] = message
        if code is not UNSET:
            field_dict["code"] = code

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cancelled_batches import CancelledBatches  # noqa: PLC0415

        d = dict(src_dict)
        data = CancelledBatches.from_dict(d.pop("data"))

        status = d.pop("status", UNSET)

        def _parse_message(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        message = _parse_message(d.pop("message", UNSET))

        code = d.pop("code", UNSET)

        cancelled_batches_response = cls(
            data=data,
            status=status,
            message=message,
            code=code,
        )

        cancelled_batches_response.additional_properties = d
        return cancelled_batches_response

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
