"""The tables as they were when migrations began."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from pasqal_cloud.local.store.dialects import Stored, Text

revision = "3"
down_revision = None

STRING = sa.VARCHAR().with_variant(Text(), "postgresql")
LARGE_INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

STATUSES = ("pending", "running", "done", "error", "canceled")


def _text(name: str, *more: Any, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, STRING, *more, nullable=nullable)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(none_as_null=True))


def _submitted() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("id", STRING, nullable=False, unique=True),
        _text("project_id", sa.ForeignKey("projects.id")),
        _text("user_id", sa.ForeignKey("users.id")),
        _text("status"),
        _text("created_at"),
        _text("updated_at"),
    ]


def _ran() -> list[sa.Column[Any]]:
    return [
        _text("start_timestamp", nullable=True),
        _text("end_timestamp", nullable=True),
        sa.Column("claim", STRING, unique=True),
    ]


def upgrade() -> None:
    """Creates the tables of a new database."""
    _create_accounts()
    op.create_table("sequences", sa.Column("id", STRING, primary_key=True), _text("content"))
    _create_submissions()
    op.create_table(
        "results", sa.Column("id", STRING, primary_key=True), sa.Column("document", sa.LargeBinary, nullable=False)
    )
    op.create_table(
        "submissions",
        _text("user_id", sa.ForeignKey("users.id")),
        _text("operation"),
        _text("key"),
        _text("fingerprint"),
        _text("created_id"),
        sa.PrimaryKeyConstraint("user_id", "operation", "key"),
    )
    op.create_table(
        "deliveries",
        sa.Column("number", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("id", STRING, nullable=False, unique=True),
        _text("job_id", sa.ForeignKey("jobs.id")),
        _text("url"),
        sa.Column("tries", sa.Integer, nullable=False),
        _text("due_at"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "counters",
        _text("kind"),
        _text("project_id"),
        _text("device_type"),
        _text("status"),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("kind", "project_id", "status", "device_type"),
        sqlite_with_rowid=False,
    )


def _create_accounts() -> None:
    op.create_table("settings", sa.Column("name", STRING, primary_key=True), _text("value"))
    op.create_table(
        "users",
        sa.Column("id", STRING, primary_key=True),
        sa.Column("username", STRING, nullable=False, unique=True),
        _text("password", nullable=True),
        _text("created_at"),
    )
    op.create_table(
        "projects",
        sa.Column("id", STRING, primary_key=True),
        _text("name"),
        _text("status"),
        _text("queue_priority"),
        _json("allowed_device_types"),
        _text("created_at"),
    )
    op.create_table(
        "members",
        sa.Column("number", sa.Integer, sa.Identity(), primary_key=True),
        _text("project_id", sa.ForeignKey("projects.id")),
        _text("user_id", sa.ForeignKey("users.id")),
        _text("role"),
        sa.UniqueConstraint("project_id", "user_id"),
    )


def _create_submissions() -> None:
    counts = [f"jobs_{status}" for status in STATUSES]
    op.create_table(
        "batches",
        *_submitted(),
        _text("parent_id", nullable=True),
        sa.Column("open", sa.Boolean, nullable=False),
        _text("device_type"),
        _text("queue_priority"),
        sa.Column("rank", sa.Integer, nullable=False),
        _text("start_datetime", nullable=True),
        _text("end_datetime", nullable=True),
        _text("idle_since", nullable=True),
        *(sa.Column(count, sa.Integer, nullable=False, server_default="0") for count in counts),
        sa.Column("jobs_count", LARGE_INTEGER, Stored(" + ".join(counts))),
        _text("sequence_id", sa.ForeignKey("sequences.id"), nullable=True),
        _json("configuration"),
        _text("webhook", nullable=True),
        _text("backend_configuration", nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tags",
        sa.Column("batch_number", sa.Integer, sa.ForeignKey("batches.number"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        _text("tag"),
        sa.PrimaryKeyConstraint("batch_number", "position"),
    )
    op.create_table(
        "jobs",
        *_submitted(),
        _text("parent_id", nullable=True),
        _text("batch_id", sa.ForeignKey("batches.id")),
        _text("origin"),
        sa.Column("runs", LARGE_INTEGER),
        sa.Column("seed", LARGE_INTEGER, nullable=False),
        *_ran(),
        sa.Column("losses", sa.Integer, nullable=False, server_default="0"),
        _text("sequence_id", sa.ForeignKey("sequences.id"), nullable=True),
        sa.Column("variables", sa.JSON, nullable=False),
        _json("errors"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "workloads",
        *_submitted(),
        _text("workload_type"),
        _text("backend"),
        _text("queue_priority"),
        sa.Column("rank", sa.Integer, nullable=False),
        *_ran(),
        sa.Column("config", sa.JSON, nullable=False),
        _json("errors"),
        sqlite_autoincrement=True,
    )
