"""Where the services are: regions, environments and addresses of your own. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Region = Literal["fr", "sa"]

PASSWORD_REALM_GRANT = "http://auth0.com/oauth/grant-type/password-realm"


@dataclass(frozen=True)
class TokenProviderConf:
    """How an identity provider gives out tokens.

    Args:
        token_endpoint: The URL of the token request.
        public_client_id: The identity of this application.
        audience: What the token is for.
        realm: Where the identity provider keeps its users.
        grant_type: How the user proves who they are.
    """

    token_endpoint: str = "https://pasqal.eu.auth0.com/oauth/token"
    public_client_id: str = "PeZvo7Atx7IVv3iel59asJSb4Ig7vuSB"
    audience: str = "https://apis.pasqal.cloud/account/api/v1"
    realm: str = "pcs-users"
    grant_type: str = PASSWORD_REALM_GRANT


@dataclass(frozen=True)
class Endpoints:
    """The base URLs of the services.

    Args:
        core: Batches, jobs, workloads and devices.
        account: Projects and users.
        auth: The identity provider, where it is not the region's.
    """

    core: str = "https://apis.pasqal.cloud/core-fast"
    account: str = "https://apis.pasqal.cloud/account"
    auth: TokenProviderConf | None = None

    @classmethod
    def at(cls, url: str) -> Endpoints:
        """Makes the endpoints of a service that keeps everything under one address, as the local service does.

        Args:
            url: The address, like `http://127.0.0.1:8000`.
        """
        base = url.rstrip("/")
        return cls(f"{base}/core-fast", f"{base}/account", TokenProviderConf(f"{base}/oauth/token"))


def _on(host: str) -> Endpoints:
    return Endpoints(core=f"https://{host}/core-fast", account=f"https://{host}/account")


def _keycloak(host: str) -> TokenProviderConf:
    return TokenProviderConf(
        token_endpoint=f"https://{host}/realms/pasqal-cloud/protocol/openid-connect/token",
        public_client_id="cloud-sdk",
        grant_type="password",
        realm="pasqal-cloud",
    )


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
        audience="https://apis.preprod.pasqal.cloud/account/api/v1",
    ),
    "fr-dev": TokenProviderConf(
        token_endpoint="https://pasqal-dev.eu.auth0.com/oauth/token",
        public_client_id="5QtfSu1UV118Iz6By6IJRSNoDrLbAiOv",
        audience="https://apis.dev.pasqal.cloud/account/api/v1",
    ),
    "sa-prod": _keycloak("auth.sa.pasqal.cloud"),
    "sa-preprod": _keycloak("auth.preprod.sa.pasqal.cloud"),
}

OF_REGION: dict[str, tuple[Endpoints, TokenProviderConf]] = {
    "fr": (PASQAL_ENDPOINTS["prod"], AUTH_CONFIG["fr-prod"]),
    "sa": (PASQAL_ENDPOINTS["sa-prod"], AUTH_CONFIG["sa-prod"]),
}
"""Where the users of a region are by default."""
