"""Pulser's connection for those who come by OVH: a notebook there holds a token, and OVH sends the bill."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pasqal_cloud._conversation.ovh import ovh
from pasqal_cloud._deprecation import elsewhere
from pasqal_cloud.backends.connection import PasqalCloudConnection
from pasqal_cloud.errors import PasqalCloudError
from pasqal_cloud.http_client import HTTPClient, ovh_urls
from pasqal_cloud.sdk import SDK

if TYPE_CHECKING:
    from typing import Self

__all__ = ["MissingEnvironmentVariableError", "OVHConnection", "OvhClient"]

TOKEN = "PASQAL_PULSER_ACCESS_TOKEN"


class MissingEnvironmentVariableError(PasqalCloudError, RuntimeError):
    """The environment does not say who is asking."""


class OvhClient(HTTPClient):
    """Sends requests to OVH's door, as `SDK(client_class=OvhClient)`: no project is needed there, the token says it."""

    def _get_api_urls(self) -> dict[str, str]:
        return ovh_urls(self.endpoints)


class OVHConnection(PasqalCloudConnection):
    """A connection to Pasqal Cloud for Pulser's backends, by OVH. It takes no open batches.

    The token is taken from the environment, PASQAL_PULSER_ACCESS_TOKEN, where OVH's notebooks have it.

    Args:
        options: Arguments of `SDK`, like `endpoints`; with `token` or `token_provider`, the environment is not read.

    Raises:
        MissingEnvironmentVariableError: There is no token.
    """

    def __init__(self, **options: Any) -> None:
        if not (options.get("token") or options.get("token_provider")):
            options["token"] = os.environ.get(TOKEN, "").strip()
            if not options["token"]:
                raise MissingEnvironmentVariableError(f"Set {TOKEN} to the token that OVH has given you.")
        self._connect(SDK(client_class=OvhClient, **options))

    @classmethod
    def local(cls, *options: str) -> Self:
        """Starts a local service and connects to its OVH door, as its one user; see `PasqalCloudConnection.local`.

        Args:
            options: Options of `python -m pasqal_cloud.local`, like `--seed=7`.

        Raises:
            MissingExtraError: The extra `local` is not installed.
            LocalServiceError: The service did not start.
        """
        connection = super().local(*options)
        connection._sdk._session = connection._sdk._session.through(ovh)
        return connection

    def supports_open_batch(self) -> bool:
        """Tells that no jobs can be added to batches."""
        return False


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # what the existing package's module has imported for itself
