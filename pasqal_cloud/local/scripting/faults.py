"""Faults: rules for requests that should go wrong, set by tests. `interception` simulates them."""

# ruff: noqa: RUF009 - the fields are made by a function

from __future__ import annotations

import base64
import random
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pasqal_cloud.local.scripting.rules import Rule, Rules, option

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERY = "*"
"""The name that stands for all operations."""

LONGEST_DELAY = 3600.0

End: TypeAlias = Literal["close", "reset", "stall"]

BASE64 = {"type": ["string", "null"], "format": "base64"}
SECONDS = {"type": "number", "minimum": 0, "maximum": LONGEST_DELAY}
COUNT = {"type": "integer", "minimum": 0}
HEADERS = {
    "type": "object",
    "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
    "additionalProperties": {"type": "string", "pattern": "^[\\t\\x20-\\x7e\\x80-\\xff]*$"},
}


@dataclass(eq=False, kw_only=True)
class Fault(Rule):
    """A fault: which requests go wrong, and how.

    A fault determines whether a request is processed, which response is sent, and what happens to the connection. A
    fault with a response of its own replaces the service's response. Without one, and without `drop`, the normal
    response is sent, possibly late or damaged. In JSON, `content` and `raw` are in base64.

    Args:
        operation: The operation: its name in the API's description, `createToken`, `getResult`, or `*` for all.
        drop: What is lost: with `before` the request, which is not processed; with `after` its response. The connection
            is then reset, unless the fault has a response of its own.
        status: The status of the fault's own response. The request is not processed unless `drop` is `after`. The
            connection is closed after this response.
        body: The body of the fault's own response: a string, or anything else as JSON.
        content: The same as exact bytes.
        raw: The whole response as exact bytes, including its head; it need not be HTTP.
        headers: Headers of the response; they replace those of the same name, and an empty string removes one.
        delay: Seconds of real time before the response.
        drip: Seconds between two bytes of the body.
        truncate: How many bytes at the end of the body are not sent.
        end: What happens to the connection afterwards: `close`, `reset`, or `stall`, which keeps it open and sends
            nothing more. The default after a damaged response, or one of the fault's own, is `close`.
        skip: How many requests are not affected at first.
        times: How many are affected then; None for all.
        probability: The probability that a request is affected.
        seed: The seed of the random numbers; None for a random seed, which the rule shows.
    """

    operation: str = option({"type": "string"}, EVERY)
    drop: Literal["before", "after"] | None = option({"enum": ["before", "after", None]})
    status: int | None = option({"type": ["integer", "null"], "minimum": 200, "maximum": 999})
    body: Any = option({})
    content: bytes | None = option(BASE64)
    raw: bytes | None = option(BASE64)
    headers: Mapping[str, str] = field(default_factory=dict, metadata={"schema": HEADERS})
    delay: float = option(SECONDS, 0.0)
    drip: float = option(SECONDS, 0.0)
    truncate: int = option(COUNT, 0)
    end: End | None = option({"enum": ["close", "reset", "stall", None]})
    skip: int = option(COUNT, 0)
    times: int | None = option({"type": ["integer", "null"], "minimum": 1})
    probability: float = option({"type": "number", "minimum": 0, "maximum": 1}, 1.0)
    seed: int | None = option({"type": ["integer", "null"]})

    def __post_init__(self) -> None:
        """Starts to count requests."""
        super().__post_init__()
        self.seed = secrets.randbits(32) if self.seed is None else self.seed
        self._random = random.Random(self.seed)  # noqa: S311 - for tests, not for security
        self._seen = 0

    @classmethod
    def _decoded(cls, given: Mapping[str, Any]) -> Mapping[str, Any]:
        content = {name: base64.b64decode(given[name]) for name in ("content", "raw") if given.get(name) is not None}
        return {**given, **content}

    def _state(self) -> dict[str, Any]:
        return {"seed": self.seed, "seen": self._seen}

    def hits(self) -> bool:
        """Counts a request of its operation, and decides whether it is affected."""
        self._seen += 1
        is_over = self.times is not None and self.fired >= self.times
        return self._seen > self.skip and not is_over and self._random.random() < self.probability

    @property
    def has_answer(self) -> bool:
        """Whether it has a response of its own."""
        return self.raw is not None or self.status is not None or self.body is not None or self.content is not None

    @property
    def is_processed(self) -> bool:
        """Whether the request is processed."""
        return self.drop == "after" or (self.drop is None and not self.has_answer)

    @property
    def ending(self) -> End | None:
        """What happens to the connection; None if it stays open."""
        if self.end is not None:
            return self.end
        if self.drop is not None and not self.has_answer:
            return "reset"
        return "close" if self.truncate or self.drip or self.has_answer else None


class Faults(Rules[Fault]):
    """The faults that are set."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def meet(self, operation: str) -> Fault | None:
        """Counts a request for all rules of its operation, and gets the first rule that affects it."""
        with self._lock:
            rules = [rule for rule in self._rules.values() if rule.operation in (EVERY, operation)]
            hitting = [rule for rule in rules if rule.hits()]
            if not hitting:
                return None
            hitting[0].fired += 1
            return hitting[0]
