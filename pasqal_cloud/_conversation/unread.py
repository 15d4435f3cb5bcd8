"""The jobs of lists, as JSON until a field is read: programs go through thousands of jobs to look at a few fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pasqal_cloud_api.models import Job
from pasqal_cloud_api.types import json_of

if TYPE_CHECKING:
    import httpx

    from pasqal_cloud._conversation.paging import Page
    from pasqal_cloud._conversation.session import Endpoint
    from pasqal_cloud_api.models import JobListResponse


class Unread:
    """A job as the service sent it.

    Args:
        sent: A dictionary with the fields; its id is a string.
    """

    __slots__ = ("_sent",)

    def __init__(self, sent: dict[str, Any]) -> None:
        self._sent = sent

    @property
    def id(self) -> str:
        """The job's id."""
        identity: str = self._sent["id"]
        return identity

    @property
    def batch_id(self) -> Any:
        """The id of its batch."""
        return self._sent.get("batch_id")

    def read(self) -> Job:
        """Reads the fields."""
        return Job.from_dict(self._sent)


def read(job: Job | Unread) -> Job:
    """Reads the fields of a job, if they were not read yet."""
    return job.read() if isinstance(job, Unread) else job


class Leaving:
    """A list of jobs as an operation for `Session.call`, which leaves them unread.

    Args:
        endpoint: The operation that reads them.
    """

    def __init__(self, endpoint: Endpoint[..., JobListResponse]) -> None:
        self.request = endpoint.request
        self._read = endpoint.parse

    def parse(self, answer: httpx.Response) -> Page[Any]:
        """Parses a successful response; one with anything else than jobs as the endpoint does, for its errors."""
        content = json_of(answer) if answer.status_code == 200 else None
        jobs = content.get("data") if isinstance(content, dict) else None
        if not isinstance(content, dict) or not isinstance(jobs, list) or not all(map(_is_job, jobs)):
            return self._read(answer)
        from pasqal_cloud_api.models import JobListResponse

        unread: list[Any] = list(map(Unread, jobs))
        page = JobListResponse.from_dict({**content, "data": []})
        page.data = unread
        return page


def _is_job(sent: Any) -> bool:
    return isinstance(sent, dict) and isinstance(sent.get("id"), str)
