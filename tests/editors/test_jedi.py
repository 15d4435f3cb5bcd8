"""What Spyder, Vim and the Python language server show: they ask Jedi, which reads the stubs of this installation."""

from __future__ import annotations

import jedi
import pytest

pytestmark = pytest.mark.slow

BLOCKING = """
from pasqal_cloud import SDK, as_completed
with SDK.local() as sdk:
    batch = sdk.create_batch("", [])
    job = batch.ordered_jobs[0]
    """
AWAITING = """
from pasqal_cloud import AsyncSDK
async def main():
    async with AsyncSDK.local() as sdk:
        batch = await sdk.create_batch("", [])
        job = (await batch.ordered_jobs)[0]
        """


@pytest.fixture(scope="module")
def environment() -> jedi.InterpreterEnvironment:
    """This interpreter, with the package as it is installed for tests: editable."""
    return jedi.InterpreterEnvironment()


@pytest.fixture
def script(environment: jedi.InterpreterEnvironment, tmp_path: object) -> object:
    """Makes what Jedi knows of a program and of the end of its last line."""

    def make(program: str) -> tuple[jedi.Script, tuple[int, int]]:
        lines = program.split("\n")
        project = jedi.Project(tmp_path, load_unsafe_extensions=False)
        return jedi.Script(program, environment=environment, project=project), (len(lines), len(lines[-1]))

    return make


@pytest.mark.parametrize(
    ("program", "wanted"),
    [
        ("import pasqal_cloud\npasqal_cloud.", "SDK AsyncSDK Batch Counts BatchFilters PasqalCloudError save_profile"),
        ("from pasqal_cloud import ", "SDK AsyncSDK CreateJob JobStatus as_completed"),
        ("from pasqal_cloud import SDK\nSDK.", "local create_batch"),
        (BLOCKING + "sdk.", "create_batch get_batch iter_jobs devices project_id webhook close"),
        (BLOCKING + "batch.", "wait status ordered_jobs results add_jobs tags"),
        (BLOCKING + "batch.status.", "is_settled"),
        (BLOCKING + "job.", "result counts status variables cancel"),
        (BLOCKING + "job.counts.", "most_common probabilities shots plot"),
        (BLOCKING + "for each in sdk.iter_batches():\n        each.", "wait ordered_jobs"),
        (BLOCKING + "for each in sdk.get_jobs():\n        each.", "wait result"),
        (BLOCKING + "for each in as_completed(batch.ordered_jobs):\n        each.", "result"),
        (BLOCKING + "sdk.get_workload('').", "config result cancel"),
        (AWAITING + "sdk.", "create_batch get_batch iter_jobs close"),
        (AWAITING + "batch.", "wait status ordered_jobs results add_jobs"),
        (AWAITING + "job.", "result counts status variables cancel"),
        (AWAITING + "async for each in sdk.iter_batches():\n            each.", "wait ordered_jobs"),
        (AWAITING + "(await sdk.get_workload('')).", "config result cancel"),
    ],
)
def test_it_completes(script, program, wanted) -> None:
    """The names that users need, before any private one."""
    text, place = script(program)
    names = [each.name for each in text.complete(*place)]
    assert set(wanted.split()) <= set(names)
    private = [name.startswith("_") for name in names]
    assert private == sorted(private)


@pytest.mark.parametrize(
    ("program", "signature", "documentation"),
    [
        (BLOCKING + "sdk.create_batch", "create_batch(serialized_sequence: SequenceLike | None", "Creates a batch."),
        (BLOCKING + "sdk.get_batch", "get_batch(id: str, fetch_results: bool | None=None) -> Batch", "Gets a batch."),
        (BLOCKING + "batch.cancel", "cancel() -> None", "Cancels it."),
        (AWAITING + "sdk.get_batch", "-> AsyncBatch", "Gets a batch."),
        (AWAITING + "sdk.iter_jobs", "-> AsyncIterator[AsyncJob]", "Iterates over"),
        (AWAITING + "batch.wait", "wait(timeout: float | None=None", "Waits until it is settled."),
        (BLOCKING + "SDK", "SDK(username: str | None=None", "Client for Pasqal Cloud."),
    ],
)
def test_it_explains_an_operation(script, program, signature, documentation) -> None:
    """As a method, with the user's types and its docstring."""
    text, place = script(program)
    (shown,) = text.help(*place)
    assert shown.type == ("class" if program.endswith("SDK") else "function")
    assert signature in shown.docstring()
    assert documentation in shown.docstring()
    assert "Flow[" not in shown.docstring()


@pytest.mark.parametrize("program", [BLOCKING, AWAITING])
@pytest.mark.parametrize(
    ("name", "documentation"),
    [
        ("batch.id", "The id, a UUID."),
        ("batch.status", "The status as of the last request"),
        ("batch.ordered_jobs", "The jobs, in the order in which they were added."),
        ("job.result", "How often each bitstring was measured"),
    ],
)
def test_it_explains_an_attribute(script, program, name, documentation) -> None:
    """By its docstring."""
    text, place = script(program + name)
    (shown,) = text.help(*place)
    assert documentation in shown.docstring()


@pytest.mark.parametrize("program", [BLOCKING, AWAITING])
def test_it_names_the_argument_being_typed(script, program) -> None:
    """Inside the parentheses of a call."""
    text, place = script(program + "sdk.get_batch(")
    (call,) = text.get_signatures(*place)
    assert call.params[0].name == "id"
