"""Everything that tests can change while the service runs; `control` makes it available over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pasqal_cloud.local.scripting.clock import Clock
from pasqal_cloud.local.scripting.faults import Faults
from pasqal_cloud.local.scripting.outcomes import Outcomes, Pause
from pasqal_cloud.local.scripting.recording import Recording

if TYPE_CHECKING:
    from pasqal_cloud.local.scripting.clock import Lifetimes


@dataclass(frozen=True)
class Script:
    """The settings that tests can change, and the recorded requests."""

    lifetimes: Lifetimes
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    outcomes: Outcomes = field(default_factory=Outcomes)
    pause: Pause = field(default_factory=Pause)
    recording: Recording = field(default_factory=Recording)

    def reset(self) -> None:
        """Restores the initial settings."""
        self.faults.clear()
        self.outcomes.clear()
        self.pause.set(())
        self.recording.clear()
        self.lifetimes.reset()
        self.clock.reset()
