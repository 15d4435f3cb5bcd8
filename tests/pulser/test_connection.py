"""What a connection asks of the cloud, and what it makes of the answers; nothing runs here."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections import Counter
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from pulser import AnalogDevice, MockDevice, Pulse, Register, Sequence
from pulser.backend.qpu import QPUBackend
from pulser.backend.remote import BatchStatus, JobStatus, RemoteResultsError

from pasqal_cloud import (
    BatchClosingError,
    BatchCreationError,
    BatchFetchingError,
    JobCreationError,
    SubmissionUnknownError,
    ValidationError,
)
from pasqal_cloud.backends import RemoteEmuFreeBackend
from pasqal_cloud.backends.connection import PasqalCloudConnection
from pasqal_cloud.testing.service import QUICK_RECOVERY, QUICK_RETRY

from .conftest import pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasqal_cloud.testing.service import LocalService

JOB = {"runs": 7, "variables": {"omega": 3.0}}
LOOKING = ["getBatchStatus"]

REMEMBERED = 100
"""How many batches a connection remembers at most."""

SLOW = 1.5
"""Seconds that an answer takes while other things happen."""


def submit(connection: PasqalCloudConnection, *jobs: Any, **options: Any) -> Any:
    """Submits jobs that run the same sequence on EMU_FREE."""
    return connection.submit(pair(), job_params=list(jobs or [JOB]), device_type="EMU_FREE", **options)


def operations(service: LocalService) -> list[str | None]:
    """What the service was asked for so far, but for tokens."""
    return [request.operation for request in service.requests() if request.operation != "createToken"]


def until_running(connection: PasqalCloudConnection, results: Any) -> None:
    """Waits until the service runs all jobs, and lets the connection see it: for it, that is a change."""
    batch = connection.cloud_client.get_batch(results.batch_id)
    while batch.jobs_count_per_status.get("RUNNING") != len(results.job_ids):
        batch.refresh()
    progress = connection._query_job_progress(results.batch_id)
    assert {status for status, _ in progress.values()} == {JobStatus.RUNNING}


def test_a_query_costs_one_request_while_nothing_changes(
    connection: PasqalCloudConnection, pasqal_service: LocalService, clock: Any
) -> None:
    """Neither jobs nor results are asked for as long as the status stays the same."""
    with pasqal_service.outcome(hold=True):
        results = submit(connection, JOB, JOB)
        until_running(connection, results)
        before = len(operations(pasqal_service))
        for _ in range(3):
            progress = connection._query_job_progress(results.batch_id)
            assert progress == dict.fromkeys(results.job_ids, (JobStatus.RUNNING, None))
        assert results.get_batch_status() is BatchStatus.RUNNING
    assert operations(pasqal_service)[before:] == 4 * LOOKING


def test_a_look_at_the_progress_is_one_request(pasqal_environment: LocalService) -> None:
    """By Pulser's connection, of a batch of which nothing is done; and no link is asked for."""
    service = pasqal_environment
    with service.paused("FRESNEL"), PasqalCloudConnection() as connection:
        made = connection.cloud_client.create_batch("{}", [{"runs": 1}] * 5, device_type="FRESNEL")
        results = connection.get_results(made.id)
        assert results.get_available_results() == {}
        service.forget_requests()
        assert results.get_available_results() == {}
        asked = Counter(request.operation for request in service.requests())
    assert asked == {"getBatchStatus": 1}


def test_jobs_are_submitted_by_position(connection: PasqalCloudConnection) -> None:
    """In the old order: wait, open, batch_id, device_type, backend_configuration."""
    config = RemoteEmuFreeBackend.default_config
    arguments: list[Any] = [pair(), False, True, None, "EMU_FREE", config]
    results = connection.submit(*arguments, job_params=[JOB])
    batch = connection.cloud_client.get_batch(results.batch_id)
    assert (batch.open, batch.device_type, batch.backend_configuration) == (True, "EMU_FREE", config.to_abstract_repr())


def test_results_are_downloaded_once(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """What has been settled is not asked for again, by whichever of Pulser's ways."""
    with pasqal_service.outcome(counter={"01": 7}):
        results = submit(connection, JOB, JOB, wait=True)
    assert [result.final_bitstrings for result in results] == [{"01": 7}] * 2
    assert operations(pasqal_service).count("getResult") == 2
    before = len(operations(pasqal_service))
    again = connection.get_results(results.batch_id, results.job_ids)
    assert again.results == results.results
    assert list(again.get_available_results()) == results.job_ids
    assert again.get_batch_status() is BatchStatus.DONE
    assert len(operations(pasqal_service)) == before


def test_a_caller_without_pauses_is_slowed_down(
    connection: PasqalCloudConnection, pasqal_service: LocalService, clock: Any
) -> None:
    """The pauses grow while nothing changes; who pauses anyway is not held up; a change is looked at at once."""
    with pasqal_service.outcome(hold=True, counter={"00": 7}) as outcome:
        results = submit(connection)
        until_running(connection, results)  # which is a change
        clock.pauses.clear()
        for _ in range(8):
            connection._query_job_progress(results.batch_id)
        assert clock.pauses == pytest.approx([0.1, 0.2, 0.5, 1.0, 1.0, 1.0, 1.0])  # not before the first
        clock.pauses.clear()
        clock.now += 5
        connection._query_job_progress(results.batch_id)
        assert clock.pauses == []
        outcome.release()
    while results.get_batch_status() is not BatchStatus.DONE:
        pass
    clock.pauses.clear()
    assert results[0].final_bitstrings == {"00": 7}
    assert clock.pauses == []


@pytest.mark.parametrize(
    ("status", "batch_status"),
    [
        ("PAUSED", BatchStatus.PAUSED),
        ("CANCELING", BatchStatus.RUNNING),
        ("HIBERNATING", BatchStatus.RUNNING),
        ("TIMED_OUT", BatchStatus.TIMED_OUT),
    ],
)
def test_statuses_that_pulser_does_not_know(
    connection: PasqalCloudConnection, pasqal_service: LocalService, status: str, batch_status: BatchStatus
) -> None:
    """They are no errors: what is not the end goes on."""
    with pasqal_service.outcome(hold=True):
        results = submit(connection)
        answer = {"status": "success", "message": "OK.", "code": "200"}
        progress = answer | {"data": {"id": results.batch_id, "status": status}}
        (job_id,) = results.job_ids
        job = {"id": job_id, "status": status, "batch_id": results.batch_id, "runs": 7}
        jobs = answer | {"data": [job], "pagination": {"total": 1, "start": 0, "end": 1}}
        batch = connection.cloud_client.get_batch(results.batch_id)
        known = {"id": batch.id, "open": False, "project_id": batch.project_id, "device_type": batch.device_type}
        whole = known | {"sequence_builder": batch.sequence_builder, "status": status}
        with (
            pasqal_service.fault("getBatchStatus", status=200, body=progress),
            pasqal_service.fault("getBatch", status=200, body=answer | {"data": whole}),
            pasqal_service.fault("listJobs", status=200, body=jobs),
        ):
            assert results.get_batch_status() is batch_status
            expected = {"PAUSED": JobStatus.PAUSED, "TIMED_OUT": JobStatus.ERROR}.get(status, JobStatus.RUNNING)
            assert connection._query_job_progress(results.batch_id) == {job_id: (expected, None)}


def test_some_results_are_there(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """Where a job has failed, the others' results can be had; asking for all says which failed, and why."""
    with pasqal_service.outcome(counter={"11": 7}, times=1), pasqal_service.outcome(errors=["The laser is off."]):
        results = submit(connection, JOB, JOB, wait=True)
    good, bad = results.job_ids
    available = results.get_available_results()
    assert {job_id: result.final_bitstrings for job_id, result in available.items()} == {good: {"11": 7}}
    assert [status for status, _ in connection._query_job_progress(results.batch_id).values()] == [
        JobStatus.DONE,
        JobStatus.ERROR,
    ]
    with pytest.raises(RemoteResultsError, match="partial results") as caught:
        _ = results.results
    assert bad in str(caught.value.__cause__)
    assert "The laser is off." in str(caught.value.__cause__)
    assert connection.get_results(results.batch_id, [good])[0].final_bitstrings == {"11": 7}


def test_results_of_what_runs_are_not_waited_for(
    connection: PasqalCloudConnection, pasqal_service: LocalService
) -> None:
    """Reading results too early is Pulser's own error."""
    with pasqal_service.outcome(hold=True):
        results = submit(connection)
        with pytest.raises(RemoteResultsError):
            _ = results.results
        assert results.get_available_results() == {}


@pytest.mark.parametrize(
    "trouble", [{"status": 504, "drop": "after"}, {"drop": "after"}, {"end": "stall", "drop": "after"}]
)
def test_a_batch_is_submitted_once(pasqal_environment: LocalService, trouble: dict[str, Any]) -> None:
    """Where the answer is lost, the batch is found: there is one, and one request for it was made."""
    with PasqalCloudConnection(retry=QUICK_RETRY, recover_for=QUICK_RECOVERY, timeout=0.5) as connection:
        with pasqal_environment.fault("createBatch", **trouble):
            results = submit(connection, wait=True)
        assert connection.cloud_client.get_batches().total == 1
        assert len(pasqal_environment.requests("createBatch")) == 1
        assert results.get_batch_status() is BatchStatus.DONE


@pytest.mark.slow
def test_trouble_while_waiting_submits_nothing(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """Waiting is another thing than submitting: when its requests fail, nothing is submitted again."""
    with pasqal_service.fault("getBatchStatus", status=500, times=4):
        submit(connection, wait=True)
    assert len(pasqal_service.requests("createBatch")) == 1


def test_a_submission_that_is_lost_is_told(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """Nobody knows, and the error says so; it is not sent again."""
    with pasqal_service.fault("createBatch", drop="before"), pytest.raises(BatchCreationError) as caught:
        submit(connection)
    assert isinstance(caught.value, SubmissionUnknownError)
    assert len(pasqal_service.requests("createBatch")) == 1


def test_the_id_is_told_before_the_wait(
    connection: PasqalCloudConnection, pasqal_service: LocalService, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever interrupts the wait finds the id in the log."""
    with caplog.at_level(logging.INFO, "pasqal_cloud"):
        results = submit(connection)
    assert any(results.batch_id in message for message in caplog.messages)


def test_an_open_batch_takes_jobs_of_any_sequence(
    connection: PasqalCloudConnection, pasqal_service: LocalService
) -> None:
    """Jobs of the batch's sequence share it; others bring their own, with its variables set."""
    backend = RemoteEmuFreeBackend(pair(), connection)
    with backend.open_batch():
        first = backend.run([JOB])
        other = connection.submit(
            pair(pulses=2),
            batch_id=first.batch_id,
            job_params=[JOB, {"variables": {"omega": 1.0}}],
            device_type="EMU_FREE",
        )
        assert other.batch_id == first.batch_id
        assert (len(first.job_ids), len(other.job_ids)) == (1, 2)
        assert not set(first.job_ids) & set(other.job_ids)
    same, own = pasqal_service.requests("addJobs")
    assert same.body == [JOB]
    assert [sorted(job) for job in own.body] == [["runs", "sequence"], ["sequence"]]
    assert all(json.loads(job["sequence"])["variables"] == {} for job in own.body)
    assert operations(pasqal_service).count("closeBatch") == 1
    assert connection.get_results(first.batch_id).job_ids == [*first.job_ids, *other.job_ids]


def test_an_open_batch_is_closed_after_an_error(
    connection: PasqalCloudConnection, pasqal_service: LocalService
) -> None:
    """It would keep its device otherwise."""
    backend = RemoteEmuFreeBackend(pair(), connection)
    with pytest.raises(ZeroDivisionError), backend.open_batch():
        backend.run([JOB])
        _ = 1 / 0
    assert len(pasqal_service.requests("closeBatch")) == 1


def test_a_lost_addition_is_found(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """Jobs whose answer is lost are added once."""
    backend = RemoteEmuFreeBackend(pair(), connection)
    with backend.open_batch(), pasqal_service.fault("addJobs", drop="after", status=504):
        results = backend.run([JOB, JOB])
        assert len(results.job_ids) == 2
    assert len(connection.get_results(results.batch_id).job_ids) == 2


def test_several_sequences_are_one_batch(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """Each becomes a job with its own sequence; the batch has none."""
    sequences = [pair().build(omega=1.0), pair(pulses=2)]
    results = connection.submit(sequences, job_params=[{"runs": 3}, JOB], device_type="EMU_FREE", wait=True)
    assert len(results.job_ids) == 2
    (request,) = pasqal_service.requests("createBatch")
    assert request.body["sequence_builder"] is None
    assert [job["runs"] for job in request.body["jobs"]] == [3, 7]
    assert [sum(result.final_bitstrings.values()) for result in results] == [3, 7]
    same = connection.submit([sequences[0]] * 3, job_params=[{"runs": 4}], device_type="EMU_FREE")
    assert len(same.job_ids) == 3


@pytest.mark.parametrize(
    ("sequences", "jobs", "reason"),
    [
        (pair(), [{"runs": 5}], "omega"),
        (pair(), [{"runs": 5, "variables": {"omega": [1.0, 2.0]}}], "size 2"),
        (pair(), [JOB, {"runs": 5, "variables": {}}], "omega"),
        ([pair(), pair()], [JOB, JOB, JOB], "There are 2 sequences, but 3 job_params"),
        ([pair()], [{**JOB, "shots": 5}], "shots"),
        ([pair().build(omega=1.0)], [JOB], r"job_params\[0\]\.variables contains omega, but"),
        (pair().build(omega=1.0), [JOB], r"job_params\[0\]\.variables contains omega, but"),
        (pair(), [JOB, {"runs": 5}], r"job_params\[1\]"),
        ([], [JOB], r"sequence must be a pulser\.Sequence"),
        ("{}", [JOB], r"sequence must be a pulser\.Sequence"),
        (None, [JOB], r"sequence must be a pulser\.Sequence"),
        (pair(), JOB, "job_params must be a list"),
        (pair(), ["omega"], "job_params must be a list"),
        (pair(), [{"runs": 0, "variables": {"omega": 1.0}}], "runs"),
        (pair(), [{"variables": {"omega": 1.0}}], "runs"),
        (pair(), [{**JOB, "shots": 5}], "shots"),
    ],
)
def test_what_can_not_run_is_not_sent(
    connection: PasqalCloudConnection, pasqal_service: LocalService, sequences: Any, jobs: list[Any], reason: str
) -> None:
    """The sequence is built with the values first, and the jobs are checked."""
    with pytest.raises((ValueError, TypeError), match=reason):
        connection.submit(sequences, job_params=jobs, device_type="EMU_FREE")
    assert operations(pasqal_service) == []


def test_a_qpu_that_is_not_there(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """A sequence for a device that the cloud does not have is refused before anything is submitted."""
    with pytest.raises(ValueError, match="does not match any of the devices"):
        connection.submit(pair(), job_params=[JOB])
    with pytest.raises(ValueError, match="does not match any of the devices"):
        QPUBackend(pair(AnalogDevice), connection).run([JOB])
    assert set(operations(pasqal_service)) == {"listDeviceSpecs"}


def test_a_qpus_sequence_is_written_for_its_latest_specs(
    connection: PasqalCloudConnection, pasqal_service: LocalService
) -> None:
    """The specs are asked for once, and what is sent names the device of the cloud."""
    device = connection.fetch_available_devices()["FRESNEL"]
    backend = QPUBackend(pair(device), connection)
    assert len(backend.run([JOB], wait=True).job_ids) == 1
    assert operations(pasqal_service).count("listDeviceSpecs") == 1
    (request,) = pasqal_service.requests("createBatch")
    assert json.loads(request.body["sequence_builder"])["device"]["name"] == device.name
    assert request.body.get("device_type") is None


def test_a_device_that_can_not_be_read_is_left_out(
    connection: PasqalCloudConnection, pasqal_service: LocalService, caplog: pytest.LogCaptureFixture
) -> None:
    """One that needs a newer Pulser does not keep the others away; the log says what was left out."""
    specs = {"NEW": '{"version": "9"}', "ANALOG": AnalogDevice.to_abstract_repr()}
    answer = {"status": "success", "message": "OK.", "code": "200", "data": specs}
    with pasqal_service.fault("listDeviceSpecs", status=200, body=answer):
        assert connection.fetch_available_devices() == {"ANALOG": AnalogDevice}
    assert "NEW" in caplog.text


def test_jobs_that_came_later_are_found(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """Results can be asked for by ids that another program was given; unknown ones are Pulser's own error."""
    results = submit(connection, open=True)
    batch = connection.cloud_client.get_batch(results.batch_id)
    batch.add_jobs([{"runs": 9, "variables": {"omega": 1.0}}], wait=True)
    added = batch.ordered_jobs[-1].id
    assert connection.get_results(results.batch_id, [added])[0].final_bitstrings == {"00": 9}
    with pytest.raises(RuntimeError, match="does not contain"):
        connection.get_results(results.batch_id, ["5b6f8d3c-0000-4000-8000-000000000000"])


def test_failures_are_of_this_package(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """What fails says what was being done, and can be caught."""
    results = submit(connection, open=True)
    with pasqal_service.fault("getBatchStatus", status=403), pytest.raises(BatchFetchingError):
        results.get_batch_status()
    with pytest.raises(BatchFetchingError):
        connection.get_results("5b6f8d3c-0000-4000-8000-000000000000").get_batch_status()
    with pasqal_service.fault("addJobs", status=409), pytest.raises(JobCreationError):
        submit(connection, batch_id=results.batch_id)


def test_options_are_not_swallowed(connection: PasqalCloudConnection) -> None:
    """A misspelt option is an error, and `emulator` still means the device type."""
    with pytest.raises(TypeError, match="waits"):
        submit(connection, waits=True)
    with pytest.warns(DeprecationWarning, match="device_type"):
        results = connection.submit(pair(), job_params=[JOB], emulator="EMU_FREE")
    assert connection.cloud_client.get_batch(results.batch_id).device_type == "EMU_FREE"
    with pytest.raises(ValidationError):
        connection.submit(pair(), job_params=[JOB], device_type="EMU_FREE", emulator="EMU_FREE")


def test_a_copied_backend_shares_its_connection(connection: PasqalCloudConnection) -> None:
    """Packages copy a backend for every run."""
    backend = RemoteEmuFreeBackend(pair(), connection)
    assert deepcopy(backend).run([JOB], wait=True)[0].final_bitstrings == {"00": 7}
    assert deepcopy(connection).cloud_client is connection.cloud_client


def test_threads_share_what_is_known(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """Several threads that ask for the same results download them about once, and all have them."""
    with pasqal_service.outcome(counter={"01": 7}):
        results = submit(connection, *[JOB] * 10, wait=True)
    found: list[int] = []

    def ask() -> None:
        found.append(len(results.get_available_results()))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [10] * 8
    assert operations(pasqal_service).count("getResult") == 10


@pytest.mark.slow
def test_many_batches_are_not_all_remembered(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """A program that runs for weeks does not keep every batch; one that was forgotten is fetched again."""
    first, second = (submit(connection, wait=True) for _ in range(2))
    assert first.get_batch_status() is BatchStatus.DONE  # and so the second is the one asked for longest ago
    for _ in range(REMEMBERED - 1):
        submit(connection)
    before = len(operations(pasqal_service))
    assert first.get_batch_status() is BatchStatus.DONE
    assert len(operations(pasqal_service)) == before
    assert second.get_batch_status() is BatchStatus.DONE
    assert operations(pasqal_service)[before] == "getBatch"
    assert second.get_batch_status() is BatchStatus.DONE
    assert second[0].final_bitstrings == {"00": 7}


@pytest.mark.parametrize("operation", ["getBatch", "listJobs"])
def test_a_look_that_fails_halfway_is_made_up_for(
    connection: PasqalCloudConnection, pasqal_service: LocalService, operation: str
) -> None:
    """A batch that was seen to end while its jobs could not be had is not taken for one that is known."""
    with pasqal_service.outcome(hold=True, counter={"11": 7}) as outcome:
        results = submit(connection)
        until_running(connection, results)
        outcome.release()
    connection.cloud_client.get_batch(results.batch_id).wait()
    with pasqal_service.fault(operation, status=403, times=1), pytest.raises(BatchFetchingError):
        results.get_available_results()
    assert results[0].final_bitstrings == {"11": 7}


def test_a_wait_that_fails_at_its_end_can_be_come_back_to(
    connection: PasqalCloudConnection, pasqal_service: LocalService
) -> None:
    """The error carries the id, and the results are there once the service is."""
    with pasqal_service.fault("listJobs", status=403, times=1), pytest.raises(BatchFetchingError) as caught:
        submit(connection, wait=True)
    (batch,) = connection.cloud_client.get_batches()
    assert batch.id in caught.value.__notes__[0]
    assert connection.get_results(batch.id)[0].final_bitstrings == {"00": 7}


def test_threads_that_add_know_their_own_jobs(connection: PasqalCloudConnection) -> None:
    """Whoever adds, here or in another program, everybody is told of their own jobs, and none gets lost."""
    batch_id = submit(connection, open=True).batch_id
    told: list[list[str]] = []

    def add(number: int) -> None:
        jobs = [{"runs": number + 1, "variables": {"omega": 1.0}}] * (number % 3 + 1)
        told.append(submit(connection, *jobs, batch_id=batch_id).job_ids)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connection.cloud_client.add_jobs(batch_id, [{"runs": 99, "variables": {"omega": 1.0}}] * 2)
    told.append(submit(connection, JOB, batch_id=batch_id).job_ids)
    assert sorted(map(len, told)) == [1, 1, 1, 2, 2, 3, 3]
    assert len({job_id for job_ids in told for job_id in job_ids}) == 13
    runs = {job.id: job.runs for job in connection.cloud_client.get_batch(batch_id).ordered_jobs}
    assert len(runs) == 16
    assert runs[told[-1][0]] == 7
    assert len(connection.get_results(batch_id).job_ids) == 16


@contextmanager
def looking(connection: PasqalCloudConnection, service: LocalService, batch_id: str) -> Iterator[threading.Thread]:
    """Meanwhile, a thread looks at a batch, and its answer takes a while."""
    before = len(operations(service))
    thread = threading.Thread(target=connection._query_job_progress, args=(batch_id,))
    with service.fault("getBatchStatus", delay=SLOW, times=1):
        thread.start()
        while operations(service)[before:] != LOOKING:
            pass
        yield thread
        thread.join()


@pytest.mark.slow
def test_threads_that_ask_do_not_queue_up(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """What one thread has just been told, those who have waited for it need not ask again."""
    with pasqal_service.outcome(hold=True):
        results = submit(connection)
        until_running(connection, results)
        before = len(operations(pasqal_service))
        with looking(connection, pasqal_service, results.batch_id) as first:
            threads = [threading.Thread(target=results.get_batch_status) for _ in range(4)]
            for thread in threads:
                thread.start()
            assert first.is_alive(), "it was to be slower than that"
        for thread in threads:
            thread.join()
    assert operations(pasqal_service)[before:] == LOOKING  # the one that was on its way


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
@pytest.mark.slow
def test_a_forked_child_does_not_wait_for_its_parents_threads(
    connection: PasqalCloudConnection, pasqal_service: LocalService
) -> None:
    """A lock that another thread holds at the fork is no obstacle in the child."""
    with pasqal_service.outcome(hold=True, counter={"10": 7}) as outcome:
        results = submit(connection)
        until_running(connection, results)
        with looking(connection, pasqal_service, results.batch_id) as first:
            outcome.release()
            child = os.fork()
            if child == 0:
                while results.get_batch_status() is not BatchStatus.DONE:
                    pass
                os._exit(0 if results[0].final_bitstrings == {"10": 7} else 1)
            assert first.is_alive(), "it was to be slower than that"
            _, ended = os.waitpid(child, 0)
    assert ended == 0


@pytest.mark.parametrize(
    "document",
    [{"raw": ["00"]}, {"counter": {}, "raw": ["0"]}, {"counter": {"0": 1}, "serialised_results": '{"of": "tomorrow"}'}],
)
def test_a_result_that_can_not_be_read_hides_no_other(
    connection: PasqalCloudConnection, pasqal_service: LocalService, document: dict[str, Any]
) -> None:
    """The others can be had; asking for all says which can't be read, and it is not downloaded again and again."""
    with pasqal_service.outcome(result=document, times=1), pasqal_service.outcome(counter={"01": 7}):
        results = submit(connection, JOB, JOB, wait=True)
    odd, good = results.job_ids
    assert list(results.get_available_results()) == [good]
    with pytest.raises(RemoteResultsError) as caught:
        _ = results.results
    assert odd in str(caught.value.__cause__)
    assert "can't be read" in str(caught.value.__cause__)
    assert operations(pasqal_service).count("getResult") == 2


def test_only_what_is_done_is_downloaded(
    connection: PasqalCloudConnection, pasqal_service: LocalService, clock: Any
) -> None:
    """No links are asked for of jobs that failed; a result that is not there yet is asked for with pauses."""
    no_link = {"status": "success", "message": "OK.", "code": "200", "data": {"results_link": None}}
    with pasqal_service.outcome(errors=["No."], times=1):
        results = submit(connection, JOB, JOB, wait=True)
    with pasqal_service.fault("getJobResultsLink", status=200, body=no_link):
        before = len(operations(pasqal_service))
        clock.pauses.clear()
        for _ in range(4):
            assert results.get_available_results() == {}
    assert operations(pasqal_service)[before:] == ["getJobResultsLink"] * 4
    assert clock.pauses == pytest.approx([0.1, 0.2, 0.5])
    assert list(results.get_available_results()) == results.job_ids[1:]


def test_an_open_batch_knows_its_device(connection: PasqalCloudConnection, pasqal_service: LocalService) -> None:
    """Jobs for it need not name it, and can't name another; nor can they open it again."""
    batch_id = submit(connection, open=True).batch_id
    assert len(connection.submit(pair(), batch_id=batch_id, job_params=[JOB]).job_ids) == 1
    with pytest.raises(ValidationError, match="runs on EMU_FREE, not on EMU_MPS"):
        connection.submit(pair(), batch_id=batch_id, job_params=[JOB], device_type="EMU_MPS")
    with pytest.raises(ValidationError, match="open"):
        submit(connection, batch_id=batch_id, open=True)
    assert len(pasqal_service.requests("addJobs")) == 1


def test_a_batch_that_can_not_be_closed(
    connection: PasqalCloudConnection, pasqal_service: LocalService, caplog: pytest.LogCaptureFixture
) -> None:
    """The error says how to close it; an error of the user's own is not hidden by it."""
    backend = RemoteEmuFreeBackend(pair(), connection)
    with pasqal_service.fault("closeBatch", status=403):
        with pytest.raises(BatchClosingError) as caught, backend.open_batch():
            batch_id = backend.run([JOB]).batch_id
        assert f"close_batch('{batch_id}')" in caught.value.__notes__[0]
        backend = RemoteEmuFreeBackend(pair(), connection)
        with pytest.raises(ZeroDivisionError), backend.open_batch():
            batch_id = backend.run([JOB]).batch_id
            _ = 1 / 0
    assert batch_id in caplog.messages[-1]


def test_job_params_may_be_any_iterable(connection: PasqalCloudConnection) -> None:
    """A tuple, or a generator that can be gone through once."""
    for jobs in ((JOB, JOB), (job for job in (JOB, JOB))):
        assert len(connection.submit(pair(), job_params=jobs, device_type="EMU_FREE").job_ids) == 2  # type: ignore[arg-type]


def unmeasured(kind: str) -> Any:
    """A sequence that says nothing of its measurement."""
    register = Register({"q0": (0.0, 0.0), "q1": (8.0, 0.0)})
    sequence = Sequence(register, MockDevice)
    channels = {"ground-rydberg": "rydberg_global", "digital": "raman_local", "XY": "mw_global"}
    for name in kind.split(" and "):
        target = {"initial_target": "q0"} if name == "digital" else {}
        sequence.declare_channel(name, channels[name], **target)
        sequence.add(Pulse.ConstantPulse(100, 1.0, 0.0, 0.0), name)
    return sequence


@pytest.mark.parametrize("kind", ["ground-rydberg", "digital", "XY"])
def test_counts_of_a_sequence_that_is_not_measured_are_read(
    connection: PasqalCloudConnection, pasqal_service: LocalService, kind: str
) -> None:
    """It was measured in the one basis that it addresses."""
    with pasqal_service.outcome(counter={"10": 7}):
        batch = connection.cloud_client.create_batch(unmeasured(kind), [{"runs": 7}], device_type="EMU_FREE", wait=True)
    (result,) = connection.get_results(batch.id).results
    assert result.final_bitstrings == {"10": 7}


def test_counts_of_a_sequence_with_several_bases_are_told(
    connection: PasqalCloudConnection, pasqal_service: LocalService
) -> None:
    """Where nobody says which of them was measured, the error does."""
    sequence = unmeasured("ground-rydberg and digital")
    with pasqal_service.outcome(counter={"10": 7}):
        batch = connection.cloud_client.create_batch(sequence, [{"runs": 7}], device_type="EMU_FREE", wait=True)
    with pytest.raises(RemoteResultsError) as caught:
        _ = connection.get_results(batch.id).results
    assert "must address exactly one basis, not ground-rydberg and digital" in str(caught.value.__cause__)
