"""Prints the counts of batches that another process has submitted, given by their ids."""

import json
import sys

from pasqal_cloud.backends.connection import PasqalCloudConnection

with PasqalCloudConnection() as connection:
    counts = [[result.final_bitstrings for result in connection.get_results(batch_id)] for batch_id in sys.argv[1:]]
json.dump(counts, sys.stdout)
