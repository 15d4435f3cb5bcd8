from typing import Literal, TypeAlias

BatchStatus: TypeAlias = Literal["CANCELED", "CANCELING", "DONE", "ERROR", "PAUSED", "PENDING", "RUNNING", "TIMED_OUT"]
""" The status of a batch. `PENDING`: in the queue. `RUNNING`: on the device. `CANCELING`: about to be
`CANCELED`. `DONE`: all
jobs have ended, failed ones included. `TIMED_OUT`: open for too long without new jobs. `DONE`, `CANCELED`,
`TIMED_OUT`
and `ERROR` are final.
 """
