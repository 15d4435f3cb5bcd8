"""The existing package's module, for imports; see `http_client`."""

from pasqal_cloud.http_client import HTTPClient

__all__ = ["Client"]

Client = HTTPClient
