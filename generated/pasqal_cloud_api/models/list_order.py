from typing import Literal

ListOrder = Literal["created_at", "creation_order"]

LIST_ORDER_VALUES: set[ListOrder] = {
    "created_at",
    "creation_order",
}


def check_list_order(value: str) -> ListOrder:
    if value in LIST_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_ORDER_VALUES!r}")
