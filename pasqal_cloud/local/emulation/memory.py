"""Limits on memory and processor time; a process that exceeds them is ended."""

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
"""The exit status of a process that exceeded its memory limit."""

OUT_OF_TIME = -signal.SIGXCPU if sys.platform != "win32" else 87
"""The exit status of a process that exceeded its limit of processor time."""

POLL = 0.02
"""Seconds between two measurements of the process's memory."""


@contextmanager
def limited(mib: int | None, has: int | None = None) -> Iterator[None]:
    """Ends this process if it uses more additional memory than allowed. On Linux only.

    A limit enforced by the kernel (RLIMIT_DATA) does not work: OpenBLAS retries refused allocations for ever.

    Args:
        mib: The additional memory that it may use, in MiB; None for no limit.
        has: The memory to count from, in KiB, so that memory kept from earlier work counts too; None for the
            current memory.
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
    """Ends this process if it uses more processor time than allowed, whatever the load. Not on Windows.

    The kernel enforces the limit, even while compiled code blocks Python's other threads.
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
    """Gets the KiB of private memory of this process, including swap, but without mapped files such as libraries."""
    if sys.platform != "linux":
        return 0
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "VmSwap:")))
