"""The contract itself: complete, illustrated, and written in idioms that generators of clients understand."""

import json
import re
from importlib import resources

import pytest
from pulser import Sequence
from pulser.json.abstract_repr.deserializer import deserialize_device

OPERATIONS = {
    "authentication": ["createToken"],
    "batches": [
        "createBatch", "listBatches", "getBatch", "getBatchStatus", "closeBatch", "cancelBatch", "cancelBatches",
        "rebatch", "addJobs", "cancelJobs", "setBatchTags", "getBatchFullResults",
    ],
    "jobs": ["listJobs", "getJob", "getJobStatus", "cancelJob", "getJobResultsLink"],
    "workloads": ["createWorkload", "getWorkload", "listWorkloads", "cancelWorkload"],
    "devices": ["listDevices", "listPublicDevices", "listDeviceSpecs", "getDeviceSpecs", "listPublicDeviceSpecs"],
    "account": ["listProjects", "getAuthInfo"],
    "ovh": [
        "createOvhBatch", "getOvhBatch", "getOvhBatchStatus", "listOvhJobs", "getOvhJobStatus", "getOvhJobResultsLink",
    ],
    "cudaq": ["createCudaqJob", "getCudaqJob"],
}  # fmt: skip

OPEN_SETS = {
    "BatchStatus": {"PENDING", "RUNNING", "DONE", "CANCELED", "CANCELING", "TIMED_OUT", "ERROR", "PAUSED"},
    "JobStatus": {"PENDING", "RUNNING", "DONE", "ERROR", "CANCELED", "CANCELING"},
    "DeviceTypeName": {
        "EMU_FREE", "EMU_SV", "EMU_TN", "EMU_C", "EMU_FRESNEL", "EMU_MPS",
        "FRESNEL", "FRESNEL_CAN1", "FRESNEL_SA1", "FRESNEL8", "FRESNEL_RD",
    },
    "QueuePriority": {"CRITICAL", "HIGH", "MEDIUM", "LOW", "FREE"},
    "JobOrigin": {"CLIENT", "AZURE", "OVH", "UNKNOWN"},
    "DeviceAvailability": {"ACTIVE", "INACTIVE", "RETIRED"},
    "ResponseStatus": {"success", "fail", "error"},
    "WorkloadType": {
        "algorithm_dqgm", "qadence_circuit", "algorithm_pde_basf", "algorithm_pde_equality", "algorithm_qel_posco",
    },
    "WorkloadBackend": {"pyq", "pyqtorch", "digital", "emu_c", "pulser_basic"},
    "ResultType": {"counter", "run", "sample", "expectation"},
    "ProjectType": {"INTERNAL", "CLIENT", "ACADEMIC", "GCP", "AZURE", "STARTER"},
    "ProjectPackage": {
        "QUANTUM_DISCOVERY", "QUANTUM_DISCOVERY_CHEMISTRY", "QUANTUM_DISCOVERY_LIGHT", "QUANTUM_DISCOVERY_PLAY",
        "QUANTUM_DISCOVERY_ESSENTIAL", "LEARN_BY_CODING", "VQPU",
    },
    "ProjectRole": {"ADMIN", "MEMBER"},
    "MembershipStatus": {"PENDING", "ACTIVE"},
    "AccessGrant": {"usecase:submit", "test:1", "test:2", "test:3"},
    "DeviceStatus": {"UP", "DOWN"},
    "ProjectStatus": {"ACTIVE"},
    "GrantType": {"http://auth0.com/oauth/grant-type/password-realm", "password", "client_credentials"},
    "ListOrder": {"created_at", "creation_order"},
    "WebhookEventType": {"job.ended"},
}  # fmt: skip

CLOSED_SETS = {
    "#/components/schemas/SortDirection",
    "#/components/schemas/CancellableStatus",
    "#/components/schemas/CancelBatches/then/properties/cancel_all",
    "#/components/schemas/CancelBatches/else/properties/cancel_all",
}
"""The only sets of values that clients send and never read, in which a value that is not known is an error."""

PUBLIC = {"createToken", "listPublicDevices", "listPublicDeviceSpecs"}
"""The operations without a token."""

CREATING = {"createBatch", "createOvhBatch", "rebatch", "addJobs", "createWorkload"}
"""The operations that an `Idempotency-Key` protects from being done twice."""

NEEDS_PROJECT = {"createBatch", "createWorkload"}
"""The operations that answer 404 to an unknown project, although their path has no id."""

NEEDS_STATUS = {"addJobs", "rebatch", "cancelBatch", "cancelJob", "cancelWorkload"}
"""The operations that the status of a batch, job or workload can forbid."""

ERRORS = {
    "401": "Unauthorized", "403": "Forbidden", "404": "NotFound", "409": "Conflict", "422": "Invalid",
    "429": "TooManyRequests", "4XX": "Refused", "5XX": "Failed",
}  # fmt: skip
"""The named responses, by status."""

REQUIRED = {
    "Batch": {"id", "status", "open", "device_type", "project_id", "user_id", "created_at", "updated_at"},
    "Job": {"id", "status", "batch_id", "project_id", "created_at", "updated_at"},
    "Workload": {"id"},
    "Device": {"id", "device_type", "status"},
    "DeviceSpecs": {"device_type", "specs"},
    "Project": {"id", "name"},
    "AuthInfo": {"id"},
    "ProjectAccess": {"project_id"},
    "Pagination": {"total", "start", "end"},
    "BatchProgress": {"status"},
    "JobProgress": {"status"},
    "CancelledBatches": {"batches"},
    "CancelledJobs": {"jobs"},
    "CudaqJob": {"id"},
    "Token": {"access_token"},
}
"""What every answer has, by schema: the documentation and all answers seen agree on it, or it is of no use without."""

BATCH = {
    "id": "synthetic", "status": "BRAND_NEW", "open": False, "device_type": "MOCK_DEVICE", "project_id": "1",
    "user_id": "1", "created_at": "2021-11-10T15:24:38.155824", "updated_at": "2021-11-10T15:24:38.155824",
}  # fmt: skip
"""A batch, in a status and on a device that are not known, with instants that have no zone."""

JOB = {"id": "synthetic", "status": "DONE", "batch_id": "1", "project_id": "1"} | {
    name: BATCH[name] for name in ("created_at", "updated_at")
}

SCALARS = {"string", "integer", "number", "boolean"}


def properties_of(nodes):
    """Every schema of a property, of an array's items or of an object's other values, with its JSON pointer."""
    for pointer, node in nodes:
        if not pointer.startswith("#/components/schemas/") or not isinstance(node, dict):
            continue
        if pointer.endswith("/properties"):
            yield from ((f"{pointer}/{name}", schema) for name, schema in node.items() if isinstance(schema, dict))
        elif pointer.endswith(("/items", "/additionalProperties")):
            yield pointer, node


def types_of(schema):
    """The types that a schema names beside null."""
    given = schema.get("type", [])
    return {given} if isinstance(given, str) else set(given) - {"null"}


def not_null(schema):
    """The branches of a union that are not null."""
    return [branch for word in ("oneOf", "anyOf") for branch in schema.get(word, ()) if branch != {"type": "null"}]


def prose(nodes):
    """Every description and summary, with its JSON pointer."""
    for pointer, node in nodes:
        if isinstance(node, dict):
            yield from ((pointer, node[word]) for word in ("description", "summary") if isinstance(node.get(word), str))


def test_operations(spec):
    """The operations offered are these, each under one tag, and every tag is explained."""
    offered = {}
    for item in spec["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                (tag,) = operation["tags"]
                offered.setdefault(tag, set()).add(operation["operationId"])
    assert offered == {tag: set(ids) for tag, ids in OPERATIONS.items()}
    assert {tag["name"]: bool(tag["description"]) for tag in spec["tags"]} == dict.fromkeys(OPERATIONS, True)
    grouped = [tag for group in spec["x-tagGroups"] for tag in group["tags"]]
    assert sorted(grouped) == sorted(OPERATIONS)


def test_operation_is_explained_and_illustrated(operation, examples):
    """Every operation has a summary, a description, an example for its body and each of its answers."""
    assert operation.definition["summary"]
    assert operation.definition["description"]
    assert operation.body is None or examples(operation.body)
    assert operation.definition["responses"].keys() >= {"200", "4XX", "5XX"}
    for status in operation.definition["responses"]:
        assert examples(operation.answer(status)), status


def test_errors(operation):
    """Every operation has the named errors that can occur, in one form; logging in has its own."""
    named = {status: answer["$ref"].split("/")[-1] for status, answer in operation.definition["responses"].items()
             if status != "200"}  # fmt: skip
    if operation.id == "createToken":
        assert named == {"4XX": "TokenRefused", "5XX": "TokenRefused"}
        return
    expected = {"429", "4XX", "5XX"}
    if operation.id not in PUBLIC:
        expected |= {"401", "403"}
    if "{" in operation.path or operation.id in NEEDS_PROJECT:
        expected.add("404")
    if operation.id in NEEDS_STATUS:
        expected.add("409")
    if operation.parameters or operation.body:
        expected.add("422")
    assert named == {status: ERRORS[status] for status in expected}
    for status in named:
        assert operation.answer(status)["schema"] == {"$ref": "#/components/schemas/ErrorResponse"}


def test_errors_say_how_they_are_known(spec):
    """Every named response says whether it is documented, seen or assumed, and has an example of its own."""
    responses = spec["components"]["responses"]
    assert responses.keys() == {*ERRORS.values(), "TokenRefused"}
    shown = []
    for name, answer in responses.items():
        assert re.match(r"(Documented|Seen|Assumed)\b", answer["x-provenance"]), name
        shown += [example["$ref"] for example in answer["content"]["application/json"]["examples"].values()]
    assert len(shown) == len(set(shown)) == len(responses)
    assert "Retry-After" in responses["TooManyRequests"]["headers"]


def test_parameter_is_explained_and_illustrated(operation, examples):
    """Every parameter has an example, and its description also stands in its schema, where generators look for it."""
    for parameter in operation.parameters:
        assert examples(parameter), parameter["name"]
        assert "$ref" in parameter["schema"] or parameter["schema"]["description"] == parameter["description"]


def test_parameters_repeat_their_key(operation):
    """How an array stands in a query is written out, for generators that know other defaults."""
    for parameter in operation.parameters:
        is_array = parameter["schema"].get("type") == "array"
        assert (parameter.get("style"), parameter.get("explode")) == (("form", True) if is_array else (None, None))


def test_names_of_parameters_are_not_those_of_types(spec):
    """No parameter is a component with a name, such as `Open`, that a generator makes a type of."""
    for name in spec["components"]["parameters"]:
        assert len(re.findall("[A-Z]", name)) > 1, name
        assert name not in spec["components"]["schemas"]


def test_idempotency_key(operation):
    """The operations that create something take an `Idempotency-Key`, and no others."""
    names = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "header"}
    assert names == ({"Idempotency-Key"} if operation.id in CREATING else set())


def test_pagination(operation, resolve):
    """Every operation that answers with pages says so, and names their parameters if it has them."""
    envelope = resolve(operation.answer("200")["schema"])
    pages = any("pagination" in part.get("properties", {}) for part in envelope.get("allOf", ()))
    parameters = {name: name for name in ("offset", "limit") if name in {p["name"] for p in operation.parameters}}
    expected = {"items": "data", "total": "pagination.total"} | parameters
    if parameters:
        expected["next_offset"] = "pagination.end"
    assert operation.definition.get("x-pagination") == (expected if pages else None)


def test_path_parameters(operation):
    """The parameters declared for a path are those that its template names."""
    declared = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "path"}
    assert declared == {part[1:-1] for part in operation.path.split("/") if part.startswith("{")}


def test_examples_validate(example_at, nodes, examples, complaints):
    """Every example of a body, an answer, a parameter or a header validates against the schema beside it."""
    for value in examples(dict(nodes)[example_at]):
        assert complaints(value, f"{example_at}/schema") == []


def test_examples_are_used(spec, nodes):
    """Every example is that of some operation."""
    used = {node["$ref"] for _, node in nodes if isinstance(node, dict) and "$ref" in node}
    assert {f"#/components/examples/{name}" for name in spec["components"]["examples"]} <= used


def test_example_sequences_are_genuine(spec):
    """Pulser reads the sequences and the device specifications of the examples."""
    values = {name: example["value"] for name, example in spec["components"]["examples"].items()}
    sequence = Sequence.from_abstract_repr(values["CreateClosedBatch"]["sequence_builder"])
    assert list(sequence.declared_variables) == ["omega"]
    assert deserialize_device(values["DeviceSpecs"]["data"]["specs"]) == sequence.device


@pytest.mark.parametrize(
    ("schema", "value", "accepted"),
    [
        ("CreateBatch", {"project_id": "07a469d2-69a7-42f0-a0e5-40c81e6c3e79"}, True),
        ("CreateBatch", {"project_id": "07a469d2-69a7-42f0-a0e5-40c81e6c3e79", "webhook": None, "novelty": 1}, True),
        ("CreateBatch", {"sequence_builder": "{}"}, False),
        ("CreateBatch", {"project_id": "mine"}, False),
        ("CreateBatch", {"project_id": "07a469d2-69a7-42f0-a0e5-40c81e6c3e79", "tags": ["a", "a"]}, False),
        ("CreateBatch", {"project_id": "07a469d2-69a7-42f0-a0e5-40c81e6c3e79", "jobs": [{"runs": 0}]}, False),
        ("CreateOvhBatch", {"project_id": ""}, True),
        ("TokenRequest", {"client_id": "3f9b7c21"}, False),
        ("TokenRequest", {"grant_type": "client_credentials", "novelty": "1"}, True),
        ("CreateCudaqJob", {"machine": "FRESNEL", "shots": 0, "project_id": "mine", "sequence": {}}, False),
        ("CreateJob", {}, True),
        ("CreateJob", {"runs": None, "variables": None, "sequence": None}, True),
        ("CreateJob", {"runs": 1}, True),
        ("CreateJob", {"runs": 1.5}, False),
        ("CreateJob", {"variables": [1]}, False),
        ("CancelBatches", {}, False),
        ("CancelBatches", {"cancel_all": False}, False),
        ("CancelBatches", {"batch_ids": []}, True),
        ("CancelBatches", {"batch_ids": ["first"]}, False),
        ("CancelBatches", {"status": ["PENDING", "RUNNING"], "cancel_all": False}, True),
        ("CancelBatches", {"status": ["DONE"]}, False),
        ("CancelBatches", {"cancel_all": True}, True),
        ("CancelBatches", {"cancel_all": True, "batch_ids": []}, False),
        ("Batch", BATCH, True),
        ("Batch", BATCH | {"project_id": None}, False),
        ("Job", JOB | {"start_timestamp": "1636558026.698066"}, True),
        ("BatchResponse", {"data": BATCH, "code": 200}, True),
        ("BatchResponse", {"data": BATCH, "code": "200"}, True),
        ("BatchResponse", {"status": "success"}, False),
        ("BatchListResponse", {"data": []}, True),
        ("ErrorResponse", {}, True),
        ("ErrorResponse", {"detail": [{"loc": ["body", 0], "msg": "wrong", "type": "value_error"}]}, True),
        ("ErrorResponse", {"detail": "Not Found"}, True),
    ],
)
def test_strict_when_sending_lenient_when_reading(complaints, schema, value, accepted):
    """What a client sends must be right; in what it reads, only what it can't do without is required."""
    assert (complaints(value, f"#/components/schemas/{schema}") == []) is accepted


@pytest.mark.parametrize("name", REQUIRED)
def test_required(spec, resolve, complaints, name):
    """In what is read, these fields are always there, and whatever else may be absent may also be null."""
    schema = spec["components"]["schemas"][name]
    assert set(schema["required"]) == REQUIRED[name]
    given = {}
    for field in schema["required"]:
        described = resolve(schema["properties"][field])
        given[field] = [] if described["type"] == "array" else described["example"]
    assert complaints(dict.fromkeys(schema["properties"]) | given, f"#/components/schemas/{name}") == []
    for field in given:
        pointer = f"#/components/schemas/{name}/properties/{field}"
        assert complaints(None, pointer), field


def test_open_sets(spec):
    """The sets that the service may extend are strings, and list every value known."""
    schemas = spec["components"]["schemas"]
    listed = {
        name: set(schema["x-extensible-enum"]) for name, schema in schemas.items() if "x-extensible-enum" in schema
    }
    assert listed == OPEN_SETS


def test_no_unions(nodes):
    """Nothing may be of two types, apart from null: most generators fail on such unions."""
    for pointer, node in nodes:
        if isinstance(node, dict) and not pointer.endswith("/properties"):
            assert len(not_null(node)) < 2, pointer
            assert len(types_of(node)) < 2, pointer


def test_additional_properties(nodes):
    """Every object allows properties that are not described, and says so where generators look for it."""
    for pointer, node in nodes:
        if (
            not isinstance(node, dict)
            or not pointer.startswith("#/components/schemas/")
            or pointer.endswith("properties")
        ):
            continue
        if {"properties", "allOf"} & node.keys() or node.get("type") == "object":
            described = node.get("additionalProperties")
            assert described is True or isinstance(described, dict), pointer


def test_scalars_have_examples(nodes, resolve, complaints):
    """Every scalar that a schema holds has an example, which is valid; every integer has a format."""
    scalars = 0
    for pointer, schema in properties_of(nodes):
        (target,) = [resolve(branch) for branch in not_null(schema)] or [resolve(schema)]
        assert "integer" not in types_of(target) or target["format"] in ("int32", "int64"), pointer
        if types_of(target) <= SCALARS and types_of(target):
            scalars += 1
            found = [node["example"] for node in (schema, target) if "example" in node]
            assert found, pointer
            assert complaints(found[0], pointer) == []
    assert scalars > 150


def test_provenance(nodes):
    """What is said of how something is known begins with a mark, and stands nowhere else."""
    for pointer, node in nodes:
        if isinstance(node, dict) and "x-provenance" in node and not pointer.endswith("/properties"):
            mark = r"(Documented|Seen|Assumed|Not documented|Sources differ)\b"
            assert re.match(mark, node["x-provenance"]), pointer
    for pointer, text in prose(nodes):
        assert not re.search(r"\b(un)?documented\b|sources differ|\bseen\b|\bassumed\b", text, re.IGNORECASE), pointer


def test_cancelled_is_spelled_one_way(spec, nodes, operations):
    """Names and prose say "cancelled"; only the values on the wire say `CANCELED`."""
    names = [operation.id for operation in operations]
    names += [name for kind in spec["components"].values() for name in kind]
    texts = [re.sub("`[^`]*`", "", text) for _, text in prose(nodes)]
    for text in names + texts:
        assert not re.search("cancel(ed|ing|able)", text, re.IGNORECASE), text


def test_license(spec):
    """The license is named as SPDX has it."""
    assert spec["info"]["license"] == {"name": "Apache-2.0", "identifier": "Apache-2.0"}


def test_first_call(spec, operations):
    """The commands in the introduction call operations at their addresses."""
    ids = {operation.id: operation for operation in operations}
    token, call = ids["createToken"], ids["listDevices"]
    (commands,) = re.findall(r"```sh\n(.*?)```", spec["info"]["description"], re.DOTALL)
    urls = re.findall(r"(?<!=)https://[^ \n]+", commands)
    assert urls == [token.definition["servers"][0]["url"] + token.path, spec["servers"][0]["url"] + call.path]


def test_webhook(spec, resolve):
    """The callback goes to the URL in the body of the operations that create batches."""
    properties = spec["components"]["schemas"]["CreateBatchCommon"]["properties"]
    for path in ("/core-fast/api/v1/batches", "/core-fast/api/v1/third-party-access/ovh/batches"):
        (callback,) = spec["paths"][path]["post"]["callbacks"].items()
        ((address, item),) = callback[1].items()
        assert address.removeprefix("{$request.body#/").removesuffix("}") in properties
        assert resolve(item)["post"]["operationId"] == callback[0]


def test_idioms(nodes):
    """Only idioms that every generator tried understands: see the names of what is refused here."""
    for pointer, node in nodes:
        if not isinstance(node, dict) or pointer.endswith("/properties"):
            continue
        assert not {"const", "nullable"} & node.keys(), pointer
        assert "enum" not in node or pointer in CLOSED_SETS, pointer
        assert not pointer.endswith("/responses") or "default" not in node, pointer
        if isinstance(node.get("type"), list):
            assert len(node["type"]) == 2, pointer
            assert node["type"][1] == "null", pointer
        if "x-extensible-enum" in node:
            assert node["type"] == "string", pointer
            assert node["x-extensible-enum"], pointer
            assert len(set(node["x-extensible-enum"])) == len(node["x-extensible-enum"]), pointer
            assert all(isinstance(value, str) for value in node["x-extensible-enum"]), pointer


def test_objects_are_named(nodes):
    """Every object with properties is a component, so that generated models have the names chosen here."""
    for pointer, node in nodes:
        if isinstance(node, dict) and node.get("type") == "object":
            assert pointer.startswith("#/components/schemas/"), pointer
            assert pointer.count("/") == 3 or "/allOf/" in pointer, pointer


def test_public_operations(operation):
    """A token is needed everywhere, except to get one, and for the public devices and their specifications."""
    assert operation.definition.get("security") == ([] if operation.id in PUBLIC else None)


def test_servers(operation, spec):
    """One base URL, a host, serves all operations but the one that logs in."""
    assert "servers" not in operation.path_item
    assert ("servers" in operation.definition) is (operation.id == "createToken")
    for server in [*spec["servers"], *operation.definition.get("servers", ())]:
        assert re.fullmatch(r"https://[a-z0-9.-]+", server["url"])
    service = {"account": "/account/api/", "authentication": "/oauth/token"}.get(operation.tag, "/core-fast/api/")
    assert operation.path.startswith(service)


def test_login_is_a_form(operation):
    """All bodies are JSON, except for the one that logs in."""
    if operation.body:
        is_login = operation.id == "createToken"
        assert operation.body_type == ("application/x-www-form-urlencoded" if is_login else "application/json")


def test_openapi_json(spec):
    """The generated package carries the whole spec as JSON."""
    text = resources.files("pasqal_cloud_api").joinpath("openapi.json").read_text("utf-8")
    assert json.loads(text) == spec
