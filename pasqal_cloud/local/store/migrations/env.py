"""How Alembic runs the migrations: in the transaction that `versions.bring_up` has begun."""

from __future__ import annotations

from alembic import context

from pasqal_cloud.local.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
