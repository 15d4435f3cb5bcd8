"""What users pass, and what the API is given."""

import copy
import inspect
import math
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud import (
    SDK,
    Batch,
    CancelJobFilters,
    Endpoints,
    Job,
    UnexpectedAnswerError,
    ValidationError,
    Workload,
)

from ..doubles.answers import PROJECT, body_of
from ..doubles.line import Line

JOB = "22222222-2222-4333-8444-555555555555"


def batch(jobs: Any, **options: Any) -> dict[str, Any]:
    """The JSON of a new batch."""
    line = Line(lambda _: {"id": str(uuid4()), "status": "PENDING"})
    with SDK(
        token="t", project_id=PROJECT, endpoints=Endpoints.at("https://cloud.test"), transport=line.transport
    ) as sdk:
        sdk.create_batch(options.pop("sequence", "{}"), jobs, **options)
    (request,) = line.requests
    sent: dict[str, Any] = body_of(request)
    return sent


def variables_of(variables: Any) -> Any:
    """The JSON of a job's variables."""
    return batch([{"runs": 1, "variables": variables}])["jobs"][0]["variables"]


def answered(data: Any) -> Line:
    """A line on which each answer has this content."""
    return Line(lambda _: httpx.Response(200, json=data))


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (1, 1),
        (1.5, 1.5),
        ("text", "text"),
        ([1, 2.5], [1, 2.5]),
        ((1, (2, 3)), [1, [2, 3]]),
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.True_, True),
        (np.array(2.5), 2.5),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        ([np.float64(1.5), np.array([2])], [1.5, [2]]),
        ({"q0": np.int64(3), "q1": 4}, {"q0": 3, "q1": 4}),
        (MappingProxyType({1: 2}), {"1": 2}),
    ],
    ids=repr,
)
def test_values_become_plain_json(value: Any, sent: Any) -> None:
    """Python's and numpy's numbers, arrays, lists and mappings are sent as what they mean."""
    plain = variables_of({"x": value})["x"]
    assert plain == sent
    assert type(plain) is type(sent)


NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
NESTED = st.recursive(NUMBERS, lambda inner: st.lists(inner, max_size=4), max_leaves=10)


@given(NESTED)
def test_plain_values_stay_what_they_are(value: Any) -> None:
    """What is plain already is sent as it is."""
    assert variables_of({"x": value}) == {"x": value}


@given(st.lists(st.lists(st.floats(-1e9, 1e9), min_size=2, max_size=2), min_size=1, max_size=3))
def test_arrays_and_lists_are_the_same(rows: Any) -> None:
    """An array is sent as the list that it was made from."""
    assert variables_of({"x": np.array(rows)}) == variables_of({"x": rows})


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (math.nan, "jobs[0].variables.x"),
        (math.inf, "jobs[0].variables.x"),
        (-math.inf, "jobs[0].variables.x"),
        (np.float64("nan"), "jobs[0].variables.x"),
        (np.array([1.0, math.inf]), "jobs[0].variables.x[1]"),
        ([1.0, [2.0, math.nan]], "jobs[0].variables.x[1][1]"),
        ({"q0": math.nan}, "jobs[0].variables.x.q0"),
        (1 + 2j, "jobs[0].variables.x"),
        (None, "jobs[0].variables.x"),
        (b"bytes", "jobs[0].variables.x"),
        ({1, 2}, "jobs[0].variables.x"),
        (object, "jobs[0].variables.x"),
        (Decimal("1.5"), "jobs[0].variables.x"),
    ],
    ids=repr,
)
def test_values_that_are_no_json_are_refused_with_their_place(value: Any, place: str) -> None:
    """What can't be sent, or is no number, is refused, and the sentence says where it stands and what is expected."""
    with pytest.raises(ValidationError) as caught:
        variables_of({"x": value})
    assert caught.value.description.startswith(f"{place} must be a finite number")
    assert caught.value.status is None


@pytest.mark.parametrize("variables", [[1], "x=1", 5])
def test_variables_must_be_a_dictionary(variables: Any) -> None:
    """A list of values says nothing of their names."""
    with pytest.raises(ValidationError, match=r"jobs\[0\]\.variables must be a dictionary"):
        variables_of(variables)


@pytest.mark.parametrize("runs", [1, 100, np.int64(7), 10**9])
def test_runs_are_whole_numbers(runs: Any) -> None:
    """Python's and numpy's."""
    sent = batch([{"runs": runs}])["jobs"][0]["runs"]
    assert sent == int(runs)
    assert type(sent) is int


@pytest.mark.parametrize("runs", [0, -1, True, np.True_, 1.0, 2.5, "10", None, math.nan, [1]], ids=repr)
def test_other_runs_are_refused(runs: Any) -> None:
    """A number of shots is a whole number above zero, and nothing else; `True` is no number."""
    with pytest.raises(ValidationError) as caught:
        batch([{"runs": 1}] * 3 + [{"runs": runs}])
    assert "jobs[3].runs must be a whole number of shots" in caught.value.description
    assert repr(runs) in caught.value.description


@given(
    st.dictionaries(st.sampled_from(["a", "b", "qubits"]), NESTED | st.dictionaries(st.text(max_size=2), st.integers()))
)
def test_the_callers_dictionaries_stay_as_they_were(variables: Any) -> None:
    """The same dictionary can be used for many jobs, and changing it later changes nothing that was sent."""
    job = {"runs": 5, "variables": variables}
    before = copy.deepcopy(job)
    sent = batch([job, job])
    assert job == before
    variables["later"] = 1
    assert "later" not in sent["jobs"][0]["variables"]


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (
            {"runs": 1, "varaibles": {}},
            ["'varaibles'; did you mean 'variables'?", "runs, variables, serialized_sequence"],
        ),
        ({"runs": 1, "a": 1, "b": 2}, ["unknown keys, 'a' and 'b'. "]),
        ({}, ["jobs[0].runs", "not None"]),
        ("runs", ["jobs[0] must be a dictionary", "'runs'"]),
        (None, ["jobs[0] must be a dictionary", "None"]),
        ({"runs": 1, "serialized_sequence": "{}", "variables": {"x": 1}}, ["takes no variables", "one or the other"]),
        ({"runs": 1, "serialized_sequence": 5}, ["jobs[0].serialized_sequence must be a pulser.Sequence", "int"]),
    ],
)
def test_a_job_that_is_none_is_refused(job: Any, words: list[str]) -> None:
    """Each sentence says which job, what was wrong and what is expected."""
    with pytest.raises(ValidationError) as caught:
        batch([job])
    assert all(word in caught.value.description for word in words), caught.value.description


@pytest.mark.parametrize(
    ("jobs", "options", "words"),
    [
        ([], {}, ["at least one job"]),
        ({"runs": 1}, {}, ["jobs must be a list", "dict"]),
        ("jobs", {}, ["jobs must be a list", "str"]),
        (None, {}, ["jobs must be a list"]),
        (5, {}, ["jobs must be a list"]),
        ([{"runs": 1}], {"tags": "calibration"}, ["tags must be a list", "'calibration'"]),
        ([{"runs": 1}], {"sequence": None}, ["jobs[0] has no sequence"]),
        ([{"runs": 1, "serialized_sequence": "{}"}, {"runs": 1}], {"sequence": None}, ["jobs[1] has no sequence"]),
        ([{"runs": 1}], {"sequence": b"{}"}, ["pulser.Sequence", "bytes"]),
    ],
)
def test_a_batch_that_is_none_is_refused(jobs: Any, options: Any, words: list[str]) -> None:
    """Each sentence says what was wrong and what is expected."""
    with pytest.raises(ValidationError) as caught:
        batch(jobs, **options)
    assert all(word in caught.value.description for word in words), caught.value.description


def test_a_batch_needs_a_project(colour: Any) -> None:
    """Without a project nobody pays; the sentence says where to give it."""
    sdk = colour.SDK(token="t")
    error = colour.attempt(ValidationError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert "A batch needs a project: give project_id to the SDK" in str(error)


def test_credentials_come_before_the_project(colour: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where neither is there, the sentence says how to give credentials."""
    for name in [each for each in os.environ if each.startswith("PASQAL")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    sdk = colour.SDK()
    error = colour.attempt(ValidationError, lambda: sdk.create_batch("{}", [{"runs": 1}]))
    assert "PASQAL_USERNAME" in str(error)
    assert "needs a project" not in str(error)


def test_what_is_not_given_is_not_sent() -> None:
    """The service's defaults stay the service's."""
    assert batch([{"runs": 1}]) == {
        "project_id": PROJECT,
        "sequence_builder": "{}",
        "jobs": [{"runs": 1}],
        "open": False,
    }


def test_jobs_may_come_from_a_generator() -> None:
    """Anything that can be gone through once will do, for tags too."""
    sent = batch(({"runs": runs} for runs in (1, 2)), tags=(tag for tag in "ab"))
    assert (sent["jobs"], sent["tags"]) == ([{"runs": 1}, {"runs": 2}], ["a", "b"])


def test_an_open_batch_may_begin_empty() -> None:
    """Its jobs come later."""
    assert batch([], open=True)["jobs"] == []


class Sequence:
    """What this package needs of a Pulser sequence."""

    def to_abstract_repr(self) -> str:
        return '{"version": "1"}'


@pytest.mark.parametrize(("sequence", "text"), [(Sequence(), '{"version": "1"}'), ("{}", "{}")])
def test_sequences_are_serialized(sequence: Any, text: str) -> None:
    """A sequence is serialized, its representation is sent as it is."""
    sent = batch([{"runs": 1, "serialized_sequence": sequence}], sequence=sequence)
    assert sent["sequence_builder"] == sent["jobs"][0]["sequence"] == text


def test_a_batch_may_have_no_sequence_of_its_own() -> None:
    """Where its jobs have theirs, none is sent."""
    sent = batch([{"runs": 1, "serialized_sequence": "{}"}], sequence=None)
    assert not sent.get("sequence_builder")
    assert sent["jobs"][0]["sequence"] == "{}"


@given(st.uuids())
def test_uuids_are_taken_as_texts_and_objects(value: UUID) -> None:
    """Ids are what the service gave, or UUID objects."""
    line = Line(lambda _: {"id": str(value), "status": "DONE"})
    with SDK(token="t", endpoints=Endpoints.at("https://cloud.test"), transport=line.transport) as sdk:
        sdk.get_batch(str(value))
        sdk.get_batch(value)  # type: ignore[arg-type]  # some programs do
    assert {request.url.path for request in line.requests} == {f"/core-fast/api/v2/batches/{value}"}


OTHER_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "add_jobs": ([{"runs": 1}],),
    "cancel_jobs": (CancelJobFilters(id=JOB),),
    "set_batch_tags": (["a"],),
    "wait_for_workload": ({},),
}
BY_ID = {
    name: first
    for name in dir(SDK)
    if inspect.isfunction(member := getattr(SDK, name))
    and (first := [*inspect.signature(member).parameters, "", ""][1]) in {"id", "batch_id"}
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("operation", BY_ID)
def test_the_error_of_an_id_names_the_argument(colour: Any, operation: str) -> None:
    """As the signature of the operation names it; it shows an id and what was given. Nothing is sent, nor a login."""
    line = Line(lambda _: {})
    sdk = colour.SDK("ada", "pa55word", endpoints=Endpoints.at("https://cloud.test"), transport=line.transport)
    others = OTHER_ARGUMENTS.get(operation, ())
    for wrong in ("x", "", "latest", "../../v1/devices", "11111111-2222-4333-8444", None, 5, b"x", ["x"]):
        error = colour.attempt(ValidationError, lambda wrong=wrong: getattr(sdk, operation)(wrong, *others))
        assert error.description.startswith(f"{BY_ID[operation]} must be a UUID, like ")
        assert repr(wrong) in error.description
    assert not line.requests


def test_both_names_of_ids_occur() -> None:
    """So the test above compares something."""
    assert {"id", "batch_id"} == set(BY_ID.values())
    assert len(BY_ID) > 10


@pytest.mark.parametrize("kind", [Batch, Job, Workload])
@pytest.mark.parametrize("operation", ["refresh", "wait", "cancel"])
def test_the_error_of_a_handle_names_its_id(kind: Any, operation: str) -> None:
    """A handle built by hand for an SDK may have an id that the service never gives."""
    line = Line(lambda _: {})
    with SDK(token="t", endpoints=Endpoints.at("https://cloud.test"), transport=line.transport) as sdk:
        handle = kind(id="x", status="PENDING", _client=sdk)
        with pytest.raises(ValidationError, match="id must be a UUID") as caught:
            getattr(handle, operation)()
    assert caught.value.description.startswith("id must")
    assert not line.requests


@pytest.fixture
def created_at(colour: Any, sdk_on: Callable[..., Any]) -> Callable[[dict[str, Any]], datetime | None]:
    """A function that gets the time that a batch was created, from the service's fields."""

    def get(fields: dict[str, Any]) -> datetime | None:
        line = Line(lambda _: {"id": JOB, "status": "DONE", **fields})
        time: datetime | None = colour.call(sdk_on(line).get_batch(JOB)).created_at
        return time

    return get


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-05-01T12:00:00", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("2024-05-01T12:00:00Z", datetime(2024, 5, 1, 12, tzinfo=UTC)),
        ("2024-05-01T12:00:00.25+00:00", datetime(2024, 5, 1, 12, 0, 0, 250_000, tzinfo=UTC)),
        ("2024-05-01T12:00:00+02:00", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("1636558026.5", datetime(2021, 11, 10, 15, 27, 6, 500_000, tzinfo=UTC)),
    ],
)
def test_times_have_a_zone(created_at: Any, text: str, time: datetime) -> None:
    """A time without a zone is UTC's, epoch seconds are read too."""
    read = created_at({"created_at": text})
    assert read == time
    assert read.tzinfo is not None


def test_an_offset_is_kept(created_at: Any) -> None:
    """The service's own offset stays to be seen."""
    assert created_at({"created_at": "2024-05-01T12:00:00+02:00"}).utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize("fields", [{}, {"created_at": None}, {"created_at": ""}], ids=str)
def test_no_time_is_none(created_at: Any, fields: dict[str, Any]) -> None:
    """What has not happened has no time; absent and null are the same to a user."""
    assert created_at(fields) is None


@pytest.mark.parametrize(("fields", "runs"), [({}, None), ({"runs": None}, None), ({"runs": 0}, 0)], ids=str)
def test_what_the_service_leaves_out_is_none(colour: Any, sdk_on: Any, fields: dict[str, Any], runs: Any) -> None:
    """Absent and null are the same to a user; zero is a number."""
    job = colour.call(sdk_on(Line(lambda _: {"id": JOB, "status": "DONE", **fields})).get_job(JOB))
    assert job.runs == runs


READS: dict[str, Callable[[Any], Any]] = {
    "batch": lambda sdk: sdk.get_batch(JOB),
    "batches": lambda sdk: sdk.get_batches(),
    "projects": lambda sdk: sdk.get_all_projects(),
    "devices": lambda sdk: sdk.devices(),
    "cancelled batches": lambda sdk: sdk.cancel_batches([JOB]),
    "cancelled jobs": lambda sdk: sdk.cancel_jobs(JOB, CancelJobFilters(id=JOB)),
}


@pytest.mark.parametrize(
    ("read", "answer"),
    [
        ("batch", {}),
        ("batch", {"data": None}),
        ("batch", {"data": {"status": "DONE"}}),
        ("batches", {"data": [{"id": "1"}, {"status": "DONE"}]}),
        ("projects", {"data": [{"name": "mine"}]}),
        ("devices", {"data": [{"device_type": "FRESNEL", "id": None}]}),
        ("cancelled batches", {"data": {"errors": {}}}),
        ("cancelled jobs", {"data": {"jobs": [{"status": "DONE"}]}}),
    ],
)
def test_what_handles_need_must_be_there(colour: Any, sdk_on: Any, read: str, answer: Any) -> None:
    """The generated client reads what has no id, no data and no list; a handle can't be made of it."""
    sdk = sdk_on(answered(answer), retry=False)
    error = colour.attempt(UnexpectedAnswerError, lambda: READS[read](sdk))
    assert re.search("no data|no list|id is not a string", str(error))


@pytest.mark.parametrize(
    ("read", "answer"),
    [
        ("batches", {"data": [{"id": "1"}, {"id": "2"}]}),
        ("batch", {"data": {"id": JOB}}),
        ("devices", {"data": [{"device_type": "FRESNEL"}]}),
        ("cancelled jobs", {"data": {"jobs": []}}),
    ],
)
def test_what_handles_do_not_need_may_be_missing(colour: Any, sdk_on: Any, read: str, answer: Any) -> None:
    """A field that is missing is told of when it is read, and loses no page."""
    colour.call(READS[read](sdk_on(answered(answer), retry=False)))


def test_what_a_newer_answer_leaves_out_is_kept(colour: Any, sdk_on: Any) -> None:
    """Values and nulls of the older one; what the newer one says, null included, counts."""
    answers = [
        {"id": JOB, "status": "PENDING", "sequence": "{}", "parent_id": None, "errors": ["No."]},
        {"id": JOB, "status": "DONE", "errors": None},
    ]
    line = Line(lambda _: answers.pop(0))
    job = colour.call(sdk_on(line).get_job(JOB))
    colour.call(job.refresh())
    assert (job.status, colour.call(job.sequence), list(job.errors or ())) == ("DONE", "{}", [])
    assert len(line.requests) == 2  # reading the sequence has asked for nothing
