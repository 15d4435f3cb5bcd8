"""What goes on the wire, decoded by the rules of the specification alone, is what went in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from uuid import uuid4

import attrs
import pytest
import respx
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud import (
    SDK,
    BatchFilters,
    CancelJobFilters,
    JobFilters,
    PaginationParams,
    RebatchFilters,
    WorkloadFilters,
)

from ..doubles.answers import body_of
from ..doubles.cloud import Anybody

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

SPEC = yaml.safe_load((Path(__file__).parents[2] / "spec" / "openapi.yaml").read_text())
BATCH = "10000000-0000-4000-8000-000000000001"
LISTED = {"status": "success", "data": [], "pagination": {"total": 0, "start": 0, "end": 0}}
CANCELLED = {"status": "success", "data": {"jobs": [], "errors": {}}}


@cache
def sdk() -> SDK:
    """One SDK for all, since making one costs more than a request."""
    return SDK(token_provider=Anybody(), project_id=BATCH)


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    while "$ref" in node:
        target: Any = SPEC
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def parameters(operation_id: str) -> dict[str, dict[str, Any]]:
    """The schemas of an operation's query parameters."""
    (operation,) = (
        operation
        for path in SPEC["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and operation.get("operationId") == operation_id
    )
    found = (resolved(parameter) for parameter in operation["parameters"])
    return {parameter["name"]: resolved(parameter["schema"]) for parameter in found if parameter["in"] == "query"}


def decoded(operation_id: str, request: httpx.Request) -> dict[str, Any]:
    """Reads a query as the specification says: arrays are repeated keys, the rest are single."""
    schemas = parameters(operation_id)
    texts: dict[str, list[str]] = {}
    for name, value in parse_qsl(
        request.url.query.decode(), keep_blank_values=True, strict_parsing=bool(request.url.query)
    ):
        texts.setdefault(name, []).append(value)
    return {name: value_of(schemas[name], values) for name, values in texts.items()}


def value_of(schema: dict[str, Any], texts: list[str]) -> Any:
    """Reads a parameter."""
    if schema["type"] == "array":
        return [value_of(resolved(schema["items"]), [text]) for text in texts]
    (text,) = texts
    match schema:
        case {"type": "integer"}:
            return int(text)
        case {"type": "boolean"}:
            return {"true": True, "false": False}[text]
        case {"format": "date-time"}:
            return datetime.fromisoformat(text)
    return text


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.none() | st.just(UTC) | ZONES)
FORMS: list[Callable[[list[Any]], Any]] = [list, tuple, iter, dict.fromkeys]


def values_for(schema: dict[str, Any]) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one for each type
    """Values of a parameter in all the forms in which a user may write them, each with what is to come out."""
    if schema["type"] == "array":
        one = values_for(resolved(schema["items"]))
        several = st.tuples(st.lists(one, min_size=1, max_size=5), st.sampled_from(FORMS))
        listed = several.map(
            lambda drawn: (drawn[1]([i for i, _ in drawn[0]]), list(dict.fromkeys(o for _, o in drawn[0])))
        )
        return listed | one.map(lambda pair: (pair[0], [pair[1]]))
    match schema:
        case {"type": "integer"}:
            return st.integers(0, 10**6).map(lambda number: (number, number))
        case {"type": "boolean"}:
            return st.booleans().map(lambda flag: (flag, flag))
        case {"format": "date-time"}:
            return INSTANTS.map(lambda instant: (instant, instant.astimezone()))
        case {"format": "uuid"}:
            return st.tuples(st.uuids(), st.booleans()).map(
                lambda drawn: (str(drawn[0]) if drawn[1] else drawn[0], str(drawn[0]))
            )
        case {"x-extensible-enum": known}:
            return (st.sampled_from(known) | TEXTS).map(lambda text: (text, text))
    return TEXTS.map(lambda text: (text, text))


def filters_for(operation_id: str, kind: type[Any]) -> st.SearchStrategy[tuple[Any, dict[str, Any]]]:
    """Filters of a class, each with what is to be read off the wire."""
    schemas = parameters(operation_id)
    names = [field.name for field in attrs.fields(kind)]

    def drawn() -> st.SearchStrategy[dict[str, tuple[Any, Any]]]:
        return st.fixed_dictionaries({}, optional={name: values_for(schemas[name]) for name in names})

    def made(values: dict[str, tuple[Any, Any]]) -> tuple[Any, dict[str, Any]]:
        expected = {name: value for name, (_, value) in values.items()}
        for low, high in (("start_date", "end_date"), ("min_runs", "max_runs"), ("min_jobs", "max_jobs")):
            if low in expected and high in expected and expected[low] > expected[high]:
                values[low], values[high] = values[high], values[low]
                expected[low], expected[high] = expected[high], expected[low]
        return kind(**{name: value for name, (value, _) in values.items()}), expected

    return st.deferred(drawn).map(made)  # a filter that the spec does not have fails the tests, not their collection


def created() -> dict[str, Any]:
    """The answer to the creation of a batch; each has an id of its own."""
    return {"status": "success", "data": {"id": str(uuid4()), "status": "PENDING", "jobs": []}}


def sent(route: str, answer: dict[str, Any], call: Callable[[SDK], Any]) -> httpx.Request:
    """Makes a call of the SDK, and gets the one request that it made."""
    with respx.mock(assert_all_called=True) as mock:
        mock.route(path__regex=route).respond(json=answer)
        call(sdk())
        assert mock.calls.call_count == 1
        request: httpx.Request = mock.calls.last.request
        return request


def test_every_filter_of_the_specification_can_be_given() -> None:
    """The classes know all that the operations take, and nothing else."""
    paging = {field.name for field in attrs.fields(PaginationParams)}
    for operation_id, kind in (
        ("listBatches", BatchFilters),
        ("listJobs", JobFilters),
        ("listWorkloads", WorkloadFilters),
        ("rebatch", RebatchFilters),
        ("cancelJobs", CancelJobFilters),
    ):
        known = {field.name for field in attrs.fields(kind)}
        assert set(parameters(operation_id)) - paging - {"complete"} == known, operation_id


@given(filters_for("listBatches", BatchFilters))
def test_batch_filters(drawn: tuple[BatchFilters, dict[str, Any]]) -> None:
    """Batches are asked for as the filters say."""
    filters, expected = drawn
    request = sent(r".*/api/v1/batches$", LISTED, lambda sdk: sdk.get_batches(filters))
    assert decoded("listBatches", request) == expected | {"limit": 100, "offset": 0}


@given(filters_for("listJobs", JobFilters))
def test_job_filters(drawn: tuple[JobFilters, dict[str, Any]]) -> None:
    """Jobs are asked for as the filters say."""
    filters, expected = drawn
    request = sent(r".*/api/v2/jobs$", LISTED, lambda sdk: sdk.get_jobs(filters))
    assert decoded("listJobs", request) == expected | {"limit": 100, "offset": 0}


@given(filters_for("listWorkloads", WorkloadFilters))
def test_workload_filters(drawn: tuple[WorkloadFilters, dict[str, Any]]) -> None:
    """Workloads are asked for as the filters say."""
    filters, expected = drawn
    request = sent(r".*/api/v2/workloads$", LISTED, lambda sdk: sdk.get_workloads(filters))
    assert decoded("listWorkloads", request) == expected | {"limit": 100, "offset": 0}


@given(filters_for("rebatch", RebatchFilters))
def test_rebatch_filters(drawn: tuple[RebatchFilters, dict[str, Any]]) -> None:
    """Jobs are repeated as the filters say."""
    filters, expected = drawn
    request = sent(r".*/rebatch$", created(), lambda sdk: sdk.rebatch(BATCH, filters))
    assert decoded("rebatch", request) == expected


@given(filters_for("cancelJobs", CancelJobFilters).filter(lambda drawn: bool(drawn[1])))
def test_cancel_job_filters(drawn: tuple[CancelJobFilters, dict[str, Any]]) -> None:
    """Jobs are cancelled as the filters say."""
    filters, expected = drawn
    request = sent(r".*/cancel/jobs$", CANCELLED, lambda sdk: sdk.cancel_jobs(BATCH, filters))
    assert decoded("cancelJobs", request) == expected


@given(st.integers(1, 100), st.integers(0, 10**9), st.none() | TEXTS, st.sampled_from([None, "ASC", "DESC"]))
def test_pages(limit: int, offset: int, order_by: str | None, direction: Any) -> None:
    """A page is asked for as it is described, and no order unless one is wanted."""
    page = PaginationParams(limit=limit, offset=offset, order_by=order_by, order_by_direction=direction)
    request = sent(r".*/api/v2/jobs$", LISTED, lambda sdk: sdk.get_jobs(pagination_params=page))
    ordering = {"order_by": order_by, "order_by_direction": direction}
    expected = {name: value for name, value in ordering.items() if value is not None}
    assert decoded("listJobs", request) == expected | {"limit": limit, "offset": offset}


NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
VARIABLES = st.dictionaries(
    TEXTS,
    NUMBERS | TEXTS | st.lists(NUMBERS, max_size=4) | st.dictionaries(TEXTS, st.integers(0, 99), max_size=3),
    max_size=4,
)
JOBS = st.fixed_dictionaries({"runs": st.integers(1, 10**6)}, optional={"variables": VARIABLES})


@given(st.lists(JOBS, min_size=1, max_size=40), st.text(st.characters(exclude_categories=["Cs"]), max_size=2000))
def test_job_payloads(jobs: list[Any], sequence: str) -> None:
    """Jobs and sequences arrive as they were given, compressed or not."""
    arrived = body_of(sent(r".*/api/v1/batches$", created(), lambda sdk: sdk.create_batch(sequence, jobs)))
    assert arrived["jobs"] == jobs
    assert arrived["sequence_builder"] == sequence


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1.0, float("nan")], {"q0": float("nan")}])
def test_no_number_is_refused(value: Any) -> None:
    """What JSON can't say is never sent."""
    with respx.mock(assert_all_called=False) as mock:
        with pytest.raises(ValueError, match="finite number"):
            sdk().create_batch("{}", [{"runs": 1, "variables": {"omega": value}}])
        assert not mock.calls
