"""A result of 200 MB: the service sends it without having it in memory as a whole."""

from __future__ import annotations

import hashlib
import json
import random
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from pasqal_cloud.local.archiving import archived
from pasqal_cloud.local.store import opened
from pasqal_cloud.local.store.archive import Archive
from pasqal_cloud.local.store.queue import Queue
from pasqal_cloud.local.tasks import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import LocalService

SIZE = 200_000_000


def peak_of(pid: int) -> int:
    """Gets the most memory that a process has had, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@pytest.mark.slow
@pytest.mark.timeout(600)  # compressing it takes half a minute on a busy machine
def test_a_large_result(start: Callable[..., LocalService], tmp_path: Path) -> None:
    """It is downloaded whole, with twice the memory that it takes compressed, and archived."""
    path = tmp_path / "service.db"
    service = start("--engine", "scripted", "--db", str(path))
    service.control("PATCH", "queue", json={"paused": True})
    batch = service.create("{}", {"runs": 1})
    service.create("{}", {"runs": 1})
    document = json.dumps({"counter": {"0": 1}, "noise": random.Random(1).randbytes(SIZE // 2).hex()})
    now = datetime.now(UTC)
    with closing(opened(path, as_is=True)) as database:
        queue = Queue(database)
        claim = queue.claim(["EMU_FREE"], now)
        assert claim is not None
        packed = Outcome(document).pack()
        assert packed.packed is not None
        assert queue.finish(claim.token, packed, now)

        before = peak_of(service.process.pid)
        link = service.get("getJobResultsLink", job_id=batch["jobs"][0]["id"] if "jobs" in batch else claim.job["id"])
        received, size = hashlib.sha256(), 0
        with httpx.stream("GET", link["results_link"], timeout=60, trust_env=False) as response:
            assert int(response.headers["content-length"]) == len(document)
            for chunk in response.iter_bytes():
                received.update(chunk)
                size += len(chunk)
        assert (size, received.hexdigest()) == (len(document), hashlib.sha256(document.encode()).hexdigest())
        needed = peak_of(service.process.pid) - before
        assert needed < 2.2 * len(packed.packed), needed  # the driver has a copy for a moment

        done = archived(Archive(database), tmp_path / "archive", now + timedelta(days=1))
    assert (done.jobs, done.files[0].stat().st_size < len(document)) == (1, True)
