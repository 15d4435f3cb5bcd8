from typing import Literal, TypeAlias

JobStatus: TypeAlias = Literal["CANCELED", "CANCELING", "DONE", "ERROR", "PENDING", "RUNNING"]
""" The status of a job or a workload. `PENDING`: waiting. `RUNNING`: on the device. `CANCELING`: about to be
`CANCELED`.
`DONE`, `ERROR` and `CANCELED` are final.
 """
