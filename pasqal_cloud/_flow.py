"""Flows: a conversation with the service, written once, driven in two colours.

A flow is a generator. It yields what it wants done, an *effect*, and is sent the outcome, or has the effect's error
thrown in:

* `Call`: one request, through a module of the generated client;
* `Sleep`: a pause;
* `Now`: a reading of the monotonic clock;
* `Task`: a function that may block;
* `Close`: the end of a client;
* `Together`: several flows at once.

`run` drives a flow and blocks; `arun` drives it and awaits. Nothing else in the package sleeps, awaits or has two
versions. `operation` offers a flow of a class as a method, and `fetched` as an attribute: blocking on classes marked
`Blocking`, awaiting on those marked `Awaiting`. This is the one clever file of the package.

Three things to know: type checkers resolve a flow's result through the class's type variables, but not `Flow[Self]`; an
operation is to be wrapped, not overridden, in a subclass; and a flow inside `Together` opens no other `Together`.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from itertools import count
from math import inf
from threading import Event, Thread
from types import MethodType
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    Self,
    TypeAlias,
    TypeVar,
    get_args,
    overload,
)
from uuid import UUID

from pasqal_cloud._answers import reason_of, unexpected, words
from pasqal_cloud._snapshot import check_identified
from pasqal_cloud._transport import ApiClient, AwaitingExchange, Exchange
from pasqal_cloud.errors import PasqalCloudError, UnexpectedAnswerError, ValidationError, specify
from pasqal_cloud_api.models import ErrorResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pasqal_cloud_api.types import Response

_log = logging.getLogger("pasqal_cloud")

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

IN_FLIGHT = 10
"""How many flows of one `Together` are under way at once: with more, httpx's pools cost more than they save."""


class Effect(Protocol):
    """What a flow may yield."""

    def perform(self, cancelled: Event | None) -> Any:
        """Does it, blocking; a sleep ends early when `cancelled` is set."""
        ...

    async def aperform(self) -> Any:
        """Does it, awaiting."""
        ...


Flow: TypeAlias = Generator[Effect, Any, T]


class _Cancelled(BaseException):
    """Ends the flows of a `Together` whose result nobody wants any more.

    Not `GeneratorExit`, which would make `yield from` close the inner flow instead of telling it.
    """


class Sleep:
    """A pause, in seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def perform(self, cancelled: Event | None) -> None:
        """Sleeps."""
        if cancelled is None:
            time.sleep(self.seconds)
        elif cancelled.wait(self.seconds):
            raise _Cancelled

    async def aperform(self) -> None:
        """Sleeps."""
        await asyncio.sleep(self.seconds)


class Now:
    """A reading of the monotonic clock, in seconds."""

    def perform(self, cancelled: Event | None) -> float:  # noqa: ARG002 - the protocol's
        """Reads the clock."""
        return time.monotonic()

    async def aperform(self) -> float:
        """Reads the clock."""
        return time.monotonic()


class Task(Generic[T]):
    """A function that may block; when awaiting, it runs in a thread."""

    def __init__(self, function: Callable[[], T]) -> None:
        self.function = function

    def perform(self, cancelled: Event | None) -> T:  # noqa: ARG002 - the protocol's
        """Calls it."""
        return self.function()

    async def aperform(self) -> T:
        """Calls it."""
        return await asyncio.to_thread(self.function)


class Close:
    """The end of an httpx client."""

    def __init__(self, http: Any) -> None:
        self.http = http

    def perform(self, cancelled: Event | None) -> None:  # noqa: ARG002 - the protocol's
        """Closes its connections."""
        self.http.close()

    async def aperform(self) -> None:
        """Closes its connections."""
        await self.http.aclose()


class Endpoint(Protocol[P, T]):
    """A module of `pasqal_cloud_api.api`."""

    @property
    def sync_detailed(self) -> Callable[P, Response[T]]:
        """Makes the request, blocking."""
        ...

    @property
    def asyncio_detailed(self) -> Callable[P, Coroutine[Any, Any, Response[T]]]:
        """Makes the request, awaiting."""
        ...


class Call(Generic[T]):
    """One request; its outcome is the answer, parsed. It is cut when its deadline and its own timeout are both over."""

    def __init__(
        self,
        endpoint: Endpoint[..., T | ErrorResponse],
        client: ApiClient,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        deadline: float = inf,
    ) -> None:
        self.endpoint = endpoint
        self.client = client
        self.args = args
        self.kwargs = kwargs
        self.deadline = deadline

    def perform(self, cancelled: Event | None) -> T:  # noqa: ARG002 - a request can't be cut
        """Makes the request."""
        exchange = Exchange(self.client, self.deadline)
        with _typed(exchange):
            answer = self.endpoint.sync_detailed(*self.args, **self.kwargs, client=exchange)
            content = _content(answer, spends=not self.client.options.harmless)
            return self._checked(content, exchange.answer)

    async def aperform(self) -> T:
        """Makes the request."""
        exchange = AwaitingExchange(self.client, self.deadline)
        with _typed(exchange):
            answer = await self.endpoint.asyncio_detailed(*self.args, **self.kwargs, client=exchange)
            content = _content(answer, spends=not self.client.options.harmless)
            return self._checked(content, exchange.answer)

    def _checked(self, content: T, answer: Any) -> T:
        """Gets an answer's content if it is about what was asked: a proxy may have mixed up two answers."""
        data = getattr(content, "data", None)
        wrong = (
            "" if answer is None or answer.request.method == "POST" else _other_than_asked(data, self.args, self.kwargs)
        )
        check = self.client.options.check
        if check is not None and not wrong:
            wrong = check(data)
        if wrong:
            raise unexpected(answer, wrong)
        return content


def call(endpoint: Endpoint[P, T | ErrorResponse], *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
    """Makes a request, and makes it again as its client's options say; returns the answer, parsed.

    Args:
        endpoint: The module of the generated client.
        args: What its functions take.
        kwargs: What its functions take; `client` is an `ApiClient`.
    """
    arguments: dict[str, Any] = dict(kwargs)
    client: ApiClient = arguments.pop("client")
    if client.door is not None:
        endpoint = client.door(endpoint)
    options = client.options
    began = yield Now()
    for attempt in count(1):
        try:
            return (yield Call(endpoint, client, args, arguments, began + options.retry.deadline))  # type: ignore[no-any-return]  # a Call's outcome is a T
        except PasqalCloudError as error:
            elapsed = (yield Now()) - began
            pause = options.retry.pause(error, harmless=options.harmless, attempt=attempt, elapsed=elapsed)
            if pause is None:
                raise
            if isinstance(error, UnexpectedAnswerError):  # its connection may give each answer to the next request
                client = client.with_options(headers={**options.headers, "Connection": "close"})
            _log.warning("Trying again in %.1f s, after try %d: %s", pause, attempt, error)
        yield Sleep(pause)
    raise AssertionError  # `count` has no end


@contextmanager
def _typed(exchange: Exchange) -> Iterator[None]:
    """Turns whatever the generated functions raise into this package's error.

    While a request is on its way, the clients do so. What is raised before is about the request, of which nothing was
    sent; what is raised after an answer is about the answer.
    """
    try:
        yield
    except (AssertionError, PasqalCloudError):
        raise
    except Exception as error:
        if exchange.answer is None:
            raise ValidationError(f"It can't be sent: {reason_of(error)}.", sent=False) from error
        raise unexpected(exchange.answer, f"Its body is not what was expected ({reason_of(error)}).") from error


def _content(response: Response[T | ErrorResponse], *, spends: bool) -> T:
    """Gets the parsed answer, if handles can be made of it. JSend tells of failure in the body, whatever the status."""
    parsed = response.parsed
    if parsed is None or isinstance(parsed, ErrorResponse):
        raise TypeError("no answer that the specification describes")
    outcome = getattr(parsed, "status", "success")
    if outcome in ("fail", "error"):
        raise ValueError(f"status {outcome}: {words(getattr(parsed, 'message', ''))}")
    check_identified(parsed, spends=spends)
    return parsed


def _other_than_asked(data: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Says what an answer is about, where ids were asked for and it is about others."""
    if isinstance(data, list):
        for name in ("id", "batch_id"):
            asked = {str(each) for each in kwargs.get(name) or ()}
            told = [getattr(item, name, None) for item in data] if asked else []
            other = next((identity for identity in told if identity and str(identity).lower() not in asked), None)
            if other is not None:
                return f"It lists something whose {name} is {other!r}, which was not asked for."
    elif args and isinstance(args[0], UUID):
        identity = getattr(data, "id", None)
        if identity is not None and str(identity).lower() != str(args[0]):
            return f"It is about {identity!r}, but {args[0]} was asked for."
    return ""


class Together:
    """Several flows at once; its outcome is the list of their results, in their order.

    The first error cancels the other flows and is raised as it is. A request that is in flight then is abandoned, not
    waited for.
    """

    def __init__(self, flows: Iterable[Flow[Any]], limit: int = IN_FLIGHT) -> None:
        self.flows = list(flows)
        self.limit = limit

    def perform(self, cancelled: Event | None) -> list[Any]:  # noqa: ARG002 - it is flat: never inside another
        """Runs the flows in threads."""
        stop = Event()
        futures: list[Future[Any]] = [Future() for _ in self.flows]
        waiting = deque(zip(self.flows, futures, strict=True))

        def work() -> None:
            while waiting and not stop.is_set():
                try:
                    flow, future = waiting.popleft()
                except IndexError:
                    return  # another thread was faster
                try:
                    future.set_result(run(flow, stop))
                except BaseException as error:  # noqa: BLE001 - the future's, whatever it is
                    future.set_exception(error)

        for _ in range(min(self.limit, len(self.flows))):
            Thread(target=work, name="pasqal_cloud", daemon=True).start()  # no pool's: the interpreter waits for those
        try:
            done, _ = wait_for(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            return [future.result() for future in futures]
        finally:
            stop.set()

    async def aperform(self) -> list[Any]:
        """Runs the flows in tasks."""
        free = asyncio.Semaphore(self.limit)

        async def one(flow: Flow[Any]) -> Any:
            async with free:
                return await arun(flow)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(flow)) for flow in self.flows]
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]


def run(flow: Flow[T], cancelled: Event | None = None) -> T:
    """Drives a flow to its end and returns its result.

    Args:
        flow: The flow.
        cancelled: When this is set, the flow's next effect is not performed and the flow is ended.
    """
    resume: Callable[[], Effect] = functools.partial(next, flow)
    try:
        while True:
            try:
                effect = resume()
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]  # StopIteration is not generic
            try:
                _go_on_unless(cancelled)
                resume = functools.partial(flow.send, effect.perform(cancelled))
            except BaseException as error:  # noqa: BLE001 - Ctrl-C too must reach the flow's `finally`
                resume = functools.partial(flow.throw, error)
    finally:
        del resume  # it may hold an error whose traceback holds this frame


def _go_on_unless(cancelled: Event | None) -> None:
    if cancelled is not None and cancelled.is_set():
        raise _Cancelled


async def arun(flow: Flow[T]) -> T:
    """Drives a flow to its end and returns its result.

    Args:
        flow: The flow.
    """
    resume: Callable[[], Effect] = functools.partial(next, flow)
    try:
        while True:
            try:
                effect = resume()
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]  # StopIteration is not generic
            try:
                resume = functools.partial(flow.send, await effect.aperform())
            except BaseException as error:  # noqa: BLE001 - a cancellation too must reach the flow's `finally`
                resume = functools.partial(flow.throw, error)
    finally:
        del resume


class Operation(Generic[P, T]):
    """A flow offered as a method: blocking or awaiting, as its class is."""

    def __init__(self, flow: Callable[Concatenate[Any, P], Flow[T]]) -> None:
        self.flow = flow

    @overload
    def __get__(self, obj: Blocking, owner: Any = None) -> Callable[P, T]: ...
    @overload
    def __get__(self, obj: Awaiting, owner: Any = None) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, obj: None, owner: type[Blocking]) -> Callable[Concatenate[Any, P], T]: ...
    @overload
    def __get__(self, obj: None, owner: type[Awaiting]) -> Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, obj: object, owner: Any = None) -> Callable[P, Any]: ...
    def __get__(self, obj: object | None, owner: Any = None) -> Callable[..., Any]:
        """Gets the method, bound where it is read from an object."""
        face = self.face(owner or type(obj))  # of a class without colour: the others have the function itself
        return face if obj is None else MethodType(face, obj)

    def face(self, owner: type) -> Callable[..., Any]:
        """Makes the function that stands for the flow on a class."""
        flow = self.flow

        def blocking(*args: Any, **kwargs: Any) -> Any:
            return run(flow(*args, **kwargs))

        async def awaiting(*args: Any, **kwargs: Any) -> Any:
            return await arun(flow(*args, **kwargs))

        face: Any = functools.update_wrapper(blocking if issubclass(owner, Blocking) else awaiting, flow)
        del face.__wrapped__  # the flow is a generator function, which its user must not see
        signature = inspect.signature(flow)
        face.__signature__ = signature.replace(return_annotation=_result_of(signature.return_annotation, owner))
        return face  # type: ignore[no-any-return]  # one of the two functions above


class Fetched(Generic[T]):
    """A flow offered as an attribute: its value on blocking handles, an awaitable of it on awaiting ones."""

    def __init__(self, flow: Callable[[Any], Flow[T]]) -> None:
        self.flow = flow
        self.__doc__ = flow.__doc__

    @overload
    def __get__(self, obj: None, owner: Any) -> Fetched[T]: ...
    @overload
    def __get__(self, obj: Blocking, owner: Any = None) -> T: ...
    @overload
    def __get__(self, obj: Awaiting, owner: Any = None) -> Awaitable[T]: ...
    @overload
    def __get__(self, obj: object, owner: Any = None) -> Any: ...
    def __get__(self, obj: object | None, owner: Any = None) -> Any:
        """Gets the value, or an awaitable of it."""
        if obj is None:
            return self
        return run(self.flow(obj)) if isinstance(obj, Blocking) else Pending(functools.partial(self.flow, obj))

    def __set__(self, obj: object, value: object) -> None:
        """Refuses: what a handle shows is the service's."""
        raise AttributeError("This attribute can't be set.")


class Pending(Generic[T]):
    """An awaitable of a flow's result; unlike a coroutine, it may be left alone without a warning."""

    def __init__(self, flow: Callable[[], Flow[T]]) -> None:
        self._flow = flow

    def __await__(self) -> Generator[Any, None, T]:
        """Drives the flow, each time it is awaited."""
        return arun(self._flow()).__await__()

    def __repr__(self) -> str:
        """Says what to do with it."""
        return "<to be awaited>"


class Coloured:
    """A class whose operations have a colour: its subclasses get them as functions, for `inspect` and mocks."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in dir(cls):
            member = inspect.getattr_static(cls, name)
            if isinstance(member, Operation):
                setattr(cls, name, member.face(cls))


class Blocking(Coloured):
    """Marks the classes whose operations return when they are done."""


class Awaiting(Coloured):
    """Marks the classes whose operations are coroutine functions."""


class Leaving(Protocol):
    """What can be used in a `with` statement: it has a flow for its end."""

    def _leave(self, error: BaseException | None) -> Flow[None]:
        """Ends it, perhaps because of an error."""
        ...


class BlockingContext(Blocking):
    """A blocking class that can be used in a `with` statement."""

    def __enter__(self) -> Self:
        """Begins."""
        return self

    def __exit__(self: Leaving, _: object, error: BaseException | None, __: object) -> None:
        """Ends."""
        run(self._leave(error))


class AwaitingContext(Awaiting):
    """An awaiting class that can be used in an `async with` statement."""

    async def __aenter__(self) -> Self:
        """Begins."""
        return self

    async def __aexit__(self: Leaving, _: object, error: BaseException | None, __: object) -> None:
        """Ends."""
        await arun(self._leave(error))


C = TypeVar("C", bound=AwaitingContext)


class Opening(Pending[C]):
    """An awaitable of something that is to be closed, for `await` and `async with` alike."""

    async def __aenter__(self) -> C:
        """Opens it."""
        self._opened = await self
        return await self._opened.__aenter__()

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Closes it."""
        await self._opened.__aexit__(kind, error, traceback)  # type: ignore[misc]  # all of them have a `_leave`


def operation(*, raises: type[PasqalCloudError]) -> Callable[[Callable[Concatenate[Any, P], Flow[T]]], Operation[P, T]]:
    """Offers a flow as a method.

    Args:
        raises: What the method does: an error of the flow is raised as this class too.
    """
    return lambda flow: Operation(naming(raises, flow))


def fetched(*, raises: type[PasqalCloudError]) -> Callable[[Callable[[Any], Flow[T]]], Fetched[T]]:
    """Offers a flow as an attribute.

    Args:
        raises: What reading the attribute does: an error of the flow is raised as this class too.
    """
    return lambda flow: Fetched(naming(raises, flow))


class Source(Protocol[T_co]):
    """What can be gone through, some items at a time."""

    def more(self) -> Flow[Sequence[T_co]]:
        """Gets the next items; none when it is over."""
        ...


class Walking(Generic[P, T]):
    """A source offered as a method that gives an iterator: an ordinary one, or an asynchronous one."""

    def __init__(self, source: Callable[Concatenate[Any, P], Source[T]], raises: type[PasqalCloudError]) -> None:
        self.source = source
        self.raises = raises
        self.__doc__ = source.__doc__

    @overload
    def __get__(self, obj: Blocking, owner: Any = None) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, obj: Awaiting, owner: Any = None) -> Callable[P, AsyncIterator[T]]: ...
    @overload
    def __get__(self, obj: None, owner: type[Blocking]) -> Callable[Concatenate[Any, P], Iterator[T]]: ...
    @overload
    def __get__(self, obj: None, owner: type[Awaiting]) -> Callable[Concatenate[Any, P], AsyncIterator[T]]: ...
    @overload
    def __get__(self, obj: object, owner: Any = None) -> Callable[P, Any]: ...
    def __get__(self, obj: object | None, owner: Any = None) -> Callable[..., Any]:
        """Gets the method, bound where it is read from an object."""
        owner = owner or type(obj)
        iterate = going_through if issubclass(owner, Blocking) else agoing_through

        def walk(*args: Any, **kwargs: Any) -> Any:
            return iterate(self.source(*args, **kwargs), self.raises)

        face: Any = functools.update_wrapper(walk, self.source)
        del face.__wrapped__
        kind = "Iterator" if issubclass(owner, Blocking) else "AsyncIterator"
        signature = inspect.signature(self.source)
        items = _result_of(signature.return_annotation, owner)
        face.__signature__ = signature.replace(return_annotation=f"{kind}[{items}]")
        return face if obj is None else MethodType(face, obj)


def walking(*, raises: type[PasqalCloudError]) -> Callable[[Callable[Concatenate[Any, P], Source[T]]], Walking[P, T]]:
    """Offers a source as a method that gives an iterator.

    Args:
        raises: What going through it does: an error on the way is raised as this class too.
    """
    return lambda source: Walking(source, raises)


def going_through(source: Source[T], raises: type[PasqalCloudError]) -> Iterator[T]:
    """Goes through a source, blocking.

    Args:
        source: The source.
        raises: What going through it does.
    """
    more = naming(raises, source.more)
    while items := run(more()):
        yield from items


async def agoing_through(source: Source[T], raises: type[PasqalCloudError]) -> AsyncIterator[T]:
    """Goes through a source, awaiting.

    Args:
        source: The source.
        raises: What going through it does.
    """
    more = naming(raises, source.more)
    while items := await arun(more()):
        for item in items:
            yield item


def naming(raises: type[PasqalCloudError], flow: Callable[P, Flow[T]]) -> Callable[P, Flow[T]]:
    """Makes a flow whose errors are raised as another class too.

    Args:
        raises: The class: what the flow does.
        flow: The flow.
    """

    @functools.wraps(flow)
    def named(*args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        try:
            return (yield from flow(*args, **kwargs))
        except PasqalCloudError as error:
            specific = specify(raises, error)
            if specific is error:
                raise
            raise specific from error.__cause__

    return named


def _result_of(annotation: str, owner: type) -> str:
    """Gets what a user is given, from `Flow[BatchT | None]`: `Batch | None` on `SDK`."""
    result = re.sub(r"^(Flow|Source)\[(.*)\]$", r"\2", annotation)
    for base in getattr(owner, "__orig_bases__", ()):
        names = getattr(getattr(base, "__origin__", None), "__parameters__", ())
        for variable, argument in zip(names, get_args(base), strict=False):  # `Generic[T]` has none
            result = re.sub(rf"\b{variable.__name__}\b", getattr(argument, "__name__", str(argument)), result)
    return result
