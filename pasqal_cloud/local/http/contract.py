"""The API's description (OpenAPI): its operations, and the validation of requests.

It is read from the package of the generated client, which is not imported.
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

from pasqal_cloud.local.names import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

GENERATED_PACKAGE = "pasqal_cloud_api"
METHODS = ("get", "post", "put", "patch", "delete")
INTEGER = re.compile("-?[0-9]{1,19}")
INTEGERS = range(-(2**63), 2**63)
"""The integers that the database can store, int64 in the description."""

MAX_PROBLEMS = 20
"""How many problems of one request are reported: a hostile one may have a million, and each takes a while to find."""

Problem = dict[str, Any]


class InvalidRequestError(ValueError):
    """A request does not match the description.

    Args:
        problems: The places and reasons, in FastAPI's format.
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
    validator: Draft202012Validator

    def read(self, texts: list[str]) -> Any:
        """Reads the parameter's value from the URL.

        Raises:
            InvalidRequestError: The value does not match the description.
        """
        schema: Any = self.validator.schema
        is_array = schema.get("type") == "array"
        read = [_value(text, schema["items"] if is_array else schema) for text in texts]
        value = read if is_array else read[-1]
        problems = problems_of(self.validator, value, (self.place, self.name))
        if problems:
            raise InvalidRequestError(problems)
        return read_instant(texts[-1]) if schema.get("format") == "date-time" else value


@dataclass(frozen=True)
class Operation:
    """An operation.

    Args:
        id: Its `operationId`.
        method: Its HTTP method.
        path: Its path.
        is_public: Whether it needs no access token.
        parameters: Its parameters.
        body: Validates its body; None if it has none.
    """

    id: str
    method: str
    path: str
    is_public: bool
    parameters: tuple[Parameter, ...]
    body: Draft202012Validator | None

    def read_parameters(self, path: Mapping[str, str], query: Mapping[str, list[str]]) -> dict[str, dict[str, Any]]:
        """Reads the parameters from a URL, by place and name; unknown ones are ignored."""
        found: dict[str, dict[str, Any]] = {"path": {}, "query": {}}
        problems: list[Problem] = []
        for parameter in (parameter for parameter in self.parameters if parameter.place in found):
            texts = [path[parameter.name]] if parameter.place == "path" else query.get(parameter.name, [])
            try:
                if texts:
                    found[parameter.place][parameter.name] = parameter.read(texts)
                elif parameter.is_required:
                    problems.append(_problem((parameter.place, parameter.name), "required", "missing"))
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
        """Reads the description from which the client was generated."""
        package = find_spec(GENERATED_PACKAGE)
        if package is None or not package.submodule_search_locations:
            raise FileNotFoundError(
                f"The package {GENERATED_PACKAGE}, which contains the description of the API, is missing."
            )
        path = Path(package.submodule_search_locations[0]) / "openapi.json"
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def operations(self) -> Iterator[Operation]:
        """Gets all operations."""
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._operation(path, method)

    def validator(self, pointer: str) -> Draft202012Validator:
        """Creates a validator for the schema at a JSON pointer."""
        return validator_of(self._inlined(self.follow(pointer)[0]))

    def follow(self, pointer: str) -> tuple[Any, str]:
        """Gets the value at a JSON pointer, after following references, together with its own pointer."""
        found: Any = self._document
        for step in pointer.split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~")
            found = found[int(key) if isinstance(found, list) else key]
        return self.follow(found["$ref"].removeprefix("#")) if "$ref" in found else (found, pointer)

    def _inlined(self, schema: Any) -> Any:
        """Replaces references by their targets, since resolving them takes most of a validation's time."""
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
        parameters = self._inlined([*item.get("parameters", ()), *operation.get("parameters", ())])
        body = None
        if "requestBody" in operation:
            (given,) = self._inlined(operation["requestBody"])["content"].values()
            body = validator_of(given["schema"])
        return Operation(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            is_public=operation.get("security") == [],
            parameters=tuple(
                Parameter(each["name"], each["in"], each.get("required", False), validator_of(each["schema"]))
                for each in parameters
            ),
            body=body,
        )


def _texts_once(_validator: Any, is_wanted: bool, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    """Looks for texts that are in a list twice.

    jsonschema's own compares each item with each where they can't be sorted, which takes hours for a hostile list. All
    lists of this kind are of texts; what is none is refused by their type.
    """
    texts = [item for item in instance if isinstance(item, str)] if isinstance(instance, list) else []
    if is_wanted and len(set(texts)) < len(texts):
        yield ValidationError("an item is there twice")


_SchemaValidator: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]  # has no types
    Draft202012Validator, {"uniqueItems": _texts_once}
)
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


def validator_of(schema: Any) -> Draft202012Validator:
    """Creates a validator for a schema without references."""
    return _SchemaValidator(schema, format_checker=FORMATS)


def read_instant(text: str) -> datetime:
    """Parses a date and time, in UTC if it has no time zone. An unescaped `+` in a URL arrives as a space."""
    instant = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    """Parses one value of a URL; other text stays as it is, so that the schema refuses it."""
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    if schema.get("type") == "integer" and INTEGER.fullmatch(text) and int(text) in INTEGERS:
        return int(text)
    return text


def problems_of(validator: Draft202012Validator, value: Any, place: tuple[str, ...]) -> list[Problem]:
    """Gets the places and reasons where a value does not match a schema, at most `MAX_PROBLEMS`."""
    problems: list[Problem] = []
    for error in validator.iter_errors(value):
        cause = best_match([error])
        where = (*place, *cause.absolute_path)
        if reason := cause.schema.get("x-reason"):
            problems.append(_problem(where, reason, "value_error"))
        elif cause.validator == "required":
            missing = [name for name in cause.validator_value if name not in cause.instance]
            problems += [_problem((*where, name), "required", "missing") for name in missing]
        elif cause.validator == "additionalProperties" and cause.validator_value is False:
            known = cause.schema.get("properties", {}).keys()
            unknown = sorted(cause.instance.keys() - known)
            problems += [
                _problem((*where, name), f"unknown field{did_you_mean(name, known)}", "extra") for name in unknown
            ]
        else:
            problems.append(_problem(where, _reason(cause), "value_error"))
        if len(problems) >= MAX_PROBLEMS:
            break
    return problems[:MAX_PROBLEMS]


def _problem(place: Iterable[str | int], reason: str, kind: str) -> Problem:
    return {"loc": list(place), "msg": reason, "type": kind}


def _reason(error: ValidationError) -> str:
    """Describes a violation of a schema briefly, without showing the schema or the value."""
    wanted: Any = error.validator_value
    if isinstance(wanted, list):
        wanted = " or ".join(map(str, wanted))
    return REASONS.get(str(error.validator), f"does not satisfy {error.validator}: {{}}").format(wanted)


REASONS = {
    "enum": "must be {}",
    "format": "not a valid {}",
    "maximum": "must be at most {}",
    "minimum": "must be at least {}",
    "type": "must be of type {}",
    "uniqueItems": "contains an item twice",
}
