"""The API's description, read strictly: an answer has no property and no value that the description does not know.

The description leaves both open, since clients must read what a service adds later. A service that is put to the test
adds nothing but what `exceptions.py` lists.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

COMPOSED = "Envelope"
"""The schema that others are composed with: it stands for a part of their properties only."""


def closed(spec: dict[str, Any], values: dict[str, dict[str, str]]) -> Any:
    """Gives the description with all its objects and sets of values closed.

    Args:
        spec: The description.
        values: Values that are allowed beside the known ones, by the names of their schemas.
    """
    strict = deepcopy(spec)
    schemas = strict["components"]["schemas"]
    for name, allowed in values.items():
        schemas[name]["x-extensible-enum"] += allowed
    for name, schema in schemas.items():
        _close(schema, is_whole=name != COMPOSED)
    return strict


def _close(schema: Any, *, is_whole: bool = True) -> None:
    if isinstance(schema, list):
        for member in schema:
            _close(member)
        return
    if not isinstance(schema, dict):
        return
    if "x-extensible-enum" in schema:
        schema["enum"] = schema["x-extensible-enum"]
    for keyword, value in schema.items():
        if keyword == "properties":
            for described in value.values():
                _close(described)
        elif keyword == "allOf":
            for member in value:
                _close(member, is_whole=False)
        elif keyword in ("items", "oneOf", "anyOf", "additionalProperties"):
            _close(value)
    if {"properties", "allOf"} & schema.keys() and schema.get("additionalProperties") is True:
        del schema["additionalProperties"]
        if is_whole:
            schema["unevaluatedProperties"] = False
