"""Pasqal Cloud's emulators as Pulser backends. `connection` and `ovh` contain the connections that they use."""

from typing import TYPE_CHECKING

from pasqal_cloud._deprecation import elsewhere
from pasqal_cloud.backends.emulators import (
    RemoteEmuFreeBackend,
    RemoteEmulatorBackend,
    RemoteMPSBackend,
    RemoteSVBackend,
)

__all__ = ["RemoteEmuFreeBackend", "RemoteEmulatorBackend", "RemoteMPSBackend", "RemoteSVBackend"]


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # names that can be imported from this module of the existing package
