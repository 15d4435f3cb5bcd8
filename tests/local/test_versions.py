"""Databases of earlier schemas are brought up: the outcome is the same as a new one, and nothing is lost."""

from __future__ import annotations

import gzip
import logging
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.store import Store, versions
from pasqal_cloud.local.store.schema import SCHEMA_VERSION

from .databases.make import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of schema 3, as a service has left it."""
    path = tmp_path / "service.db"
    path.write_bytes(gzip.decompress((FOLDER / "schema-3.db.gz").read_bytes()))
    return path


def shape(engine: Engine) -> dict[str, Any]:
    """Tells all about the tables but the order of their columns."""
    there = inspect(engine)
    tables = {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"], column.get("computed"))
                for column in there.get_columns(table)
            },
            "key": there.get_pk_constraint(table),
            "references": sorted(str(key) for key in there.get_foreign_keys(table)),
            "unique": sorted(str(one["column_names"]) for one in there.get_unique_constraints(table)),
        }
        for table in there.get_table_names()
    }
    return tables | {"views": there.get_view_names()}


def tables_of(path: Path) -> dict[str, Any]:
    """Tells all about the tables of a database file."""
    engine = create_engine(f"sqlite:///{path}")
    found = shape(engine)
    engine.dispose()
    return found


def made_of(path: Path) -> dict[str, Any]:
    """Tells all about a database file but its rows."""
    found = tables_of(path)
    with closing(sqlite3.connect(path)) as connection:
        derived = "SELECT name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        found["derived"] = dict(connection.execute(derived))
        found["statistics"] = sorted(connection.execute("SELECT * FROM sqlite_stat1"))
        found["version"] = connection.execute("SELECT * FROM alembic_version").fetchall()
        found["schema"] = connection.execute("SELECT value FROM settings WHERE name = 'schema'").fetchall()
    return found


def test_what_is_brought_up_is_like_what_is_new(old: Path, tmp_path: Path) -> None:
    """Tables, indexes, triggers, statistics and the version are those of a new database."""
    new = tmp_path / "new.db"
    for path in (old, new):
        Store(path, seed_of=int).close()
    assert made_of(old) == made_of(new)


def test_the_migrations_alone_make_the_tables(tmp_path: Path) -> None:
    """From nothing, they lead to the tables of a new database, too."""
    new, empty = tmp_path / "new.db", tmp_path / "empty.db"
    Store(new, seed_of=int).close()
    engine = create_engine(f"sqlite:///{empty}")
    with engine.begin() as connection:
        versions.migrate(connection)
    engine.dispose()
    assert tables_of(empty) == tables_of(new)


def test_the_last_migration_is_the_present_schema() -> None:
    """There is one line of migrations, and it ends where the code is."""
    assert ScriptDirectory(versions.MIGRATIONS).get_heads() == [SCHEMA_VERSION]


def test_a_copy_is_kept(old: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is the database as it was, only its owner can read it, one line says where it is, and it is made once."""
    with closing(sqlite3.connect(old)) as connection:
        before = list(connection.iterdump())
    with caplog.at_level(logging.INFO):
        Store(old, seed_of=int).close()
        Store(old, seed_of=int).close()
    copy = old.with_name("service.db.schema-3")
    with closing(sqlite3.connect(copy)) as connection:
        assert list(connection.iterdump()) == before
    assert copy.stat().st_mode & 0o077 == 0
    (line,) = (record.message for record in caplog.records if record.name.startswith("pasqal_cloud"))
    assert str(copy) in line
    assert not list(old.parent.glob("*.schema-3-*"))


def test_an_earlier_copy_stays(old: Path) -> None:
    """Whoever puts a copy back and opens it again has two."""
    first = old.with_name("service.db.schema-3")
    first.write_text("kept from another time")
    Store(old, seed_of=int).close()
    assert first.read_text() == "kept from another time"
    assert old.with_name("service.db.schema-3-2").stat().st_size > 100_000


def test_a_migration_that_fails_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one transaction; the next start tries again."""
    with monkeypatch.context() as patched:
        patched.setattr(versions, "add_triggers", lambda _connection: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Store(old, seed_of=int)
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT value FROM settings WHERE name = 'schema'").fetchall() == [("3",)]
        assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'").fetchone() == (10,)
        assert "alembic_version" not in dict(connection.execute("SELECT name, type FROM sqlite_schema"))
    Store(old, seed_of=int).close()


def test_without_a_copy_nothing_is_changed(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If there is no room for the copy, the database stays as it is, and one sentence says why."""
    before = old.read_bytes()
    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(UnusableDatabaseError, match=r"no copy of it can be kept beside it: .*no space"):
        Store(old, seed_of=int)
    assert old.read_bytes() == before


def refuse(*_: object) -> int:
    """Fails as a full disk does."""
    raise OSError(28, "no space")
