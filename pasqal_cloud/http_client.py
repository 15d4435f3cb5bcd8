"""The class that determines the addresses of an SDK's requests, for packages that define a subclass of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pasqal_cloud._arguments import switched_on
from pasqal_cloud._deprecation import elsewhere
from pasqal_cloud._version import __version__
from pasqal_cloud.endpoints import Endpoints
from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from pasqal_cloud._conversation.session import Replacements
    from pasqal_cloud.authentication import TokenProvider
    from pasqal_cloud.endpoints import Auth0Conf, Region, TokenProviderConf


def ovh_urls(endpoints: Endpoints) -> dict[str, str]:
    """Gets the addresses of requests for OVH's users."""
    base = f"{endpoints.core}/api/v1/third-party-access/ovh"
    return {
        "send_batch": f"{base}/batches",
        "get_batch": f"{base}/batches/{{batch_id}}",
        "get_jobs": f"{base}/jobs",
        "get_job_results_link": f"{base}/jobs/{{job_id}}/results_link",
        "get_public_devices_specs": f"{endpoints.core}/api/v1/devices/public-specs",
    }


class HTTPClient:
    """Determines the addresses of an SDK's requests. The SDK sends the requests itself.

    A subclass overrides `_get_api_urls`, with the names that the existing package has for its requests, and is passed
    as `SDK(client_class=…)`. Two sets of addresses are supported: the usual ones, and those for OVH's users.

    Args:
        project_id: The project that new batches belong to.
        username: Ignored, like `password`, `token_provider`, `auth0` and `auth_config`: the SDK uses its own.
        password: Ignored.
        token_provider: Ignored.
        endpoints: The addresses of the services.
        auth0: Ignored.
        auth_config: Ignored.
        region: The region of the services, if `endpoints` is not given.
        arguments: Ignored.
    """

    unknown_endpoint_message = "Unknown endpoint: {endpoint}"

    def __init__(
        self,
        project_id: str | None = None,
        username: str | None = None,  # noqa: ARG002 - ignored, like those below
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
        """The header `User-Agent` of requests."""
        return f"pasqal-cloud/{__version__}"

    def _get_api_urls(self) -> dict[str, str]:
        core = self.endpoints.core
        return {
            "send_batch": f"{core}/api/v1/batches",
            "get_batch": f"{core}/api/v2/batches/{{batch_id}}",
            "get_jobs": f"{core}/api/v2/jobs",
            "get_job_results_link": f"{core}/api/v1/jobs/{{job_id}}/results_link",
            "get_public_devices_specs": f"{core}/api/v1/devices/public-specs",
        }


def routes_of(client_class: type[HTTPClient], endpoints: Endpoints) -> Replacements | None:
    """Gets the routes for a subclass of `HTTPClient`; None for the usual addresses.

    Args:
        client_class: The class.
        endpoints: The addresses of the services.

    Raises:
        ValidationError: It is not a subclass, or its addresses are neither the usual ones nor those for OVH's users.
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
        f"{client_class.__name__} sends {', '.join(others)}. All requests must have either the usual addresses, or"
        " those for OVH's users."
    )


def _urls_of(client_class: type[HTTPClient], endpoints: Endpoints) -> dict[str, str]:
    try:
        return dict(client_class(endpoints=endpoints)._get_api_urls())
    except Exception as error:
        raise ValidationError(
            f"{client_class.__name__} does not provide the addresses of requests: {error!r}"
        ) from error


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # names that can be imported from this module of the existing package
