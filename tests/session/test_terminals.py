"""The line of a long wait in a real terminal, and in IPython."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud import SDK, _progress, _surfaces

from ..doubles.answers import BATCH, PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

pty = pytest.importorskip("pty", reason="pseudo-terminals are POSIX's")

PROGRAM = f"""
import httpx
from pasqal_cloud import SDK

def answer(request):
    return httpx.Response(200, json={{"data": {{"id": "{BATCH}", "status": "RUNNING", "device_type": "EMU_FREE"}}}})

sdk = SDK(token="t", project_id="{PROJECT}", transport=httpx.MockTransport(answer))
"""

WAIT = f'sdk.get_batch("{BATCH}").wait(timeout=20)'

LINE = f"EMU_FREE · running · 0:01 · batch {BATCH}"


class Screen:
    """The side of a pseudo-terminal at which a user would sit."""

    def __init__(self) -> None:
        self.fd, self.end = pty.openpty()
        self.written = ""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while part := os.read(self.fd, 4096):
                self.written += part.decode()
        except OSError:  # the program has ended
            pass

    def shows(self, text: str, within: float = 20.0) -> bool:
        """Whether a text is written in time."""
        until = time.monotonic() + within
        while text not in self.written and time.monotonic() < until:
            threading.Event().wait(0.01)
        return text in self.written

    @property
    def rows(self) -> list[str]:
        """What is to be seen at the end."""
        rows, row, column = [""], 0, 0
        for part in re.findall(r"\x1b\[\??[0-9;]*[A-Za-z]|\r|\n|[^\x1b\r\n]", self.written):
            if part == "\r":
                column = 0
            elif part == "\n":
                row += 1
                rows += [""] * (row == len(rows))
            elif part == "\x1b[1A":
                row -= 1
            elif part == "\x1b[2K":
                rows[row] = ""
            elif not part.startswith("\x1b"):
                rows[row] = rows[row][:column].ljust(column) + part + rows[row][column + 1 :]
                column += 1
        return [row.rstrip() for row in rows]


@pytest.fixture
def screen() -> Iterator[Screen]:
    """A pseudo-terminal."""
    screen = Screen()
    yield screen
    os.close(screen.fd)


@pytest.mark.parametrize("has_rich", [True, False], ids=["rich", "plain"])
def test_a_terminal_shows_the_line_and_is_as_before(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, has_rich: bool
) -> None:
    """Whatever draws it, it is erased at the end, and what is written then begins at the left."""
    monkeypatch.setattr(_progress, "AFTER", 0.0)
    monkeypatch.setattr(_progress, "find_spec", lambda name: has_rich or None)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with os.fdopen(screen.end, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        followed: Any = type("Followed", (), {"_glance": lambda _: _surfaces.Glance("EMU", "running", "batch", BATCH)})
        with _progress.following(followed(), wanted=None):
            assert screen.shows(f"EMU · running · 0:00 · batch {BATCH}")
        terminal.write("after\n")
        terminal.flush()
        assert screen.shows("after")
    assert screen.rows == ["after", ""]


@pytest.mark.slow
def test_ctrl_c_leaves_the_terminal_clean(screen: Screen) -> None:
    """The line is erased, and the traceback is that of the user's line, with the id."""
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM + WAIT],
        stdin=screen.end,
        stdout=screen.end,
        stderr=screen.end,
        start_new_session=True,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100", "PASQAL_PROGRESS": ""},
    )
    assert screen.shows(LINE.partition("1 ·")[0])
    program.send_signal(signal.SIGINT)
    program.wait(20)
    assert screen.shows("It was submitted and is still queued or running")
    first = screen.rows[0]
    assert first == "Traceback (most recent call last):"
    assert screen.written.count("File ") == 2
    assert BATCH in screen.rows[-2]
    os.close(screen.end)


@pytest.mark.slow
def test_ipython_ends_tracebacks_at_the_users_line() -> None:
    """Without a frame of the package."""
    lines = [*PROGRAM.strip().split("\n\n"), WAIT.replace("20", "0"), 'sdk.get_batch("7")', "sdk.get_batch(batch=7)"]
    program = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance(colors="NoColor" if not hasattr(InteractiveShell, "theme") else "nocolor")
for cell in {lines!r}:
    print("=====")
    shell.run_cell(cell)
"""
    output = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    wait, argument, call = output.split("=====")[-3:]
    assert "WaitTimeoutError: Timed out after 0 s" in wait
    assert "ValidationError[" in argument or "id must be a UUID" in argument
    for shown in (wait, argument, call):
        assert "operation.py" not in shown
        assert "----> 1 sdk.get_batch(" in shown
    assert "get_batch() has no argument 'batch'" in call


@pytest.mark.slow
def test_a_notebooks_kernel_shows_the_wait() -> None:
    """In the output of its cell, updated in place."""
    import nbformat
    from nbclient import NotebookClient

    cells = [nbformat.v4.new_code_cell(PROGRAM), nbformat.v4.new_code_cell(WAIT.replace("20", "2.5"))]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, allow_errors=True, timeout=60, kernel_name="python3").execute()
    shown, error = notebook.cells[1].outputs
    assert re.fullmatch(LINE.replace("0:01", r"0:0\d"), shown["data"]["text/plain"])
    assert error["ename"] == "WaitTimeoutError"


def test_nothing_is_drawn_for_a_program_in_the_background(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its user is typing something else."""
    monkeypatch.setattr(os, "tcgetpgrp", lambda fd: os.getpgrp() + 1)
    with os.fdopen(screen.end, "w") as stream:
        terminal = _surfaces.PlainTerminal(stream)
        followed: Any = type("Followed", (), {"_glance": lambda _: _surfaces.Glance("", "running", "batch", BATCH)})
        terminal.draw([_progress.Wait(followed(), 0.0, terminal)])
        monkeypatch.setattr(os, "tcgetpgrp", lambda fd: os.getpgrp())
        terminal.draw([_progress.Wait(followed(), time.monotonic(), terminal)])
        assert screen.shows(BATCH)
    assert screen.written.count("\r") == 1


def test_the_program_of_these_tests_makes_an_sdk() -> None:
    """Its text is only run in other processes."""
    names: dict[str, Any] = {}
    exec(PROGRAM, names)
    assert isinstance(names["sdk"], SDK)
    names["sdk"].close()
