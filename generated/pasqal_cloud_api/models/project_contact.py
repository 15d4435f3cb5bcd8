from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import Additional, set_of


@_attrs_define
class ProjectContact(Additional[Any]):
    """A person."""

    id: str | None = None
    """ The person's id, as the identity provider knows it. """

    email: str | None = None
    """ The person's e-mail address. """

    given_name: str | None = None
    """ The person's given name. """

    family_name: str | None = None
    """ The person's family name. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.id is not None or "id" in self.null_fields:
            found["id"] = self.id
        if self.email is not None or "email" in self.null_fields:
            found["email"] = self.email
        if self.given_name is not None or "given_name" in self.null_fields:
            found["given_name"] = self.given_name
        if self.family_name is not None or "family_name" in self.null_fields:
            found["family_name"] = self.family_name
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        read = cls(
            take("id", None),
            take("email", None),
            take("given_name", None),
            take("family_name", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read
