"""How requests are refused: with a status, and a sentence or the places and reasons of several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from pasqal_cloud.local.tasks import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pasqal_cloud.local.devices import Device
    from pasqal_cloud.local.tasks import JobRequest


class ServiceError(Exception):
    """A request that can't be satisfied.

    Args:
        status: The HTTP status that says so.
        description: One sentence, or the places and reasons of several refusals.
        headers: What the answer's headers say as well.
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
        refusals: What is wrong with it.
        place: Where its jobs are.
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
"""What lists can be ordered by. The API's description leaves the set open, but nothing else can be done here."""


def check_order(query: Mapping[str, Any]) -> None:
    """Refuses an order of a list that there is not."""
    if query.get("order_by", ORDERS[0]) not in ORDERS:
        problem = {"loc": ["query", "order_by"], "msg": f"this must be {' or '.join(ORDERS)}", "type": "value_error"}
        raise ServiceError(422, [problem])


def one_of(body: Mapping[str, Any], name: str, old_name: str, *, opposite: bool = False) -> Any:
    """Reads a field that has an old name as well, which may mean the opposite."""
    new, old = body.get(name), body.get(old_name)
    if new is not None and old is not None:
        refuse(Refusal(name, f"{old_name} is an old way to say {name}: give one of them"))
    if old is None:
        return new
    return not old if opposite else old


def malformed(jobs: Sequence[JobRequest], batch: Mapping[str, Any], device: Device) -> Iterator[Refusal]:
    """Finds what is wrong with the jobs of a batch whatever their sequences say."""
    sequence, configuration = batch.get("sequence_builder"), batch.get("backend_configuration")
    for number, job in enumerate(jobs):
        if job.sequence is None and sequence is None:
            yield Refusal("sequence", "the batch has no sequence, so that the job needs one of its own", number)
        if job.sequence is not None and job.variables:
            yield Refusal("variables", "a job with its own sequence takes no variables", number)
        if job.runs is None and configuration is None:
            yield Refusal("runs", "the number of runs is missing", number)
        if job.runs is not None and job.runs > device.max_runs:
            yield Refusal("runs", f"{device.name} takes at most {device.max_runs} runs per job", number)


def check_webhook(url: str | None) -> None:
    """Refuses what can't be called over HTTP, and what would show a password."""
    if url is not None and not _is_callable(url):
        refuse(Refusal("webhook", "this is no http or https URL"))
    if url is not None and "@" in urlsplit(url).netloc:
        refuse(Refusal("webhook", "this holds a user or a password, which whoever reads the batch would see"))


def _is_callable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return url.isprintable() and parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
