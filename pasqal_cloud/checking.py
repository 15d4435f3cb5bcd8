"""What is computed with Pulser, on this machine: its devices, and whether a sequence fits one of them.

Pulser is imported when one of the functions is called, since it takes longer than everything else of this package.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeAlias

from pasqal_cloud.errors import MissingExtraError, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pulser
    from pulser.devices import Device, VirtualDevice

PulserDevice: TypeAlias = "Device | VirtualDevice"

LONGEST = 400
"""The characters after which a reason of Pulser's is cut off."""


def needs_pulser(what: str) -> None:
    """Raises an error if Pulser is not installed.

    Args:
        what: What needs it, for the error.

    Raises:
        MissingExtraError: It is not installed.
    """
    if find_spec("pulser") is None:
        raise MissingExtraError(f'{what} needs Pulser, which is not installed: pip install "pasqal-cloud[pulser]"')


def device_of(specs: str) -> PulserDevice:
    """Makes a Pulser device from its serialized specifications.

    Raises:
        MissingExtraError: Pulser is not installed.
        ValidationError: The installed Pulser can't read the specifications.
    """
    needs_pulser("A Pulser device")
    from pulser.json.abstract_repr.deserializer import deserialize_device

    try:
        return deserialize_device(specs)
    except Exception as error:
        raise ValidationError(f"Pulser can't read the specifications of this device: {error}", sent=False) from error


def refusals(
    sequence: str, values: Mapping[str, Any] | None, *, device: str, specs: str | None, max_atoms: int | None
) -> list[str]:
    """Gets the reasons why a device would refuse a sequence, as sentences.

    Args:
        sequence: The serialized sequence.
        values: The values of its variables; None if they are not known, so that only the rest is checked.
        device: The device's type.
        specs: The device's specifications; None if there are none. Those of a QPU are checked.
        max_atoms: The maximum number of atoms; None if it is not known.
    """
    from pulser import Sequence

    try:
        read = Sequence.from_abstract_repr(sequence)
    except Exception as error:  # noqa: BLE001 - Pulser fails on what it can't read in many ways
        return [_sentence("The sequence can't be read", error)]
    return [*_too_many(read, values, device, max_atoms), *_unfit(read, values, device, specs)]


def _too_many(
    sequence: pulser.Sequence[Any], values: Mapping[str, Any] | None, device: str, max_atoms: int | None
) -> Iterator[str]:
    atoms = (values or {}).get("qubits", ()) if sequence.is_register_mappable() else sequence.register.qubit_ids
    if max_atoms is not None and len(atoms) > max_atoms:
        yield f"The register has {len(atoms)} atoms, but {device} takes at most {max_atoms}."


def _unfit(
    sequence: pulser.Sequence[Any], values: Mapping[str, Any] | None, device: str, specs: str | None
) -> Iterator[str]:
    """Tells why a sequence can't be converted to a QPU, built or measured; what comes first may hide what follows."""
    from pulser.backend.abc import Backend
    from pulser.devices import Device

    qpu = None if specs is None else device_of(specs)
    if sequence.is_empty():
        yield "The sequence has no instructions: add a pulse or a delay to one of its channels."
        return
    is_built = not (sequence.is_parametrized() or sequence.is_register_mappable())
    try:
        if isinstance(qpu, Device):
            if sequence.device != qpu:
                sequence = sequence.with_new_device(qpu, strict=True)
            Backend.validate_sequence(sequence, mimic_qpu=True)
    except Exception as error:  # noqa: BLE001 - as above
        yield _sentence(f"The sequence, written for {sequence.device.name}, does not fit {device}", error)
        return
    if not is_built and values is None:
        return
    try:
        built = sequence if is_built else sequence.build(**(values or {}))
    except Exception as error:  # noqa: BLE001 - as above
        yield _sentence(f"With these values, the sequence does not fit {sequence.device.name}", error)
        return
    if not built.is_measured() and len(bases := built.get_addressed_bases()) != 1:
        yield f"The sequence addresses the bases {' and '.join(bases)} and is not measured: end it with measure()."


def _sentence(what: str, error: Exception) -> str:
    """Puts a reason of Pulser's, with the one behind it, in one sentence."""
    reasons = [" ".join(str(each).split()) for each in (error, error.__cause__) if each is not None]
    text = " ".join(dict.fromkeys(filter(None, reasons))) or type(error).__name__
    text = f"{text[: LONGEST - 1]}…" if len(text) > LONGEST else text
    return f"{what}: {text}" if text.endswith((".", "…", "!", "?")) else f"{what}: {text}."
