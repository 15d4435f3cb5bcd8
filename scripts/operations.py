"""Writes docs/operations.md: for each operation of the API, its request, SDK method and generated module.

    python scripts/operations.py           writes the page
    python scripts/operations.py --check   changes nothing, and fails if it would have to

It runs in an environment that has this package with the extra `local`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pasqal_cloud.local.http.operations import NOT_SERVED, snake_case

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "operations.md"
SPEC: dict[str, Any] = json.loads((ROOT / "generated" / "pasqal_cloud_api" / "openapi.json").read_text("utf-8"))

SDK_METHODS = {
    "addJobs": "add_jobs",
    "cancelBatch": "cancel_batch",
    "cancelBatches": "cancel_batches",
    "cancelJob": "cancel_job",
    "cancelJobs": "cancel_jobs",
    "cancelWorkload": "cancel_workload",
    "closeBatch": "close_batch",
    "createBatch": "create_batch",
    "createWorkload": "create_workload",
    "getBatch": "get_batch",
    "getBatchStatus": "get_batch_status",
    "getJob": "get_job",
    "getJobStatus": "get_job_status",
    "getWorkload": "get_workload",
    "listBatches": "get_batches",
    "listDeviceSpecs": "get_device_specs_dict",
    "listDevices": "devices",
    "listJobs": "get_jobs",
    "listProjects": "get_all_projects",
    "listWorkloads": "get_workloads",
    "rebatch": "rebatch",
    "setBatchTags": "set_batch_tags",
}
"""The method of `SDK`, and of `AsyncSDK`, that performs an operation."""

OTHERWISE = {
    "createCudaqJob": "none: it takes CUDA-Q's programs, not Pulser's, and may change",
    "createOvhBatch": "`create_batch` of `OVHConnection`'s SDK",
    "createToken": "none: an SDK logs in by itself; `user_token` gives the token",
    "getAuthInfo": "none: nothing in the SDK needs it; `sdk.call(get_auth_info)` gives the caller",
    "getBatchFullResults": "none: Pasqal does not document it; `batch.results()` downloads each job's result instead",
    "getCudaqJob": "none: see `createCudaqJob`",
    "getDeviceSpecs": "none: `get_device_specs_dict` gives the specifications of all devices in one request",
    "getJobResultsLink": "the attributes `job.result` and `job.full_result`, and `batch.results()`",
    "getOvhBatch": "`get_batch` of `OVHConnection`'s SDK",
    "getOvhBatchStatus": "`get_batch_status` of `OVHConnection`'s SDK",
    "getOvhJobResultsLink": "`job.result` of `OVHConnection`'s SDK",
    "getOvhJobStatus": "`get_job_status` of `OVHConnection`'s SDK",
    "listOvhJobs": "`get_jobs` of `OVHConnection`'s SDK",
    "listPublicDeviceSpecs": "`get_device_specs_dict` of an SDK without credentials",
    "listPublicDevices": "`devices` of an SDK without credentials",
}
"""What performs the others, or why nothing does."""

HEAD = """\
---
hide: [toc]
---

# Operations

What the API can do, and where to find it in Python. [HTTP API](http-api/index.html) describes each operation in full.
The tables name, for each operation:

* its **request**: the method and path on the wire;
* the **SDK** method that performs it, the same for `SDK` and `AsyncSDK`, or why there is none;
* its **generated module** in `pasqal_cloud_api.api`: functions that send this one request, generated from the API's
  description;
* whether the [**local service**](local-service.md) performs it, too.

The generated modules are of use where the SDK has no method. `sdk.call` performs an operation with the SDK's login,
retries and errors:

```python
from pasqal_cloud import SDK
from pasqal_cloud_api.api.account import get_auth_info

sdk = SDK()
answer = sdk.call(get_auth_info)
print(answer.data.email)
```
"""

METHODS = ("get", "post", "put", "patch", "delete")


def page() -> str:
    """Gets the page."""
    parts = [HEAD]
    for tag in SPEC["tags"]:
        rows = [
            _row(method, path, operation)
            for path, item in SPEC["paths"].items()
            for method, operation in item.items()
            if method in METHODS and tag["name"] in operation["tags"]
        ]
        head = ["| operation | request | SDK | generated module | local service |", "| --- | --- | --- | --- | --- |"]
        parts.append("\n".join([f"## {tag['name']}", "", *head, *rows, ""]))
    return "\n".join(parts)


def _row(method: str, path: str, operation: dict[str, Any]) -> str:
    name = operation["operationId"]
    module = f"{operation['tags'][0]}.{snake_case(name)}"
    sdk = f"`{SDK_METHODS[name]}`" if name in SDK_METHODS else OTHERWISE[name]
    local = "no: it answers 501" if name in NOT_SERVED else "yes"
    return f"| `{name}` | `{method.upper()} {path}` | {sdk} | `{module}` | {local} |"


def main() -> None:
    """Writes the page, or checks it."""
    if "--check" not in sys.argv:
        PAGE.write_text(page(), "utf-8")
    elif PAGE.read_text("utf-8") != page():
        sys.exit("docs/operations.md is out of date: run scripts/operations.sh.")


if __name__ == "__main__":
    main()
