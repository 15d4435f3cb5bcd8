"""Requests to `/_local/`, by which a local service is told what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from pasqal_cloud.errors import LocalServiceError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Control:
    """Makes the requests.

    Args:
        url: Where the service is.
        username: Who may control it.
        password: With what.
    """

    def __init__(self, url: str, username: str, password: str) -> None:
        # a transport of its own, since tests replace what httpx does by default, and the environment may have a proxy
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/_local",
            auth=httpx.BasicAuth(username, password),
            transport=httpx.HTTPTransport(verify=False),
            timeout=30.0,
        )

    def close(self) -> None:
        """Closes the connection."""
        self._http.close()

    def get(self, path: str, **query: str) -> Any:
        """Asks for something."""
        return self._request("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Makes something, or has something done."""
        return self._request("POST", path, json=body)

    def patch(self, path: str, **fields: Any) -> Any:
        """Changes something; None stands for what is to stay as it is."""
        return self._request("PATCH", path, json={name: value for name, value in fields.items() if value is not None})

    def delete(self, path: str) -> Any:
        """Takes something away."""
        return self._request("DELETE", path)

    def _request(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise ServiceGoneError(f"It does not answer: {error or type(error).__name__}.") from error
        if answer.is_success:
            return answer.json()
        description = answer.json()["data"]["description"]
        if answer.status_code == 422 and isinstance(description, list):
            reasons = "; ".join(f"{problem['loc'][-1]}: {problem['msg']}" for problem in description)
            raise ValidationError(reasons, status=422)
        raise LocalControlError(f"{description}", status=answer.status_code)


class LocalControlError(LocalServiceError):
    """The local service could not be told what to do."""


class ServiceGoneError(LocalControlError):
    """The local service is not there."""
