from typing import Literal, TypeAlias

SortDirection: TypeAlias = Literal["ASC", "DESC"]
""" Ascending or descending; descending when absent. """
