"""`pasqal-cloud batches`: each command does what it says, and shows it as JSON, as lines and as a table."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from .conftest import NOBODY, Ended

KEYS = [
    "id",
    "status",
    "device_type",
    "open",
    "jobs_count",
    "jobs_count_per_status",
    "tags",
    "project_id",
    "user_id",
    "parent_id",
    "webhook",
    "created_at",
    "updated_at",
    "start_datetime",
    "end_datetime",
]

Cli = Callable[..., Ended]


def test_json_has_stable_keys(cli: Cli, batch: Any) -> None:
    """Lists and single batches have the same keys, in the same order, also those without a value."""
    shown = cli("batches", "show", batch.id, "--json").json
    assert list(shown) == KEYS
    assert cli("batches", "list", "--json").json == [shown]
    assert (shown["id"], shown["status"], shown["open"]) == (batch.id, "DONE", False)
    assert shown["tags"] == ["rabi"]
    assert shown["parent_id"] is None
    assert (shown["jobs_count_per_status"]["DONE"], shown["jobs_count_per_status"]["ERROR"]) == (1, 1)
    assert datetime.fromisoformat(shown["created_at"]) == batch.created_at


def test_json_has_the_fields_that_are_asked_for(cli: Cli, batch: Any) -> None:
    """Also those that need further requests, which are not made otherwise."""
    shown = cli("batches", "list", "--json", "status,jobs").json
    assert [list(each) for each in shown] == [["status", "jobs"]]
    assert [(job["status"], job["variables"]) for job in shown[0]["jobs"]] == [
        ("DONE", {"omega": 1.5}),
        ("ERROR", {"omega": 2.0}),
    ]
    assert cli("batches", "show", batch.id, "--json", "sequence_builder").json == {"sequence_builder": "{}"}


def test_a_pipe_gets_lines(cli: Cli, batch: Any) -> None:
    """Fields are separated by tabs, times are complete, nothing is cut, and there is no heading."""
    ((id, status, device, jobs, created, tags),) = cli("batches", "list", COLUMNS="20").rows
    assert (id, status, device, jobs, tags) == (batch.id, "DONE", "EMU_FREE", "1 done, 1 error", "rabi")
    assert datetime.fromisoformat(created) == batch.created_at
    assert ["status", "DONE"] in cli("batches", "show", batch.id).rows


def test_a_terminal_gets_a_table(cli: Cli, batch: Any) -> None:
    """A wide one has all columns, a usual one those that fit, and a narrow one has blocks; an id is never cut."""
    wide = cli("batches", "list", columns=120).out.splitlines()
    assert wide[0].split() == ["ID", "STATUS", "DEVICE", "JOBS", "CREATED", "TAGS"]
    assert wide[1].split()[:3] == [batch.id, "DONE", "EMU_FREE"]
    usual = cli("batches", "list", columns=80).out.splitlines()
    assert usual[0].split()[:4] == ["ID", "STATUS", "DEVICE", "JOBS"]
    assert max(map(len, usual)) <= 80
    narrow = cli("batches", "list", columns=40).out.splitlines()
    assert max(map(len, narrow)) <= 40
    assert [line.split()[0] for line in narrow] == [batch.id, "status", "device", "jobs", "created", "tags"]
    single = cli("batches", "show", batch.id, columns=40).out
    assert f"id: {batch.id}\n" in single
    assert "jobs count per status: 1 done, 1 error\n" in single


def test_a_long_list_is_cut_and_says_so(cli: Cli, sdk: Any, service: Any) -> None:
    """Twenty are shown, or as many as `--limit` says, or all; in a terminal, it says how many there are."""
    ids = [sdk.create_batch("{}", [{"runs": 1}]).id for _ in range(22)]
    assert [row[0] for row in cli("batches", "list").rows] == ids[::-1][:20]
    assert [row[0] for row in cli("batches", "list", "--all").rows] == ids[::-1]
    assert [row[0] for row in cli("batches", "list", "-n", "3", "--offset", "1", "--oldest-first").rows] == ids[1:4]
    assert cli("batches", "list", "-n", "2").err == ""
    assert cli("batches", "list", "-n", "2", columns=80).err == "2 of 22 shown; --all shows all.\n"
    assert cli("batches", "list", "-n", "120", "--json", "id").json == [{"id": id} for id in ids[::-1]]


def test_nothing_found(cli: Cli, service: Any) -> None:
    """An empty list is no error: nothing, an empty array, or a remark in a terminal."""
    assert cli("batches", "list") == Ended(0, "", "")
    assert cli("batches", "list", "--json").json == []
    assert cli("batches", "list", columns=80) == Ended(0, "", "None found.\n")


def test_waiting_tells_how_it_ended(cli: Cli, batch: Any, sdk: Any) -> None:
    """0 if all jobs are DONE; 6 if one is not, although the batch is DONE then."""
    good = sdk.create_batch("{}", [{"runs": 1}])
    assert cli("batches", "wait", good.id, "--json", "status") == Ended(0, '{\n  "status": "DONE"\n}\n', "")
    failed = cli("batches", "wait", batch.id, "--json", "status")
    assert (failed.status, failed.json) == (6, {"status": "DONE"})


def test_waiting_has_an_end(cli: Cli, service: Any, sdk: Any) -> None:
    """7 if the time is up; what to do then stands in one line on standard error."""
    with service.outcome(hold=True):
        batch = sdk.create_batch("{}", [{"runs": 1}])
        ended = cli("batches", "wait", batch.id, "--timeout", "0")
        assert (ended.status, ended.out) == (7, "")
        assert ended.err.count("\n") == 1
        assert ended.err.startswith(f"Error: The batch {batch.id} has not ended within 0 s")
        assert f"pasqal-cloud batches wait {batch.id}" in ended.err


def test_watching_writes_a_line_for_each_change(cli: Cli, batch: Any, service: Any, sdk: Any) -> None:
    """A pipe gets the time, the status and the numbers; a terminal gets the table of jobs at the end."""
    ended = cli("batches", "watch", batch.id)
    assert ended.status == 6
    assert [row[1:] for row in ended.rows] == [["DONE", "1 done, 1 error"]]
    datetime.fromisoformat(ended.rows[0][0])
    with service.outcome(counter={"1": 1}, after=1):
        running = sdk.create_batch("{}", [{"runs": 1}])
        service.clock.speed(10)
        assert [row[1:] for row in cli("batches", "watch", running.id).rows][-1] == ["DONE", "1 done"]
    shown = cli("batches", "watch", batch.id, columns=120)
    assert shown.status == 6
    assert shown.out.splitlines()[0] == f"EMU_FREE · 1 of 2 done, 1 error · batch {batch.id}"
    assert [line.split()[1:3] for line in shown.out.splitlines()[2:]] == [["DONE", "omega=1.5"], ["ERROR", "omega=2"]]


def test_an_interrupted_watch_says_watch(cli: Cli, service: Any, sdk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is returned to by the same command."""
    with service.outcome(hold=True):
        batch = sdk.create_batch("{}", [{"runs": 1}])

        def interrupted(*_: Any, **__: Any) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("pasqal_cloud.Batch.wait", interrupted)
        for command in ("watch", "wait"):
            ended = cli("batches", command, batch.id)
            assert ended.status == 130
            assert ended.err.endswith(f"Return to it with pasqal-cloud batches {command} {batch.id}\n")


def test_an_open_batch_is_closed(cli: Cli, service: Any, sdk: Any) -> None:
    """Closing twice is no error."""
    batch = sdk.create_batch("{}", [], open=True)
    for _ in range(2):
        assert cli("batches", "close", batch.id, "--json", "open").json == {"open": False}


def test_one_batch_is_cancelled(cli: Cli, service: Any, sdk: Any) -> None:
    """The answer is a list, also for one."""
    with service.outcome(hold=True):
        batch = sdk.create_batch("{}", [{"runs": 1}])
        assert cli("batches", "cancel", batch.id, "--json", "id,status").json == [
            {"id": batch.id, "status": "CANCELED"}
        ]


def test_several_batches_are_cancelled(cli: Cli, batch: Any, service: Any, sdk: Any) -> None:
    """Those that can't be are named on standard error, with the reason, and the status is 1."""
    with service.outcome(hold=True):
        running = [sdk.create_batch("{}", [{"runs": 1}]).id for _ in range(2)]
        ended = cli("batches", "cancel", *running, batch.id, "--json", "id")
    assert ended.status == 1
    assert {each["id"] for each in ended.json} == {*running}
    assert ended.err.startswith(f"Error: Batch {batch.id} was not cancelled: ")
    assert ended.err.count("\n") == 1


def test_rebatch_takes_filters(cli: Cli, batch: Any, sdk: Any) -> None:
    """All jobs are repeated, or those that the options choose."""
    whole = cli("batches", "rebatch", batch.id, "--json", "parent_id,jobs_count").json
    assert whole == {"parent_id": batch.id, "jobs_count": 2}
    failed = cli("batches", "rebatch", batch.id, "--status", "error", "--json", "id").json
    assert [job.variables for job in sdk.get_batch(failed["id"]).ordered_jobs] == [{"omega": 2.0}]


@pytest.mark.parametrize(
    ("arguments", "tags"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "--add"], ["rabi", "a"]),
        (["rabi", "--add"], ["rabi"]),
        (["--clear"], []),
    ],
)
def test_tags_are_replaced(cli: Cli, batch: Any, arguments: list[str], tags: list[str]) -> None:
    """They are replaced, added or removed."""
    assert cli("batches", "tag", batch.id, *arguments, "--json", "tags").json == {"tags": tags}


@pytest.mark.parametrize("arguments", [[], ["a", "--clear"]])
def test_tags_need_a_word(cli: Cli, service: Any, arguments: list[str]) -> None:
    """Neither tags nor `--clear`, or both: nothing is sent."""
    ended = cli("batches", "tag", NOBODY, *arguments)
    assert (ended.status, ended.err) == (2, "Error: Give either tags, or --clear.\n")
    assert service.requests("setBatchTags") == []
