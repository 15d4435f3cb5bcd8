"""Migrations on PostgreSQL: the outcome is the same as a new database, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, make_url, text

from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.store import Page, Store, versions

from ..local.test_versions import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from pasqal_cloud.local.database import Server

    from ..postgres import Postgres

STORED = """
    INSERT INTO settings VALUES ('schema', '3'), ('secret', 'abc');
    INSERT INTO users VALUES ('u', 'ada', NULL, '2026-01-01T00:00:00.000000+00:00');
    INSERT INTO projects VALUES ('p', 'P', 'ACTIVE', 'FREE', NULL, '2026-01-01T00:00:00.000000+00:00');
    INSERT INTO batches (id, project_id, user_id, status, created_at, updated_at, open, device_type, queue_priority,
        rank, jobs_done) VALUES ('b', 'p', 'u', 'DONE', '2026', '2026', false, 'EMU_FREE', 'FREE', 4, 1);
    INSERT INTO jobs (id, project_id, user_id, status, created_at, updated_at, batch_id, origin, runs, seed, variables)
        VALUES ('j', 'p', 'u', 'DONE', '2026', '2026', 'b', 'CLIENT', 5, 4294967295, '{"omega": [1.5]}');
    INSERT INTO counters VALUES ('batches', 'p', 'EMU_FREE', 'DONE', 1), ('jobs', 'p', 'EMU_FREE', 'DONE', 1);
"""


def connected(place: Server) -> Engine:
    """Connects with a database as its owner."""
    return create_engine(make_url(place.url).set(password=place.password))


@pytest.fixture
def old(place: Server) -> Iterator[Server]:
    """A database of schema 3 with a row of each important kind."""
    engine = connected(place)
    with engine.begin() as connection:
        versions.migrate(connection, to="3")
        for statement in STORED.split(";")[:-1]:
            connection.exec_driver_sql(statement.replace("%", "%%"))
    engine.dispose()
    yield place


def made_of(place: Server) -> dict[str, Any]:
    """Tells all about a database but its rows and the order of columns."""
    engine = connected(place)
    found = shape(engine)
    with engine.connect() as connection:
        for name, query in {
            "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
            "collations": "SELECT table_name || '.' || column_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public'",
        }.items():
            found[name] = dict(connection.execute(text(query)).all())
    engine.dispose()
    return found


def test_what_is_brought_up_is_like_what_is_new(old: Server, postgres: Postgres) -> None:
    """Tables, indexes, triggers and collations are those of a new database."""
    new = postgres.server("quite_new")
    for place in (old, new):
        Store(place, seed_of=int).close()
    assert made_of(old) == made_of(new)
    postgres.drop("quite_new")


def test_what_was_stored_stays(old: Server) -> None:
    """Rows are as before, with the new columns' values that change nothing."""
    store = Store(old, seed_of=int)
    (batch,), total = store.lists.batches({"project_id": ["p"]}, Page(10, 0, ascending=True))
    assert (batch["id"], batch["counts"]["DONE"], total) == ("b", 1, 1)
    (job,) = store.lists.jobs_of("b")
    assert (job["seed"], job["variables"], job["interruptions"]) == (4294967295, {"omega": [1.5]}, 0)
    assert store.accounts.setting("secret", lambda: "new") == "abc"
    store.close()


def test_a_later_version_is_refused(place: Server) -> None:
    """Whoever goes back to an older package is told so."""
    Store(place, seed_of=int).close()
    engine = connected(place)
    with engine.begin() as connection:
        connection.execute(text("UPDATE settings SET value = '99' WHERE name = 'schema'"))
    engine.dispose()
    with pytest.raises(UnusableDatabaseError, match="has schema 99, of a later version"):
        Store(place, seed_of=int)


def test_any_text_can_be_stored(place: Server) -> None:
    """Even the character that PostgreSQL does not store, and the one that stands for it."""
    store = Store(place, seed_of=int)
    for n, name in enumerate(("a\x00b", "\ue000", "\x00\ue000\ue0000", "é\U0001f600", "")):
        store.accounts.ensure_member(name, f"p{n}", versions_start())
        assert store.accounts.user_named(name)["username"] == name
    store.close()


def versions_start() -> Any:
    """Gets some instant."""
    from datetime import UTC, datetime

    return datetime(2026, 1, 1, tzinfo=UTC)
