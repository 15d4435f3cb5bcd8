from typing import Literal, TypeAlias

ListOrder: TypeAlias = Literal["created_at", "creation_order"]
""" The field to order by; `created_at` when absent. `creation_order` is in use for jobs, and
orders those of a batch as they were submitted. Not documented: the other values.
 """
