"""What is to go wrong: rules for requests, made by whoever tests a client. `interception` carries them out."""

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
"""In place of an operation's name: all of them."""

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
"""What a rule may hold as JSON; its fields are those of `Fault`, and `content` and `raw` are in base64."""


@dataclass(frozen=True)
class Reply:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def head(self) -> bytes:
        """Gives its first lines."""
        lines = [f"HTTP/1.1 {self.status} ", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with requests, and with which.

    A request meets three things: it is processed or not, it is answered or not, and its connection stays or not. With
    an answer of its own a rule replaces the service's; without one, and without `drop`, the right answer is given, late
    or spoilt.

    Args:
        operation: Which operation: its name in the API's description, `createToken`, `getResult`, or `*` for all.
        drop: What gets lost: the request, `before` it is processed, or its answer, `after`. Without an answer of the
            rule's own the connection is then reset.
        status: The status to answer with. The request is not processed unless `drop` is `after`. The connection is
            closed after an answer that is the rule's own.
        body: The body to answer with: a text, or anything else as JSON.
        content: The body to the byte.
        raw: The whole answer to the byte, with its head, which need not be HTTP.
        headers: Headers to answer with; they replace those of the same name, and an empty text takes one away.
        delay: Seconds of this machine before it is answered.
        drip: Seconds between two bytes of the body.
        truncate: How many bytes of the declared body are not sent.
        end: What becomes of the connection after that: `close`, `reset`, or `stall`, where it stays, and nothing comes.
            What is spoilt, or not the right answer, is followed by `close` unless this says otherwise.
        skip: How many requests are spared first.
        times: How many are hit then; None for all.
        probability: Of being hit.
        seed: Where the random numbers start; None for a random start, which is then shown.
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
        """Makes one of JSON that follows the schema."""
        decoded = {name: base64.b64decode(rule[name]) for name in ("content", "raw") if rule.get(name) is not None}
        return cls(**{**rule, **decoded})

    @property
    def has_answer(self) -> bool:
        """Whether the answer is the rule's own."""
        return self.raw is not None or self.status is not None or self.body is not None or self.content is not None

    @property
    def is_processed(self) -> bool:
        """Whether the request is carried out."""
        return self.drop == "after" or (self.drop is None and not self.has_answer)

    @property
    def ending(self) -> End | None:
        """What becomes of the connection; None when it goes on."""
        if self.end is not None:
            return self.end
        if self.drop is not None and not self.has_answer:
            return "reset"
        return "close" if self.truncate or self.drip or self.has_answer else None

    def answer(self, usual: Mapping[str, str], right: Reply | None) -> Reply | None:
        """Gives what is answered; None for nothing.

        Args:
            usual: The headers of each answer.
            right: The right answer, if the request was processed.
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
    """A fault that is set, and how often it was met.

    Args:
        id: Its name.
        fault: What goes wrong.
        given: The same as JSON, as it was given.
        seed: Where its random numbers start.
        seen: How many requests were its operation's.
        fired: How many of them it hit.
    """

    id: str
    fault: Fault
    given: Mapping[str, Any]
    seed: int
    seen: int = 0
    fired: int = 0
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - it decides what a test meets

    def hits(self) -> bool:
        """Counts a request of its operation, and decides whether it is to be hit."""
        self.seen += 1
        is_over = self.fault.times is not None and self.fired >= self.fault.times
        return self.seen > self.fault.skip and not is_over and self._random.random() < self.fault.probability

    def as_json(self) -> dict[str, Any]:
        """Shows it."""
        return {"id": self.id, **self.given, "seed": self.seed, "seen": self.seen, "fired": self.fired}


class Faults:
    """The rules, in the order in which they were set: the first that hits a request decides what becomes of it."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Rule]:
        """Goes through the rules."""
        with self._lock:
            return iter(list(self._rules.values()))

    def add(self, given: Mapping[str, Any]) -> Rule:
        """Sets a rule, given as JSON that follows the schema."""
        fault = Fault.read(given)
        seed = secrets.randbits(32) if fault.seed is None else fault.seed
        rule = Rule(secrets.token_hex(8), fault, given, seed)
        with self._lock:
            self._rules[rule.id] = rule
        return rule

    def get(self, rule_id: str) -> Rule | None:
        """Gives a rule."""
        return self._rules.get(rule_id)

    def remove(self, rule_id: str) -> Rule | None:
        """Takes a rule away, and gives it."""
        with self._lock:
            return self._rules.pop(rule_id, None)

    def clear(self) -> None:
        """Takes all rules away."""
        with self._lock:
            self._rules.clear()

    def meet(self, operation: str) -> Rule | None:
        """Tells which rule hits a request, which counts for all rules of its operation."""
        with self._lock:
            rules = [rule for rule in self._rules.values() if rule.fault.operation in (EVERY, operation)]
            hitting = [rule for rule in rules if rule.hits()]
            if not hitting:
                return None
            hitting[0].fired += 1
            return hitting[0]
