"""The SDK: every operation, once. `SDK` blocks, `AsyncSDK` awaits."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from pasqal_cloud._flow import AwaitingContext, BlockingContext, Close, Flow, Opening, Task, operation, run
from pasqal_cloud._service import ServiceProcess
from pasqal_cloud._transport import Api, ApiClient, AwaitingClient, BlockingClient, auth_of
from pasqal_cloud.authentication import PasswordGrantTokenProvider, TokenProvider
from pasqal_cloud.batch import AsyncBatch, Batch, BatchFlows, adding, batch_payload, closing, creating, fetching
from pasqal_cloud.endpoints import OF_REGION, Endpoints, Region
from pasqal_cloud.errors import (
    BatchClosingError,
    BatchCreationError,
    BatchFetchingError,
    JobCreationError,
    PasqalCloudError,
    ValidationError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pasqal_cloud._arguments import SequenceLike
    from pasqal_cloud.device import DeviceTypeName
    from pasqal_cloud.job import CreateJob

BatchT = TypeVar("BatchT", bound=BatchFlows[Any])


class Operations(Generic[BatchT]):
    """What can be done, in both colours.

    Args:
        username: The e-mail address of the account.
        password: Its password.
        token_provider: What gives tokens, in place of username and password.
        endpoints: Where the services are, if not at the region's usual addresses.
        project_id: The project that new batches belong to, a UUID.
        region: Where the account is: `fr` for France, `sa` for Saudi Arabia.

    Raises:
        ValidationError: The arguments don't fit together. Nothing is sent until the first operation.
    """

    _batch_type: type[BatchT]
    _http_type: type[BlockingClient | AwaitingClient]

    def __init__(
        self,
        username: str | None = None,
        password: str | None = None,
        token_provider: TokenProvider | None = None,
        endpoints: Endpoints | None = None,
        *,
        project_id: str | None = None,
        region: Region = "fr",
    ) -> None:
        if region not in OF_REGION:
            raise ValidationError(f"region must be one of {', '.join(OF_REGION)}, not {region!r}.")
        usual_endpoints, usual_auth = OF_REGION[region]
        endpoints = endpoints or usual_endpoints
        if token_provider is None:
            if not username or not password:
                raise ValidationError("Give username and password, or a token_provider.")
            token_provider = PasswordGrantTokenProvider(username, password, endpoints.auth or usual_auth)
        elif username or password:
            raise ValidationError("Give username and password, or a token_provider, not both.")
        self._api = Api(endpoints, auth_of(token_provider), self._http_type, project_id)
        self._stop_service: weakref.finalize[..., Self] | None = None

    @property
    def client(self) -> ApiClient:
        """The generated client, made ready: for the functions of `pasqal_cloud_api.api`, which know every operation."""
        return self._api.core

    @property
    def project_id(self) -> str | None:
        """The project that new batches belong to."""
        return self._api.project_id

    @operation(raises=BatchCreationError)
    def create_batch(
        self,
        serialized_sequence: SequenceLike | None,
        jobs: Iterable[CreateJob] = (),
        *,
        open: bool = False,
        device_type: DeviceTypeName | str | None = None,
        backend_configuration: str | None = None,
        tags: Iterable[str] = (),
        wait: bool = False,
    ) -> Flow[BatchT]:
        """Creates a batch. Its id is logged at once, before any waiting.

        Args:
            serialized_sequence: The sequence that the jobs share: a Pulser sequence, or its abstract representation,
                `to_abstract_repr()`. None if each job has its own.
            jobs: The jobs, each a dictionary of `runs`, `variables` and maybe `serialized_sequence`; see `CreateJob`.
            open: Whether more jobs can be added later, until the batch is closed.
            device_type: What it runs on; by default the device that the sequence was made for.
            backend_configuration: For emulators, the abstract representation of a Pulser emulation configuration.
            tags: Labels to find the batch by.
            wait: Whether to wait until all its jobs are settled.

        Raises:
            BatchCreationError: It was not created, or, where the connection broke, nobody knows whether it was.
        """
        payload = batch_payload(
            self._api.project_id,
            serialized_sequence,
            jobs,
            open=open,
            device_type=device_type,
            backend_configuration=backend_configuration,
            tags=tags,
        )
        batch = self._batch_type(self._api, (yield from creating(self._api, payload)))
        if wait:
            yield from batch._wait()
        return batch

    @operation(raises=BatchFetchingError)
    def get_batch(self, id: str) -> Flow[BatchT]:
        """Gets a batch.

        Args:
            id: Its id.

        Raises:
            BatchFetchingError: It could not be had; a `NotFoundError` too where no batch has this id.
        """
        return self._batch_type(self._api, (yield from fetching(self._api, id)))

    @operation(raises=JobCreationError)
    def add_jobs(self, batch_id: str, jobs: Iterable[CreateJob], wait: bool = False) -> Flow[BatchT]:
        """Adds jobs to an open batch.

        Args:
            batch_id: The batch's id.
            jobs: The jobs, at least one.
            wait: Whether to wait until all the batch's jobs are settled.

        Raises:
            JobCreationError: They could not be added. Where the connection broke, they may have been.
        """
        batch = self._batch_type(self._api, (yield from adding(self._api, batch_id, jobs)))
        if wait:
            yield from batch._wait()
        return batch

    @operation(raises=BatchClosingError)
    def close_batch(self, batch_id: str) -> Flow[BatchT]:
        """Closes an open batch: it takes no more jobs and leaves the device when those it has are settled.

        Args:
            batch_id: The batch's id.

        Raises:
            BatchClosingError: It could not be closed.
        """
        return self._batch_type(self._api, (yield from closing(self._api, batch_id)))

    @operation(raises=PasqalCloudError)
    def close(self) -> Flow[None]:
        """Closes the connections; and ends the service that `local` started."""
        yield from self._leave()

    def _leave(self) -> Flow[None]:
        for http in self._api.opened():
            yield Close(http)
        if self._stop_service is not None:
            yield Task(self._stop_service)

    @classmethod
    def _start_local(cls, options: tuple[str, ...]) -> Flow[Self]:
        service: ServiceProcess = yield Task(lambda: ServiceProcess(*options))
        address = service.address
        sdk = cls(
            address["username"],
            address["password"],
            endpoints=Endpoints.at(address["url"]),
            project_id=address["project_id"],
        )
        sdk._stop_service = weakref.finalize(sdk, service.stop)
        return sdk

    def __repr__(self) -> str:
        """Shows where the SDK points to, and no secret."""
        return f"{type(self).__name__}({self._api.endpoints.core!r}, project_id={self.project_id!r})"


class SDK(Operations[Batch], BlockingContext):  # noqa: D101 - has the docstring of both colours
    __doc__ = Operations.__doc__
    _batch_type = Batch
    _http_type = BlockingClient

    @classmethod
    def local(cls, *options: str) -> Self:
        """Starts a local service and gets an SDK for it: everything works, with no account and no network.

        The service ends when the SDK is closed, best by `with SDK.local() as sdk:`, at the latest with this process.

        Args:
            options: Options of `python -m pasqal_cloud.local`, like `--seed=7`.

        Raises:
            MissingExtraError: The extra `local` is not installed.
            LocalServiceError: The service did not start.
        """
        return run(cls._start_local(options))


class AsyncSDK(Operations[AsyncBatch], AwaitingContext):  # noqa: D101 - has the docstring of both colours
    __doc__ = Operations.__doc__
    _batch_type = AsyncBatch
    _http_type = AwaitingClient

    @classmethod
    def local(cls, *options: str) -> Opening[Self]:
        """Starts a local service and gets an SDK for it: everything works, with no account and no network.

        For `async with AsyncSDK.local() as sdk:`, and for `sdk = await AsyncSDK.local()`. The service ends when the SDK
        is closed, at the latest with this process.

        Args:
            options: Options of `python -m pasqal_cloud.local`, like `--seed=7`.

        Raises:
            MissingExtraError: The extra `local` is not installed.
            LocalServiceError: The service did not start.
        """
        return Opening(cls._start_local(options))
