from typing import Literal, TypeAlias

JobStatus: TypeAlias = Literal["CANCELED", "CANCELING", "DONE", "ERROR", "PENDING", "RUNNING"]
""" Where a job or a workload is. `PENDING`: waiting. `RUNNING`: on the device. `CANCELING`:
on its way to `CANCELED`. `DONE`, `ERROR` and `CANCELED` are final.
 """
