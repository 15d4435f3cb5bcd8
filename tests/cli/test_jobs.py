"""`pasqal-cloud jobs`, `results` and `run`."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import NOBODY, Ended

KEYS = [
    "id",
    "batch_id",
    "status",
    "runs",
    "variables",
    "errors",
    "parent_id",
    "project_id",
    "created_at",
    "updated_at",
    "start_timestamp",
    "end_timestamp",
]

Cli = Callable[..., Ended]


def test_jobs_are_listed(cli: Cli, batch: Any) -> None:
    """As JSON with stable keys, as lines, and as a table."""
    shown = cli("jobs", "list", "--batch", batch.id, "--oldest-first", "--json").json
    assert [list(job) for job in shown] == [KEYS, KEYS]
    assert {job["id"]: job["errors"] for job in shown} == {job.id: job.errors for job in batch.ordered_jobs}
    assert sorted(row[1:5] for row in cli("jobs", "list").rows) == [
        ["DONE", "omega=1.5", "-", "100"],
        ["ERROR", "omega=2", "The laser is off.", "100"],
    ]
    assert cli("jobs", "list", columns=120).out.split()[:4] == ["ID", "STATUS", "VARIABLES", "ERRORS"]


def test_a_job_is_shown(cli: Cli, batch: Any) -> None:
    """Its results are fetched if they are asked for; a failed job has none."""
    good, bad = (job.id for job in batch.ordered_jobs)
    assert list(cli("jobs", "show", good, "--json").json) == KEYS
    assert cli("jobs", "show", good, "--json", "result,sequence").json == {
        "result": {"01": 75, "10": 25},
        "sequence": "{}",
    }
    assert cli("jobs", "show", bad, "--json", "result").json == {"result": None}


def test_waiting_for_a_job_tells_how_it_ended(cli: Cli, batch: Any) -> None:
    """0 if it is DONE, else 6."""
    good, bad = (job.id for job in batch.ordered_jobs)
    assert cli("jobs", "wait", good).status == 0
    assert cli("jobs", "wait", bad).status == 6


def test_jobs_are_cancelled(cli: Cli, service: Any, sdk: Any) -> None:
    """Several at once."""
    with service.outcome(hold=True):
        jobs = sdk.create_batch("{}", [{"runs": 1}, {"runs": 1}]).ordered_jobs
        ended = cli("jobs", "cancel", *(job.id for job in jobs), "--json", "status")
    assert ended.json == [{"status": "CANCELED"}] * 2


def test_a_job_is_repeated_in_an_open_batch(cli: Cli, service: Any, sdk: Any, batch: Any) -> None:
    """The copy is shown; a closed batch takes none, and the error says what to do."""
    open = sdk.create_batch("{}", [{"runs": 7, "variables": {"omega": 3}}], open=True)
    (first,) = open.ordered_jobs
    copy = cli("jobs", "retry", first.id, "--json", "id,batch_id,runs,variables").json
    assert copy["id"] != first.id
    assert (copy["batch_id"], copy["runs"], copy["variables"]) == (open.id, 7, {"omega": 3})
    closed = cli("jobs", "retry", batch.ordered_jobs[0].id)
    assert closed.status == 1
    assert f"pasqal-cloud batches rebatch {batch.id} --id {batch.ordered_jobs[0].id}" in closed.err


def test_results(cli: Cli, batch: Any) -> None:
    """The counts as JSON, as lines, and as a table with bars, which are ASCII where the terminal has nothing else."""
    job = batch.ordered_jobs[0]
    assert cli("results", job.id, "--json").json == {
        "id": job.id,
        "batch_id": batch.id,
        "status": "DONE",
        "runs": 100,
        "variables": {"omega": 1.5},
        "result": {"01": 75, "10": 25},
    }
    assert cli("results", job.id, "--json", "full_result").json["full_result"]["counter"] == {"01": 75, "10": 25}
    assert cli("results", job.id) == Ended(0, "01\t75\n10\t25\n", "")
    table = cli("results", job.id, columns=80).out.splitlines()
    assert [line.split() for line in table] == [
        ["BITSTRING", "COUNT", "SHARE"],
        ["01", "75", "75.0%", "█" * 22],
        ["10", "25", "25.0%", "█" * 8],
    ]
    assert cli("results", job.id, "--top", "1", columns=80).out.splitlines()[-1] == "and 1 more: --top 0 shows all"


@pytest.mark.parametrize("columns", [60, None])
def test_results_as_wide_bars(cli: Cli, batch: Any, columns: int | None) -> None:
    """As wide as the terminal, also in a pipe, with the error by shot noise; the most frequent fills the line."""
    job = batch.ordered_jobs[0]
    shown = cli("results", "--plot", job.id, columns=columns)
    assert (shown.status, shown.err) == (0, "")
    room = (columns or 80) - len("01  75  75.0% ± 4.3%  ")
    lines = [line.split() for line in shown.out.splitlines()]
    assert [line[:5] for line in lines] == [["01", "75", "75.0%", "±", "4.3%"], ["10", "25", "25.0%", "±", "4.3%"]]
    assert [len(line[5]) for line in lines] == [room, round(room / 3)]
    assert cli("results", job.id, "--plot", "--top", "1").out.splitlines()[-1] == "and 1 more: --top 0 shows all"


def test_results_as_a_picture(cli: Cli, batch: Any, tmp_path: Path) -> None:
    """A histogram in a file; the counts are printed as well."""
    path = tmp_path / "counts.PNG"
    shown = cli("results", batch.ordered_jobs[0].id, "--plot", str(path))
    assert (shown.status, shown.out, shown.err) == (0, "01\t75\n10\t25\n", f"Saved the histogram in {path}.\n")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_picture_that_can_not_be_drawn(
    cli: Cli, batch: Any, service: Any, sdk: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says why: an unknown kind of file, no counts, no folder, no matplotlib."""
    job = batch.ordered_jobs[0].id
    wrong = cli("results", job, "--plot", "counts.txt")
    assert wrong.err == "Error: --plot draws files that end with .png, .pdf, .svg, not counts.txt.\n"
    assert wrong.status == 2
    missing = cli("results", job, "--plot", str(tmp_path / "none" / "counts.png"))
    assert (missing.status, missing.err.count("\n")) == (1, 1)
    with service.outcome(result={"counter": None, "serialised_results": "{}"}, times=1):
        empty = sdk.create_batch("{}", [{"runs": 1}], wait=True).ordered_jobs[0].id
    assert "has no counts to draw" in cli("results", empty, "--plot", str(tmp_path / "x.png")).err
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    without = cli("results", job, "--plot", str(tmp_path / "x.png"))
    assert (without.status, 'pip install "pasqal-cloud[plot]"' in without.err) == (3, True)


def test_there_is_no_result(cli: Cli, batch: Any, service: Any, sdk: Any) -> None:
    """6 and the reason if the job failed; 7 and what to do if it has not ended."""
    failed = cli("results", batch.ordered_jobs[1].id)
    assert failed.status == 6
    assert failed.err.endswith("ended ERROR: The laser is off.\n")
    with service.outcome(hold=True):
        job = sdk.create_batch("{}", [{"runs": 1}]).ordered_jobs[0]
        running = cli("results", job.id)
        assert running.status == 7
        assert f"pasqal-cloud results {job.id} --wait" in running.err
    with service.outcome(counter={"1": 3}, times=1):
        job = sdk.create_batch("{}", [{"runs": 3}]).ordered_jobs[0]
        assert cli("results", job.id, "--wait").rows == [["1", "3"]]


def test_a_sequence_runs(cli: Cli, service: Any, sequence: str) -> None:
    """Everything that is given arrives; the id is the first that a pipe gets."""
    config = Path(sequence).with_name("config.json")
    config.write_text('{"with_noise": true}')
    given = f"--runs 5 --var omega=1.5 -v xs=[1,2] --device EMU_FREE --tag a --tag b --open --config {config}".split()
    id = cli("run", sequence, *given, "--json", "id").json["id"]
    (request,) = service.requests("createBatch")
    assert request.body == {
        "sequence_builder": "{}",
        "device_type": "EMU_FREE",
        "jobs": [{"runs": 5, "variables": {"omega": 1.5, "xs": [1, 2]}}],
        "open": True,
        "tags": ["a", "b"],
        "backend_configuration": '{"with_noise": true}',
        "project_id": service.project_id,
    }
    assert cli("batches", "show", id, "--json", "open").json == {"open": True}
    assert cli("run", "-", input="{}").rows[0][0] == "id"


def test_a_run_waits(cli: Cli, service: Any, sequence: str) -> None:
    """It prints the id at once on standard error, then the counts; JSON has them in the jobs."""
    with service.outcome(counter={"01": 3, "10": 7}):
        ended = cli("run", sequence, "--wait")
        assert (ended.status, ended.rows) == (0, [["10", "7"], ["01", "3"]])
        assert ended.err.startswith("Created batch ")
        shown = cli("run", sequence, "--timeout", "60", "--json").json
        assert [job["result"] for job in shown["jobs"]] == [{"01": 3, "10": 7}]
    with service.outcome(errors=["The laser is off."]):
        failed = cli("run", sequence, "--wait")
        assert failed.status == 6
        assert ["errors", "The laser is off."] in failed.rows
    with service.outcome(hold=True):
        assert cli("run", sequence, "--timeout", "0").status == 7


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{sequence}", "--var", "omega"], "omega has no value. Write --var omega=3.5."),
        (["{sequence}", "--var", "amps=1,2,3"], 'nor a list. Write --var "amps=[1, 2, 3]".'),
        (["{sequence}", "--var", "amps=x"], "x is neither a number nor a list. Write --var amps=3.5."),
        (["{sequence}", "--var", "omega=1", "--var", "a=1", "--var", "omega=2"], "omega is given twice."),
        (["{sequence}", "--var", "omega=x"], "x is neither a number nor a list. Write --var omega=3.5."),
        (["{folder}/none.json"], "none.json can't be read: No such file or directory."),
        (["{folder}/bad.json"], "bad.json is not JSON: "),
        (["{sequence}", "--config", "{folder}/bad.json"], "bad.json is not JSON: "),
        (["{sequence}", "--open", "--local"], "--local ends with this command, so --open makes no sense."),
        (["{sequence}", "--runs", "0"], "Invalid value for '--runs'"),
    ],
)
def test_wrong_arguments_of_a_run(cli: Cli, service: Any, sequence: str, arguments: list[str], told: str) -> None:
    """One line says what is wrong, and nothing is sent."""
    folder = Path(sequence).parent
    (folder / "bad.json").write_text("[1,")
    ended = cli("run", *(argument.format(sequence=sequence, folder=folder) for argument in arguments))
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err
    assert ended.err.count("\n") == 1
    assert service.requests("createBatch") == []


def test_an_unknown_job(cli: Cli, service: Any) -> None:
    """It is not found: status 5, and a hint."""
    ended = cli("jobs", "show", NOBODY)
    assert ended.status == 5
    assert ended.err.startswith("Error: Fetching the job failed: ")
    assert ended.err.endswith("pasqal-cloud batches list, or jobs list, shows the ids.\n")
    assert json.dumps(ended.err).count("\\n") == 1


def test_results_of_a_batch(cli: Cli, service: Any, sdk: Any, batch: Any, sequence: str) -> None:
    """Of its only job; of several, the error says how to see them."""
    several = cli("results", batch.id)
    assert several.status == 2
    assert f"{batch.id} is a batch, with 2 jobs, and no job. Choose one: pasqal-cloud jobs list --batch" in several.err
    with service.outcome(counter={"1": 3}):
        ended = cli("run", sequence, "--json", "id")
        one = ended.json["id"]
        assert ended.err == f"Its result: pasqal-cloud results {one} --wait\n"
        assert cli("results", one, "--wait").rows == cli("results", one[:12]).rows == [["1", "3"]]
    assert cli("results", NOBODY).status == 5
