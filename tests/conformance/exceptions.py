"""What these tests overlook, each with its reason: this is the only place."""

from __future__ import annotations

from typing import Any

CONTENT = ("createBatch", "createOvhBatch", "addJobs", "rebatch", "createWorkload")
"""Operations whose bodies have content that no schema can tell right from wrong.

A sequence is JSON in a string that Pulser must be able to read; variables have to fit it; a batch that is closed needs
a job; a filter may leave nothing to repeat; and the caller's project and devices are theirs alone.
"""

ACCEPTED = ["2xx", "401", "403", "404", "409"]
"""The statuses that answer a request which is as the description says."""

ELSEWHERE = {
    "createToken": "speaks OAuth 2, without the envelope: test_tokens.py",
    "createCudaqJob": "is refused with 501, as only the cloud runs CUDA-Q's jobs: test_cudaq.py",
    "getCudaqJob": "is refused with 501, as only the cloud runs CUDA-Q's jobs: test_cudaq.py",
}
"""Operations that the tests of all operations leave to tests of their own."""

VALUES: dict[str, dict[str, str]] = {}
"""Values in answers that a set of the description (`x-extensible-enum`) does not have, by schema."""

EXCEPTIONS: list[dict[str, Any]] = [
    {
        "include-operation-id": list(CONTENT),
        "checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTED, "422"]}},
    },
]
"""For which operations a check of Schemathesis also takes other statuses, in the form of its configuration."""

NEVER_DONE = {
    "cancelWorkload": "nothing runs workloads locally, so that they have usually ended before they can be cancelled",
}
"""Operations that need not succeed once in a run."""
