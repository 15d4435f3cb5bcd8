"""What the service remembers, in a database that is the queue as well.

Every change is one transaction. `schema` has the tables, `triggers` what the database keeps up by itself, `records` the
data that goes in and out; each of the others is a part of the store, about one subject.
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
        path: Where it is.
        seed_of: Gives the seed of the n-th job ever submitted.
    """
