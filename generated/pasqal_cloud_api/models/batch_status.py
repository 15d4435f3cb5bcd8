from typing import Literal, TypeAlias

BatchStatus: TypeAlias = Literal["CANCELED", "CANCELING", "DONE", "ERROR", "PAUSED", "PENDING", "RUNNING", "TIMED_OUT"]
""" Where a batch is. `PENDING`: in the queue. `RUNNING`: on the device. `CANCELING`: on its
way to `CANCELED`. `DONE`: all jobs have ended, failed ones included. `TIMED_OUT`: left
open without new jobs for too long. Not documented: how long that is, what `PAUSED` means,
and when it is a batch, not only a job, that is in `ERROR`.
 """
