from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TokenRequest")


@_attrs_define
class TokenRequest:
    """The body of `createToken`. A service account gives `client_id`, `client_secret` and `audience`, with the grant
    `client_credentials`. A person gives `username`, `password`, `client_id`, `realm` and `audience`: in France with the
    grant
    `http://auth0.com/oauth/grant-type/password-realm`, in Saudi Arabia with the grant `password`.

    """

    grant_type: str
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
        grant_type = self.grant_type

        client_id = self.client_id

        username = self.username

        password = self.password

        client_secret = self.client_secret

        realm = self.realm

        audience = self.audience

        scope = self.scope

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "grant_type": grant_type,
            }
        )
        if client_id is not UNSET:
            field_dict["client_id"] = client_id
        if username is not UNSET:
            field_dict["username"] = username
        if password is not UNSET:
            field_dict["password"] = password
        if client_secret is not UNSET:
            field_dict["client_secret"] = client_secret
        if realm is not UNSET:
            field_dict["realm"] = realm
        if audience is not UNSET:
            field_dict["audience"] = audience
        if scope is not UNSET:
            field_dict["scope"] = scope

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        grant_type = d.pop("grant_type")

        client_id = d.pop("client_id", UNSET)

        username = d.pop("username", UNSET)

        password = d.pop("password", UNSET)

        client_secret = d.pop("client_secret", UNSET)

        realm = d.pop("realm", UNSET)

        audience = d.pop("audience", UNSET)

        scope = d.pop("scope", UNSET)

        token_request = cls(
            grant_type=grant_type,
            client_id=client_id,
            username=username,
            password=password,
            client_secret=client_secret,
            realm=realm,
            audience=audience,
            scope=scope,
        )

        token_request.additional_properties = d
        return token_request

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
