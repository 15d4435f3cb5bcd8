"""Errors for refused requests, and checks that need no state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from pasqal_cloud.local.tasks import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pasqal_cloud.local.devices import Device
    from pasqal_cloud.local.tasks import JobRequest


class ServiceError(Exception):
    """A refused request.

    Args:
        status: The HTTP status.
        description: One sentence, or a list of places and reasons.
        headers: Additional headers of the response.
    """

    def __init__(
        self, status: int, description: str | list[dict[str, Any]], headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.headers = headers


def refuse(*refusals: Refusal, place: Sequence[str] = ("jobs",)) -> NoReturn:
    """Refuses a body.

    Args:
        refusals: The reasons.
        place: The place of the jobs in the body.
    """
    raise ServiceError(
        422,
        [
            {
                "loc": ["body", *(() if refusal.job is None else (*place, refusal.job)), refusal.field],
                "msg": refusal.reason,
                "type": "value_error",
            }
            for refusal in refusals
        ],
    )


ORDERS = ("created_at", "creation_order")
"""The supported values of `order_by`. The API's description leaves the set open."""


def check_order(query: Mapping[str, Any]) -> None:
    """Refuses an unknown order of a list."""
    if query.get("order_by", ORDERS[0]) not in ORDERS:
        problem = {"loc": ["query", "order_by"], "msg": f"must be {' or '.join(ORDERS)}", "type": "value_error"}
        raise ServiceError(422, [problem])


def one_of(body: Mapping[str, Any], name: str, old_name: str, *, opposite: bool = False) -> Any:
    """Reads a field that also has an old name, whose value may be the opposite."""
    new, old = body.get(name), body.get(old_name)
    if new is not None and old is not None:
        refuse(Refusal(name, f"{old_name} is an old name of {name}: give only one of them"))
    if old is None:
        return new
    return not old if opposite else old


def malformed(jobs: Sequence[JobRequest], batch: Mapping[str, Any], device: Device) -> Iterator[Refusal]:
    """Finds errors in the jobs of a batch that do not depend on their sequences."""
    sequence, configuration = batch.get("sequence_builder"), batch.get("backend_configuration")
    for number, job in enumerate(jobs):
        if job.sequence is None and sequence is None:
            yield Refusal("sequence", "required, because the batch has no sequence", number)
        if job.sequence is not None and job.variables:
            yield Refusal("variables", "a job with its own sequence takes no variables", number)
        if job.runs is None and configuration is None:
            yield Refusal("runs", "required", number)
        if job.runs is not None and job.runs > device.max_runs:
            yield Refusal("runs", f"must be at most {device.max_runs} for {device.name}", number)


def check_webhook(url: str | None) -> None:
    """Refuses URLs that can't be called over HTTP, or that contain a password."""
    if url is not None and not _is_callable(url):
        refuse(Refusal("webhook", "not an http or https URL"))
    if url is not None and "@" in urlsplit(url).netloc:
        refuse(
            Refusal("webhook", "must not contain a username or password: everyone who can read the batch would see it")
        )


def _is_callable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return url.isprintable() and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
