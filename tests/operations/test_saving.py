"""Batches in files: saved with all that there is, and loaded without an account."""

import json
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from pasqal_cloud import (
    SDK,
    AsyncSDK,
    Batch,
    BatchFetchingError,
    JobFailedError,
    JobFetchingError,
    PasqalCloudError,
    UnexpectedAnswerError,
    ValidationError,
)

REGISTER = [{"name": name} for name in "abc"]
SEQUENCE = json.dumps({"register": REGISTER, "variables": {"omega": {"value": [0.0]}}, "pulser_version": "1.6.0"})
FIXED = json.dumps({"register": REGISTER, "variables": {}})
OWN = json.dumps({"register": [{"name": name} for name in "xyz"], "variables": {}})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where to save."""
    return tmp_path / "blockade.json"


@pytest.fixture
def mixed(cloud: Any, of_jobs: Callable[..., Any], documents: Any) -> Any:
    """A batch with two jobs that are done, and one that failed."""
    documents[cloud.ident(2)]["serialised_results"] = None
    del documents[cloud.ident(4)]
    return of_jobs(
        cloud.job(2, status="DONE", seed=5, variables={"omega": 1.0}),
        cloud.job(4, status="ERROR", errors=["Too hot."], variables={"omega": 2.0}),
        cloud.job(3, status="DONE", created_at="2026-01-02T03:04:05Z", variables={"omega": 3.0}),
        status="DONE",
        sequence_builder=SEQUENCE,
        device_type="FRESNEL",
        tags=["blockade", "ünïcode"],
        something_new={"a": 1},
    )


def test_what_was_saved_is_loaded(colour: Any, cloud: Any, mixed: Any, path: Path) -> None:
    """State, jobs, sequence, results and their provenance, without a request."""
    colour.call(mixed.save(path))
    before = colour.call(mixed.results(errors="skip"))
    sent = len(cloud.sent)
    loaded = colour.call(colour.SDK.load_batch(str(path)))
    assert type(loaded) is type(mixed)
    assert loaded == mixed
    assert loaded is not mixed
    assert (loaded.status, loaded.tags, loaded.device_type) == ("DONE", ["blockade", "ünïcode"], "FRESNEL")
    assert loaded.jobs_count_per_status == mixed.jobs_count_per_status
    assert colour.call(loaded.sequence_builder) == SEQUENCE
    assert colour.call(loaded.ordered_jobs) == list(mixed[:])
    results = colour.call(loaded.results(errors="skip"))
    assert results == before == {cloud.ident(2): {"010": 10}, cloud.ident(3): {"011": 10}}
    for job_id, counts in results.items():
        assert (counts.qubits, counts.provenance) == (("a", "b", "c"), before[job_id].provenance)
    assert loaded[0].runs == 3
    assert loaded[2].created_at == mixed[2].created_at
    assert colour.call(loaded[0].batch) is loaded
    assert colour.call(loaded[0].full_result) == {"counter": {"010": 10}, "serialised_results": None}
    assert colour.call(loaded.to_pandas())["status"].tolist() == ["DONE", "ERROR", "DONE"]
    assert len(cloud.sent) == sent


def test_failures_stay_failures(colour: Any, mixed: Any, path: Path) -> None:
    """With their reasons."""
    colour.call(mixed.save(path))
    loaded = colour.call(colour.SDK.load_batch(path))
    assert colour.attempt(JobFailedError, loaded.results).reasons == ["Too hot."]
    assert colour.call(loaded[1].result) is None
    colour.call(loaded.wait())


def test_one_loads_what_the_other_has_saved(awaiting: Any, colour: Any, mixed: Any, path: Path) -> None:
    """The file does not depend on the kind of SDK."""
    colour.call(mixed.save(path))
    loaded = awaiting.call(AsyncSDK.load_batch(path))
    assert loaded == mixed


def test_what_needs_the_service_says_how_to_get_there(colour: Any, mixed: Any, path: Path) -> None:
    """The living batch has the same id."""
    colour.call(mixed.save(path))
    loaded = colour.call(colour.SDK.load_batch(path))
    for use in (loaded.refresh, loaded.cancel, loaded[0].refresh, lambda: loaded.set_tags(["a"])):
        error = colour.attempt(PasqalCloudError, use)
        assert "loaded from a file" in str(error)
        assert "sdk.get_batch(batch.id)" in str(error)
        assert not error.sent


def test_a_batch_that_goes_on_is_saved_as_it_is_now(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any, path: Path
) -> None:
    """Its jobs are fetched, and the results that exist; the others are missing when it is loaded."""
    batch = of_jobs(open=True)
    cloud.on("GET", "/v2/jobs").mock(return_value=cloud.page(cloud.job(1, status="DONE"), cloud.job(2)))
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(open=True, status="RUNNING"))
    for number, status in ((1, "DONE"), (2, "PENDING")):
        whole = cloud.job(number, status=status, sequence=None)
        cloud.on("GET", f"/v2/jobs/{cloud.ident(number)}").mock(return_value=cloud.ok(whole))
    colour.call(batch.save(path))
    loaded = colour.call(colour.SDK.load_batch(path))
    assert (loaded.status, loaded.open, len(loaded)) == ("RUNNING", True, 2)
    assert colour.call(loaded.results()) == {cloud.ident(1): {"001": 10}}
    assert colour.call(loaded[1].result) is None
    assert colour.call(loaded.to_pandas())["counts"].tolist() == [{"001": 10}, None]
    assert "loaded from a file" in str(colour.attempt(BatchFetchingError, loaded.wait))


def test_jobs_own_sequences_are_fetched(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any, path: Path
) -> None:
    """Where the batch has none that they share."""
    batch = of_jobs(cloud.job(1, status="DONE"), status="DONE", sequence_builder=None)
    fetched = cloud.on("GET", f"/v2/jobs/{cloud.ident(1)}").mock(
        return_value=cloud.ok(cloud.job(1, status="DONE", sequence=OWN))
    )
    colour.call(batch.save(path))
    assert fetched.call_count == 1
    loaded = colour.call(colour.SDK.load_batch(path))
    assert colour.call(loaded[0].sequence) == OWN
    assert colour.call(loaded[0].counts).qubits == ("x", "y", "z")
    assert colour.call(loaded.sequence_builder) is None


def test_a_job_is_saved_with_the_sequence_that_it_ran(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any, path: Path
) -> None:
    """Its own, although the batch has one as well; if the service says that it has none, the batch's."""
    jobs = [cloud.job(number, status="DONE") for number in (1, 2)]
    batch = of_jobs(*jobs, status="DONE", sequence_builder=FIXED)
    for job, own in zip(jobs, (OWN, None), strict=True):
        cloud.on("GET", f"/v2/jobs/{job['id']}").mock(return_value=cloud.ok(job | {"sequence": own}))
    colour.call(batch.save(path))
    loaded = colour.call(colour.SDK.load_batch(path))
    assert [colour.call(job.sequence) for job in loaded[:]] == [OWN, None]
    for source in (batch, loaded):
        assert [colour.call(job.counts).qubits for job in source[:]] == [("x", "y", "z"), ("a", "b", "c")]


def test_the_shared_sequence_is_not_fetched_again_for_each_job(colour: Any, cloud: Any, mixed: Any, path: Path) -> None:
    """A settled batch costs its downloads alone; a sequence that a job never had reads as None."""
    sent = len(cloud.sent)
    colour.call(mixed.save(path))
    assert len(cloud.sent) - sent == 4  # two links and two documents
    loaded = colour.call(colour.SDK.load_batch(path))
    assert colour.call(loaded[0].sequence) is None


def test_a_failure_leaves_the_older_file(colour: Any, cloud: Any, mixed: Any, documents: Any, path: Path) -> None:
    """Of the service, and of the disk; nothing else stays behind."""
    path.write_text("older")
    documents[cloud.ident(2)] = ["no document"]
    assert isinstance(colour.attempt(BatchFetchingError, lambda: mixed.save(path)), UnexpectedAnswerError)
    missing = path.parent / "missing" / "batch.json"
    batch = Batch(id="", status="DONE", jobs=[])
    with pytest.raises(FileNotFoundError):
        batch.save(missing)
    unwritable = Batch(id="", status="DONE", jobs=[{"id": "j", "status": "DONE", "full_result": {"counter": {1j}}}])
    with pytest.raises(TypeError):
        unwritable.save(path)
    assert path.read_text() == "older"
    assert list(path.parent.iterdir()) == [path]


def test_a_batch_that_was_built_by_hand_is_saved(path: Path) -> None:
    """Without a request: for tests of what reads such files."""
    Batch(id="b", status="PENDING", jobs=[{"id": "j", "status": "DONE", "result": {"01": 5}}]).save(path)
    (job,) = SDK.load_batch(path)
    assert job.result == {"01": 5}


def test_a_missing_folder_is_named(colour: Any, mixed: Any, path: Path) -> None:
    """Not the temporary file that would have been in it."""
    folder = path.parent / "missing"
    error = colour.attempt(FileNotFoundError, lambda: mixed.save(folder / "batch.json"))
    assert error.filename == str(folder)
    assert "folder" in str(error)


def test_only_the_owner_can_read_a_new_file(path: Path) -> None:
    """An older one keeps its mode, and a link stays a link."""
    batch = Batch(id="b", status="DONE", jobs=[])
    batch.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    link = path.with_name("link.json")
    link.symlink_to(path.name)
    batch._snapshot.status = "ERROR"
    batch.save(link)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert SDK.load_batch(path).status == "ERROR"


def test_several_writers_leave_one_whole_file(path: Path) -> None:
    """And no other one."""
    batches = [Batch(id=f"b{number}", status="DONE", tags=["x" * 100_000], jobs=[]) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda batch: [batch.save(path) for _ in range(20)], batches))
    assert SDK.load_batch(path) in batches
    assert list(path.parent.iterdir()) == [path]


def test_a_string_that_utf8_cannot_encode_is_saved(path: Path) -> None:
    """The service may send any that JSON can hold."""
    Batch(id="b", status="DONE", tags=["\udcff"], jobs=[]).save(path)
    assert SDK.load_batch(path).tags == ["\udcff"]


def test_the_webhook_is_not_saved(path: Path) -> None:
    """Its URL may contain a secret, and files are shared."""
    Batch(id="b", status="DONE", webhook="https://example.com/?secret=7", jobs=[]).save(path)
    assert "secret" not in path.read_text()


def test_a_result_that_is_gone_is_left_out(
    colour: Any, cloud: Any, mixed: Any, documents: Any, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are saved; a warning says so, and so does the job when it is loaded."""
    gone = cloud.ident(2)
    documents[gone] = httpx.Response(404)
    colour.call(mixed.save(path))
    assert gone in caplog.text
    loaded = colour.call(colour.SDK.load_batch(path))
    assert colour.call(loaded[2].counts) == {"011": 10}
    error = colour.attempt(JobFetchingError, lambda: loaded[0].counts)
    assert "not in the file" in str(error)
    assert f"sdk.get_batch({loaded.id!r})" in str(error)


def test_a_loaded_job_that_had_not_ended_is_not_waited_for(colour: Any, path: Path) -> None:
    """Its error says how to get the living batch."""
    Batch(id="b", status="RUNNING", jobs=[{"id": "j", "status": "RUNNING"}]).save(path)
    loaded = colour.call(colour.SDK.load_batch(path))
    error = colour.attempt(JobFetchingError, lambda: loaded[0].counts)
    assert "loaded from a file" in str(error)
    assert "sdk.get_batch('b')" in str(error)
    assert "wait" not in str(error)


def changed(**fields: Any) -> str:
    """The content of a file of a batch with one job, with other fields."""
    batch = {"id": "b", "status": "DONE"}
    content = {"batch": batch, "jobs": [batch | {"id": "j"}], "results": {}}
    return json.dumps({"format": "pasqal-cloud batch", "version": 1} | content | fields)


JOB = {"id": "j", "status": "DONE"}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (changed(results=None), "damaged"),
        (changed(results={"j": "text"}), "damaged.*the result of j is none"),
        (changed(results={"j": ""}), "damaged.*the result of j is none"),
        (changed(results={"j": {"counter": {"01": None}}}), "damaged.*the result of j is none"),
        (changed(results={"j": {"counter": "01"}}), "damaged.*the result of j is none"),
        (changed(batch={"id": 5, "status": "DONE"}), "damaged.*the id 5 is not a string"),
        (changed(jobs=[JOB | {"id": 5}]), "damaged.*the id 5 is not a string"),
        (changed(jobs=[JOB | {"id": None}]), "damaged"),
        (changed(jobs=[JOB | {"created_at": "0001-01-01T00:00:00"}]), "damaged.*created_at of j"),
        (changed(jobs=[JOB | {"runs": "many"}]), "damaged.*runs is not a number"),
        (changed(batch=JOB | {"created_at": "0001-01-01T00:00:00"}), "damaged.*created_at"),
        (changed(batch=JOB | {"sequence_builder": 5}), "damaged.*sequence_builder"),
        (changed(sharing=5), "damaged"),
        (changed(version=None), "damaged.*no version"),
        (changed(version="1"), "damaged.*version '1'"),
        (changed(version=0), "damaged.*version 0"),
    ],
)
def test_a_damaged_file_is_refused_at_once(colour: Any, path: Path, content: str, complaint: str) -> None:
    """Not when what is wrong is read."""
    path.write_text(content)
    with pytest.raises(ValidationError, match=complaint) as caught:
        colour.call(colour.SDK.load_batch(path))
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "not a batch that was saved"),
        ("{}", "not a batch that was saved"),
        ("[1]", "not a batch that was saved"),
        ('{"format": "another", "version": 1}', "not a batch that was saved"),
        ('{"format": "pasqal-cloud batch", "version": 2}', "in version 2 of the format.*upgrade pasqal-cloud"),
        ('{"format": "pasqal-cloud batch", "version": 1}', "damaged: KeyError: 'batch'"),
        ('{"format": "pasqal-cloud batch", "version": 1, "batch": 5, "jobs": []}', "damaged"),
        ('{"format": "pasqal-cloud batch", "version": 1, "batch": {"id": "b"}, "jobs": 5, "results": {}}', "damaged"),
        (
            '{"format": "pasqal-cloud batch", "version": 1, "batch": {"id": "b", "status": "DONE"},'
            ' "jobs": [{"id": "j", "status": "DONE"}], "results": {"j": 5}}',
            "damaged",
        ),
        ("\udcff", "not a batch that was saved"),
    ],
)
def test_another_file_is_refused(colour: Any, path: Path, content: str, complaint: str) -> None:
    """The error names the file, and says whether an upgrade helps."""
    path.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(ValidationError, match=complaint) as caught:
        colour.call(colour.SDK.load_batch(path))
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_pythons_error(colour: Any, path: Path) -> None:
    """As of any other file."""
    colour.attempt(FileNotFoundError, lambda: colour.SDK.load_batch(path))


def test_the_file_says_what_it_is(colour: Any, cloud: Any, mixed: Any, path: Path) -> None:
    """So that other programs can read it, and later versions of this one."""
    colour.call(mixed.save(path))
    document = json.loads(path.read_text("utf-8"))
    assert (document["format"], document["version"]) == ("pasqal-cloud batch", 1)
    assert document["batch"]["something_new"] == {"a": 1}
    assert [job["id"] for job in document["jobs"]] == [cloud.ident(number) for number in (2, 4, 3)]
    assert document["results"].keys() == {cloud.ident(2), cloud.ident(3)}
    assert "token" not in path.read_text("utf-8")
