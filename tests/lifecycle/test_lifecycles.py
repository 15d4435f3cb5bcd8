"""Random lives of batches: whatever is done, lost or restarted, the service holds what a simple model says.

An open batch keeps the device, so that the jobs of all others wait: what becomes of them is decided by the rules of
this test alone.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pasqal_cloud import (
    AsyncSDK,
    JobCreationError,
    JobRetryError,
    RebatchError,
    SubmissionUnknownError,
)
from pasqal_cloud.testing import LocalService

from ..doubles.sockets import closed_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DEVICE = "FRESNEL"
SEQUENCE = '{"name": "sequence"}'

JOB = st.builds(lambda runs: {"runs": runs, "variables": {"omega": runs / 2}}, st.integers(1, 3))
JOBS = st.lists(JOB, min_size=1, max_size=3)
LOST: dict[str, dict[str, Any]] = {
    "the request": {"drop": "before"},
    "the request, says a gateway": {"status": 502, "drop": "before"},
    "the answer": {"drop": "after"},
    "the answer, says a gateway": {"status": 504, "drop": "after"},
    "the answer's end": {"truncate": 5},
    "the first try, by overload": {"status": 429, "headers": {"Retry-After": "0"}, "drop": "before"},
}
LOSSES = st.sampled_from([None, *LOST])


class Restartable:
    """A service that can be ended and started again, on the same database and port.

    Args:
        database: Where it keeps what it has.
    """

    def __init__(self, database: Path) -> None:
        self._options = (f"--db={database}", f"--port={closed_port()}", "--workers=1")
        self.local = LocalService.start(*self._options)
        self.restarts = 0
        with self.local.sdk() as sdk:
            holder = sdk.create_batch(SEQUENCE, [{"runs": 1}], device_type=DEVICE, open=True, wait=True)
            assert holder.ordered_jobs[0].status == "DONE"

    def restart(self) -> None:
        """Ends the service and starts it again."""
        self.local.close()
        self.local = LocalService.start(*self._options)
        self.restarts += 1


@attrs.define(eq=False)
class Expected:
    """A batch as it must be.

    Attributes:
        handle: The SDK's handle.
        runs: The shots of its jobs, in their order.
        cancelled: Which of them, by their places, have been cancelled.
        is_open: Whether it takes more jobs.
        parent: The batch whose jobs it copies.
    """

    handle: Any
    runs: list[int]
    cancelled: set[int] = attrs.field(factory=set)
    is_open: bool = False
    parent: str | None = None

    @property
    def statuses(self) -> list[str]:
        return ["CANCELED" if place in self.cancelled else "PENDING" for place in range(len(self.runs))]

    @property
    def is_over(self) -> bool:
        """Whether nothing is left of it to be cancelled or run."""
        return not self.is_open and len(self.cancelled) == len(self.runs)


class Lives(RuleBasedStateMachine):
    """What a user may do, in any order, and what must be true after it."""

    service: ClassVar[Restartable]
    batches = Bundle("batches")

    def __init__(self) -> None:
        super().__init__()
        self.sdk = self._opened()
        self.expected: list[Expected] = []
        self.restarted = 0
        self.before = self._call(self.sdk.get_batches()).total

    def _opened(self) -> Any:
        return self.service.local.sdk(recover_for=0.5)

    def _call(self, result: Any) -> Any:
        return result

    def _jobs(self, batch: Any) -> list[Any]:
        return list(self._call(batch.ordered_jobs))

    def teardown(self) -> None:
        for each in self.expected:
            if not each.is_over:
                self._call(each.handle.cancel())
        self._call(self.sdk.close())

    def _submitted(self, operation: str, loss: str | None, submit: Callable[[], Any]) -> tuple[bool, Any]:
        """Submits something while something may get lost, and tells whether it must have been done, and the result."""
        local = self.service.local
        if loss is None:
            return True, self._call(submit())
        before, tries = len(local.requests(operation)), 1
        with local.fault(operation, times=1, **LOST[loss]):
            if loss.startswith("the request"):
                with pytest.raises(SubmissionUnknownError) as caught:
                    self._call(submit())
                assert caught.value.candidates == ()
                done, result = False, None
            else:
                done, result = True, self._call(submit())
                tries += loss.startswith("the first try")
        assert len(local.requests(operation)) == before + tries, "what may have been done is not sent again"
        return done, result

    def _expect(self, *each: Expected) -> Any:
        self.expected += each
        return multiple(*each)

    @initialize(target=batches, jobs=JOBS)
    def begin(self, jobs: Any) -> Any:
        """There is an open batch."""
        return self.create(jobs, is_open=True, loss=None)

    @rule(target=batches, jobs=JOBS, is_open=st.booleans(), loss=LOSSES)
    def create(self, jobs: Any, is_open: bool, loss: str | None) -> Any:
        """Creates a batch."""
        start = lambda: self.sdk.create_batch(SEQUENCE, jobs, open=is_open, device_type=DEVICE)  # noqa: E731 - called later
        done, handle = self._submitted("createBatch", loss, start)
        if not done:
            return multiple()
        return self._expect(Expected(handle, [job["runs"] for job in jobs], is_open=is_open))

    @rule(batch=batches, jobs=JOBS, loss=LOSSES)
    def add(self, batch: Expected, jobs: Any, loss: str | None) -> None:
        """Adds jobs: an open batch takes them, another refuses."""
        if not batch.is_open:
            self._refused(JobCreationError, lambda: batch.handle.add_jobs(jobs))
            return
        done, _ = self._submitted("addJobs", loss, lambda: batch.handle.add_jobs(jobs))
        if done:
            batch.runs += [job["runs"] for job in jobs]

    @rule(batch=batches, data=st.data(), loss=LOSSES)
    def retry(self, batch: Expected, data: Any, loss: str | None) -> None:
        """Adds a copy of one of the jobs."""
        place = data.draw(st.integers(0, len(batch.runs) - 1))
        job = self._jobs(batch.handle)[place]
        if not batch.is_open:
            self._refused(JobRetryError, lambda: batch.handle.retry(job))
            return
        done, _ = self._submitted("addJobs", loss, lambda: batch.handle.retry(job))
        if done:
            batch.runs.append(batch.runs[place])

    @rule(target=batches, batch=batches, loss=LOSSES)
    def rebatch(self, batch: Expected, loss: str | None) -> Any:
        """Creates a batch of copies of another's jobs, which must be closed."""
        if batch.is_open:
            self._refused(RebatchError, lambda: self.sdk.rebatch(batch.handle.id))
            return multiple()
        done, handle = self._submitted("rebatch", loss, lambda: self.sdk.rebatch(batch.handle.id))
        if not done:
            return multiple()
        return self._expect(Expected(handle, list(batch.runs), parent=batch.handle.id))

    @rule(batch=batches, loss=st.none() | st.sampled_from(["the request", "the answer", "the answer's end"]))
    def close(self, batch: Expected, loss: str | None) -> None:
        """Closes a batch; that it is closed already is success."""
        self._repeated("closeBatch", loss, batch.handle.close)
        batch.is_open = False

    @rule(batch=batches, loss=st.none() | st.sampled_from(["the request", "the answer", "the answer's end"]))
    def cancel(self, batch: Expected, loss: str | None) -> None:
        """Cancels a batch with all its jobs; that it is cancelled already is success."""
        self._repeated("cancelBatch", loss, batch.handle.cancel)
        batch.is_open, batch.cancelled = False, set(range(len(batch.runs)))

    @rule(batch=batches, data=st.data(), loss=st.none() | st.sampled_from(["the request", "the answer"]))
    def cancel_job(self, batch: Expected, data: Any, loss: str | None) -> None:
        """Cancels a job; that it is cancelled already is success."""
        place = data.draw(st.integers(0, len(batch.runs) - 1))
        self._repeated("cancelJob", loss, self._jobs(batch.handle)[place].cancel)
        batch.cancelled.add(place)

    @precondition(lambda self: self.restarted < 1)
    @rule()
    def restart(self) -> None:
        """Ends the service and starts it again: the SDK goes on with it."""
        self.restarted += 1
        self.service.restart()

    @rule()
    def begin_anew(self) -> None:
        """Goes on with another SDK, by the ids."""
        self._call(self.sdk.close())
        self.sdk = self._opened()
        for each in self.expected:
            each.handle = self._call(self.sdk.get_batch(each.handle.id))

    def _repeated(self, operation: str, loss: str | None, act: Callable[[], Any]) -> None:
        if loss is None:
            self._call(act())
            return
        with self.service.local.fault(operation, times=1, **LOST[loss]):
            self._call(act())

    def _refused(self, kind: type[Exception], act: Callable[[], Any]) -> None:
        with pytest.raises(kind) as caught:
            self._call(act())
        assert not isinstance(caught.value, SubmissionUnknownError)

    @invariant()
    def all_is_as_expected(self) -> None:
        """The service has what the model has, and nothing else; the handles show the same once refreshed."""
        assert self._call(self.sdk.get_batches()).total == self.before + len(self.expected)
        for each in self.expected:
            seen = self._call(self.sdk.get_batch(each.handle.id))
            self._call(each.handle.refresh())
            for batch in (seen, each.handle):
                jobs = self._jobs(batch)
                assert [job.runs for job in jobs] == each.runs
                assert [str(job.status) for job in jobs] == each.statuses
                assert batch.open == each.is_open
                assert batch.parent_id == each.parent
            assert [job.id for job in self._jobs(seen)] == [job.id for job in self._jobs(each.handle)]
        ids = [job.id for each in self.expected for job in self._jobs(each.handle)]
        assert len(set(ids)) == len(ids)


class AwaitingLives(Lives):
    """The same with an SDK that awaits."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        super().__init__()

    def _opened(self) -> AsyncSDK:
        return self.service.local.async_sdk(recover_for=0.5)

    def _call(self, result: Any) -> Any:
        async def outcome() -> Any:
            return await result

        return self._runner.run(outcome())

    def teardown(self) -> None:
        with self._runner:
            super().teardown()


@pytest.fixture(scope="module")
def restartable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restartable]:
    """A service that can be started again."""
    service = Restartable(tmp_path_factory.mktemp("service") / "service.db")
    yield service
    service.local.close()


def live(machine: type[Lives], service: Restartable, lives: int, steps: int) -> None:
    """Goes through so many lives."""
    machine.service = service
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    how = settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=slow,
        phases=[Phase.generate],  # restarts make the search for a shorter life take minutes
    )
    run_state_machine_as_test(machine, settings=how)


@pytest.mark.slow
@pytest.mark.parametrize("machine", [Lives, AwaitingLives])
def test_a_few_lives(restartable: Restartable, machine: type[Lives]) -> None:
    """A few, with everything in them."""
    live(machine, restartable, 3, 10)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("machine", [Lives, AwaitingLives])
def test_many_lives(restartable: Restartable, machine: type[Lives]) -> None:
    """Many, and longer."""
    live(machine, restartable, 20, 30)
    assert restartable.restarts
