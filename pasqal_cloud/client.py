"""The old home of what is now in `http_client`."""

from pasqal_cloud.http_client import HTTPClient

__all__ = ["Client"]

Client = HTTPClient
