from typing import Literal, TypeAlias

ProjectRole: TypeAlias = Literal["ADMIN", "MEMBER"]
""" What a member may do in a project. """
