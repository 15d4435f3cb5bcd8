"""Prepares the specification for openapi-python-client, which drops what it does not know; prints it as JSON.

python scripts/client_spec.py < spec/openapi.yaml

* A set of values that the service may extend, a string with `x-extensible-enum`, becomes an enumeration, and each place
  that refers to it one of its values or any other string: editors then offer the values that are known.
* An object that no request is made of gets `x-only-in-answers`, which scripts/templates/model.py.jinja knows.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUES = "x-extensible-enum"
SCHEMAS = "#/components/schemas/"
PARTS = ("allOf", "anyOf", "items", "oneOf", "schema")
"""What a property or a parameter is made of."""


def prepared(spec: dict[str, Any]) -> dict[str, Any]:
    """Returns the document that the generator is given.

    Args:
        spec: The specification.
    """
    schemas = spec["components"]["schemas"]
    sets = {SCHEMAS + name: schema for name, schema in schemas.items() if VALUES in schema}
    changed: dict[str, Any] = _opened(spec, sets)
    for reference, schema in sets.items():
        changed["components"]["schemas"][reference.removeprefix(SCHEMAS)] = _closed(schema)
    sent = _sent(spec)
    for name, schema in changed["components"]["schemas"].items():
        if name not in sent and "enum" not in schema:
            schema["x-only-in-answers"] = True
    return changed


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != VALUES} | {"enum": schema[VALUES]}


def _opened(node: Any, sets: dict[str, dict[str, Any]], name: str = "") -> Any:
    """Copies a part of the document, with each extensible set in it open; `name` is a property's or a parameter's."""
    if isinstance(node, list):
        return [_opened(item, sets) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get(VALUES), list):  # a set without a name of its own gets that of its property
        about = {key: value for key, value in node.items() if key in ("description", "example", "examples")}
        return about | {"anyOf": [_closed(node) | {"title": name}, {"type": "string"}]}
    if node.get("$ref") in sets:
        known = sets[node["$ref"]]
        about = {key: value for key, value in known.items() if key not in ("type", VALUES)}
        siblings = {key: value for key, value in node.items() if key != "$ref"}
        return about | siblings | {"anyOf": [{"$ref": node["$ref"]}, {"type": "string"}]}
    name = node["name"] if "in" in node and "schema" in node else name
    return {key: _opened(value, sets, name if key in PARTS else key) for key, value in node.items()}


def _sent(spec: dict[str, Any]) -> set[str]:
    """Returns the names of the schemas that requests are made of."""
    operations = [operation for item in spec["paths"].values() for operation in item.values()]
    waiting = [operation.get("requestBody", {}) for operation in operations if isinstance(operation, dict)]
    waiting.append(spec["components"].get("requestBodies", {}))
    waiting.append(spec["components"].get("parameters", {}))
    found: set[str] = set()
    while waiting:
        for reference in _references(waiting.pop()):
            name = reference.removeprefix(SCHEMAS)
            if name != reference and name not in found:
                found.add(name)
                waiting.append(spec["components"]["schemas"][name])
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


if __name__ == "__main__":
    json.dump(prepared(yaml.safe_load(sys.stdin)), sys.stdout, indent=1)
