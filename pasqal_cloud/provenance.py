"""Where counts come from: job, device, seed and sequence, as far as they are known without a request."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

SEQUENCES_KEPT = 16
"""The number of sequences whose facts are kept, so that the results of a batch parse theirs once."""


@attrs.frozen(kw_only=True)
class Provenance:
    """Where counts come from. What is not known without a request is None.

    Attributes:
        job_id: The id of the job.
        batch_id: The id of its batch.
        device_type: The device that the batch was sent to.
        emulated: Whether an emulator computed the counts, rather than a QPU measuring them.
        emulated_by: The emulator that stood in for the device, where the local service says so.
        specs_date: The date of the device's specifications, where the service gives it; none is known to do so.
        seed: The seed of the random numbers, with which the local service computes the same counts again.
        pulser_version: The version of Pulser that serialized the sequence.
        sequence_hash: The SHA-256 of the serialized sequence (its abstract representation, in UTF-8), in hexadecimal.
        runs: The number of shots that were asked for.
    """

    job_id: str | None = None
    batch_id: str | None = None
    device_type: str | None = None
    emulated: bool | None = None
    emulated_by: str | None = None
    specs_date: date | None = None
    seed: int | None = None
    pulser_version: str | None = None
    sequence_hash: str | None = None
    runs: int | None = None

    def _and(self, other: Provenance) -> Provenance:
        """Gets what both have in common, with the sum of their runs."""
        runs = None if self.runs is None or other.runs is None else self.runs + other.runs
        names = attrs.fields_dict(Provenance)
        differing = dict.fromkeys(name for name in names if getattr(self, name) != getattr(other, name))
        return attrs.evolve(self, **differing | {"runs": runs})


@attrs.frozen
class SequenceFacts:
    """What is known of a serialized sequence without Pulser.

    Attributes:
        atoms: The ids of its atoms, in order; None if they can't be read.
        is_mappable: Whether the values of its variables determine which of these atoms there are.
        has_variables: Whether a job that runs it has variables.
        pulser_version: The version of Pulser that serialized it.
        hash: Its SHA-256, in hexadecimal.
    """

    atoms: tuple[str, ...] | None
    is_mappable: bool
    has_variables: bool
    pulser_version: str | None
    hash: str

    def atoms_for(self, variables: Mapping[str, Any]) -> tuple[str, ...] | None:
        """Gets the ids of the atoms of a job with these variables, in order."""
        if not self.is_mappable or self.atoms is None:
            return self.atoms
        mapped = variables.get("qubits")
        ids = set(map(str, mapped)) if isinstance(mapped, dict) else set()
        return tuple(atom for atom in self.atoms if atom in ids) or None


@lru_cache(SEQUENCES_KEPT)
def facts_of(serialized: str) -> SequenceFacts:
    """Reads the facts of a serialized sequence; from a text that is none, there is only its hash."""
    content = _object(serialized)
    register = content.get("register")
    atoms = register if isinstance(register, list) and all(isinstance(atom, dict) for atom in register) else []
    is_mappable = any("qid" in atom for atom in atoms)
    ids = [atom.get("qid" if is_mappable else "name") for atom in atoms]
    version = content.get("pulser_version")
    return SequenceFacts(
        atoms=None if not ids or None in ids else tuple(map(str, ids)),
        is_mappable=is_mappable,
        has_variables=is_mappable or bool(content.get("variables")),
        pulser_version=version if isinstance(version, str) else None,
        hash=sha256(serialized.encode(errors="surrogatepass")).hexdigest(),
    )


def atoms_in(results: str) -> tuple[str, ...] | None:
    """Reads the ids of the atoms from Pulser's `Results`, serialized, without parsing the rest, which may be large."""
    key = _ATOMS.search(results)
    try:
        atoms, _ = _DECODER.raw_decode(results, key.end()) if key else (None, 0)
    except (RecursionError, ValueError):
        return None
    return tuple(map(str, atoms)) if isinstance(atoms, list) and atoms else None


_ATOMS = re.compile(r'"atom_order"\s*:\s*')
_DECODER = json.JSONDecoder()


def _object(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (RecursionError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
