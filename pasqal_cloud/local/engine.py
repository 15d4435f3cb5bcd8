"""From the wire form to counts: checks sequences and runs them on QuTiP.

This is the only module that imports Pulser, and only the worker processes import it.
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from functools import lru_cache
from typing import Any, Literal

import jsonschema
import numpy as np
from pulser import Sequence
from pulser.backend import BitStrings, EmulationConfig
from pulser_simulation import QutipBackendV2, QutipConfig

from pasqal_cloud.local.tasks import JobRequest, Outcome, Refusal, Submission, Task, Verdict

ONE_STATE: dict[str, Literal["r", "h", "d"]] = {"ground-rydberg": "r", "digital": "h", "XY": "d"}
"""The eigenstate that measures to 1 in each basis. Pulser infers it for two levels, not for three."""

CLIENT_OPTIONS = {
    "default_evaluation_times",
    "default_num_shots",
    "initial_state",
    "n_trajectories",
    "noise_model",
    "observables",
    "prefer_device_noise_model",
    "sampling_rate",
    "solver",
    "with_modulation",
}
"""What a client's backend configuration may decide."""

IGNORED_OPTIONS = {"print_progress", "progress_bar"}
"""What Pulser's own configurations carry but the service decides itself."""

LONGEST_SENTENCE = 300


class RefusedError(ValueError):
    """A submission can't be run, for the reason in the message."""


def check(submission: Submission) -> Verdict:
    """Judges a submission without running it."""
    refusals = list(_refusals(submission))
    if refusals:
        return Verdict(tuple(refusals))
    serialized = submission.sequence or next((job.sequence for job in submission.jobs if job.sequence), None)
    return Verdict(device=_parse(serialized).device.name if serialized else None)


def run(task: Task) -> Outcome:
    """Runs one job; the same task gives the same outcome every time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            sequence = _built(task.sequence, task.variables)
            basis = _measurement_basis(sequence)
            if not sequence.is_measured():
                sequence.measure(basis)
            config = _configuration(task.backend_configuration, basis)
            if task.runs is not None:
                config = config.with_changes(default_num_shots=task.runs)
            np.random.seed(task.seed)
            results = QutipBackendV2(sequence, config=config).run()
        except Exception as error:  # noqa: BLE001 - whatever Pulser or QuTiP raises is this job's error
            return Outcome(errors=(_sentence(error),))
        try:
            counter = dict(results.final_bitstrings)
        except RuntimeError:  # the configuration asks for no bitstrings at the end
            counter = None
        document = {"counter": counter, "raw": None, "serialised_results": results.to_abstract_repr()}
    return Outcome(document=json.dumps(document))


def _refusals(submission: Submission) -> Iterator[Refusal]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            _configuration(submission.backend_configuration, "ground-rydberg")
        except Exception as error:  # noqa: BLE001 - untrusted input: Pulser fails on it in many ways
            yield Refusal("backend_configuration", _sentence(error))
        if submission.sequence is not None:
            try:
                _check_shared(_parse(submission.sequence), submission)
            except Exception as error:  # noqa: BLE001 - as above
                yield Refusal("sequence_builder", _sentence(error))
                return
        for number, job in enumerate(submission.jobs):
            try:
                _check_job(job, submission)
            except Exception as error:  # noqa: BLE001 - as above
                yield Refusal("sequence" if job.sequence else "variables", _sentence(error), job=number)


def _check_shared(sequence: Sequence[Any], submission: Submission) -> None:
    if not sequence.is_register_mappable():
        _check_atoms(sequence, submission.device.max_atoms)
    if not _takes_variables(sequence):
        _check_runnable(sequence, submission.device.max_atoms)


def _check_job(job: JobRequest, submission: Submission) -> None:
    serialized = job.sequence or submission.sequence
    if serialized is None:
        return  # refused already: the service knows without Pulser
    sequence = _parse(serialized)
    if job.sequence and _takes_variables(sequence):
        raise RefusedError("a job's own sequence can't be parametrized")
    if job.variables and not _takes_variables(sequence):
        raise RefusedError("the sequence has no variables, yet values were given for " + ", ".join(job.variables))
    if job.sequence or _takes_variables(sequence):
        _check_runnable(_built(serialized, job.variables or {}), submission.device.max_atoms)


def _check_runnable(sequence: Sequence[Any], max_atoms: int) -> None:
    _check_atoms(sequence, max_atoms)
    if sequence.is_empty():
        raise RefusedError("the sequence has no instructions: add a pulse or a delay to one of its channels")
    _measurement_basis(sequence)


def _check_atoms(sequence: Sequence[Any], max_atoms: int) -> None:
    atoms = len(sequence.register.qubit_ids)
    if atoms > max_atoms:
        raise RefusedError(f"the register has {atoms} atoms, and the device takes at most {max_atoms}")


@lru_cache(maxsize=64)
def _parse(serialized: str) -> Sequence[Any]:
    """Reads a serialized sequence; callers must not change what they get."""
    try:
        if not isinstance(json.loads(serialized), dict):
            raise RefusedError("not a serialized Pulser sequence: it is not a JSON object")
        return Sequence.from_abstract_repr(serialized)
    except (jsonschema.ValidationError, json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise RefusedError(f"not a serialized Pulser sequence: {_sentence(error)}") from error


def _built(serialized: str, variables: Mapping[str, Any]) -> Sequence[Any]:
    """Gives a fresh sequence with all its variables set."""
    sequence = _parse(serialized)
    for name, value in variables.items():
        if not _is_usable(value):
            raise RefusedError(f"the value of variable {name} must be made of finite numbers, not {json.dumps(value)}")
    if not _takes_variables(sequence):
        return Sequence.from_abstract_repr(serialized)
    if not isinstance(variables.get("qubits", {}), Mapping):
        raise RefusedError("the value of qubits must map qubit names to trap numbers")
    return sequence.build(**variables)


def _takes_variables(sequence: Sequence[Any]) -> bool:
    return bool(sequence.is_parametrized() or sequence.is_register_mappable())


def _is_usable(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_usable, value.values()))
    if isinstance(value, list):
        return all(map(_is_usable, value))
    return isinstance(value, str) or (value is not None and math.isfinite(value))


def _measurement_basis(sequence: Sequence[Any]) -> str:
    """Tells where the sequence is measured: as it says, else in the one basis that it addresses."""
    if sequence.is_measured():
        return str(sequence.get_measurement_basis())
    bases = sequence.get_addressed_bases()
    if len(bases) != 1:
        raise RefusedError(
            f"the sequence addresses the bases {' and '.join(bases)} and measures none: end it with measure()"
        )
    return str(bases[0])


def _configuration(serialized: str | None, basis: str) -> EmulationConfig[Any]:
    """Makes the emulator's configuration out of what the client may decide."""
    options = json.loads(serialized) if serialized else {}
    if not isinstance(options, dict):
        raise RefusedError("not a serialized emulator configuration: it must be a JSON object")
    set_by_client = {name for name, value in options.items() if value not in (None, [], ())}
    if refused := set_by_client - CLIENT_OPTIONS - IGNORED_OPTIONS:
        raise RefusedError(f"this device does not take the options {', '.join(sorted(refused))}")
    if not options:
        return QutipConfig(observables=_bitstrings([], basis))
    config = QutipConfig.from_abstract_repr(json.dumps({k: v for k, v in options.items() if k not in IGNORED_OPTIONS}))
    return config.with_changes(observables=_bitstrings(config.observables, basis))


def _bitstrings(observables: Iterable[Any], basis: str) -> list[Any]:
    """Completes observables: bitstrings when there are none, and the state that they count as 1."""
    completed = [copy(observable) for observable in observables] or [BitStrings(evaluation_times=[1.0])]
    for observable in completed:
        if isinstance(observable, BitStrings) and observable.one_state is None:
            observable.one_state = ONE_STATE[basis]
    return completed


def _sentence(error: Exception) -> str:
    """Says in one short sentence what is wrong."""
    if isinstance(error, jsonschema.ValidationError):
        place = error.json_path.removeprefix("$").lstrip(".")
        return f"{place or 'its content'} does not follow Pulser's schema"
    if isinstance(error, json.JSONDecodeError):
        return "it is not JSON"
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= LONGEST_SENTENCE else text[: LONGEST_SENTENCE - 1] + "…"
