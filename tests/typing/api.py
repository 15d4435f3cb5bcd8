"""What type checkers know of the API. Nothing runs here: mypy and pyright read it, and both must agree."""

from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, assert_type

from pasqal_cloud import (
    SDK,
    AsyncBatch,
    AsyncJob,
    AsyncSDK,
    AsyncWorkload,
    Batch,
    BatchStatus,
    Counts,
    CreateJob,
    Device,
    DeviceTypeName,
    EmulatorType,
    Endpoints,
    FullResult,
    Job,
    JobFailedError,
    JobStatus,
    PaginatedResponse,
    PasqalCloudConnection,
    PasqalCloudError,
    PasswordGrantTokenProvider,
    Provenance,
    TokenProvider,
    WaitTimeoutError,
    Workload,
    as_completed,
)
from pasqal_cloud.device import EmuTNConfig
from pasqal_cloud.errors import Handle
from pasqal_cloud.pasqal_cloud_client import PasqalCloudClient
from pasqal_cloud_api.api.batches import list_batches
from pasqal_cloud_api.models import BatchListResponse


class Sequence:
    """What is needed of a Pulser sequence."""

    def to_abstract_repr(self) -> str:
        """Serializes it."""
        return ""


JOBS: list[CreateJob] = [
    {"runs": 10},
    {"runs": 10, "variables": {"omega": [1.0, 2.0], "qubits": {"q0": 1}}},
    {"runs": 10, "serialized_sequence": Sequence()},
]


def making() -> None:
    """An SDK is made with a password, with a provider, or on this machine."""
    assert_type(SDK("ada@example.com", "password", project_id="id", region="sa"), SDK)
    provider: TokenProvider = PasswordGrantTokenProvider("ada@example.com", "password")
    assert_type(AsyncSDK(token_provider=provider, endpoints=Endpoints.at("http://localhost")), AsyncSDK)
    assert_type(SDK.local("--token-lifetime=60", seed=7, workers=2, max_atoms=12, data=Path("x.db")), SDK)
    assert_type(SDK(token="t", journal=Path("journal.jsonl")).last_batch, Batch | None)
    with SDK.local() as sdk:
        assert_type(sdk, SDK)
        assert_type(sdk.project_id, str | None)


async def making_async() -> None:
    """The same, awaiting."""
    async with AsyncSDK.local() as sdk:
        assert_type(sdk, AsyncSDK)
    assert_type(await AsyncSDK.local(), AsyncSDK)
    async with AsyncSDK("ada@example.com", "password") as other:
        assert_type(other, AsyncSDK)


def operations(sdk: SDK) -> None:
    """Operations give handles."""
    assert_type(sdk.create_batch("{}", JOBS, open=True, tags=("a",), wait=True), Batch)
    assert_type(sdk.create_batch(Sequence(), JOBS, device_type=DeviceTypeName.EMU_FREE), Batch)
    assert_type(sdk.create_batch(None, (job for job in JOBS), device_type="EMU_FREE"), Batch)
    assert_type(sdk.create_batch(jobs=JOBS), Batch)
    assert_type(sdk.run(Sequence(), 200, device_type=DeviceTypeName.EMU_FREE, variables={"a": 1}, b=[1.0]), Counts)
    assert_type(sdk.sweep("{}", combine="zip", open=True, wait=False, timeout=5, a=[1, 2], b=[[1.0], [2.0]]), Batch)
    assert_type(sdk.check(Sequence(), "FRESNEL", runs=5, a=1.0), list[str])
    assert_type(sdk.device("FRESNEL"), Device)
    assert_type(sdk.least_busy(is_emulator=None, atoms=5), Device)
    assert_type(sdk.get_batch("id"), Batch)
    assert_type(sdk.add_jobs("id", JOBS, wait=True), Batch)
    assert_type(sdk.close_batch("id"), Batch)
    assert_type(sdk.close(), None)


async def operations_async(sdk: AsyncSDK) -> None:
    """Operations are coroutine functions, and give awaiting handles."""
    _ = assert_type(sdk.get_batch("id"), Coroutine[Any, Any, AsyncBatch])
    assert_type(await sdk.create_batch("{}", JOBS, wait=True), AsyncBatch)
    assert_type(await sdk.run(Sequence(), omega=1.0), Counts)
    assert_type(await sdk.sweep(Sequence(), omega=[1.0]), AsyncBatch)
    assert_type(await sdk.check("{}"), list[str])
    assert_type(await sdk.device("FRESNEL"), Device)
    assert_type(await sdk.least_busy(), Device)
    assert_type(sdk.last_batch, AsyncBatch | None)
    assert_type(await sdk.get_batch("id"), AsyncBatch)
    assert_type(await sdk.add_jobs("id", JOBS), AsyncBatch)
    assert_type(await sdk.close_batch("id"), AsyncBatch)
    assert_type(await sdk.close(), None)


def batches(batch: Batch) -> None:
    """A batch's attributes are values."""
    assert_type(batch.id, str)
    assert_type(batch.status, BatchStatus)
    assert_type(batch.open, bool)
    assert_type(batch.is_settled, bool)
    assert_type(batch.device_type, DeviceTypeName | None)
    assert_type(batch.tags, list[str])
    assert_type(batch.jobs_count_per_status, dict[JobStatus, int])
    assert_type(batch.created_at, datetime | None)
    assert_type(batch.ordered_jobs, list[Job])
    assert_type(batch.sequence_builder, str | None)
    assert_type(batch.add_jobs(JOBS, wait=True), None)
    assert_type(batch.close(wait=True), None)
    assert_type(batch.refresh(), None)
    assert_type(batch.wait(10.0, poll=1.0, on_update=print, progress=False), None)


async def batches_async(batch: AsyncBatch) -> None:
    """What is fetched is awaited, what is known is a value."""
    assert_type(batch.status, BatchStatus)
    assert_type(batch.ordered_jobs, Awaitable[list[AsyncJob]])
    assert_type(await batch.ordered_jobs, list[AsyncJob])
    assert_type(await batch.sequence_builder, str | None)
    _ = assert_type(batch.refresh(), Coroutine[Any, Any, None])
    assert_type(await batch.wait(timeout=10.0), None)


ERRORS: Literal["raise", "return"] = "raise" if JOBS else "return"


def collections(batch: Batch, page: PaginatedResponse[Job]) -> None:
    """A batch is a collection of its jobs, and a page a sequence of its items."""
    assert_type([job for job in batch], list[Job])  # noqa: C416 - as users write it
    assert_type(batch[0], Job)
    assert_type(batch["id"], Job)
    assert_type(batch[1:], list[Job])
    assert_type(len(batch), int)
    assert_type(batch in {batch}, bool)
    assert_type(page[0], Job)
    assert_type(page[:2], list[Job])
    assert_type(page.index(page[0]), int)


async def collections_async(batch: AsyncBatch, path: Path) -> None:
    """The same, awaiting."""
    assert_type([job async for job in batch], list[AsyncJob])
    assert_type(batch[-1], AsyncJob)
    assert_type(batch[::2], list[AsyncJob])
    assert_type(as_completed(batch), AsyncIterable[AsyncJob])
    for _ in batch:  # type: ignore[misc]  # pyright: ignore[reportOptionalIterable]
        break
    assert_type(await AsyncSDK.load_batch(path), AsyncBatch)
    assert_type(await batch.save(path), None)


def results(batch: Batch, path: Path) -> None:
    """Errors are among the results only where they were asked for."""
    assert_type(batch.results(), dict[str, Counts])
    assert_type(batch.results("skip"), dict[str, Counts])
    assert_type(batch.results(errors="return"), dict[str, Counts | JobFailedError])
    assert_type(batch.results(errors=ERRORS), dict[str, Counts | JobFailedError])
    assert_type(batch.save(path), None)
    assert_type(SDK.load_batch(str(path)), Batch)
    batch.results(errors="ignore")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


async def results_async(batch: AsyncBatch) -> None:
    """The same, awaiting."""
    assert_type(await batch.results(), dict[str, Counts])
    assert_type(await batch.results(errors="skip"), dict[str, Counts])
    assert_type(await batch.results(errors="return"), dict[str, Counts | JobFailedError])


def jobs(job: Job) -> None:
    """A job's attributes are values."""
    assert_type(job.id, str)
    assert_type(job.status, JobStatus)
    assert_type(job.runs, int | None)
    assert_type(job.variables, dict[str, Any])
    assert_type(job.errors, list[str])
    assert_type(job.end_timestamp, datetime | None)
    assert_type(job.result, Counts | None)
    assert_type(job.full_result, FullResult | None)
    document: dict[str, Any] | None = job.full_result
    assert_type(job.counts.qubits, tuple[str, ...] | None)
    assert_type(job.counts.provenance, Provenance | None)
    assert_type(job.batch, Batch)
    assert_type(job == document, bool)
    assert_type(job.wait(), None)


async def jobs_async(job: AsyncJob) -> None:
    """What is fetched is awaited."""
    assert_type(job.result, Awaitable[Counts | None])
    assert_type(await job.result, Counts | None)
    assert_type(await job.full_result, FullResult | None)
    assert_type(await job.batch, AsyncBatch)
    assert_type(await job.refresh(), None)


def workloads(workload: Workload) -> None:
    """A workload's attributes are values, too."""
    assert_type(workload.id, str)
    assert_type(workload.status, JobStatus)
    assert_type(workload.is_settled, bool)
    assert_type(workload.start_timestamp, datetime | None)
    assert_type(workload.errors, list[str])
    assert_type(workload.result, dict[str, Any] | None)
    assert_type(workload.wait(1.0, on_update=print), None)
    assert_type(workload.cancel(), None)
    workload.status = "DONE"


async def workloads_async(workload: AsyncWorkload) -> None:
    """What is fetched is awaited."""
    assert_type(workload.status, JobStatus)
    assert_type(await workload.result, dict[str, Any] | None)
    _ = assert_type(workload.cancel(), Coroutine[Any, Any, None])


def from_the_class(sdk: SDK, async_sdk: AsyncSDK, job: AsyncJob) -> None:
    """Read from its class, an operation is a function that takes the object first."""
    assert_type(SDK.get_batch(sdk, "id"), Batch)
    _ = assert_type(AsyncSDK.get_batch(async_sdk, "id"), Coroutine[Any, Any, AsyncBatch])
    get: Callable[[str], Batch] = sdk.get_batch
    assert_type(Batch.cancel(sdk.get_batch("id")), None)
    _ = assert_type(AsyncJob.refresh(job), Coroutine[Any, Any, None])
    assert_type(get("id"), Batch)


def errors(sdk: SDK) -> None:
    """Errors have typed facts, and are the builtin ones that they resemble."""
    try:
        sdk.get_batch("id").wait(timeout=1.0)
    except WaitTimeoutError as error:
        assert_type(error.handle, Handle | None)
        timeout: TimeoutError = error
        raise timeout from None
    except PasqalCloudError as error:
        assert_type(error.status, int | None)
        assert_type(error.body, str | None)
        assert_type(error.retry_after, float | None)


def statuses(batch: Batch) -> None:
    """A status is a text as well, and a test may set it."""
    text: str = batch.status
    assert_type(BatchStatus(text).is_settled, bool)
    batch.status = "DONE"
    batch.ordered_jobs[0].status = JobStatus.DONE


def doubles() -> None:
    """Handles can be built by hand."""
    job = Job(id="", status="DONE", runs=5, _client=None)
    assert_type(job.result, Counts | None)
    assert_type(Batch(id="", status="DONE", jobs=[job, {"id": "", "status": "DONE"}]).ordered_jobs, list[Job])


def old_names(connection: PasqalCloudConnection) -> None:
    """Old names are of the same types as the new."""
    assert_type(PasqalCloudClient("ada@example.com", "password", None, None, None, "https://me.test", "id"), SDK)
    assert_type(connection.cloud_client, SDK)
    sdk = SDK("ada@example.com", "password")
    assert_type(sdk.create_batch("{}", JOBS, emulator=EmulatorType.EMU_TN, configuration=EmuTNConfig(dt=5)), Batch)
    assert_type(sdk.create_batch("{}", JOBS, device_type=EmulatorType.EMU_TN, configuration={"dt": 5}), Batch)
    assert_type(sdk.switch_to_project("id"), str)


async def any_operation(sdk: SDK, async_sdk: AsyncSDK) -> None:
    """`sdk.call` takes what the operation takes, and gives what it answers."""
    assert_type(sdk.call(list_batches, limit=5), BatchListResponse)
    assert_type(sdk.call(list_batches, status=["DONE", "NOT_KNOWN_YET"]), BatchListResponse)
    assert_type(await async_sdk.call(list_batches), BatchListResponse)
    sdk.call(list_batches, limits=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await async_sdk.call(list_batches, limit="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def what_is_wrong(sdk: SDK, batch: Batch, async_sdk: AsyncSDK) -> None:
    """Mistakes that a type checker must see: an ignored line without one is an error itself."""
    sdk.create_batch("{}", [{"run": 1}])  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportArgumentType]
    sdk.create_batch("{}", JOBS, opne=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    sdk.get_batch(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    SDK("ada@example.com", "password", region="mars")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    batch.status = 5  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    batch.tags = ["a"]  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    batch.wait(30.0, 1.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    async_sdk.get_batch("id").status  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # noqa: B018 - it must be an error
