"""The frames of tracebacks."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def frames_of(error: BaseException) -> list[TracebackType]:
    """Gets the frames of an error's traceback, the outermost first."""
    frames = []
    frame = error.__traceback__
    while frame is not None:
        frames.append(frame)
        frame = frame.tb_next
    return frames


def linked(frames: Iterable[TracebackType]) -> TracebackType | None:
    """Makes a traceback of frames."""
    traceback: TracebackType | None = None
    for frame in reversed(list(frames)):
        line: int | None = frame.tb_lineno  # None where Ctrl-C came between two lines; Python finds that again by -1
        traceback = TracebackType(traceback, frame.tb_frame, frame.tb_lasti, -1 if line is None else line)
    return traceback


def rendered(error: BaseException) -> list[str]:
    """Renders a traceback as IPython does, without the frame that raised it: IPython never hides the last one."""
    frames = frames_of(error)
    while frames and frames[-1].tb_frame.f_locals.get("__tracebackhide__"):
        frames.pop()
    shell: Any = sys.modules["IPython"].get_ipython()
    lines: list[str] = shell.InteractiveTB.structured_traceback(type(error), error, linked(frames))
    return lines
