"""Ids of batches and jobs, of which the first characters are enough."""

from collections.abc import Callable
from typing import Any

import pytest

from pasqal_cloud import Batch, Job, PaginatedResponse

from .conftest import NOBODY, Ended

Cli = Callable[..., Ended]


@pytest.mark.parametrize("length", [8, 14, 35])
def test_the_first_characters_are_enough(cli: Cli, batch: Any, length: int) -> None:
    """Of a batch's id and of a job's, in each command; large letters are taken, too."""
    short, job = batch.id[:length], batch.ordered_jobs[0].id[:length].upper()
    assert cli("batches", "show", short, "--json", "id").json == {"id": batch.id}
    assert cli("batches", "wait", short, "--json", "id").json == {"id": batch.id}
    assert cli("batches", "watch", short).status == 6
    assert cli("batches", "tag", short, "new", "--json", "id,tags").json == {"id": batch.id, "tags": ["new"]}
    assert cli("jobs", "show", job, "--json", "id").json == {"id": batch.ordered_jobs[0].id}
    assert cli("jobs", "wait", job).status == 0
    assert cli("results", job).rows == [["01", "75"], ["10", "25"]]
    assert cli("batches", "rebatch", short, "--json", "parent_id").json == {"parent_id": batch.id}


def test_what_changes_something_takes_them_too(cli: Cli, service: Any, sdk: Any) -> None:
    """Closing, cancelling and repeating."""
    with service.outcome(hold=True):
        batch = sdk.create_batch("{}", [{"runs": 1}, {"runs": 1}], open=True)
        first = batch.ordered_jobs[0].id
        assert cli("jobs", "cancel", first[:8], "--json", "id,status").json == [{"id": first, "status": "CANCELED"}]
        assert cli("jobs", "retry", first[:8], "--json", "parent_id").status == 0
        assert cli("batches", "close", batch.id[:8], "--json", "open").json == {"open": False}
        assert cli("batches", "cancel", batch.id[:8], "--json", "status").json == [{"status": "CANCELED"}]


def test_a_whole_id_needs_no_search(cli: Cli, batch: Any, service: Any) -> None:
    """With or without hyphens, it is requested directly."""
    before = len(service.requests("listBatches"))
    assert cli("batches", "show", batch.id).status == 0
    assert cli("batches", "show", batch.id.replace("-", "")).status == 0
    assert len(service.requests("listBatches")) == before


def test_no_id_begins_like_that(cli: Cli, service: Any) -> None:
    """Status 5, and which command shows the ids."""
    ended = cli("batches", "cancel", NOBODY[:8])
    assert ended == Ended(
        5, "", f"Error: There is no batch whose id begins with {NOBODY[:8]}. pasqal-cloud batches list shows the ids.\n"
    )
    assert "jobs list shows the ids" in cli("results", NOBODY[:12]).err


@pytest.mark.parametrize(("given", "told"), [("0ef5", "give at least 6 characters"), ("my-batch", "must be a UUID")])
def test_what_can_be_no_beginning_is_not_searched(cli: Cli, service: Any, given: str, told: str) -> None:
    """It is too short, or no id at all."""
    ended = cli("batches", "show", given)
    assert (ended.status, told in ended.err) == (2, True)
    assert service.requests("listBatches") == []


@pytest.mark.parametrize(
    ("ids", "total", "told"),
    [
        (["0ef5c0de-0000-4000-8000-000000000000", NOBODY], 40, "it listed others than 0ef5c0"),
        (["0ef5c0de-0000-4000-8000-000000000000"], 40, "000000000000 and 39 more. Give more characters."),
    ],
)
def test_an_id_is_the_only_one_if_all_were_seen(
    cli: Cli, service: Any, monkeypatch: pytest.MonkeyPatch, ids: list[str], total: int, told: str
) -> None:
    """A service that does not filter, or does not list all, can't tell that there is only one."""
    page = PaginatedResponse([Batch(id=each, status="DONE") for each in ids], total, 0)
    monkeypatch.setattr("pasqal_cloud.SDK.get_batches", lambda *_: page)
    ended = cli("batches", "cancel", "0ef5c0")
    assert ended.status != 0
    assert told in ended.err
    assert service.requests("cancelBatch") == []


@pytest.mark.parametrize(("number", "more"), [(2, ""), (8, " and 3 more")])
def test_several_ids_begin_like_that(
    cli: Cli, service: Any, monkeypatch: pytest.MonkeyPatch, number: int, more: str
) -> None:
    """One error names them, and nothing is done to any."""
    ids = [f"0ef5c0de-0000-4000-8000-{each:012}" for each in range(number)]

    def listed(kind: type[Batch | Job]) -> Callable[..., Any]:
        return lambda _, filters, page: PaginatedResponse(
            [kind(id=each, status="DONE") for each in ids[: page.limit]], number, 0
        )

    monkeypatch.setattr("pasqal_cloud.SDK.get_batches", listed(Batch))
    monkeypatch.setattr("pasqal_cloud.SDK.get_jobs", listed(Job))
    for command, kinds in (("batches", "batches"), ("jobs", "jobs")):
        ended = cli(command, "cancel", "0ef5c0")
        shown = ", ".join(ids[:5])
        told = f"Error: The ids of several {kinds} begin with 0ef5c0: {shown}{more}. Give more characters.\n"
        assert ended == Ended(2, "", told)
    assert service.requests("cancelBatches") == service.requests("cancelBatch") == []
