"""What Schemathesis is told to overlook, each with its reason: this is the only place.

An entry says for which operations a check also takes other statuses, in the form of Schemathesis' configuration.
"""

from __future__ import annotations

from typing import Any

CONTENT = ("createBatch", "createOvhBatch", "addJobs", "rebatch", "createWorkload")
"""Operations whose bodies have content that no schema can tell right from wrong.

A sequence is JSON in a string that Pulser must be able to read; variables have to fit it; a batch that is closed needs
a job; a filter may leave nothing to repeat; and the caller's project and devices are theirs alone.
"""

ACCEPTED = ["2xx", "401", "403", "404", "409"]
"""The statuses that answer a request which is as the description says."""

EXCEPTIONS: list[dict[str, Any]] = [
    {
        "include-operation-id": list(CONTENT),
        "checks": {"positive_data_acceptance": {"expected-statuses": [*ACCEPTED, "422"]}},
    },
]

NEVER_DONE = {
    "cancelWorkload": "nothing runs workloads locally, so that they have usually ended before they can be cancelled",
}
"""Operations that need not succeed once in a run."""
