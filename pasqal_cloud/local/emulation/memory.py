"""Limits to the memory and the processor time that work takes: what goes beyond them ends with its process."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform != "win32":
    import resource

OUT_OF_MEMORY = 86
"""The exit status of a process whose job took more than it may."""

OUT_OF_TIME = -signal.SIGXCPU if sys.platform != "win32" else 87
"""The exit status of a process whose work took more processor time than it may."""

POLL = 0.02
"""Seconds between two looks at what the process has."""


@contextmanager
def limited(mib: int | None, has: int | None = None) -> Iterator[None]:
    """Lets this process take so much memory beyond what it has, and ends it when it takes more. On Linux only.

    A limit that the kernel enforces (RLIMIT_DATA) would not do: OpenBLAS tries for ever to get what it is refused.

    Args:
        mib: How much it may take, in MiB; None for no limit.
        has: What it has, in KiB, if that is not to be what it has now: what earlier work has left then counts as well.
    """
    if mib is None or sys.platform != "linux":
        yield
        return
    done, most = threading.Event(), (private_kib() if has is None else has) + mib * 1024

    def watch() -> None:
        while not done.wait(POLL):
            if private_kib() > most:
                os._exit(OUT_OF_MEMORY)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


@contextmanager
def limited_time(seconds: float) -> Iterator[None]:
    """Lets this process take so many seconds of processor time, which load does not change. Not on Windows.

    The kernel enforces it, also while compiled code lets no other thread of Python run.
    """
    if sys.platform == "win32":
        yield
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def private_kib() -> int:
    """Gives the KiB that this process has of its own, in memory or swapped out: no files, such as libraries."""
    if sys.platform != "linux":
        return 0
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "VmSwap:")))
