"""What an account may use: devices, projects; and the cheapest look at a batch or a job."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from pasqal_cloud import (
    BatchFetchingError,
    DeviceFilters,
    DeviceSpecsFetchingError,
    EmulatorType,
    JobFetchingError,
    NotFoundError,
    ProjectFetchingError,
    ProjectNotFoundError,
    ValidationError,
)


def test_devices_are_shown(colour: Any, cloud: Any, sdk: Any) -> None:
    """With what the service says of them; what it leaves out is None, and a new word is kept."""
    everything = {
        "device_type": "FRESNEL",
        "availability": "ACTIVE",
        "status": "UP",
        "average_queue_time": 120,
        "is_emulator": False,
        "max_atom_num": 100,
        "channels": ["rydberg_global"],
        "description": "A QPU.",
    }
    cloud.on("GET", "/v2/devices").mock(
        return_value=cloud.ok([everything, {"device_type": "NEW_ONE", "availability": "ASLEEP", "channels": None}])
    )
    fresnel, new = colour.call(sdk.devices())
    shown = {name: getattr(fresnel, name) for name in everything}
    assert shown == everything | {"channels": ("rydberg_global",)}
    assert (new.device_type, new.availability, new.channels, new.average_queue_time) == ("NEW_ONE", "ASLEEP", (), None)


def test_devices_are_filtered(colour: Any, cloud: Any, sdk: Any) -> None:
    """By type, availability, and whether everybody may use them."""
    route = cloud.on("GET", "/v2/devices").mock(return_value=cloud.ok([]))
    filters = DeviceFilters(device_type=[EmulatorType.EMU_FREE, "FRESNEL"], availability="ACTIVE", public=False)
    assert colour.call(sdk.devices(filters)) == []
    query = parse_qs(route.calls.last.request.url.query.decode())
    assert (query["device_type"], query["availability"]) == (["EMU_FREE", "FRESNEL"], ["ACTIVE"])
    assert query["public"][0].lower() == "false"


def test_specifications_are_given_as_pulser_reads_them(colour: Any, cloud: Any, sdk: Any) -> None:
    """A text for each type of device."""
    specs = {"FRESNEL": json.dumps({"name": "Fresnel"}), "NEW_ONE": "{}"}
    cloud.on("GET", "/v1/devices/specs").mock(return_value=cloud.ok(specs))
    assert colour.call(sdk.get_device_specs_dict()) == specs


def test_all_projects_are_listed(colour: Any, cloud: Any, sdk: Any) -> None:
    """The active ones, from all pages, each once."""
    projects = [{"id": cloud.ident(number), "name": f"Project {number}"} for number in range(150)]
    route = cloud.on_account("/v1/projects").mock(
        side_effect=[
            cloud.page(*projects[:100], start=0, total=150),
            cloud.page(*projects[100:], start=100, total=150),
        ]
    )
    found = colour.call(sdk.get_all_projects())
    assert [(project.id, project.name) for project in found] == [(each["id"], each["name"]) for each in projects]
    assert (found[0].description, found[0].status) == (None, None)
    queries = [parse_qs(call.request.url.query.decode()) for call in route.calls]
    assert [query["offset"] for query in queries] == [["0"], ["100"]]
    assert {query["project_status"][0] for query in queries} == {"ACTIVE"}


def test_a_project_says_what_it_is(colour: Any, cloud: Any, sdk: Any) -> None:
    """As far as the service tells."""
    project = {"id": cloud.ident(), "name": "Mine", "description": "For me.", "project_status": "ACTIVE"}
    cloud.on_account("/v1/projects").mock(return_value=cloud.page(project))
    (found,) = colour.call(sdk.get_all_projects())
    assert (found.id, found.name, found.description, found.status) == (cloud.ident(), "Mine", "For me.", "ACTIVE")


def test_new_batches_belong_to_the_project_that_was_switched_to(colour: Any, cloud: Any, sdk: Any) -> None:
    """One that the account has; what is none leaves the project as it was."""
    creating = cloud.on("POST", "/v1/batches").mock(return_value=cloud.batch())
    cloud.on_account("/v1/projects").mock(return_value=cloud.page({"id": cloud.ident(5), "name": "Mine"}))
    assert colour.call(sdk.switch_to_project(cloud.ident(5))) == sdk.project_id == cloud.ident(5)
    error = colour.attempt(ProjectNotFoundError, lambda: sdk.switch_to_project(cloud.ident(6)))
    assert cloud.ident(6) in str(error)
    error = colour.attempt(ValidationError, lambda: sdk.switch_to_project("mine"))
    assert "project_id must be a UUID" in str(error)
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    assert json.loads(creating.calls.last.request.content)["project_id"] == cloud.ident(5)


def test_a_deep_copy_keeps_its_project(colour: Any, cloud: Any, sdk: Any) -> None:
    """Switching one does not switch the other."""
    from copy import deepcopy

    cloud.on_account("/v1/projects").mock(return_value=cloud.page({"id": cloud.ident(5), "name": "Mine"}))
    copy = deepcopy(sdk)
    colour.call(copy.switch_to_project(cloud.ident(5)))
    assert copy.project_id == cloud.ident(5)
    assert sdk.project_id == cloud.project_id


@pytest.mark.parametrize("status", ["PENDING", "RUNNING", "PAUSED", "CANCELING", "DONE", "TIMED_OUT", "UNHEARD_OF"])
def test_a_status_is_one_request(colour: Any, cloud: Any, sdk: Any, status: str) -> None:
    """Of a batch or a job, by the light route; one that this version does not know is kept, and is not settled."""
    cloud.on("GET", "/v1/batches/{}/status").mock(return_value=cloud.ok({"status": status}))
    cloud.on("GET", f"/v1/jobs/{cloud.ident()}/status").mock(return_value=cloud.ok({"status": status}))
    of_batch, of_job = colour.call(sdk.get_batch_status(cloud.batch_id)), colour.call(sdk.get_job_status(cloud.ident()))
    assert (of_batch, of_job) == (status, status)
    assert of_batch.is_settled == of_job.is_settled == (status in ("DONE", "TIMED_OUT"))
    assert len(cloud.sent) == 2


def test_a_failure_is_of_the_operation(colour: Any, cloud: Any, sdk: Any) -> None:
    """And of its cause."""
    cloud.router.route().mock(return_value=cloud.refused(404))
    for kind, ask in (
        (DeviceSpecsFetchingError, sdk.devices),
        (DeviceSpecsFetchingError, sdk.get_device_specs_dict),
        (ProjectFetchingError, sdk.get_all_projects),
        (BatchFetchingError, lambda: sdk.get_batch_status(cloud.batch_id)),
        (JobFetchingError, lambda: sdk.get_job_status(cloud.ident())),
    ):
        assert isinstance(colour.attempt(kind, ask), NotFoundError)
