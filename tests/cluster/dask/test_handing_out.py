"""What becomes of jobs that were handed out when workers or the connection are lost; with a stand-in for Dask's client.

It is the moments that matter here, which a real cluster does not hold still.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud.local.cluster.address import cluster_of
from pasqal_cloud.local.options import Options
from pasqal_cloud.local.tasks import Limits, Outcome
from pasqal_cloud.local.work import Ending, Interruption

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

SECONDS = 0.01
DONE = Outcome("{}")
ENDED = Outcome("{}", seconds=SECONDS)
"""What the service is told, which charges the job for no more than this time."""
TASK: Any = None
"""What is run, which only the workers read."""


class Future:
    """A task on the cluster.

    Args:
        worker: Which worker it was sent to.
        loop: The event loop.
    """

    def __init__(self, worker: str, loop: asyncio.AbstractEventLoop) -> None:
        self.worker = worker
        self.is_cancelled = False
        self._end: asyncio.Future[tuple[Ending, float]] = loop.create_future()

    def __await__(self) -> Generator[Any, None, tuple[Ending, float]]:
        return self._end.__await__()

    def release(self) -> None:
        """Tells the scheduler that nobody asks for it any more."""

    def end(self) -> None:
        """Ends as a short job."""
        self._end.set_result((DONE, SECONDS))

    def lose(self) -> None:
        """Ends as its worker's process dies."""
        self._end.set_exception(ConnectionError())


class Dask:
    """A client of a scheduler.

    Args:
        loop: The event loop.
        status: What it says about its connection.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.status = "running"
        self.futures: list[Future] = []
        self._loop = loop

    def submit(self, *_: Any, workers: list[str], **__: Any) -> Future:
        """Sends a task to the only worker that may run it."""
        self.futures.append(Future(*workers, self._loop))
        return self.futures[-1]

    async def cancel(self, futures: list[Future]) -> None:
        """Stops tasks."""
        for future in futures:
            future.is_cancelled = True


class Service:
    """The service's side: a runner, whose event loop runs when the test lets it.

    Args:
        workers: The workers, of one slot each.
    """

    def __init__(self, *workers: str) -> None:
        from pasqal_cloud.local.cluster.runner import DaskRunner  # here, since every environment collects this file

        cluster = cluster_of(Options(runner="dask+tcp://127.0.0.1:1"))
        assert cluster is not None
        self.runner: Any = DaskRunner(cluster, Limits())
        self.runner._client = self.dask = Dask(self.runner._loop)
        self.endings: dict[str, Ending] = {}
        for worker in workers:
            self.runner._roster.accept(worker, 1)
        self.runner._roster.time(SECONDS)  # short jobs are sent before a slot is free
        self.runner._describe()

    def give(self, *claims: str) -> None:
        """Hands out jobs."""
        for claim in claims:
            self.runner.run(claim, TASK, self.endings.__setitem__, lambda: None)
        self.go_on()

    def see(self, *workers: str) -> None:
        """Finds these workers there, and no others."""
        self.runner._lose(dict.fromkeys(workers, 1))
        self.go_on()

    def go_on(self) -> None:
        """Has everything done that can be done now."""
        for _ in range(5):
            self.runner._loop.run_until_complete(asyncio.sleep(0))
        self.runner._reports.submit(lambda: None).result()

    @property
    def places(self) -> list[str]:
        """Where the tasks are that nobody has stopped."""
        return [future.worker for future in self.dask.futures if not future.is_cancelled]


@pytest.fixture
def served() -> Iterator[Any]:
    """A function that makes a service."""
    made: list[Service] = []

    def serve(*workers: str) -> Service:
        made.append(Service(*workers))
        return made[-1]

    yield serve
    for service in made:
        service.runner._loop.close()
        service.runner._reports.shutdown()


@pytest.mark.parametrize("how", ["seen", "told"])
def test_what_waits_at_the_last_worker_has_not_started(served: Any, how: str) -> None:
    """The job that ran was interrupted, and the other one not, whether the worker is missed or its task fails."""
    service = served("a")
    service.give("runs", "waits")
    if how == "seen":
        service.see()
    else:
        service.dask.futures[0].lose()
        service.go_on()
    assert service.endings == {"runs": Interruption.INFRASTRUCTURE, "waits": Interruption.NOT_STARTED}
    assert not service.runner.has_room


def test_what_waits_goes_to_another_worker(served: Any) -> None:
    """It is taken from the worker that is gone, or it would run twice if that one comes back."""
    service = served("a")
    service.give("runs", "waits")
    service.runner._roster.accept("b", 1)
    service.see("b")
    assert service.endings == {"runs": Interruption.INFRASTRUCTURE}
    assert service.places == ["b"]
    service.dask.futures[-1].end()
    service.go_on()
    assert service.endings["waits"] == ENDED


def test_workers_that_are_lost_at_once_take_nothing_from_one_another(served: Any) -> None:
    """What waited at one does not seem to run on the next one, which is gone as well."""
    service = served("a")
    service.give("runs", "waits")
    service.runner._roster.accept("b", 1)
    service.see()
    assert service.endings == {"runs": Interruption.INFRASTRUCTURE, "waits": Interruption.NOT_STARTED}
    assert service.runner._roster.slots == 0


def test_a_broken_connection_is_no_reason_to_claim_jobs(served: Any) -> None:
    """Else they would be claimed and put back, again and again, until the runner looks at the connection."""
    service = served("a")
    assert service.runner.has_room
    service.dask.status = "connecting"
    service.give("early")
    assert service.endings == {"early": Interruption.NOT_STARTED}
    assert service.places == []
    assert not service.runner.has_room


def test_a_job_that_is_killed_is_stopped_on_its_worker(served: Any) -> None:
    """Whether it runs or waits; the slot is free for the next one."""
    service = served("a")
    service.give("runs", "waits")
    for claim in ("waits", "runs"):
        service.runner.kill(claim)
        service.go_on()
        assert service.endings[claim] == Interruption.KILLED
    assert service.places == []
    assert service.runner.has_room


def test_a_job_that_moves_runs_once(served: Any) -> None:
    """It waits no longer where it was; what comes from there is not its end."""
    service = served("a")
    service.give("runs", "waits")
    service.runner._roster.accept("b", 1)
    (moved,) = service.runner._roster.moves(float("inf"))
    service.runner._move(service.dask, *moved)
    service.go_on()
    assert service.places == ["a", "b"]
    service.dask.futures[1].lose()
    service.go_on()
    assert service.endings == {}
    for future in (service.dask.futures[0], service.dask.futures[2]):
        future.end()
    service.go_on()
    assert service.endings == {"runs": ENDED, "waits": ENDED}
