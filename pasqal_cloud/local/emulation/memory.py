"""A limit to the memory that a job takes: what goes beyond it ends with its process."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT_OF_MEMORY = 86
"""The exit status of a process whose job took more than it may."""

POLL = 0.02
"""Seconds between two looks at what the process has."""


@contextmanager
def limited(mib: int | None) -> Iterator[None]:
    """Lets this process take so much memory beyond what it has, and ends it when it takes more. On Linux only.

    A limit that the kernel enforces (RLIMIT_DATA) would not do: OpenBLAS tries for ever to get what it is refused.
    """
    if mib is None or sys.platform != "linux":
        yield
        return
    done, most = threading.Event(), _private_kib() + mib * 1024

    def watch() -> None:
        while not done.wait(POLL):
            if _private_kib() > most:
                os._exit(OUT_OF_MEMORY)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _private_kib() -> int:
    """Gives the KiB that this process has of its own, in memory or swapped out: no files, such as libraries."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "VmSwap:")))
