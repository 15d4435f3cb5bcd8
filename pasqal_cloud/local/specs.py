"""The specs of devices, as Pulser serializes them: from a file, or those of the stand-ins. Does not import Pulser."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource

from pasqal_cloud.local.options import UnservableError

MODELS = {True: "AnalogDevice", False: "MockDevice"}
"""The Pulser devices whose specs replace those of a QPU (True) or an emulator (False)."""


def stand_in(name: str, *, is_qpu: bool) -> str:
    """Gets specs for a device: those of one of Pulser's devices, renamed."""
    return json.dumps(_model(MODELS[is_qpu]) | {"name": name}, ensure_ascii=False)


def with_limits(specs: str, **limits: int) -> str:
    """Replaces limits in serialized specs; specs that have them already stay as they are, to the letter."""
    facts = json.loads(specs)
    stated = all(facts.get(name) == limit for name, limit in limits.items())
    return specs if stated else json.dumps(facts | limits, ensure_ascii=False)


def read_specs(path: Path) -> dict[str, str]:
    """Reads device specs by device type from a file; each is an object or a string with its JSON.

    Raises:
        UnservableError: The file can't be read, or its specs are not those of Pulser devices.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UnservableError(f"The specs file {path} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise UnservableError(f"The specs file {path} is not JSON: {error}.") from error
    if not isinstance(content, dict) or not content:
        raise UnservableError(f"The specs file {path} must contain a JSON object that maps device types to specs.")
    return {name: _serialized(specs, f"The specs of {name} in {path}") for name, specs in content.items()}


def _serialized(specs: object, title: str) -> str:
    try:
        facts: Any = json.loads(specs) if isinstance(specs, str) else specs
    except ValueError as error:
        raise UnservableError(f"{title} are not JSON: {error}.") from error
    if wrong := best_match(_validator().iter_errors(facts)):
        place = wrong.json_path.removeprefix("$").lstrip(".") or "top level"
        raise UnservableError(f"{title} are not valid specs of a Pulser device ({place}: {wrong.message:.200}).")
    return specs if isinstance(specs, str) else json.dumps(facts)


@cache
def _model(name: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((files("pasqal_cloud.local") / "stand_ins" / f"{name}.json").read_text("utf-8"))
    return facts


@cache
def _validator() -> Draft7Validator:
    """Creates a validator from Pulser's schemas; without Pulser, it only checks what this service needs."""
    pulser = find_spec("pulser")
    if pulser is None or not pulser.submodule_search_locations:
        channels = {"type": "array", "items": {"type": "object", "required": ["id"]}}
        return Draft7Validator(
            {"type": "object", "required": ["name", "channels"], "properties": {"channels": channels}}
        )
    folder = Path(pulser.submodule_search_locations[0]) / "json" / "abstract_repr" / "schemas"
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (name, Resource.from_contents(schema)) for name, schema in schemas.items()
    )
    return Draft7Validator(schemas["device-schema.json"], registry=registry)
