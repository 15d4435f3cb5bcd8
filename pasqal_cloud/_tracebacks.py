"""Tracebacks that end at the user's line, with one frame of this package.

What happens inside this package, httpx and the standard library is of no use to a user whose batch does not exist, or
who pressed Ctrl-C. The frames of functions of the user that this package calls stay, like `on_update` or a token
provider, and so does an unforeseen error's whole traceback: it belongs into a report. PASQAL_DEBUG=1 shows everything.
"""

from __future__ import annotations

import functools
import inspect
import os
import sys
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pasqal_cloud._arguments import call_error, switched_on
from pasqal_cloud._frames import frames_of, linked, rendered
from pasqal_cloud.errors import PasqalCloudError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

P = ParamSpec("P")
T = TypeVar("T")
E = TypeVar("E", bound=BaseException)

OURS = frozenset({"pasqal_cloud", "pasqal_cloud_api"})
"""The packages whose frames are left out."""

LIBRARIES = sys.stdlib_module_names | {"", "anyio", "attr", "attrs", "h11", "httpcore", "httpx", "sniffio"}
"""The packages whose frames are left out where this package has called them; attrs' functions belong to no module."""


WHOLE: ContextVar[bool] = ContextVar("whole", default=False)
"""Whether tracebacks are shown whole, like for PASQAL_DEBUG=1."""


def shortened(error: E) -> E:
    """Removes the frames from a traceback that are not the user's, also from the errors that caused it.

    It is called by the function that the user has called, which raises the error again and so is the one frame that
    remains. That function has a local variable `__tracebackhide__`, so that IPython and pytest hide it as well.

    Args:
        error: The error. If it is an unforeseen one of this package, it is not changed.
    """
    if WHOLE.get() or switched_on("PASQAL_DEBUG", os.environ) or not (_is_foreseen(error) or _is_the_users(error)):
        return error
    seen: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in seen:
        seen.append(each)
        each.__traceback__ = linked(_users_frames(each))
        if each.__cause__ is None and each.__context__ is not None and not _users_frames(each.__context__):
            each.__context__ = None  # such as a failure that was being retried
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    if "IPython" in sys.modules and _is_foreseen(error) and not isinstance(error, PasqalCloudError):
        error._render_traceback_ = partial(rendered, error)  # type: ignore[attr-defined]  # as errors of the package do
    return error


def shown(
    error: BaseException, function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> BaseException:
    """Gets the error of a call that a user sees: with a short traceback, or naming arguments that it does not take."""
    if isinstance(error, TypeError) and (wrong := call_error(function, args, kwargs)):
        wrong.__suppress_context__ = True
        error = wrong
    return shortened(error)


def short_traceback(function: Callable[P, T]) -> Callable[P, T]:
    """Decorates a function that users call: its errors end at their line, and name arguments that it does not take."""

    @functools.wraps(function)
    def short(*args: P.args, **kwargs: P.kwargs) -> T:
        __tracebackhide__ = True
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            raise shown(error, function, args, kwargs)

    @functools.wraps(function)
    async def ashort(*args: P.args, **kwargs: P.kwargs) -> Any:
        __tracebackhide__ = True
        try:
            return await function(*args, **kwargs)  # type: ignore[misc]  # it returns a coroutine
        except BaseException as error:
            raise shown(error, function, args, kwargs)

    return ashort if inspect.iscoroutinefunction(function) else short  # type: ignore[return-value]  # as the function


def short_constructor(kind: type[T]) -> type[T]:
    """Decorates a class that users create objects of, as `short_traceback` does a function."""
    kind.__init__ = short_traceback(kind.__init__)  # type: ignore[method-assign]  # with the same signature
    return kind


def _is_foreseen(error: BaseException) -> bool:
    """Whether an error is one of this package, a Ctrl-C or another end, or about the arguments of a call."""
    return isinstance(error, PasqalCloudError) or not isinstance(error, Exception) or hasattr(error, "wrong_call")


def _is_the_users(error: BaseException) -> bool:
    """Whether an error was raised in a function of the user, or below it."""
    frames = _users_frames(error)
    return bool(frames) and frames[-1] is frames_of(error)[-1]


def _users_frames(error: BaseException) -> list[TracebackType]:
    frames = []
    is_users = False
    for frame in frames_of(error):
        package = frame.tb_frame.f_globals.get("__name__", "").partition(".")[0]
        if package not in LIBRARIES:  # these belong to who has called them
            is_users = package not in OURS
        if is_users:
            frames.append(frame)
    return frames
