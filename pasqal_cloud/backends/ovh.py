"""Pulser's connection for OVH's users, whose notebooks contain a token and who are billed by OVH."""

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
    """An environment variable is missing."""


class OvhClient(HTTPClient):
    """The addresses for OVH's users, for `SDK(client_class=OvhClient)`. The token determines the project."""

    def _get_api_urls(self) -> dict[str, str]:
        return ovh_urls(self.endpoints)


class OVHConnection(PasqalCloudConnection):
    """A connection to Pasqal Cloud for Pulser's backends, for OVH's users. It does not support open batches.

    The token comes from the environment variable PASQAL_PULSER_ACCESS_TOKEN, which is set in OVH's notebooks.

    Args:
        options: Arguments of `SDK`, like `endpoints`. With `token` or `token_provider`, the variable is not read.

    Raises:
        MissingEnvironmentVariableError: The variable is not set.
    """

    def __init__(self, **options: Any) -> None:
        if not (options.get("token") or options.get("token_provider")):
            options["token"] = os.environ.get(TOKEN, "").strip()
            if not options["token"]:
                raise MissingEnvironmentVariableError(f"Set {TOKEN} to your token from OVH.")
        self._connect(SDK(client_class=OvhClient, **options))

    @classmethod
    def local(cls, *options: str) -> Self:
        """Starts a local service and connects to it as an OVH user; see `PasqalCloudConnection.local`.

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
        """Returns False: jobs can't be added to batches."""
        return False


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # names that can be imported from this module of the existing package
