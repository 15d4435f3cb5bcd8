"""The line that a long wait shows, where somebody can see it."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from pasqal_cloud import ValidationError, WaitTimeoutError, _progress, _surfaces, as_completed
from pasqal_cloud._progress import Board
from pasqal_cloud._surfaces import Glance
from pasqal_cloud.status import JobStatus, StatusCounts, progress_of

from ..doubles.answers import BATCH, batch, ident, job, page
from ..doubles.line import Line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

LINE = f"EMU_FREE · 1 of 2 done, 1 running · 0:00 · batch {BATCH}"


class Stream(io.StringIO):
    """Standard error, as a terminal or not."""

    def __init__(self, *, is_terminal: bool = True, encoding: str = "utf-8") -> None:
        super().__init__()
        self.is_terminal = is_terminal
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding

    def getvalue(self) -> str:
        """Gets what was written, as if no second had passed on a slow machine."""
        return re.sub(r"\b0:0\d\b", "0:00", super().getvalue())

    def clear(self) -> None:
        self.seek(0)
        self.truncate()

    def isatty(self) -> bool:
        return self.is_terminal


class Work(Line):
    """A batch of two jobs, of which the second is done when the line has been seen, or after many looks."""

    def __init__(self, seen: Callable[[], bool], **fields: Any) -> None:
        super().__init__(self._answer)
        self.seen = seen
        self.done = False
        self.fields = {"device_type": "EMU_FREE", **fields}
        self.until = time.monotonic() + 10

    def _answer(self, request: httpx.Request) -> Any:
        if time.monotonic() > self.until:
            raise AssertionError("the line was not seen")
        done = self.done = self.done or (request.url.path.endswith("/status") and self.seen())
        counts = {"RUNNING": 0, "DONE": 2} if done else {"RUNNING": 1, "DONE": 1}
        progress = {"status": "DONE" if done else "RUNNING", "jobs_count_per_status": counts}
        if request.url.path.endswith("/status"):
            return progress
        return page() if request.url.path.endswith("/jobs") else batch(**progress | self.fields, jobs=[])


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lines are shown at once, and often; afterwards, no wait is left."""
    monkeypatch.setattr(_progress, "AFTER", 0.0)
    monkeypatch.setattr(_progress, "EVERY", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("PASQAL_PROGRESS", raising=False)
    yield
    assert not _progress.BOARD._waits


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Stream:
    """A terminal without rich."""
    monkeypatch.setitem(sys.modules, "rich", None)
    stream = Stream()  # pytest replaces `sys.stderr` once more before the test begins
    monkeypatch.setattr(_progress, "sys", SimpleNamespace(stderr=stream, stdout=sys.stdout, modules=sys.modules))
    monkeypatch.setenv("COLUMNS", "120")
    return stream


def screen_of(text: str) -> str:
    """What is on the last line of a terminal, after all that was written."""
    line = ""
    for part in text.rpartition("\n")[2].split("\r"):
        line = part + line[len(part) :]
    return line.rstrip()


def reached(is_so: Callable[[], bool]) -> None:
    """Asserts that something becomes so."""
    until = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.005)


def waited(colour: Any, sdk_on: Any, seen: Callable[[], bool], progress: Any = None, sdks: Any = None) -> Any:
    """Waits for a batch that is done when the line was seen; `sdks` is the argument `progress` of the SDK."""
    handle = colour.call(sdk_on(Work(seen), progress=sdks).get_batch(BATCH))
    colour.call(handle.wait(poll=0.005, progress=progress))
    return handle


def test_a_line_is_shown_and_removed(colour: Any, sdk_on: Any, plain: Stream) -> None:
    """With the device, how far it is, the time and the id; afterwards, the terminal is as before."""
    waited(colour, sdk_on, lambda: LINE in plain.getvalue())
    assert screen_of(plain.getvalue()) == ""
    assert "\n" not in plain.getvalue()


def test_rich_shows_the_same_line(colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is installed; and what the program prints meanwhile stays whole."""
    stream = Stream()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "120")
    waited(colour, sdk_on, lambda: LINE in stream.getvalue())
    assert sys.stderr is stream
    assert stream.getvalue().endswith("\x1b[2K")  # the line is erased


def test_colours_are_not_forced(colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR holds: of the escape sequences, only those that move and erase are written."""
    stream = Stream()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("NO_COLOR", "1")
    waited(colour, sdk_on, lambda: LINE in stream.getvalue())
    assert not re.search(r"\x1b\[[0-9;]*m", stream.getvalue())


def test_an_end_by_timeout_or_interrupt_removes_the_line(
    colour: Any, sdk_on: Any, plain: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is not written behind the line."""
    handle = colour.call(sdk_on(Work(lambda: False)).get_batch(BATCH))
    colour.attempt(WaitTimeoutError, lambda: handle.wait(timeout=0.1, poll=0.005))
    assert LINE in plain.getvalue()
    assert screen_of(plain.getvalue()) == ""

    def interrupt(handle: object) -> None:
        raise KeyboardInterrupt

    handle._snapshot.status = "PENDING"
    colour.attempt(KeyboardInterrupt, lambda: handle.wait(poll=0.005, on_update=interrupt))
    assert screen_of(plain.getvalue()) == ""


def test_what_on_update_prints_is_not_disturbed(colour: Any, sdk_on: Any, plain: Stream) -> None:
    """The line makes room for it."""

    def show(handle: Any) -> None:
        time.sleep(0.05)  # in which the line would be drawn, if it were not hidden
        plain.write(f"{handle.jobs_count_per_status}\n")

    handle = colour.call(sdk_on(Work(lambda: LINE in plain.getvalue())).get_batch(BATCH))
    handle._snapshot.status = "PENDING"
    colour.call(handle.wait(poll=0.05, on_update=show))
    shown = [screen_of(part) for part in plain.getvalue().split("\n")]
    assert shown == ["1 running, 1 done", "2 done", ""]


@pytest.mark.parametrize(
    ("stream", "progress", "sdks"),
    [(Stream(is_terminal=False), None, None), (Stream(), False, True), (Stream(), None, False), (None, True, None)],
    ids=["no terminal", "not wanted", "not wanted by the SDK", "no standard error"],
)
def test_nothing_is_shown_where_nobody_wants_or_sees_it(
    colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch, stream: Any, progress: Any, sdks: Any
) -> None:
    """Not in a pipe or a file, and not if it was declined."""
    monkeypatch.setattr(sys, "stderr", stream)
    looks = count()
    waited(colour, sdk_on, lambda: next(looks) >= 9, progress, sdks)
    assert not (stream and stream.getvalue())


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_can_not_go_back_shows_nothing(
    colour: Any, sdk_on: Any, plain: Stream, monkeypatch: pytest.MonkeyPatch, term: str
) -> None:
    """Such as that of an editor."""
    monkeypatch.setenv("TERM", term)
    looks = count()
    waited(colour, sdk_on, lambda: next(looks) >= 9)
    assert plain.getvalue() == ""


@pytest.mark.parametrize("source", ["wait", "SDK", "environment"])
def test_a_file_gets_a_line_for_each_change_if_that_is_wanted(
    colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """As in the log of a batch job on a cluster."""
    stream = Stream(is_terminal=False)
    monkeypatch.setattr(sys, "stderr", stream)
    if source == "environment":
        monkeypatch.setenv("PASQAL_PROGRESS", "1")
    chosen = {"wait": (True, None), "SDK": (None, True)}.get(source, (None, None))
    waited(colour, sdk_on, lambda: LINE in stream.getvalue(), *chosen)
    assert stream.getvalue().splitlines() == [LINE, LINE.replace("1 of 2 done, 1 running", "2 of 2 done")]


def test_the_nearest_choice_counts(colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch, plain: Stream) -> None:
    """The call's, then the SDK's, then the environment's."""
    monkeypatch.setenv("PASQAL_PROGRESS", "0")
    waited(colour, sdk_on, lambda: LINE in plain.getvalue(), progress=True, sdks=False)
    plain.clear()
    waited(colour, sdk_on, lambda: LINE in plain.getvalue(), sdks=True)
    plain.clear()
    view = sdk_on(Work(lambda: LINE in plain.getvalue())).with_options(progress=True)
    colour.call(colour.call(view.get_batch(BATCH)).wait(poll=0.005))


def test_a_choice_is_checked(colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is sent."""
    handle = colour.call(sdk_on(Work(lambda: True)).get_batch(BATCH))
    error = colour.attempt(ValidationError, lambda: handle.wait(progress="yes"))
    assert "progress must be True, False or None, not 'yes'." in str(error)
    with pytest.raises(ValidationError, match="progress must be True, False or None"):
        colour.SDK(token="t", progress=1)
    monkeypatch.setenv("PASQAL_PROGRESS", "maybe")
    with pytest.raises(ValidationError, match="PASQAL_PROGRESS must be 0 or 1, not 'maybe'"):
        colour.SDK(token="t")


def test_every_wait_shows_it(colour: Any, sdk_on: Any, plain: Stream) -> None:
    """Also the waits of operations that create or change something."""
    for act in (
        lambda sdk, _: sdk.create_batch("{}", [{"runs": 1}], wait=True),
        lambda _, handle: handle.close(wait=True),
    ):
        plain.clear()
        work = Work(lambda: "1 of 2 done" in plain.getvalue())
        sdk = sdk_on(work)
        colour.call(act(sdk, colour.call(sdk.get_batch(BATCH))))
        assert screen_of(plain.getvalue()) == ""


def test_as_completed_shows_how_many_have_ended(colour: Any, sdk_on: Any, plain: Stream) -> None:
    """With the id of the first that has not."""
    expected = f"1 of 3 ended · 0:00 · job {ident(1)} and 1 other"
    ids = [ident(number) for number in range(3)]

    def answer(request: httpx.Request) -> Any:
        later = "DONE" if expected in plain.getvalue() else "RUNNING"
        jobs = [job(number, status="DONE" if number == 0 else later) for number in range(3)]
        return page(*(job for job in jobs if job["id"] in (request.url.params.get_list("id") or ids)))

    async def collected(items: Any) -> list[str]:
        return [item.id async for item in items]

    jobs = colour.call(sdk_on(Line(answer)).get_jobs())
    items = as_completed(jobs, timeout=10)
    assert ([item.id for item in items] if colour.is_blocking else colour.call(collected(items))) == ids
    assert screen_of(plain.getvalue()) == ""


def test_several_waits_share_the_terminal(colour: Any, sdk_on: Any, plain: Stream) -> None:
    """In threads and in tasks: one line says how many there are."""
    sdk = sdk_on(Work(lambda: "(and 2 more)" in plain.getvalue()))
    handles = [colour.call(sdk.get_batch(BATCH)) for _ in range(3)]
    if colour.is_blocking:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda handle: handle.wait(poll=0.005), handles))
    else:

        async def together() -> None:
            await asyncio.gather(*(handle.wait(poll=0.005) for handle in handles))

        colour.call(together())
    assert screen_of(plain.getvalue()) == ""


def test_a_stream_that_fails_does_not_end_a_wait(colour: Any, sdk_on: Any, plain: Stream) -> None:
    """A terminal that was closed, for instance."""
    looks = count()
    plain.close()
    waited(colour, sdk_on, lambda: next(looks) >= 19)
    assert next(looks) == 20


def test_short_waits_show_nothing(colour: Any, sdk_on: Any, plain: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which most are in tests, and on an emulator."""
    monkeypatch.setattr(_progress, "AFTER", 60.0)
    looks = count()
    waited(colour, sdk_on, lambda: next(looks) >= 9)
    assert plain.getvalue() == ""


def test_a_child_does_not_take_part(monkeypatch: pytest.MonkeyPatch, plain: Stream) -> None:
    """The thread that draws is the parent's: in a forked child, a wait that was begun before it just ends."""
    board = Board()
    wait = board.add(SimpleNamespace(_glance=lambda: Glance("", "", "", "")), wanted=True, began=time.monotonic())
    board.forked()
    assert wait is not None
    board.end(wait)


def test_a_child_has_its_own_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rich had replaced the parent's, with a lock that nobody releases in the child."""
    out, err = Stream(), Stream()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    board = Board()
    wait = board.add(SimpleNamespace(_glance=lambda: Glance("", "running", "", "")), wanted=True, began=0.0)
    assert wait is not None
    reached(lambda: hasattr(sys.stderr, "rich_proxied_file") and hasattr(sys.stdout, "rich_proxied_file"))
    monkeypatch.setattr(board, "__init__", lambda: None)  # here, its thread goes on
    board.forked()
    assert sys.stdout is out
    assert sys.stderr is err
    board.end(wait)


def test_a_terminal_that_takes_nothing_does_not_delay_a_wait(
    colour: Any, sdk_on: Any, plain: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was stopped (Ctrl-S) while a line was being written."""
    going_on, resumed, is_resumed = threading.Event(), threading.Event(), []

    def draw(self: object, waits: object) -> None:
        going_on.set()
        is_resumed.append(resumed.wait(10))

    monkeypatch.setattr(_surfaces.PlainTerminal, "draw", draw)
    monkeypatch.setattr(_progress, "LATE", 0.05)
    for _ in range(2):
        waited(colour, sdk_on, going_on.is_set)
    assert not is_resumed
    resumed.set()
    reached(lambda: _progress.BOARD._thread is None)


def test_nothing_is_written_to_a_pipe_that_is_full(colour: Any, sdk_on: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which nobody reads; the line is written when there is room again."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with open(reader, "rb", buffering=0) as source, open(writer, "w") as stream:  # noqa: PTH123 - descriptors
        with suppress(BlockingIOError):
            while True:
                os.write(writer, b"x" * 4096)
        os.set_blocking(writer, True)
        monkeypatch.setattr(sys, "stderr", stream)
        looks = count()
        waited(colour, sdk_on, lambda: next(looks) >= 9, progress=True)
        assert not _surfaces.is_writable(stream)
        assert set(source.read(1 << 20)) == {ord("x")}
        assert _surfaces.is_writable(stream)


def test_a_thread_that_can_not_be_started_leaves_no_wait(monkeypatch: pytest.MonkeyPatch, plain: Stream) -> None:
    """The next wait is shown, if it can be."""
    followed: Any = SimpleNamespace(_glance=lambda: Glance("", "running", "", ""))
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda self: 1 / 0)
        with _progress.following(followed, wanted=True):
            assert not _progress.BOARD._waits
    assert _progress.BOARD._terminal is None
    with _progress.following(followed, wanted=True):
        reached(lambda: "running" in plain.getvalue())


def test_the_start_of_a_local_service_is_shown(
    colour: Any, plain: Stream, monkeypatch: pytest.MonkeyPatch, sdk_on: Any
) -> None:
    """First that of the service, then that of its emulators, for which the first submission waits."""

    def wait_for(text: str) -> None:
        until = time.monotonic() + 10
        while text not in plain.getvalue():
            assert time.monotonic() < until

    class Service:
        address: ClassVar = {"url": "https://cloud.test", "username": "a", "password": "b", "project_id": ident()}

        def __init__(self, *options: str) -> None:
            wait_for("starting the local service · 0:00")

        def stop(self) -> None:
            pass

    def answer(request: httpx.Request) -> Any:
        if request.method == "POST":
            wait_for("starting the emulators · 0:00")
        return batch()

    monkeypatch.setattr("pasqal_cloud._service.ServiceProcess", Service)

    async def started() -> Any:
        return await colour.SDK.local()

    local = colour.SDK.local() if colour.is_blocking else colour.call(started())
    assert screen_of(plain.getvalue()) == ""
    sdk = sdk_on(Line(answer))
    sdk._session.starting = local._session.starting
    colour.call(sdk.create_batch("{}", [{"runs": 1}]))
    assert screen_of(plain.getvalue()) == ""
    assert not sdk._session.starting
    colour.call(local.close())


class Notebook:
    """What IPython offers in a notebook.

    Attributes:
        shown: The contents of the display, each in place of the one before.
    """

    def __init__(self) -> None:
        self.shown: list[dict[str, str]] = []
        self.kernel = None

    def get_ipython(self) -> Notebook:
        return self

    def display(self, data: dict[str, str], *, raw: bool, display_id: bool) -> Notebook:
        assert raw
        assert display_id
        assert not self.shown
        self.shown.append(data)
        return self

    def update(self, data: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.shown.append(data)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    """A notebook, with no terminal."""
    notebook = Notebook()
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "IPython.display", notebook)
    return notebook


def test_a_notebook_shows_the_line_in_its_cell(colour: Any, sdk_on: Any, notebook: Notebook) -> None:
    """It is updated in place, and its last state stays."""
    waited(colour, sdk_on, lambda: len(notebook.shown) > 2)
    first, last = (re.sub(r"\b0:0\d\b", "0:00", data["text/plain"]) for data in (notebook.shown[0], notebook.shown[-1]))
    assert first == LINE
    assert last == LINE.replace("1 of 2 done, 1 running", "2 of 2 done")


def test_a_notebook_shows_the_card_of_a_handle(
    colour: Any, sdk_on: Any, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the time below it for as long as the wait lasts."""
    handle = colour.call(sdk_on(Work(lambda: len(notebook.shown) > 2)).get_batch(BATCH))
    card = lambda self: f"<b>{self.jobs_count_per_status}</b>"  # noqa: E731 - a method
    monkeypatch.setattr(type(handle), "_repr_html_", card, raising=False)
    colour.call(handle.wait(poll=0.005))
    first, last = notebook.shown[0]["text/html"], notebook.shown[-1]["text/html"]
    assert re.fullmatch(r'<b>1 running, 1 done</b><div style="opacity: 0.7">waiting, 0:0\d</div>', first)
    assert last == "<b>2 done</b>"


def test_the_last_card_of_a_wait_is_that_of_the_handle(colour: Any, sdk_on: Any, notebook: Notebook) -> None:
    """With all that is known at the end: how each job ended, how long it took, and why it failed."""
    times = {"start_timestamp": "2026-05-04T09:30:00+00:00", "end_timestamp": "2026-05-04T09:30:03+00:00"}
    errors = ["It was too hot."]

    def answer(request: httpx.Request) -> Any:
        seen = len(notebook.shown) > 2
        jobs = [
            job(0, status="ERROR", errors=errors, **times) if seen else job(0, status="RUNNING"),
            job(1, status="DONE", **times) if seen else job(1, status="PENDING"),
        ]
        progress = {
            "status": "ERROR" if seen else "RUNNING",
            "jobs_count_per_status": {"DONE": 1, "ERROR": 1} if seen else {"RUNNING": 1, "PENDING": 1},
        }
        if request.url.path.endswith("/status"):
            return progress
        if "/batches/" in request.url.path and not request.url.path.endswith("/jobs"):
            return batch(**progress, jobs=[])
        return jobs[0] if request.url.path.endswith(ident(0)) else page(*jobs)

    sdk = sdk_on(Line(answer))
    handle = colour.call(sdk.get_batch(BATCH))
    jobs = handle.ordered_jobs
    if not colour.is_blocking:
        colour.call(jobs)
    colour.call(handle.wait(poll=0.005))
    last = notebook.shown[-1]["text/html"]
    assert last == handle._repr_html_()
    assert "It was too hot." in last
    assert "ERROR" in last
    assert "refresh()" not in last


def test_a_loop_has_one_output_in_a_notebook(colour: Any, sdk_on: Any, notebook: Notebook) -> None:
    """It shows the line whenever the loop waits, and nothing in the end."""
    ids = [ident(number) for number in range(3)]

    def answer(request: httpx.Request) -> Any:
        seen = "".join(data["text/plain"] for data in notebook.shown)
        ended = [True, "1 of 3 ended" in seen, "2 of 3 ended" in seen]
        jobs = [job(number, status="DONE" if ended[number] else "RUNNING") for number in range(3)]
        return page(*(job for job in jobs if job["id"] in (request.url.params.get_list("id") or ids)))

    async def collected(items: Any) -> list[str]:
        return [item.id async for item in items]

    items = as_completed(colour.call(sdk_on(Line(answer)).get_jobs()), timeout=10)
    assert ([item.id for item in items] if colour.is_blocking else colour.call(collected(items))) == ids
    assert {"text/plain": ""} in notebook.shown[:-1]
    assert notebook.shown[-1] == {"text/plain": ""}


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (120, f"EMU_FREE · 2 of 50 done, 1 running · 1:02 · batch {BATCH}"),
        (70, "EMU_FREE · 2 of 50 done, 1 running · 1:02 · batch 11111111…"),
        (55, "2 of 50 done, 1 running · 1:02 · batch 11111111…"),
        (40, "2 of 50 done · 1:02 · batch 11111111…"),
        (35, "2 of 50 done · 1:02 · 11111111…"),
        (20, "2 of 50 done · 1:02…"),
        (0, "…"),
    ],
)
def test_a_narrow_terminal_gets_what_matters(width: int, expected: str) -> None:
    """The id is shortened first, and given up last."""
    assert Glance("EMU_FREE", "2 of 50 done, 1 running", "batch", BATCH).line(62.9, width) == expected


def test_a_line_can_be_ascii() -> None:
    """For terminals that know no more."""
    line = Glance("EMU_FREE", "2 of 50 done", "batch", BATCH).line(3725, 50, unicode=False)
    assert line == "EMU_FREE - 2 of 50 done - 1:02:05 - batch 11111111..."[:50] or line.isascii()


def test_counts_print_in_the_order_of_a_jobs_life() -> None:
    """And are a dictionary otherwise."""
    counts = StatusCounts({JobStatus.DONE: 2, JobStatus("LOST"): 1, JobStatus.RUNNING: 1, JobStatus.ERROR: 0})
    assert str(counts) == f"{counts}" == "1 running, 2 done, 1 lost"
    assert counts == {"DONE": 2, "LOST": 1, "RUNNING": 1, "ERROR": 0}
    assert progress_of(counts) == "2 of 4 done, 1 running, 1 lost"
    assert progress_of({JobStatus.PENDING: 3, JobStatus.RUNNING: 1}) == "0 of 4 done, 1 running"
    assert progress_of({JobStatus.PENDING: 3, JobStatus.DONE: 1}) == "1 of 4 done, 3 pending"


def test_a_wait_does_not_log_each_look(colour: Any, sdk_on: Any, caplog: pytest.LogCaptureFixture) -> None:
    """With `logging.basicConfig(level="INFO")`, requests are no lines; at DEBUG, each is one of this package's."""
    caplog.set_level(logging.INFO)
    looks = count()
    waited(colour, sdk_on, lambda: next(looks) >= 9)
    assert "https://" not in caplog.text
    caplog.set_level(logging.DEBUG)
    looks = count()
    waited(colour, sdk_on, lambda: next(looks) >= 9)
    polled = [record for record in caplog.records if "/status: 200" in record.getMessage()]
    assert {(record.name, record.levelname) for record in polled} == {("pasqal_cloud", "DEBUG")}
    assert len(polled) == 10
