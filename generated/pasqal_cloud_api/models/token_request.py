from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.grant_type import GrantType
from ..types import UNSET, Additional, Unset


@_attrs_define
class TokenRequest(Additional[Any]):
    """The body of `createToken`. A service account gives `client_id`, `client_secret` and `audience`, with the grant
    `client_credentials`. A person gives `username`, `password`, `client_id`, `realm` and `audience`: in France with
    the grant
    `http://auth0.com/oauth/grant-type/password-realm`, in Saudi Arabia with the grant `password`."""

    grant_type: GrantType | str
    """ How the caller logs in. """

    client_id: str | Unset = UNSET
    """ The id of the service account or, for a person, of a public application: `PeZvo7Atx7IVv3iel59asJSb4Ig7vuSB`
    in France
    (pre-production `2l6A2ldvwJE5sdkghu40BTYLm7sSUAv9`, development `5QtfSu1UV118Iz6By6IJRSNoDrLbAiOv`), `cloud-sdk`
    in
    Saudi Arabia.
     """

    username: str | Unset = UNSET
    """ A person's e-mail address. """

    password: str | Unset = UNSET
    """ A person's password. """

    client_secret: str | Unset = UNSET
    """ A service account's secret. """

    realm: str | Unset = UNSET
    """ The group of users that the person belongs to; `pcs-users` in France, `pasqal-cloud` in Saudi Arabia. """

    audience: str | Unset = UNSET
    """ The service that the token is for: `https://apis.pasqal.cloud/account/api/v1`,
    `https://apis.preprod.pasqal.cloud/account/api/v1`
    in pre-production, `https://apis.dev.pasqal.cloud/account/api/v1` in development.
     """

    scope: str | Unset = UNSET
    """ The permissions that the token shall have; it may be left out. """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Writes the object as JSON has it."""
        found: dict[str, Any] = dict(self.additional_properties)
        if not isinstance(self.grant_type, Unset):
            found["grant_type"] = self.grant_type
        if not isinstance(self.client_id, Unset):
            found["client_id"] = self.client_id
        if not isinstance(self.username, Unset):
            found["username"] = self.username
        if not isinstance(self.password, Unset):
            found["password"] = self.password
        if not isinstance(self.client_secret, Unset):
            found["client_secret"] = self.client_secret
        if not isinstance(self.realm, Unset):
            found["realm"] = self.realm
        if not isinstance(self.audience, Unset):
            found["audience"] = self.audience
        if not isinstance(self.scope, Unset):
            found["scope"] = self.scope
        return found

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Reads the object; what is missing does not matter, and what the specification does not name is kept."""
        d: dict[str, Any] = dict(src_dict)
        take = d.pop
        read = cls(
            take("grant_type", UNSET),
            take("client_id", UNSET),
            take("username", UNSET),
            take("password", UNSET),
            take("client_secret", UNSET),
            take("realm", UNSET),
            take("audience", UNSET),
            take("scope", UNSET),
        )
        if d:  # else it keeps the empty one that it has: this one is as large as all fields
            read.additional_properties = d
        return read
