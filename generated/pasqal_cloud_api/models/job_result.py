from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.bitstring_counts import BitstringCounts


T = TypeVar("T", bound="JobResult")


@_attrs_define
class JobResult:
    """The result of a job: the document that its link leads to. Bits are in the order of the atoms in the register, as in
    Pulser. It has `counter`, `serialised_results` or both; prefer the latter.

    """

    counter: BitstringCounts | None | Unset = UNSET
    """ How often each bitstring was measured. """
    raw: list[str] | None | Unset = UNSET
    """ The bitstring of each shot, in the order of the shots. """
    serialised_results: None | str | Unset = UNSET
    """ Pulser's `Results`, serialized (abstract representation, JSON in a string). """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bitstring_counts import BitstringCounts  # noqa: PLC0415

        counter: dict[str, Any] | None | Unset
        if isinstance(self.counter, Unset):
            counter = UNSET
        elif isinstance(self.counter, BitstringCounts):
            counter = self.counter.to_dict()
        else:
            counter = self.counter

        raw: list[str] | None | Unset
        if isinstance(self.raw, Unset):
            raw = UNSET
        elif isinstance(self.raw, list):
            raw = self.raw

        else:
            raw = self.raw

        serialised_results: None | str | Unset
        if isinstance(self.serialised_results, Unset):
            serialised_results = UNSET
        else:
            serialised_results = self.serialised_results

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if counter is not UNSET:
            field_dict["counter"] = counter
        if raw is not UNSET:
            field_dict["raw"] = raw
        if serialised_results is not UNSET:
            field_dict["serialised_results"] = serialised_results

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bitstring_counts import BitstringCounts  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_counter(data: object) -> BitstringCounts | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                counter_type_0 = BitstringCounts.from_dict(data)

                return counter_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BitstringCounts | None | Unset, data)

        counter = _parse_counter(d.pop("counter", UNSET))

        def _parse_raw(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                raw_type_0 = cast(list[str], data)

                return raw_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        raw = _parse_raw(d.pop("raw", UNSET))

        def _parse_serialised_results(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        serialised_results = _parse_serialised_results(d.pop("serialised_results", UNSET))

        job_result = cls(
            counter=counter,
            raw=raw,
            serialised_results=serialised_results,
        )

        job_result.additional_properties = d
        return job_result

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
