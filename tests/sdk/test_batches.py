"""Batches and jobs on the real local service, in both colours."""

from hashlib import sha256
from importlib.metadata import version
from typing import Any

import numpy as np
import pytest

from pasqal_cloud import (
    AuthenticationError,
    BatchClosingError,
    BatchCreationError,
    BatchFetchingError,
    ConflictError,
    JobCreationError,
    NotFoundError,
    ValidationError,
    WaitTimeoutError,
)
from pasqal_cloud_api.api.batches import list_batches

pytestmark = pytest.mark.blocking_first

FLIP = 2 * np.pi
"""The amplitude, in rad/µs, that excites an atom for certain with the pulses of these sequences."""

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_a_closed_batch_runs_to_its_end(colour: Any, sdk: Any, parametrized: Any) -> None:
    """Creating, waiting, and reading the results of the jobs in their order."""
    jobs = [{"runs": 50, "variables": {"amplitude": FLIP}}, {"runs": 20, "variables": {"amplitude": 0.0}}]
    batch = colour.call(sdk.create_batch(parametrized(), jobs, wait=True))
    assert (batch.status, batch.open, batch.is_settled, batch.device_type) == ("DONE", False, True, "EMU_FREE")
    flipped, still = colour.call(batch.ordered_jobs)
    assert colour.call(flipped.result) == {"1": 50}
    assert colour.call(still.result) == {"0": 20}
    assert batch.jobs_count_per_status["DONE"] == 2


def test_a_job_tells_what_it_was(colour: Any, sdk: Any, parametrized: Any) -> None:
    """Its attributes show what was submitted and when it ran."""
    job = {"runs": 5, "variables": {"amplitude": 1.5}}
    batch = colour.call(sdk.create_batch(parametrized(), [job], wait=True))
    (job,) = colour.call(batch.ordered_jobs)
    assert (job.status, job.runs, job.variables["amplitude"]) == ("DONE", 5, 1.5)
    assert (job.batch_id, job.project_id, job.errors) == (batch.id, sdk.project_id, [])
    assert job.created_at <= job.start_timestamp <= job.end_timestamp
    assert job.created_at.tzinfo is not None
    full = colour.call(job.full_result)
    assert sum(full["counter"].values()) == 5


@pytest.mark.slow
def test_counts_tell_where_they_come_from(colour: Any, sdk: Any, parametrized: Any, tmp_path: Any) -> None:
    """The atoms by their ids, and what is needed to compute the counts again; also from a file."""
    sequence = parametrized(atoms=2).to_abstract_repr()
    batch = colour.call(sdk.create_batch(sequence, [{"runs": 5, "variables": {"amplitude": FLIP}}], wait=True))
    counts = colour.call(batch[0].counts)
    assert counts.qubits == ("q0", "q1")
    made = counts.provenance
    assert (made.job_id, made.batch_id, made.device_type, made.emulated) == (batch[0].id, batch.id, "EMU_FREE", True)
    assert (made.pulser_version, made.runs, type(made.seed)) == (version("pulser-core"), 5, int)
    assert made.sequence_hash == sha256(sequence.encode()).hexdigest()
    assert colour.call(batch[0].full_result).results.final_bitstrings == {"11": 5}
    assert colour.call(batch.to_pandas()).loc[batch[0].id, "amplitude"] == FLIP
    colour.call(batch.save(tmp_path / "batch.json"))
    loaded = colour.call(colour.SDK.load_batch(tmp_path / "batch.json"))
    assert colour.call(loaded[0].counts).provenance == made
    alone = colour.call(colour.call(sdk.get_job(batch[0].id)).counts)
    assert (alone.qubits, alone.provenance.sequence_hash) == (counts.qubits, made.sequence_hash)


def test_an_open_batch_takes_jobs_until_it_is_closed(colour: Any, sdk: Any, parametrized: Any) -> None:
    """The next job may depend on the results of those before; the handles stay the same objects."""
    batch = colour.call(
        sdk.create_batch(parametrized(), [{"runs": 10, "variables": {"amplitude": FLIP}}], open=True, wait=True)
    )
    assert batch.open
    assert not batch.status.is_settled
    (first,) = colour.call(batch.ordered_jobs)
    assert colour.call(first.result) == {"1": 10}
    colour.call(batch.add_jobs([{"runs": 11, "variables": {"amplitude": 0.0}}], wait=True))
    again, second = colour.call(batch.ordered_jobs)
    assert again is first
    assert colour.call(second.result) == {"0": 11}
    colour.call(batch.close(wait=True))
    assert (batch.open, batch.status) == (False, "DONE")
    error = colour.attempt(JobCreationError, lambda: batch.add_jobs([{"runs": 1, "variables": {"amplitude": 0.0}}]))
    assert isinstance(error, ConflictError)


def test_a_batch_can_be_worked_with_by_its_id(colour: Any, sdk: Any, flip: Any) -> None:
    """Getting, adding and closing need no handle: another program's batch will do."""
    created = colour.call(sdk.create_batch(flip, [{"runs": 1}], open=True))
    added = colour.call(sdk.add_jobs(created.id, [{"runs": 2}], wait=True))
    assert [job.runs for job in colour.call(added.ordered_jobs)] == [1, 2]
    colour.call(sdk.close_batch(created.id))
    fetched = colour.call(sdk.get_batch(created.id))
    assert not fetched.open
    assert [job.id for job in colour.call(fetched.ordered_jobs)] == [job.id for job in colour.call(added.ordered_jobs)]
    assert colour.call(fetched.sequence_builder) == flip.to_abstract_repr()


def test_a_refresh_shows_the_present_state(colour: Any, sdk: Any, flip: Any) -> None:
    """A handle shows what was known when it was last asked; refreshing it, or its job, asks again."""
    batch = colour.call(sdk.create_batch(flip, [{"runs": 3}]))
    assert batch.status == "PENDING"
    (job,) = colour.call(batch.ordered_jobs)
    colour.call(colour.call(sdk.get_batch(batch.id)).wait())
    assert (batch.status, job.status) == ("PENDING", "PENDING")
    colour.call(job.refresh())
    assert (batch.status, job.status) == ("PENDING", "DONE")
    colour.call(batch.refresh())
    assert batch.status == "DONE"
    assert colour.call(job.result) == {"1": 3}


def test_a_job_can_be_waited_for(colour: Any, sdk: Any, flip: Any) -> None:
    """By its own handle, which then shows when it ended; each change is told."""
    batch = colour.call(sdk.create_batch(flip, [{"runs": 3}]))
    (job,) = colour.call(batch.ordered_jobs)
    told: list[str] = []
    colour.call(job.wait(on_update=lambda job: told.append(job.status)))
    assert told[-1] == "DONE"
    assert len(told) == len(set(told))
    assert job.end_timestamp is not None


def test_a_wait_that_is_too_short_gives_the_handle_back(colour: Any, sdk: Any, parametrized: Any) -> None:
    """The work goes on, and can be waited for again with what the error carries."""
    slow = parametrized(2000, atoms=9, size=2).build(amplitude=[1.0, 2.0])
    batch = colour.call(sdk.create_batch(slow, [{"runs": 1}]))
    error = colour.attempt(WaitTimeoutError, lambda: batch.wait(timeout=0.05))
    assert isinstance(error, TimeoutError)
    assert error.handle is batch
    assert batch.id in str(error)
    colour.call(error.handle.wait(timeout=60))
    assert batch.status == "DONE"


@pytest.mark.parametrize(
    "amplitude",
    [np.array([FLIP, 0.0]), [np.float64(FLIP), np.int64(0)], (FLIP, 0), [np.array(FLIP), 0]],
    ids=["array", "list of scalars", "tuple", "array of no dimension"],
)
def test_variables_may_be_numpys(colour: Any, sdk: Any, parametrized: Any, amplitude: Any) -> None:
    """Arrays and numbers of numpy mean what lists and numbers mean."""
    jobs = [{"runs": np.int64(7), "variables": {"amplitude": amplitude}}]
    batch = colour.call(sdk.create_batch(parametrized(size=2), jobs, wait=True))
    (job,) = colour.call(batch.ordered_jobs)
    assert colour.call(job.result) == {"1": 7}
    assert job.variables == {"amplitude": [FLIP, 0]}


def test_a_sequence_may_be_serialized_or_not(colour: Any, sdk: Any, flip: Any) -> None:
    """A Pulser sequence, its representation, and one of each job's own are all the same."""
    text = flip.to_abstract_repr()
    for sequence, own in ((flip, {}), (text, {}), (None, {"serialized_sequence": flip})):
        batch = colour.call(sdk.create_batch(sequence, [{"runs": 2, **own}], wait=True))
        (job,) = colour.call(batch.ordered_jobs)
        assert colour.call(job.result) == {"1": 2}


def test_tags_come_back(colour: Any, sdk: Any, flip: Any) -> None:
    """They are a batch's own, and can be read from whoever fetches it."""
    batch = colour.call(sdk.create_batch(flip, [{"runs": 1}], tags=["a", "b"]))
    assert colour.call(sdk.get_batch(batch.id)).tags == ["a", "b"]


# What can't be done.


def test_a_wrong_password_is_a_clear_error(colour: Any, open_sdk: Any) -> None:
    """The service's words are told, the password is not."""
    sdk = open_sdk(password="n0t-this")
    error = colour.attempt(BatchFetchingError, lambda: sdk.get_batch(NOBODY))
    assert isinstance(error, AuthenticationError)
    assert "Wrong email or password" in str(error)
    assert "n0t-this" not in str(error)


def test_an_unknown_batch_is_a_clear_error(colour: Any, sdk: Any) -> None:
    """For each operation, its class and `NotFoundError`."""
    for kind, operation in (
        (BatchFetchingError, lambda: sdk.get_batch(NOBODY)),
        (BatchClosingError, lambda: sdk.close_batch(NOBODY)),
        (JobCreationError, lambda: sdk.add_jobs(NOBODY, [{"runs": 1}])),
    ):
        error = colour.attempt(kind, operation)
        assert isinstance(error, NotFoundError)
        assert NOBODY in error.description


def test_an_unknown_project_is_a_clear_error(colour: Any, open_sdk: Any, flip: Any) -> None:
    """It is named."""
    sdk = open_sdk(project_id=NOBODY)
    error = colour.attempt(BatchCreationError, lambda: sdk.create_batch(flip, [{"runs": 1}]))
    assert error.status == 404
    assert NOBODY in error.description


def refusal(colour: Any, sdk: Any, sequence: Any, job: Any, **options: Any) -> str:
    """What is said of a batch that the service refuses as not valid."""
    error = colour.attempt(BatchCreationError, lambda: sdk.create_batch(sequence, [job], **options))
    assert isinstance(error, ValidationError)
    assert error.status == 422
    return error.description


def test_a_sequence_that_is_none_is_a_clear_error(colour: Any, sdk: Any) -> None:
    """The place and the reason are told."""
    said = refusal(colour, sdk, "nonsense", {"runs": 1})
    assert "sequence_builder" in said
    assert "Pulser" in said


def test_a_missing_variable_is_a_clear_error(colour: Any, sdk: Any, parametrized: Any) -> None:
    """The job and the variable are named."""
    said = refusal(colour, sdk, parametrized(), {"runs": 1})
    assert "jobs[0].variables: " in said
    assert "amplitude" in said


def test_too_many_qubits_are_a_clear_error(colour: Any, sdk: Any, parametrized: Any) -> None:
    """How many there are and how many there may be."""
    said = refusal(colour, sdk, parametrized(atoms=12), {"runs": 1, "variables": {"amplitude": 1.0}})
    assert "12 atoms" in said
    assert "10" in said


def test_an_unknown_device_is_a_clear_error(colour: Any, sdk: Any, flip: Any) -> None:
    """What is served, and what was asked for."""
    said = refusal(colour, sdk, flip, {"runs": 1}, device_type="EMU_C")
    assert "EMU_FREE" in said
    assert "EMU_C" in said


# The generated client.


def test_a_power_user_lists_batches(colour: Any, sdk: Any, flip: Any) -> None:
    """By `sdk.call`, every operation of the API is at hand, typed."""
    batch = colour.call(sdk.create_batch(flip, [{"runs": 1}], tags=["mine"]))
    page = colour.call(sdk.call(list_batches, limit=5))
    assert batch.id in [found.id for found in page.data]
    assert page.pagination.total >= 1
