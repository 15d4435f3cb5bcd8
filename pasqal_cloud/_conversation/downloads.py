"""Downloads from presigned links: the results of jobs and workloads.

A presigned link contains its own signature and leads to another host, so the request for it has no token. If the link
has expired, a new one is fetched once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pasqal_cloud._arguments import uuid_of
from pasqal_cloud._conversation.responses import url_of
from pasqal_cloud._conversation.snapshots import text
from pasqal_cloud.errors import PasqalCloudError, UnexpectedAnswerError
from pasqal_cloud_api.api.jobs import get_job_results_link
from pasqal_cloud_api.types import json_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.responses import Url
    from pasqal_cloud._conversation.session import Session
    from pasqal_cloud_api.models import JobResult

T = TypeVar("T")

EXPIRED = frozenset({400, 401, 403, 404, 410})
"""The statuses with which storages respond to a link that has expired."""


def download(session: Session, job_id: str | UUID) -> Flow[JobResult | None]:
    """Downloads the result document of a job; None before the job has ended."""
    identity = uuid_of(job_id, "id")

    def ask_for_link() -> Flow[Url | None]:
        answer = yield from session.call(get_job_results_link, identity)
        return link(answer.data, "results_link")

    return (yield from downloading(session, ask_for_link, _result))


def link(snapshot: object, name: str) -> Url | None:
    """Gets a link from a field of a generated object.

    Raises:
        UnexpectedAnswerError: It is not a URL.
    """
    given = text(snapshot, name)
    url = url_of(given) if given else None
    if given and url is None:  # it is not shown, since it may contain a signature
        raise UnexpectedAnswerError(
            f"{type(snapshot).__name__}: {name} is not a URL that begins with https://", sent=True
        )
    return url


def downloading(
    session: Session, ask_for_link: Callable[[], Flow[Url | None]], parse: Callable[[dict[str, Any]], T]
) -> Flow[T | None]:
    """Downloads the document behind a link.

    Args:
        session: The session.
        ask_for_link: Fetches a new link; None if there is no document yet.
        parse: Parses the document.
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
    """The download of a document, as an operation for `Session.call`."""

    def __init__(self, parse: Callable[[dict[str, Any]], T]) -> None:
        self._parse = parse

    def request(self, link: Url) -> dict[str, Any]:
        return {"method": "get", "url": link}

    def parse(self, answer: Any) -> T:
        document = json_of(answer)
        if not isinstance(document, dict):
            raise TypeError("not a JSON object")
        return self._parse(document)


def _result(document: dict[str, Any]) -> JobResult:
    """Parses a job's result; a document that is not a result must not be taken for one without counts."""
    parts = {name: document[name] for name in _PARTS if document.get(name) is not None}
    if not parts:
        raise ValueError("it contains no result")
    counter = parts.get("counter", {})
    if not all(isinstance(part, _PARTS[name]) for name, part in parts.items()) or not all(
        isinstance(number, int) for number in counter.values()
    ):
        raise TypeError("its result has an unknown format")
    from pasqal_cloud_api.models import JobResult

    return JobResult.from_dict(document)


_PARTS: dict[str, type] = {"counter": dict, "raw": list, "serialised_results": str}
