"""Where an SDK's requests go, as a class: for packages that make a client class of their own and give it to the SDK."""

from __future__ import annotations

import os
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pasqal_cloud._arguments import switched_on
from pasqal_cloud._deprecation import elsewhere
from pasqal_cloud.endpoints import Endpoints
from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from pasqal_cloud._conversation.session import Routes
    from pasqal_cloud.authentication import TokenProvider
    from pasqal_cloud.endpoints import Auth0Conf, Region, TokenProviderConf


def ovh_urls(endpoints: Endpoints) -> dict[str, str]:
    """Gets where the requests of those go who come by OVH.

    Args:
        endpoints: Where the services are.
    """
    door = f"{endpoints.core}/api/v1/third-party-access/ovh"
    return {
        "send_batch": f"{door}/batches",
        "get_batch": f"{door}/batches/{{batch_id}}",
        "get_jobs": f"{door}/jobs",
        "get_job_results_link": f"{door}/jobs/{{job_id}}/results_link",
        "get_public_devices_specs": f"{endpoints.core}/api/v1/devices/public-specs",
    }


class HTTPClient:
    """Says where the requests of an SDK go. The SDK makes them itself.

    A subclass overrides `_get_api_urls`, by the names that the existing package has for its requests, and is given as
    `SDK(client_class=…)`. Two doors are known: the usual one and that of OVH, for those who come by it.

    Args:
        project_id: The project that new batches belong to.
        username: What an SDK is made with, like all others: it keeps that to itself.
        password: See `SDK`.
        token_provider: See `SDK`.
        endpoints: Where the services are.
        auth0: See `SDK`.
        auth_config: See `SDK`.
        region: Where the services are, if `endpoints` does not say it.
        arguments: What else an SDK is made with.
    """

    unknown_endpoint_message = "Unknown endpoint: {endpoint}"

    def __init__(
        self,
        project_id: str | None = None,
        username: str | None = None,  # noqa: ARG002 - the SDK's, like what follows
        password: str | None = None,  # noqa: ARG002
        token_provider: TokenProvider | None = None,  # noqa: ARG002
        endpoints: Endpoints | None = None,
        auth0: Auth0Conf | None = None,  # noqa: ARG002
        auth_config: TokenProviderConf | None = None,  # noqa: ARG002
        region: Region | None = None,
        **arguments: Any,  # noqa: ARG002
    ) -> None:
        self.project_id = project_id
        self.endpoints = endpoints or Endpoints.from_region(region)

    @property
    def allow_gzip_request_body(self) -> bool:
        """Whether large bodies are sent compressed."""
        return not switched_on("PASQAL_SKIP_GZIP_REQUEST_BODY", os.environ)

    @property
    def user_agent(self) -> str:
        """What requests say of the program that makes them."""
        return f"pasqal-cloud/{version('pasqal-cloud')}"

    def _get_api_urls(self) -> dict[str, str]:
        core = self.endpoints.core
        return {
            "send_batch": f"{core}/api/v1/batches",
            "get_batch": f"{core}/api/v2/batches/{{batch_id}}",
            "get_jobs": f"{core}/api/v2/jobs",
            "get_job_results_link": f"{core}/api/v1/jobs/{{job_id}}/results_link",
            "get_public_devices_specs": f"{core}/api/v1/devices/public-specs",
        }


def routes_of(client_class: type[HTTPClient], endpoints: Endpoints) -> Routes | None:
    """Gets where the requests of an SDK go in.

    Args:
        client_class: The class that says so.
        endpoints: Where the services are.

    Raises:
        ValidationError: It is no such class, or there is no door where it says: all its requests go in by one.
    """
    if not isinstance(client_class, type) or not issubclass(client_class, HTTPClient):
        raise ValidationError(f"client_class must be a class derived from HTTPClient, not {client_class!r}.")
    urls, usual = _urls_of(client_class, endpoints), HTTPClient(endpoints=endpoints)._get_api_urls()
    if "send_batch" in urls and urls.items() <= usual.items():
        return None
    if "send_batch" in urls and urls.items() <= ovh_urls(endpoints).items():
        from pasqal_cloud._conversation.ovh import ovh

        return ovh
    others = [f"{name} to {url}" for name, url in urls.items() if usual.get(name) != url] or ["no batches"]
    raise ValidationError(
        f"{client_class.__name__} sends {', '.join(others)}. All has to go in by one door: the usual one, or OVH's."
    )


def _urls_of(client_class: type[HTTPClient], endpoints: Endpoints) -> dict[str, str]:
    try:
        return dict(client_class(endpoints=endpoints)._get_api_urls())
    except Exception as error:
        raise ValidationError(f"{client_class.__name__} does not say where requests go: {error!r}") from error


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # what the existing package's module has imported for itself
