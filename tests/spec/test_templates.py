"""What the templates of the generated client promise, for every operation and every object of the specification."""

import asyncio
import copy
import pickle
import subprocess
import sys
from datetime import datetime
from importlib import import_module
from inspect import signature
from typing import get_args
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasqal_cloud_api import Client, errors, models
from pasqal_cloud_api.api.batches import cancel_batch, create_batch, get_batch, list_batches
from pasqal_cloud_api.models import Batch, CreateBatch, CreateJob, ErrorResponse, Job, JobProgress, Pagination
from pasqal_cloud_api.types import UNSET

from .conftest import SPEC, resolved

BASE = "https://service.example"
SCHEMAS = SPEC["components"]["schemas"]
OBJECTS = [name for name in models.__all__ if hasattr(getattr(models, name), "from_dict")]
OPEN_SETS = {
    name: set(schema["x-extensible-enum"]) for name, schema in SCHEMAS.items() if "x-extensible-enum" in schema
}
ID = UUID("06567b21-f236-4834-9d1d-c23bb9cbe563")


def module_of(operation):
    """The generated module of an operation."""
    return import_module(f"pasqal_cloud_api.api.{operation.module}")


def client(status, **answer):
    """A client of either colour whose service gives one answer."""

    def transport():
        return httpx.MockTransport(lambda _: httpx.Response(status, **answer))

    made = Client(base_url=BASE).set_httpx_client(httpx.Client(base_url=BASE, transport=transport()))
    return made.set_async_httpx_client(httpx.AsyncClient(base_url=BASE, transport=transport()))


def call(colour, operation, *args, detailed=False, **kwargs):
    """Calls one of the four functions."""
    function = getattr(operation, colour + ("_detailed" if detailed else ""))
    return asyncio.run(function(*args, **kwargs)) if colour == "asyncio" else function(*args, **kwargs)


def typed(schema, value):
    """An example as a Python value: ids and instants have types of their own, and arrays hold what they hold."""
    schema = resolved(schema)
    if isinstance(value, list):
        return [typed(schema["items"], item) for item in value]
    return {"uuid": UUID, "date-time": datetime.fromisoformat}.get(schema.get("format"), lambda same: same)(value)


def written(schema, value):
    """An example as it stands in a query; instants there are written in Python's way."""
    value = typed(schema, value)
    if isinstance(value, list):
        return [str(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


def test_request(operation, examples):
    """The request is what the specification says, with every parameter given as in its example, or none."""
    request = module_of(operation).request
    names = {name.rstrip("_"): name for name in signature(request).parameters}
    path, query, headers, given_path, given_rest = operation.path, {}, {}, {}, {}
    defaults = {}
    for parameter in operation.parameters:
        name, schema, (value, *_) = parameter["name"], resolved(parameter["schema"]), examples(parameter)
        argument = names[name.lower().replace("-", "_").replace("__", "_")]
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
            given_path[argument] = typed(schema, value)
        elif parameter["in"] == "query":
            query[name] = written(schema, value)
            given_rest[argument] = typed(schema, value)
            if "default" in schema:
                defaults[name] = schema["default"]
        else:
            headers[name] = value
            given_rest[argument] = typed(schema, value)
    expected = {"method": operation.method, "url": path}
    if any(parameter["in"] == "query" for parameter in operation.parameters):
        expected["params"] = query
    body = {}
    if "body" in names:
        ((content_type, media),) = operation.definition["requestBody"]["content"].items()
        (example, *_) = examples(media)
        expected["json" if content_type == "application/json" else "data"] = example
        headers["Content-Type"] = content_type
        body["body"] = read(media["schema"], example)
    if headers or body:
        expected["headers"] = headers
    assert request(**given_path, **given_rest, **body) == expected
    assert request(**given_path, **given_rest, **body) == expected
    if "params" in expected:
        assert request(**given_path, **body)["params"] == defaults


def read(schema, value):
    """A body, read by its class."""
    if isinstance(value, list):
        return [read(schema["items"], item) for item in value]
    if "$ref" not in schema:
        return value
    return getattr(models, schema["$ref"].rsplit("/", 1)[1]).from_dict(value)


def test_parse(operation, examples):
    """A success is read; anything else raises what it was, its body read where that can be done."""
    parse = module_of(operation).parse
    for answer in examples(operation.answer("200")):
        assert parse(httpx.Response(200, json=answer)).to_dict() == answer
    for answer in examples(operation.answer("4XX")):
        with pytest.raises(errors.UnexpectedStatus) as caught:
            parse(httpx.Response(422, json=answer))
        assert caught.value.status_code == 422
        assert caught.value.parsed.to_dict() == answer


@pytest.mark.parametrize("colour", ["sync", "asyncio"])
class TestNoSuccess:
    """What is no success is an error, or an answer like others where the whole answer is asked for."""

    def test_is_raised(self, colour):
        """The error carries what the service said."""
        refused = client(404, json={"status": "fail", "message": "No such batch.", "code": "404"})
        with pytest.raises(errors.UnexpectedStatus, match=r"^404: No such batch\.$") as caught:
            call(colour, get_batch, ID, client=refused)
        assert isinstance(caught.value.parsed, ErrorResponse)
        assert caught.value.message == "No such batch."
        assert b"No such batch." in caught.value.content

    @pytest.mark.parametrize("status", [302, 404, 502, 520, 599, 999])
    def test_is_no_json(self, colour, status):
        """A page of something between here and the service, and a status without a name, are told as they are."""
        page = client(status, text="<html>Bad gateway</html>")
        with pytest.raises(errors.UnexpectedStatus, match=f"^{status}: <html>Bad gateway") as caught:
            call(colour, get_batch, ID, client=page)
        assert (caught.value.status_code, caught.value.parsed, caught.value.message) == (status, None, None)
        answer = call(colour, get_batch, ID, client=page, detailed=True)
        assert (answer.status_code, answer.parsed, answer.content) == (status, None, b"<html>Bad gateway</html>")

    def test_is_raised_where_the_client_says_so(self, colour):
        """A client may raise what the specification does not describe, also where the whole answer is asked for."""
        page = client(520, text="")
        page.raise_on_unexpected_status = True
        with pytest.raises(errors.UnexpectedStatus, match=r"^520$"):
            call(colour, get_batch, ID, client=page, detailed=True)

    def test_another_success(self, colour):
        """A success that the specification does not describe is none to be read."""
        with pytest.raises(errors.UnexpectedStatus) as caught:
            call(colour, get_batch, ID, client=client(202, json={"data": {"id": str(ID), "status": "DONE"}}))
        assert caught.value.parsed is None


@pytest.mark.parametrize("colour", ["sync", "asyncio"])
def test_success(colour):
    """A success is what is returned."""
    answer = {"data": {"id": str(ID), "status": "DONE"}}
    assert call(colour, get_batch, ID, client=client(200, json=answer)).data.status == "DONE"
    assert call(colour, cancel_batch, ID, client=client(200, json=answer), detailed=True).parsed.to_dict() == answer


@pytest.mark.parametrize("name", OBJECTS)
def test_nothing_is_needed(name):
    """An object without any field is read, and is written without any."""
    assert getattr(models, name).from_dict({}).to_dict() == {}


def test_one_missing_field_loses_no_page():
    """An item without a required field reads as None there; the others are as they are."""
    page = models.BatchListResponse.from_dict(
        {"data": [{"id": "1", "status": "DONE"}, {"status": "DONE"}, {"id": "3"}]}
    )
    assert [(batch.id, batch.status) for batch in page.data] == [("1", "DONE"), (None, "DONE"), ("3", None)]
    assert page.pagination is None


def test_null_and_missing():
    """Both read as None in an answer, and are written as they came."""
    job = Job.from_dict({"id": "1", "status": "DONE", "runs": None})
    assert (job.runs, job.sequence) == (None, None)
    assert job.null_fields == {"runs"}
    assert job.to_dict() == {"id": "1", "status": "DONE", "runs": None}
    job.runs = 5
    assert job.to_dict()["runs"] == 5


def test_what_is_sent_tells_null_from_missing():
    """In what is sent, null is a value."""
    assert CreateJob(runs=None).to_dict() == {"runs": None}
    assert CreateJob().to_dict() == {}
    assert CreateJob.from_dict({"runs": None}).sequence is UNSET


def values(schema, depth=0):
    """Values that a schema allows; objects lack some fields, and have one more than the schema names."""
    schema = resolved(schema)
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return st.one_of([values(branch, depth) for branch in schema[key]])
    if "allOf" in schema:
        branches = [values(branch, depth) for branch in schema["allOf"]]
        own = values({"type": "object"} | {key: value for key, value in schema.items() if key != "allOf"}, depth)
        return st.tuples(*branches, own).map(lambda parts: {k: v for part in parts for k, v in part.items()})
    kinds = schema.get("type", "object" if "properties" in schema else None)
    return st.one_of([of_kind(kind, schema, depth) for kind in (kinds if isinstance(kinds, list) else [kinds])])


def of_kind(kind, schema, depth):
    """Values of one JSON type."""
    simple = {
        "null": st.none(),
        "string": st.text(max_size=5),
        "integer": st.integers(),
        "number": st.floats(allow_nan=False),
        "boolean": st.booleans(),
        None: st.sampled_from([None, "x", 5, {"a": [1]}]),
    }
    if kind in simple:
        return simple[kind]
    if kind == "array":
        return st.lists(values(schema.get("items", {}), depth + 1), max_size=2)
    others = schema.get("additionalProperties", True)
    extra = simple[None] if others in (True, {}) else values(others, depth + 1)
    more = st.dictionaries(st.sampled_from(["novelty", "k1"]), extra, max_size=2)
    fields = {name: values(field, depth + 1) for name, field in schema.get("properties", {}).items()}
    return st.tuples(st.fixed_dictionaries({}, optional=fields), more).map(lambda parts: {**parts[1], **parts[0]})


@pytest.mark.parametrize("name", ["Job", "Batch", "JobListResponse", "BatchListResponse"])
@settings(deadline=None, max_examples=50)
@given(data=st.data())
def test_there_and_back(name, data):
    """Whatever the service sends is written as it was read, and can be copied, pickled and compared."""
    value = data.draw(values(SCHEMAS[name]))
    sent = copy.deepcopy(value)
    read = getattr(models, name).from_dict(value)
    assert read.to_dict() == sent
    assert value == sent
    assert read == getattr(models, name).from_dict(sent)
    assert read == pickle.loads(pickle.dumps(read)) == copy.deepcopy(read)
    assert pickle.loads(pickle.dumps(read)).to_dict() == sent


def test_unset_is_one():
    """What is not set stays so in copies."""
    job = pickle.loads(pickle.dumps(copy.deepcopy(CreateJob(runs=5))))
    assert job.sequence is UNSET
    assert job == CreateJob(runs=5)
    assert repr(UNSET) == "UNSET"


def test_equality():
    """Objects are equal when all that they hold is; they have no hash."""
    data = {"id": "1", "status": "DONE"}
    assert JobProgress(status="DONE") == JobProgress.from_dict({"status": "DONE"})
    assert Batch.from_dict(data) == Batch.from_dict(dict(data))
    assert Batch.from_dict(data) != Batch.from_dict(data | {"novelty": 1})
    assert Batch.from_dict(data) != Batch.from_dict(data | {"webhook": None})
    with pytest.raises(TypeError):
        hash(Pagination())


def test_other_fields_are_items():
    """Fields that the specification does not name are read, set and deleted like items."""
    batch = Batch.from_dict({"id": "1", "status": "DONE", "novelty": 1})
    batch["more"] = 2
    assert (batch["novelty"], "more" in batch, batch.additional_keys) == (1, True, ["novelty", "more"])
    del batch["novelty"]
    assert batch.to_dict() == {"id": "1", "status": "DONE", "more": 2}


@pytest.mark.parametrize("name", sorted(OPEN_SETS))
def test_open_sets(name):
    """Each set that the service may extend is a type with the values known."""
    assert set(get_args(getattr(models, name))) == OPEN_SETS[name]


def test_open_sets_on_input():
    """Parameters and fields of bodies offer the known values, and take any other text; reading keeps any."""
    hints = list_batches.request.__annotations__
    assert hints["status"] == "list[BatchStatus | str] | Unset"
    assert hints["device_type"] == "list[DeviceTypeName | str] | Unset"
    assert "DeviceTypeName" in CreateBatch.__annotations__["device_type"]
    assert list_batches.request(status=["TELEPORTED"])["params"]["status"] == ["TELEPORTED"]
    assert create_batch.request(body=CreateBatch(project_id=ID, device_type="NEW"))["json"]["device_type"] == "NEW"
    assert type(Batch.from_dict({"status": "TELEPORTED"}).status) is str


def test_one_operation_is_cheap_to_import():
    """It needs neither httpx nor any class of the specification, and reading one needs only those it is made of."""
    program = """
import sys
from pasqal_cloud_api.api.jobs import get_job
print(sorted(name for name in sys.modules if name.startswith(("httpx", "pasqal_cloud_api.models"))))
from pasqal_cloud_api.models import Variables
print(sorted(name for name in sys.modules if name.startswith("pasqal_cloud_api.models.")))
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["[]", "['pasqal_cloud_api.models.variables']"]


def test_names_of_the_package():
    """Every name that is offered can be imported, and no other."""
    assert {name for name in models.__all__ if not getattr(models, name, None)} == set()
    assert set(models.__all__) <= set(dir(models))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = models.Nothing
    with pytest.raises(ImportError):
        from pasqal_cloud_api import nothing  # noqa: F401
