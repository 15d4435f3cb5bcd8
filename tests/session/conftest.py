"""An SDK whose requests a function of the test's answers."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from pasqal_cloud import Endpoints

PROJECT = "99999999-2222-4333-8444-555555555555"


class Line:
    """What leads to the service: the requests are noted, and a function of the test's answers.

    Args:
        answer: Gets the answer to a request: an answer, or the `data` of a usual one; or it raises.
        requests: The requests so far.
    """

    def __init__(self, answer: Callable[[httpx.Request], Any]) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._respond)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        data = self.answer(request)
        if isinstance(data, httpx.Response):  # the same answer may be given again, in either colour
            return httpx.Response(data.status_code, headers=data.headers, content=data.content)
        return httpx.Response(200, json={"data": data})

    def count(self, method: str) -> int:
        """How many requests there were with a method."""
        return [request.method for request in self.requests].count(method)


def one_after_another(*outcomes: Any) -> Line:
    """A line on which each request has the next outcome; an error is raised."""
    remaining = iter(outcomes)

    def answer(_: httpx.Request) -> Any:
        outcome = next(remaining)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return Line(answer)


@pytest.fixture
def open_sdk(colour: Any) -> Iterator[Callable[..., Any]]:
    """A function that makes an SDK of each colour on a line, closed at the end."""
    opened = []

    def make(line: Line, **options: Any) -> Any:
        usual = {"token": "t", "project_id": PROJECT, "endpoints": Endpoints.at("https://cloud.test")}
        opened.append(colour.SDK(**usual | {"transport": line.transport} | options))
        return opened[-1]

    yield make
    for sdk in opened:
        colour.call(sdk.close())
