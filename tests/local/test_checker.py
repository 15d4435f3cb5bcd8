"""The checker: its time and its memory have limits, every wait for it has an end, and nothing is lost with it."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pebble import ProcessExpired, ProcessPool
from pulser import Sequence

from pasqal_cloud.local.assembly import running_service
from pasqal_cloud.local.devices import Device
from pasqal_cloud.local.emulation import checker as limits
from pasqal_cloud.local.emulation import checks, sequences
from pasqal_cloud.local.emulation.checker import WarmChecker, parts, seconds_for
from pasqal_cloud.local.emulation.memory import OUT_OF_TIME
from pasqal_cloud.local.emulation.runner import PooledRunner
from pasqal_cloud.local.emulation.workers import LOWER_PRIORITY, Worker, running
from pasqal_cloud.local.http.app import create_app
from pasqal_cloud.local.http.contract import Contract
from pasqal_cloud.local.options import Options
from pasqal_cloud.local.scripting.scripted import ScriptedChecker
from pasqal_cloud.local.tasks import JobRequest, Submission
from pasqal_cloud.local.work import CheckerBusyError, UncheckableError

from .conftest import PATIENCE, LocalService, chain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEVICE = Device("EMU_FREE")


class Trouble:
    """What does something, in the process that reads it."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self) -> Any:
        return exec, (self.code, {})


def own(count: int) -> tuple[JobRequest, ...]:
    """Jobs with small sequences of their own, all different."""
    return tuple(JobRequest(10, sequence=chain(atoms=2, duration=200 + n)) for n in range(count))


def submission(*jobs: JobRequest, trouble: str | None = None) -> Submission:
    """A submission of jobs, or of one that makes trouble in the checker."""
    made = jobs if trouble is None else (JobRequest(10, Trouble(trouble)),)  # type: ignore[arg-type] # it is none
    return Submission(chain(atoms=2, duration=200), made or (JobRequest(10),), None, DEVICE)


DIE = "import os; os.kill(os.getpid(), 9)"


@pytest.fixture(scope="module")
def shared() -> Iterator[WarmChecker]:
    """A checker that tests share."""
    checker = WarmChecker()
    with running(checker.workers):
        checker.check(submission())
        yield checker


@pytest.fixture
def checker(shared: WarmChecker) -> Iterator[WarmChecker]:
    """A checker, which must judge the next submission whatever a test did to it."""
    yield shared
    assert shared.check(submission()).refusals == ()


def test_a_checker_that_dies_is_tried_again(checker: WarmChecker, tmp_path: Path) -> None:
    """Killed once or twice, the submission is judged all the same."""
    for deaths in (1, 2):
        trouble = f"""
import os, pathlib
for n in range({deaths}):
    try:
        pathlib.Path({str(tmp_path)!r}, f"{deaths}-{{n}}").touch(exist_ok=False)
    except FileExistsError:
        continue
    os.kill(os.getpid(), 9)
"""
        assert checker.check(submission(trouble=trouble)).refusals == ()
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("trouble", [DIE, "import os; os._exit(1)", "import os; os.kill(os.getpid(), 15)"])
def test_a_checker_that_always_dies(checker: WarmChecker, trouble: str) -> None:
    """After some tries, the submission may come again: nothing is wrong with it itself."""
    with pytest.raises(CheckerBusyError, match="checks submissions died"):
        checker.check(submission(trouble=trouble))


def test_a_checker_that_does_not_end(checker: WarmChecker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer than it may is ended, and may come again."""
    monkeypatch.setattr(limits, "SECONDS", 0.1)
    with pytest.raises(CheckerBusyError, match="smaller parts"):
        checker.check(submission(trouble="import time; time.sleep(1000)"))


@pytest.mark.skipif("sys.platform == 'win32'", reason="there is no such limit on Windows")
def test_time_is_the_processors(checker: WarmChecker) -> None:
    """What computes for longer than it may is ended by the processor's time, which no other process changes."""
    code = """
from pasqal_cloud.local.emulation.memory import limited_time
with limited_time(0.5):
    while True:
        pass
"""
    future = checker.workers[0].schedule(pickle.loads, Trouble(code), None)
    with pytest.raises(ProcessExpired) as caught:
        future.result(PATIENCE)
    assert caught.value.exitcode == OUT_OF_TIME


@pytest.mark.skipif("sys.platform != 'linux'", reason="memory is limited on Linux")
def test_a_checker_that_takes_too_much_memory(checker: WarmChecker) -> None:
    """What takes more memory than it may is refused, whenever it comes."""
    with pytest.raises(UncheckableError, match="512 MiB"):
        checker.check(submission(trouble="kept = [b'x' * (2**20 + n) for n in range(5000)]"))


def test_what_can_not_be_handed_over(checker: WarmChecker) -> None:
    """Values that are nested too deeply are refused."""
    deep: Any = 1.0
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(UncheckableError, match="nested"):
        checker.check(submission(JobRequest(10, {"omega": deep})))


def test_a_pool_that_breaks_when_it_is_asked(checker: WarmChecker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that comes just after its pool has broken, and just before anybody can see that, is not lost."""
    schedule, broken = ProcessPool.schedule, threading.Event()

    def schedule_too_late(pool: ProcessPool, *arguments: Any, **options: Any) -> Any:
        if broken.is_set():
            return schedule(pool, *arguments, **options)
        broken.set()
        for pid in list(pool._pool_manager.worker_manager.workers):
            os.kill(pid, signal.SIGKILL)
        LocalService.until(lambda: not pool.active)
        with monkeypatch.context() as patch:
            patch.setattr(ProcessPool, "_check_pool_status", lambda _: None)
            return schedule(pool, *arguments, **options)

    monkeypatch.setattr(ProcessPool, "schedule", schedule_too_late)
    monkeypatch.setattr(limits, "BEGINNING", 1e6)  # it is noticed, not given up
    assert checker.check(submission()).refusals == ()
    assert broken.is_set()


def test_a_worker_that_is_stopped_starts_no_more() -> None:
    """What comes when the service ends is an error at once, and leaves no process."""
    worker = Worker()
    with running([worker]):
        assert worker.schedule(len, "four", None).result(PATIENCE) > 0
    with pytest.raises(RuntimeError, match="stopped"):
        worker.schedule(len, "four", None)


@pytest.mark.skipif(not hasattr(os, "nice"), reason="Windows has no niceness")
def test_emulators_leave_the_processor_to_requests() -> None:
    """A worker can have a lower priority than the service, which answers while jobs run; a checker has the same."""
    emulator, checker = PooledRunner(1, None).workers[0], WarmChecker().workers[0]
    read = Trouble("raise ValueError(__import__('os').nice(0))")
    with running([emulator, checker]):
        found = [str(worker.schedule(pickle.loads, read, None).exception(PATIENCE)) for worker in (emulator, checker)]
    assert found == [str(os.nice(0) + LOWER_PRIORITY), str(os.nice(0))]


def test_what_is_under_way_when_the_service_ends() -> None:
    """A wait for a task ends with the worker."""
    worker = Worker()
    with running([worker]):
        future = worker.schedule(pickle.loads, Trouble("import time; time.sleep(1000)"), None)
        LocalService.until(future.running)
    with pytest.raises((BrokenProcessPool, OSError)):
        future.result(PATIENCE)


@pytest.mark.slow
def test_submissions_are_judged_in_parts() -> None:
    """Many jobs are many parts; none is left out, and each has time for what it is."""
    whole = Submission(None, own(300), None, DEVICE)
    divided = list(parts(whole))
    assert len(divided) > 3
    assert [job for _, part in divided for job in part.jobs] == list(whole.jobs)
    assert [start for start, _ in divided] == [whole.jobs.index(part.jobs[0]) for _, part in divided]
    one = Submission(chain(atoms=2, duration=200), (JobRequest(10),), None, DEVICE)
    assert list(parts(one)) == [(0, one)]
    assert seconds_for(divided[0][1]) > seconds_for(one)
    assert list(parts(Submission("{}", (), None, DEVICE))) == [(0, Submission("{}", (), None, DEVICE))]


def test_refusals_of_all_parts_come_together(checker: WarmChecker) -> None:
    """Jobs are counted across parts, and what is wrong with the batch is said once."""
    jobs = list(own(100))
    for number in (7, 93):
        jobs[number] = JobRequest(10, sequence="{}")
    verdict = checker.check(Submission(None, tuple(jobs), "{", DEVICE))
    assert [(refusal.field, refusal.job) for refusal in verdict.refusals] == [
        ("backend_configuration", None),
        ("sequence", 7),
        ("sequence", 93),
    ]


def test_each_sequence_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many steps a check has, Pulser reads a sequence once, also when nothing is kept of it."""
    monkeypatch.setattr(sequences, "CACHED_BYTES", 0)
    read: list[str] = []
    original = Sequence.from_abstract_repr

    def counted(serialized: str) -> Any:
        read.append(serialized)
        return original(serialized)

    monkeypatch.setattr(Sequence, "from_abstract_repr", counted)
    shared = chain(atoms=2, duration=300, parametrized=True)
    jobs = own(5)
    given = tuple(JobRequest(10, {"omega": float(n)}) for n in range(5))
    assert checks.check(Submission(shared, (*given, *jobs), None, DEVICE)).refusals == ()
    assert sorted(read) == sorted([shared, *(job.sequence for job in jobs)])  # type: ignore[type-var] # none is None


def test_what_is_kept_is_bounded_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small sequences are read once as long as they take little; a large one makes room for itself, or is not kept."""
    read = 0
    original = Sequence.from_abstract_repr

    def counted(serialized: str) -> Any:
        nonlocal read
        read += 1
        return original(serialized)

    monkeypatch.setattr(Sequence, "from_abstract_repr", counted)
    monkeypatch.setattr(sequences, "CACHED_BYTES", 2_000_000)
    small, large, larger = (chain(atoms=3, duration=duration) for duration in (211, 100_011, 200_011))
    for expected, text in ((1, small), (1, small), (2, large), (3, larger), (4, larger), (4, small)):
        sequences.read(text)
        assert read == expected
    for expected, text in ((5, chain(atoms=3, duration=100_012)), (5, small), (6, large)):
        sequences.read(text)  # the first large one was dropped for the second
        assert read == expected


@pytest.mark.slow
def test_three_hundred_sequences(service: LocalService) -> None:
    """A batch of jobs with 300 sequences of their own is accepted."""
    jobs = [{"runs": 1, "sequence": job.sequence} for job in own(300)]
    batch = service.create(None, *jobs, open=True)
    assert len(batch["jobs"]) == 300
    service.get("cancelBatch", batch_id=batch["id"])


def test_what_can_not_be_checked_now_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over HTTP, it is a 503 that says when, and nothing is stored; what never can is a 422."""
    raised: Exception = CheckerBusyError("The service has too many submissions to check now.")

    def check(*_: Any) -> Any:
        raise raised

    monkeypatch.setattr(ScriptedChecker, "check", check)

    async def answers(app: Any, login: Any) -> tuple[httpx.Response, ...]:
        nonlocal raised
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            fields = {"grant_type": "password", "username": login.username, "password": login.password}
            token = (await client.post("/oauth/token", data=fields)).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            body = {"project_id": login.project_id, "sequence_builder": "{}", "jobs": [{"runs": 1}]}
            busy = await client.post("/core-fast/api/v1/batches", json=body)
            raised = UncheckableError("It is too large.")
            large = await client.post("/core-fast/api/v1/batches", json=body)
            return busy, large, await client.get("/core-fast/api/v1/batches")

    with running_service(Options(engine="scripted")) as (service, login, script):
        app = create_app(service, Contract.load(), script, login, ready=lambda: None)
        busy, large, listed = asyncio.run(answers(app, login))
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "1")
    assert "too many submissions to check" in busy.json()["data"]["description"]
    assert (large.status_code, large.json()["data"]["description"]) == (422, "It is too large.")
    assert listed.json()["data"] == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_kill_makes_a_submission_hang(checker: WarmChecker) -> None:
    """However often and whenever the checker's processes are killed, each submission is judged or may come again."""
    seed = random.randrange(2**32)
    draw, enough, killed = random.Random(seed), threading.Event(), list[int]()
    whole = submission(*own(3))

    def kill() -> None:
        while not enough.wait(draw.random() * 0.1):
            for worker in checker.workers:
                for pid in list(worker._pool._pool_manager.worker_manager.workers):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        killed.append(pid)

    def submit(_: int) -> bool:
        try:
            return checker.check(whole).refusals == ()
        except CheckerBusyError:
            return True

    submitted = 0
    with ThreadPoolExecutor(5) as pool:
        killing = pool.submit(kill)
        try:
            while submitted < 400 or len(killed) <= 100:  # on a fast machine, 400 are judged before the kills are done
                assert all(pool.map(submit, range(100), timeout=500)), seed
                submitted += 100
                assert not killing.done(), seed
        finally:
            enough.set()
        killing.result()


def test_a_long_check_keeps_nobody_waiting(
    checker: WarmChecker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """While one submission takes its time, others are judged."""
    monkeypatch.setattr(limits, "LOAD", 1_000.0)
    begun, released = tmp_path / "begun", tmp_path / "released"
    trouble = f"""
import pathlib, time
pathlib.Path({str(begun)!r}).touch()
while not pathlib.Path({str(released)!r}).exists():
    time.sleep(0.01)
"""
    with ThreadPoolExecutor(1) as pool:
        long = pool.submit(checker.check, submission(trouble=trouble))
        try:
            LocalService.until(begun.exists)
            assert checker.check(submission(*own(3))).refusals == ()
            assert not long.done()
        finally:
            released.touch()
        assert long.result(PATIENCE).refusals == ()


@pytest.mark.slow
@pytest.mark.skipif("sys.platform == 'win32'", reason="there is no such limit on Windows")
def test_sequences_that_take_long(checker: WarmChecker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sequence within all limits that takes more processor time than it may is ended, and may come again."""
    monkeypatch.setattr(limits, "SECONDS", 0.5)
    monkeypatch.setattr(limits, "SECONDS_PER_BYTE", 0.0)
    content = json.loads(chain(atoms=1, duration=100))
    nested: Any = 1
    for _ in range(6):
        nested = {"expression": "neg", "lhs": nested}
    content["operations"][0]["amplitude"]["value"] = content["operations"][0]["detuning"]["value"] = nested
    content["operations"] *= 3_000
    with pytest.raises(CheckerBusyError, match="smaller parts"):
        checker.check(Submission(json.dumps(content), (JobRequest(10),), None, DEVICE))
