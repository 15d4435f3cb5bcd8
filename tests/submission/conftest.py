"""A service without input and output, in which time passes only in pauses."""

from collections.abc import Callable
from functools import partial
from math import inf, nextafter
from types import SimpleNamespace
from typing import Any

import pytest

from pasqal_cloud import Endpoints
from pasqal_cloud._flow import Call, Flow, Now, Sleep, Together
from pasqal_cloud._transport import Api, BlockingClient

PROJECT = "99999999-2222-4333-8444-555555555555"
EPOCH = 1_700_000_000.0
"""The service's time, in seconds since 1970, when the test's clock shows zero."""


class World:
    """Drives a flow: calls are answered by the test, by the last part of the endpoint's name.

    Args:
        answers: Gets the `data` of an operation's answer from the call, or raises its error.
    """

    def __init__(self, **answers: Callable[[Call[Any]], Any]) -> None:
        self.answers = answers
        self.now = 1000.0
        self.looks: list[float] = []
        self.calls: list[str] = []
        self.api = Api(Endpoints.at("http://service.test"), None, BlockingClient, PROJECT)

    def tell_time(self) -> None:
        """Lets the client see the service's clock."""
        self.api.clock.note("Tue, 14 Nov 2023 22:30:00 GMT", 1000.0, 1000.0)

    def run(self, flow: Flow[Any]) -> Any:
        """Drives a flow to its end."""
        resume: Callable[[], Any] = partial(next, flow)
        while True:
            try:
                effect = resume()
            except StopIteration as stop:
                return stop.value
            try:
                resume = partial(flow.send, self._perform(effect))
            except Exception as error:  # noqa: BLE001 - the flow's to see
                resume = partial(flow.throw, error)

    def _perform(self, effect: Any) -> Any:
        match effect:
            case Now():
                return self.now
            case Sleep(seconds=seconds):
                self.now = max(self.now + seconds, nextafter(self.now, inf))  # time never stands still
                return None
            case Together(flows=flows):
                return [self.run(flow) for flow in flows]
            case Call(endpoint=endpoint):
                name = endpoint.__name__.rpartition(".")[2]
                self.calls.append(name)
                if name.startswith("list_"):
                    self.looks.append(self.now)
                return SimpleNamespace(data=self.answers[name](effect), pagination=None)
        raise AssertionError(effect)


@pytest.fixture(scope="session")
def world() -> type[World]:
    """Makes a world."""
    return World
