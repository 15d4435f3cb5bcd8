"""Time as a busy machine does not change it: what processes take, without their waits for a processor.

A promise like "gone within a second" is about what processes do: how long they sleep, wait for one another, and work. A
machine with more work than processors adds waits, which Linux counts for each thread (`/proc/PID/task/TID/schedstat`).
They are not counted here, so that the promised number itself can be asserted, whatever else the machine is doing:
between two looks, the longest wait of any thread is left out. On a machine with time to spare, that is nothing.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

GIVEN_UP = 100.0
"""Seconds after which what should have come true is given up, on whatever machine."""


class Stopwatch:
    """Measures from when it is made.

    Args:
        processes: The ids of the processes that are waited for, beside this one.
    """

    def __init__(self, processes: Iterable[int] = ()) -> None:
        self._processes = [os.getpid(), *processes]
        self._waits = self._waited()
        self._began = self._looked = time.monotonic()
        self._seconds = 0.0

    def look(self) -> float:
        """Gets the seconds so far; each look sees the waits since the one before, as long as processes live."""
        waits, now = self._waited(), time.monotonic()
        longest = max((waits[thread] - self._waits.get(thread, 0) for thread in waits), default=0) / 1e9
        self._seconds += max(now - self._looked - longest, 0.0)
        self._waits, self._looked = waits, now
        return self._seconds

    def until(self, condition: Callable[[], object]) -> float:
        """Waits until a condition holds, and gets the seconds that it took."""
        while not condition():
            seconds = self.look()
            assert time.monotonic() - self._began < GIVEN_UP, f"not within {seconds:.1f} s: {condition}"
            time.sleep(0.005)
        return self.look()

    def _waited(self) -> dict[str, int]:
        """Gets the nanoseconds that each thread has waited for a processor."""
        waits = {}
        for process in self._processes:
            for thread in Path(f"/proc/{process}/task").glob("*/schedstat"):
                with suppress(FileNotFoundError, ProcessLookupError):
                    waits[str(thread)] = int(thread.read_text().split()[1])
        return waits


def is_alive(process: int) -> bool:
    """Whether a process exists and is more than an entry that nobody has read yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def seconds_to_end(processes: Iterable[int], end: Callable[[], object]) -> float:
    """Does what should end processes, and gets the seconds until all of them are gone.

    Args:
        processes: Their ids.
        end: Ends them, or what they live by.
    """
    processes = list(processes)
    assert processes, "nothing to end"
    assert all(map(is_alive, processes)), "ended before"
    watch = Stopwatch(processes)
    end()
    return watch.until(lambda: not any(map(is_alive, processes)))
