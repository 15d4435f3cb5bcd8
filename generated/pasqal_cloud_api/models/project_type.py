from typing import Literal, TypeAlias

ProjectType: TypeAlias = Literal["ACADEMIC", "AZURE", "CLIENT", "GCP", "INTERNAL", "STARTER"]
""" The kind of project. """
