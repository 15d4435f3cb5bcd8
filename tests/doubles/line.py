"""A line to the service on which a function of the test's answers, whatever is asked for."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx

from .answers import BATCH, ident


class Line:
    """What leads to the service: the requests are noted, and a function of the test's answers.

    Args:
        answer: Gets the answer to a request: an answer, the `data` of a usual one, or an error that is raised.
        requests: The requests so far.
        closed: How it was closed, `blocking` or `awaiting`, each time.
    """

    def __init__(self, answer: Callable[[httpx.Request], Any]) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []
        self.closed: list[str] = []
        self.transport = _Transport(self)

    def respond(self, request: httpx.Request) -> httpx.Response:
        """Answers a request."""
        self.requests.append(request)
        data = self.answer(request)
        if isinstance(data, BaseException):
            raise data
        if isinstance(data, httpx.Response):  # the same answer may be given again, in either colour
            return httpx.Response(data.status_code, headers=data.headers, content=data.content)
        return httpx.Response(200, json={"data": data})

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.url.path for request in self.requests]

    def count(self, method: str, last: str | None = None) -> int:
        """How many requests there were with a method, and to paths with this end if it is given."""
        return sum(
            request.method == method and last in (None, request.url.path.rpartition("/")[2])
            for request in self.requests
        )


class _Transport(httpx.MockTransport):
    def __init__(self, line: Line) -> None:
        super().__init__(line.respond)
        self._line = line

    def close(self) -> None:
        self._line.closed.append("blocking")

    async def aclose(self) -> None:
        self._line.closed.append("awaiting")


def one_after_another(*outcomes: Any) -> Line:
    """A line on which each request has the next outcome; an error is raised."""
    remaining = iter(outcomes)
    return Line(lambda _: next(remaining))


def by_path(**answers: Any) -> Line:
    """A line on which the end of the path decides; lists are empty unless said otherwise.

    Args:
        answers: What is answered, by the end of the path, or by method and end as in `POST_batches`: an outcome, a
            function of the request that gets it, or an iterator of outcomes. `batch` and `job` are the batch's id and
            the first job's.
    """

    def answer(request: httpx.Request) -> Any:
        last = request.url.path.rpartition("/")[2]
        name = {BATCH: "batch", ident(): "job"}.get(last, last)
        found = answers.get(f"{request.method}_{name}", answers.get(name, []))
        if isinstance(found, Iterator):
            found = next(found)
        return found(request) if callable(found) else found

    return Line(answer)
