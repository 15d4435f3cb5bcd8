from typing import Literal, TypeAlias

ProjectStatus: TypeAlias = Literal["ACTIVE"]
""" The status of a project. """
