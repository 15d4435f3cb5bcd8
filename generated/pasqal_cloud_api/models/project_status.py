from typing import Literal, TypeAlias

ProjectStatus: TypeAlias = Literal["ACTIVE"]
""" Where a project is. Not documented: the other values. """
