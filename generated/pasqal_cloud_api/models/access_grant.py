from typing import Literal, TypeAlias

AccessGrant: TypeAlias = Literal["test:1", "test:2", "test:3", "usecase:submit"]
""" A permission in addition to those of a role. """
