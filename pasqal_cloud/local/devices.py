"""The devices that the service offers, and their emulators, which are not imported here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pasqal_cloud.local.options import UnservableError
from pasqal_cloud.local.specs import MODELS, read_specs, stand_in, with_limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pasqal_cloud.local.options import Options

DEFAULT_DEVICE = "EMU_FREE"
"""The device for sequences that were written for none of the cloud's devices."""

QPUS = ("FRESNEL", "FRESNEL8", "FRESNEL_CAN1", "FRESNEL_RD", "FRESNEL_SA1")

MAX_ATOMS = 1_000
MAX_RUNS = 1_000_000
"""The maximum number of atoms and of shots, for devices without limits of their own."""


class Engine(StrEnum):
    """What runs a device's jobs."""

    QUTIP = "qutip"
    SV = "sv"
    MPS = "mps"
    SCRIPTED = "scripted"


@dataclass(frozen=True)
class Emulator:
    """A package that emulates sequences.

    Args:
        label: Its name in messages.
        package: Its name in the package registry.
        module: What to import.
        extra: The extra of this package that installs it.
        max_atoms: The maximum number of atoms, unless an option changes it.
    """

    label: str
    package: str
    module: str
    extra: str
    max_atoms: int

    @property
    def is_installed(self) -> bool:
        """Whether it is installed; does not import it."""
        return find_spec(self.module) is not None

    @property
    def title(self) -> str:
        """Its name and version."""
        return f"{self.label} ({self.package} {version(self.package)})"

    @property
    def to_install(self) -> str:
        """How to install it."""
        return f'it needs {self.label}, which is not installed: pip install "pasqal-cloud[{self.extra}]"'


EMULATORS = {
    Engine.QUTIP: Emulator("QuTiP", "pulser-simulation", "pulser_simulation", "local", 10),
    Engine.SV: Emulator("emu-sv", "emu-sv", "emu_sv", "local-sv", 16),
    Engine.MPS: Emulator("emu-mps", "emu-mps", "emu_mps", "local-mps", 30),
}

ENGINES = {"EMU_FREE": Engine.QUTIP, "EMU_MPS": Engine.MPS, "EMU_SV": Engine.SV}
"""The engines of the cloud's emulators, which the service uses too."""

STAND_INS = ("EMU_FRESNEL", "EMU_TN", *QPUS)
"""The devices that run on another engine than in the cloud."""

CLOUD_DEVICES = frozenset({*ENGINES, *STAND_INS, "EMU_C"})
"""Every device type that the cloud has or had."""


@dataclass(frozen=True)
class Device:
    """A type of device.

    Args:
        name: Its `device_type`.
        engine: What runs its jobs.
        is_qpu: Whether it checks sequences as a QPU does.
        max_atoms: The maximum number of atoms.
        max_runs: The maximum number of shots per job.
        is_stand_in: Whether the cloud's device of this name is not run by this engine.
        specs: A serialized Pulser device, with the limits above.
        qpu_specs: The serialized QPU that sequences are checked for: the device itself; on an emulator FRESNEL, for
            jobs with `strict_validation`.
        description: The description shown to users.
        channels: The ids of its channels.
    """

    name: str
    engine: Engine = Engine.QUTIP
    is_qpu: bool = False
    max_atoms: int = EMULATORS[Engine.QUTIP].max_atoms
    max_runs: int = MAX_RUNS
    is_stand_in: bool = False
    specs: str = field(default="", repr=False)
    qpu_specs: str = field(default="", repr=False)
    description: str = ""
    channels: tuple[str, ...] = ()

    @property
    def is_emulator(self) -> bool:
        """Whether the cloud's device of this name is an emulator."""
        return self.name.startswith("EMU_")


def served(options: Options) -> dict[str, Device]:
    """Gets the devices that this service offers, by name.

    Raises:
        UnservableError: The options ask for unknown devices or missing engines, or the specs they give are unusable.
    """
    given = read_specs(Path(options.specs)) if options.specs else {}
    known = dict.fromkeys([*ENGINES, *STAND_INS, *given])
    for name in options.devices or ():
        if name not in known:
            raise UnservableError(f"Unknown device {name}. Available devices: {', '.join(known)}.")
    engines = {name: _engine(name, options) for name in options.devices or known}
    available = {name: engine for name, engine in engines.items() if _is_installed(engine)}
    if len(available) < len(engines if options.devices else ["any"]):
        name, engine = next((name, engine) for name, engine in engines.items() if name not in available)
        raise UnservableError(f"The device {name} can't be served: {EMULATORS[engine].to_install}.")
    return {name: _device(name, engine, options, given) for name, engine in available.items()}


def why_not(device_type: str, served: Iterable[str]) -> str:
    """Gets the reason why a device is not offered."""
    reason = f"this service does not offer {device_type}, only {', '.join(served)}"
    missing = not_installed(served).get(device_type)
    return f"{reason}: {missing.to_install}" if missing else reason


def not_installed(served: Iterable[str]) -> dict[str, Emulator]:
    """Gets the cloud's emulators whose packages are not installed, by device type."""
    missing = {name: EMULATORS[engine] for name, engine in ENGINES.items() if not _is_installed(engine)}
    return {name: emulator for name, emulator in missing.items() if name not in served}


def written_for(serialized: str | None) -> str | None:
    """Gets the name of the device that a serialized sequence was written for; None if there is none."""
    try:
        device = json.loads(serialized or "null")["device"]
        name = device["name"] if isinstance(device, dict) else device
    except (LookupError, RecursionError, TypeError, ValueError):  # not a sequence: the checker reports that
        return None
    return name if isinstance(name, str) else None


def device_for(sequence_device: str | None) -> str:
    """Gets the device type that a sequence runs on if the client names none."""
    return sequence_device if sequence_device in CLOUD_DEVICES else DEFAULT_DEVICE


def _is_installed(engine: Engine) -> bool:
    return engine is Engine.SCRIPTED or EMULATORS[engine].is_installed


def _engine(name: str, options: Options) -> Engine:
    if options.engine == "scripted":
        return Engine.SCRIPTED
    if name == "EMU_TN":  # a tensor network emulator, like emu-mps
        return Engine.MPS if _is_installed(Engine.MPS) else Engine.QUTIP
    return ENGINES.get(name, Engine.QUTIP)


def _device(name: str, engine: Engine, options: Options, given: Mapping[str, str]) -> Device:
    is_qpu = _is_qpu(name)
    model = given.get(name) or stand_in(name, is_qpu=is_qpu)
    facts = json.loads(model)
    own_limit = EMULATORS[engine].max_atoms if engine in EMULATORS else None
    limits = (options.max_atoms or own_limit, facts.get("max_atom_num"))
    max_atoms = min((limit for limit in limits if limit), default=MAX_ATOMS)
    max_runs = facts.get("max_runs") or MAX_RUNS
    specs = with_limits(model, max_atom_num=max_atoms, max_runs=max_runs)
    return Device(
        name=name,
        engine=engine,
        is_qpu=is_qpu,
        max_atoms=max_atoms,
        max_runs=max_runs,
        is_stand_in=engine is not ENGINES.get(name),
        specs=specs,
        qpu_specs=specs if is_qpu else given.get("FRESNEL") or stand_in("FRESNEL", is_qpu=True),
        description=_description(name, engine, has_given_specs=name in given),
        channels=tuple(channel["id"] for channel in facts["channels"]),
    )


def _is_qpu(name: str) -> bool:
    return name not in ENGINES and name != "EMU_TN"


def _description(name: str, engine: Engine, *, has_given_specs: bool) -> str:
    """Describes a device to users."""
    runs = f"jobs run on {EMULATORS[engine].label}" if engine in EMULATORS else "results are scripted"
    if name in ENGINES:
        role = f"{name} on this machine: {runs}."
    elif _is_qpu(name):
        role = f"A stand-in for {name}: sequences are checked as on a QPU, and {runs} on this machine."
    else:
        role = f"A stand-in for {name}: {runs} on this machine."
    if has_given_specs:
        return f"{role} Its specs come from the option --specs, with this service's limits."
    return (
        f"{role} Its specs are those of Pulser's {MODELS[_is_qpu(name)]} with this service's limits, not Pasqal's own."
    )
