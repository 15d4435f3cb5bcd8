"""The description as these tests read it: whatever an answer has that it does not know is an error."""

from __future__ import annotations

from copy import deepcopy

import httpx
import pytest
from jsonschema import ValidationError
from pulser import AnalogDevice, Pulse, Register, Sequence

from .client import SPEC, STRICT, validator
from .exceptions import VALUES

EXAMPLE = SPEC["components"]["examples"]["BatchCreated"]["value"]["data"]
JOB = EXAMPLE["jobs"][0] | {"origin": "CLIENT"}
BATCH = EXAMPLE | {"queue_priority": "HIGH", "jobs_count_per_status": {"DONE": 1}, "jobs": [JOB]}
DEVICE = {"id": "3", "name": "n", "device_type": "EMU_FREE", "status": "UP", "availability": "ACTIVE"}
ANSWERS = {
    "BatchResponse": {"status": "success", "code": "200", "message": "OK.", "data": BATCH},
    "DeviceListResponse": {"data": [DEVICE], "pagination": {"total": 1, "start": 0, "end": 1}},
    "ErrorResponse": {"status": "fail", "data": {"description": [{"loc": ["body"], "msg": "m", "type": "t"}]}},
    "CancelledJobsResponse": {"data": {"jobs": [JOB], "errors": {"any id": "any reason"}}},
}


@pytest.fixture
def for_a_processor():
    """A sequence that a quantum processor could run, and so what stands in for it."""
    sequence = Sequence(Register.rectangle(1, 2, 5, prefix="q").with_automatic_layout(AnalogDevice), AnalogDevice)
    sequence.declare_channel("drive", "rydberg_global")
    sequence.add(Pulse.ConstantPulse(200, 5.0, 0.0, 0.0), "drive")
    return str(sequence.to_abstract_repr())


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_described_fits(name):
    """Every answer that the next tests spoil is right before."""
    validator(f"#/components/schemas/{name}").validate(ANSWERS[name])


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("BatchResponse", []),
        ("BatchResponse", ["data"]),
        ("BatchResponse", ["data", "jobs", 0]),
        ("DeviceListResponse", []),
        ("DeviceListResponse", ["data", 0]),
        ("DeviceListResponse", ["pagination"]),
        ("ErrorResponse", []),
        ("ErrorResponse", ["data"]),
        ("CancelledJobsResponse", ["data", "jobs", 0]),
    ],
)
def test_what_is_not_declared_is_an_error(name, place):
    """One more property, at any depth."""
    answer = spoilt = deepcopy(ANSWERS[name])
    for step in place:
        spoilt = spoilt[step]
    spoilt["novelty"] = None
    with pytest.raises(ValidationError):
        validator(f"#/components/schemas/{name}").validate(answer)


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("BatchResponse", ["status"], "ok"),
        ("BatchResponse", ["data", "status"], "NOVEL"),
        ("BatchResponse", ["data", "queue_priority"], "URGENT"),
        ("BatchResponse", ["data", "jobs", 0, "status"], "TIMED_OUT"),
        ("BatchResponse", ["data", "jobs", 0, "origin"], "MARS"),
        ("DeviceListResponse", ["data", 0, "status"], "SIDEWAYS"),
        ("DeviceListResponse", ["data", 0, "availability"], "active"),
    ],
)
def test_what_is_not_listed_is_an_error(name, place, value):
    """A value that no `x-extensible-enum` has."""
    answer = spoilt = deepcopy(ANSWERS[name])
    for step in place[:-1]:
        spoilt = spoilt[step]
    assert spoilt[place[-1]] != value
    spoilt[place[-1]] = value
    with pytest.raises(ValidationError):
        validator(f"#/components/schemas/{name}").validate(answer)


def test_what_is_local_is_there(api, start, for_a_processor):
    """The local service gives each field that the description marks as local; no value is overlooked."""
    seen = {"Job": set(), "JobResult": set()}
    for service in (start("--engine", "scripted"), api):
        batch = service.create(for_a_processor, {"runs": 1}, device_type="FRESNEL")
        service.settled(batch)
        seen["Job"] |= batch["jobs"][0].keys()
        link = service.get("getJobResultsLink", job_id=batch["jobs"][0]["id"])["results_link"]
        seen["JobResult"] |= httpx.get(link).json().keys()
    local = {
        name: {field for field, value in schema["properties"].items() if value.get("x-local")}
        for name, schema in SPEC["components"]["schemas"].items()
        if any("x-local" in str(value) for value in schema.get("properties", {}).values())
    }
    assert not VALUES
    assert {name: seen[name] & fields for name, fields in local.items()} == local


def test_every_set_is_closed():
    """No answer's set of values is left open."""
    schemas = STRICT["components"]["schemas"].values()
    sets = [schema for schema in schemas if "x-extensible-enum" in schema]
    assert sets
    assert all(schema["enum"] == schema["x-extensible-enum"] for schema in sets)
