"""Where an SDK's requests go, as a class: for packages that make a client class of their own and give it to the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pasqal_cloud.endpoints import Endpoints
from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from pasqal_cloud._transport import Door

OVH_PATH = "/api/v1/third-party-access/ovh"


class HTTPClient:
    """Says where the requests of an SDK go. The SDK makes them itself.

    A subclass overrides `_get_api_urls`, by the names that the existing package has for its requests, and is given as
    `SDK(client_class=…)`. Two doors are known: the usual one and that of OVH, for those who come by it.

    Args:
        project_id: The project that new batches belong to.
        endpoints: Where the services are.
        arguments: What else an SDK is made with; it keeps that to itself.
    """

    def __init__(self, project_id: str | None = None, endpoints: Endpoints | None = None, **arguments: Any) -> None:  # noqa: ARG002 - the SDK's
        self.project_id = project_id
        self.endpoints = endpoints or Endpoints()

    @property
    def project_id(self) -> str | None:
        """The project that new batches belong to."""
        return self._project_id

    @project_id.setter
    def project_id(self, project_id: str | None) -> None:
        self._project_id = project_id

    def _get_api_urls(self) -> dict[str, str]:
        return {"send_batch": f"{self.endpoints.core}/api/v1/batches"}


def door_of(client_class: type[HTTPClient], endpoints: Endpoints) -> Door | None:
    """Gets where the requests of an SDK go in.

    Args:
        client_class: The class that says so.
        endpoints: Where the services are.

    Raises:
        ValidationError: It is no such class, or there is no door where it says.
    """
    if not isinstance(client_class, type) or not issubclass(client_class, HTTPClient):
        raise ValidationError(f"client_class must be a class derived from HTTPClient, not {client_class!r}.")
    url = client_class(endpoints=endpoints)._get_api_urls().get("send_batch")
    if url == f"{endpoints.core}{OVH_PATH}/batches":
        from pasqal_cloud._ovh import ovh

        return ovh
    if url != f"{endpoints.core}/api/v1/batches":
        raise ValidationError(f"{client_class.__name__} sends batches to {url}, where this package knows no service.")
    return None
