"""What can be adjusted when the service starts."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Literal

LONGEST_LIFETIME = 1e9
"""Seconds; beyond, instants can't be written any more."""


def _default_workers() -> int:
    return min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Options:
    """How a service behaves.

    Args:
        db: Path of the database to keep; None for one that is removed at the end.
        workers: How many jobs run at once.
        devices: The device types to serve; None for all that the installed engines can run.
        specs: Path of a JSON file with the specs of devices, by device type, in place of the stand-ins.
        engine: "emulators" for real emulation, "scripted" for results that are told, and no Pulser.
        seed: Makes results reproducible: each job's seed follows from this and from the number of earlier ones.
        max_atoms: The largest register that any device takes; None for each engine's own limit.
        username: Who may log in.
        password: With what; None for one that the service makes and that lasts as long as its database.
        project_id: The user's project; None for one that the service makes and that lasts as long as its database.
        job_time_limit: Seconds that a job may run; None for no limit.
        job_memory_limit: MiB that a job may take; None for no limit.
        idle_timeout: Seconds after which an open batch without unsettled jobs is TIMED_OUT.
        token_lifetime: Seconds that an access token is valid.
        link_lifetime: Seconds that a link to a result is valid.
        allow_remote: Whether other machines may connect.
    """

    db: str | None = None
    workers: int = field(default_factory=_default_workers)
    devices: tuple[str, ...] | None = None
    specs: str | None = None
    engine: Literal["emulators", "scripted"] = "emulators"
    seed: int | None = None
    max_atoms: int | None = None
    username: str = "local@localhost"
    password: str | None = None
    project_id: str | None = None
    job_time_limit: float | None = None
    job_memory_limit: int | None = None
    idle_timeout: float = 300.0
    token_lifetime: float = 86_400.0
    link_lifetime: float = 3_600.0
    allow_remote: bool = False


class UnusableDatabaseError(Exception):
    """The database can't be opened, or is another version's."""


class UnservableError(Exception):
    """What the options say of devices can't be done; the message says which device, or where, and why."""
