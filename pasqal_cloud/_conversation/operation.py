"""A flow as a method, an attribute or an iterator: blocking on classes marked `Blocking`, awaiting on `Awaiting` ones.

This is the most intricate file of the package. Two things to know: type checkers resolve the result of a flow through
the class's type variables, but not `Flow[Self]`; and a subclass should wrap an operation, not override it.
"""

from __future__ import annotations

import functools
import inspect
import re
from types import MethodType
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    Self,
    TypeVar,
    get_args,
    overload,
)

from pasqal_cloud._conversation.flow import Flow, aiterate, arun, iterate, run
from pasqal_cloud._tracebacks import shortened, shown
from pasqal_cloud.errors import PasqalCloudError, specify

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator, Iterator, Sequence

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Operation(Generic[P, T]):
    """A flow as a method, which is blocking or awaiting like its class."""

    def __init__(self, flow: Callable[Concatenate[Any, P], Flow[T]], raises: type[PasqalCloudError]) -> None:
        self.flow = flow
        self.raises = raises

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
        """Gets the method, bound if it is read from an object."""
        function = self.function_for(owner or type(obj))  # not used for subclasses of `HasOperations`
        return function if obj is None else MethodType(function, obj)

    def function_for(self, owner: type) -> Callable[..., Any]:
        """Makes the function that runs the flow on a class."""
        flow, raises = self.flow, self.raises

        def blocking(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            try:
                return run(flow(*args, **kwargs))
            except BaseException as error:
                raise shown(_specific(raises, error), flow, args, kwargs)

        async def awaiting(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            try:
                return await arun(flow(*args, **kwargs))
            except BaseException as error:
                raise shown(_specific(raises, error), flow, args, kwargs)

        return _like(flow, blocking if issubclass(owner, Blocking) else awaiting, owner, "{}")


class Fetched(Generic[T]):
    """A flow as an attribute: its result on blocking handles, an awaitable of the result on awaiting ones."""

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
        if not isinstance(obj, Blocking):
            return Pending(functools.partial(self.flow, obj))
        __tracebackhide__ = True
        try:
            return run(self.flow(obj))
        except BaseException as error:
            raise shortened(error)

    def __set__(self, obj: object, value: object) -> None:
        """Raises an error: the value comes from the service. Only some handles let tests replace some values."""
        replace = getattr(obj, "_replacements", {}).get(self.flow.__name__)
        if replace is None:
            raise AttributeError("This attribute can't be set.")
        replace(obj, value)


class Pending(Generic[T]):
    """An awaitable of a flow's result. Unlike a coroutine, it causes no warning if it is never awaited."""

    def __init__(self, flow: Callable[[], Flow[T]]) -> None:
        self._flow = flow

    def __await__(self) -> Generator[Any, None, T]:
        """Runs the flow, each time it is awaited."""
        return _awaited(self._flow()).__await__()

    def __repr__(self) -> str:
        """Shows that it has to be awaited."""
        return "<to be awaited>"

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Raises the error of an attribute that the result may have."""
            raise AttributeError(f"{self._unawaited} has no attribute {name!r}: it has to be awaited. {self._hint}")

    _unawaited = "What an AsyncSDK returns"
    _hint = "Write await before it."


class HasOperations:
    """Replaces the operations of its subclasses by functions, as `inspect` and mocks expect them."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        members: dict[str, Any] = {}
        for kind in reversed(cls.__mro__):
            members |= vars(kind)
        for name, member in members.items():
            if isinstance(member, Operation):
                setattr(cls, name, member.function_for(cls))


class Blocking(HasOperations):
    """Marks the classes whose operations block until they are done."""


class Awaiting(HasOperations):
    """Marks the classes whose operations are coroutine functions."""


class Leaving(Protocol):
    """A class with a flow for the end of a `with` statement."""

    def _leave(self, error: BaseException | None) -> Flow[None]:
        """Closes it, perhaps because of an error."""
        ...


class BlockingContext(Blocking):
    """A blocking class that can be used in a `with` statement."""

    def __enter__(self) -> Self:
        """Returns itself."""
        return self

    def __exit__(self: Leaving, _: object, error: BaseException | None, __: object) -> None:
        """Closes it."""
        __tracebackhide__ = True
        try:
            run(self._leave(error))
        except BaseException as failure:
            raise shortened(failure)


class AwaitingContext(Awaiting):
    """An awaiting class that can be used in an `async with` statement."""

    async def __aenter__(self) -> Self:
        """Returns itself."""
        return self

    async def __aexit__(self: Leaving, _: object, error: BaseException | None, __: object) -> None:
        """Closes it."""
        __tracebackhide__ = True
        try:
            await arun(self._leave(error))
        except BaseException as failure:
            raise shortened(failure)


C = TypeVar("C", bound=AwaitingContext)


class Opening(Pending[C]):
    """An awaitable of an object that has to be closed, for both `await` and `async with`."""

    _unawaited = "AsyncSDK.local()"
    _hint = "Write sdk = await AsyncSDK.local(), or async with AsyncSDK.local() as sdk."

    async def __aenter__(self) -> C:
        """Opens it."""
        self._opened = await self
        return await self._opened.__aenter__()

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Closes it."""
        await self._opened.__aexit__(kind, error, traceback)  # type: ignore[misc]  # all of them have a `_leave`


def operation(*, raises: type[PasqalCloudError]) -> Callable[[Callable[Concatenate[Any, P], Flow[T]]], Operation[P, T]]:
    """Makes a method from a flow, whose errors also get the class `raises`."""
    return lambda flow: Operation(flow, raises)


def fetched(*, raises: type[PasqalCloudError]) -> Callable[[Callable[[Any], Flow[T]]], Fetched[T]]:
    """Makes an attribute from a flow, whose errors also get the class `raises`."""
    return lambda flow: Fetched(naming(raises, flow))


class Source(Protocol[T_co]):
    """A source of items, some at a time."""

    def more(self) -> Flow[Sequence[T_co]]:
        """Gets the next items; none at the end."""
        ...

    def close(self) -> None:
        """Ends what is under way, when no more items are wanted."""
        ...


class Walking(Generic[P, T]):
    """A source of items as a method that returns an iterator, which is blocking or awaiting like its class."""

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
        """Gets the method, bound if it is read from an object."""
        owner = owner or type(obj)
        drive, kind = (iterate, "Iterator") if issubclass(owner, Blocking) else (aiterate, "AsyncIterator")

        def walk(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            try:
                source = self.source(*args, **kwargs)
                return drive(naming(self.raises, source.more), source.close)
            except BaseException as error:
                raise shown(error, self.source, args, kwargs)

        function = _like(self.source, walk, owner, f"{kind}[{{}}]")
        return function if obj is None else MethodType(function, obj)


def walking(*, raises: type[PasqalCloudError]) -> Callable[[Callable[Concatenate[Any, P], Source[T]]], Walking[P, T]]:
    """Makes a method that returns an iterator, whose errors also get the class `raises`."""
    return lambda source: Walking(source, raises)


def naming(raises: type[PasqalCloudError], flow: Callable[P, Flow[T]]) -> Callable[P, Flow[T]]:
    """Makes a flow whose errors also get the class `raises`, which names the operation that failed."""

    @functools.wraps(flow)
    def named(*args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        try:
            return (yield from flow(*args, **kwargs))
        except PasqalCloudError as error:
            raise specify(raises, error).with_traceback(error.__traceback__) from error.__cause__

    return named


def _specific(raises: type[PasqalCloudError], error: BaseException) -> BaseException:
    """Adds the class of the operation that failed to an error of this package."""
    if not isinstance(error, PasqalCloudError):
        return error
    named = specify(raises, error).with_traceback(error.__traceback__)
    named.__cause__ = error.__cause__  # this also hides the error that was named
    return named


async def _awaited(flow: Flow[T]) -> T:
    __tracebackhide__ = True
    try:
        return await arun(flow)
    except BaseException as error:
        raise shortened(error)


def _like(flow: Callable[..., Any], function: Any, owner: type, result: str) -> Callable[..., Any]:
    """Gives a function the name, documentation and signature of a flow, except its result."""
    functools.update_wrapper(function, flow)
    del function.__wrapped__  # `inspect` would take the method for a generator function, as the flow is
    signature = _signature(flow)
    result = result.format(_result_of(signature.return_annotation, owner))
    function.__signature__ = signature.replace(return_annotation=result)
    return function  # type: ignore[no-any-return]  # as it came


_signature = functools.cache(inspect.signature)  # several classes have the same flow


def _result_of(annotation: str, owner: type) -> str:
    """Gets the type that users see: `Batch | None` on `SDK`, for `Flow[BatchT | None]`."""
    result = re.sub(r"^(Flow|Source)\[(.*)\]$", r"\2", annotation)
    for base in getattr(owner, "__orig_bases__", ()):
        names = getattr(getattr(base, "__origin__", None), "__parameters__", ())
        for variable, argument in zip(names, get_args(base), strict=False):  # `Generic[T]` has none
            result = re.sub(rf"\b{variable.__name__}\b", getattr(argument, "__name__", str(argument)), result)
    return result
