from typing import Literal, TypeAlias

ProjectRole: TypeAlias = Literal["ADMIN", "MEMBER"]
""" The role of a member in a project. """
