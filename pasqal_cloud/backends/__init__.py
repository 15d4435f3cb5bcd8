"""Pasqal Cloud's emulators as Pulser backends; `connection` and `ovh` are the connections that they run over."""

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
    __getattr__ = elsewhere  # what the existing package's module has imported for itself
