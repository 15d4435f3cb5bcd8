"""Tools for tests of programs that use Pasqal Cloud: a local service that tests control, and a pytest plugin.

The plugin is in `plugin`, and pytest finds it by itself. Importing this package takes almost no time. Without pytest:

    with LocalService.start() as service, service.sdk() as sdk:
        with service.fault("createBatch", status=504, drop="after"):
            sdk.create_batch(sequence, [{"runs": 100}])
"""

__all__ = ["Fault", "LocalService", "LocalUser", "Outcome", "RecordedRequest", "ServiceClock"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pasqal_cloud.testing.rules import Fault, Outcome
    from pasqal_cloud.testing.service import LocalService, LocalUser, RecordedRequest, ServiceClock


def __getattr__(name: str) -> "Any":
    """Imports a name when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pasqal_cloud.testing import rules, service

    return getattr(rules if hasattr(rules, name) else service, name)
