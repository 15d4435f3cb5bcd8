"""A world without input and output: flows are fed by hand."""

from collections.abc import Callable
from functools import partial
from math import inf, nextafter
from typing import Any

import pytest

from pasqal_cloud._flow import Call, Flow, Now, Sleep


class World:
    """Performs the effects of a flow by hand: a pause takes no time, and a call is answered by the test.

    Args:
        answer: Gets the outcome of a call, or raises its error; it may move `now` as well.
    """

    def __init__(self, answer: Callable[[Call[Any]], Any]) -> None:
        self.answer = answer
        self.now = 1000.0
        self.pauses: list[float] = []
        self.calls: list[Call[Any]] = []

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
            except BaseException as error:  # noqa: BLE001 - Ctrl-C too is the flow's to see
                resume = partial(flow.throw, error)

    def _perform(self, effect: object) -> Any:
        match effect:
            case Now():
                return self.now
            case Sleep(seconds=seconds):
                self.pauses.append(seconds)
                self.now = max(self.now + seconds, nextafter(self.now, inf))  # time never stands still
                return None
            case Call():
                self.calls.append(effect)
                return self.answer(effect)
        raise AssertionError(effect)


@pytest.fixture(scope="session")
def world() -> type[World]:
    """Makes a world."""
    return World
