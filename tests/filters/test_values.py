"""Whatever is given as a filter is taken, and can be sent, or is refused in a sentence that names the filter."""

from __future__ import annotations

import re
import time
from collections import UserString
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

import pytest

from pasqal_cloud import (
    SDK,
    BatchFilters,
    BatchStatus,
    CancelJobFilters,
    DeviceFilters,
    DeviceTypeName,
    Endpoints,
    JobFilters,
    PaginationParams,
    RebatchFilters,
    ValidationError,
    WorkloadFilters,
)

from ..doubles.line import by_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ID = "10000000-0000-4000-8000-000000000001"
EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def query_of(filters: Any) -> dict[str, list[str]]:
    """What is asked for by these filters."""
    line = by_path()
    with SDK(token="t", endpoints=Endpoints.at("http://cloud.test"), transport=line.transport) as sdk:
        sdk.get_jobs(filters) if isinstance(filters, JobFilters) else sdk.get_batches(filters)
    return {name: values for request in line.requests for name, values in parse_qs(request.url.query.decode()).items()}


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati"])
def local_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The user's clock, in several places."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of this system can't be set")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


class Stamp(datetime):
    """A moment as pandas has them: a datetime that writes itself in its own way."""

    def isoformat(self, *_: Any, **__: Any) -> str:
        return "2024-05-01T12:00:00.123456789+00:00"


class NotATime(datetime):
    """What pandas has in place of a moment that is missing."""

    @property
    def year(self) -> Any:
        return float("nan")


class Broken(tzinfo):
    """A zone that doesn't know."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        raise ValueError("unknown")


class Unset(tzinfo):
    """A zone that says nothing."""

    def utcoffset(self, _: datetime | None) -> None:
        return None


@pytest.mark.usefixtures("local_zone")
@pytest.mark.parametrize(
    ("extreme", "meant"),
    [(datetime.min, FIRST), (datetime.max, LAST)]
    + [(extreme.replace(tzinfo=zone), meant) for extreme, meant in ((datetime.min, FIRST), (datetime.max, LAST))
       for zone in (EAST, WEST, UTC)],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_the_ends_of_the_calendar_can_be_asked_for(name: str, extreme: datetime, meant: datetime) -> None:
    """As programs that mean "always" do; a day is as wide as zones are."""
    for kind in (BatchFilters, JobFilters):
        (sent,) = query_of(kind(**{name: extreme}))[name]
        moment = datetime.fromisoformat(sent).astimezone(UTC)
        assert abs(moment - meant) <= timedelta(days=1)


@pytest.mark.usefixtures("local_zone")
def test_the_whole_calendar_is_a_range() -> None:
    """From its first moment to its last."""
    assert len(query_of(BatchFilters(start_date=datetime.min, end_date=datetime.max))) >= 2
    with pytest.raises(ValidationError, match="start_date"):
        BatchFilters(start_date=datetime.max, end_date=datetime.min)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1900, 1, 1, tzinfo=timezone(timedelta(minutes=9, seconds=21))),  # Paris, then
        datetime(2024, 5, 1, tzinfo=timezone(timedelta(hours=-23, minutes=-59, seconds=-59, microseconds=-999999))),
        datetime(2024, 5, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        Stamp(2024, 5, 1, 12, 0, 0, 123456, tzinfo=UTC),
    ],
    ids=repr,
)
def test_odd_moments_are_sent_as_times_on_the_internet_are_written(moment: datetime) -> None:
    """RFC 3339 knows no seconds in offsets; the moment is the same."""
    (sent,) = query_of(BatchFilters(start_date=moment))["start_date"]
    assert datetime.fromisoformat(sent) == moment
    assert len(sent.partition("T")[2]) <= len("12:00:00.123456+00:00")


def test_a_zone_that_says_nothing_is_none() -> None:
    """Such a time is local."""
    (sent,) = query_of(BatchFilters(start_date=datetime(2024, 5, 1, tzinfo=Unset())))["start_date"]
    assert datetime.fromisoformat(sent) == datetime(2024, 5, 1).astimezone()


class Odd(Enum):
    """An enumeration of numbers."""

    ONE = 1


HUGE = 10**5000
REFUSED = [
    *[("start_date", value) for value in (date(2024, 5, 1), "2024-05-01", 7, True, [], NotATime(2024, 5, 1))],
    ("end_date", datetime(2024, 5, 1, tzinfo=Broken())),
    *[("id", value) for value in ("x", 7, b"x" * 16, [ID, 7], "\udce9", "x" * 5000, object())],
    *[("user_id", value) for value in (7, b"ada", ["ada", None], "a\udce9", [""], [b"a"])],
    *[("status", value) for value in (Odd.ONE, 7, b"DONE", ["DONE", "\ud800"], UserString("DONE").__class__)],
    *[("id__starts_with", value) for value in (7, "", "\udce9", ["1"], Odd.ONE)],
    *[("project_id", value) for value in ("p", object, [[ID]])],
]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (kind, name, value)
        for kind in (BatchFilters, JobFilters, RebatchFilters, WorkloadFilters)
        for name, value in REFUSED
        if (kind, name) != (WorkloadFilters, "user_id")  # workloads are not listed by their users
    ],
    ids=lambda value: ascii(value)[:40].partition(" at 0x")[0],
)
def test_what_can_not_be_a_filter_is_refused(kind: Any, name: str, value: Any) -> None:
    """By its name, in a sentence that is not as long as what was given."""
    with pytest.raises(ValidationError, match=f"{name} must be") as caught:
        kind(**{name: value})
    assert len(str(caught.value)) < 300
    str(caught.value).encode()  # it can be printed and logged


@pytest.mark.parametrize(
    "value",
    [HUGE, -HUGE, 2**63, -1, True, 5.0, "5", float("nan"), [5]],
    ids=["huge", "-huge", "2**63", "-1", "True", "5.0", "'5'", "nan", "[5]"],
)
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (BatchFilters, "min_jobs"),
        (BatchFilters, "max_jobs"),
        (JobFilters, "min_runs"),
        (RebatchFilters, "max_runs"),
        (PaginationParams, "limit"),
        (PaginationParams, "offset"),
    ],
)
def test_numbers_are_whole_and_not_without_end(kind: Any, name: str, value: Any) -> None:
    """Python itself refuses to write the longest."""
    with pytest.raises(ValidationError, match=f"{name} must be a whole number") as caught:
        kind(**{name: value})
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("value", [0, 1, "yes", "True", [True], b"1"])
@pytest.mark.parametrize(("kind", "name"), [(BatchFilters, "open"), (JobFilters, "errors")])
def test_a_flag_is_yes_or_no(kind: Any, name: str, value: Any) -> None:
    """And nothing that could be read as either."""
    with pytest.raises(ValidationError, match=f"{name} must be True or False"):
        kind(**{name: value})


@pytest.mark.parametrize(
    ("filters", "asked"),
    [
        (BatchFilters(min_jobs=2**63 - 1), {"min_jobs": [str(2**63 - 1)]}),
        (BatchFilters(status={BatchStatus.DONE}), {"status": ["DONE"]}),
        (BatchFilters(status=(each for each in ("DONE", "ERROR", "DONE"))), {"status": ["DONE", "ERROR"]}),
        (BatchFilters(status=dict.fromkeys(["DONE"]).keys()), {"status": ["DONE"]}),
        (JobFilters(id=map(UUID, [ID])), {"id": [ID]}),
        (JobFilters(user_id=frozenset({"ada"})), {"user_id": ["ada"]}),
        (BatchFilters(tag="é 💡"), {"tag": ["é 💡"]}),
    ],
    ids=str,
)
def test_what_is_as_good_is_taken(filters: Any, asked: dict[str, list[str]]) -> None:
    """Sets, generators, iterators; each value once, and each time that they are sent."""
    for _ in range(2):
        sent = {name.removesuffix("[]"): values for name, values in query_of(filters).items()}
        assert sent.items() >= asked.items()


KINDS = pytest.mark.parametrize("kind", [BatchFilters, JobFilters, CancelJobFilters, RebatchFilters, WorkloadFilters])


@KINDS
def test_none_is_no_filter(kind: type[Any]) -> None:
    """A filter that is given as None is left out, whichever it is."""
    names = [field.name for field in kind.__attrs_attrs__]
    assert kind(**dict.fromkeys(names)).query() == {}


@KINDS
def test_an_empty_list_is_never_everything(kind: type[Any]) -> None:
    """`user_id=[]` must not give everybody's."""
    for name in {"id", "user_id", "status", "project_id"} & {field.name for field in kind.__attrs_attrs__}:
        with pytest.raises(ValidationError, match=f"{name} is empty"):
            kind(**{name: []})


def test_a_time_without_zone_is_the_users(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """It is sent with the offset of the user's clock; a number is no time."""
    line = by_path()
    naive = datetime(2024, 5, 1, 12, 0)
    colour.call(sdk_on(line).get_batches(BatchFilters(start_date=naive)))
    (request,) = line.requests
    (sent,) = map(datetime.fromisoformat, parse_qs(request.url.query.decode())["start_date"])
    assert sent.tzinfo is not None
    assert sent == naive.astimezone()
    with pytest.raises(ValidationError, match="start_date must be a datetime"):
        BatchFilters(start_date=1714557600)


WORDS = [
    (BatchFilters, "status", "done", "DONE", "BatchStatus"),
    (BatchFilters, "status", ["DONE", "TIMEDOUT"], "TIMED_OUT", "BatchStatus"),
    (JobFilters, "status", "CANCELLED", "CANCELED", "JobStatus"),
    (RebatchFilters, "status", "EROR", "ERROR", "JobStatus"),
    (BatchFilters, "queue_priority", "hihg", "HIGH", "QueuePriority"),
    (JobFilters, "origin", "CLIENTS", "CLIENT", "JobOrigin"),
    (BatchFilters, "device_type", ["EMU_FREE", "EMU_MSP"], "EMU_MPS", "DeviceTypeName"),
    (BatchFilters, "device_type", "emu_free", "EMU_FREE", "DeviceTypeName"),
    (DeviceFilters, "device_type", "FRES", "FRESNEL", "DeviceTypeName"),
    (DeviceFilters, "availability", "active", "ACTIVE", "DeviceAvailability"),
]


@pytest.mark.parametrize(("kind", "name", "value", "nearest", "words"), WORDS)
def test_a_misspelt_word_is_refused(kind: Any, name: str, value: Any, nearest: str, words: str) -> None:
    """It would match nothing; a new word of the service's can still be given."""
    misspelt = value if isinstance(value, str) else value[-1]
    message = f"{name} '{misspelt}' is unknown; did you mean '{nearest}'? If the service has it, give {words}("
    with pytest.raises(ValidationError, match=re.escape(message)):
        kind(**{name: value})


def test_a_new_word_is_sent_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """The service may know it; the warning is given once, also where the filters are split."""
    filters = BatchFilters(status="FINISHED", id=[uuid4() for _ in range(101)])
    assert [piece.query()["status"] for piece in filters.pieces()] == [["FINISHED"], ["FINISHED"]]
    (record,) = caplog.records
    assert "The status 'FINISHED' is unknown to this version, which knows PENDING, RUNNING" in record.getMessage()


def test_a_new_device_type_is_sent_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """One that resembles none, or whose name is given as one."""
    assert DeviceFilters(device_type="ORION_2").query() == {"device_type": ["ORION_2"]}
    (record,) = caplog.records
    assert "The device_type 'ORION_2' is unknown to this version" in record.getMessage()
    assert DeviceFilters(device_type=DeviceTypeName("FRESNEL_2")).query() == {"device_type": ["FRESNEL_2"]}


def test_a_word_that_the_service_gave_is_sent_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """Such as the status of a handle, whatever it resembles."""
    filters = BatchFilters(status=BatchStatus("PAUSING"), id=[uuid4() for _ in range(101)])
    assert [piece.query()["status"] for piece in filters.pieces()] == [["PAUSING"], ["PAUSING"]]
    assert not caplog.records
