"""An old home of names."""

from pasqal_cloud._open_enum import OpenEnum as StrEnum

__all__ = ["StrEnum"]
