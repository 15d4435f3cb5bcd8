"""The contract itself: complete, illustrated, and written in idioms that generators of clients understand."""

import json
from importlib import resources

import pytest
from pulser import Sequence
from pulser.json.abstract_repr.deserializer import deserialize_device

OPERATIONS = {
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
}  # fmt: skip

CLOSED_SETS = {
    "#/components/schemas/SortDirection",
    "#/components/schemas/ListOrder",
    "#/components/schemas/CancellableStatus",
    "#/components/schemas/CancelBatches/then/properties/cancel_all",
    "#/components/schemas/CancelBatches/else/properties/cancel_all",
}
"""The only sets of values that clients send and never read, in which a value that is not known is an error."""


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


def test_operation_is_explained_and_illustrated(operation, examples):
    """Every operation has a summary, a description, an example for its body and its answer, and its errors."""
    assert operation.definition["summary"]
    assert operation.definition["description"]
    assert operation.body is None or examples(operation.body)
    for status in ("200", "4XX", "5XX"):
        assert examples(operation.answer(status)), status


def test_parameter_is_explained_and_illustrated(operation, examples):
    """Every parameter has an example, and its description also stands in its schema, where generators look for it."""
    for parameter in operation.parameters:
        assert examples(parameter), parameter["name"]
        assert "$ref" in parameter["schema"] or parameter["schema"]["description"] == parameter["description"]


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
        ("Batch", {"id": "synthetic", "status": "BRAND_NEW", "created_at": "2021-11-10T15:24:38.155824"}, True),
        ("Job", {"id": "synthetic", "status": "DONE", "start_timestamp": "1636558026.698066"}, True),
        ("BatchResponse", {"data": {"id": "1", "status": "DONE"}, "code": 200}, True),
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


@pytest.mark.parametrize("name", ["Batch", "Job", "Workload", "Device", "Project", "AuthInfo"])
def test_all_but_the_required_may_be_null(spec, complaints, name):
    """In what is read, whatever may be absent may also be null."""
    schema = spec["components"]["schemas"][name]
    value = dict.fromkeys(schema["properties"]) | dict.fromkeys(schema["required"], "given")
    assert complaints(value, f"#/components/schemas/{name}") == []


def test_open_sets(spec):
    """The sets that the service may extend are strings, and list every value known."""
    listed = {name: schema.get("x-extensible-enum") for name, schema in spec["components"]["schemas"].items()}
    assert {name: set(listed[name]) for name in OPEN_SETS} == OPEN_SETS


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
    """A token is needed everywhere, except for the public devices and their specifications."""
    public = operation.id in ("listPublicDevices", "listPublicDeviceSpecs")
    assert operation.definition.get("security") == ([] if public else None)


def test_servers(operation, spec):
    """Operations on the account have that service's base URLs, all others the core service's, for the same regions."""
    account = [server["url"] for server in operation.path_item.get("servers", [])]
    core = [server["url"] for server in spec["servers"]]
    assert account == ([url.replace("/core-fast", "/account") for url in core] if operation.tag == "account" else [])


def test_openapi_json(spec):
    """The generated package carries the whole spec as JSON."""
    text = resources.files("pasqal_cloud_api").joinpath("openapi.json").read_text("utf-8")
    assert json.loads(text) == spec
