"""Loads the engine in the process that all workers are forked from. While it loads, it ends if the service ends."""

from __future__ import annotations

import atexit
import os
import signal
import threading

from pasqal_cloud.local.emulation.loading import load_emulators

PARENT_POLL = 0.2
"""Seconds between two checks whether the parent process is still alive."""


def _end_with(service: int, loaded: threading.Event) -> None:
    while not loaded.wait(PARENT_POLL):
        if os.getppid() != service:
            os._exit(1)


def _load() -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C in a terminal reaches this process too, but the service ends it
    os.umask(0o077)  # as in the service, which may set its own later
    loaded = threading.Event()
    watch = threading.Thread(target=_end_with, args=(os.getppid(), loaded))
    watch.start()
    load_emulators()
    atexit.register(os._exit, 0)  # a normal exit would take seconds to unload everything
    loaded.set()
    watch.join()  # forking is only safe from a process with a single thread


_load()
