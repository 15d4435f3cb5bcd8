"""Adds what several services, their users and their limits need."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pasqal_cloud.local.store.dialects import Text

revision = "4"
down_revision = "3"

STRING = sa.VARCHAR().with_variant(Text(), "postgresql")


def upgrade() -> None:
    """Adds columns, with the values that leave everything as it was, and a table."""
    op.add_column("users", sa.Column("tokens_since", STRING))
    op.add_column("users", sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("projects", sa.Column("weight", sa.Integer, nullable=False, server_default="1"))
    op.add_column("projects", sa.Column("max_waiting_jobs", sa.Integer))
    op.add_column("projects", sa.Column("max_emulation_seconds", sa.Float))
    op.add_column("projects", sa.Column("emulation_seconds", sa.Float, nullable=False, server_default="0"))
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
