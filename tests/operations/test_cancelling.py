"""Cancelling many batches or jobs, and repeating some: what is meant is done, and never more."""

import json
from itertools import chain
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest

from pasqal_cloud import (
    BatchCancellingError,
    CancelJobFilters,
    JobCancellingError,
    JobStatus,
    NotFoundError,
    RebatchError,
    RebatchFilters,
    ValidationError,
)


def test_many_batches_are_cancelled_in_pieces(colour: Any, cloud: Any, sdk: Any) -> None:
    """250 ids, as texts or UUIDs, are three requests; what came of them is put together."""

    def answer(request: httpx.Request) -> httpx.Response:
        first, *others = json.loads(request.content)["batch_ids"]
        batches = [{"id": batch_id, "status": "CANCELED"} for batch_id in others]
        return cloud.ok({"batches": batches, "errors": {first: "It is too late."}})

    route = cloud.on("PATCH", "/v1/batches/cancel").mock(side_effect=answer)
    ids = [cloud.ident(number) for number in range(250)]
    cancelled = colour.call(sdk.cancel_batches(UUID(batch_id) for batch_id in ids))
    sent = [json.loads(call.request.content)["batch_ids"] for call in route.calls]
    assert [len(piece) for piece in sent] == [100, 100, 50]
    assert [*chain(*sent)] == ids
    assert cancelled.errors == {ids[first]: "It is too late." for first in (0, 100, 200)}
    assert [batch.id for batch in cancelled.batches] == [
        batch_id for batch_id in ids if batch_id not in cancelled.errors
    ]
    assert {batch.status for batch in cancelled.batches} == {"CANCELED"}


@pytest.mark.parametrize("errors", [{}, {"errors": None}], ids=["without", "null"])
def test_no_reasons_are_no_errors(colour: Any, cloud: Any, sdk: Any, errors: Any) -> None:
    """Where the service leaves them out."""
    cloud.on("PATCH", "/v1/batches/cancel").mock(return_value=cloud.ok({"batches": [], **errors}))
    cloud.on("PATCH", "/v2/batches/{}/cancel/jobs").mock(return_value=cloud.ok({"jobs": [], **errors}))
    assert colour.call(sdk.cancel_batches([cloud.ident()])).errors == {}
    cancelled = colour.call(sdk.cancel_jobs(cloud.batch_id, CancelJobFilters(status="PENDING")))
    assert (cancelled.jobs, cancelled.errors) == ([], {})


@pytest.mark.parametrize("ids", [[], (), "22222222-2222-4333-8444-000000000000", None, 5, ["latest"], [None]], ids=repr)
def test_batches_that_are_none_are_not_cancelled(colour: Any, cloud: Any, sdk: Any, ids: Any) -> None:
    """Neither an empty list nor a single id, which is a text of many letters, is sent."""
    error = colour.attempt(BatchCancellingError, lambda: sdk.cancel_batches(ids))
    assert isinstance(error, ValidationError)
    assert cloud.sent == []


def test_jobs_are_cancelled_in_pieces(colour: Any, cloud: Any, sdk: Any) -> None:
    """Each piece has all other filters too; what came of them is put together."""

    def answer(request: httpx.Request) -> httpx.Response:
        first, *others = parse_qs(request.url.query.decode())["id"]
        jobs = [{"id": job_id, "status": "CANCELED"} for job_id in others]
        return cloud.ok({"jobs": jobs, "errors": {first: "It is too late."}})

    route = cloud.on("PATCH", "/v2/batches/{}/cancel/jobs").mock(side_effect=answer)
    ids = [cloud.ident(number) for number in range(250)]
    cancelled = colour.call(sdk.cancel_jobs(cloud.batch_id, CancelJobFilters(id=ids, status=JobStatus.PENDING)))
    queries = [parse_qs(call.request.url.query.decode()) for call in route.calls]
    assert [job_id for query in queries for job_id in query["id"]] == ids
    assert [(len(query["id"]), query["status"]) for query in queries] == [(n, ["PENDING"]) for n in (100, 100, 50)]
    assert set(cancelled.errors) == {ids[0], ids[100], ids[200]}
    assert len(cancelled.jobs) == 247


@pytest.mark.parametrize("filters", [None, CancelJobFilters(), CancelJobFilters(id=None)], ids=["None", "none", "null"])
def test_all_jobs_are_not_cancelled_by_mistake(colour: Any, cloud: Any, sdk: Any, filters: Any) -> None:
    """No filter would be all jobs: the sentence says how to do that."""
    error = colour.attempt(JobCancellingError, lambda: sdk.cancel_jobs(cloud.batch_id, filters))
    assert isinstance(error, ValidationError)
    assert "cancel_batch" in str(error)
    assert cloud.sent == []


def test_a_failure_is_of_the_operation(colour: Any, cloud: Any, sdk: Any) -> None:
    """And of its cause."""
    cloud.on("PATCH", "/v1/batches/cancel").mock(return_value=cloud.refused(404))
    cloud.on("PATCH", "/v2/batches/{}/cancel/jobs").mock(return_value=cloud.refused(404))
    for kind, cancel in (
        (BatchCancellingError, lambda: sdk.cancel_batches([cloud.ident()])),
        (JobCancellingError, lambda: sdk.cancel_jobs(cloud.batch_id, CancelJobFilters(status="PENDING"))),
    ):
        assert isinstance(colour.attempt(kind, cancel), NotFoundError)


def test_jobs_are_repeated_by_what_they_are(colour: Any, cloud: Any, sdk: Any) -> None:
    """One request, with the filters; the new batch knows the one that it repeats."""
    route = cloud.on("POST", "/v1/batches/{}/rebatch").mock(
        return_value=cloud.ok({"id": cloud.ident(9), "status": "PENDING", "parent_id": cloud.batch_id})
    )
    again = colour.call(sdk.rebatch(UUID(cloud.batch_id), RebatchFilters(status=["ERROR", JobStatus.CANCELED])))
    assert (again.id, again.parent_id) == (cloud.ident(9), cloud.batch_id)
    assert parse_qs(route.calls.last.request.url.query.decode()) == {"status": ["ERROR", "CANCELED"]}


def test_more_jobs_than_fit_are_not_repeated(colour: Any, cloud: Any, sdk: Any) -> None:
    """In pieces, they would be several batches, which nobody asked for."""
    filters = RebatchFilters(id=[cloud.ident(number) for number in range(101)])
    error = colour.attempt(RebatchError, lambda: sdk.rebatch(cloud.batch_id, filters))
    assert isinstance(error, ValidationError)
    assert "100 ids" in str(error)
    assert cloud.sent == []
