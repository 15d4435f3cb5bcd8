"""Adds what several services, their users and their limits need, and what long lists are found by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

from pasqal_cloud.local.store.dialects import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

revision = "4"
down_revision = "3"

STRING = sa.VARCHAR().with_variant(Text(), "postgresql")
LARGE_INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds columns, with the values that leave everything as it was, and a table."""
    op.add_column("users", sa.Column("tokens_since", STRING))
    op.add_column("users", sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("until_reset", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE users SET until_reset = true WHERE password IS NOT NULL")  # only tests could add users
    op.add_column("projects", sa.Column("weight", sa.Integer, nullable=False, server_default="1"))
    op.add_column("projects", sa.Column("max_waiting_jobs", sa.Integer))
    op.add_column("projects", sa.Column("max_emulation_seconds", sa.Float))
    op.add_column("projects", sa.Column("emulation_seconds", sa.Float, nullable=False, server_default="0"))
    op.add_column("projects", sa.Column("recent_seconds", sa.Float, nullable=False, server_default="0"))
    op.add_column("jobs", sa.Column("service_id", STRING))
    op.add_column("jobs", sa.Column("interruptions", sa.Integer, nullable=False, server_default="0"))
    op.add_column("workloads", sa.Column("service_id", STRING))
    op.create_table(
        "services",
        sa.Column("id", STRING, primary_key=True),
        sa.Column("name", STRING, nullable=False),
        sa.Column("process", STRING),
        sa.Column("started_at", STRING, nullable=False),
        sa.Column("seen_at", STRING, nullable=False),
    )
    op.add_column("tags", sa.Column("project_id", STRING, nullable=False, server_default=""))
    op.execute("UPDATE tags SET project_id = (SELECT project_id FROM batches WHERE number = batch_number)")
    _create_counters()


def _create_counters() -> None:
    """Creates the tables of counters, which are filled after the migrations."""
    op.drop_table("counters")
    by = ("kind", "project_id", "status", "device_type", "user_id", "origin", "queue_priority")
    _counting("counters", *(_key(name) for name in by), _key("open", sa.Boolean))
    _counting("tag_counters", _key("project_id"), _key("tag"))
    _counting("size_counters", _key("kind"), _key("project_id"), _key("size", LARGE_INTEGER))
    bounds = [sa.Column(name, STRING, nullable=False) for name in ("earliest", "latest")]
    _counting("blocks", _key("kind"), _key("project_id"), _key("block", sa.Integer), more=bounds)


def _key(name: str, of: Any = STRING) -> sa.Column[Any]:
    return sa.Column(name, of, nullable=False)


def _counting(table: str, *key: sa.Column[Any], more: Sequence[sa.Column[Any]] = ()) -> None:
    amount = sa.Column("amount", sa.Integer, nullable=False)
    names = (column.name for column in key)
    op.create_table(table, *key, amount, *more, sa.PrimaryKeyConstraint(*names), sqlite_with_rowid=False)
