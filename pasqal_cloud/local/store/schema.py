"""The tables of the database. Instants and UUIDs are stored as strings, as clients see them.

Each change writes a whole row, so rows of batches and jobs are kept small: sequences have their own table, where each
is stored once. Triggers count the rows in each status, in the transaction that changes the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    VARCHAR,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    false,
    literal_column,
)

from pasqal_cloud.local.states import JobStatus
from pasqal_cloud.local.store.dialects import Stored, Text

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause

    from pasqal_cloud.local.store.records import AnyRow

SCHEMA_VERSION = "4"
"""Changes whenever the tables do, with a migration of this name in `migrations/versions`."""

String = VARCHAR().with_variant(Text(), "postgresql")
LargeInteger = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

settings = Table(
    "settings", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)

alembic_version = Table(
    "alembic_version",
    metadata,
    Column("version_num", VARCHAR(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, which it would create in the same way: the name of the last migration."""

services = Table(
    "services",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("process", String),  # identifies the process, where this is known
    Column("started_at", String, nullable=False),
    Column("seen_at", String, nullable=False),
)
"""The service processes that use the database; one that has not been seen for a while has lost its claims."""

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("username", String, nullable=False, unique=True),
    Column("password", String),
    Column("created_at", String, nullable=False),
    Column("tokens_since", String),  # those issued earlier are refused
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("until_reset", Boolean, nullable=False, server_default=false()),  # added by a test
)

projects = Table(
    "projects",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("status", String, nullable=False),
    Column("queue_priority", String, nullable=False),
    Column("allowed_device_types", JSON(none_as_null=True)),
    Column("created_at", String, nullable=False),
    Column("weight", Integer, nullable=False, server_default="1"),  # its share of the queue
    Column("max_waiting_jobs", Integer),
    Column("max_emulation_seconds", Float),
    Column("emulation_seconds", Float, nullable=False, server_default="0"),  # used so far
    Column("recent_seconds", Float, nullable=False, server_default="0"),  # the same, but what is long ago counts less
)

members = Table(
    "members",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("role", String, nullable=False),
    UniqueConstraint("project_id", "user_id"),
)

sequences = Table(
    "sequences",
    metadata,
    Column("id", String, primary_key=True),
    Column("content", String, nullable=False),
)


def _submitted() -> list[Column[Any]]:
    """Creates the columns that batches, jobs and workloads have in common."""
    return [
        Column("number", Integer, Identity(), primary_key=True),
        Column("id", String, nullable=False, unique=True),
        Column("project_id", ForeignKey("projects.id"), nullable=False),
        Column("user_id", ForeignKey("users.id"), nullable=False),
        Column("status", String, nullable=False),
        Column("created_at", String, nullable=False),
        Column("updated_at", String, nullable=False),
    ]


batches = Table(
    "batches",
    metadata,
    *_submitted(),
    Column("parent_id", String),
    Column("open", Boolean, nullable=False),
    Column("device_type", String, nullable=False),
    Column("queue_priority", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("start_datetime", String),
    Column("end_datetime", String),
    Column("idle_since", String),
    *(Column(f"jobs_{status.lower()}", Integer, nullable=False, server_default="0") for status in JobStatus),
    Column("jobs_count", LargeInteger, Stored(" + ".join(f"jobs_{status.lower()}" for status in JobStatus))),
    Column("sequence_id", ForeignKey("sequences.id")),
    Column("configuration", JSON(none_as_null=True)),
    Column("webhook", String),
    Column("backend_configuration", String),
    sqlite_autoincrement=True,
)

COUNTS = {status: f"jobs_{status.lower()}" for status in JobStatus}
JOBS_IN = {status: batches.c[name] for status, name in COUNTS.items()}
"""The columns of a batch with the number of its jobs in each status."""


def jobs_in(batch: AnyRow) -> dict[JobStatus, int]:
    """Gets the number of a batch's jobs in each status."""
    columns = batch._mapping
    return {status: columns[column] for status, column in JOBS_IN.items()}


tags = Table(
    "tags",
    metadata,
    Column("batch_number", ForeignKey("batches.number"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("tag", String, nullable=False),
    Column("project_id", String, nullable=False, server_default=""),  # the batch's, to find it by
    PrimaryKeyConstraint("batch_number", "position"),
)

jobs = Table(
    "jobs",
    metadata,
    *_submitted(),
    Column("parent_id", String),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("origin", String, nullable=False),
    Column("runs", LargeInteger),
    Column("seed", LargeInteger, nullable=False),
    Column("start_timestamp", String),
    Column("end_timestamp", String),
    Column("claim", String, unique=True),
    Column("service_id", String),  # the service that holds the claim
    Column("losses", Integer, nullable=False, server_default="0"),  # runs that the job itself may have ended
    Column("interruptions", Integer, nullable=False, server_default="0"),  # runs that ended for other reasons
    Column("sequence_id", ForeignKey("sequences.id")),
    Column("variables", JSON, nullable=False),
    Column("errors", JSON(none_as_null=True)),
    sqlite_autoincrement=True,
)

workloads = Table(
    "workloads",
    metadata,
    *_submitted(),
    Column("workload_type", String, nullable=False),
    Column("backend", String, nullable=False),
    Column("queue_priority", String, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("start_timestamp", String),
    Column("end_timestamp", String),
    Column("claim", String, unique=True),
    Column("service_id", String),
    Column("config", JSON, nullable=False),
    Column("errors", JSON(none_as_null=True)),
    sqlite_autoincrement=True,
)

results = Table(
    "results",
    metadata,
    Column("id", String, primary_key=True),  # a job's or a workload's
    Column("document", LargeBinary, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("user_id", ForeignKey("users.id"), nullable=False),
    Column("operation", String, nullable=False),
    Column("key", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("created_id", String, nullable=False, index=True),  # a batch's or a workload's
    PrimaryKeyConstraint("user_id", "operation", "key"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("number", Integer, Identity(), primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("job_id", ForeignKey("jobs.id"), nullable=False, index=True),
    Column("url", String, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", String, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# What there is of each kind, so that nobody has to count: `totals` reads it, `triggers` and `counting` keep it.

counters = Table(
    "counters",
    metadata,
    Column("kind", String, nullable=False),  # the name of the table whose rows are counted, or `ARCHIVED`
    Column("project_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("device_type", String, nullable=False),  # empty for workloads
    Column("user_id", String, nullable=False),
    Column("origin", String, nullable=False),  # empty for batches and workloads
    Column("queue_priority", String, nullable=False),  # empty for jobs and workloads
    Column("open", Boolean, nullable=False),  # false for jobs and workloads
    Column("amount", Integer, nullable=False),
    PrimaryKeyConstraint("kind", "project_id", "status", "device_type", "user_id", "origin", "queue_priority", "open"),
    sqlite_with_rowid=False,
)
"""The number of rows for each combination of values that few rows differ in; numbers of several rows are added up."""

tag_counters = Table(
    "tag_counters",
    metadata,
    Column("project_id", String, nullable=False),
    Column("tag", String, nullable=False),
    Column("amount", Integer, nullable=False),
    PrimaryKeyConstraint("project_id", "tag"),
    sqlite_with_rowid=False,
)
"""The number of batches with each tag."""

size_counters = Table(
    "size_counters",
    metadata,
    Column("kind", String, nullable=False),
    Column("project_id", String, nullable=False),
    Column("size", LargeInteger, nullable=False),
    Column("amount", Integer, nullable=False),
    PrimaryKeyConstraint("kind", "project_id", "size"),
    sqlite_with_rowid=False,
)
"""The number of batches with each number of jobs, and of jobs with each number of runs."""

BLOCK = 1_024
"""How many row numbers a block has."""

blocks = Table(
    "blocks",
    metadata,
    Column("kind", String, nullable=False),
    Column("project_id", String, nullable=False),
    Column("block", Integer, nullable=False),  # the row numbers, divided by BLOCK
    Column("amount", Integer, nullable=False),
    Column("earliest", String, nullable=False),
    Column("latest", String, nullable=False),
    PrimaryKeyConstraint("kind", "project_id", "block"),
    sqlite_with_rowid=False,
)
"""The number of rows in each block of row numbers, and between which instants they were created.

Time and row numbers grow together unless the clock is set back, so an interval of time has few blocks that are neither
inside nor outside.
"""

COUNTED = {
    "batches": ("status", "device_type", "user_id", "queue_priority", "open"),
    "jobs": ("status", "device_type", "user_id", "origin"),
    "workloads": ("status", "user_id"),
}
"""The values by which the rows of each table are counted in `counters`."""

ARCHIVED = "archived"
"""The kind in `counters` of jobs that were moved to files, by project and status."""

SIZES = {"batches": "jobs_count", "jobs": "runs"}
"""The column by which rows are counted in `size_counters`."""

ALL_COUNTERS = (counters, tag_counters, size_counters, blocks)

SUBMITTED = (deliveries, submissions, results, tags, jobs, batches, workloads, sequences, *ALL_COUNTERS)
"""The tables with submissions and their results; tables come before those that they refer to."""

# The conditions of partial indexes: few rows are pending or reserve a device, compared with those that have ended.
# A database only uses such an index if the query contains the same condition, without parameters.


def has_pending(batch: FromClause) -> ColumnElement[bool]:
    """The condition that a batch has a pending job."""
    return batch.c.jobs_pending > literal_column("0")


def holds_device(batch: FromClause) -> ColumnElement[bool]:
    """The condition that a batch reserves its device."""
    return batch.c.open & (batch.c.status == literal_column("'RUNNING'"))


def is_pending(workload: FromClause) -> ColumnElement[bool]:
    """The condition that a workload is pending."""
    return workload.c.status == literal_column("'PENDING'")


def is_claimed(job_or_workload: FromClause) -> ColumnElement[bool]:
    """The condition that a job or a workload runs; SQLite does not use an index for IS NOT NULL."""
    return job_or_workload.c.claim > literal_column("''")


# How many rows each index has in a large database, and how many share its first columns. With these fixed statistics,
# SQLite plans queries alike in every database. Each index implicitly ends with `number`, the order of lists.
STATISTICS: dict[Index, str] = {
    Index("batches_by_project", batches.c.project_id): "1000000 100000",
    Index("batches_by_status", batches.c.project_id, batches.c.status): "1000000 100000 20000",
    Index("batches_by_device", batches.c.project_id, batches.c.device_type): "1000000 100000 20000",
    Index("batches_by_user", batches.c.project_id, batches.c.user_id): "1000000 100000 50000",
    Index("batches_by_openness", batches.c.project_id, batches.c.open): "1000000 100000 50000",
    Index("batches_by_priority", batches.c.project_id, batches.c.queue_priority): "1000000 100000 90000",
    Index("batches_by_size", batches.c.project_id, batches.c.jobs_count): "1000000 100000 5000",
    Index("batches_by_start", batches.c.start_datetime): "1000000 1",
    Index("batches_by_idleness", batches.c.idle_since): "1000000 1",
    Index("tags_by_tag", tags.c.project_id, tags.c.tag, tags.c.batch_number): "1000000 100000 50 1",
    Index("batches_by_sequence", batches.c.sequence_id): "1000000 2",
    Index("jobs_by_project", jobs.c.project_id): "1000000 100000",
    Index("jobs_by_status", jobs.c.project_id, jobs.c.status): "1000000 100000 20000",
    Index("jobs_by_user", jobs.c.project_id, jobs.c.user_id): "1000000 100000 50000",
    Index("jobs_by_origin", jobs.c.project_id, jobs.c.origin): "1000000 100000 90000",
    Index("jobs_by_runs", jobs.c.project_id, jobs.c.runs): "1000000 100000 5000",
    Index("jobs_in_batch", jobs.c.batch_id): "1000000 9",  # fewer than the next one, so that a batch is read by this
    Index("jobs_by_batch", jobs.c.batch_id, jobs.c.status, jobs.c.losses): "1000000 10 5 5",
    Index("jobs_by_sequence", jobs.c.sequence_id, sqlite_where=jobs.c.sequence_id.is_not(None)): "1000000 2",
    Index("workloads_by_project", workloads.c.project_id): "1000000 100000",
    Index("workloads_by_status", workloads.c.project_id, workloads.c.status): "1000000 100000 20000",
    Index(
        "queue",
        batches.c.device_type,
        batches.c.status,
        batches.c.project_id,
        batches.c.rank,
        sqlite_where=has_pending(batches),
    ): "10000 2000 1000 100 100",
    Index("holders", batches.c.device_type, sqlite_where=holds_device(batches)): "10 1",
    Index("waiting_workloads", workloads.c.rank, sqlite_where=is_pending(workloads)): "10000 10000",
}

for _index in STATISTICS:  # those of PostgreSQL name the order of lists, and collect statistics by themselves
    _number = _index.table.c.get("number", _index.table.c.get("batch_number"))  # type: ignore[union-attr] # it has one
    _columns = [*_index.expressions, *(() if _number in list(_index.columns) else (_number,))]
    Index(_index.name, *_columns, postgresql_where=_index.dialect_options["sqlite"]["where"]).ddl_if("postgresql")
    _index.ddl_if("sqlite")
