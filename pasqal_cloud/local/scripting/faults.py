"""Faults: rules for requests that should go wrong, set by tests. `interception` simulates them."""

from __future__ import annotations

import base64
import json
import random
import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

EVERY = "*"
"""The name that stands for all operations."""

LONGEST_DELAY = 3600.0

Drop: TypeAlias = Literal["before", "after"]
End: TypeAlias = Literal["close", "reset", "stall"]

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "operation": {"type": "string"},
        "drop": {"enum": ["before", "after", None]},
        "status": {"type": ["integer", "null"], "minimum": 200, "maximum": 999},
        "body": {},
        "content": {"type": ["string", "null"], "format": "base64"},
        "raw": {"type": ["string", "null"], "format": "base64"},
        "headers": {
            "type": "object",
            "propertyNames": {"pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
            "additionalProperties": {"type": "string", "pattern": "^[\\t\\x20-\\x7e\\x80-\\xff]*$"},
        },
        "delay": {"type": "number", "minimum": 0, "maximum": LONGEST_DELAY},
        "drip": {"type": "number", "minimum": 0, "maximum": LONGEST_DELAY},
        "truncate": {"type": "integer", "minimum": 0},
        "end": {"enum": ["close", "reset", "stall", None]},
        "skip": {"type": "integer", "minimum": 0},
        "times": {"type": ["integer", "null"], "minimum": 1},
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
        "seed": {"type": ["integer", "null"]},
    },
}
"""The JSON schema of a rule. Its fields are those of `Fault`; `content` and `raw` are in base64."""


@dataclass(frozen=True)
class Reply:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def head(self) -> bytes:
        """Gets the status line and the headers."""
        lines = [f"HTTP/1.1 {self.status} ", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault: which requests go wrong, and how.

    A fault determines whether a request is processed, which response is sent, and what happens to the connection. A
    fault with a response of its own replaces the service's response. Without one, and without `drop`, the normal
    response is sent, possibly late or damaged.

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

    operation: str = EVERY
    drop: Drop | None = None
    status: int | None = None
    body: Any = None
    content: bytes | None = None
    raw: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    truncate: int = 0
    end: End | None = None
    skip: int = 0
    times: int | None = None
    probability: float = 1.0
    seed: int | None = None

    @classmethod
    def read(cls, rule: Mapping[str, Any]) -> Fault:
        """Creates a fault from valid JSON."""
        decoded = {name: base64.b64decode(rule[name]) for name in ("content", "raw") if rule.get(name) is not None}
        return cls(**{**rule, **decoded})

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

    def answer(self, usual: Mapping[str, str], right: Reply | None) -> Reply | None:
        """Gets the response; None for none.

        Args:
            usual: The headers of every response.
            right: The normal response, if the request was processed.
        """
        if self.has_answer:
            right = self._own_answer(usual)
        elif self.drop is not None:
            return None
        return right and replace(right, headers=_replaced(right.headers, self.headers))

    def _own_answer(self, usual: Mapping[str, str]) -> Reply:
        if self.content is not None:
            kind, content = "application/octet-stream", self.content
        elif isinstance(self.body, str):
            kind, content = "text/plain; charset=utf-8", self.body.encode(errors="replace")
        else:
            kind, content = "application/json", b"" if self.body is None else json.dumps(self.body).encode()
        headers = {**usual, "content-type": kind, "content-length": str(len(content)), "connection": "close"}
        return Reply(self.status or 200, headers, content)


def _replaced(headers: Mapping[str, str], by: Mapping[str, str]) -> dict[str, str]:
    lowered = {name.lower(): value for name, value in by.items()}
    return {name: value for name, value in {**headers, **lowered}.items() if value}


@dataclass(eq=False)
class Rule:
    """A fault that is set, with its counters.

    Args:
        id: Its id.
        fault: The fault.
        given: The same as JSON, as it was sent.
        seed: The seed of its random numbers.
        seen: The number of requests of its operation.
        fired: The number of requests that it affected.
    """

    id: str
    fault: Fault
    given: Mapping[str, Any]
    seed: int
    seen: int = 0
    fired: int = 0
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - for tests, not for security

    def hits(self) -> bool:
        """Counts a request of its operation, and decides whether it is affected."""
        self.seen += 1
        is_over = self.fault.times is not None and self.fired >= self.fault.times
        return self.seen > self.fault.skip and not is_over and self._random.random() < self.fault.probability

    def as_json(self) -> dict[str, Any]:
        """Shows it."""
        return {"id": self.id, **self.given, "seed": self.seed, "seen": self.seen, "fired": self.fired}


class Faults:
    """The rules, in the order in which they were set; the first one that affects a request applies."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Rule]:
        """Iterates over the rules."""
        with self._lock:
            return iter(list(self._rules.values()))

    def add(self, given: Mapping[str, Any]) -> Rule:
        """Adds a rule from valid JSON."""
        fault = Fault.read(given)
        seed = secrets.randbits(32) if fault.seed is None else fault.seed
        rule = Rule(secrets.token_hex(8), fault, given, seed)
        with self._lock:
            self._rules[rule.id] = rule
        return rule

    def get(self, rule_id: str) -> Rule | None:
        """Gets a rule."""
        return self._rules.get(rule_id)

    def remove(self, rule_id: str) -> Rule | None:
        """Removes a rule, and gets it."""
        with self._lock:
            return self._rules.pop(rule_id, None)

    def clear(self) -> None:
        """Removes all rules."""
        with self._lock:
            self._rules.clear()

    def meet(self, operation: str) -> Rule | None:
        """Counts a request for all rules of its operation, and gets the first rule that affects it."""
        with self._lock:
            rules = [rule for rule in self._rules.values() if rule.fault.operation in (EVERY, operation)]
            hitting = [rule for rule in rules if rule.hits()]
            if not hitting:
                return None
            hitting[0].fired += 1
            return hitting[0]
