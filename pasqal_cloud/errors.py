"""All errors of the package, in one tree.

```
PasqalCloudError
├── which operation failed
│   ├── BatchException
│   │   ├── BatchCreationError · BatchClosingError · BatchCancellingError · BatchSetTagsError · RebatchError
│   │   └── BatchFetchingError
│   │       └── BatchListingError
│   ├── JobException
│   │   ├── JobCreationError · JobCancellingError · JobRetryError
│   │   └── JobFetchingError
│   │       └── JobListingError
│   ├── WorkloadException
│   │   ├── WorkloadCreationError · WorkloadCancellingError
│   │   └── WorkloadFetchingError
│   │       └── WorkloadListingError · WorkloadResultsDownloadError
│   ├── DeviceSpecsException
│   │   └── DeviceSpecsFetchingError
│   └── ProjectException
│       └── ProjectFetchingError
├── why the request failed
│   ├── ValidationError (a ValueError)
│   │   ├── InvalidDeviceTypeSet · OnlyCompleteOrOpenCanBeSet · InvalidConfiguration
│   │   ├── MissingJobSequence
│   │   │   └── MissingAllJobSequence
│   │   └── JobSequenceVariablesConflict
│   ├── AuthenticationError
│   │   └── TokenProviderError (in `authentication`)
│   ├── PermissionDeniedError
│   ├── NotFoundError
│   │   └── ProjectNotFoundError (a ProjectException)
│   ├── ConflictError
│   ├── RateLimitError
│   ├── ServerError
│   ├── UnexpectedAnswerError
│   ├── ConnectionFailedError
│   │   └── RequestTimeoutError (a TimeoutError)
│   └── SubmissionUnknownError
└── other than failed requests
    ├── JobFailedError
    ├── WaitTimeoutError (a TimeoutError)
    ├── ClosedError (in `_conversation.clients`)
    ├── MissingExtraError (an ImportError)
    └── LocalServiceError
```

The error of a failed request has a class of either kind: `except BatchFetchingError` and `except NotFoundError` both
catch what `sdk.get_batch` raises for an unknown id. `specify` makes the class that combines the two. The first line of
a class's docstring is the beginning of its messages.

Four old names are aliases: ExceptionWithResponseContext for PasqalCloudError, WorkloadResultsConnectionError for
ConnectionFailedError, and WorkloadResultsDecodeError and InvalidWorkloadResultsFormatError for UnexpectedAnswerError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Handle(Protocol):
    """The batch, job or workload that an error is about. With an `AsyncSDK`, its methods are awaited."""

    @property
    def id(self) -> str:
        """Its id, a UUID."""
        ...

    @property
    def status(self) -> str:
        """Its status when it was last fetched."""
        ...

    @property
    def is_settled(self) -> bool:
        """Whether it has ended, so that there is nothing more to wait for."""
        ...

    @property
    def refresh(self) -> Callable[..., Any]:
        """Fetches its current state."""
        ...

    @property
    def wait(self) -> Callable[..., Any]:
        """Waits until it is settled."""
        ...

    @property
    def cancel(self) -> Callable[..., Any]:
        """Cancels it."""
        ...


class PasqalCloudError(Exception):
    """The request failed.

    The base class of all errors of this package.

    Attributes:
        description: What went wrong, in the words of the service or of this package.
        status: The HTTP status of the response; None without a response.
        code: The service's code of the error, if it gives one.
        method: The HTTP method of the request.
        url: The URL of the request, without its query, which may contain a signature.
        request_id: The service's id of the request; quote it when you ask Pasqal's support.
        body: The body of the response.
        retry_after: How long the service asks to wait before the next attempt, in seconds.
        retryable: Whether the same request may succeed later.
        sent: Whether the service may have received the request; False if none was sent.
    """

    _is_named = False
    """Whether the class already names the operation that failed."""

    def __init__(
        self,
        description: str = "",
        *,
        status: int | None = None,
        code: str | None = None,
        method: str | None = None,
        url: str | None = None,
        request_id: str | None = None,
        body: str | None = None,
        retry_after: float | None = None,
        retryable: bool = False,
        sent: bool | None = None,
    ) -> None:
        super().__init__(description)
        self.description = description
        self.status = status
        self.code = code
        self.method = method
        self.url = url
        self.request_id = request_id
        self.body = body
        self.retry_after = retry_after
        self.retryable = retryable
        self.sent = (status is not None or method is not None) if sent is None else sent

    def __str__(self) -> str:
        """Returns the whole message: what failed, why, and in which request."""
        summary = _summary(type(self))
        sentence = f"{summary}: {self.description}" if self.description else summary
        facts = [
            f"HTTP {self.status}" if self.status is not None else "",
            f"code {self.code}" if self.code not in (None, str(self.status)) else "",
            f"{self.method} {self.url}" if self.url else "",
            f"request id {self.request_id}" if self.request_id else "",
        ]
        context = ", ".join(fact for fact in facts if fact)
        return f"{sentence} [{context}]" if context else sentence

    def _render_traceback_(self) -> list[str]:
        """Renders the traceback for IPython, which calls this method."""
        from pasqal_cloud._frames import rendered

        return rendered(self)

    def _repr_html_(self) -> str:
        """Shows the error as a card in a notebook, where it is a value, as in `batch.results(errors="return")`."""
        from html import escape

        request = f"{self.method} {self.url}" if self.url else None
        facts = {"HTTP status": self.status, "code": self.code, "request": request, "request id": self.request_id}
        rows = "".join(
            f'<tr><td style="text-align:left;opacity:0.7">{name}</td>'
            f'<td style="text-align:left">{escape(str(fact))}</td></tr>'
            for name, fact in facts.items()
            if fact is not None
        )
        summary, description = escape(_summary(type(self))), escape(self.description)
        return f"<div><b>{summary}</b><div>{description}</div><table>{rows}</table></div>"

    def __reduce__(self) -> tuple[Callable[..., PasqalCloudError], tuple[Any, ...]]:
        """Pickles the classes that were combined: the combined class can't be imported by name."""
        state = {name: value for name, value in self.__dict__.items() if name not in _LIVE}
        return _restore, (_parts(type(self)), self.args, state)


class BatchException(PasqalCloudError):
    """An operation on a batch failed."""


class BatchCreationError(BatchException):
    """Creating the batch failed."""


class BatchFetchingError(BatchException):
    """Fetching the batch failed."""


class BatchListingError(BatchFetchingError):
    """Listing batches failed."""


class BatchClosingError(BatchException):
    """Closing the batch failed."""


class BatchCancellingError(BatchException):
    """Batch cancellation failed."""


class BatchSetTagsError(BatchException):
    """Setting the batch's tags failed."""


class RebatchError(BatchException):
    """Rebatching failed."""


class JobException(PasqalCloudError):
    """An operation on a job failed."""


class JobCreationError(JobException):
    """Adding the jobs failed."""


class JobFetchingError(JobException):
    """Fetching the job failed."""


class JobListingError(JobFetchingError):
    """Listing jobs failed."""


class JobCancellingError(JobException):
    """Job cancellation failed."""


class JobRetryError(JobException):
    """Retrying the job failed."""


class WorkloadException(PasqalCloudError):
    """An operation on a workload failed."""


class WorkloadCreationError(WorkloadException):
    """Creating the workload failed."""


class WorkloadFetchingError(WorkloadException):
    """Fetching the workload failed."""


class WorkloadListingError(WorkloadFetchingError):
    """Listing workloads failed."""


class WorkloadResultsDownloadError(WorkloadFetchingError):
    """Downloading the workload's result failed."""


class WorkloadCancellingError(WorkloadException):
    """Cancelling the workload failed."""


class DeviceSpecsException(PasqalCloudError):
    """An operation on devices failed."""


class DeviceSpecsFetchingError(DeviceSpecsException):
    """Fetching the devices failed."""


class ProjectException(PasqalCloudError):
    """An operation on projects failed."""


class ProjectFetchingError(ProjectException):
    """Fetching the projects failed."""


class ValidationError(PasqalCloudError, ValueError):
    """Invalid input.

    Its `status` is None if this package rejected it before anything was sent, else the service's 400, 413 or 422.
    """


class InvalidDeviceTypeSet(ValidationError):
    """The batch was given two device types."""


class OnlyCompleteOrOpenCanBeSet(ValidationError):
    """Both `open` and `complete` were given."""


class InvalidConfiguration(ValidationError):
    """The emulator's configuration is not valid."""


class MissingJobSequence(ValidationError):
    """A job has no sequence, and neither has its batch."""


class MissingAllJobSequence(MissingJobSequence):
    """Neither the batch nor any of its jobs has a sequence."""


class JobSequenceVariablesConflict(ValidationError):
    """A job has both its own sequence and variables."""


class AuthenticationError(PasqalCloudError):
    """The credentials were refused."""


class PermissionDeniedError(PasqalCloudError):
    """The account has no permission for this."""


class NotFoundError(PasqalCloudError):
    """Not found, or not visible to this account."""


class ProjectNotFoundError(NotFoundError, ProjectException):
    """The project does not exist, or this account is not a member of it."""


class ConflictError(PasqalCloudError):
    """The current state does not allow this."""


class RateLimitError(PasqalCloudError):
    """Too many requests were made."""


class ServerError(PasqalCloudError):
    """The service failed."""


class UnexpectedAnswerError(PasqalCloudError):
    """The response can't be understood."""


class ConnectionFailedError(PasqalCloudError):
    """Connection failed.

    The service or the identity provider could not be reached, or the connection broke.
    """


class RequestTimeoutError(ConnectionFailedError, TimeoutError):
    """Request timed out."""


ExceptionWithResponseContext = PasqalCloudError
WorkloadResultsConnectionError = ConnectionFailedError
WorkloadResultsDecodeError = InvalidWorkloadResultsFormatError = UnexpectedAnswerError


class SubmissionUnknownError(PasqalCloudError):
    """The outcome of the submission is unknown.

    A request that spends money is not sent again if the service may have received it: the connection broke after it
    was sent, the response did not arrive in time or can't be read, or the service failed. Instead, this package
    searches for what was created. It accepts a candidate that is newer than the request, equal to it, and not the
    result of another submission of this process. The search found none, or several. Resubmitting could charge you
    twice: call `recover` first, or check the candidates.

    The search can't distinguish your submission from an equal one that another process, or another user of the project,
    sent at the same moment. `create_batch(..., submission_tag=True)` adds a random tag, which identifies the batch.

    Attributes:
        candidates: The ids of what may have been created: of batches or workloads, or of the batch's new jobs.
    """

    candidates: tuple[str, ...] = ()
    _recovery: Callable[[type[PasqalCloudError], float], Any] | None = None

    def recover(self, recover_for: float = 60.0) -> Any:
        """Searches again for what was created; nothing is resubmitted.

        Args:
            recover_for: How long to search at most, in seconds; 0 to search once.

        Returns:
            The handle that the failed call would have returned; on an `AsyncSDK` an awaitable of it.

        Raises:
            SubmissionUnknownError: The outcome is still unknown.
        """
        if self._recovery is None:
            raise PasqalCloudError("An error that was pickled can't search again. Fetch its candidates by their ids.")
        return self._recovery(_parts(type(self))[0], recover_for)


class WaitTimeoutError(PasqalCloudError, TimeoutError):
    """Timed out.

    Attributes:
        handle: The batch, job or workload, which is still queued or running: wait for it again, or cancel it. None if
            the error was pickled; its message contains the id.
    """

    handle: Handle | None = None

    def __init__(self, description: str = "", *, handle: Handle | None = None) -> None:
        super().__init__(description, retryable=True, sent=True)
        self.handle = handle

    def __str__(self) -> str:
        """Returns the whole message, which is the description."""
        return self.description or super().__str__()


class JobFailedError(PasqalCloudError):
    """The job has no result.

    Attributes:
        job: The job. None if the error was pickled; its message contains the id.
        reasons: Why the job failed, in the service's words.
    """

    job: Handle | None = None

    def __init__(self, description: str = "", *, job: Handle | None = None, reasons: Iterable[str] = ()) -> None:
        super().__init__(description, sent=True)
        self.job = job
        self.reasons = list(reasons)


class MissingExtraError(PasqalCloudError, ImportError):
    """A package is missing."""


class LocalServiceError(PasqalCloudError):
    """The local service did not start."""


def specify(operation: type[PasqalCloudError], error: PasqalCloudError) -> PasqalCloudError:
    """Adds the class of the operation that failed to the error of why it failed.

    The innermost operation names the error: if a batch is created, and waiting for it fails, creating did not fail.
    """
    cause = type(error)
    if error._is_named or issubclass(cause, operation) or issubclass(cause, WaitTimeoutError):
        return error
    named = _joined(operation, error)
    named._is_named = True
    return named


def unknown(cause: PasqalCloudError, description: str) -> SubmissionUnknownError:
    """Makes the error of a submission whose outcome is unknown; `except` with the class of its cause catches it too."""
    error: Any = _joined(SubmissionUnknownError, cause)
    error.description, error.args, error.retryable, error.retry_after = description, (description,), False, None
    return error  # type: ignore[no-any-return]  # of both classes


def cause_of(status: int) -> type[PasqalCloudError]:
    """Gets the class of error for the HTTP status of a response."""
    if status >= 500:
        return ServerError
    return _CAUSES.get(status, PasqalCloudError)


_CAUSES: dict[int, type[PasqalCloudError]] = {
    400: ValidationError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    408: RequestTimeoutError,
    409: ConflictError,
    413: ValidationError,
    422: ValidationError,
    429: RateLimitError,
}


_LIVE = frozenset({"handle", "job", "_recovery"})
"""Attributes that lead to an SDK, with its connections and secrets, and are not pickled."""


def _joined(kind: type[PasqalCloudError], error: PasqalCloudError) -> PasqalCloudError:
    """Copies an error, with one class more."""
    description = error.description or f"{_summary(type(error))}."
    state = error.__dict__ | {"description": description}
    return _restore((kind, *_parts(type(error))), (description,), state)


def _parts(kind: type[PasqalCloudError]) -> tuple[type[PasqalCloudError], ...]:
    """Gets the classes that a class combines; most are only themselves."""
    parts: tuple[type[PasqalCloudError], ...] = kind.__dict__.get("_parts", (kind,))
    return parts


def _whole(parts: tuple[type[PasqalCloudError], ...]) -> type[PasqalCloudError]:
    """Gets the class that combines others; tracebacks show it as `BatchFetchingError[NotFoundError]`."""
    parts = tuple(part for part in parts if not any(issubclass(other, part) for other in parts if other is not part))
    if len(parts) == 1:
        return parts[0]
    whole = _WHOLES.get(parts)
    if whole is None:
        name = f"{parts[0].__name__}[{', '.join(part.__name__ for part in parts[1:])}]"
        members = {
            "__doc__": next((part for part in parts if part in _TELLING), parts[0]).__doc__,
            "__module__": __name__,
            "_parts": parts,
        }
        whole = _WHOLES.setdefault(parts, type(name, parts, members))
    return whole


_TELLING = (SubmissionUnknownError, JobFailedError)
"""Their messages don't begin with the operation: reading `job.result` of a cancelled job, fetching did not fail."""

_WHOLES: dict[tuple[type[PasqalCloudError], ...], type[PasqalCloudError]] = {}


def _restore(
    parts: tuple[type[PasqalCloudError], ...], args: tuple[Any, ...], state: dict[str, Any]
) -> PasqalCloudError:
    kind = _whole(parts)
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


def _summary(kind: type[PasqalCloudError]) -> str:
    return (kind.__doc__ or "").partition("\n")[0].removesuffix(".")
