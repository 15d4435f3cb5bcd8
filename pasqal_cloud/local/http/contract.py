"""The API's description (OpenAPI), as the service obeys it: which operations there are, and what requests may hold.

It is read from the generated client's package, without importing that.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match
from jsonschema.validators import extend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

GENERATED_PACKAGE = "pasqal_cloud_api"
METHODS = ("get", "post", "put", "patch", "delete")
INTEGER = re.compile("-?[0-9]{1,19}")
INTEGERS = range(-(2**63), 2**63)
"""Those that a database holds, and that the description calls int64."""

MAX_PROBLEMS = 20
"""How many problems of one request are told: a hostile one may have a million, and each takes a while to find."""

Problem = dict[str, Any]


class InvalidRequestError(ValueError):
    """A request does not follow the description.

    Args:
        problems: Where, and why, in FastAPI's form.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation, in its path, its query or the request's headers."""

    name: str
    place: str
    is_required: bool
    schema: Mapping[str, Any]
    validator: Draft202012Validator

    def read(self, texts: list[str]) -> Any:
        """Reads the parameter's value from what the URL holds.

        Raises:
            InvalidRequestError: It is not what the description asks for.
        """
        is_array = self.schema.get("type") == "array"
        read = [_value(text, self.schema["items"] if is_array else self.schema) for text in texts]
        value = read if is_array else read[-1]
        problems = problems_of(self.validator, value, (self.place, self.name))
        if problems:
            raise InvalidRequestError(problems)
        return read_instant(texts[-1]) if self.schema.get("format") == "date-time" else value


@dataclass(frozen=True)
class Operation:
    """An operation.

    Args:
        id: Its `operationId`.
        method: Its HTTP method.
        path: Its path.
        is_public: Whether it needs no access token.
        parameters: Its parameters.
        body: Validates its body; None when it takes none.
    """

    id: str
    method: str
    path: str
    is_public: bool
    parameters: tuple[Parameter, ...]
    body: Draft202012Validator | None

    def read_parameters(self, path: Mapping[str, str], query: Mapping[str, list[str]]) -> dict[str, dict[str, Any]]:
        """Reads the parameters that a URL holds, by place and name; others than the description's are ignored."""
        found: dict[str, dict[str, Any]] = {"path": {}, "query": {}}
        problems: list[Problem] = []
        for parameter in (parameter for parameter in self.parameters if parameter.place in found):
            texts = [path[parameter.name]] if parameter.place == "path" else query.get(parameter.name, [])
            try:
                if texts:
                    found[parameter.place][parameter.name] = parameter.read(texts)
                elif parameter.is_required:
                    problems.append(_problem((parameter.place, parameter.name), "this is required", "missing"))
            except InvalidRequestError as error:
                problems += error.problems
        if problems:
            raise InvalidRequestError(problems)
        return found

    def check_body(self, body: object) -> None:
        """Checks a body; raises InvalidRequestError."""
        if self.body and (problems := problems_of(self.body, body, ("body",))):
            raise InvalidRequestError(problems)


class Contract:
    """The whole description.

    Args:
        document: The OpenAPI document.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    @classmethod
    def load(cls) -> Contract:
        """Reads the description that the generated client was made from."""
        package = find_spec(GENERATED_PACKAGE)
        if package is None or not package.submodule_search_locations:
            raise FileNotFoundError(f"The package {GENERATED_PACKAGE}, which holds the API's description, is missing.")
        path = Path(package.submodule_search_locations[0]) / "openapi.json"
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def operations(self) -> Iterator[Operation]:
        """Gives every operation."""
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._operation(path, method)

    def validator(self, pointer: str) -> Draft202012Validator:
        """Makes a validator of the schema to which a JSON pointer leads."""
        return SchemaValidator(self._inlined(self.follow(pointer)[0]), format_checker=FORMATS)

    def follow(self, pointer: str) -> tuple[Any, str]:
        """Finds what is at a pointer or, when that is a reference, where it leads; gives it with its own pointer."""
        found: Any = self._document
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            found = found[int(key) if isinstance(found, list) else key]
        return self.follow(found["$ref"].removeprefix("#")) if "$ref" in found else (found, pointer)

    def _inlined(self, schema: Any) -> Any:
        """Puts in the place of references what they lead to: following them takes most of a validation's time."""
        if isinstance(schema, list):
            return [self._inlined(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" not in schema:
            return {name: self._inlined(value) for name, value in schema.items()}
        target = self._inlined(self.follow(schema["$ref"].removeprefix("#"))[0])
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        return {"allOf": [target], **beside} if beside else target

    def _operation(self, path: str, method: str) -> Operation:
        item = self._document["paths"][path]
        operation = item[method]
        at_path = "/paths/" + path.replace("/", "~1")
        pointers = [
            f"{level}/parameters/{number}"
            for level, parameters in (
                (at_path, item.get("parameters")),
                (f"{at_path}/{method}", operation.get("parameters")),
            )
            for number in range(len(parameters or ()))
        ]
        body = None
        if "requestBody" in operation:
            given, pointer = self.follow(f"{at_path}/{method}/requestBody")
            (media_type,) = given["content"]
            body = self.validator(f"{pointer}/content/{media_type.replace('/', '~1')}/schema")
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            is_public=operation.get("security") == [],
            parameters=tuple(map(self._parameter, pointers)),
            body=body,
        )

    def _parameter(self, pointer: str) -> Parameter:
        parameter, pointer = self.follow(pointer)
        return Parameter(
            name=parameter["name"],
            place=parameter["in"],
            is_required=parameter.get("required", False),
            schema=self.follow(f"{pointer}/schema")[0],
            validator=self.validator(f"{pointer}/schema"),
        )


def _texts_once(_validator: Any, is_wanted: bool, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """Looks for texts that are in a list twice.

    jsonschema's own compares each item with each where they can't be sorted, which takes hours for a hostile list. All
    lists of this kind are of texts; what is none is refused by their type.
    """
    texts = [item for item in instance if isinstance(item, str)] if isinstance(instance, list) else []
    if is_wanted and len(set(texts)) < len(texts):
        yield ValidationError("an item is there twice")


SchemaValidator: type[Draft202012Validator] = extend(Draft202012Validator, {"uniqueItems": _texts_once})
"""What checks requests; what a hostile one costs grows no faster than it."""


def _is_base64(value: object) -> bool:
    return not isinstance(value, str) or isinstance(b64decode(value, validate=True), bytes)


def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or str(UUID(value)) == value.lower()


def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or bool(read_instant(value))


FORMATS = FormatChecker(formats=())
FORMATS.checks("base64", raises=ValueError)(_is_base64)
FORMATS.checks("uuid", raises=ValueError)(_is_uuid)
FORMATS.checks("date-time", raises=(ValueError, OverflowError))(_is_instant)


def read_instant(text: str) -> datetime:
    """Reads an instant, in UTC when it names no zone. A `+` that was not escaped arrives as a space."""
    instant = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    """Reads one value of a URL; what can't be read stays as it is, for the schema to refuse."""
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    if schema.get("type") == "integer" and INTEGER.fullmatch(text) and int(text) in INTEGERS:
        return int(text)
    return text


def problems_of(validator: Draft202012Validator, value: Any, place: tuple[str, ...]) -> list[Problem]:
    """Finds where, and why, a value does not follow a schema: the first problems, no more than are told."""
    problems: list[Problem] = []
    for error in validator.iter_errors(value):
        cause = best_match([error])
        where = (*place, *cause.absolute_path)
        if reason := cause.schema.get("x-reason"):
            problems.append(_problem(where, reason, "value_error"))
        elif cause.validator == "required":
            missing = [name for name in cause.validator_value if name not in cause.instance]
            problems += [_problem((*where, name), "this is required", "missing") for name in missing]
        elif cause.validator == "additionalProperties" and cause.validator_value is False:
            unknown = cause.instance.keys() - cause.schema.get("properties", {}).keys()
            problems += [_problem((*where, name), "there is no such field here", "extra") for name in sorted(unknown)]
        else:
            problems.append(_problem(where, _reason(cause), "value_error"))
        if len(problems) >= MAX_PROBLEMS:
            break
    return problems[:MAX_PROBLEMS]


def _problem(place: Iterable[str | int], reason: str, kind: str) -> Problem:
    return {"loc": list(place), "msg": reason, "type": kind}


def _reason(error: ValidationError) -> str:
    """Says in a few words what a schema refuses, without showing the schema or the value."""
    wanted: Any = error.validator_value
    if isinstance(wanted, list):
        wanted = " or ".join(map(str, wanted))
    return REASONS.get(str(error.validator), f"this does not fulfil {error.validator}: {{}}").format(wanted)


REASONS = {
    "enum": "this must be {}",
    "format": "this is no valid {}",
    "maximum": "this must be at most {}",
    "minimum": "this must be at least {}",
    "type": "this must be of type {}",
    "uniqueItems": "this holds an item twice",
}
