"""Compares spec/openapi.yaml with the last released one, and says which version the changes need.

Usage: scripts/spec-diff.sh [--spec FILE] [--released FOLDER] [--changelog FILE]

The last released document is the file `MAJOR.MINOR.PATCH.yaml` with the highest version that is not above the present
`info.version`. Each change is printed on a line of its own. The exit status is 1 if the version is too low for what has
changed, if there is no released document to compare with, or if the changelog says nothing of the present version.

Two kinds of reader are kept whole: those who send and read JSON, and those who compile against a generated client. A
change that either could notice as an error is breaking.

Breaking, and so a major version:

* an operation that is gone, moved to another path or method, or has another operation id, since this is the name of
  the generated function; another first tag, the name of the generated module;
* a component (schema, parameter, answer, ...) that is gone or renamed, since generated types have these names; a
  place that refers to another component than before;
* a server that is gone or no longer the first; a login that no longer suffices; a security scheme that works otherwise;
* a parameter that is gone, is new and required, becomes required, or is written otherwise (`style`, `explode`);
* a body that is gone, is new and required, or becomes required; a media type, an answer or a header of an answer that
  is gone; a new 2xx answer;
* a property that is gone, in requests as in answers;
* requests that allow less, and answers that allow more, than before. *Less* is: a type fewer, null included; a property
  newly required; a value fewer in a closed set; a narrower bound; a condition more; `additionalProperties: false`.
  *More* is the contrary. What becomes something else allows both less and more;
* another `format`, and a closed set (`enum`) that becomes open or an open one that closes: the generated type changes;
* another `default` in requests, since a request that leaves the value away then means something else.

Additions and announcements, and so a minor version: all that is new, requests that allow more, answers that promise
more, what becomes deprecated, and a value that is no longer listed in an open set (`x-extensible-enum`). The last
breaks nothing, for readers of an open set take any string, and generated code names no value; but people should know.

All else (texts, examples, links, other extensions) needs a patch version.

Callbacks and webhooks are requests that the service sends: their bodies are judged as answers are.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
NAMED_COMPONENTS = ("schemas", "parameters", "responses", "requestBodies", "headers", "securitySchemes", "callbacks")
"""The components whose names appear in generated code; those of examples and links do not."""

ANNOTATIONS = {"description", "title", "summary", "example", "examples", "externalDocs", "deprecated", "$comment"}
LOWER_BOUNDS = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
UPPER_BOUNDS = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
STRUCTURE = {
    "$ref", "allOf", "oneOf", "anyOf", "type", "format", "enum", "const", "default",
    "properties", "required", "additionalProperties", "items",
}  # fmt: skip
"""The keywords of schemas that are understood. Those that are in none of these sets are compared word by word."""


class Level(IntEnum):
    """How much of the version a change needs."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Direction(StrEnum):
    """Who sends what is described."""

    REQUEST = "requests"
    ANSWER = "answers"


@dataclass(frozen=True, order=True)
class Version:
    """A semantic version without a suffix."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """Reads `MAJOR.MINOR.PATCH`; None for anything else."""
        match = re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", text)
        return match and cls(*map(int, match.groups()))

    def after(self, level: Level | None) -> Version:
        """The lowest version that follows this one with changes of that level, or this one if there are none."""
        return {
            None: self,
            Level.PATCH: Version(self.major, self.minor, self.patch + 1),
            Level.MINOR: Version(self.major, self.minor + 1, 0),
            Level.MAJOR: Version(self.major + 1, 0, 0),
        }[level]

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


@dataclass(frozen=True)
class Node:
    """A part of a document and what to call its place."""

    at: str
    value: Any


@dataclass
class Shape:
    """What a schema allows, once its references, `allOf`, and unions with null or of different types are resolved."""

    name: str | None = None
    types: frozenset[str] | None = None  # None: any
    format: str | None = None
    default: str | None = None
    deprecated: bool = False
    values: frozenset[str] | None = None  # a closed set
    known: frozenset[str] | None = None  # an open set
    variants: frozenset[str] | None = None  # a union that is no union of different types
    bounds: dict[str, float] = field(default_factory=dict)
    conditions: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Node] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: Node | None = None
    additional: Node | bool = True

    def narrow(self, other: Shape) -> None:
        """Adds what another schema demands of the same value."""
        for attribute in ("types", "values"):
            mine, its = getattr(self, attribute), getattr(other, attribute)
            setattr(self, attribute, its if mine is None else mine if its is None else mine & its)
        for attribute in ("name", "format", "default", "known", "variants", "items"):
            if getattr(other, attribute) is not None:
                setattr(self, attribute, getattr(other, attribute))
        for name, node in other.properties.items():
            mine = self.properties.get(name)
            self.properties[name] = Node(node.at, {"allOf": [mine.value, node.value]}) if mine else node
        self.bounds |= other.bounds
        self.conditions |= other.conditions
        self.required |= other.required
        self.deprecated |= other.deprecated
        if other.additional is not True and self.additional is not False:
            self.additional = other.additional


def encoded(value: Any) -> str:
    """A value as text that can be compared."""
    return json.dumps(value, sort_keys=True, default=str)


def bare(value: Any) -> Any:
    """A schema without its annotations, and without `additionalProperties: true`, which is the same as nothing."""
    if isinstance(value, list):
        return [bare(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: {name: bare(schema) for name, schema in inner.items()} if key == "properties" else bare(inner)
        for key, inner in value.items()
        if key not in ANNOTATIONS and not key.startswith("x-") and (key, inner) != ("additionalProperties", True)
    }


class Document:
    """An OpenAPI 3.1 document in one file."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content

    def components(self, kind: str) -> dict[str, Any]:
        """The components of a kind, by name."""
        return self.content.get("components", {}).get(kind, {})

    def resolve(self, node: Node) -> Node:
        """What a node is, or what it refers to, which is then called by its component's name."""
        while isinstance(node.value, dict) and "$ref" in node.value:
            steps = [step.replace("~1", "/").replace("~0", "~") for step in node.value["$ref"].split("/")]
            if steps[0] != "#":
                raise ValueError(f"{node.at}: {node.value['$ref']} is in another document")
            target: Any = self.content
            for step in steps[1:]:
                target = target[int(step)] if isinstance(target, list) else target[step]
            node = Node(steps[-1], target)
        return node

    def schemas_in(self, value: Any) -> set[str]:
        """The names of the schemas that something refers to, directly or through others."""
        seen: set[str] = set()
        waiting = [value]
        while waiting:
            for reference in set(re.findall(r'"\$ref": "(#/components/[^"]+)"', encoded(waiting.pop()))) - seen:
                seen.add(reference)
                waiting.append(self.resolve(Node("", {"$ref": reference})).value)
        return {reference.rpartition("/")[2] for reference in seen if reference.startswith("#/components/schemas/")}

    def shape(self, node: Node) -> Shape:
        """What the schema at a node allows."""
        named = isinstance(node.value, dict) and "$ref" in node.value
        beside = Node(node.at, {word: value for word, value in node.value.items() if word != "$ref"}) if named else None
        node = self.resolve(node)
        schema = node.value if isinstance(node.value, dict) else {} if node.value else {"type": []}
        shape = Shape()
        for part in schema.get("allOf", ()):
            shape.narrow(self.shape(Node(node.at, part)))
        if len(schema.get("allOf", ())) > 1:
            shape.name = None
        for union in (schema[word] for word in ("oneOf", "anyOf") if word in schema):
            shape.narrow(self._united([Node(node.at, part) for part in union]))
        shape.narrow(self._own(node.at, schema))
        if named:
            shape.narrow(self.shape(beside))
            shape.name = None if bare(beside.value) else node.at
        return shape

    def origin(self, node: Node) -> str:
        """Where a schema is written: at the component that it refers to, unless it says more than that."""
        return self.resolve(node).at if isinstance(node.value, dict) and node.value.keys() == {"$ref"} else node.at

    def _own(self, at: str, schema: dict[str, Any]) -> Shape:
        types = schema.get("type")
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        known = schema.get("x-extensible-enum")
        additional = schema.get("additionalProperties", True)
        handled = STRUCTURE | ANNOTATIONS | LOWER_BOUNDS | UPPER_BOUNDS
        return Shape(
            types=None if types is None else frozenset([types] if isinstance(types, str) else types),
            format=schema.get("format"),
            default=encoded(schema["default"]) if "default" in schema else None,
            deprecated=schema.get("deprecated", False),
            values=None if values is None else frozenset(encoded(value) for value in values if value is not None),
            known=None if known is None else frozenset(map(encoded, known)),
            bounds={word: schema[word] for word in (LOWER_BOUNDS | UPPER_BOUNDS) & schema.keys()},
            conditions={
                word: encoded(bare(rule))
                for word, rule in schema.items()
                if word not in handled and not word.startswith("x-")
            },
            properties={name: Node(f"{at}.{name}", inner) for name, inner in schema.get("properties", {}).items()},
            required=frozenset(schema.get("required", ())),
            items=Node(f"{at}[]", schema["items"]) if "items" in schema else None,
            additional=additional if isinstance(additional, bool) else Node(f"{at}.*", additional),
        )

    def _united(self, branches: list[Node]) -> Shape:
        shapes = [self.shape(branch) for branch in branches]
        others = [shape for shape in shapes if shape.types != {"null"}]
        if len(others) == 1:
            (shape,) = others
            if shape.types is not None and len(shapes) > 1:
                shape.types |= {"null"}
            return shape
        types = [shape.types for shape in shapes]
        if None in types or len(frozenset().union(*types)) < sum(map(len, types)):
            return Shape(variants=frozenset(encoded(bare(branch.value)) for branch in branches))
        united = Shape()
        for shape in others:
            shape.types = shape.name = None
            united.narrow(shape)
        united.types = frozenset().union(*types)
        return united


@dataclass(frozen=True)
class Part:
    """A part of a document that has texts of its own, and how changes in it are called."""

    name: str
    place: str


@dataclass(frozen=True)
class Operation:
    """An operation and where it stands."""

    path: str
    method: str
    definition: dict[str, Any]
    item: dict[str, Any]

    @property
    def id(self) -> str:
        """The operation id, or the method and the path if it has none."""
        return self.definition.get("operationId", self.route)

    @property
    def route(self) -> str:
        """The method and the path."""
        return f"{self.method.upper()} {self.path}"

    def inherited(self, word: str) -> Any:
        """What the operation says itself, or else its path; None if neither does."""
        return self.definition.get(word, self.item.get(word))


class Comparison:
    """The changes between two documents, found on creation."""

    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.old, self.new = Document(old), Document(new)
        self._found: dict[tuple[Level, str, str], set[Direction]] = {}
        self._compared: set[tuple[str, str, str, Direction]] = set()
        self._servers("servers", old.get("servers", ()), new.get("servers", ()))
        self._security("security", old.get("security", ()), new.get("security", ()))
        self._all_operations("paths", Direction.REQUEST, Direction.ANSWER)
        self._all_operations("webhooks", Direction.ANSWER, Direction.REQUEST)
        self._components()
        self._texts()

    @property
    def level(self) -> Level | None:
        """The greatest level of all changes; None if nothing changed."""
        return max((level for level, _, _ in self._found), default=None)

    def lines(self, level: Level) -> list[str]:
        """The changes of a level, sorted."""
        return sorted(
            f"{at}: {what}" + (f" (in {' and '.join(sorted(directions, reverse=True))})" if directions else "")
            for (found, at, what), directions in self._found.items()
            if found is level
        )

    def _note(self, level: Level, at: str, what: str, direction: Direction | None = None) -> None:
        self._found.setdefault((level, at, what), set()).update([direction] if direction else [])

    # ------------------------------------------------------------------------------------------------------- operations

    @staticmethod
    def _operations(items: dict[str, Any]) -> list[Operation]:
        return [
            Operation(path, method, item[method], item)
            for path, item in items.items()
            for method in METHODS
            if method in item
        ]

    def _all_operations(self, where: str, sent: Direction, received: Direction) -> None:
        old = self._operations(self.old.content.get(where, {}))
        new = self._operations(self.new.content.get(where, {}))
        by_id, by_route = ({getattr(one, key): one for one in new} for key in ("id", "route"))
        known = {operation.id for operation in old}
        matched = set()
        for before in old:
            same_place = by_route.get(before.route)
            after = by_id.get(before.id) or (same_place if same_place and same_place.id not in known else None)
            if after is None:
                self._note(Level.MAJOR, before.id, f"{before.route} is gone")
                continue
            matched.add(after.id)
            if after.id != before.id:
                self._note(Level.MAJOR, before.id, f"the operation id is now {after.id}")
            if after.route != before.route:
                self._note(Level.MAJOR, before.id, f"moved from {before.route} to {after.route}")
            self._operation(before.id, before, after, sent, received)
        for operation in new:
            if operation.id not in matched:
                self._note(Level.MINOR, operation.id, f"{operation.route} is new")

    def _operation(self, at: str, old: Operation, new: Operation, sent: Direction, received: Direction) -> None:
        before, after = old.definition, new.definition
        tags = [operation.get("tags", [None])[0] for operation in (before, after)]
        if tags[0] != tags[1]:
            self._note(Level.MAJOR, at, f"the first tag is {tags[1]} instead of {tags[0]}")
        if after.get("deprecated") and not before.get("deprecated"):
            self._note(Level.MINOR, at, "deprecated")
        for word, compare in (("servers", self._servers), ("security", self._security)):
            own = old.inherited(word), new.inherited(word)
            if own != (None, None):  # what holds for all operations is compared once, for the document
                common = self.old.content.get(word, ()), self.new.content.get(word, ())
                compare(f"{at} {word}", *(common[i] if own[i] is None else own[i] for i in (0, 1)))
        self._parameters(at, old, new, sent)
        self._body(f"{at} body", before.get("requestBody"), after.get("requestBody"), sent)
        self._answers(at, before.get("responses", {}), after.get("responses", {}), received)
        self._callbacks(at, before.get("callbacks", {}), after.get("callbacks", {}), received, sent)

    def _servers(self, at: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
        before, after = ([server["url"] for server in servers] for servers in (old, new))
        for url in before:
            if url not in after:
                self._note(Level.MAJOR, at, f"{url} is gone")
        for url in after:
            if url not in before:
                self._note(Level.MINOR, at, f"{url} is new")
        if before and before[0] in after and before[0] != after[0]:
            self._note(Level.MAJOR, at, f"the first one, which clients use unless told otherwise, is now {after[0]}")

    def _security(self, at: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> None:
        before, after = ({encoded(choice) for choice in choices} or {"{}"} for choices in (old, new))
        for choice in before - after:
            self._note(Level.MINOR if "{}" in after else Level.MAJOR, at, f"the login {choice} no longer suffices")
        for choice in after - before:
            self._note(Level.MINOR, at, f"the login {choice} suffices now")

    def _parameters(self, at: str, old: Operation, new: Operation, sent: Direction) -> None:
        def of(operation: Operation, document: Document) -> dict[str, dict[str, Any]]:
            given = [*operation.item.get("parameters", ()), *operation.definition.get("parameters", ())]
            resolved = [document.resolve(Node(at, parameter)).value for parameter in given]
            return {f"{at} {one['in']} parameter {one['name']}": one for one in resolved}

        before, after = of(old, self.old), of(new, self.new)
        for place in before.keys() | after.keys():
            if place not in after:
                self._note(Level.MAJOR, place, "gone")
            elif place not in before:
                required = after[place].get("required", False)
                self._note(*((Level.MAJOR, place, "new and required") if required else (Level.MINOR, place, "new")))
            else:
                self._parameter(place, before[place], after[place], sent)

    def _parameter(self, at: str, old: dict[str, Any], new: dict[str, Any], sent: Direction) -> None:
        self._requirement(at, old, new, sent)
        if new.get("deprecated") and not old.get("deprecated"):
            self._note(Level.MINOR, at, "deprecated")
        for word, before, after in zip(
            ("style", "explode", "allowReserved"), self._writing(old), self._writing(new), strict=True
        ):
            if before != after:
                self._note(Level.MAJOR, at, f"{word} is {encoded(after)} instead of {encoded(before)}")
        if "schema" in old and "schema" in new:
            self._schema(Node(at, old["schema"]), Node(at, new["schema"]), sent)
        else:
            self._content(at, self._content_of(old), self._content_of(new), sent)

    @staticmethod
    def _content_of(parameter: dict[str, Any]) -> dict[str, Any]:
        return parameter.get("content") or {"no media type": {"schema": parameter["schema"]}}

    @staticmethod
    def _writing(parameter: dict[str, Any]) -> tuple[str, bool, bool]:
        style = parameter.get("style", "form" if parameter["in"] in ("query", "cookie") else "simple")
        return style, parameter.get("explode", style == "form"), parameter.get("allowReserved", False)

    def _body(self, at: str, old: Any, new: Any, sent: Direction) -> None:
        before, after = self.old.resolve(Node(at, old)).value, self.new.resolve(Node(at, new)).value
        if before and after:
            self._requirement(at, before, after, sent)
            self._content(at, before["content"], after["content"], sent)
        elif before:
            self._note(Level.MAJOR, at, "gone")
        elif after:
            self._note(*((Level.MAJOR, at, "new and required") if after.get("required") else (Level.MINOR, at, "new")))

    def _requirement(self, at: str, old: dict[str, Any], new: dict[str, Any], direction: Direction) -> None:
        before, after = old.get("required", False), new.get("required", False)
        less, more = after and not before, before and not after
        self._moved(at, direction, less="required now" if less else "", more="no longer required" if more else "")

    def _content(self, at: str, old: dict[str, Any], new: dict[str, Any], direction: Direction) -> None:
        for kind in old.keys() - new.keys():
            self._note(Level.MAJOR, at, f"{kind} is gone")
        for kind in new.keys() - old.keys():
            self._note(Level.MINOR, at, f"{kind} is new")
        for kind in old.keys() & new.keys():
            self._schema(Node(at, old[kind].get("schema", True)), Node(at, new[kind].get("schema", True)), direction)

    def _answers(self, at: str, old: dict[str, Any], new: dict[str, Any], received: Direction) -> None:
        def covering(answers: dict[str, Any], status: str) -> Any:
            return answers.get(status) or answers.get(f"{status[0]}XX") or answers.get("default")

        old, new = ({str(status): answer for status, answer in answers.items()} for answers in (old, new))
        for status in old.keys() | new.keys():
            place = f"{at} answer {status}"
            if status not in old:
                self._note(Level.MAJOR if status.startswith("2") else Level.MINOR, place, "new")
            elif covering(new, status) is None:
                self._note(Level.MAJOR, place, "gone")
            elif status not in new:
                self._note(Level.MAJOR, place, "no longer told from others")
            before, after = covering(old, status), covering(new, status)
            if before and after:
                self._answer(
                    place, self.old.resolve(Node(place, before)), self.new.resolve(Node(place, after)), received
                )

    def _answer(self, at: str, old: Node, new: Node, received: Direction) -> None:
        place = at if old.at == at or new.at != old.at else f"answer {new.at}"
        self._content(place, old.value.get("content", {}), new.value.get("content", {}), received)
        before, after = old.value.get("headers", {}), new.value.get("headers", {})
        for name in before.keys() - after.keys():
            self._note(Level.MAJOR, place, f"the header {name} is gone")
        for name in after.keys() - before.keys():
            self._note(Level.MINOR, place, f"the header {name} is new")
        for name in before.keys() & after.keys():
            header = f"{place} header {name}"
            one, other = self.old.resolve(Node(header, before[name])), self.new.resolve(Node(header, after[name]))
            self._requirement(header, one.value, other.value, received)
            self._content(header, self._content_of(one.value), self._content_of(other.value), received)

    def _callbacks(
        self, at: str, old: dict[str, Any], new: dict[str, Any], sent: Direction, received: Direction
    ) -> None:
        for name in old.keys() - new.keys():
            self._note(Level.MAJOR, f"{at} callback {name}", "gone")
        for name in new.keys() - old.keys():
            self._note(Level.MINOR, f"{at} callback {name}", "new")
        for name in old.keys() & new.keys():
            place = f"{at} callback {name}"
            before = {one.route: one for one in self._operations(self.old.resolve(Node(place, old[name])).value)}
            after = {one.route: one for one in self._operations(self.new.resolve(Node(place, new[name])).value)}
            for route in before.keys() - after.keys():
                self._note(Level.MAJOR, place, f"{route} is gone")
            for route in after.keys() - before.keys():
                self._note(Level.MINOR, place, f"{route} is new")
            for route in before.keys() & after.keys():
                self._operation(place, before[route], after[route], sent, received)

    # ---------------------------------------------------------------------------------------------------------- schemas

    def _moved(self, at: str, direction: Direction, *, less: str, more: str) -> None:
        """Notes that less, or more, is allowed than before, each with a text if it is so."""
        if less:
            self._note(Level.MAJOR if direction is Direction.REQUEST else Level.MINOR, at, less, direction)
        if more:
            self._note(Level.MAJOR if direction is Direction.ANSWER else Level.MINOR, at, more, direction)

    def _schema(self, old: Node, new: Node, direction: Direction) -> None:
        before, after = self.old.shape(old), self.new.shape(new)
        origins = self.old.origin(old), self.new.origin(new)
        at = new.at if origins[0] == old.at else origins[1]  # a component's name, if both refer to it
        if before.name and after.name and before.name != after.name and before.name in self.new.components("schemas"):
            self._note(Level.MAJOR, new.at, f"refers to {after.name} instead of {before.name}")
        if (*origins, at, direction) in self._compared:
            return
        self._compared.add((*origins, at, direction))
        self._types(at, before, after, direction)
        if before.name and before.name == after.name:
            at = after.name  # a component that may be null here: what else changed is told once, as the component's
        self._sets(at, before, after, direction)
        self._rules(at, before, after, direction)
        self._properties(at, before, after, direction)
        if before.items or after.items:
            self._schema(
                before.items or Node(f"{at}[]", value=True), after.items or Node(f"{at}[]", value=True), direction
            )

    def _types(self, at: str, old: Shape, new: Shape, direction: Direction) -> None:
        def among(kind: str, types: frozenset[str] | None) -> bool:
            return types is None or kind in types or (kind == "integer" and "number" in types)

        anything = frozenset(["anything"])
        before, after = (anything if shape.types is None else shape.types for shape in (old, new))
        lost = " or ".join(sorted(kind for kind in before if not among(kind, new.types)))
        gained = " or ".join(sorted(kind for kind in after if not among(kind, old.types)))
        self._moved(at, direction, less=lost and f"may no longer be {lost}", more=gained and f"may be {gained} now")
        if old.format != new.format:
            self._note(Level.MAJOR, at, f"the format is {new.format} instead of {old.format}", direction)
        if old.variants != new.variants:
            before, after = old.variants or anything, new.variants or anything
            less, more = before - after, after - before
            self._moved(at, direction, less="a form fewer" if less else "", more="a form more" if more else "")
        if old.default != new.default:
            level = Level.MAJOR if direction is Direction.REQUEST else Level.PATCH
            self._note(level, at, f"the default is {new.default} instead of {old.default}", direction)
        if new.deprecated and not old.deprecated:
            self._note(Level.MINOR, at, "deprecated")

    def _sets(self, at: str, old: Shape, new: Shape, direction: Direction) -> None:
        if (old.values is None) != (new.values is None):
            what = "a set of values that was closed is open" if new.values is None else "the set of values is closed"
            self._note(Level.MAJOR, at, what, direction)
        elif old.values is not None and new.values is not None:
            for value in old.values - new.values:
                self._moved(at, direction, less=f"the value {value} is gone", more="")
            for value in new.values - old.values:
                self._moved(at, direction, less="", more=f"the value {value} is new")
        for value in (old.known or frozenset()) - (new.known or new.values or frozenset()):
            self._note(Level.MINOR, at, f"the value {value} is no longer listed in the open set")
        for value in (new.known or frozenset()) - (old.known or old.values or frozenset()):
            self._note(Level.MINOR, at, f"the value {value} is new in the open set")

    def _rules(self, at: str, old: Shape, new: Shape, direction: Direction) -> None:
        for word in old.bounds.keys() | new.bounds.keys():
            unbounded = float("-inf") if word in LOWER_BOUNDS else float("inf")
            before, after = old.bounds.get(word, unbounded), new.bounds.get(word, unbounded)
            if before == after:
                continue
            what = f"{word} is {new.bounds.get(word, 'gone')} instead of {old.bounds.get(word, 'none')}"
            narrower = (after > before) == (word in LOWER_BOUNDS)
            self._moved(at, direction, less=what if narrower else "", more="" if narrower else what)
        for word in old.conditions.keys() | new.conditions.keys():
            before, after = old.conditions.get(word), new.conditions.get(word)
            if before == after:
                continue
            what = f"{word} is {'gone' if after is None else 'new' if before is None else 'another'}"
            self._moved(at, direction, less="" if after is None else what, more="" if before is None else what)

    def _properties(self, at: str, old: Shape, new: Shape, direction: Direction) -> None:
        def place(name: str) -> str:
            for shape in (new, old):
                if name in shape.properties:
                    return shape.properties[name].at
            return f"{at}.{name}"

        for name in old.properties.keys() - new.properties.keys():
            self._note(Level.MAJOR, place(name), "gone", direction)
        for name in new.properties.keys() - old.properties.keys():
            self._note(Level.MINOR, place(name), "new", direction)
        for name in old.properties.keys() & new.properties.keys():
            self._schema(old.properties[name], new.properties[name], direction)
        for name in new.required - old.required:
            self._moved(place(name), direction, less="required now", more="")
        for name in old.required - new.required:
            if name in new.properties or name not in old.properties:
                self._moved(place(name), direction, less="", more="no longer required")
        self._others(at, old.additional, new.additional, direction)

    def _others(self, at: str, old: Node | bool, new: Node | bool, direction: Direction) -> None:
        if isinstance(old, Node) or isinstance(new, Node):
            nodes = [one if isinstance(one, Node) else Node(f"{at}.*", one) for one in (old, new)]
            self._schema(*nodes, direction)
        elif old and not new:
            self._moved(at, direction, less="properties that are not listed are refused", more="")
        elif new and not old:
            self._moved(at, direction, less="", more="properties that are not listed are allowed")

    # ----------------------------------------------------------------------------------------- components, and the rest

    def _components(self) -> None:
        for kind in NAMED_COMPONENTS:
            old, new = self.old.components(kind), self.new.components(kind)
            added = {name: encoded(new[name]) for name in sorted(new.keys() - old.keys())}
            for name in old.keys() - new.keys():
                same = [other for other, content in added.items() if content == encoded(old[name])]
                self._note(Level.MAJOR, f"{kind} {name}", f"renamed to {same[0]}" if same else "gone")
            for name in added:
                self._note(Level.MINOR, f"{kind} {name}", "new")
        uses = [self._uses(document) for document in (self.old, self.new)]
        for name in self.old.components("schemas").keys() & self.new.components("schemas").keys():
            # Those of operations that are found on one side only, or of none at all, were not compared yet.
            reference = Node(name, {"$ref": f"#/components/schemas/{name}"})
            used = [direction for direction in Direction if any(name in use[direction] for use in uses)]
            for direction in used or Direction:
                self._schema(reference, reference, direction)
        old, new = self.old.components("securitySchemes"), self.new.components("securitySchemes")
        for name in old.keys() & new.keys():
            if bare(old[name]) != bare(new[name]):
                self._note(Level.MAJOR, f"securitySchemes {name}", "works differently")

    def _uses(self, document: Document) -> dict[Direction, set[str]]:
        """The schemas that requests, and answers, use; callbacks, which are rare, are not looked at."""
        parts: dict[Direction, list[Any]] = {direction: [] for direction in Direction}
        for where, sent, received in (
            ("paths", Direction.REQUEST, Direction.ANSWER),
            ("webhooks", Direction.ANSWER, Direction.REQUEST),
        ):
            for operation in self._operations(document.content.get(where, {})):
                own = operation.definition
                parts[sent] += [operation.item.get("parameters"), own.get("parameters"), own.get("requestBody")]
                parts[received].append(own.get("responses"))
        return {direction: document.schemas_in(part) for direction, part in parts.items()}

    def _texts(self) -> None:
        """Notes the parts that differ although nothing that a client relies on was found in them."""
        old, new = dict(self._parts(self.old.content)), dict(self._parts(self.new.content))
        found = [at for _, at, _ in self._found]
        for at in old.keys() & new.keys():
            inside = re.compile(rf"(?<!\w){re.escape(at.place)}(?![\w-])")
            if old[at] != new[at] and not any(map(inside.search, found)):
                self._note(Level.PATCH, at.name, "texts, examples or the like changed")

    def _parts(self, content: dict[str, Any]) -> Iterator[tuple[Part, str]]:
        for word in ("openapi", "jsonSchemaDialect", "info", "externalDocs", "servers", "tags"):
            value = content.get(word)
            yield Part(word, word), encoded(value | {"version": None} if word == "info" else value)
        for kind, components in content.get("components", {}).items():
            for name, component in components.items():
                where = {"parameters": f"parameter {component.get('name', name)}", "responses": f"answer {name}"}
                yield Part(f"{kind} {name}", where.get(kind, name)), encoded(component)
        for items in (content.get("paths", {}), content.get("webhooks", {})):
            for operation in self._operations(items):
                yield Part(operation.id, operation.id), encoded(operation.definition)
            for path, item in items.items():
                yield Part(path, path), encoded([item.get("summary"), item.get("description")])


def read(path: Path) -> dict[str, Any]:
    """Reads a document."""
    # What safe_load does, but in C where PyYAML has it, which takes a fifth of the time.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), loader)  # noqa: S506 (both loaders are safe)


def last_released(folder: Path, present: Version) -> tuple[Version, Path] | None:
    """The released document with the highest version up to the present one; None if there is none."""
    versions = {version: path for path in folder.glob("*.yaml") if (version := Version.parse(path.stem))}
    return max(((version, path) for version, path in versions.items() if version <= present), default=None)


def has_section(changelog: str, version: Version) -> bool:
    """Whether a changelog says something of a version."""
    sections = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]
    mine = [section for section in sections if re.match(rf"\[?{re.escape(str(version))}(?![\w.-])", section)]
    return any(section.partition("\n")[2].strip() for section in mine)


def main(arguments: list[str] | None = None) -> int:
    """Prints what changed and returns the exit status."""
    root = Path(__file__).resolve().parents[1] / "spec"
    parser = argparse.ArgumentParser(description="Compares the spec with the last released one.")
    parser.add_argument("--spec", type=Path, default=root / "openapi.yaml")
    parser.add_argument("--released", type=Path, default=root / "released")
    parser.add_argument("--changelog", type=Path, default=root / "CHANGELOG.md")
    options = parser.parse_args(arguments)

    new = read(options.spec)
    present = Version.parse(str(new["info"]["version"]))
    if present is None:
        print(f"The version {new['info']['version']} is not of the form MAJOR.MINOR.PATCH.", file=sys.stderr)
        return 1
    base = last_released(options.released, present)
    if base is None:
        print(f"There is nothing to compare {present} with in {options.released}.", file=sys.stderr)
        return 1
    released, path = base
    old = read(path)
    comparison = Comparison(old, new)
    needed = released.after(comparison.level)

    print(f"{options.spec.name} {present}, compared with {path.name}:")
    if comparison.level is None:
        print("no change")
    for level, title in (
        (Level.MAJOR, "Breaking"),
        (Level.MINOR, "Added or announced"),
        (Level.PATCH, "Other"),
    ):
        if lines := comparison.lines(level):
            print(f"\n{title} ({len(lines)})", *(f"  {line}" for line in lines), sep="\n")

    problems = []
    if old["info"]["version"] != str(released):
        problems.append(f"{path.name} says that it is version {old['info']['version']}.")
    if present < needed:
        problems.append(f"These changes need version {needed} at least; info.version is {present}.")
    elif comparison.level is not None:
        print(f"\nThese changes need version {needed} at least; {present} will do.")
    changelog = options.changelog.read_text("utf-8") if options.changelog.exists() else ""
    if not has_section(changelog, present):
        problems.append(f"{options.changelog.name} has no section on {present}.")
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
