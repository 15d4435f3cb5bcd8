"""The database, which is also the queue.

Every change is one transaction. `schema` defines the tables, `triggers` what the database updates by itself,
`records` the data that goes in and out. Each other module is the part of the store for one subject.
"""

from __future__ import annotations

from pasqal_cloud.local.store.accounts import Accounts
from pasqal_cloud.local.store.cancelling import Cancelling
from pasqal_cloud.local.store.deliveries import Deliveries
from pasqal_cloud.local.store.lists import Lists
from pasqal_cloud.local.store.queue import Queue
from pasqal_cloud.local.store.records import (
    ChangedError,
    Claim,
    Delivery,
    Filters,
    NewBatch,
    NewProject,
    NewWorkload,
    Page,
    Record,
    Submitted,
    WorkloadClaim,
    stamp,
)
from pasqal_cloud.local.store.sqlite import FullDiskError, read_stored
from pasqal_cloud.local.store.submissions import SeedOf, Submissions
from pasqal_cloud.local.store.upkeep import Upkeep

__all__ = [
    "ChangedError",
    "Claim",
    "Delivery",
    "Filters",
    "FullDiskError",
    "NewBatch",
    "NewProject",
    "NewWorkload",
    "Page",
    "Record",
    "SeedOf",
    "Store",
    "Submitted",
    "WorkloadClaim",
    "read_stored",
    "stamp",
]


class Store(Submissions, Lists, Queue, Cancelling, Deliveries, Accounts, Upkeep):
    """The database.

    Args:
        path: The path of the database file.
        seed_of: Gets the seed of the n-th job ever submitted.
    """
