from typing import Literal, TypeAlias

MembershipStatus: TypeAlias = Literal["ACTIVE", "PENDING"]
""" Whether an invitation to a project is accepted. """
