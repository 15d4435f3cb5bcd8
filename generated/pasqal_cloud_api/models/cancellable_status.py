from typing import Literal

CancellableStatus = Literal["PENDING", "RUNNING"]

CANCELLABLE_STATUS_VALUES: set[CancellableStatus] = {
    "PENDING",
    "RUNNING",
}


def check_cancellable_status(value: str) -> CancellableStatus:
    if value in CANCELLABLE_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CANCELLABLE_STATUS_VALUES!r}")
