"""Files of `pasqal-cloud doctor --record` are replayed: what a service has answered, this package can read.

Put such a file, from any service, into the folder `recordings`; it needs no account and no network here.
"""

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from pasqal_cloud import Batch, Job, Workload
from pasqal_cloud.cli.batches import BATCH
from pasqal_cloud.cli.doctor import OPERATIONS
from pasqal_cloud.cli.jobs import JOB
from pasqal_cloud.cli.recording import UUID, Recorder
from pasqal_cloud_api.errors import UnexpectedStatus

from .conftest import Ended

RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.json"))

Cli = Callable[..., Ended]


def modules() -> dict[str, Any]:
    """The operations of the generated client that the command performs, by their names."""
    names = ((tag, name, re.sub("(?=[A-Z])", "_", name).lower()) for tag, name, _, _ in OPERATIONS)
    return {name: import_module(f"pasqal_cloud_api.api.{tag}.{module}") for tag, name, module in names}


def replayed(recording: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Parses each answer as if the service had just sent it; gets those that are no errors, by their operations."""
    operations, recorder = modules(), Recorder()
    for record in recording["answers"]:
        name, status, answer = (record[key] for key in ("operation", "status", "answer"))
        unknown = recorder.record(name, answer, status=status)
        assert places(unknown) == places(record["unknown"]), name  # also by the present description of the API
        if status is None:
            continue
        response = httpx.Response(status, json=answer)
        if response.is_success:
            parsed = operations[name].parse(response)
            assert parsed.to_dict() == answer, name
            yield name, parsed
        else:
            with pytest.raises(UnexpectedStatus) as raised:
                operations[name].parse(response)
            assert raised.value.status_code == status


def places(unknown: list[str]) -> list[str]:
    """Where something unknown was; the values themselves may have been replaced by their lengths."""
    return [each.partition(":")[0] for each in unknown]


def read_all(answers: dict[str, Any]) -> list[str]:
    """Reads all attributes of the batches, jobs and workloads that were recorded, and gets their ids."""
    found: list[Any] = []
    for name, kind in (("Batch", Batch), ("Job", Job), ("Workload", Workload)):
        plural = name.replace("Batch", "Batche") + "s"
        listed = answers[f"list{plural}"].to_dict()["data"] if f"list{plural}" in answers else []
        single = [answers[f"get{name}"].to_dict()["data"]] if f"get{name}" in answers else []
        found += [kind(**fields) for fields in listed + single]
    for each in found:
        if isinstance(each, Batch | Job):
            view = BATCH if isinstance(each, Batch) else JOB
            view.read(each)
        assert each.id in each._repr_html_()
    return [each.id for each in found]


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_can_be_read(path: Path) -> None:
    """Every answer is parsed without loss, and every attribute can be read."""
    recording = json.loads(path.read_text("utf-8"))
    answers = dict(replayed(recording))
    assert answers
    assert read_all(answers)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_has_no_secrets(path: Path) -> None:
    """Ids are numbers, and there are no addresses, tokens and signatures."""
    text = path.read_text("utf-8")
    assert {match[0][:8] for match in UUID.finditer(text)} == {"00000000"}
    assert re.findall(r"[\w.]+@[\w.]+|eyJ[\w-]{10,}|(?:signature|token)=(?!\.\.\.)", text) == []
    assert max(map(len, re.findall(r'"([^"]*)"', text))) <= 200


def test_the_recording_of_the_local_service_is_complete() -> None:
    """It has an answer of each operation that the command performs, and nothing that the description doesn't know."""
    recording = json.loads((Path(__file__).parent / "recordings" / "local-service.json").read_text("utf-8"))
    answers = dict(replayed(recording))
    assert list(answers) == [name for _, name, _, _ in OPERATIONS]
    assert [record["unknown"] for record in recording["answers"]] == [[]] * len(OPERATIONS)
    assert len(read_all(answers)) == 7  # two batches, a job and a workload in lists, and one of each kind


def test_what_is_recorded_can_be_replayed(cli: Cli, service: Any, batch: Any, tmp_path: Path) -> None:
    """Also answers that differ from the description, and errors."""
    path = tmp_path / "record.json"
    data = {"id": batch.id, "status": "PAUSED_FOR_LUNCH", "colour": "BLUE", "tags": ["a"], "created_at": "2026-05-01"}
    with service.fault("getBatch", status=200, body={"data": data}), service.fault("listJobs", status=500, body="?"):
        assert cli("doctor", "--record", str(path)).status == 1
    recording = json.loads(path.read_text("utf-8"))
    answers = dict(replayed(recording))
    shown = answers["getBatch"].to_dict()["data"]
    assert (shown["status"], shown["colour"]) == ("PAUSED_FOR_LUNCH", "BLUE")
    assert "listJobs" not in answers
    assert read_all(answers)
    unknown = {record["operation"]: record["unknown"] for record in recording["answers"] if record["unknown"]}
    assert sorted(places(unknown["getBatch"])) == ["data.colour", "data.status"]
