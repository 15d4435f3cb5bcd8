"""A local service without pytest's help: what can be scripted, through the client that tests use."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

import pasqal_cloud.testing
from pasqal_cloud import (
    SDK,
    AuthenticationError,
    BatchFilters,
    JobFetchingError,
    JobFilters,
    LocalServiceError,
    NotFoundError,
    RateLimitError,
    ServerError,
    ValidationError,
)
from pasqal_cloud.testing import Fault, LocalService, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def colourful(colour: Any, pasqal_service: LocalService) -> Iterator[Any]:
    """An SDK of each colour on the service."""
    sdk = pasqal_service.sdk() if colour.is_blocking else pasqal_service.async_sdk()
    yield sdk
    colour.call(sdk.close())


def test_the_names_of_the_package() -> None:
    """All can be imported; others are no names of it."""
    assert all(getattr(pasqal_cloud.testing, name).__name__ == name for name in pasqal_cloud.testing.__all__)
    with pytest.raises(AttributeError, match=r"pasqal_cloud.testing.*Mock"):
        _ = pasqal_cloud.testing.Mock


def test_a_service_is_a_context() -> None:
    """It starts, works and ends; after that it can't be told anything, which is said in a sentence."""
    with LocalService.start("--project-id=11111111-2222-4333-8444-555555555555") as service, service.sdk() as sdk:
        batch = sdk.create_batch("{}", [{"runs": 10}], wait=True)
        assert batch.ordered_jobs[0].result == {"0": 10}
        assert batch.project_id == service.project_id == "11111111-2222-4333-8444-555555555555"
        again = LocalService(service.url, service.username, service.password, service.project_id)
        assert again.requests("createBatch")[0].status == 200
    with pytest.raises(LocalServiceError, match="does not respond"):
        again.reset()
    again.close()


def test_wrong_credentials_control_nothing(pasqal_service: LocalService) -> None:
    """And the error says so."""
    other = LocalService(pasqal_service.url, pasqal_service.username, "wrong", pasqal_service.project_id)
    with pytest.raises(LocalServiceError, match="username and password"):
        other.reset()
    other.close()


def test_both_colours_meet_faults(colour: Any, colourful: Any, pasqal_service: LocalService) -> None:
    """They are taken away at the end of their context, and tell how often they were met, then as well."""
    with pasqal_service.fault("listBatches", status=429, headers={"Retry-After": "30"}) as fault:
        assert pasqal_service.faults[0].id == fault.id
        colour.attempt(RateLimitError, colourful.get_batches)
        assert (fault.fired, fault.seen) == (3, 3)
    assert pasqal_service.faults == []
    assert colour.call(colourful.get_batches()).total == 0
    assert fault.fired == 3
    assert {request.fault for request in pasqal_service.requests("listBatches")} == {fault.id, None}


@pytest.mark.parametrize("body", [b"\x00\xff", "text", {"a": [1]}, [], False])
def test_bodies_of_every_kind(pasqal_service: LocalService, body: Any) -> None:
    """Bytes, texts and JSON reach the client as they are."""
    pasqal_service.fault("listBatches", status=500, body=body)
    with pasqal_service.sdk(retry=False) as sdk, pytest.raises(ServerError) as caught:
        sdk.get_batches()
    shown = {bytes: "\x00�", str: "text", dict: '{"a": [1]}', list: "[]", bool: "false"}
    assert caught.value.body == shown[type(body)]


def test_rules_outlive_a_reset_in_name_only(pasqal_service: LocalService) -> None:
    """Taking away what a reset has taken is no error."""
    with pasqal_service.fault("createBatch", status=500) as fault, pasqal_service.outcome(errors=["No."]) as outcome:
        pasqal_service.reset()
        assert (pasqal_service.faults, pasqal_service.outcomes) == ([], [])
    assert (type(fault), type(outcome)) == (Fault, Outcome)
    assert (fault.fired, outcome.fired) == (0, 0)


def test_a_seed_repeats_what_was_hit(pasqal_service: LocalService) -> None:
    """With the seed that a fault shows, another hits the same."""

    def statuses(**options: Any) -> tuple[Fault, list[int | None]]:
        pasqal_service.forget_requests()
        with pasqal_service.sdk(retry=False) as sdk:
            sdk.user_token()
            with pasqal_service.fault("listProjects", status=500, probability=0.5, **options) as fault:
                for _ in range(20):
                    with suppress(ServerError):
                        sdk.get_all_projects()
        return fault, [request.status for request in pasqal_service.requests("listProjects")]

    fault, first = statuses()
    assert statuses(seed=fault.seed)[1] == first
    assert set(first) == {200, 500}


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"operation": "createBach"}, r"operation: there is no operation 'createBach'; did you mean 'createBatch'\?"),
        ({"status": 20}, "status: must be at least 200"),
        ({"headers": {"X": 5}}, "headers.X: must be of type string"),
        ({"raw": b"x", "status": 200}, "raw: the whole response: status and headers can't be given"),
    ],
    ids=str,
)
def test_a_fault_that_makes_no_sense_is_refused(pasqal_service: LocalService, rule: Any, reason: str) -> None:
    """Where it is made, with the reason."""
    with pytest.raises(ValidationError, match=reason):
        pasqal_service.fault(**rule)


def test_outcomes(colour: Any, colourful: Any, pasqal_service: LocalService) -> None:
    """Counts, documents and errors, for those jobs that they are for, in order."""
    pasqal_service.outcome(counter={"01": 3}, times=1)
    pasqal_service.outcome(result={"counter": {"11": 1}, "raw": ["11"], "serialised_results": None}, times=1)
    pasqal_service.outcome(errors=["No.", "Never."], device_type="EMU_SV")
    batch = colour.call(colourful.create_batch("{}", [{"runs": 3}] * 3, wait=True))
    jobs = colour.call(batch.ordered_jobs)
    assert [colour.call(job.result) for job in jobs] == [{"01": 3}, {"11": 1}, {"0": 3}]
    failed = colour.call(colourful.create_batch("{}", [{"runs": 3}], device_type="EMU_SV", wait=True))
    assert [job.errors for job in colour.call(failed.ordered_jobs)] == [["No.", "Never."]]
    assert [outcome.fired for outcome in pasqal_service.outcomes] == [1, 1, 1]


def test_held_jobs(pasqal_service: LocalService, sdk: SDK) -> None:
    """RUNNING until they are released."""
    with pasqal_service.outcome(counter={"1": 1}, hold=True) as held:
        batch = sdk.create_batch("{}", [{"runs": 1}])
        batch.wait(timeout=20, poll=0.01, on_update=lambda batch: batch.status == "RUNNING" and held.release())
    assert batch.ordered_jobs[0].result == {"1": 1}
    assert "1" in repr(held)


def test_workloads(pasqal_service: LocalService, sdk: SDK) -> None:
    """They end as they are told."""
    with pasqal_service.outcome(result={"energy": -1.0}, workload_type="vqe"):
        workload = sdk.create_workload("vqe", "EMU_FREE", {"depth": 3}, wait=True)
    assert workload.status == "DONE"


def test_pauses(pasqal_service: LocalService, sdk: SDK) -> None:
    """They nest, and end with their context."""
    with pasqal_service.paused("EMU_FREE"):
        with pasqal_service.paused():
            other = sdk.create_batch("{}", [{"runs": 1}], device_type="EMU_FRESNEL")
            batch = sdk.create_batch("{}", [{"runs": 1}], device_type="EMU_FREE")
            sdk.get_batches()
            assert sdk.get_batch_status(other.id) == "PENDING"
        other.wait(timeout=20)
        assert sdk.get_batch_status(batch.id) == "PENDING"
    batch.wait(timeout=20)


def test_the_clock(pasqal_service: LocalService, sdk: SDK) -> None:
    """Set, advanced, stopped, sped up, and put right."""
    clock = pasqal_service.clock
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    clock.freeze()
    clock.advance(60)
    frozen = clock.now
    assert frozen - datetime(2030, 1, 1, 0, 1, tzinfo=UTC) < timedelta(seconds=30)
    assert sdk.create_batch("{}", [{"runs": 1}]).created_at == frozen
    clock.unfreeze()
    clock.speed(10_000)
    before = clock.now
    assert clock.now > before
    clock.offset(-3600)
    clock.speed(1)
    clock.reset()
    assert abs(clock.now - datetime.now(UTC)) < timedelta(seconds=30)


def test_links_and_tokens_expire(pasqal_service: LocalService, sdk: SDK) -> None:
    """As soon as the test wants it; the client gets others."""
    pasqal_service.set_lifetimes(link=10, token=1000)
    batch = sdk.create_batch("{}", [{"runs": 1}], wait=True)
    pasqal_service.clock.advance(2000)
    assert batch.ordered_jobs[0].result == {"0": 1}
    assert len(pasqal_service.requests("createToken")) == 2
    with pasqal_service.fault("getResult", status=403), pytest.raises(JobFetchingError):
        _ = sdk.get_job(batch.ordered_jobs[0].id).result


def test_other_users(pasqal_service: LocalService, sdk: SDK) -> None:
    """They have SDKs of their own, see nothing of one another, and may share a project."""
    batch = sdk.create_batch("{}", [{"runs": 1}])
    ada = pasqal_service.add_user("ada", allowed_device_types=["EMU_SV"])
    eve = pasqal_service.add_user("eve", "s3cret", project_ids=[pasqal_service.project_id])
    assert "s3cret" not in repr(eve)
    with ada.sdk() as hers, pytest.raises(NotFoundError):
        hers.get_batch(batch.id)
    with eve.sdk() as hers:
        assert hers.get_batch(batch.id).id == batch.id
    with pasqal_service.sdk(client_id="eve", client_secret="s3cret") as hers:
        assert hers.get_batch(batch.id).id == batch.id
    with pytest.raises(LocalServiceError, match="eve already"):
        pasqal_service.add_user("eve")
    pasqal_service.reset()
    with eve.sdk() as hers, pytest.raises(AuthenticationError):
        hers.get_batches()


def test_requests_tell_everything_but_secrets(pasqal_service: LocalService, sdk: SDK) -> None:
    """Their bodies, headers, queries and answers."""
    sdk.create_batch("{}", [{"runs": 7}], tags=["a"])
    token, created = pasqal_service.requests()
    assert (token.operation, token.body["password"]) == ("createToken", "***")
    assert (created.operation, created.status, created.fault) == ("createBatch", 200, None)
    assert created.body["jobs"] == [{"runs": 7}]
    assert created.headers["authorization"] == "***"
    assert created.headers["idempotency-key"]
    assert abs(created.at - datetime.now(UTC)) < timedelta(seconds=30)
    pasqal_service.forget_requests()
    assert pasqal_service.requests() == []


def test_the_service_answers_all_operations(pasqal_service: LocalService) -> None:
    """Whatever the SDK can ask for, over a login of its own."""
    with pasqal_service.sdk() as sdk:
        opened = sdk.create_batch("{}", [{"runs": 1}], open=True, tags=["a"])
        opened.add_jobs([{"runs": 2}])
        opened.set_tags(["b"])
        opened.close(wait=True)
        assert [found.id for found in sdk.get_batches(BatchFilters(tag="b"))] == [opened.id]
        assert len(sdk.get_jobs(JobFilters(batch_id=opened.id))) == 2
        assert sdk.get_job(opened.ordered_jobs[0].id).result == {"0": 1}
        assert sdk.rebatch(opened.id).parent_id == opened.id
        assert sdk.get_all_projects()
        assert sdk.get_device_specs_dict()
        assert sdk.cancel_batches([opened.id]).errors.keys() == {opened.id}
    assert pasqal_service.requests("createToken")
