"""The users' guide, example by example, on the local service.

The examples stand as the guide has them, names included; only its ids and its `...` are replaced.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pulser import AnalogDevice, Pulse, Register, Sequence

from pasqal_cloud import (
    SDK,
    BatchFilters,
    BatchStatus,
    CancelJobFilters,
    EmulatorType,
    JobFilters,
    JobStatus,
    PaginationParams,
    QueuePriority,
    RebatchFilters,
)
from pasqal_cloud.device import DeviceTypeName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasqal_cloud import Batch

job1 = {"runs": 20, "variables": {"omega_max": 6}}
job2 = {"runs": 50, "variables": {"omega_max": 10.5}}
job3 = {"runs": 50, "variables": {"omega_max": 10.5}}


@pytest.fixture(scope="module")
def sdk() -> Iterator[SDK]:
    """An SDK on a service of its own."""
    with SDK.local() as sdk:
        yield sdk


@pytest.fixture(scope="module")
def serialized_sequence() -> str:
    """A sequence with the variable that the guide's jobs give."""
    register = Register({"q0": (0.0, 0.0), "q1": (6.0, 0.0)}).with_automatic_layout(AnalogDevice)
    sequence = Sequence(register, AnalogDevice)
    sequence.declare_channel("rydberg", "rydberg_global")
    omega_max = sequence.declare_variable("omega_max", dtype=float)
    sequence.add(Pulse.ConstantPulse(400, amplitude=omega_max, detuning=0.0, phase=0.0), "rydberg")
    serialized_sequence = sequence.to_abstract_repr()
    return serialized_sequence  # noqa: RET504 - the guide's line


@pytest.fixture(scope="module")
def done(sdk: SDK, serialized_sequence: str) -> Batch:
    """A batch that is done."""
    return sdk.create_batch(
        serialized_sequence, [job1, job2], device_type="EMU_FREE", tags=["special_experiment"], wait=True
    )


@pytest.fixture
def idle(sdk: SDK, serialized_sequence: str) -> Iterator[Batch]:
    """An open batch whose jobs wait for another open batch to leave the device."""
    with sdk.create_batch(serialized_sequence, [job1], device_type="EMU_FREE", open=True, wait=True):
        idle = sdk.create_batch(serialized_sequence, [job1, job2], device_type="EMU_FREE", open=True)
        yield idle
        idle.cancel()


class TestCreateABatchOfJobs:
    def test_closed(self, sdk: SDK, serialized_sequence: str) -> None:
        """A closed batch of two jobs is waited for, and its results are read."""
        # Create a closed batch with 2 jobs and wait for its termination
        batch = sdk.create_batch(serialized_sequence, [job1, job2], wait=True)

        for job in batch.ordered_jobs:
            print(f"job-id: {job.id}, status: {job.status}, result: {job.result}")

        assert [job.status for job in batch.ordered_jobs] == ["DONE", "DONE"]
        assert [sum((job.result or {}).values()) for job in batch.ordered_jobs] == [20, 50]

    def test_open(self, sdk: SDK, serialized_sequence: str) -> None:
        """An open batch takes more jobs until it is closed."""
        # Create an open batch with 1 job
        batch = sdk.create_batch(serialized_sequence, [job1], device_type=DeviceTypeName.FRESNEL, open=True)
        # Add some jobs to it and wait for the jobs to be terminated
        job3 = {"runs": 50, "variables": {"omega_max": 10.5}}
        batch.add_jobs([job2, job3], wait=True)
        # When you have sent all the jobs to your batch, don't forget to mark it as closed
        # Otherwise your batch will be timed out by the scheduler
        batch.close()

        assert [job.status for job in batch.ordered_jobs] == ["DONE"] * 3
        assert not batch.open

    def test_tags(self, sdk: SDK, serialized_sequence: str) -> None:
        """Tags are kept."""
        batch = sdk.create_batch(
            serialized_sequence,
            [job1, job2],
            tags=["special_experiment"],
        )

        assert batch.tags == ["special_experiment"]

    def test_emulator(self, sdk: SDK, serialized_sequence: str) -> None:
        """An emulator is chosen by its name."""
        batch = sdk.create_batch(serialized_sequence, [job1, job2], device_type=DeviceTypeName.EMU_FREE)

        assert batch.device_type == "EMU_FREE"


class TestGetAListOfBatches:
    def test_pages(self, sdk: SDK, done: Batch) -> None:
        """A page is asked for, whole or in part, and tells how many batches there are."""
        # Get the first 100 batches, no filters applied
        assert done.id in [batch.id for batch in sdk.get_batches()]

        # Get the first 40 batches, no filters applied
        assert len(sdk.get_batches(pagination_params=PaginationParams(limit=40))) <= 40

        # Get the total number of batches matching the filters
        assert sdk.get_batches(pagination_params=PaginationParams(offset=0)).total >= 1

        # Get the first 300 batches, no filters applied
        batches: list[Batch] = []
        batches.extend(sdk.get_batches(pagination_params=PaginationParams(offset=0)).results)
        batches.extend(sdk.get_batches(pagination_params=PaginationParams(offset=100)).results)
        batches.extend(sdk.get_batches(pagination_params=PaginationParams(offset=200)).results)
        assert len({batch.id for batch in batches}) == len(batches)

    def test_filters(self, sdk: SDK, done: Batch) -> None:
        """Each filter gives the batches that match it, and no others."""
        # Get the first 100 batches from a given device
        assert not sdk.get_batches(filters=BatchFilters(device_type=EmulatorType.EMU_TN)).results

        # Get the first 100 batches in DONE from a specific project
        found = sdk.get_batches(filters=BatchFilters(status=BatchStatus.DONE, project_id=sdk.project_id))
        assert done.id in [batch.id for batch in found]
        assert {batch.status for batch in found} == {"DONE"}

        # Get batches with a specific tag
        found = sdk.get_batches(filters=BatchFilters(tag="special_experiment"))
        assert done.id in [batch.id for batch in found]

        # Get two batches using two ids
        found = sdk.get_batches(filters=BatchFilters(id=[done.id, "00000000-0000-4000-8000-000000000000"]))
        assert [batch.id for batch in found] == [done.id]

        # Get the first 100 batches with HIGH priority from a specific project
        assert not sdk.get_batches(filters=BatchFilters(queue_priority=QueuePriority.HIGH)).results

        # Get the first 20 DONE batches created in a given period from a specific list of users
        found = sdk.get_batches(
            limit=20,
            filters=BatchFilters(
                status=BatchStatus.DONE,
                start_date=datetime.now(UTC) - timedelta(hours=1),
                end_date=datetime.now(UTC),
                user_id=[done.user_id, "somebody else"],
            ),
        )
        assert done.id in [batch.id for batch in found]


class TestGetAListOfJobs:
    def test_pages(self, sdk: SDK, done: Batch) -> None:
        """A page is asked for, whole or in part, and tells how many jobs there are."""
        # Get the first 100 jobs, no filters applied
        assert done.ordered_jobs[0].id in [job.id for job in sdk.get_jobs()]

        # Get the first 40 jobs, no filters applied
        assert len(sdk.get_jobs(pagination_params=PaginationParams(limit=40))) <= 40

        # Get the total number of jobs matching the filters
        assert sdk.get_jobs(pagination_params=PaginationParams(offset=0)).total >= 2

        # Get the first 300 jobs, no filters applied
        jobs: list[Any] = []
        jobs.extend(sdk.get_jobs(pagination_params=PaginationParams(offset=0)).results)
        jobs.extend(sdk.get_jobs(pagination_params=PaginationParams(offset=100)).results)
        jobs.extend(sdk.get_jobs(pagination_params=PaginationParams(offset=200)).results)
        assert len({job.id for job in jobs}) == len(jobs)

    def test_filters(self, sdk: SDK, done: Batch, idle: Batch) -> None:
        """Each filter gives the jobs that match it, and no others."""
        # Get the first 100 jobs from a given batch
        found = sdk.get_jobs(filters=JobFilters(batch_id=done.id))
        assert {job.id for job in found} == {job.id for job in done.ordered_jobs}

        # Get the first 100 jobs in error from a specific project
        assert not sdk.get_jobs(filters=JobFilters(status=JobStatus.ERROR, project_id=sdk.project_id)).results

        # Get two jobs using two ids
        ids = [done.ordered_jobs[0].id, done.ordered_jobs[1].id]
        assert {job.id for job in sdk.get_jobs(filters=JobFilters(id=ids))} == set(ids)

        # Get the first 20 cancelled jobs created in a given period from a specific list of users
        cancelled = idle.ordered_jobs[0]
        cancelled.cancel()
        found = sdk.get_jobs(
            limit=20,
            filters=JobFilters(
                status=JobStatus.CANCELED,
                start_date=datetime.now(UTC) - timedelta(hours=1),
                end_date=datetime.now(UTC),
                user_id=[idle.user_id, "somebody else"],
            ),
        )
        assert [job.id for job in found] == [cancelled.id]


class TestRetryABatchOfJobs:
    def test_rebatch(self, sdk: SDK, done: Batch) -> None:
        """Copies of the jobs that match run in a new batch, which knows its parent."""
        batch_id, batch = done.id, done
        # Retry all jobs from a given batch
        again = sdk.rebatch(batch_id)
        assert again.parent_id == done.id
        assert [job.parent_id for job in again.ordered_jobs] == [job.id for job in done.ordered_jobs]

        # Retry the first job of a batch
        again = sdk.rebatch(batch_id, RebatchFilters(id=batch.ordered_jobs[0].id))
        assert [job.runs for job in again.ordered_jobs] == [20]

        # Retry jobs that have a run number between 5 and 10
        with pytest.raises(ValueError, match="matches the filters"):
            sdk.rebatch(batch_id, RebatchFilters(min_runs=5, max_runs=10))

    def test_by_status(self, sdk: SDK, idle: Batch) -> None:
        """Jobs in a status are repeated, also by when they were created."""
        idle.ordered_jobs[0].cancel()
        idle.close()
        batch_id = idle.id
        # Retry all jobs in error
        with pytest.raises(ValueError, match="matches the filters"):
            sdk.rebatch(batch_id, RebatchFilters(status=JobStatus.ERROR))

        # Retry cancelled jobs created in a given period
        again = sdk.rebatch(
            batch_id,
            RebatchFilters(
                status=JobStatus.CANCELED,
                start_date=datetime.now(UTC) - timedelta(hours=1),
                end_date=datetime.now(UTC),
            ),
        )
        assert len(again.ordered_jobs) == 1
        again.cancel()


def test_retry_a_job_in_an_open_batch(sdk: SDK, serialized_sequence: str) -> None:
    """A copy of a job is added to its open batch, waited for if wanted."""
    batch = sdk.create_batch(serialized_sequence, [job1], open=True)

    batch.retry(batch.ordered_jobs[0])

    # Like for adding a job you can choose to wait for results.
    batch.retry(batch.ordered_jobs[0], wait=True)

    assert [job.variables for job in batch.ordered_jobs] == [{"omega_max": 6}] * 3
    assert [job.status for job in batch.ordered_jobs] == ["DONE"] * 3
    batch.close()


def test_cancel_a_list_of_batches(sdk: SDK, idle: Batch, done: Batch) -> None:
    """Those that can be are cancelled; the others come with the reason."""
    cancelled = sdk.cancel_batches(batch_ids=[idle.id, done.id])

    assert [batch.id for batch in cancelled.batches] == [idle.id]
    assert list(cancelled.errors) == [done.id]


class TestCancelAListOfJobs:
    def test_by_id(self, sdk: SDK, idle: Batch) -> None:
        """Two jobs are cancelled by their ids."""
        ids = [job.id for job in idle.ordered_jobs]
        # Cancel two specific jobs
        cancelled = sdk.cancel_jobs(batch_id=idle.id, filters=CancelJobFilters(id=ids))

        assert {job.id: job.status for job in cancelled.jobs} == dict.fromkeys(ids, "CANCELED")

    def test_by_time(self, sdk: SDK, idle: Batch) -> None:
        """Jobs are cancelled by when they were created."""
        # Cancel jobs created in a given period of time
        cancelled = sdk.cancel_jobs(
            batch_id=idle.id,
            filters=CancelJobFilters(start_date=datetime.now(UTC) - timedelta(hours=1), end_date=datetime.now(UTC)),
        )

        assert len(cancelled.jobs) == 2
