"""Runs jobs: from a serialized sequence to a result document. It loads Pulser, so only worker processes import it."""

from __future__ import annotations

import json
import random
import sys
import warnings
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import numpy as np
import qutip

from pasqal_cloud.local.devices import EMULATORS
from pasqal_cloud.local.emulation.emulators import configure, load
from pasqal_cloud.local.emulation.sequences import built, measurement_basis, sentence
from pasqal_cloud.local.tasks import Outcome, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pulser.backend import Results


def warm_up() -> None:
    """Loads all installed engines before the first job."""
    for engine, emulator in EMULATORS.items():
        if emulator.is_installed:
            load(engine)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)  # one core per worker


def run(task: Task) -> Outcome:
    """Runs one job; the same task always gives the same results, except for the ids that Pulser generates."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _seeded(task.seed):
                document = json.dumps(_document(task, _results(task)))
        except Exception as error:  # noqa: BLE001 - whatever Pulser or an emulator raises is this job's error
            return Outcome(errors=(sentence(error),))
    return Outcome(document=document)


def _results(task: Task) -> Results:
    sequence = built(task.sequence, task.variables, task.device.qpu_specs if task.device.is_qpu else None)
    basis = measurement_basis(sequence)
    if not sequence.is_measured():
        sequence.measure(basis)
    config = configure(task.device, task.backend_configuration, task.configuration or {}, basis, task.runs)
    return cast("Results", load(task.device.engine).backend(sequence, config=config).run())


def _document(task: Task, results: Results) -> dict[str, Any]:
    """Creates a result document; the cloud's documents have no `emulated_by`."""
    try:
        counter = dict(results.final_bitstrings)
    except RuntimeError:  # the configuration asks for no bitstrings at the end
        counter = None
    document = {
        "counter": counter,
        "raw": _shots(counter, task.seed) if counter and _wants_shots(task.configuration or {}) else None,
        "serialised_results": results.to_abstract_repr(),
    }
    if task.device.is_stand_in:
        document["emulated_by"] = EMULATORS[task.device.engine].title
    return document


def _wants_shots(flat: Mapping[str, Any]) -> bool:
    types = flat.get("result_types")
    return isinstance(types, list) and "run" in types


def _shots(counter: Mapping[str, int], seed: int) -> list[str]:
    """Gets a bitstring for each shot, in random order."""
    shots = [bits for bits, count in sorted(counter.items()) for _ in range(count)]
    return [shots[n] for n in np.random.default_rng(seed).permutation(len(shots))]


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seeds all random number generators that the emulators use."""
    random.seed(seed)
    np.random.seed(seed)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)
    # QuTiP's Monte Carlo solver chooses its own seeds, and Pulser has no option for them
    with patch.object(qutip, "mcsolve", partial(_seeded_mcsolve, qutip.mcsolve)):
        yield


def _seeded_mcsolve(mcsolve: Any, *arguments: Any, **options: Any) -> Any:
    return mcsolve(*arguments, seeds=int(np.random.randint(2**32, dtype=np.uint64)), **options)
