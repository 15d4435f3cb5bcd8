"""Reads sequences, sets their variables, and checks that a device can run them."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jsonschema
from pulser import Sequence
from pulser.backend.abc import Backend
from pulser.json.abstract_repr.deserializer import deserialize_device

from pasqal_cloud.local.devices import QPUS
from pasqal_cloud.local.emulation.sizes import Size, size_of
from pasqal_cloud.local.names import did_you_mean

if TYPE_CHECKING:
    from pulser.devices._device_datacls import BaseDevice

EMPTY = "the sequence has no instructions: add a pulse or a delay to one of its channels"

LONGEST_SENTENCE = 300

CACHED_BYTES = 64 * 2**20
"""The estimated memory that the cache of sequences may use."""


class RefusedError(ValueError):
    """A submission can't be run."""


class _Kept:
    """A cache of the most recently used sequences, limited by memory."""

    def __init__(self) -> None:
        self._sequences: OrderedDict[tuple[str, str | None], tuple[Sequence[Any], int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[str, str | None]) -> Sequence[Any] | None:
        """Gets a sequence from the cache; None if it is not there."""
        if key not in self._sequences:
            return None
        self._sequences.move_to_end(key)
        return self._sequences[key][0]

    def keep(self, key: tuple[str, str | None], sequence: Sequence[Any], size: int) -> None:
        """Adds a sequence, unless it is too large, and drops the least recently used ones."""
        if size > CACHED_BYTES:
            return
        self._sequences[key] = sequence, size
        self._bytes += size
        while self._bytes > CACHED_BYTES:
            _, (_, dropped) = self._sequences.popitem(last=False)
            self._bytes -= dropped


_kept = _Kept()


def read(serialized: str, qpu_specs: str | None = None) -> Sequence[Any]:
    """Reads a serialized sequence; it is cached, so callers must not change it.

    Args:
        serialized: Pulser's abstract representation.
        qpu_specs: The serialized QPU that it must suit, if any; the sequence is then converted to this device.
    """
    key = serialized, qpu_specs
    if (sequence := _kept.get(key)) is None:
        sequence, size = _read(serialized, qpu_specs)
        _kept.keep(key, sequence, _memory_of(serialized, size))
    return sequence


def fresh(serialized: str, qpu_specs: str | None = None) -> Sequence[Any]:
    """Reads a serialized sequence without the cache, for callers that change it."""
    return _read(serialized, qpu_specs)[0]


def _read(serialized: str, qpu_specs: str | None) -> tuple[Sequence[Any], Size]:
    try:
        document = json.loads(serialized)
        if not isinstance(document, dict):
            raise RefusedError("not a serialized Pulser sequence: it is not a JSON object")
        size = size_of(document)
        if document.get("register") == []:
            raise RefusedError("the register has no atoms")
        sequence = Sequence.from_abstract_repr(serialized)
    except RecursionError as error:
        raise RefusedError("not a serialized Pulser sequence: it is nested too deeply") from error
    except (jsonschema.ValidationError, json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise RefusedError(f"not a serialized Pulser sequence: {sentence(error)}") from error
    return (sequence if qpu_specs is None else _for_qpu(sequence, qpu(qpu_specs))), size


def _memory_of(serialized: str, size: Size) -> int:
    """Estimates the memory of a sequence in bytes: two arrays for each pulse, and objects for its text."""
    return 20_000 + 10 * len(serialized) + int(2 * 8 * size.duration)


@lru_cache(maxsize=16)
def qpu(specs: str) -> BaseDevice:
    """Reads the specs of a QPU."""
    return deserialize_device(specs)


def built(serialized: str, variables: Mapping[str, Any], qpu_specs: str | None = None) -> Sequence[Any]:
    """Builds a new sequence with the values of all its variables."""
    sequence = read(serialized, qpu_specs)
    if takes_variables(sequence):
        return with_values(sequence, serialized, variables)
    return fresh(serialized, qpu_specs)


def with_values(sequence: Sequence[Any], serialized: str, variables: Mapping[str, Any]) -> Sequence[Any]:
    """Builds a new sequence from a parametrized one.

    Args:
        sequence: The parametrized sequence.
        serialized: The text that it was read from.
        variables: The values.
    """
    for name, value in variables.items():
        if not _is_usable(value):
            raise RefusedError(f"the value of variable {name} must consist of finite numbers, not {json.dumps(value)}")
    if not isinstance(variables.get("qubits", {}), Mapping):
        raise RefusedError("the value of qubits must map qubit names to trap numbers")
    if sequence.is_register_mappable() and variables.get("qubits") == {}:
        raise RefusedError("the value of qubits names no atom, but the sequence needs at least one")
    _check_complete(sequence, variables)
    size_of(json.loads(serialized), variables)
    return sequence.build(**variables)


def takes_variables(sequence: Sequence[Any]) -> bool:
    """Tells whether a sequence must be built with values before it can run."""
    return bool(sequence.is_parametrized() or sequence.is_register_mappable())


def check_runnable(sequence: Sequence[Any], max_atoms: int, device: str) -> None:
    """Refuses a built sequence that has too many atoms, is empty, or has no measurement basis."""
    check_atoms(sequence, max_atoms, device)
    if sequence.is_empty():
        raise RefusedError(EMPTY)
    measurement_basis(sequence)


def check_atoms(sequence: Sequence[Any], max_atoms: int, device: str) -> None:
    """Refuses a sequence with too many atoms for a device, which may not be the one that it was written for."""
    atoms = len(sequence.register.qubit_ids)
    if atoms > max_atoms:
        raise RefusedError(f"the register has {atoms} atoms, but {device} takes at most {max_atoms}")


def measurement_basis(sequence: Sequence[Any]) -> str:
    """Gets the basis in which a sequence is measured; by default, the only basis that it addresses."""
    if sequence.is_measured():
        return str(sequence.get_measurement_basis())
    bases = sequence.get_addressed_bases()
    if len(bases) != 1:
        raise RefusedError(
            f"the sequence addresses the bases {' and '.join(bases)} and is not measured: end it with measure()"
        )
    return str(bases[0])


def sentence(error: Exception) -> str:
    """Describes an error in one short sentence."""
    if isinstance(error, jsonschema.ValidationError):
        place = error.json_path.removeprefix("$").lstrip(".")
        return f"{place or 'its content'} does not follow Pulser's schema"
    if isinstance(error, json.JSONDecodeError):
        return "it is not JSON"
    text = " ".join(str(error).split()) or f"it failed with {type(error).__name__}, without a reason"
    return text if len(text) <= LONGEST_SENTENCE else text[: LONGEST_SENTENCE - 1] + "…"


def _for_qpu(sequence: Sequence[Any], device: BaseDevice) -> Sequence[Any]:
    """Checks a sequence as a QPU does, and converts it to this device; one written for another QPU is refused."""
    own = sequence.device.name
    if own != device.name and own in QPUS and device.name in QPUS:
        raise RefusedError(f"the sequence was written for {own}, not for {device.name}")
    if sequence.is_empty():
        raise RefusedError(EMPTY)
    if device.max_atom_num and not sequence.is_register_mappable():
        # Pulser would only say that the register is incompatible
        check_atoms(sequence, device.max_atom_num, device.name)
    if sequence.device != device:
        try:
            sequence = sequence.with_new_device(device, strict=True)
        except Exception as error:  # Pulser has many reasons why a sequence does not fit
            reason = f"the sequence, written for {own}, does not fit {device.name}: {sentence(error)}"
            raise RefusedError(reason) from error
    Backend.validate_sequence(sequence, mimic_qpu=True)
    return sequence


def _check_complete(sequence: Sequence[Any], variables: Mapping[str, Any]) -> None:
    """Refuses values that leave a variable without one, and points at a name that may be misspelled."""
    declared = sequence.declared_variables
    if missing := [name for name in declared if name not in variables]:
        hints = [
            f"; '{name}' is not a variable of the sequence{hint}"
            for name in variables
            if name not in declared and (hint := did_you_mean(name, missing))
        ]
        what = "a value is missing for the variable" if len(missing) == 1 else "values are missing for the variables"
        raise RefusedError(f"{what} {', '.join(missing)}{''.join(hints)}")


def _is_usable(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_usable, value.values()))
    if isinstance(value, list):
        return all(map(_is_usable, value))
    return isinstance(value, str) or (value is not None and math.isfinite(value))
