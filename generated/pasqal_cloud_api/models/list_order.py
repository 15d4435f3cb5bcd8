from typing import Literal, TypeAlias

ListOrder: TypeAlias = Literal["created_at", "creation_order"]
""" The field to order by; `created_at` when absent. `creation_order` orders the jobs of a batch as they were
submitted.
 """
