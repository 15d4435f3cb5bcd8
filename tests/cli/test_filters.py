"""The options for filters: there is one for each filter of the API, and it arrives."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from pasqal_cloud import BatchFilters, DeviceFilters, JobFilters, RebatchFilters
from pasqal_cloud.cli.filters import options_of

from .conftest import NOBODY, Ended

Cli = Callable[..., Ended]


@pytest.mark.parametrize("kind", [BatchFilters, JobFilters, RebatchFilters, DeviceFilters])
def test_each_filter_has_an_option(kind: Any) -> None:
    """A filter that the API gets later fails here."""
    assert set(options_of(kind)) == {field.name for field in attrs.fields(kind)}


@pytest.mark.parametrize(
    ("command", "option", "query"),
    [
        ("batches", "--id {id} --id {id}", {"id": ["{id}"]}),
        ("batches", "--id-starts-with 0ef5", {"id__starts_with": ["0ef5"]}),
        ("batches", "--project {id}", {"project_id": ["{id}"]}),
        ("batches", "--user ada --user eve", {"user_id": ["ada", "eve"]}),
        ("batches", "--device EMU_FREE --device NEW_QPU", {"device_type": ["EMU_FREE", "NEW_QPU"]}),
        ("batches", "--status done --status TIMED_OUT", {"status": ["DONE", "TIMED_OUT"]}),
        ("batches", "--open", {"open": ["true"]}),
        ("batches", "--closed", {"open": ["false"]}),
        ("batches", "--tag rabi", {"tag": ["rabi"]}),
        ("batches", "--priority high", {"queue_priority": ["HIGH"]}),
        ("batches", "--min-jobs 2 --max-jobs 3", {"min_jobs": ["2"], "max_jobs": ["3"]}),
        ("batches", "--since 2026-05-01T12:00+00:00", {"start_date": ["2026-05-01T12:00:00+00:00"]}),
        ("batches", "--until 2026-05-01T12:00Z", {"end_date": ["2026-05-01T12:00:00+00:00"]}),
        ("batches", "--sort created_at", {"order_by": ["created_at"]}),
        ("batches", "--oldest-first", {"order_by_direction": ["ASC"]}),
        ("batches", "-n 5 --offset 3", {"limit": ["5"], "offset": ["3"]}),
        ("jobs", "--batch {id}", {"batch_id": ["{id}"]}),
        ("jobs", "--min-runs 5 --max-runs 6", {"min_runs": ["5"], "max_runs": ["6"]}),
        ("jobs", "--with-errors", {"errors": ["true"]}),
        ("jobs", "--without-errors", {"errors": ["false"]}),
        ("jobs", "--origin azure", {"origin": ["AZURE"]}),
    ],
)
def test_an_option_arrives(cli: Cli, service: Any, command: str, option: str, query: dict[str, list[str]]) -> None:
    """It is the query's parameter of the same meaning."""
    ended = cli(command, "list", *option.format(id=NOBODY).split(), TZ="UTC")
    assert ended.status == 0, ended.err
    sent = service.requests({"batches": "listBatches", "jobs": "listJobs"}[command])[-1].query
    expected = {name: [value.format(id=NOBODY) for value in values] for name, values in query.items()}
    usual = {"limit": ["20"], "offset": ["0"]}
    assert sent == usual | expected


def test_devices_take_filters(cli: Cli, service: Any) -> None:
    """Those of devices."""
    cli("devices", "--device", "EMU_FREE", "--availability", "active", "--public")
    assert service.requests("listDevices")[-1].query == {
        "device_type": ["EMU_FREE"],
        "availability": ["ACTIVE"],
        "public": ["true"],
        "limit": ["100"],
        "offset": ["0"],
    }


def test_a_device_that_is_unknown_is_searched_for(cli: Cli, service: Any) -> None:
    """A list that is empty says so in a terminal, and which device may be meant."""
    for command in (["devices"], ["batches", "list"]):
        assert cli(*command, "--device", "FRESNL") == Ended(0, "", "")
        assert "None found; did you mean --device FRESNEL?" in cli(*command, "--device", "FRESNL", columns=100).err
        assert "None found." in cli(*command, "--device", "ORION_X", columns=100).err


@pytest.mark.parametrize(
    ("text", "age"), [("90s", 90), ("5m", 300), ("2h", 7200), ("1d", 86400), ("2w", 14 * 86400), ("7d ago", 604800)]
)
def test_a_time_can_be_an_age(cli: Cli, service: Any, text: str, age: int) -> None:
    """`2h` is two hours ago."""
    cli("batches", "list", "--since", text)
    sent = datetime.fromisoformat(service.requests("listBatches")[-1].query["start_date"][0])
    assert timedelta(0) <= datetime.now(UTC) - timedelta(seconds=age) - sent < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("--status DON", "DON is unknown; did you mean DONE? There are PENDING, RUNNING, "),
        ("--status nonsense", "nonsense is unknown. There are PENDING, "),
        ("--priority hi", "hi is unknown"),
        ("--since yesterday", "yesterday is no time. Write 2026-05-01, 2026-05-01T12:00, or an age such as 7d."),
        ("--since 999999w", "999999w is no time."),
        ("--limit 0", "Invalid value for '--limit'"),
        ("--id abc", "id must be a UUID"),
        ("--min-jobs 3 --max-jobs 2", "min_jobs (3) is above max_jobs (2), which matches nothing."),
        ("--statuss DONE", "No such option: --statuss"),
        ("extra", "Got unexpected extra argument"),
    ],
)
def test_a_typo_is_told(cli: Cli, service: Any, arguments: str, told: str) -> None:
    """In one line, with status 2, before anything is sent."""
    ended = cli("batches", "list", *arguments.split())
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err
    assert ended.err.count("\n") == 1
    assert service.requests("listBatches") == []
