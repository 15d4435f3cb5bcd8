"""The services that use the database: each says from time to time that it is alive.

A service that has not been seen for `LEASE` seconds, by the database's clock, has lost the jobs that it ran: another
one puts them back into the queue. So has one whose process has ended, if that can be seen from the same machine.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from pasqal_cloud.local.store.dialects import instant
from pasqal_cloud.local.store.schema import is_claimed, jobs, services

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pasqal_cloud.local.store.database import Database

LEASE = 30.0
"""Seconds after which a service that has not been seen has lost its jobs."""


@dataclass(frozen=True)
class Services:
    """The part of the store for the services that use it."""

    database: Database

    def join(self) -> None:
        """Stores that this service uses the database; a file is used by nobody else."""
        with self.database.writing() as connection:
            if not self.database.is_shared:
                connection.execute(delete(services))
            self._add(connection)

    def beat(self) -> bool:
        """Stores that this service is alive; tells whether the others have always thought so."""
        with self.database.writing() as connection:
            mine = services.c.id == self.database.service_id
            if connection.execute(update(services).where(mine).values(seen_at=instant())).rowcount:
                return True
            self._add(connection)
            return False

    def leave(self) -> None:
        """Stores that this service has ended, so that others continue its jobs at once, and none caused its end."""
        with self.database.writing() as connection:
            mine = is_claimed(jobs) & (jobs.c.service_id == self.database.service_id)
            connection.execute(update(jobs).where(mine).values(service_id=None))
            connection.execute(delete(services).where(services.c.id == self.database.service_id))
            self.database.notify(connection, left=self.database.service_id)

    def are_all_alive(self) -> bool:
        """Tells whether no other service has lost its jobs."""
        with self.database.reading() as connection:
            return not lost(connection, self.database)

    def _add(self, connection: Connection) -> None:
        process = {"name": f"{socket.gethostname()} {os.getpid()}", "process": identity(os.getpid())}
        times = {"started_at": instant(), "seen_at": instant()}
        connection.execute(insert(services).values(id=self.database.service_id, **process, **times))


def lost(connection: Connection, database: Database) -> list[str]:
    """Gets the ids of the other services that have lost their jobs."""
    silent = services.c.seen_at < instant(-LEASE)
    query = select(services.c.id, services.c.process, silent.label("is_silent"))
    others = connection.execute(query.where(services.c.id != database.service_id)).all()
    if not others:
        return []
    can_tell = database.has_been_up_for(connection, LEASE)  # else nobody could have been seen
    return [other.id for other in others if (other.is_silent and can_tell) or has_ended(other.process)]


def identity(pid: int) -> str | None:
    """Gets what identifies a process among all of all machines; None where that is not known.

    It consists of when the system and the process were started, and the namespace of process ids (a container's).
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        namespace = Path(f"/proc/{pid}/ns/pid").readlink()
    except OSError:
        return None
    return f"{boot} {namespace} {pid} {_started(pid)}"


def has_ended(process: str | None) -> bool:
    """Tells whether a process of this machine has ended; those of others, or of other containers, can't be seen."""
    here = identity(os.getpid())
    if process is None or here is None or process.split()[:2] != here.split()[:2]:
        return False
    pid, started = process.split()[2:]
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # another user's
    return _started(int(pid)) not in (None, started)


def _started(pid: int) -> str | None:
    """Gets when a process was started, in the system's units; None if that can't be seen, 0 if it has ended."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None  # systems may hide the processes of other users
    return "0" if state == "Z" else fields[18]
