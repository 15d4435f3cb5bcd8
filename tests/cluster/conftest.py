"""Services that share a real PostgreSQL, which the tests may restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from ..local.conftest import LocalService
from ..postgres import Postgres, Shared, temporary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pasqal_cloud.local.database import Server

AUDIT = """
    CREATE TABLE claimed (job_id varchar, service_id varchar, claim varchar);
    CREATE FUNCTION note_claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO claimed VALUES (NEW.id, NEW.service_id, NEW.claim); RETURN NULL;
    END $$;
    CREATE TRIGGER note_claim AFTER UPDATE OF claim ON jobs FOR EACH ROW WHEN (NEW.claim IS NOT NULL)
    EXECUTE FUNCTION note_claim();
"""
"""Notes every claim of a job, in the transaction that makes it."""


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder."""
    for item in items:
        if "cluster" in item.path.parts:
            item.add_marker(pytest.mark.cluster)
            item.add_marker(pytest.mark.timeout(300))  # leases take their time, and so do two services on two cores


@pytest.fixture
def postgres() -> Postgres:
    """The server that tests share."""
    return Shared.get()


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A server of a test's own, which it may stop."""
    postgres = temporary()
    yield postgres
    postgres.close()


@pytest.fixture
def place(postgres: Postgres) -> Iterator[Server]:
    """A database of a test's own."""
    name = f"test_{uuid4().hex[:12]}"
    yield postgres.server(name)
    postgres.drop(name)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., LocalService]]:
    """Starts services on a database; their results are made up unless the arguments name another engine."""
    started: list[LocalService] = []

    def serve(place: Server, *arguments: str, **options: Any) -> LocalService:
        secret = tmp_path / "password"
        secret.write_text(place.password)
        if not any(argument.startswith("--engine") for argument in arguments):
            arguments = (*arguments, "--engine=scripted")
        started.append(LocalService(f"--db={place.url}", f"--db-password-file={secret}", *arguments, **options))
        return started[-1]

    yield serve
    for service in started:
        service.stop()


class Rows:
    """What is stored in a database.

    Args:
        postgres: The server.
        place: The database.
    """

    def __init__(self, postgres: Postgres, place: Server) -> None:
        self._postgres = postgres
        self._name = place.url.rpartition("/")[2]

    def audit(self) -> None:
        """Notes claims from now on."""
        self.change(AUDIT)

    def change(self, statement: str) -> None:
        """Changes something behind the services' backs."""
        with self._postgres.connected(self._name) as connection:
            connection.execute(statement)

    def of(self, query: str) -> list[tuple[Any, ...]]:
        """Reads rows."""
        with self._postgres.connected(self._name) as connection:
            return list(connection.execute(query))

    def claims(self) -> dict[str, list[str]]:
        """Gets the services that have claimed each job, in order."""
        found: dict[str, list[str]] = {}
        for job_id, service_id in self.of("SELECT job_id, service_id FROM claimed ORDER BY ctid"):
            found.setdefault(job_id, []).append(service_id)
        return found
