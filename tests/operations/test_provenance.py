"""Which atoms counts are of, and where they come from, without a request of its own."""

import copy
import json
import pickle
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from pasqal_cloud import Batch, Counts, FullResult, Job, MissingExtraError, Provenance
from pasqal_cloud.provenance import facts_of

pytestmark = pytest.mark.blocking_first


def sequence(*names: object, variables: dict[str, Any] | None = None, **more: Any) -> str:
    """A serialized sequence, as far as it is read here."""
    register = [{"name": name, "x": 0.0, "y": 0.0} for name in names]
    return json.dumps({"register": register, "variables": variables or {}, "pulser_version": "1.6.0", **more})


FIXED = sequence("a", "b", "c")
PARAMETRIZED = sequence("a", "b", "c", variables={"omega": {"type": "float", "value": [0.0]}})
MAPPABLE = json.dumps({"register": [{"qid": qid} for qid in ("q0", "q1", "q2", "q3")], "variables": {}})


@pytest.fixture
def counts_of(colour: Any, cloud: Any, sdk: Any, documents: Any) -> Callable[..., Counts]:
    """A function that gets the counts of a job that was submitted to run the sequence of its batch."""
    ids = iter([cloud.batch_id, cloud.ident(100)])

    def get(shared: str | None, number: int = 1, **fields: Any) -> Counts:
        done = cloud.job(number, status="DONE", **fields)
        facts = {"id": next(ids), "sequence_builder": shared, "device_type": "EMU_FREE"}
        cloud.creating.mock(return_value=cloud.batch(jobs=[done], status="DONE", **facts))
        sent = {"runs": done["runs"], "variables": fields.get("variables")}
        batch = colour.call(sdk.create_batch(shared or "{}", [sent], device_type="EMU_FREE"))
        counts: Counts = colour.call(batch[0].counts)
        return counts

    return get


def test_the_atoms_are_those_of_the_batchs_sequence(cloud: Any, counts_of: Callable[..., Counts]) -> None:
    """In the order of its register, without a request."""
    counts = counts_of(FIXED)
    sent = len(cloud.sent)
    assert counts.qubits == ("a", "b", "c")
    assert counts.marginal(["c"]) == {"1": 10}
    assert counts.marginal(["c", "a"]).qubits == ("c", "a")
    assert len(cloud.sent) == sent


@pytest.mark.parametrize(
    ("shared", "variables", "atoms"),
    [
        (PARAMETRIZED, {"omega": 1.0}, ("a", "b", "c")),
        (PARAMETRIZED, {}, None),  # it must have its own sequence
        (MAPPABLE, {"qubits": {"q2": 0, "q0": 5, "q1": 7}}, ("q0", "q1", "q2")),
        (MAPPABLE, {}, None),
        (sequence("a", "b"), {}, None),  # not of as many bits
        (sequence(0, 1, 2), {}, ("0", "1", "2")),
        ("{}", {}, None),
        ("[]", {}, None),
        ("no JSON", {}, None),
        ('{"register": 5}', {}, None),
        ('{"register": [{}, {}, {}]}', {}, None),
        (None, {}, None),
    ],
)
def test_atoms_are_only_told_if_they_are_known(
    counts_of: Callable[..., Counts], shared: str | None, variables: dict[str, Any], atoms: tuple[str, ...] | None
) -> None:
    """Variables choose among those of a mappable register; a sequence that can't be read tells none."""
    counts = counts_of(shared, variables=variables)
    assert counts.qubits == atoms
    assert counts == {"001": 10}


def test_the_results_of_pulser_know_best(counts_of: Callable[..., Counts], documents: Any, cloud: Any) -> None:
    """They name the atoms that were measured."""
    documents[cloud.ident(1)]["serialised_results"] = '{"atom_order": ["x", "y", "z"]}'
    assert counts_of(FIXED).qubits == ("x", "y", "z")
    documents[cloud.ident(1)]["serialised_results"] = "no JSON"
    assert counts_of(FIXED).qubits == ("a", "b", "c")


def test_a_job_that_was_fetched_alone_has_its_own_sequence(colour: Any, cloud: Any, sdk: Any, documents: Any) -> None:
    """The service gives it with the job; the device is that of a batch that is not known."""
    job = cloud.job(1, status="DONE", sequence=FIXED, batch_id=cloud.batch_id, seed=7)
    cloud.on("GET", f"/v2/jobs/{cloud.ident(1)}").mock(return_value=cloud.ok(job))
    counts = colour.call(colour.call(sdk.get_job(cloud.ident(1))).counts)
    assert counts.qubits == ("a", "b", "c")
    assert counts.provenance == Provenance(
        job_id=cloud.ident(1),
        batch_id=cloud.batch_id,
        seed=7,
        pulser_version="1.6.0",
        sequence_hash=sha256(FIXED.encode()).hexdigest(),
        runs=2,
    )


def test_jobs_that_were_submitted_with_their_own_sequences(colour: Any, cloud: Any, sdk: Any, documents: Any) -> None:
    """The atoms are not those of the batch's sequence, although the answer does not tell."""
    jobs = [{"runs": 1, "serialized_sequence": sequence("x", "y", "z")}, {"runs": 2}]
    answered = [cloud.job(number, status="DONE") for number in range(2)]
    cloud.creating.mock(return_value=cloud.batch(jobs=answered, sequence_builder=FIXED, status="DONE"))
    batch = colour.call(sdk.create_batch(FIXED, jobs))
    assert colour.call(batch[0].counts).qubits is None
    cloud.creating.mock(
        return_value=cloud.batch(jobs=answered, sequence_builder=FIXED, status="DONE", id=cloud.ident(9))
    )
    other = colour.call(sdk.create_batch(FIXED, [{"runs": 1}, {"runs": 2}]))
    assert colour.call(other[0].counts).qubits == ("a", "b", "c")


def test_a_repeated_job_has_the_sequence_of_its_batch(colour: Any, cloud: Any, sdk: Any, documents: Any) -> None:
    """Although it is sent with the job."""
    cloud.getting.mock(return_value=cloud.batch(jobs=[cloud.job(0, status="DONE")], open=True, sequence_builder=FIXED))
    batch = colour.call(sdk.get_batch(cloud.batch_id))
    whole = cloud.ok(cloud.job(0, status="DONE", sequence=FIXED))
    cloud.on("GET", f"/v2/jobs/{cloud.ident(0)}").mock(return_value=whole)
    jobs = [cloud.job(number, status="DONE", runs=1) for number in range(2)]
    cloud.adding.mock(return_value=cloud.batch(jobs=jobs, open=True, sequence_builder=FIXED))
    colour.call(batch.retry(batch[0]))
    assert colour.call(batch[1].counts).qubits == ("a", "b", "c")


@pytest.mark.parametrize("shared", [FIXED, PARAMETRIZED])
def test_a_listed_job_may_have_its_own_sequence(
    colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any, shared: str
) -> None:
    """A list does not tell: nothing is claimed until the job's whole state is known. With variables, it has none."""
    jobs = [cloud.job(0, status="DONE"), cloud.job(1, status="DONE"), cloud.job(2, status="DONE", variables={"a": 1})]
    batch = of_jobs(*jobs, status="DONE", sequence_builder=shared)
    own = sequence("x", "y", "z")
    for job, theirs in zip(jobs, (own, None), strict=False):
        cloud.on("GET", f"/v2/jobs/{job['id']}").mock(return_value=cloud.ok(job | {"sequence": theirs}))
    before = [colour.call(job.counts) for job in batch[:]]
    assert [counts.qubits for counts in before] == [None, None, ("a", "b", "c")]
    assert [counts.provenance.sequence_hash is None for counts in before] == [True, True, False]
    assert colour.call(batch[0].sequence) == own
    assert colour.call(batch[1].sequence) is None
    after = [colour.call(job.counts).qubits for job in batch[:2]]
    assert after == [("x", "y", "z"), ("a", "b", "c") if shared == FIXED else None]


def test_jobs_of_somebody_else_are_not_taken_for_those_that_were_added(
    colour: Any, cloud: Any, sdk: Any, documents: Any
) -> None:
    """In an open batch, others may add jobs with their own sequences."""
    jobs = [cloud.job(number, status="DONE", runs=1) for number in range(4)]
    facts = {"open": True, "sequence_builder": FIXED}
    cloud.creating.mock(return_value=cloud.batch(jobs=jobs[:1], **facts))
    batch = colour.call(sdk.create_batch(FIXED, [{"runs": 1}], open=True))
    cloud.adding.mock(return_value=cloud.batch(jobs=jobs, **facts))
    colour.call(batch.add_jobs([{"runs": 1}]))
    assert [colour.call(job.counts).qubits for job in batch[:]] == [("a", "b", "c"), None, None, None]


def test_counts_tell_where_they_come_from(cloud: Any, counts_of: Callable[..., Counts]) -> None:
    """As far as it is known; nothing is requested for it."""
    counts = counts_of(FIXED, seed=1729)
    sent = len(cloud.sent)
    assert counts.provenance == Provenance(
        job_id=cloud.ident(1),
        batch_id=cloud.batch_id,
        device_type="EMU_FREE",
        emulated=True,
        seed=1729,
        pulser_version="1.6.0",
        sequence_hash=sha256(FIXED.encode()).hexdigest(),
        runs=2,
    )
    assert len(cloud.sent) == sent


@pytest.mark.parametrize(
    ("device", "stand_in", "emulated"),
    [
        ("EMU_MPS", None, True),
        ("EMU_NEW", None, True),
        ("FRESNEL", None, False),
        ("FRESNEL", "QuTiP", True),
        ("BRAND_NEW", None, None),
        (None, None, None),
        (None, "QuTiP", True),
    ],
)
def test_whether_counts_were_emulated(device: str | None, stand_in: str | None, emulated: bool | None) -> None:
    """An emulator's name tells, and a document of a stand-in; of a device that is not known, nothing is claimed."""
    document = {"counter": {"0": 1}, "emulated_by": stand_in}
    job = {"id": "j", "status": "DONE", "full_result": document}
    provenance = Batch(id="b", status="DONE", device_type=device, jobs=[job])[0].counts.provenance
    assert provenance is not None
    assert (provenance.device_type, provenance.emulated, provenance.emulated_by) == (device, emulated, stand_in)


def test_it_is_read_when_it_is_asked_for(colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any) -> None:
    """Reading counts parses no sequence, and the results of a batch parse theirs once."""
    jobs = [cloud.job(number, status="DONE", variables={"omega": number}) for number in range(5)]
    batch = of_jobs(*jobs, status="DONE", sequence_builder=PARAMETRIZED)
    facts_of.cache_clear()
    results = colour.call(batch.results())
    assert facts_of.cache_info().misses == 0
    assert {counts.qubits for counts in results.values()} == {("a", "b", "c")}
    assert len({counts.provenance.sequence_hash for counts in results.values()}) == 1
    assert facts_of.cache_info().misses == 1


def test_pickles_and_copies_keep_both(counts_of: Callable[..., Counts]) -> None:
    """Without the SDK."""
    counts = counts_of(FIXED)
    for other in (pickle.loads(pickle.dumps(counts)), copy.copy(counts), copy.deepcopy(counts), counts.copy()):
        assert (other, other.qubits, other.provenance) == (counts, ("a", "b", "c"), counts.provenance)
        assert other is not counts
    assert counts.provenance is not None


def test_a_job_that_was_built_by_hand_tells_what_it_has() -> None:
    """Which is little."""
    counts = Job(id="j", status="DONE", runs=5, result={"01": 5}).counts
    assert counts.qubits is None
    assert counts.provenance == Provenance(job_id="j", runs=5)


# Pulser's results in the document.


def test_the_document_is_a_dictionary(colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any) -> None:
    """The user's own, with Pulser's results if the service has serialized them."""
    batch = of_jobs(cloud.job(1, status="DONE"), status="DONE")
    document = colour.call(batch[0].full_result)
    assert type(document) is FullResult
    assert document == {"counter": {"001": 10}}
    assert json.loads(json.dumps(document)) == document
    assert document.results is None
    document["mine"] = 5
    assert "mine" not in colour.call(batch[0].full_result)


def test_the_results_of_pulser_are_read() -> None:
    """When they are asked for, once."""
    from pulser.backend import Results

    results = Results(atom_order=("a", "b"), total_duration=100)
    document = Job(id="j", status="DONE", full_result={"serialised_results": results.to_abstract_repr()}).full_result
    assert document is not None
    assert document.results is not None
    assert (document.results.atom_order, document.results.total_duration) == (("a", "b"), 100)
    assert document.results is document.results
    for other in (pickle.loads(pickle.dumps(document)), copy.copy(document)):
        assert other == document
        assert other.results.atom_order == ("a", "b")


def test_results_need_pulser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, the error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "pulser.backend.results", None)
    with pytest.raises(MissingExtraError, match=r'pulser is not installed: pip install "pasqal-cloud\[pulser\]"'):
        _ = FullResult(serialised_results="{}").results
    assert FullResult(counter={}).results is None
