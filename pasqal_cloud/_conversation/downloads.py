"""The documents behind presigned links: the results of jobs and workloads.

A link is its own permission and leads to another host, so no token goes with it. It expires: then another is asked for,
once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pasqal_cloud._arguments import uuid_of
from pasqal_cloud._conversation.responses import is_url
from pasqal_cloud._conversation.snapshots import text
from pasqal_cloud.errors import PasqalCloudError, UnexpectedAnswerError
from pasqal_cloud_api.api.jobs import get_job_results_link
from pasqal_cloud_api.models import JobResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.session import Session

T = TypeVar("T")

EXPIRED = frozenset({400, 401, 403, 404, 410})
"""How storages answer to a link that was good once."""


def download(session: Session, job_id: str | UUID) -> Flow[JobResult | None]:
    """Downloads the result document of a job; there is none before it has come to its end.

    Args:
        session: The services.
        job_id: The job.
    """
    identity = uuid_of(job_id, "id")

    def ask_for_link() -> Flow[str | None]:
        answer = yield from session.call(get_job_results_link, identity)
        return link(answer.data, "results_link")

    return (yield from downloading(session, ask_for_link, _result))


def link(snapshot: object, name: str) -> str | None:
    """Gets a link to a document.

    Args:
        snapshot: The generated object that holds it.
        name: Its field.

    Raises:
        UnexpectedAnswerError: It is not the URL of a document.
    """
    url = text(snapshot, name)
    if url and not is_url(url):  # which is not shown: it may hold a signature
        raise UnexpectedAnswerError(
            f"{type(snapshot).__name__}: {name} is not a URL that begins with https://", sent=True
        )
    return url


def downloading(
    session: Session, ask_for_link: Callable[[], Flow[str | None]], parse: Callable[[dict[str, Any]], T]
) -> Flow[T | None]:
    """Downloads the document behind a link.

    Args:
        session: The services.
        ask_for_link: Gets a link that is good now; None while there is no document.
        parse: Reads the document.
    """
    url = yield from ask_for_link()
    if not url:
        return None
    document, stranger = _Document(parse), session.with_options(signed=False)
    try:
        return (yield from stranger.call(document, url))
    except PasqalCloudError as error:
        if error.status not in EXPIRED:
            raise
    url = yield from ask_for_link()
    return (yield from stranger.call(document, url)) if url else None


class _Document(Generic[T]):
    """A document, as an operation.

    Args:
        parse: Reads it.
    """

    def __init__(self, parse: Callable[[dict[str, Any]], T]) -> None:
        self._parse = parse

    def request(self, link: str) -> dict[str, Any]:
        return {"method": "get", "url": link}

    def parse(self, answer: Any) -> T:
        document = answer.json()
        if not isinstance(document, dict):
            raise TypeError("no JSON object")
        return self._parse(document)


def _result(document: dict[str, Any]) -> JobResult:
    """Reads a job's result; what is not one must not be taken for one without counts."""
    parts = {name: document[name] for name in _PARTS if document.get(name) is not None}
    if not parts:
        raise ValueError("no result in it")
    counter = parts.get("counter", {})
    if not all(isinstance(part, _PARTS[name]) for name, part in parts.items()) or not all(
        isinstance(number, int) for number in counter.values()
    ):
        raise TypeError("a result in another form")
    return JobResult.from_dict(document)


_PARTS: dict[str, type] = {"counter": dict, "raw": list, "serialised_results": str}
