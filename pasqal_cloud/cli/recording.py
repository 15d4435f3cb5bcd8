"""Answers of the service without what is private, and what the specification does not know of them."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlsplit

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
TIME = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-][\d:]+)?)?")
WORD = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
"""A name of the service's, such as `TIMED_OUT`."""

PUBLIC = frozenset(
    {"allowed_result_types", "channels", "code", "default_result_types", "device_type", "grant_type", "type"}
)
"""Keys whose values are the service's own words, even if the specification does not list them."""

KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null", list: "array"}


class Recorder:
    """Records answers, each compared with the specification.

    Names, addresses, texts, sequences and tokens become their length. Numbers, times and the service's own words, such
    as statuses, stay. Ids become numbered ids, the same everywhere.
    """

    def __init__(self) -> None:
        self._spec: dict[str, Any] = json.loads((files("pasqal_cloud_api") / "openapi.json").read_text("utf-8"))
        self._ids: dict[str, str] = {}
        self._unknown: list[str] = []
        self.records: list[dict[str, Any]] = []

    @property
    def version(self) -> str:
        """The version of the specification."""
        return str(self._spec["info"]["version"])

    def record(self, operation: str, answer: object, *, status: int | None = 200) -> list[str]:
        """Records an answer.

        Args:
            operation: The operation's name in the specification.
            answer: The answer, as parsed JSON.
            status: The HTTP status; None if there was no answer.

        Returns:
            The keys and values that the specification does not know.
        """
        self._unknown = []
        shown = self._shown(answer, self._schema_of(operation, status), "")
        self.records.append({"operation": operation, "status": status, "answer": shown, "unknown": self._unknown})
        return self._unknown

    def _schema_of(self, operation: str, status: int | None) -> dict[str, Any]:
        for path in self._spec["paths"].values():
            for described in path.values():
                if isinstance(described, dict) and described.get("operationId") == operation:
                    responses = described["responses"]
                    response = responses.get(str(status)) or responses.get(f"{status or 0:03}"[0] + "XX") or {}
                    content = self._resolved(response).get("content", {})
                    return next((media.get("schema", {}) for media in content.values()), {})
        return {}

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            target: Any = self._spec
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = target
        return schema

    def _whole(self, schema: Any, value: object) -> dict[str, Any]:
        """Joins the parts of a schema, leaving out alternatives for other types of values."""
        schema = self._resolved(schema if isinstance(schema, dict) else {})
        parts = [*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())]
        whole = dict(schema)
        for part in (self._whole(part, value) for part in parts):
            if _accepts(part, value):
                properties = whole.get("properties", {}) | part.get("properties", {})
                whole = part | whole | ({"properties": properties} if properties else {})
        return whole

    def _shown(self, value: object, schema: Any, path: str) -> object:
        whole = self._whole(schema, value)
        if not _accepts(whole, value):
            self._unknown.append(f"{path}: {_type_of(value)}, not {_text_of(whole['type'])}")
        if isinstance(value, dict):
            return self._shown_object(value, whole, path)
        if isinstance(value, list):
            return [self._shown(item, whole.get("items"), f"{path}[]") for item in value]
        return self._shown_text(value, whole, path) if isinstance(value, str) else value

    def _shown_object(self, value: dict[str, Any], schema: dict[str, Any], path: str) -> dict[str, Any]:
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties")
        shown: dict[str, Any] = {}
        for name, item in value.items():
            place = f"{path}.{name}".lstrip(".")
            of_item = properties.get(name, others if isinstance(others, dict) else None)
            private = properties == {} and not isinstance(others, dict)  # a user's own names, such as of variables
            key = self._shown_text(name, {}, path) if private or UUID.fullmatch(name) else name
            while key in shown:
                key += "'"
            shown[key] = self._shown(item, of_item, place)
            if of_item is None and properties:
                self._unknown.append(f"{place}: unknown key, {_type_of(item)} {json.dumps(shown[key])[:200]}")
        return shown

    def _shown_text(self, value: str, schema: dict[str, Any], path: str) -> str:
        known = schema.get("x-extensible-enum") or schema.get("enum")
        if known:
            if value not in known:
                self._unknown.append(f"{path}: unknown value {value[:40]!r}")
            return value[:40]
        key = path.rpartition(".")[2].removesuffix("[]")
        if UUID.fullmatch(value) or (value and key in ("id", "user_id")):
            return self._ids.setdefault(value.lower(), f"00000000-0000-4000-8000-{len(self._ids) + 1:012}")
        if TIME.fullmatch(value) or (not schema and WORD.fullmatch(value)):
            return value
        if key in PUBLIC and re.fullmatch(r"[\w.-]{1,40}", value):
            return value
        if value.startswith(("https://", "http://")):
            parts = urlsplit(value)
            query = "&".join(f"{name}=..." for name, _ in parse_qsl(parts.query, keep_blank_values=True))
            return f"{parts.scheme}://{parts.hostname}/...{'?' if query else ''}{query}"
        return f"<{len(value)} characters>"


def _accepts(schema: dict[str, Any], value: object) -> bool:
    """Tells whether a schema is for values of this type."""
    kinds = schema.get("type")
    if kinds is None:
        return True
    kind = _type_of(value)
    wanted = [kinds] if isinstance(kinds, str) else kinds
    return kind in wanted or (kind == "integer" and "number" in wanted)


def _type_of(value: object) -> str:
    return KINDS.get(type(value), "object")


def _text_of(kinds: str | list[str]) -> str:
    return kinds if isinstance(kinds, str) else " or ".join(kinds)
