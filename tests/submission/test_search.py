"""The search for what was submitted, on a clock that only pauses move: when it looks, how long, and where."""

import gc
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from types import ModuleType
from typing import Any
from uuid import uuid4

import httpx
import pytest

from pasqal_cloud import PasqalCloudError, RetryPolicy, SubmissionUnknownError, ValidationError
from pasqal_cloud.ovh import OvhClient

from ..doubles.answers import BATCH, PROJECT
from ..doubles.line import Line

pytestmark = pytest.mark.blocking_first

JOB = "22222222-2222-4333-8444-555555555555"
SENT = 1_700_001_000.0
"""When the submission is sent, by the service's clock."""

OWN = {"runs": 5, "serialized_sequence": "{}"}


def made(age: float = -1.0, **changes: Any) -> dict[str, Any]:
    """What came of it."""
    created = datetime.fromtimestamp(SENT - age, UTC).isoformat()
    fields = {"id": BATCH, "status": "PENDING", "created_at": created, "sequence_builder": "{}", "open": False}
    return fields | changes


def job(age: float = -1.0, **changes: Any) -> dict[str, Any]:
    """The job of it."""
    fields = {"id": JOB, "status": "PENDING", "batch_id": BATCH, "runs": 5, "created_at": made(age)["created_at"]}
    return fields | changes


class Service(Line):
    """A service that loses the answer to each submission; it has the batches and jobs that the test says.

    Args:
        clock: The clock.
        batches: The list of batches, or a function that gets it or an answer.
        whole: The batch as it is told by itself.
        jobs: The list of jobs.
        lag: How long requests and answers are on their way, in seconds.
    """

    def __init__(
        self,
        clock: Any,
        batches: Any = (),
        whole: dict[str, Any] | None = None,
        jobs: Any = None,
        lag: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        super().__init__(self._reply)
        self.clock = clock
        self.batches, self.whole = batches, whole or made()
        self.jobs = [job()] if jobs is None else jobs
        self.lag = lag
        self.date: str | None = None
        self.looks: list[float] = []
        self.began = 0.0

    def _reply(self, request: httpx.Request) -> httpx.Response:
        there, back = self.lag
        if request.method == "POST":
            self.began = self.clock.now
            raise httpx.ReadError("Reset.")
        self.clock.now += there
        answer = self._told(request)
        if self.date is not None:
            answer.headers["Date"] = self.date
        self.clock.now += back
        return answer

    def _told(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/status"):
            return httpx.Response(200, json={"data": {"status": "DONE"}})
        kind = request.url.path.rpartition("/")[2]
        if kind not in ("batches", "jobs"):
            return httpx.Response(200, json={"data": self.whole})
        if "batch_id" not in request.url.params:
            self.looks.append(self.clock.now - self.began)
        listed = self.batches if kind == "batches" else self.jobs
        data = listed() if callable(listed) else list(listed)
        if isinstance(data, httpx.Response):
            return data
        page = {"start": 0, "end": len(data), "total": len(data)}
        return httpx.Response(200, json={"data": data, "pagination": page})


@pytest.fixture
def serve(clock: Any) -> Callable[..., Service]:
    """A function that makes a service."""
    return lambda *arguments, **options: Service(clock, *arguments, **options)


@pytest.fixture
def sdk_on(colour: Any, sdk_on: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes an SDK of each colour on a service, which has told the time."""

    def make(service: Service, *, date: str | None = formatdate(SENT, usegmt=True), **options: Any) -> Any:
        sdk = sdk_on(service, **options)
        service.date = date
        colour.call(sdk.get_batch_status(BATCH))
        service.date = None
        return sdk

    return make


@pytest.fixture
def submit(colour: Any, sdk_on: Any) -> Callable[..., Any]:
    """A function that submits what is lost, and gets what is found."""

    def create(service: Service, job: Any = None, **options: Any) -> Any:
        return colour.call(sdk_on(service, **options).create_batch("{}", [job or {"runs": 5}]))

    return create


@pytest.fixture
def submit_in_vain(colour: Any, sdk_on: Any) -> Callable[..., SubmissionUnknownError]:
    """A function that submits what is lost, and gets the error when it is not found."""

    def create(service: Service, job: Any = None, **options: Any) -> SubmissionUnknownError:
        sdk = sdk_on(service, **options)
        error: SubmissionUnknownError = colour.attempt(
            SubmissionUnknownError, lambda: sdk.create_batch("{}", [job or {"runs": 5}])
        )
        return error

    return create


def test_it_looks_often_at_first_and_then_less(serve: Any, submit_in_vain: Any) -> None:
    """It looks at once, then after pauses that double up to eight seconds, for the last time when the time is up."""
    service = serve()
    submit_in_vain(service)
    assert service.looks == pytest.approx([0, 0.5, 1.5, 3.5, 7.5, 15.5, 23.5, 31.5, 39.5, 47.5, 55.5, 60])


@pytest.mark.parametrize("recover_for", [0.0, 0.3, 5.0, 100.0])
def test_it_looks_as_long_as_it_may(serve: Any, submit_in_vain: Any, recover_for: float) -> None:
    """`recover_for` is the time of the last look; with none, it looks once."""
    service = serve()
    submit_in_vain(service, recover_for=recover_for)
    assert service.looks[-1] == pytest.approx(recover_for)


def test_an_outage_is_sat_out(serve: Any, submit_in_vain: Any) -> None:
    """A service that is down while it is looked for is looked at until the time is up, and not beyond."""
    service = serve(batches=lambda: httpx.Response(503))
    assert "The search for it failed" in str(submit_in_vain(service))
    assert 50.0 < service.looks[-1] <= 60.0 + 1e-6


def test_it_is_found_after_an_outage(serve: Any, submit: Any, clock: Any) -> None:
    """What was created is found when the service is back."""
    listed = {name: value for name, value in made().items() if name != "sequence_builder"}
    service = serve(batches=lambda: httpx.Response(503) if clock.now - service.began < 30.0 else [listed])
    assert submit(service).id == BATCH


class Restarted(Service):
    """A service that asks everybody to come back later for some time, and then takes a submission.

    Args:
        clock: The clock.
        seconds: How long it is away.
    """

    def __init__(self, clock: Any, seconds: float) -> None:
        super().__init__(clock)
        self.seconds = seconds
        self.submissions: list[float] = []

    def _reply(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.began = self.began or self.clock.now
            self.submissions.append(self.clock.now - self.began)
        if self.began and self.clock.now - self.began < self.seconds:
            return httpx.Response(503, headers={"Retry-After": "1"})
        if request.method == "POST":
            return httpx.Response(200, json={"data": made()})
        return super()._reply(request)


@pytest.mark.parametrize("seconds", [0.5, 20.0, 50.0])
def test_it_is_sent_again_after_an_outage(clock: Any, submit: Any, seconds: float) -> None:
    """Nothing was created: the first look that does not fail shows it, however many did."""
    service = Restarted(clock, seconds)
    assert submit(service).id == BATCH
    assert len(service.submissions) == 2


def test_an_outage_that_outlasts_the_search_is_told(clock: Any, colour: Any, sdk_on: Any) -> None:
    """Nothing is sent again as long as no look has shown that nothing was created."""
    service = Restarted(clock, 100.0)
    sdk = sdk_on(service)
    colour.attempt(SubmissionUnknownError, lambda: sdk.create_batch("{}", [{"runs": 5}]))
    assert service.submissions == [0.0]


def test_nothing_is_sent_after_the_deadline(clock: Any, colour: Any, sdk_on: Any) -> None:
    """A look that shows too late that nothing was created leaves the refusal as the error."""
    service = Restarted(clock, 20.0)
    sdk = sdk_on(service, retry=RetryPolicy(deadline=15.0))
    error = colour.attempt(PasqalCloudError, lambda: sdk.create_batch("{}", [{"runs": 5}]))
    assert not isinstance(error, SubmissionUnknownError)
    assert error.status == 503
    assert service.submissions == [0.0]


@pytest.mark.parametrize("age", [-1.0, 1.5])
def test_what_is_hardly_older_is_taken(serve: Any, submit: Any, age: float) -> None:
    """A batch may seem older by as much as clocks differ."""
    assert submit(serve([made(age)], made(age))).id == BATCH


@pytest.mark.parametrize("age", [3.0, 3600.0])
def test_what_is_older_is_left(serve: Any, submit_in_vain: Any, age: float) -> None:
    """And by no more."""
    submit_in_vain(serve([made(age)], made(age)))


def test_either_spelling_of_utc_is_read(serve: Any, submit: Any) -> None:
    """A time may end in Z as well."""
    new = made(created_at=made()["created_at"].replace("+00:00", "Z"))
    assert submit(serve([new], new)).id == BATCH


def test_a_time_that_cannot_be_read_proves_nothing(serve: Any, submit_in_vain: Any) -> None:
    """A batch whose age is not known is not taken for new."""
    new = made(created_at="lately")
    submit_in_vain(serve([new], new))


# The service's clock, which its answers tell.


def time_of(service: Service, offset: float) -> str:
    """The date of an answer that is made now, by a service whose clock is so many seconds ahead of this one's."""
    return formatdate(int(offset + service.clock.now), usegmt=True)


@pytest.mark.parametrize("offset", [1e9, 1.5e9 + 0.75, 2e9 - 0.001])
@pytest.mark.parametrize(
    "lags", [[(0.0, 0.0)], [(300.0, 0.0)], [(0.0, 300.0)], [(0.3, 0.4), (200.0, 100.0)], [(50.0, 60.0), (0.1, 0.1)]]
)
def test_the_services_time_is_never_put_too_late(
    colour: Any, serve: Any, sdk_on: Any, clock: Any, offset: float, lags: list[tuple[float, float]]
) -> None:
    """However long requests and answers take, what is created after a moment is never taken for older."""
    service = serve()
    sdk = sdk_on(service, date=None)
    for service.lag in lags:
        service.date = time_of(service, offset + service.lag[0])
        colour.call(sdk.get_batch_status(BATCH))
    service.date, service.lag = None, (0.0, 0.0)
    now = datetime.fromtimestamp(offset + clock.now, UTC).isoformat()
    service.batches, service.whole = [made(created_at=now)], made(created_at=now)
    assert colour.call(sdk.create_batch("{}", [{"runs": 5}])).id == BATCH


@pytest.mark.parametrize("lag", [(0.0, 100.0), (250.0, 100.0), (300.0, 400.0)])
def test_one_prompt_answer_tells_the_time_to_a_second(
    colour: Any, serve: Any, sdk_on: Any, clock: Any, lag: tuple[float, float]
) -> None:
    """A slow answer does not undo what a prompt one has told: what is older than clocks differ is left."""
    service, offset = serve(), 1.5e9
    sdk = sdk_on(service, date=None, recover_for=0.0)
    for service.lag in ((0.0, 0.01), lag):
        service.date = time_of(service, offset + service.lag[0])
        colour.call(sdk.get_batch_status(BATCH))
    service.date, service.lag = None, (0.0, 0.0)
    before = datetime.fromtimestamp(offset + clock.now - 3.1, UTC).isoformat()
    service.batches, service.whole = [made(created_at=before)], made(created_at=before)
    colour.attempt(SubmissionUnknownError, lambda: sdk.create_batch("{}", [{"runs": 5}]))


def test_a_clock_that_was_set_is_believed(colour: Any, serve: Any, sdk_on: Any, clock: Any) -> None:
    """When the service's clock steps back, the new time counts, not the latest ever told."""
    service = serve()
    sdk = sdk_on(service, date=formatdate(2_000_000_000, usegmt=True))
    service.date = formatdate(1_000_000_000, usegmt=True)
    colour.call(sdk.get_batch_status(BATCH))
    service.date = None
    now = datetime.fromtimestamp(1_000_000_000, UTC).isoformat()
    service.batches, service.whole = [made(created_at=now)], made(created_at=now)
    assert colour.call(sdk.create_batch("{}", [{"runs": 5}])).id == BATCH


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 99 Foo 2024 00:00:00 GMT"])
def test_no_date_tells_nothing(serve: Any, submit_in_vain: Any, date: str | None) -> None:
    """Answers without a date, or with one that can't be read, leave the time unknown: nothing is taken for new."""
    submit_in_vain(serve([made()], made()), date=date)


def test_memory_does_not_grow_for_ever(colour: Any, clock: Any) -> None:
    """Ids are forgotten when no submission is left that they could be taken for, however many there were."""
    ids = []

    def answer(_: httpx.Request) -> dict[str, Any]:
        clock.now += 10.0
        ids.append(str(uuid4()))
        return {"id": ids[-1], "status": "PENDING", "jobs": []}

    sdk = colour.SDK(token="t", project_id=PROJECT, transport=Line(answer).transport)
    for _ in range(100):
        colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    colour.call(sdk.close())
    gc.collect()
    # Not of modules: to ask for those of _asyncio breaks the next collection (python/cpython issue 122695).
    things = [thing for thing in gc.get_objects() if not isinstance(thing, ModuleType)]
    held = {id(each): each for each in gc.get_referents(*things) if type(each) is dict}
    keys = {key for each in held.values() for key in list(each) if type(key) is str}
    assert ids[-1] in keys, "what was created just now has to be remembered"
    assert not keys.intersection(ids[:50])


def test_who_recovers_twice_gets_the_same(colour: Any, serve: Any, submit_in_vain: Any, clock: Any) -> None:
    """A notebook's cell that is run again finds what the first run found, without another search."""
    service = serve()
    error = submit_in_vain(service)
    service.batches = [made()]
    found = colour.call(error.recover())
    looks, paused = len(service.looks), len(clock.pauses)
    assert found.id == BATCH
    assert colour.call(error.recover()) is found
    assert (len(service.looks), len(clock.pauses)) == (looks, paused)


@pytest.mark.parametrize("recover_for", [-1.0, float("nan"), "long"])
def test_the_time_of_another_search_is_checked(serve: Any, submit_in_vain: Any, recover_for: Any) -> None:
    """A search that would never end, or fail in the middle, is refused at once."""
    with pytest.raises(ValidationError, match="recover_for must be"):
        submit_in_vain(serve()).recover(recover_for)


# OVH, whose users can't list batches.


def ovhs(serve: Any, **changes: Any) -> Service:
    """A service for OVH's users: there is no list of batches."""
    service: Service = serve(**{"batches": lambda: httpx.Response(404)} | changes)
    return service


def test_ovhs_batch_is_found_by_its_jobs(colour: Any, serve: Any, submit: Any) -> None:
    """Where batches can't be listed, the newest jobs lead to theirs."""
    service = ovhs(serve)
    found = submit(service, client_class=OvhClient)
    assert found.id == BATCH
    assert [each.id for each in colour.call(found.ordered_jobs)] == [JOB]
    assert all("/third-party-access/ovh/" in path for path in service.paths)


@pytest.mark.parametrize(
    "changes",
    [
        {"jobs": []},
        {"jobs": [job(age=10.0)]},
        {"jobs": [job(runs=6)]},
        {"whole": made(sequence_builder="[]")},
        {"whole": made(age=10.0)},
        {"whole": made(open=True)},
    ],
    ids=range(6),
)
def test_another_of_ovhs_batches_is_not_taken(serve: Any, submit_in_vain: Any, changes: dict[str, Any]) -> None:
    """What is older or differs is somebody else's there, too."""
    assert submit_in_vain(ovhs(serve, **changes), client_class=OvhClient).candidates == ()


@pytest.mark.parametrize(("runs", "candidates"), [(5, (BATCH,)), (6, ())])
def test_ovhs_batch_that_can_not_be_compared_is_named(
    serve: Any, submit_in_vain: Any, runs: int, candidates: Any
) -> None:
    """A job's own sequence can't be read there: what is equal but for that is not taken, nor kept from the user."""
    error = submit_in_vain(ovhs(serve, jobs=[job(runs=runs)]), OWN, client_class=OvhClient)
    assert error.candidates == candidates
    assert ("The search found no candidate" in str(error)) == (not candidates)
