"""The tables of the database. Instants are texts in the form that clients see, ids are the UUIDs that they see."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
)

SCHEMA_VERSION = "1"
"""Changes whenever the tables do; a database of another version is refused."""

metadata = MetaData()

settings = Table(
    "settings", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("username", String, nullable=False, unique=True),
    Column("created_at", String, nullable=False),
)

projects = Table(
    "projects",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("queue_priority", String, nullable=False),
    Column("created_at", String, nullable=False),
)

members = Table(
    "members",
    metadata,
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    PrimaryKeyConstraint("project_id", "user_id"),
)

batches = Table(
    "batches",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("parent_id", String),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("status", String, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("device_type", String, nullable=False),
    Column("queue_priority", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("sequence_builder", String),
    Column("backend_configuration", String),
    Column("configuration", JSON),
    Column("webhook", String),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Column("start_datetime", String),
    Column("end_datetime", String),
    Column("idle_since", String),
    Index("batches_by_project", "project_id", "number"),
    Index("batches_by_state", "status", "device_type"),
    Index("batches_by_idleness", "idle_since"),
    sqlite_autoincrement=True,
)

tags = Table(
    "tags",
    metadata,
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("tag", String, nullable=False, index=True),
    PrimaryKeyConstraint("batch_id", "position"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("parent_id", String),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("status", String, nullable=False),
    Column("runs", Integer),
    Column("variables", JSON, nullable=False),
    Column("sequence", String),
    Column("seed", Integer, nullable=False),
    Column("errors", JSON(none_as_null=True)),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Column("start_timestamp", String),
    Column("end_timestamp", String),
    Column("owner", String),
    Column("claim", String, unique=True),
    Column("leased_until", String),
    Column("losses", Integer, nullable=False),
    Index("jobs_by_batch", "batch_id", "status"),
    Index("jobs_by_project", "project_id", "number"),
    Index("jobs_by_status", "status", "batch_id"),
    sqlite_autoincrement=True,
)

results = Table(
    "results",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("document", LargeBinary, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("operation", String, nullable=False),
    Column("key", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    PrimaryKeyConstraint("user_id", "operation", "key"),
)
