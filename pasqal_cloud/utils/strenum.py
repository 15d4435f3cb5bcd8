"""The existing package's module, for imports."""

from pasqal_cloud._open_enum import OpenEnum as StrEnum

__all__ = ["StrEnum"]
