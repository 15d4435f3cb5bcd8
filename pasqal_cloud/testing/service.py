"""A local service for tests, which they can start, control and inspect."""

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
"""The retries of the SDKs of tests: with very short pauses, whatever `Retry-After` says."""

QUICK_RECOVERY = 0.2
"""Seconds for which the SDKs of tests search for a batch after a lost response."""


@attrs.frozen(kw_only=True)
class RecordedRequest:
    """A request that the service received. Secrets are replaced by `***`.

    Attributes:
        operation: The operation's name in the API's description, or `getResult`; None for an unknown path.
        method: The HTTP method.
        path: The path of its URL.
        query: The parameters of its URL, each with a list of values.
        headers: Its headers, with names in lower case.
        body: The parsed body; None if it is neither JSON nor a form, or too long to be recorded completely.
        text: The body as text, as far as it was recorded, if it could not be parsed.
        size: The size of the body as sent, in bytes.
        is_cut: Whether only the beginning of the body was recorded.
        status: The status of the response; None if there was none, or if it was not HTTP.
        fault: The id of the fault that affected it.
        at: When it arrived, by the service's clock.
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
        """Creates one from the service's JSON."""
        fields: dict[str, Any] = {field.name: shown[field.name] for field in attrs.fields(cls)}
        return cls(**{**fields, "at": datetime.fromisoformat(shown["at"])})


class ServiceClock:
    """The service's clock, for the expiry of tokens, links and idle batches, for scripted jobs, and for all dates.

    Args:
        control: Controls the service.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def now(self) -> datetime:
        """The time that it shows."""
        return datetime.fromisoformat(self._control.get("/clock")["now"])

    def advance(self, seconds: float) -> None:
        """Moves the clock forward by some seconds; backward if the number is negative."""
        self._control.patch("/clock", advance=seconds)

    def set(self, now: datetime) -> None:
        """Sets the clock to a time."""
        self._control.patch("/clock", now=now.isoformat())

    def offset(self, seconds: float) -> None:
        """Sets the clock to some seconds ahead of this machine's clock."""
        self._control.patch("/clock", offset=seconds)

    def freeze(self) -> None:
        """Stops the clock."""
        self._control.patch("/clock", frozen=True)

    def unfreeze(self) -> None:
        """Starts the clock again, from the time at which it stopped."""
        self._control.patch("/clock", frozen=False)

    def speed(self, factor: float) -> None:
        """Sets how many of its seconds pass per second of real time."""
        self._control.patch("/clock", speed=factor)

    def reset(self) -> None:
        """Resets the clock to this machine's time."""
        self._control.delete("/clock")


@attrs.frozen
class LocalUser:
    """Another user of the local service.

    Attributes:
        service: The service.
        id: Their id.
        username: Their username.
        password: Their password.
        project_ids: The projects of which they are a member.
    """

    service: LocalService = attrs.field(repr=False)
    id: str
    username: str
    password: str = attrs.field(repr=False)
    project_ids: tuple[str, ...]

    def sdk(self, **options: Any) -> SDK:
        """Creates an SDK for this user; see `LocalService.sdk`."""
        theirs = {"username": self.username, "password": self.password, "project_id": self.project_ids[0]}
        return self.service.sdk(**theirs | options)


class LocalService:
    """A local service that tests can control.

    Args:
        url: The URL of the service.
        username: The username of its user.
        password: The password of its user.
        project_id: The project of its user.
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
        """Starts a service on a free port. It stops when it is closed, or when this process ends.

        Args:
            options: Options of `python -m pasqal_cloud.local`, such as `--workers=1`.
            engine: `scripted` for made-up results at once; `emulators` for emulation.

        Raises:
            MissingExtraError: The extra `testing` is not installed; or `local`, for emulators.
            LocalServiceError: The service did not start.
        """
        process = ServiceProcess(f"--engine={engine}", *options)
        service = cls(**process.address)
        service._process = process
        return service

    def close(self) -> None:
        """Stops the service, if `start` started it."""
        self._control.close()
        if self._process is not None:
            self._process.stop()

    def __enter__(self) -> Self:
        """Gets the service."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes the service."""
        self.close()

    def __repr__(self) -> str:
        """Shows its URL."""
        return f"{type(self).__name__}({self.url!r})"

    # SDKs and environment.

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that make `SDK()` use this service."""
        return {
            "PASQAL_URL": self.url,
            "PASQAL_USERNAME": self.username,
            "PASQAL_PASSWORD": self.password,
            "PASQAL_PROJECT_ID": self.project_id,
        }

    def sdk(self, **options: Any) -> SDK:
        """Creates an SDK for this service, whose retries and searches have very short pauses.

        Args:
            options: Arguments of `SDK`, which replace the defaults.
        """
        return SDK(**self._sdk_options(options))

    def async_sdk(self, **options: Any) -> AsyncSDK:
        """Creates an `AsyncSDK` for this service; otherwise like `sdk`."""
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
            usual["verify"] = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loading the system's certificates would be slow
        return usual | options

    # Faults.

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
        """Makes requests fail from now on, until the fault is removed, for example by `with service.fault(…):`.

        If several faults are set for an operation, the first one that affects a request applies.

        Args:
            operation: The operation: its name in the API's description, such as `createBatch`; `createToken`;
                `getResult` for the download of a result; or `*` for all.
            drop: What is lost: with `before` the request, which is not processed; with `after` its response. Without a
                status, the connection is reset.
            status: The status of the response. The request is not processed unless `drop` is `after`.
            body: The body of the response: a string, bytes, or anything else as JSON.
            headers: Headers of the response, such as `Retry-After`; they replace those of the normal response, and an
                empty string removes one.
            raw: The whole response as exact bytes; it need not be HTTP.
            delay: Seconds before the response.
            drip: Seconds between two bytes of the body.
            truncate: How many bytes are missing at the end of the body.
            end: What happens to the connection afterwards: `close`, `reset`, or `stall`, which keeps it open and sends
                nothing more.
            skip: How many requests are not affected at first.
            times: How many are affected then; None for all.
            probability: The probability that a request is affected.
            seed: The seed of the random numbers; None for a random one.

        Raises:
            ValidationError: The operation is unknown, or an argument is not valid.
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
        """Removes all faults."""
        self._control.delete("/faults")

    # Outcomes.

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
        """Decides how jobs end that start from now on, until the outcome is removed, for example by `with`.

        The first outcome that matches a job applies; other jobs end normally. The same holds for workloads, which
        otherwise end in ERROR, because the local service can't run them.

        Args:
            counter: The jobs end DONE, with these counts.
            result: The jobs end DONE, with this whole result document.
            errors: The jobs end in ERROR, with these messages. Without any of these three, they run normally.
            after: How long they stay RUNNING before that, in seconds of the service's clock.
            hold: Whether they stay RUNNING until the outcome is released or removed.
            job_id: Only this job.
            batch_id: Only the jobs of this batch.
            device_type: Only jobs on this device.
            tag: Only the jobs of batches with this tag.
            workload_id: Only this workload.
            workload_type: Only workloads of this type.
            backend: Only workloads on this backend.
            times: The number of jobs; None for all.

        Raises:
            ValidationError: An argument is not valid, or arguments can't be combined.
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
        """Keeps jobs PENDING until the context ends.

        Args:
            device_types: The devices to pause; none for all.
        """
        before = self._control.get("/queue")["paused"]
        self._control.patch("/queue", paused=sorted({*before, *device_types}) if device_types else True)
        try:
            yield
        finally:
            self._control.patch("/queue", paused=before)

    # Users.

    def add_user(
        self,
        username: str,
        password: str | None = None,
        *,
        project_ids: Sequence[str] = (),
        queue_priority: str | None = None,
        allowed_device_types: Sequence[str] | None = None,
    ) -> LocalUser:
        """Adds a user until the next reset. Also for service accounts: username and password are their id and secret.

        Args:
            username: Their username.
            password: Their password; None for a random one.
            project_ids: Their projects; empty for a new project of their own.
            queue_priority: The priority of the new project: CRITICAL, HIGH, MEDIUM, LOW or FREE.
            allowed_device_types: The devices that the new project may use; None for all.

        Raises:
            LocalControlError: The username is taken, or a project does not exist.
            ValidationError: A device or the priority is unknown.
        """
        password = password or secrets.token_urlsafe(12)
        wishes = {"queue_priority": queue_priority, "allowed_device_types": allowed_device_types}
        user = {"username": username, "password": password, "project_ids": list(project_ids)}
        shown = self._control.post(
            "/users", user | {name: value for name, value in wishes.items() if value is not None}
        )
        return LocalUser(self, shown["id"], username, password, tuple(shown["project_ids"]))

    # Recorded requests, lifetimes, reset.

    def requests(self, operation: str | None = None) -> list[RecordedRequest]:
        """Gets the latest requests, oldest first.

        Args:
            operation: Only requests of this operation; None for all.
        """
        shown = self._control.get("/requests", **{"operation": operation} if operation else {})
        return [RecordedRequest.read(request) for request in shown]

    def forget_requests(self) -> None:
        """Deletes the recorded requests."""
        self._control.delete("/requests")

    def set_lifetimes(
        self, *, token: float | None = None, link: float | None = None, idle: float | None = None
    ) -> None:
        """Sets lifetimes, in seconds of the service's clock; None changes nothing.

        Args:
            token: How long new access tokens are valid.
            link: How long new links to results are valid.
            idle: How long an open batch may be idle before it is TIMED_OUT.
        """
        self._control.patch("/lifetimes", token=token, link=link, idle=idle)

    def reset(self) -> None:
        """Stops all jobs, deletes all batches and workloads, and restores all settings."""
        self._control.post("/reset")


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
