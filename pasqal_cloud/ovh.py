"""The existing package's module, for imports; see `backends.ovh`."""

from typing import TYPE_CHECKING

from pasqal_cloud._deprecation import elsewhere
from pasqal_cloud.backends.connection import PasqalCloudConnection
from pasqal_cloud.backends.ovh import MissingEnvironmentVariableError, OvhClient, OVHConnection

__all__ = ["MissingEnvironmentVariableError", "OVHConnection", "OvhClient", "PasqalCloudConnection"]


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # names that can be imported from this module of the existing package
