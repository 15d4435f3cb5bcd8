"""Waits for a batch that another program has submitted."""

import json
import sys
import time

from pasqal_cloud import PasqalCloudConnection

batch = PasqalCloudConnection().get_results(sys.argv[1])
while batch.get_batch_status().name in {"PENDING", "RUNNING"}:
    time.sleep(0.2)
print(
    json.dumps(
        {
            "counts": [result.final_bitstrings for result in batch.results],
            "job_ids": batch.job_ids,
            "status": batch.get_batch_status().name,
        }
    )
)
