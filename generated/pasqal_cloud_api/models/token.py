from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import Additional, set_of


@_attrs_define
class Token(Additional[Any]):
    """An access token."""

    access_token: str
    """ The token, a JWT. Send it in the header `Authorization: Bearer …`. """

    token_type: str | None = None
    """ The kind of token, `Bearer`. """

    expires_in: int | None = None
    """ For how many seconds the token is valid. """

    id_token: str | None = None
    """ The identity of the person, a JWT; it is not needed. """

    scope: str | None = None
    """ The permissions of the token. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)
    null_fields: frozenset[str] = _attrs_field(init=False, default=frozenset(), repr=False)
    """ The fields that the answer gave as null; those that it left out read as None, too. """

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if self.access_token is not None or "access_token" in self.null_fields:
            found["access_token"] = self.access_token
        if self.token_type is not None or "token_type" in self.null_fields:
            found["token_type"] = self.token_type
        if self.expires_in is not None or "expires_in" in self.null_fields:
            found["expires_in"] = self.expires_in
        if self.id_token is not None or "id_token" in self.null_fields:
            found["id_token"] = self.id_token
        if self.scope is not None or "scope" in self.null_fields:
            found["scope"] = self.scope
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        read = cls(
            take("access_token", None),
            take("token_type", None),
            take("expires_in", None),
            take("id_token", None),
            take("scope", None),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        nulls = [name for name, value in src_dict.items() if value is None]
        if nulls:
            read.null_fields = set_of(tuple(nulls))
        return read
