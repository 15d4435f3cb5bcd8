"""The workers of the cluster: which ones may run jobs, and which job each one has.

Each job is given to one worker, and Dask may not give it to another: so the service knows where it is, and no worker
gets a job before its versions were checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from distributed import Future

    from pasqal_cloud.local.work import Ending

SHORT = 1.0
"""Seconds. As long as jobs take less, the next one already waits at the worker while one runs: otherwise the way there
and back would take a noticeable part of the time. Longer jobs are claimed only when they can start."""

WEIGHT = 0.2
"""The weight of the latest job in the typical length of jobs."""

MOST_WAITING = 1.0
"""Seconds that a job waits at a worker before it is moved to one with a free slot."""


@dataclass(eq=False)
class Run:
    """A job that was given to the runner.

    Args:
        claim: Names it.
        sent: The task and its limits, pickled.
        ended: Called with how it ended.
        freed: Called after that.
        future: Dask's future of it; None before it is given to a worker.
        seat: The worker that has it.
        since: When it was given to that worker.
        is_over: Whether it has ended for the service.
    """

    claim: str
    sent: bytes
    ended: Callable[[str, Ending], None]
    freed: Callable[[], None]
    future: Future[Any] | None = None
    seat: Seat | None = None
    since: float = 0.0
    is_over: bool = False


@dataclass(eq=False)
class Seat:
    """A worker that may run jobs.

    Args:
        address: Its address.
        slots: How many jobs it runs at once.
        runs: The jobs that it has, in order: the first ones run, the others wait.
    """

    address: str
    slots: int
    runs: list[Run] = field(default_factory=list)

    @property
    def free(self) -> int:
        """The number of slots without a job; negative if jobs wait."""
        return self.slots - len(self.runs)


class Roster:
    """All workers, as far as the service knows them.

    `seats` are those that run jobs, by address; `refused` has the reason for each other one; `slots` is how many jobs
    can run at once.
    """

    def __init__(self) -> None:
        self.seats: dict[str, Seat] = {}
        self.refused: dict[str, str] = {}
        self.slots = 0
        self.typical_seconds: float | None = None

    @property
    def capacity(self) -> int:
        """How many jobs the service should have claimed."""
        are_short = self.typical_seconds is not None and self.typical_seconds < SHORT
        return self.slots * (2 if are_short else 1)

    def time(self, seconds: float) -> None:
        """Takes note of how long a job took."""
        before = self.typical_seconds
        self.typical_seconds = seconds if before is None else before + WEIGHT * (seconds - before)

    def is_known(self, address: str) -> bool:
        """Tells whether a worker was accepted or refused."""
        return address in self.seats or address in self.refused

    def accept(self, address: str, slots: int) -> None:
        """Lets a worker run jobs."""
        self.seats[address] = Seat(address, slots)
        self.slots += slots

    def drop(self, seat: Seat) -> None:
        """Forgets a worker."""
        if self.seats.get(seat.address) is seat:
            del self.seats[seat.address]
            self.slots -= seat.slots

    def choose(self) -> Seat | None:
        """Gets the worker with the most free slots, or the fewest waiting jobs; None if there is no worker."""
        return max(self.seats.values(), key=lambda seat: seat.free / seat.slots, default=None)

    def place(self, run: Run, seat: Seat, now: float) -> None:
        """Takes note that a worker has a job."""
        seat.runs.append(run)
        run.seat, run.since = seat, now

    def remove(self, run: Run) -> None:
        """Takes note that no worker has the job any more."""
        if run.seat is not None:
            run.seat.runs.remove(run)
            run.seat = None

    def gone(self, present: Mapping[str, int]) -> list[Seat]:
        """Gets the workers that are not there any more, and forgets why those were refused that are not either."""
        self.refused = {address: reason for address, reason in self.refused.items() if address in present}
        return [seat for address, seat in self.seats.items() if address not in present]

    def moves(self, now: float) -> Iterator[tuple[Run, Seat]]:
        """Gets jobs that wait at a busy worker, each with a worker that has a free slot."""
        for seat in self.seats.values():
            for run in seat.runs[seat.slots :]:
                free = self.choose()
                if free is None or free.free < 1:
                    return
                if now - run.since > MOST_WAITING:
                    yield run, free
