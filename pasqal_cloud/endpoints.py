"""The addresses of the services and identity providers, by region and environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Region = Literal["fr", "sa"]

DEFAULT_REGION: Region = "fr"

PASSWORD_REALM_GRANT = "http://auth0.com/oauth/grant-type/password-realm"


@dataclass(frozen=True)
class TokenProviderConf:
    """An identity provider: the address and the parameters of its token requests.

    Args:
        token_endpoint: The URL for token requests.
        public_client_id: The client id of this application.
        audience: The API that tokens are valid for.
        realm: The identity provider's group of users.
        grant_type: The OAuth grant type.
    """

    token_endpoint: str = "https://pasqal.eu.auth0.com/oauth/token"
    public_client_id: str = "PeZvo7Atx7IVv3iel59asJSb4Ig7vuSB"
    audience: str = "https://apis.pasqal.cloud/account/api/v1"
    realm: str = "pcs-users"
    grant_type: str = PASSWORD_REALM_GRANT

    @classmethod
    def from_region(cls, region: Region | None) -> TokenProviderConf:
        """Gets the identity provider of a region.

        Args:
            region: The region; None for France.
        """
        return OF_REGION[region or DEFAULT_REGION][1]

    @classmethod
    def from_auth0_config(cls, auth0: Auth0Conf) -> TokenProviderConf:
        """Converts a configuration of Auth0.

        Args:
            auth0: The configuration.
        """
        return auth0.as_token_provider_conf()


@dataclass(frozen=True)
class Auth0Conf:
    """Auth0 as the identity provider.

    Args:
        domain: The host of the token endpoint.
        public_client_id: The client id of this application.
        audience: The API that tokens are valid for.
        realm: Auth0's group of users.
    """

    domain: str = "authenticate.pasqal.cloud"
    public_client_id: str = "PeZvo7Atx7IVv3iel59asJSb4Ig7vuSB"
    audience: str = "https://apis.pasqal.cloud/account/api/v1"
    realm: str = "pcs-users"

    def as_token_provider_conf(self) -> TokenProviderConf:
        """Converts it to the configuration of any identity provider."""
        return TokenProviderConf(f"https://{self.domain}/oauth/token", self.public_client_id, self.audience, self.realm)


@dataclass(frozen=True)
class Endpoints:
    """The base URLs of the services.

    Args:
        core: The URL for batches, jobs, workloads and devices.
        account: The URL for projects and users.
        auth: The identity provider, if it is not that of the environment or region.
    """

    core: str = "https://apis.pasqal.cloud/core-fast"
    account: str = "https://apis.pasqal.cloud/account"
    auth: TokenProviderConf | None = None

    @classmethod
    def at(cls, url: str) -> Endpoints:
        """Makes the endpoints of services that have one base URL in common.

        The identity provider has that URL too, as for the local service, unless it is an environment of Pasqal Cloud.

        Args:
            url: The base URL, like `http://127.0.0.1:8000`; a trailing `/core-fast` is ignored.
        """
        base = url.rstrip("/").removesuffix("/core-fast")
        core = f"{base}/core-fast"
        known = any(core == endpoints.core for endpoints in PASQAL_ENDPOINTS.values())
        return cls(core, f"{base}/account", None if known else TokenProviderConf(f"{base}/oauth/token"))

    def url_of(self, path: str) -> str:
        """Gets the URL of an operation.

        In the API's specification, a path begins with the service of the operation, which is replaced by its base URL.

        Args:
            path: The path of the operation in the specification. Anything else, like a URL, is returned unchanged.
        """
        for service, base in (("/core-fast/", self.core), ("/account/", self.account)):
            if path.startswith(service):
                return f"{base.rstrip('/')}/{path.removeprefix(service)}"
        return path

    @classmethod
    def from_region(cls, region: Region | None) -> Endpoints:
        """Gets the endpoints of a region.

        Args:
            region: The region; None for France.
        """
        return OF_REGION[region or DEFAULT_REGION][0]


def _on(host: str) -> Endpoints:
    return Endpoints(core=f"https://{host}/core-fast", account=f"https://{host}/account")


def _keycloak(host: str, audience: str) -> TokenProviderConf:
    return TokenProviderConf(
        token_endpoint=f"https://{host}/realms/pasqal-cloud/protocol/openid-connect/token",
        public_client_id="cloud-sdk",
        audience=audience,
        grant_type="password",
        realm="pasqal-cloud",
    )


PREPROD_AUDIENCE = "https://apis.preprod.pasqal.cloud/account/api/v1"
DEV_AUDIENCE = "https://apis.dev.pasqal.cloud/account/api/v1"

PASQAL_ENDPOINTS = {
    "prod": Endpoints(),
    "preprod": _on("apis.preprod.pasqal.cloud"),
    "dev": _on("apis.dev.pasqal.cloud"),
    "sa-prod": _on("apis.sa.pasqal.cloud"),
    "sa-preprod": _on("apis.preprod.sa.pasqal.cloud"),
}

AUTH_CONFIG = {
    "fr-prod": TokenProviderConf(),
    "fr-preprod": TokenProviderConf(
        token_endpoint="https://pasqal-preprod.eu.auth0.com/oauth/token",
        public_client_id="2l6A2ldvwJE5sdkghu40BTYLm7sSUAv9",
        audience=PREPROD_AUDIENCE,
    ),
    "fr-dev": TokenProviderConf(
        token_endpoint="https://pasqal-dev.eu.auth0.com/oauth/token",
        public_client_id="5QtfSu1UV118Iz6By6IJRSNoDrLbAiOv",
        audience=DEV_AUDIENCE,
    ),
    "sa-prod": _keycloak("auth.sa.pasqal.cloud", TokenProviderConf.audience),
    "sa-preprod": _keycloak("auth.preprod.sa.pasqal.cloud", PREPROD_AUDIENCE),
}

AUTH0_CONFIG = {
    "prod": Auth0Conf(),
    "preprod": Auth0Conf("authenticate.preprod.pasqal.cloud", "2l6A2ldvwJE5sdkghu40BTYLm7sSUAv9", PREPROD_AUDIENCE),
    "dev": Auth0Conf("authenticate.dev.pasqal.cloud", "5QtfSu1UV118Iz6By6IJRSNoDrLbAiOv", DEV_AUDIENCE),
}

OF_REGION: dict[str, tuple[Endpoints, TokenProviderConf]] = {
    "fr": (PASQAL_ENDPOINTS["prod"], AUTH_CONFIG["fr-prod"]),
    "sa": (PASQAL_ENDPOINTS["sa-prod"], AUTH_CONFIG["sa-prod"]),
}
"""The services and the identity provider of each region."""


def identity_provider_of(endpoints: Endpoints, region: str) -> TokenProviderConf:
    """Gets the identity provider of services: their own, else that of their environment, else that of the region."""
    if endpoints.auth is not None:
        return endpoints.auth
    for environment, known in PASQAL_ENDPOINTS.items():
        if known.core == endpoints.core:
            return AUTH_CONFIG.get(environment) or AUTH_CONFIG[f"fr-{environment}"]
    return OF_REGION[region][1]


# Names of single values, as the existing package has them.

CORE_API_URL, ACCOUNT_API_URL = PASQAL_ENDPOINTS["prod"].core, PASQAL_ENDPOINTS["prod"].account
PREPROD_CORE_API_URL, PREPROD_ACCOUNT_API_URL = PASQAL_ENDPOINTS["preprod"].core, PASQAL_ENDPOINTS["preprod"].account
DEV_CORE_API_URL, DEV_ACCOUNT_API_URL = PASQAL_ENDPOINTS["dev"].core, PASQAL_ENDPOINTS["dev"].account
KSA_CORE_API_URL, KSA_ACCOUNT_API_URL = PASQAL_ENDPOINTS["sa-prod"].core, PASQAL_ENDPOINTS["sa-prod"].account
KSA_PREPROD_CORE_API_URL = PASQAL_ENDPOINTS["sa-preprod"].core
KSA_PREPROD_ACCOUNT_API_URL = PASQAL_ENDPOINTS["sa-preprod"].account

AUDIENCE, REALM = TokenProviderConf.audience, TokenProviderConf.realm
AUTH0_TOKEN_PROVIDER_GRANT_TYPE = PASSWORD_REALM_GRANT
AUTH0_DOMAIN, PUBLIC_CLIENT_ID = AUTH0_CONFIG["prod"].domain, AUTH0_CONFIG["prod"].public_client_id
PREPROD_AUTH0_DOMAIN = AUTH0_CONFIG["preprod"].domain
PREPROD_PUBLIC_CLIENT_ID = AUTH0_CONFIG["preprod"].public_client_id
DEV_AUTH0_DOMAIN, DEV_PUBLIC_CLIENT_ID = AUTH0_CONFIG["dev"].domain, AUTH0_CONFIG["dev"].public_client_id
AUTH0_TOKEN_ENDPOINT = AUTH_CONFIG["fr-prod"].token_endpoint
PREPROD_AUTH0_TOKEN_ENDPOINT = AUTH_CONFIG["fr-preprod"].token_endpoint
DEV_AUTH0_TOKEN_ENDPOINT = AUTH_CONFIG["fr-dev"].token_endpoint
KEYCLOAK_REALM, KEYCLOAK_SDK_CLIENT_ID = AUTH_CONFIG["sa-prod"].realm, AUTH_CONFIG["sa-prod"].public_client_id
SA_KEYCLOAK_BASE_URL, SA_KEYCLOAK_TOKEN_ENDPOINT = "https://auth.sa.pasqal.cloud", AUTH_CONFIG["sa-prod"].token_endpoint
PREPROD_SA_KEYCLOAK_BASE_URL = "https://auth.preprod.sa.pasqal.cloud/"
PREPROD_SA_KEYCLOAK_TOKEN_ENDPOINT = AUTH_CONFIG["sa-preprod"].token_endpoint
