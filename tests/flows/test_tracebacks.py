"""Tracebacks: they end at the user's line, unless an error is unforeseen or PASQAL_DEBUG is set."""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Any

import httpx
import pytest

import pasqal_cloud
from pasqal_cloud import (
    SDK,
    AsyncSDK,
    BatchFilters,
    ConnectionFailedError,
    JobFetchingError,
    NotFoundError,
    TokenProvider,
    ValidationError,
    WaitTimeoutError,
    as_completed,
)
from pasqal_cloud_api.api.batches import get_batch as fetching

from ..doubles.answers import BATCH, PROJECT, batch, job, page, refused
from ..doubles.cloud import Cloud
from ..doubles.line import Line

HERE, OURS = Path(__file__), Path(pasqal_cloud.__file__).parent


def frames(error: BaseException) -> list[str]:
    """The functions of a traceback from this file on, those of the package as `ours`; anything else by its path."""
    found = traceback.extract_tb(error.__traceback__)
    first = next(index for index, frame in enumerate(found) if Path(frame.filename) == HERE)
    names = []
    for frame in found[first:]:
        path = Path(frame.filename)
        if OURS in path.parents:
            names.append("ours")
        elif path == HERE:
            names.append(frame.name)
        elif path.name not in ("conftest.py", "inside.py"):  # the loop of the tests, and their clock
            names.append(str(path))
    return names


def ending(error: BaseException) -> list[str]:
    """The functions below the last one of the test itself, as `frames` names them."""
    names = frames(error)
    return names[len(names) - names[::-1].index("ours") - 1 :]


def raised(colour: Any, kind: type[BaseException], call: Any) -> Any:
    """Gets the error of a call, which the test makes in a line of its own."""
    try:
        colour.call(call())
    except kind as error:
        return error
    raise AssertionError("nothing was raised")


def running(request: httpx.Request) -> Any:
    """A batch that goes on."""
    return {"status": "RUNNING"} if request.url.path.endswith("/status") else batch(status="RUNNING")


CALLS: dict[str, tuple[type[BaseException], Any, Any]] = {
    "a refusal": (NotFoundError, refused(404), lambda sdk, handle: sdk.get_batch(BATCH)),
    "a refusal of a handle": (NotFoundError, refused(404), lambda sdk, handle: handle.refresh()),
    "a connection": (ConnectionFailedError, httpx.ConnectError("unplugged"), lambda sdk, handle: sdk.get_batch(BATCH)),
    "an argument": (ValidationError, None, lambda sdk, handle: sdk.get_batch("7")),
    "a wrong argument": (TypeError, None, lambda sdk, handle: sdk.get_batch(BATCH, batch=7)),
    "a wait": (WaitTimeoutError, None, lambda sdk, handle: handle.wait(timeout=3)),
    "an attribute": (NotFoundError, refused(404), lambda sdk, handle: handle.ordered_jobs),
    "a wrong argument of any operation": (TypeError, None, lambda sdk, handle: sdk.call(fetching, id=BATCH)),
    "any operation": (NotFoundError, refused(404), lambda sdk, handle: sdk.call(fetching, BATCH)),
    "the end of a with": (NotFoundError, refused(404), lambda sdk, handle: leave(handle)),
}


def leave(handle: Any) -> Any:
    """Ends the `with` statement of an open batch."""
    handle._snapshot.open_ = True
    return (getattr(handle, "__exit__", None) or handle.__aexit__)(None, None, None)


@pytest.mark.parametrize("case", CALLS)
def test_a_traceback_ends_at_the_users_line(colour: Any, sdk_on: Any, clock: Any, case: str) -> None:
    """One frame of the package remains, which IPython and pytest hide; also below the errors that are the causes."""
    kind, answer, call = CALLS[case]
    line = Line(running)
    sdk = sdk_on(line, retry=False)
    handle = colour.call(sdk.get_batch(BATCH))
    if answer is not None:
        line.answer = lambda request: answer
        handle._ordered_jobs = None
    error = raised(colour, kind, lambda: call(sdk, handle))
    assert frames(error).count("ours") == 1
    assert ending(error) == ["ours"]
    (last,) = [tb for tb in tracebacks(error) if tb.tb_next is None]
    assert last.tb_frame.f_locals["__tracebackhide__"] is True
    cause = error.__cause__
    while cause is not None:
        assert not any(OURS in Path(frame.filename).parents for frame in traceback.extract_tb(cause.__traceback__))
        assert not any("httpx" in frame.filename for frame in traceback.extract_tb(cause.__traceback__))
        cause = cause.__cause__


def tracebacks(error: BaseException) -> list[Any]:
    """The parts of a traceback."""
    found, part = [], error.__traceback__
    while part is not None:
        found.append(part)
        part = part.tb_next
    return found


def test_any_operation_names_wrong_arguments(colour: Any, sdk_on: Any) -> None:
    """By the name of the operation, and not by that of the method that makes it."""
    error = raised(colour, TypeError, lambda: sdk_on(Line(running)).call(fetching, batch=BATCH))
    assert str(error) == "get_batch() has no argument 'batch': did you mean 'batch_id'?"


@pytest.mark.parametrize(
    ("argument", "hint"),
    [
        ("status", ": give filters=BatchFilters(status=…)"),
        ("user_id", ": give filters=BatchFilters(user_id=…)"),
        ("x", ""),
    ],
)
def test_what_filters_hold_is_no_argument(colour: Any, sdk_on: Any, argument: str, hint: str) -> None:
    """The error says where it belongs."""
    error = raised(colour, TypeError, lambda: sdk_on(Line(running)).get_batches(**{argument: "DONE"}))
    assert str(error) == f"get_batches() has no argument {argument!r}{hint}"


def test_constructors_name_wrong_arguments(colour: Any) -> None:
    """And the nearest one."""
    with pytest.raises(TypeError, match=r"SDK\(\) has no argument 'user': did you mean 'username'\?"):
        colour.SDK(user="ada")
    with pytest.raises(TypeError, match=r"BatchFilters\(\) has no argument 'state': did you mean 'status'\?"):
        BatchFilters(state="DONE")  # type: ignore[call-arg]


def test_a_cause_stays(colour: Any, sdk_on: Any) -> None:
    """It is shown in a line, without what it passed through."""
    origin = httpx.ConnectError("unplugged")
    sdk = sdk_on(Line(lambda request: origin), retry=False)
    error = raised(colour, ConnectionFailedError, lambda: sdk.get_batch(BATCH))
    assert error.__cause__ is origin


def test_debugging_shows_all(colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """PASQAL_DEBUG=1 is for those who look for the cause inside."""
    sdk = sdk_on(Line(lambda request: httpx.ConnectError("unplugged")), retry=False)
    monkeypatch.setenv("PASQAL_DEBUG", "1")
    error = raised(colour, ConnectionFailedError, lambda: sdk.get_batch(BATCH))
    assert len(traceback.extract_tb(error.__cause__.__traceback__)) > 5
    assert "_attempt" in [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def test_an_interrupt_ends_at_the_users_line(colour: Any, sdk_on: Any, clock: Any) -> None:
    """Ctrl-C during a pause, also during one between two attempts, whose failure is no news then."""
    interruption = KeyboardInterrupt if colour.is_blocking else asyncio.CancelledError
    line = Line(running)
    handle = colour.call(sdk_on(line).get_batch(BATCH))
    clock.interruption = interruption()
    assert ending(raised(colour, interruption, handle.wait)) == ["ours"]
    line.answer = lambda request: httpx.Response(503)
    clock.interruption = interruption()
    error = raised(colour, interruption, handle.wait)
    assert ending(error) == ["ours"]
    assert error.__context__ is None


def test_functions_of_the_user_stay(colour: Any, sdk_on: Any, clock: Any) -> None:
    """What failed is in `on_update`, and not in a package that called it."""

    def divide(handle: object) -> None:
        int("seven")

    statuses = iter(["PENDING", "RUNNING"])
    line = Line(lambda request: {"id": BATCH, "status": next(statuses)})
    handle = colour.call(sdk_on(line).get_batch(BATCH))
    error = raised(colour, ValueError, lambda: handle.wait(on_update=divide))
    assert ending(error) == ["ours", "divide"]
    assert frames(error).count("ours") == 1


def test_a_token_provider_of_the_user_stays(colour: Any, opened: Any) -> None:
    """As the cause: the package says whose error it is."""

    class Broken(TokenProvider):
        def get_token(self) -> str:
            raise OSError("no vault")

    sdk = opened(token_provider=Broken(), endpoints=Cloud.endpoints, project_id=PROJECT)
    error = raised(colour, pasqal_cloud.TokenProviderError, lambda: sdk.get_batch(BATCH))
    assert ending(error) == ["ours"]
    assert [frame.name for frame in traceback.extract_tb(error.__cause__.__traceback__)] == ["get_token"]


def test_errors_that_the_user_was_handling_stay_whole(colour: Any, sdk_on: Any) -> None:
    """Their tracebacks are none of the package's business."""
    sdk = sdk_on(Line(lambda request: refused(404)))

    def first() -> None:
        int("seven")

    try:
        first()
    except ValueError as earlier:
        error = raised(colour, NotFoundError, lambda: sdk.get_batch(BATCH))
        assert ending(error) == ["ours"]
        assert [frame.name for frame in traceback.extract_tb(earlier.__traceback__)][-1] == "first"


def test_an_unforeseen_error_is_shown_whole(colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of the package's own can only be reported with all its frames."""
    sdk = sdk_on(Line(running))
    monkeypatch.setattr("pasqal_cloud.sdk.Operations._batch", fail_inside)
    error = raised(colour, AttributeError, lambda: sdk.get_batch(BATCH))
    assert frames(error).count("ours") > 3


def fail_inside(self: Any, snapshot: Any) -> None:
    """Fails in a function of the package, as a mistake in it would."""
    pasqal_cloud.Endpoints.at(None)  # type: ignore[arg-type]


def test_iterators_end_at_the_users_line(blocking: Any, awaiting: Any, sdk_on: Any, colour: Any) -> None:
    """In the loop's line."""
    sdk = sdk_on(Line(lambda request: refused(404)))
    error = raised(colour, NotFoundError, lambda: first_of(sdk.iter_batches(), colour))
    assert ending(error) == ["ours"]
    error = raised(colour, TypeError, lambda: first_of(sdk.iter_batches(state="DONE"), colour))
    assert ending(error) == ["ours"]


def first_of(items: Any, colour: Any) -> Any:
    """Gets the first item."""
    return next(iter(items)) if colour.is_blocking else anext(aiter(items))


def test_as_completed_ends_at_the_users_line(colour: Any, sdk_on: Any) -> None:
    """In the loop's line, or in its own."""
    line = Line(lambda request: page(job(), job(1)))
    jobs = colour.call(sdk_on(line).get_jobs())
    line.answer = lambda request: refused(404)
    error = raised(colour, JobFetchingError, lambda: first_of(as_completed(jobs), colour))
    assert ending(error) == ["ours"]
    assert ending(raised(colour, ValidationError, lambda: as_completed([7]))) == ["ours"]  # type: ignore[list-item]


@pytest.mark.parametrize("make", [lambda: SDK(region="x"), lambda: AsyncSDK(region="x"), lambda: BatchFilters(id="7")])
def test_constructors_end_at_the_users_line(make: Any) -> None:
    """An SDK and filters check what they are given in many functions."""
    with pytest.raises(ValidationError) as caught:
        make()
    assert ending(caught.value) == ["ours"]


def test_ctrl_c_may_come_between_two_lines(colour: Any, opened: Any) -> None:
    """Python then gives no line number for the frame; the program must see the interruption all the same."""

    def interrupted(_: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    interrupted.__code__ = interrupted.__code__.replace(co_linetable=b"")
    sdk = opened(token="t", project_id=PROJECT, transport=httpx.MockTransport(interrupted))
    with pytest.raises(KeyboardInterrupt):
        colour.call(sdk.get_batch(BATCH))
