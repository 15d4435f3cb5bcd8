"""What surrounds data and errors, and how requests are read, whatever the operation."""

from __future__ import annotations

import gzip
import json
from operator import attrgetter

import pytest

from .client import OPERATIONS, UNKNOWN, check_envelope

BODIES = {"addJobs": [{"runs": 1}], "setBatchTags": ["a"]}
id_of = attrgetter("id")


def having(placeholder):
    """The operations whose paths have a placeholder."""
    return [operation for operation in OPERATIONS.values() if placeholder in operation.path]


@pytest.mark.parametrize("operation", having("{"), ids=id_of)
def test_unknown_id(api, operation):
    """What does not exist, or is another's, is not found, and the answer is in the envelope."""
    path = {"batch_id": UNKNOWN, "job_id": UNKNOWN, "workload_id": UNKNOWN, "device_type": "NOWHERE"}
    response = api.send(operation.id, body=BODIES.get(operation.id), **path)
    assert response.status_code == 404
    assert isinstance(response.json()["data"]["description"], str)


@pytest.mark.parametrize("operation", having("_id}"), ids=id_of)
@pytest.mark.parametrize("malformed", ["1", "not-a-uuid", UNKNOWN + "0", UNKNOWN.replace("-", ""), "{" + UNKNOWN + "}"])
def test_malformed_id(api, operation, malformed):
    """An id in a path that is no hyphenated UUID is refused with its place."""
    path = dict.fromkeys(("batch_id", "job_id", "workload_id"), malformed.replace("{", "%7B").replace("}", "%7D"))
    (issue,) = api.refused(operation.id, 422, body=BODIES.get(operation.id), **path)
    start, name = issue["loc"]
    assert start == "path"
    assert f"{{{name}}}" in operation.path


def test_undocumented_method(api, operation):
    """A method that a path does not have is refused with 405, and `Allow` says which it has."""
    path = operation.path.format(batch_id=UNKNOWN, job_id=UNKNOWN, workload_id=UNKNOWN, device_type="EMU_FREE")
    response = api.http.request("DELETE", path, headers={"Authorization": f"Bearer {api.token}"})
    assert response.status_code == 405
    check_envelope(response.json(), 405, is_account=operation.is_account)
    assert operation.method.upper() in response.headers["Allow"].replace(" ", "").split(",")
    assert "DELETE" not in response.headers["Allow"]


def test_unknown_path(api):
    """A path that the API does not have is not found."""
    for path in ("/core-fast/api/v1/nothing", "/account/api/v1/nothing", "/core-fast/api/v2/batches/a/b/c/d"):
        response = api.http.get(path, headers={"Authorization": f"Bearer {api.token}"})
        assert response.status_code == 404
        assert response.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("body", [b"", b"{", b"nonsense", b"\xff\xfe\x00", b"[]", b"null", b"7", b'"{}"'])
def test_bodies_that_are_no_object(api, body):
    """A body that is not JSON, or not an object, is refused with its place."""
    for operation_id in ("createBatch", "cancelBatches", "createWorkload", "createOvhBatch"):
        issues = api.refused(operation_id, 422, body=body)
        assert issues[0]["loc"][0] == "body"


@pytest.mark.parametrize("operation_id", ["addJobs", "setBatchTags"])
def test_bodies_that_are_no_array(api, held, operation_id):
    """A body that should be a bare array, and is none, is refused with its place."""
    for body in (b"", b"{", b"{}", b"null", b'{"jobs": []}'):
        issues = api.refused(operation_id, 422, batch_id=held["id"], body=body)
        assert issues[0]["loc"][0] == "body"


def test_gzip(api, held, parametrized):
    """Bodies may be compressed where batches and jobs are created."""
    packed = {"Content-Encoding": "gzip"}
    body = gzip.compress(
        json.dumps(api.batch(parametrized, {"runs": 2, "variables": {"omega": 1.0}}, open=True)).encode()
    )
    batch = api.get("createBatch", body=body, headers=packed)
    body = gzip.compress(json.dumps([{"runs": 3, "variables": {"omega": 2.0}}]).encode())
    batch = api.get("addJobs", batch_id=batch["id"], body=body, headers=packed)
    assert [job["runs"] for job in batch["jobs"]] == [2, 3]
    api.get("cancelBatch", batch_id=batch["id"])


@pytest.mark.parametrize("body", [b"{}", b"", gzip.compress(b"{}", mtime=0)[:-4], b"\x1f\x8b garbage"])
def test_bad_gzip(api, body):
    """A body that says that it is compressed and is not is refused."""
    assert isinstance(api.refused("createBatch", 400, body=body, headers={"Content-Encoding": "gzip"}), str)


def test_bomb(api):
    """A small body that unpacks to a huge one is refused."""
    bomb = gzip.compress(b"[" + b" " * 100_000_000 + b"]", compresslevel=1)
    assert isinstance(api.refused("createBatch", 413, body=bomb, headers={"Content-Encoding": "gzip"}), str)


@pytest.mark.parametrize("word", ["true", "True", "TRUE", "false", "False"])
def test_booleans(api, word):
    """Booleans in a query are read in any case."""
    api.get("listBatches", query={"open": word})
    api.get("listDevices", query={"public": word})


@pytest.mark.parametrize(
    ("operation_id", "query", "place"),
    [
        ("listBatches", {"open": "perhaps"}, "open"),
        ("listBatches", {"open": ""}, "open"),
        ("listBatches", {"min_jobs": "many"}, "min_jobs"),
        ("listBatches", {"min_jobs": "1.5"}, "min_jobs"),
        ("listBatches", {"limit": "0"}, "limit"),
        ("listBatches", {"limit": "101"}, "limit"),
        ("listBatches", {"limit": "-1"}, "limit"),
        ("listBatches", {"limit": "ten"}, "limit"),
        ("listBatches", {"offset": "-1"}, "offset"),
        ("listBatches", {"offset": "--1"}, "offset"),
        ("listBatches", {"offset": "9" * 5000}, "offset"),
        ("listBatches", {"min_jobs": str(2**63)}, "min_jobs"),
        ("listJobs", {"limit": "0"}, "limit"),
        ("listJobs", {"limit": "101"}, "limit"),
        ("listJobs", {"offset": "x"}, "offset"),
        ("listWorkloads", {"limit": "0"}, "limit"),
        ("listDevices", {"limit": "101"}, "limit"),
        ("listProjects", {"limit": "101"}, "limit"),
        ("listOvhJobs", {"limit": "101"}, "limit"),
        ("listBatches", {"id": "not-a-uuid"}, "id"),
        ("listBatches", {"id": [UNKNOWN, "not-a-uuid"]}, "id"),
        ("listJobs", {"batch_id": "x"}, "batch_id"),
        ("listJobs", {"project_id": "x"}, "project_id"),
        ("listBatches", {"order_by_direction": "UP"}, "order_by_direction"),
        ("listBatches", {"order_by": "nothing_of_that_name"}, "order_by"),
        ("listJobs", {"order_by": "nothing_of_that_name"}, "order_by"),
        ("listBatches", {"start_date": "yesterday"}, "start_date"),
        ("listBatches", {"end_date": "2026-13-01T00:00:00"}, "end_date"),
        ("listJobs", {"errors": "2"}, "errors"),
        ("listDevices", {"public": "perhaps"}, "public"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_malformed_queries(api, operation_id, query, place):
    """What does not fit a parameter is refused, with the parameter as the place."""
    issues = api.refused(operation_id, 422, query=query)
    assert [issue["loc"][:2] for issue in issues] == [["query", place]]


@pytest.mark.parametrize(
    "instant",
    [
        "2023-01-01T00:00:00",
        "2023-01-01T00:00:00.123456",
        "2023-01-01T00:00:00Z",
        "2023-01-01T00:00:00+00:00",
        "2023-01-01T02:00:00.5+02:00",
    ],
)
def test_instants(api, instant):
    """Date-times are read with a zone or without, as Python writes them."""
    for operation_id in ("listBatches", "listJobs", "listWorkloads"):
        api.get(operation_id, query={"start_date": instant})
        assert api.get(operation_id, query={"end_date": instant}) == []


def test_unknown_query_parameters(api):
    """A parameter that the description does not have filters nothing."""
    api.get("listBatches", query={"novelty": "1"})


def test_extreme_numbers(api):
    """The smallest and the largest numbers of 64 bits are numbers."""
    for extreme in (-(2**63), 2**63 - 1):
        api.get("listBatches", query={"min_jobs": extreme, "max_jobs": extreme})
        api.get("listJobs", query={"min_runs": extreme, "max_runs": extreme})


def test_limits(api):
    """Pages of one item and of a hundred may be asked for."""
    for limit in (1, 100):
        for operation_id in ("listBatches", "listJobs", "listWorkloads", "listDevices", "listProjects", "listOvhJobs"):
            assert len(api.get(operation_id, query={"limit": limit})) <= limit
