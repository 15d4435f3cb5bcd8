"""A local service, as tests see it: started, scripted, and asked what it was asked."""

from __future__ import annotations

import base64
import secrets
import ssl
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self

import attrs

from pasqal_cloud import SDK, AsyncSDK, Endpoints, RetryPolicy
from pasqal_cloud._service import ServiceProcess
from pasqal_cloud.testing.control import Control
from pasqal_cloud.testing.rules import Fault, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

QUICK_RETRY = RetryPolicy(attempts=3, first=0.01, longest=0.05)
"""How the SDKs of tests try again: as usual, but with pauses that are hardly noticed, whatever `Retry-After` says."""

QUICK_RECOVERY = 0.2
"""The seconds for which the SDKs of tests look for what a broken connection leaves unknown."""


@attrs.frozen(kw_only=True)
class RecordedRequest:
    """A request that the service had. Of what is secret, only `***` is shown.

    Attributes:
        operation: The operation's name in the API's description, or `getResult`; None for an unknown path.
        method: The HTTP method.
        path: The path of its URL.
        query: The parameters of its URL, each with its values.
        headers: Its headers, with names in lower case.
        body: The body, parsed; None when it is no JSON and no form, or too long to be kept whole.
        text: The body, as far as it was kept, when it could not be parsed.
        size: The bytes of the body, as sent.
        is_cut: Whether only the beginning of the body was kept.
        status: What it was answered with; None when it was not, or not with HTTP.
        fault: The id of the fault that hit it.
        at: When it came, by the service's clock.
    """

    operation: str | None
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    text: str | None
    size: int
    is_cut: bool
    status: int | None
    fault: str | None
    at: datetime

    @classmethod
    def read(cls, shown: Mapping[str, Any]) -> Self:
        """Makes one of what the service shows."""
        fields: dict[str, Any] = {field.name: shown[field.name] for field in attrs.fields(cls)}
        return cls(**{**fields, "at": datetime.fromisoformat(shown["at"])})


class ServiceClock:
    """The service's clock: tokens, links, idle batches and scripted jobs end by it, and answers are dated by it.

    Args:
        control: The service.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def now(self) -> datetime:
        """What it shows."""
        return datetime.fromisoformat(self._control.get("/clock")["now"])

    def advance(self, seconds: float) -> None:
        """Makes it jump ahead; back, if it is less than zero."""
        self._control.patch("/clock", advance=seconds)

    def set(self, now: datetime) -> None:
        """Makes it show a time."""
        self._control.patch("/clock", now=now.isoformat())

    def offset(self, seconds: float) -> None:
        """Makes it that much faster than this machine's clock."""
        self._control.patch("/clock", offset=seconds)

    def freeze(self) -> None:
        """Stops it."""
        self._control.patch("/clock", frozen=True)

    def unfreeze(self) -> None:
        """Lets it go on from where it stands."""
        self._control.patch("/clock", frozen=False)

    def speed(self, factor: float) -> None:
        """Makes that many of its seconds pass in each of this machine's."""
        self._control.patch("/clock", speed=factor)

    def reset(self) -> None:
        """Makes it show this machine's time."""
        self._control.delete("/clock")


@attrs.frozen
class LocalUser:
    """Another user of the local service.

    Attributes:
        service: The service.
        id: Their id.
        username: With what they log in.
        password: With what else.
        project_ids: The projects that they are a member of.
    """

    service: LocalService = attrs.field(repr=False)
    id: str
    username: str
    password: str = attrs.field(repr=False)
    project_ids: tuple[str, ...]

    def sdk(self, **options: Any) -> SDK:
        """Makes an SDK of theirs; see `LocalService.sdk`."""
        theirs = {"username": self.username, "password": self.password, "project_id": self.project_ids[0]}
        return self.service.sdk(**theirs | options)


class LocalService:
    """A local service, and what it is told to do.

    Args:
        url: Where it is.
        username: Its user.
        password: Their password.
        project_id: Their project.
    """

    def __init__(self, url: str, username: str, password: str, project_id: str) -> None:
        self.url = url
        self.username = username
        self.password = password
        self.project_id = project_id
        self._control = Control(url, username, password)
        self._process: ServiceProcess | None = None
        self.clock = ServiceClock(self._control)

    @classmethod
    def start(cls, *options: str, engine: Literal["scripted", "emulators"] = "scripted") -> Self:
        """Starts a service on a free port; it ends when it is closed, at the latest with this process.

        Args:
            options: Options of `python -m pasqal_cloud.local`, like `--workers=1`.
            engine: `scripted` for made-up results, which come at once; `emulators` for real ones.

        Raises:
            MissingExtraError: The extra `testing` is not installed; `local` for emulators.
            LocalServiceError: The service did not start.
        """
        process = ServiceProcess(f"--engine={engine}", *options)
        service = cls(**process.address)
        service._process = process
        return service

    def close(self) -> None:
        """Ends the service, if it was started here."""
        self._control.close()
        if self._process is not None:
            self._process.stop()

    def __enter__(self) -> Self:
        """Gets the service."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()

    def __repr__(self) -> str:
        """Shows where it is."""
        return f"{type(self).__name__}({self.url!r})"

    # Who uses it.

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which `SDK()` in another process uses this service."""
        return {
            "PASQAL_URL": self.url,
            "PASQAL_USERNAME": self.username,
            "PASQAL_PASSWORD": self.password,
            "PASQAL_PROJECT_ID": self.project_id,
        }

    def sdk(self, **options: Any) -> SDK:
        """Makes an SDK on this service, whose retries and searches take no time.

        Args:
            options: Those of `SDK`, for what is to be otherwise.
        """
        return SDK(**self._sdk_options(options))

    def async_sdk(self, **options: Any) -> AsyncSDK:
        """Makes an SDK that awaits, otherwise like `sdk`."""
        return AsyncSDK(**self._sdk_options(options))

    def _sdk_options(self, options: dict[str, Any]) -> dict[str, Any]:
        usual: dict[str, Any] = {
            "endpoints": Endpoints.at(self.url),
            "project_id": self.project_id,
            "retry": QUICK_RETRY,
            "recover_for": QUICK_RECOVERY,
        }
        if not options.keys() & {"token", "token_provider", "client_id", "profile"}:
            usual |= {"username": self.username, "password": self.password}
        if "transport" not in options:
            usual["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reading the system's certificates takes a while
        return usual | options

    # What goes wrong.

    def fault(
        self,
        operation: str = "*",
        *,
        drop: Literal["before", "after"] | None = None,
        status: int | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
        delay: float = 0.0,
        drip: float = 0.0,
        truncate: int = 0,
        end: Literal["close", "reset", "stall"] | None = None,
        skip: int = 0,
        times: int | None = None,
        probability: float = 1.0,
        seed: int | None = None,
    ) -> Fault:
        """Makes something go wrong from now on, until it is taken away, best by `with service.fault(…):`.

        Where several faults are set for an operation, each request meets the first that hits it.

        Args:
            operation: With which requests: the operation's name in the API's description, like `createBatch`;
                `createToken`, `getResult` for the download of a result, or `*` for all.
            drop: What gets lost: the request, `before` it is processed, or its answer, `after` it was. Without a status
                the connection is reset.
            status: The status to answer with. The request is not processed unless `drop` is `after`.
            body: The body to answer with: a text, bytes, or anything else as JSON.
            headers: Headers to answer with, like `Retry-After`; they replace those of the right answer, and an empty
                text takes one away.
            raw: The whole answer, to the byte; it need not be HTTP.
            delay: The seconds before it is answered.
            drip: The seconds between two bytes of the body.
            truncate: How many bytes are missing at the end of the body.
            end: What becomes of the connection after that: `close`, `reset`, or `stall`, where nothing ever comes.
            skip: How many requests are spared first.
            times: How many are hit then; None for all.
            probability: Of being hit, for each.
            seed: Where the random numbers start; None for anywhere.

        Raises:
            ValidationError: There is no such operation, or the rest makes no sense.
        """
        content = {"content": _base64(body)} if isinstance(body, bytes) else {"body": body}
        rule = {
            "operation": operation,
            "drop": drop,
            "status": status,
            **content,
            "headers": dict(headers or {}),
            "raw": None if raw is None else _base64(raw),
            "delay": delay,
            "drip": drip,
            "truncate": truncate,
            "end": end,
            "skip": skip,
            "times": times,
            "probability": probability,
            "seed": seed,
        }
        return Fault(self._control, self._control.post("/faults", rule))

    @property
    def faults(self) -> list[Fault]:
        """The faults that are set."""
        return [Fault(self._control, shown) for shown in self._control.get("/faults")]

    def clear_faults(self) -> None:
        """Takes all faults away."""
        self._control.delete("/faults")

    # How jobs end.

    def outcome(
        self,
        *,
        counter: Mapping[str, int] | None = None,
        result: Mapping[str, Any] | None = None,
        errors: Sequence[str] | None = None,
        after: float = 0.0,
        hold: bool = False,
        job_id: str | None = None,
        batch_id: str | None = None,
        device_type: str | None = None,
        tag: str | None = None,
        workload_id: str | None = None,
        workload_type: str | None = None,
        backend: str | None = None,
        times: int | None = None,
    ) -> Outcome:
        """Says how jobs end that start from now on, until it is taken away, best by `with service.outcome(…):`.

        Each job meets the first outcome that is for it, and ends as usual where there is none. The same holds for
        workloads, which otherwise end in ERROR, as nothing can run them here.

        Args:
            counter: They are DONE, with these counts.
            result: They are DONE, with this whole result document.
            errors: They end in ERROR, with these sentences. Without any of the three, they run as usual then.
            after: The seconds of the service's clock that they are RUNNING first.
            hold: Whether they stay RUNNING until the outcome is released, or taken away.
            job_id: Only this job.
            batch_id: Only the jobs of this batch.
            device_type: Only the jobs of this device.
            tag: Only the jobs of batches that have this tag.
            workload_id: Only this workload.
            workload_type: Only workloads of this type.
            backend: Only the workloads of this backend.
            times: How many; None for all.

        Raises:
            ValidationError: It makes no sense.
        """
        rule = {
            "counter": None if counter is None else dict(counter),
            "result": None if result is None else dict(result),
            "errors": None if errors is None else list(errors),
            "after": after,
            "hold": hold,
            "job_id": job_id,
            "batch_id": batch_id,
            "device_type": device_type,
            "tag": tag,
            "workload_id": workload_id,
            "workload_type": workload_type,
            "backend": backend,
            "times": times,
        }
        return Outcome(self._control, self._control.post("/outcomes", rule))

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcomes that are set."""
        return [Outcome(self._control, shown) for shown in self._control.get("/outcomes")]

    @contextmanager
    def paused(self, *device_types: str) -> Iterator[None]:
        """Lets jobs stay PENDING as long as the context lasts.

        Args:
            device_types: Those of these devices; none for all.
        """
        before = self._control.get("/queue")["paused"]
        self._control.patch("/queue", paused=sorted({*before, *device_types}) if device_types else True)
        try:
            yield
        finally:
            self._control.patch("/queue", paused=before)

    # Who else there is.

    def add_user(
        self,
        username: str,
        password: str | None = None,
        *,
        project_ids: Sequence[str] = (),
        queue_priority: str | None = None,
        allowed_device_types: Sequence[str] | None = None,
    ) -> LocalUser:
        """Makes a user, who is gone after a reset; also a service account, whose id and secret these are.

        Args:
            username: With what they log in.
            password: With what else; None for a random one.
            project_ids: The projects that they join; none for a new one of their own.
            queue_priority: The priority of their own project: CRITICAL, HIGH, MEDIUM, LOW or FREE.
            allowed_device_types: The devices that their own project may use; None for all.

        Raises:
            LocalControlError: There is such a user already, or no such project.
            ValidationError: There is no such device or priority.
        """
        password = password or secrets.token_urlsafe(12)
        wishes = {"queue_priority": queue_priority, "allowed_device_types": allowed_device_types}
        user = {"username": username, "password": password, "project_ids": list(project_ids)}
        shown = self._control.post(
            "/users", user | {name: value for name, value in wishes.items() if value is not None}
        )
        return LocalUser(self, shown["id"], username, password, tuple(shown["project_ids"]))

    # What was asked, and the rest.

    def requests(self, operation: str | None = None) -> list[RecordedRequest]:
        """Gets the last requests, the oldest first.

        Args:
            operation: Those of this operation alone.
        """
        shown = self._control.get("/requests", **{"operation": operation} if operation else {})
        return [RecordedRequest.read(request) for request in shown]

    def forget_requests(self) -> None:
        """Forgets the requests that there were."""
        self._control.delete("/requests")

    def set_lifetimes(
        self, *, token: float | None = None, link: float | None = None, idle: float | None = None
    ) -> None:
        """Changes how long what expires is good for, in seconds of the service's clock; None leaves it as it is.

        Args:
            token: Access tokens given from now on.
            link: Links to results given from now on.
            idle: Open batches without unsettled jobs.
        """
        self._control.patch("/lifetimes", token=token, link=link, idle=idle)

    def reset(self) -> None:
        """Ends what runs, deletes all batches and workloads, and takes back whatever was changed here."""
        self._control.post("/reset")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
