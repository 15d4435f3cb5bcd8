"""The generated client: what goes on the wire, and what is kept of the answers."""

import asyncio
import inspect
import json
import pkgutil
from datetime import UTC, datetime
from importlib import import_module
from typing import get_args, get_type_hints
from urllib.parse import parse_qsl
from uuid import UUID

import httpx
import pytest

import pasqal_cloud_api.api
import pasqal_cloud_api.client
from pasqal_cloud_api import Client, models
from pasqal_cloud_api.api.batches import add_jobs, get_batch, list_batches, set_batch_tags
from pasqal_cloud_api.models import Batch, CreateJob, ErrorResponse, Job, TokenError, Variables

BASE = "https://service.example"
BATCH = UUID("06567b21-f236-4834-9d1d-c23bb9cbe563")


class Wire:
    """A service that answers everything with one document and remembers the requests."""

    def __init__(self, answer, status=200):
        self.requests = []
        self.answer = answer
        self.status = status

    def __call__(self, request):
        self.requests.append(request)
        return httpx.Response(self.status, json=self.answer)

    def client(self):
        return Client(base_url=BASE).set_httpx_client(httpx.Client(base_url=BASE, transport=httpx.MockTransport(self)))

    def async_client(self):
        return Client(base_url=BASE).set_async_httpx_client(
            httpx.AsyncClient(base_url=BASE, transport=httpx.MockTransport(self))
        )


def endpoint(operation):
    """The generated module of an operation."""
    return import_module(f"pasqal_cloud_api.api.{operation.module}")


def arguments(operation, body):
    """Keyword arguments for an operation: the examples of its path's parameters, and a body read by its model."""
    given = {p["name"]: p["example"] for p in operation.parameters if p["in"] == "path"}
    if body is not None:
        names = {name: getattr(models, name) for name in models.__all__} | vars(pasqal_cloud_api.client)
        kind = get_type_hints(endpoint(operation).request, localns=names)["body"]
        (item,) = get_args(kind) or (None,)
        if item is None:
            given["body"] = kind.from_dict(body)
        else:
            given["body"] = [item.from_dict(part) if hasattr(item, "from_dict") else part for part in body]
    return given


def sent(operation, request):
    """The body on the wire; None without one."""
    if operation.body_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(request.content.decode()))
    return json.loads(request.content) if request.content else None


def test_one_module_per_operation(operation):
    """Every operation has a module with a blocking and an awaitable function of the same parameters."""
    module = endpoint(operation)
    assert inspect.iscoroutinefunction(module.asyncio_detailed)
    assert not inspect.iscoroutinefunction(module.sync_detailed)
    blocking, awaitable = inspect.signature(module.sync_detailed), inspect.signature(module.asyncio_detailed)
    assert blocking == awaitable
    for parameter in operation.parameters:
        name = parameter["name"].lower().replace("__", "_").replace("-", "_")
        assert name in {given.removesuffix("_") for given in blocking.parameters}


def test_no_other_modules(operations):
    """There is nothing in the generated package beyond the spec's operations."""
    prefix = "pasqal_cloud_api.api."
    found = pkgutil.walk_packages(pasqal_cloud_api.api.__path__, prefix)
    assert {module.name for module in found if not module.ispkg} == {prefix + op.module for op in operations}


@pytest.mark.parametrize("colour", ["blocking", "awaiting"])
def test_examples_pass_through(operation, examples, colour):
    """The examples of every operation leave and arrive unchanged: its body on the wire, its answer in the model."""
    bodies = examples(operation.body) if operation.body else [None]
    answers = examples(operation.answer("200"))
    for index in range(max(len(bodies), len(answers))):
        body, answer = bodies[index % len(bodies)], answers[index % len(answers)]
        wire = Wire(answer)
        module = endpoint(operation)
        if colour == "blocking":
            response = module.sync_detailed(client=wire.client(), **arguments(operation, body))
        else:
            response = asyncio.run(module.asyncio_detailed(client=wire.async_client(), **arguments(operation, body)))
        assert response.status_code == 200
        assert response.parsed.to_dict() == answer
        (request,) = wire.requests
        assert request.method.lower() == operation.method
        path = operation.path
        for parameter in operation.parameters:
            path = path.replace(f"{{{parameter['name']}}}", str(parameter["example"]))
        assert request.url.path == path
        assert sent(operation, request) == body


def test_errors_are_read(operation, examples):
    """The examples of errors are read as such, by every operation."""
    bodies = examples(operation.body) if operation.body else [None]
    for range_, status in (("4XX", 422), ("5XX", 500)):
        for answer in examples(operation.answer(range_)):
            wire = Wire(answer, status)
            response = endpoint(operation).sync_detailed(client=wire.client(), **arguments(operation, bodies[0]))
            assert isinstance(response.parsed, TokenError if operation.id == "createToken" else ErrorResponse)
            assert response.parsed.to_dict() == answer


@pytest.mark.parametrize(("model", "name"), [(Batch, "Batch"), (Job, "Job")])
class TestLeniency:
    """What the service may send one day is neither refused nor lost."""

    def test_unknown_status(self, model, name):
        """A status that is not known yet is kept."""
        assert model.from_dict({"id": "1", "status": "TELEPORTED"}).status == "TELEPORTED"

    def test_unknown_field(self, model, name):
        """A field that is not known yet is kept, and given back."""
        data = {"id": "1", "status": "DONE", "novelty": {"answer": [42]}}
        read = model.from_dict(data)
        assert read.additional_properties == {"novelty": {"answer": [42]}}
        assert read.to_dict() == data

    def test_null(self, model, name, spec):
        """Every field but `id` and `status` may be null, and then stays so."""
        fields = spec["components"]["schemas"][name]["properties"]
        data = dict.fromkeys(fields, None) | {"id": "1", "status": "DONE"}
        assert model.from_dict(data).to_dict() == data

    def test_absent(self, model, name):
        """Every field but `id` and `status` may be absent, and then stays so."""
        data = {"id": "1", "status": "DONE"}
        assert model.from_dict(data).to_dict() == data


def test_timestamps_are_strings():
    """Instants are kept as they came: naive ones and seconds since 1970 have been seen."""
    data = {"id": "1", "status": "DONE", "created_at": "2021-11-10T15:24:38.172109", "start_timestamp": "1636558026.69"}
    assert Job.from_dict(data).to_dict() == data


def test_every_filter_on_the_wire():
    """Arrays repeat their key, ids and instants are written in full, and what is not given is not sent."""
    wire = Wire({"data": []})
    list_batches.sync_detailed(
        client=wire.client(),
        id=[BATCH, UUID(int=1)],
        id_starts_with="0656",
        project_id=[UUID(int=2)],
        user_id=["user-1", "user-2"],
        device_type=["EMU_FREE", "NOT_KNOWN_YET"],
        status=["PENDING", "RUNNING"],
        open_=False,
        complete=True,
        min_jobs=1,
        max_jobs=20,
        start_date=datetime(2026, 3, 24, tzinfo=UTC),
        end_date=datetime(2026, 3, 25, 12, 30, 0, 250000, tzinfo=UTC),
        queue_priority=["FREE"],
        tag="calibration & more",
        order_by="created_at",
        order_by_direction="ASC",
        limit=50,
        offset=100,
    )
    (request,) = wire.requests
    assert sorted(request.url.params.multi_items()) == [
        ("complete", "true"),
        ("device_type", "EMU_FREE"),
        ("device_type", "NOT_KNOWN_YET"),
        ("end_date", "2026-03-25T12:30:00.250000+00:00"),
        ("id", "00000000-0000-0000-0000-000000000001"),
        ("id", "06567b21-f236-4834-9d1d-c23bb9cbe563"),
        ("id__starts_with", "0656"),
        ("limit", "50"),
        ("max_jobs", "20"),
        ("min_jobs", "1"),
        ("offset", "100"),
        ("open", "false"),
        ("order_by", "created_at"),
        ("order_by_direction", "ASC"),
        ("project_id", "00000000-0000-0000-0000-000000000002"),
        ("queue_priority", "FREE"),
        ("start_date", "2026-03-24T00:00:00+00:00"),
        ("status", "PENDING"),
        ("status", "RUNNING"),
        ("tag", "calibration & more"),
        ("user_id", "user-1"),
        ("user_id", "user-2"),
    ]


def test_no_filter_on_the_wire():
    """Without arguments, only the page's bounds are sent."""
    wire = Wire({"data": []})
    list_batches.sync_detailed(client=wire.client())
    assert wire.requests[0].url.params.multi_items() == [("limit", "100"), ("offset", "0")]


def test_added_jobs_on_the_wire():
    """Jobs are added as a bare array, of what was given and nothing else."""
    wire = Wire({"data": {"id": str(BATCH), "status": "PENDING"}})
    jobs = [CreateJob(runs=8, variables=Variables.from_dict({"omega": 3.14, "ts": [200, 500]})), CreateJob()]
    add_jobs.sync_detailed(BATCH, client=wire.client(), body=jobs)
    (request,) = wire.requests
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.content) == [{"runs": 8, "variables": {"omega": 3.14, "ts": [200, 500]}}, {}]


def test_tags_on_the_wire():
    """Tags are replaced by a bare array of strings."""
    wire = Wire({"data": {"id": str(BATCH), "status": "PENDING"}})
    set_batch_tags.sync_detailed(BATCH, client=wire.client(), body=["a", "b"])
    assert json.loads(wire.requests[0].content) == ["a", "b"]


def test_ids_are_quoted():
    """An id can't escape from its place in the path."""
    wire = Wire({"data": {"id": "1", "status": "DONE"}})
    get_batch.sync_detailed("a/../b?c", client=wire.client())
    assert wire.requests[0].url.raw_path == b"/core-fast/api/v2/batches/a%2F..%2Fb%3Fc"
