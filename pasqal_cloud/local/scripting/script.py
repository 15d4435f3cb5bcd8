"""All that whoever tests a client can change while the service runs; `control` offers it over HTTP."""

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
    """What can be changed, and what is recorded."""

    lifetimes: Lifetimes
    clock: Clock = field(default_factory=Clock)
    faults: Faults = field(default_factory=Faults)
    outcomes: Outcomes = field(default_factory=Outcomes)
    pause: Pause = field(default_factory=Pause)
    recording: Recording = field(default_factory=Recording)

    def reset(self) -> None:
        """Makes all as it was at the start."""
        self.faults.clear()
        self.outcomes.clear()
        self.pause.set(())
        self.recording.clear()
        self.lifetimes.reset()
        self.clock.reset()
