"""The comparison of two versions of the spec: each kind of change is found, and needs the right version."""

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RELEASED = ROOT / "spec" / "released" / "1.0.0.yaml"

_found = importlib.util.spec_from_file_location("spec_diff", ROOT / "scripts" / "spec_diff.py")
spec_diff = importlib.util.module_from_spec(_found)
sys.modules["spec_diff"] = spec_diff
_found.loader.exec_module(spec_diff)
Level = spec_diff.Level

Spec = dict[str, Any]
Change = Callable[[Spec], object]


@pytest.fixture(scope="module")
def copy() -> Callable[[], Spec]:
    """A function that returns a copy of the first released document, in which no two places share an object."""
    text = json.dumps(spec_diff.read(RELEASED), default=str)
    return lambda: json.loads(text)


def schema(spec: Spec, name: str) -> Spec:
    """The schema of a name."""
    return spec["components"]["schemas"][name]


def field(spec: Spec, place: str) -> Spec:
    """The property at `Schema.property`."""
    name, key = place.split(".")
    return schema(spec, name)["properties"][key]


def parameter(spec: Spec, name: str) -> Spec:
    """The parameter component of a name."""
    return spec["components"]["parameters"][name]


def operation(spec: Spec, wanted: str) -> Spec:
    """The operation of an id."""
    found = [
        inner
        for item in spec["paths"].values()
        for inner in item.values()
        if isinstance(inner, dict) and inner.get("operationId") == wanted
    ]
    return found[0]


def require(name: str, key: str) -> Change:
    """A change that makes a property required."""
    return lambda spec: schema(spec, name).setdefault("required", []).append(key)


def forget(name: str, key: str) -> Change:
    """A change that removes a property."""
    return lambda spec: schema(spec, name)["properties"].pop(key)


def put(place: str, **words: Any) -> Change:
    """A change that sets keywords of the property at `Schema.property`."""
    return lambda spec: field(spec, place).update(words)


def rename(content: Spec, old: str, new: str) -> None:
    """Gives what is under one key another."""
    content[new] = content.pop(old)


def rename_schema(spec: Spec, old: str, new: str) -> None:
    """Renames a schema together with all references to it."""
    text = json.dumps(spec).replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
    spec.clear()
    spec.update(json.loads(text))
    rename(spec["components"]["schemas"], old, new)


def with_callback(spec: Spec) -> None:
    """Gives createBatch a webhook, whose body is a job."""
    body = {"content": {"application/json": {"schema": {"type": "object", "properties": {"id": {"type": "string"}}}}}}
    answer = {"200": {"description": "Understood."}}
    called = {"{$request.body#/webhook}": {"post": {"requestBody": body, "responses": answer}}}
    operation(spec, "createBatch")["callbacks"] = {"jobEnded": called}


def called_body(spec: Spec) -> Spec:
    """The schema of what the webhook of `with_callback` sends."""
    called = operation(spec, "createBatch")["callbacks"]["jobEnded"]["{$request.body#/webhook}"]
    return called["post"]["requestBody"]["content"]["application/json"]["schema"]


@dataclass
class Case:
    """A change of the released document, what it needs, and the line that tells of it."""

    change: Change
    level: Any
    line: str
    before: Change = lambda spec: None

    @property
    def id(self) -> str:
        return self.line.replace("/", "-")


def case(level: Any, line: str, change: Change, **more: Change) -> Case:
    """A case, in the order that reads best in a table."""
    return Case(change, level, line, **more)


MAJOR, MINOR, PATCH = Level.MAJOR, Level.MINOR, Level.PATCH
BATCHES = "/api/v1/batches"
REFUSED = {"$ref": "#/components/responses/Refused"}
ETAG = {"ETag": {"schema": {"type": "string"}}}
LATER = {"name": "later", "in": "query", "schema": {"type": "string"}}
NEW_SCHEMES = {"flows": {"clientCredentials": {"tokenUrl": "https://a.example/token", "scopes": {}}}, "type": "oauth2"}

OPERATIONS = [
    case(MAJOR, "createBatch: POST /api/v1/batches is gone", lambda s: s["paths"][BATCHES].pop("post")),
    case(MAJOR, "createBatch: the operation id is now submitBatch",
         lambda s: operation(s, "createBatch").update(operationId="submitBatch")),
    case(MAJOR, "createBatch: moved from POST /api/v1/batches to POST /core-fast/api/v1/batches",
         lambda s: rename(s["paths"], BATCHES, "/core-fast" + BATCHES)),
    case(MAJOR, "setBatchTags: moved from PATCH /api/v1/batches/{batch_id}/tags to PUT /api/v1/batches/{batch_id}/tags",
         lambda s: rename(s["paths"]["/api/v1/batches/{batch_id}/tags"], "patch", "put")),
    case(MINOR, "putBatch: PUT /api/v1/batches is new",
         lambda s: s["paths"][BATCHES].update(put={"operationId": "putBatch", "responses": {}})),
    case(MAJOR, "getBatch: the first tag is jobs instead of batches",
         lambda s: operation(s, "getBatch").update(tags=["jobs", "batches"])),
    case(MINOR, "getBatch: deprecated", lambda s: operation(s, "getBatch").update(deprecated=True)),
    case(MAJOR, "getBatch body: new and required",
         lambda s: operation(s, "getBatch").update(requestBody={"required": True, "content": {}})),
    case(MINOR, "getBatch body: new", lambda s: operation(s, "getBatch").update(requestBody={"content": {}})),
    case(MAJOR, "createBatch body: gone", lambda s: operation(s, "createBatch").pop("requestBody")),
    case(MAJOR, "createBatch body: required now (in requests)",
         lambda s: operation(s, "createBatch")["requestBody"].update(required=True),
         before=lambda s: operation(s, "createBatch")["requestBody"].update(required=False)),
    case(MAJOR, "createBatch body: application/json is gone",
         lambda s: rename(operation(s, "createBatch")["requestBody"]["content"], "application/json", "text/plain")),
    case(MINOR, "createBatch body: text/plain is new",
         lambda s: operation(s, "createBatch")["requestBody"]["content"].update({"text/plain": {}})),
]  # fmt: skip

ANSWERS = [
    case(MAJOR, "getBatch answer 200: application/json is gone",
         lambda s: operation(s, "getBatch")["responses"]["200"].pop("content")),
    case(MAJOR, "getBatch answer 4XX: gone", lambda s: operation(s, "getBatch")["responses"].pop("4XX")),
    case(MAJOR, "getBatch answer 202: new",
         lambda s: operation(s, "getBatch")["responses"].update({"202": {"description": "Later."}})),
    case(MINOR, "getBatch answer 404: new",
         lambda s: operation(s, "getBatch")["responses"].update({"404": REFUSED})),
    case(MAJOR, "getBatch answer 404: application/json is gone",
         lambda s: operation(s, "getBatch")["responses"].update({"404": {"description": "No body."}})),
    case(MAJOR, "getBatch answer 404: no longer told from others",
         lambda s: operation(s, "getBatch")["responses"].pop("404"),
         before=lambda s: operation(s, "getBatch")["responses"].update({"404": REFUSED})),
    case(MAJOR, "listBatches answer 200: the header Content-Range is gone",
         lambda s: operation(s, "listBatches")["responses"]["200"].pop("headers")),
    case(MINOR, "getBatch answer 200: the header ETag is new",
         lambda s: operation(s, "getBatch")["responses"]["200"].update(headers=ETAG)),
    case(MINOR, "createBatch callback jobEnded: new", with_callback),
    case(MAJOR, "createBatch callback jobEnded: gone",
         lambda s: operation(s, "createBatch").pop("callbacks"), before=with_callback),
    case(MINOR, "createBatch callback jobEnded body.id: required now (in answers)",
         lambda s: called_body(s).update(required=["id"]), before=with_callback),
    case(MAJOR, "createBatch callback jobEnded body.id: may be null now (in answers)",
         lambda s: called_body(s)["properties"]["id"].update(type=["string", "null"]), before=with_callback),
]  # fmt: skip

PARAMETERS = [
    case(MINOR, "getBatch query parameter later: new", lambda s: operation(s, "getBatch").update(parameters=[LATER])),
    case(MAJOR, "getBatch query parameter later: new and required",
         lambda s: operation(s, "getBatch").update(parameters=[LATER | {"required": True}])),
    case(MAJOR, "listBatches query parameter limit: gone",
         lambda s: operation(s, "listBatches")["parameters"].remove({"$ref": "#/components/parameters/Limit"})),
    case(MAJOR, "listBatches query parameter limit: required now (in requests)",
         lambda s: parameter(s, "Limit").update(required=True)),
    case(MINOR, "listBatches query parameter limit: deprecated",
         lambda s: parameter(s, "Limit").update(deprecated=True)),
    case(MAJOR, "listBatches query parameter id: explode is false instead of true",
         lambda s: parameter(s, "Ids").update(explode=False)),
    case(MAJOR, 'listBatches query parameter id: style is "spaceDelimited" instead of "form"',
         lambda s: parameter(s, "Ids").update(style="spaceDelimited", explode=True)),
    case(MAJOR, "listBatches query parameter limit: may no longer be integer (in requests)",
         lambda s: parameter(s, "Limit")["schema"].update(type="string")),
    case(MINOR, "listBatches query parameter limit: may be number now (in requests)",
         lambda s: parameter(s, "Limit")["schema"].update(type="number")),
    case(MAJOR, "listBatches query parameter limit: maximum is 50 instead of 100 (in requests)",
         lambda s: parameter(s, "Limit")["schema"].update(maximum=50)),
    case(MINOR, "listBatches query parameter limit: maximum is gone instead of 100 (in requests)",
         lambda s: parameter(s, "Limit")["schema"].pop("maximum")),
    case(MAJOR, "listBatches query parameter limit: the default is 10 instead of 100 (in requests)",
         lambda s: parameter(s, "Limit")["schema"].update(default=10)),
    case(MAJOR, "listBatches query parameter id[]: the format is None instead of uuid (in requests)",
         lambda s: parameter(s, "Ids")["schema"]["items"].pop("format")),
]  # fmt: skip

SCHEMAS = [
    # The same change in what clients send, and in what they read.
    case(MAJOR, "CreateJob.variables: required now (in requests)", require("CreateJob", "variables")),
    case(MINOR, "Batch.open: required now (in answers)", require("Batch", "open")),
    case(MINOR, "CreateWorkload.config: no longer required (in requests)",
         lambda s: schema(s, "CreateWorkload")["required"].remove("config")),
    case(MAJOR, "Batch.status: no longer required (in answers)", lambda s: schema(s, "Batch").update(required=["id"])),
    case(MINOR, "CreateBatchCommon.open: may be null now (in requests)",
         put("CreateBatchCommon.open", type=["boolean", "null"])),
    case(MAJOR, "Batch.id: may be null now (in answers)", put("Batch.id", type=["string", "null"])),
    case(MAJOR, "CreateJob.runs: may no longer be null (in requests)", put("CreateJob.runs", type="integer")),
    case(MINOR, "Batch.open: may no longer be null (in answers)", put("Batch.open", type="boolean")),
    case(MAJOR, "CreateJob.runs: may no longer be integer (in requests)",
         put("CreateJob.runs", type=["string", "null"])),
    case(MAJOR, "Batch.open: may be string now (in answers)", put("Batch.open", type=["string", "null"])),
    case(MAJOR, "CreateBatchCommon.tags: gone (in requests)", forget("CreateBatchCommon", "tags")),
    case(MAJOR, "Batch.open: gone (in answers)", forget("Batch", "open")),
    case(MINOR, "CreateJob.later: new (in requests)",
         lambda s: schema(s, "CreateJob")["properties"].update(later={"type": "string"})),
    case(MAJOR, "CreateJob.later: required now (in requests)",
         lambda s: schema(s, "CreateJob").update(
             properties=schema(s, "CreateJob")["properties"] | {"later": {}}, required=["later"])),
    case(MINOR, "Batch.later: new (in answers)",
         lambda s: schema(s, "Batch")["properties"].update(later={"type": "string"})),
    case(MAJOR, 'SortDirection: the value "DESC" is gone (in requests)',
         lambda s: schema(s, "SortDirection").update(enum=["ASC"])),
    case(MINOR, 'SortDirection: the value "NONE" is new (in requests)',
         lambda s: schema(s, "SortDirection")["enum"].append("NONE")),
    case(MINOR, 'Batch.id: the value "b" is gone (in answers)', put("Batch.id", enum=["a"]),
         before=put("Batch.id", enum=["a", "b"])),
    case(MAJOR, 'Batch.id: the value "b" is new (in answers)', put("Batch.id", enum=["a", "b"]),
         before=put("Batch.id", enum=["a"])),
    case(MAJOR, "ListOrder: a set of values that was closed is open (in requests)",
         lambda s: rename(schema(s, "ListOrder"), "enum", "x-extensible-enum")),
    case(MAJOR, "BatchStatus: the set of values is closed (in requests and answers)",
         lambda s: rename(schema(s, "BatchStatus"), "x-extensible-enum", "enum")),
    case(MINOR, 'BatchStatus: the value "LOST" is new in the open set',
         lambda s: schema(s, "BatchStatus")["x-extensible-enum"].append("LOST")),
    case(MINOR, 'BatchStatus: the value "PAUSED" is no longer listed in the open set',
         lambda s: schema(s, "BatchStatus")["x-extensible-enum"].remove("PAUSED")),
    case(MAJOR, "CreateJob: properties that are not listed are refused (in requests)",
         lambda s: schema(s, "CreateJob").update(additionalProperties=False)),
    case(MINOR, "Batch: properties that are not listed are refused (in answers)",
         lambda s: schema(s, "Batch").update(additionalProperties=False)),
    case(MAJOR, "Batch: properties that are not listed are allowed (in answers)",
         lambda s: schema(s, "Batch").update(additionalProperties=True),
         before=lambda s: schema(s, "Batch").update(additionalProperties=False)),
    case(MAJOR, "BitstringCounts.*: may be string now (in answers)",
         lambda s: schema(s, "BitstringCounts").update(additionalProperties={"type": "string"})),
    case(MINOR, "CancelBatches: if is gone (in requests)", lambda s: schema(s, "CancelBatches").pop("if")),
    case(MAJOR, "CancelBatches: then is another (in requests)",
         lambda s: schema(s, "CancelBatches")["then"].update(required=["open"])),
    case(MAJOR, "Batch.created_at: the format is date-time instead of None (in answers)",
         put("Batch.created_at", format="date-time")),
    case(MINOR, "Batch.user_id: deprecated", put("Batch.user_id", deprecated=True)),
    # References, `allOf`, and unions with null or of plain types.
    case(MAJOR, "Envelope.code: may be anything now (in answers)", lambda s: field(s, "Envelope.code").pop("oneOf")),
    case(MAJOR, "Envelope.code: may be number now (in answers)",
         put("Envelope.code", oneOf=[{"type": ["string", "number"]}])),
    case(MINOR, "Envelope.message: required now (in answers)", require("Envelope", "message")),
    case(MINOR, "BatchListResponse.pagination: may no longer be null (in answers)",
         lambda s: schema(s, "BatchListResponse")["allOf"][1]["properties"].update(
             pagination={"$ref": "#/components/schemas/Pagination"})),
    case(MINOR, "Batch.status: deprecated", put("Batch.status", deprecated=True)),
    case(MAJOR, "BatchProgress.status: the set of values is closed (in answers)",
         lambda s: schema(s, "BatchProgress")["properties"].update(
             status={"$ref": "#/components/schemas/BatchStatus", "enum": ["DONE"]})),
    case(MAJOR, "Pagination.total: may be string now (in answers)", put("Pagination.total", type="string")),
    case(MAJOR, "Batch.jobs[]: refers to Workload instead of Job",
         put("Batch.jobs", items={"$ref": "#/components/schemas/Workload"})),
    case(MAJOR, "schemas CreateJob: renamed to NewJob", lambda s: rename_schema(s, "CreateJob", "NewJob")),
    case(MAJOR, "schemas Spare: gone", lambda s: s["components"]["schemas"].pop("Spare"),
         before=lambda s: s["components"]["schemas"].update(Spare={"type": "object"})),
    case(MINOR, "schemas Spare: new", lambda s: s["components"]["schemas"].update(Spare={"type": "object"})),
    case(MAJOR, "parameters Open: gone", lambda s: s["components"]["parameters"].pop("Open"),
         before=lambda s: operation(s, "listBatches")["parameters"].remove({"$ref": "#/components/parameters/Open"})),
]  # fmt: skip

SERVERS = [
    case(MAJOR, "servers: https://apis.pasqal.cloud/core-fast is gone", lambda s: s["servers"].pop(0)),
    case(MINOR, "servers: https://a.example is new", lambda s: s["servers"].append({"url": "https://a.example"})),
    case(MAJOR, "servers: the first one, which clients use unless told otherwise, is now https://apis.sa.pasqal.cloud/core-fast",
         lambda s: s["servers"].insert(0, s["servers"].pop(3))),
    case(MAJOR, "listProjects servers: https://apis.pasqal.cloud/account is gone",
         lambda s: s["paths"]["/api/v1/projects"].pop("servers")),
    case(MAJOR, "listPublicDevices security: the login {} no longer suffices",
         lambda s: operation(s, "listPublicDevices").pop("security")),
    case(MINOR, 'security: the login {"oauth2": []} suffices now', lambda s: s["security"].append({"oauth2": []})),
    case(MAJOR, 'security: the login {"bearerAuth": []} no longer suffices',
         lambda s: s.update(security=[{"oauth2": []}])),
    case(MAJOR, "securitySchemes bearerAuth: works differently",
         lambda s: s["components"]["securitySchemes"].update(bearerAuth=NEW_SCHEMES)),
    case(MINOR, "securitySchemes oauth2: new", lambda s: s["components"]["securitySchemes"].update(oauth2=NEW_SCHEMES)),
]  # fmt: skip

TEXTS = [
    case(PATCH, "info: texts, examples or the like changed", lambda s: s["info"].update(title="Another")),
    case(PATCH, "getBatch: texts, examples or the like changed",
         lambda s: operation(s, "getBatch").update(summary="Get")),
    case(PATCH, "schemas Batch: texts, examples or the like changed", put("Batch.id", description="The id.")),
    case(PATCH, "parameters Limit: texts, examples or the like changed",
         lambda s: parameter(s, "Limit").update(example=7)),
    case(PATCH, "schemas Batch: texts, examples or the like changed",
         lambda s: schema(s, "Batch").update(additionalProperties=True)),
    case(PATCH, "examples SetTags: texts, examples or the like changed",
         lambda s: s["components"]["examples"]["SetTags"].update(value=["other"])),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [*OPERATIONS, *ANSWERS, *PARAMETERS, *SCHEMAS, *SERVERS, *TEXTS], ids=lambda case: case.id
)
def test_change_is_found(case, copy):
    """One change is told in a line, at the level that it needs, and nothing else about it needs more."""
    old, new = copy(), copy()
    case.before(old)
    case.before(new)
    case.change(new)
    comparison = spec_diff.Comparison(old, new)
    assert case.line in comparison.lines(case.level)
    assert comparison.level is case.level


@pytest.mark.parametrize(
    ("change", "level"),
    [
        pytest.param(lambda s: None, None, id="nothing"),
        pytest.param(lambda s: s["info"].update(version="9.9.9"), None, id="version"),
        pytest.param(
            lambda s: parameter(s, "Ids").update(style="form", explode=True), PATCH, id="defaults written out"
        ),
        pytest.param(lambda s: s["tags"].reverse(), PATCH, id="order"),
        pytest.param(
            put("Envelope.code", oneOf=[{"type": ["integer", "string"]}]), PATCH, id="a union written otherwise"
        ),
        pytest.param(
            lambda s: schema(s, "CancelBatches")["then"].pop("additionalProperties"),
            PATCH,
            id="what holds anyway left out",
        ),
    ],
)
def test_same_contract_in_other_words(change, level, copy):
    """What says the same in another way needs a patch version at most."""
    new = copy()
    change(new)
    assert spec_diff.Comparison(copy(), new).level is level


def test_schema_of_an_operation_that_is_gone_is_judged_by_its_use(copy):
    """What no common operation uses any more is still only sent, or only read."""
    old, new = copy(), copy()
    operation(new, "getWorkload").update(operationId="readWorkload")
    rename(new["paths"], "/api/v2/workloads/{workload_id}", "/api/v3/workloads/{workload_id}")
    schema(new, "WorkloadResponse")["required"] = ["later"]
    comparison = spec_diff.Comparison(old, new)
    assert "WorkloadResponse.later: required now (in answers)" in comparison.lines(MINOR)
    assert comparison.lines(MAJOR) == ["getWorkload: GET /api/v2/workloads/{workload_id} is gone"]


def test_one_change_is_one_line(copy):
    """A schema that many operations use is told of once."""
    new = copy()
    field(new, "Job.id")["type"] = "integer"
    comparison = spec_diff.Comparison(copy(), new)
    assert comparison.lines(MAJOR) == ["Job.id: may be integer now (in answers)"]
    assert comparison.lines(MINOR) == ["Job.id: may no longer be string (in answers)"]
    assert not comparison.lines(PATCH)


@pytest.fixture
def run(tmp_path, copy, capsys):
    """A function that changes the released document, gives it a version, and returns the exit status and all output."""
    folder = tmp_path / "released"
    folder.mkdir()
    shutil.copy(RELEASED, folder)
    changelog = tmp_path / "CHANGELOG.md"

    def call(version: str, change: Change = lambda spec: None, log: str | None = None) -> tuple[int, str]:
        spec = copy()
        change(spec)
        spec["info"]["version"] = version
        # JSON is YAML.
        tmp_path.joinpath("openapi.yaml").write_text(json.dumps(spec), "utf-8")
        changelog.write_text(
            f"# Changes\n\n## {version}, unreleased\n\n- Something.\n" if log is None else log, "utf-8"
        )
        status = spec_diff.main(
            ["--spec", str(tmp_path / "openapi.yaml"), "--released", str(folder), "--changelog", str(changelog)]
        )
        return status, "".join(capsys.readouterr())

    call.folder = folder
    return call


BREAKING, ADDING = forget("Batch", "open"), require("Batch", "open")
WORDING = put("Batch.id", description="The id.")


@pytest.mark.parametrize(
    ("change", "enough", "too_low"),
    [(BREAKING, "2.0.0", "1.1.0"), (ADDING, "1.1.0", "1.0.1"), (WORDING, "1.0.1", "1.0.0")],
    ids=["breaking", "adding", "wording"],
)
def test_version_must_follow_from_the_changes(change, enough, too_low, run):
    """The lowest version that fits passes, as a higher one does; one below fails and says which is needed."""
    assert run(enough, change)[0] == 0
    assert run("3.2.1", change)[0] == 0
    status, output = run(too_low, change)
    assert status == 1
    assert f"need version {enough} at least; info.version is {too_low}" in output
    assert "Batch" in output


def test_no_change_needs_no_version(run):
    """The released document itself passes."""
    status, output = run("1.0.0")
    assert status == 0
    assert "no change" in output


def test_nothing_to_compare_with_fails(run):
    """A version that was not released, and has none before it, can't be judged."""
    assert run("0.9.0")[0] == 1
    run.folder.joinpath("1.0.0.yaml").unlink()
    status, output = run("2.0.0")
    assert status == 1
    assert "nothing to compare" in output


@pytest.mark.parametrize(
    "log", ["", "## 1.0.0\n\n- First.\n", "## 2.0.01\n\n- Other.\n", "## 2.0.0\n\n## 1.0.0\n\n- First.\n"]
)
def test_changelog_must_tell_of_the_version(log, run):
    """A changelog without a section on the version, or with an empty one, fails."""
    status, output = run("2.0.0", log=log)
    assert status == 1
    assert "has no section on 2.0.0" in output


def test_versions_are_sorted_as_numbers(run):
    """The last released version is the highest by number that is not above the present one; other files are none."""
    for name in ("1.9.0", "1.10.0", "3.0.0", "later"):
        shutil.copy(RELEASED, run.folder / f"{name}.yaml")
    assert "compared with 1.10.0.yaml" in run("2.0.0")[1]
    assert "compared with 1.9.0.yaml" in run("1.9.5")[1]


def test_released_file_must_be_what_its_name_says(run):
    """A released file under another name than its version fails."""
    run.folder.joinpath("1.0.0.yaml").rename(run.folder / "1.5.0.yaml")
    status, output = run("2.0.0")
    assert status == 1
    assert "1.5.0.yaml says that it is version 1.0.0" in output


@pytest.mark.parametrize("version", ["1.0", "2.0.0-rc.1", "02.0.0"])
def test_version_has_three_numbers(version, run):
    """Other versions are refused."""
    status, output = run(version)
    assert status == 1
    assert "MAJOR.MINOR.PATCH" in output
