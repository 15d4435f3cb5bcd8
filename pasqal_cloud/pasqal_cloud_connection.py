"""An old home of names."""

from pasqal_cloud.connection import PasqalCloudConnection
from pasqal_cloud.endpoints import Region

__all__ = ["PasqalCloudConnection", "Region"]
