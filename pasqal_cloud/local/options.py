"""The settings of the service, which are fixed when it starts."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Literal

LONGEST_LIFETIME = 1e9
"""Seconds; with longer ones, expiry dates would exceed what `datetime` can represent."""


def _default_workers() -> int:
    return min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Options:
    """The settings of a service.

    Args:
        db: The path of the database, or its address on a PostgreSQL server; None for one that is deleted at the end.
        db_password: The password for that server; None if there is none, or libpq finds it.
        workers: How many jobs run at once.
        devices: The device types to offer; None for all that the installed engines can run.
        specs: The path of a JSON file with device specs by device type, to replace those of the stand-ins.
        engine: "emulators" for real emulation, "scripted" for made-up results without Pulser.
        seed: Makes results reproducible: each job's seed follows from this and the number of earlier jobs.
        max_atoms: The maximum number of atoms on every device; None for the limit of each engine.
        username: The user who may log in.
        password: Their password; None for a generated one, kept in the database.
        project_id: Their project; None for a generated one, kept in the database.
        job_time_limit: Seconds that a job may run; None for no limit.
        job_memory_limit: MiB that a job may use; None for no limit.
        job_attempts: How many worker processes may die on a job before it fails.
        runner: Where jobs run: "local" for this machine, or the address of a Dask scheduler.
        dask_ca: The path of the certificate of the authority that signed the scheduler's certificate.
        dask_cert: The path of the service's own certificate for the scheduler.
        dask_key: The path of its private key.
        idle_timeout: Seconds after which an open batch without pending or running jobs is TIMED_OUT.
        token_lifetime: Seconds that an access token is valid.
        link_lifetime: Seconds that a link to a result is valid.
        allow_remote: Whether other machines may connect.
    """

    db: str | None = None
    db_password: str | None = field(default=None, repr=False)
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
    job_attempts: int = 2
    runner: str = "local"
    dask_ca: str | None = None
    dask_cert: str | None = None
    dask_key: str | None = None
    idle_timeout: float = 300.0
    token_lifetime: float = 86_400.0
    link_lifetime: float = 3_600.0
    allow_remote: bool = False


class UnusableDatabaseError(Exception):
    """The database can't be opened, or belongs to another version."""


class RunnerError(Exception):
    """The options for the runner can't be used."""


class UnservableError(Exception):
    """The devices or specs in the options can't be used."""
