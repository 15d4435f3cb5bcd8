"""The loaded engines: their bases, the options that clients may set, and their configuration."""

from __future__ import annotations

import json
import logging
import math
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from pulser.backend import BitStrings, EmulationConfig, EmulatorBackend

from pasqal_cloud.local.devices import EMULATORS, Device, Engine
from pasqal_cloud.local.emulation.sequences import RefusedError
from pasqal_cloud.local.tasks import PLACEHOLDER_RUNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulser import Sequence

ONE_STATE: dict[str, Literal["r", "h", "d"]] = {"ground-rydberg": "r", "digital": "h", "XY": "d"}
"""The eigenstate measured as 1 in each basis. Pulser infers it for two levels, but not for three."""

COMMON_OPTIONS = frozenset(
    {
        "default_evaluation_times",
        "default_num_shots",
        "initial_state",
        "interaction_matrix",
        "n_trajectories",
        "noise_model",
        "observables",
        "prefer_device_noise_model",
        "with_modulation",
    }
)
"""The options that clients may set on every engine."""

QUTIP_OPTIONS = frozenset({"sampling_rate", "solver"})
SV_OPTIONS = frozenset({"dt", "interaction_cutoff", "krylov_tolerance", "max_krylov_dim", "solver"})
MPS_OPTIONS = frozenset(
    {
        "dt",
        "extra_krylov_tolerance",
        "interaction_cutoff",
        "max_bond_dim",
        "max_krylov_dim",
        "optimize_qubit_ordering",
        "precision",
        "solver",
    }
)
"""Further options that clients may set on each engine."""

DECIDED_HERE: dict[str, tuple[Any, ...]] = {
    "autosave_dt": (math.inf, 600),
    "autosave_prefix": ("emu_mps_save_",),
    "gpu": (False,),
    "log_file": (),
    "log_level": (logging.INFO, logging.WARNING),
    "num_gpus_to_use": (0, 1),
    "print_progress": (False,),
    "progress_bar": (False,),
}
"""Options about files, hardware and output, which the service decides. Clients may only send these values or null: the
defaults of Pulser's and the emulators' own configurations."""

TN_PRECISION = {"low": 1e-4, "normal": 1e-5, "high": 1e-6}
"""The precisions of EMU_TN as precisions of emu-mps, which limit the truncation error of a state."""


@dataclass(frozen=True)
class Emulation:
    """A loaded engine.

    Args:
        backend: The Pulser backend that runs sequences.
        bases: The bases that sequences may address; several in one sequence only if `has_three_levels`.
        options: The options that clients may set, in addition to the common ones.
        forced: The options that the service sets.
        has_three_levels: Whether it emulates ground, hyperfine and Rydberg states together.
        min_atoms: The minimum number of atoms.
    """

    backend: type[EmulatorBackend]
    bases: tuple[str, ...]
    options: frozenset[str]
    forced: Mapping[str, Any] = field(default_factory=dict)
    has_three_levels: bool = False
    min_atoms: int = 1


@cache
def load(engine: Engine) -> Emulation:
    """Loads an engine, which must be installed."""
    module = import_module(EMULATORS[engine].module)  # emu-sv and emu-mps are optional
    quiet_on_cpu = {"gpu": False, "log_level": logging.WARNING}
    if engine is Engine.SV:
        return Emulation(module.SVBackend, ("ground-rydberg",), SV_OPTIONS, quiet_on_cpu)
    if engine is Engine.MPS:
        backend = _for_few_prepared(module.MPSBackend)
        return Emulation(backend, ("ground-rydberg", "XY"), MPS_OPTIONS, quiet_on_cpu, min_atoms=2)
    return Emulation(module.QutipBackendV2, tuple(ONE_STATE), QUTIP_OPTIONS, has_three_levels=True)


def _for_few_prepared(backend: type[EmulatorBackend]) -> type[EmulatorBackend]:
    """Extends emu-mps's backend to shots with fewer than two atoms left after state preparation errors."""

    class ForFewPrepared(backend):  # type: ignore[misc, valid-type] # the package is optional
        @staticmethod
        def _run_from_sequence_data(data: Any, config: EmulationConfig[Any]) -> Any:
            # a state preparation error with an initial state is for emu-mps to refuse
            is_few = data.state_prep_error > 0 and data.bad_atoms.count(False) < 2 and config.initial_state is None
            return backend._run_from_sequence_data(_with_dark_atoms(data) if is_few else data, config)  # type: ignore[attr-defined] # as above

    return ForFewPrepared


def _with_dark_atoms(data: Any) -> Any:
    """Keeps the badly prepared atoms, which emu-mps would leave out, as the other engines do.

    They are not driven and do not interact, so they stay in the ground state and are measured as 0.
    """
    prepared = [float(not is_bad) for is_bad in data.bad_atoms]

    def interaction_matrix(time: float) -> Any:
        matrix = data.interaction_matrix(time)
        kept = matrix.new_tensor(prepared)
        return matrix * kept[:, None] * kept[None, :]

    return replace(
        data,
        **{name: getattr(data, name) * getattr(data, name).new_tensor(prepared) for name in ("omega", "delta", "phi")},
        interaction_matrix=interaction_matrix,
        bad_atoms=(False,) * len(prepared),
        state_prep_error=0.0,
    )


def check_emulable(sequence: Sequence[Any], device: Device) -> None:
    """Refuses a sequence that the device's engine does not emulate."""
    emulation, addressed = load(device.engine), sequence.get_addressed_bases()
    if len(sequence.register.qubit_ids) < emulation.min_atoms:
        raise RefusedError(
            f"{device.name} runs on {EMULATORS[device.engine].label}, which needs at least {emulation.min_atoms} atoms"
        )
    if not set(addressed).issubset(emulation.bases) or (len(addressed) > 1 and not emulation.has_three_levels):
        raise RefusedError(
            f"{device.name} runs on {EMULATORS[device.engine].label}, which emulates {' or '.join(emulation.bases)}, "
            f"but the sequence addresses {' and '.join(addressed)}"
        )


def configure(
    device: Device, serialized: str | None, flat: Mapping[str, Any], basis: str | None, runs: int | None
) -> EmulationConfig[Any]:
    """Creates the emulator's configuration from the options that the client may set.

    Args:
        device: The device that the job runs on.
        serialized: The client's configuration.
        flat: The client's configuration in the old form, used if there is no other.
        basis: The basis in which the sequence is measured; None if not yet known.
        runs: The number of shots in the job.
    """
    emulation = load(device.engine)
    config_type: type[EmulationConfig[Any]] = emulation.backend.config_type
    if serialized:
        config = config_type.from_abstract_repr(json.dumps(_allowed(device, emulation, serialized)))
    else:
        config = config_type(**tn_options(device, flat), **emulation.forced)
    observables = config.observables or [BitStrings(evaluation_times=[1.0])]
    if basis is not None:
        observables = [_counting(observable, basis, emulation) for observable in observables]
    has_shots = runs is not None and not (serialized and runs == PLACEHOLDER_RUNS)
    config = config.with_changes(
        observables=observables, default_num_shots=runs if has_shots else config.default_num_shots
    )
    _check_shots(config, device)
    return config


def tn_options(device: Device, flat: Mapping[str, Any]) -> dict[str, Any]:
    """Gets the options for EMU_TN in the old form of a configuration, as options of emu-mps; QuTiP ignores them."""
    if device.name != "EMU_TN":
        return {}
    options: dict[str, Any] = {}
    for name in ("dt", "max_bond_dim"):
        if (value := flat.get(name)) is not None:
            if not isinstance(value, int | float) or not 0 < value < math.inf:
                raise RefusedError(f"{name} must be a number greater than 0")
            options[name] = value if name == "dt" else int(value)
    if (precision := flat.get("precision")) is not None:
        if precision not in TN_PRECISION:
            raise RefusedError(f"precision must be {' or '.join(TN_PRECISION)}")
        options["precision"] = TN_PRECISION[precision]
    return options if device.engine is Engine.MPS else {}


def _allowed(device: Device, emulation: Emulation, serialized: str) -> dict[str, Any]:
    """Gets the options that the client may set, together with those that the service sets."""
    options = json.loads(serialized)
    if not isinstance(options, dict):
        raise RefusedError("not a serialized emulator configuration: it is not a JSON object")
    given = {name: value for name, value in options.items() if value not in (None, [], ())}
    for name, harmless in DECIDED_HERE.items():
        if name in given and given.pop(name) not in harmless:
            raise RefusedError(f"the option {name} is set by the service: leave it out")
    if unknown := given.keys() - COMMON_OPTIONS - emulation.options:
        raise RefusedError(f"{device.name} does not take the options {', '.join(sorted(unknown))}")
    return {name: value for name, value in options.items() if name not in DECIDED_HERE} | dict(emulation.forced)


def _counting(observable: Any, basis: str, emulation: Emulation) -> Any:
    """Adds the state that is measured as 1 to an observable of bitstrings, if the engine needs it."""
    if not isinstance(observable, BitStrings):
        return observable
    completed, natural = copy(observable), ONE_STATE[basis]
    if emulation.has_three_levels:
        completed.one_state = observable.one_state or natural
    elif observable.one_state == natural:
        completed.one_state = None  # emu-mps accepts it in one basis only, but counts correctly without it in both
    return completed


def _check_shots(config: EmulationConfig[Any], device: Device) -> None:
    for observable in config.observables:
        if isinstance(observable, BitStrings):
            shots = observable.num_shots or config.default_num_shots
            if shots > device.max_runs:
                raise RefusedError(f"{shots} shots are too many: {device.name} takes at most {device.max_runs}")
