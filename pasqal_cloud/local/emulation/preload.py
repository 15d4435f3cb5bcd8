"""What the process loads that all workers are copies of: the engine. Until that is done, it ends with the service."""

from __future__ import annotations

import atexit
import os
import signal
import threading

PARENT_POLL = 0.2
"""Seconds between two looks at who the parent is."""


def _end_with(service: int, loaded: threading.Event) -> None:
    while not loaded.wait(PARENT_POLL):
        if os.getppid() != service:
            os._exit(1)


def _load() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for the service, which ends this process
    loaded = threading.Event()
    watch = threading.Thread(target=_end_with, args=(os.getppid(), loaded))
    watch.start()
    from pasqal_cloud.local.emulation import checks, engine  # noqa: F401

    engine.warm_up()
    atexit.register(os._exit, 0)  # at the end, to take it all apart would take seconds
    loaded.set()
    watch.join()  # copies are safe to make of a process with one thread


_load()
