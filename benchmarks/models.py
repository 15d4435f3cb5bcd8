"""Compares parsing with our models and with those of the generator's own templates, for pages of jobs and batches.

python benchmarks/models.py FOLDER_WITH_STOCK_CLIENT

Both run alternately in one process, because the speed of the machine varies over time.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pasqal_cloud_api.models as ours

sys.path.insert(0, sys.argv[1])

import stock_client.models as stock

ROUNDS = 200
NOW = "2026-03-24T09:05:32.420887+00:00"
IDS = [str(UUID(int=number)) for number in range(100)]
COMMON = {"project_id": IDS[0], "user_id": "auth0|1", "created_at": NOW, "updated_at": NOW, "status": "DONE"}
TIMES = {"start_timestamp": NOW, "end_timestamp": NOW}
JOB = {
    "batch_id": IDS[1],
    "parent_id": None,
    "runs": 100,
    "variables": {"omega": 3.14, "ts": [200, 500]},
    "errors": None,
}
BATCH = {
    "device_type": "FRESNEL", "open": False, "complete": True, "priority": 10, "queue_priority": "HIGH", "tags": ["a"],
    "start_datetime": NOW, "end_datetime": NOW, "device_status": "UP", "parent_id": None, "ordered_job_ids": None,
    "jobs_count": 3, "jobs_count_per_status": {"DONE": 3}, "webhook": None, "configuration": None,
}  # fmt: skip
ENVELOPE = {"status": "success", "message": "OK.", "code": "200"}
PAGE = {"pagination": {"total": 1000, "start": 0, "end": 100}}
PAGES: dict[str, Any] = {
    "JobListResponse": ENVELOPE | PAGE | {"data": [{"id": id} | COMMON | TIMES | JOB for id in IDS]},
    "BatchListResponse": ENVELOPE | PAGE | {"data": [{"id": id} | COMMON | BATCH for id in IDS]},
}


def milliseconds(read: Callable[[Any], object], page: Any) -> float:
    began = time.process_time()
    read(page)
    return (time.process_time() - began) * 1000


print(f"from_dict of 100 items, CPU in ms, median of {ROUNDS} rounds; ratio = stock / ours")
for name, page in PAGES.items():
    readers = {"ours": getattr(ours, name).from_dict, "stock": getattr(stock, name).from_dict}
    assert json.dumps(readers["ours"](page).to_dict(), sort_keys=True) == json.dumps(page, sort_keys=True)
    rounds = [{which: milliseconds(read, page) for which, read in readers.items()} for _ in range(ROUNDS)]
    mine, theirs = (statistics.median(round_[which] for round_ in rounds) for which in ("ours", "stock"))
    print(f"{name:18} ours {mine:6.3f}   stock {theirs:6.3f}   ratio {theirs / mine:5.1f}")
