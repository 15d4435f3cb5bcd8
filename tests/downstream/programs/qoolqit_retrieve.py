"""Gets the results of a job that another program of qoolqit has submitted."""

import json
import sys

from qoolqit.execution import retrieve_remote_job

from pasqal_cloud import PasqalCloudConnection

job_id, batch_id = sys.argv[1:]
job = retrieve_remote_job(PasqalCloudConnection(), job_id, batch_id=batch_id)
print(json.dumps({"counts": job.results(timeout=60).final_bitstrings, "status": job.get_status().name}))
