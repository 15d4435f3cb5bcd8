"""Running a sequence in one call, with one value of each variable or with many; and what was submitted last."""

import gc
import json
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest

from pasqal_cloud import (
    BatchCreationError,
    BatchFetchingError,
    JobFailedError,
    JobFetchingError,
    PasqalCloudError,
    ValidationError,
    WaitTimeoutError,
)

from ..doubles.answers import BATCH, batch, body_of, ident, job, page
from ..doubles.cloud import EAGER
from ..doubles.line import Line, by_path


def sequence_of(*, register: str = "name", **sizes: int) -> str:
    """The part of a serialized sequence that tells its variables, by their sizes."""
    variables = {name: {"type": "float", "value": [0.0] * size} for name, size in sizes.items()}
    return json.dumps({"variables": variables, "register": [{register: "q0"}], "device": {"name": "MockDevice"}})


class Experiments:
    """A line to a service that ends every job at once.

    Args:
        status: How the jobs end.
    """

    def __init__(self, status: str = "DONE") -> None:
        self.status = status
        self.bodies: list[dict[str, Any]] = []
        self.line = Line(self.answer)

    def answer(self, request: httpx.Request) -> Any:
        last = request.url.path.rpartition("/")[2]
        if request.method == "POST":
            self.bodies.append(body_of(request))
            return self.newest("PENDING")
        if last == "jobs":
            return page(*self.newest(self.status)["jobs"])
        if last == "results_link":
            return {"results_link": "https://storage.test/result" if self.status == "DONE" else None}
        if last == "result":
            return httpx.Response(200, json={"counter": {"0": 3, "1": 7}})
        return self.newest(self.status)

    def newest(self, status: str) -> dict[str, Any]:
        """The batch that was created last."""
        body, first = self.bodies[-1], len(self.jobs) - len(self.bodies[-1]["jobs"])
        jobs = [job(first + place, status=status, errors=["No."]) | new for place, new in enumerate(body["jobs"])]
        return body | {"id": ident(1000 + len(self.bodies)), "status": status, "jobs": jobs}

    @property
    def jobs(self) -> list[dict[str, Any]]:
        """All jobs that were sent."""
        return [job for body in self.bodies for job in body["jobs"]]

    @property
    def variables(self) -> list[Any]:
        """The values of the jobs that were sent."""
        return [job.get("variables") for job in self.jobs]

    def sent(self) -> Any:
        """The body of the one batch that was sent."""
        (body,) = self.bodies
        return body


@pytest.fixture
def experiments() -> Experiments:
    """A line to a service that ends every job at once."""
    return Experiments()


@pytest.fixture
def sdk(sdk_on: Callable[..., Any], experiments: Experiments) -> Any:
    """An SDK of each colour on that line."""
    return sdk_on(experiments.line, **EAGER)


def test_a_run_gives_counts(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """One job of one batch, with what was given; waiting and downloading are part of it."""
    counts = colour.call(
        sdk.run(
            sequence_of(omega=1, delta=2),
            200,
            device_type="EMU_FREE",
            variables={"delta": np.array([1.0, 2.0])},
            tags=["a"],
            omega=np.float64(3.5),
        )
    )
    assert counts == {"1": 7, "0": 3}
    assert counts.probabilities()["1"] == 0.7
    body = experiments.sent()
    assert body["jobs"] == [{"runs": 200, "variables": {"delta": [1.0, 2.0], "omega": 3.5}}]
    assert (body["device_type"], body["tags"], body["open"]) == ("EMU_FREE", ["a"], False)


def test_a_run_takes_a_hundred_shots(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """Unless told otherwise; the number may come from the configuration."""
    colour.call(sdk.run(sequence_of()))
    colour.call(sdk.run(sequence_of(), None, backend_configuration="{}"))
    assert experiments.jobs == [{"runs": 100}, {}]


def test_variables_may_have_the_names_of_arguments(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """In the dictionary, every name is a variable's."""
    values = {"runs": 1.0, "tags": 2.0, "sequence": 3.0}
    colour.call(sdk.run(sequence_of(runs=1, tags=1, sequence=1), 5, variables=values))
    assert experiments.jobs == [{"runs": 5, "variables": values}]
    lists = {"runs": [1.0, 2.0], "tags": 2.0, "sequence": 3.0}
    colour.call(sdk.sweep(sequence_of(runs=1, tags=1, sequence=1), 5, variables=lists))
    assert [values["runs"] for values in experiments.variables] == [1.0, 1.0, 2.0]


def test_a_mappable_register_takes_qubits(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """In both ways of giving values; a list of mappings is swept."""
    mappable = sequence_of(register="qid", omega=1)
    colour.call(sdk.run(mappable, qubits={"q0": 3}, omega=1.0))
    colour.call(sdk.sweep(mappable, variables={"qubits": [{"q0": 0}, {"q0": 1}]}, omega=1.0))
    assert [values["qubits"] for values in experiments.variables] == [{"q0": 3}, {"q0": 0}, {"q0": 1}]


@pytest.mark.parametrize(
    ("sizes", "given", "reason"),
    [
        ({"omega": 1}, {"omga": 1.0}, "'omga' is not a variable of the sequence; did you mean 'omega'? The variable"),
        ({"omega": 1}, {}, "The variable 'omega' has no value."),
        ({"a": 1, "b": 1, "c": 1}, {"a": 1.0}, "The variables 'b', 'c' have no values."),
        ({}, {"omega": 1.0}, "'omega' is not a variable of the sequence, which has none."),
        ({"omega": 1}, {"omega": 1.0, "z": 1.0}, "'z' is not a variable of the sequence, which has omega."),
        (
            {},
            {"device": "FRESNEL"},
            "'device' is not a variable of the sequence; did you mean the argument 'device_type'?",
        ),
        ({"omega": 1}, {"omega": 1.0, "variables": {"omega": 1.0}}, "Give 'omega' in variables or as an argument"),
        ({"omega": 1}, {"variables": [("omega", 1.0)]}, "variables must be a dictionary"),
        ({"delta": 2}, {"delta": 1.0}, "'delta' takes an array of 2 numbers, not 1.0"),
        ({"delta": 2}, {"delta": [1.0, 2.0, 3.0]}, "'delta' takes an array of 2 numbers, not an array of 3"),
        ({"omega": 1}, {"omega": None}, "variables.omega must be a finite number"),
        ({"omega": 1}, {"omega": 1.0, "qubits": {"q0": 1}}, "'qubits' is not a variable"),
        ({"omega": 1}, {"omega": 1.0, "timeout": -1}, "timeout must be a number of seconds"),
        ({"omega": 1}, {"omega": 1.0, "runs": 0}, "runs must be a whole number of shots"),
        ({}, {"shots": 100}, "'shots' is not a variable of the sequence; did you mean the argument 'runs'?"),
        ({}, {"emulator": "EMU_FREE"}, "did you mean the argument 'device_type'?"),
        ({"omega": 1}, {"runs": [1, 2]}, "runs must be a whole number of shots, not [1, 2]. Values of a variable"),
        ({"omega": 1}, {"runs": np.arange(2)}, "like omega=…"),
        ({"omega": 1}, {"omega": "1"}, "'omega' takes a number, not '1'"),
        ({"omega": 1}, {"omega": True}, "'omega' takes a number, not True"),
        ({"delta": 2}, {"delta": [1.0, True]}, "'delta' takes numbers, not True"),
    ],
)
@pytest.mark.parametrize("method", ["run", "sweep"])
def test_what_is_not_the_sequences_is_refused_at_once(
    colour: Any, sdk: Any, experiments: Experiments, method: str, sizes: Any, given: Any, reason: str
) -> None:
    """Names and sizes are compared with the sequence before anything is sent, and the error is one sentence or two."""
    error = colour.attempt(ValidationError, lambda: getattr(sdk, method)(sequence_of(**sizes), **given))
    assert isinstance(error, BatchCreationError)
    if not (method == "sweep" and "runs" in given):  # of a sweep without lists, that is what is told
        assert reason in str(error)
    assert not error.sent
    assert not experiments.line.requests


WHOLE = json.dumps({"variables": {"duration": {"type": "int", "value": [0]}}, "register": []})


def test_a_whole_number_is_not_cut_off(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """As the service would do without a word."""
    for start in (lambda: sdk.run(WHOLE, duration=100.7), lambda: sdk.sweep(WHOLE, duration=[100, 100.7])):
        error = colour.attempt(ValidationError, start)
        assert "'duration' takes a whole number, not 100.7" in str(error)
    assert not experiments.line.requests
    colour.call(sdk.run(WHOLE, duration=100.0))
    assert experiments.variables == [{"duration": 100.0}]


def test_a_wrong_call_says_what_to_write(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """Nothing is sent."""
    swept = sequence_of(omega=1)
    error = colour.attempt(TypeError, lambda: sdk.run(swept, 100, "EMU_FREE", omega=3.0))
    assert "too many positional arguments: only sequence, runs can be given" in str(error)
    assert "like device_type=…" in str(error)
    error = colour.attempt(ValidationError, lambda: sdk.run(swept, 1e3, omega=1.0))
    assert "not 1000.0: use 1000." in str(error)
    for create in (
        lambda: sdk.run(swept, device_type="emu_free", omega=1.0),
        lambda: sdk.create_batch("{}", [{"runs": 1}], device_type="emu-free"),
    ):
        assert "did you mean 'EMU_FREE'?" in str(colour.attempt(ValidationError, create))
    assert not experiments.line.requests


def test_a_run_needs_one_value(colour: Any, sdk: Any) -> None:
    """A list is a sweep's."""
    error = colour.attempt(ValidationError, lambda: sdk.run(sequence_of(omega=1), omega=[1.0, 2.0]))
    assert "'omega' takes one number, not an array of 2" in str(error)


@pytest.mark.parametrize("sequence", [None, "", 3])
def test_a_run_needs_a_sequence(colour: Any, sdk: Any, sequence: Any) -> None:
    """It says which kinds of sequence there are."""
    error = colour.attempt(ValidationError, lambda: sdk.run(sequence))
    assert "sequence must be a pulser.Sequence" in str(error)


def test_what_is_no_sequence_is_the_services_to_judge(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """Its variables are not known here."""
    colour.call(sdk.run("{}", omega=1.0))
    colour.call(sdk.sweep("no JSON", omega=[1.0, 2.0]))
    assert experiments.variables == [{"omega": 1.0}, {"omega": 1.0}, {"omega": 2.0}]


def test_a_failed_run_is_an_error(colour: Any, sdk_on: Any) -> None:
    """With the service's reason, and not as if the batch had not been created."""
    sdk = sdk_on(Experiments("ERROR").line, **EAGER)
    error = colour.attempt(JobFailedError, lambda: sdk.run(sequence_of()))
    assert error.reasons == ["No."]
    assert not isinstance(error, BatchCreationError)
    assert error.job.id == ident()


@pytest.mark.parametrize("method", ["run", "sweep"])
def test_a_timeout_leaves_the_batch(colour: Any, sdk_on: Any, clock: Any, method: str) -> None:
    """The error has it, and so has the SDK."""
    sdk = sdk_on(Experiments("RUNNING").line, **EAGER)
    given = {"omega": 1.0 if method == "run" else [1.0]}
    error = colour.attempt(WaitTimeoutError, lambda: getattr(sdk, method)(sequence_of(omega=1), timeout=5, **given))
    assert error.handle is sdk.last_batch
    assert error.handle.id == ident(1001)


class Unlisted(Experiments):
    """A service that does not list the jobs of its batches.

    Args:
        listing: What it answers instead, or raises.
        named: What its answers about a batch have for the jobs.
    """

    def __init__(self, listing: Any, named: list[Any] | None) -> None:
        super().__init__()
        self.listing, self.named = listing, named

    def answer(self, request: httpx.Request) -> Any:
        if request.url.path.endswith("/jobs"):
            if isinstance(self.listing, BaseException):
                raise self.listing
            return self.listing
        answer = super().answer(request)
        return answer | {"jobs": self.named} if isinstance(answer, dict) and "jobs" in answer else answer


@pytest.mark.parametrize(
    ("method", "named"), [("run", None), ("run", []), ("sweep", [])], ids=["run", "run-empty", "sweep-empty"]
)
@pytest.mark.parametrize("listing", [httpx.Response(403, json={}), page()], ids=["refused", "empty"])
def test_a_batch_whose_jobs_are_not_listed_exists(
    colour: Any, sdk_on: Any, method: str, named: Any, listing: Any
) -> None:
    """The error does not say that it was not created, and has its id."""
    sdk = sdk_on(Unlisted(listing, named).line, **EAGER)
    given = {"omega": 1.0 if method == "run" else [1.0]}
    error = colour.attempt(PasqalCloudError, lambda: getattr(sdk, method)(sequence_of(omega=1), **given))
    assert isinstance(error, JobFetchingError | BatchFetchingError)
    assert not isinstance(error, BatchCreationError)
    assert ident(1001) in "".join(error.__notes__)


def test_an_interrupted_fetch_of_the_jobs_has_the_batch(colour: Any, sdk_on: Any) -> None:
    """As an interrupted wait has it."""
    sdk = sdk_on(Unlisted(KeyboardInterrupt(), None).line, **EAGER)
    with pytest.raises(KeyboardInterrupt) as caught:
        colour.call(sdk.run(sequence_of()))
    assert caught.value.handle is sdk.last_batch


def test_jobs_that_the_response_leaves_out_are_fetched(colour: Any, sdk_on: Any) -> None:
    """An empty list in it does not mean that there are none."""
    sdk = sdk_on(Unlisted(page(job(status="DONE")), []).line, **EAGER)
    assert colour.call(sdk.run(sequence_of())) == {"0": 3, "1": 7}
    assert len(colour.call(sdk.sweep(sequence_of(a=1), a=[1.0]))) == 1


def test_a_sweep_is_a_batch_with_a_job_for_each_setting(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """The last variable changes first; what is no list is the same in all jobs."""
    swept = colour.call(sdk.sweep(sequence_of(a=1, b=1, c=1), 20, a=range(2), b=np.linspace(0, 1, 3), c=7, tags=["t"]))
    assert [tuple(values.values()) for values in experiments.variables] == [
        (a, b, 7) for a in (0, 1) for b in (0.0, 0.5, 1.0)
    ]
    assert {job["runs"] for job in experiments.jobs} == {20}
    assert swept.status == "DONE"
    assert len(colour.call(swept.ordered_jobs)) == 6
    assert experiments.sent()["tags"] == ["t"]


def test_a_sweep_of_pairs(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """`zip` takes the first values, the second values and so on; a generator is a list."""
    colour.call(sdk.sweep(sequence_of(a=1, b=1), a=(number for number in (1, 2)), b=[3.0, 4.0], combine="zip"))
    assert experiments.variables == [{"a": 1, "b": 3.0}, {"a": 2, "b": 4.0}]


def test_a_sweep_of_arrays(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """A list of arrays is swept; one array, and a variable of size one in either form, mean what they say."""
    grid = np.array([[1.0, 2.0], [3.0, 4.0]])
    colour.call(sdk.sweep(sequence_of(a=2, b=2, c=1), a=grid, b=[5.0, 6.0], c=[[7.0]]))
    assert experiments.variables == [
        {"a": [1.0, 2.0], "b": [5.0, 6.0], "c": [7.0]},
        {"a": [3.0, 4.0], "b": [5.0, 6.0], "c": [7.0]},
    ]


def test_a_sweep_can_stay_open(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """And need not be waited for."""
    swept = colour.call(sdk.sweep(sequence_of(a=1), a=[1.0], open=True, wait=False))
    assert experiments.sent()["open"] is True
    assert swept.status == "PENDING"
    assert [request.method for request in experiments.line.requests] == ["POST"]


@pytest.mark.parametrize(
    ("sizes", "given", "reason"),
    [
        ({"a": 1, "b": 1}, {"a": [1, 2], "b": [1, 2, 3], "combine": "zip"}, "'a' has 2 values and 'b' has 3 values"),
        ({"a": 1}, {"a": [1], "combine": "prodct"}, "'product' or 'zip', not 'prodct'; did you mean 'product'?"),
        ({"a": 1}, {"a": []}, "The list of 'a' is empty"),
        ({"a": 1}, {"a": 1.0}, "No variable has a list of values"),
        ({}, {}, "No variable has a list of values"),
        ({"a": 2}, {"a": [[1, 2], [3]]}, "'a' takes an array of 2 numbers, not an array of 1"),
        ({"a": 2}, {"a": [1, 2, 3]}, "'a' takes an array of 2 numbers, not an array of 3"),
        ({"a": 1}, {"a": [1, [2, 3]]}, "'a' takes one number, not an array of 2"),
        ({"a": 1}, {"a": [1, float("nan")]}, "variables.a[1] must be a finite number"),
    ],
)
def test_a_sweep_that_makes_no_sense(
    colour: Any, sdk: Any, experiments: Experiments, sizes: Any, given: Any, reason: str
) -> None:
    """Nothing is sent."""
    error = colour.attempt(ValidationError, lambda: sdk.sweep(sequence_of(**sizes), **given))
    assert reason in str(error)
    assert not experiments.line.requests


def test_jobs_with_sequences_of_their_own_are_a_batch(colour: Any, sdk: Any, experiments: Experiments) -> None:
    """No sequence for all of them needs to be named."""
    colour.call(sdk.create_batch(jobs=[{"runs": 1, "serialized_sequence": "{}"}]))
    assert experiments.sent()["jobs"] == [{"runs": 1, "sequence": "{}"}]
    assert experiments.sent().get("sequence_builder") is None


def test_the_last_batch_is_the_one_that_was_submitted_last(colour: Any, sdk_on: Any) -> None:
    """By creating, adding jobs or repeating, also with other options; reading it, and other batches, change nothing."""
    second = "33333333-2222-4333-8444-555555555555"
    answer, more = batch(open=True, jobs=[job()]), batch(open=True, jobs=[job(), job(1, runs=1)])
    copy = answer | {"id": second, "parent_id": BATCH, "jobs": [job(2, runs=1)]}
    line = by_path(POST_batches=answer, POST_jobs=more, rebatch=copy, batch=more)
    sdk = sdk_on(line, **EAGER)
    assert sdk.last_batch is None
    created = colour.call(sdk.create_batch("{}", [{"runs": 1}], open=True))
    assert sdk.last_batch is created
    repeated = colour.call(sdk.rebatch(BATCH))
    assert repeated.id == second
    assert sdk.last_batch is repeated
    added = colour.call(sdk.with_options(timeout=5).add_jobs(BATCH, [{"runs": 1}]))
    colour.call(sdk.get_batch(BATCH))
    before = len(line.requests)
    assert sdk.last_batch is added
    del added
    gc.collect()
    again = sdk.last_batch
    assert (again.id, [job.id for job in colour.call(again.ordered_jobs)]) == (BATCH, [ident(0), ident(1)])
    assert again is sdk.last_batch
    assert len(line.requests) == before


def test_the_last_batch_is_as_it_was_last_seen(colour: Any, sdk_on: Any) -> None:
    """Also if nobody holds its handle any more, as after `run`."""
    sdk = sdk_on(Experiments().line, **EAGER)
    colour.call(sdk.run(sequence_of(omega=1), omega=1.0))
    gc.collect()
    assert sdk.last_batch.status == "DONE"
    assert [job.status for job in colour.call(sdk.last_batch.ordered_jobs)] == ["DONE"]


@pytest.mark.parametrize("place", ["complete", "open"])
def test_a_device_in_the_place_of_another_argument_is_refused(colour: Any, sdk_on: Any, place: str) -> None:
    """It would count as True, and the batch would run on another device."""
    line = by_path()
    given: dict[str, Any] = {place: "FRESNEL"}
    error = colour.attempt(ValidationError, lambda: sdk_on(line).create_batch("{}", [{"runs": 1}], **given))
    assert "did you mean device_type='FRESNEL'?" in str(error)
    assert not line.requests
