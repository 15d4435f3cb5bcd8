"""Requests to `/_local/`, which control a local service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from pasqal_cloud.errors import LocalServiceError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Control:
    """Sends the requests.

    Args:
        url: The URL of the service.
        username: The service's username.
        password: The service's password.
    """

    def __init__(self, url: str, username: str, password: str) -> None:
        # its own transport, because tests may replace the default one, and the environment may set a proxy
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
        """Sends a GET request."""
        return self._request("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Sends a POST request."""
        return self._request("POST", path, json=body)

    def patch(self, path: str, **fields: Any) -> Any:
        """Sends a PATCH request with the fields that are not None."""
        return self._request("PATCH", path, json={name: value for name, value in fields.items() if value is not None})

    def delete(self, path: str) -> Any:
        """Sends a DELETE request."""
        return self._request("DELETE", path)

    def _request(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise ServiceGoneError(f"{error or type(error).__name__}.") from error
        if answer.is_success:
            return answer.json()
        description = answer.json()["data"]["description"]
        if answer.status_code == 422 and isinstance(description, list):
            reasons = "; ".join(f"{_field(problem['loc'][1:])}: {problem['msg']}" for problem in description)
            raise ValidationError(reasons, status=422)
        raise LocalControlError(f"{description}", status=answer.status_code)


def _field(place: Iterable[str | int]) -> str:
    """Writes the place of a field like `errors[0]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


class LocalControlError(LocalServiceError):
    """The local service refused a request that controls it."""


class ServiceGoneError(LocalControlError):
    """The local service does not respond."""
