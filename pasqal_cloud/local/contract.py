"""The OpenAPI description, as the service obeys it: routes, and the validation of requests.

The description is read from the generated client's package, which need not be imported for that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

GENERATED_PACKAGE = "pasqal_cloud_api"
METHODS = ("get", "post", "put", "patch", "delete")
ROOT = "urn:openapi"

Problem = dict[str, Any]


class InvalidRequestError(ValueError):
    """A request does not follow the description.

    Args:
        problems: Where, and why; in FastAPI's form.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class Contract:
    """The whole description.

    Args:
        document: The OpenAPI document.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        resource = Resource(contents=document, specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(ROOT, resource)

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
                    yield Operation(self, path, method)

    def resolve(self, *place: str) -> tuple[Any, str]:
        """Finds what stands at a place, following a reference; gives it with the pointer to it."""
        found: Any = self._document
        for step in place:
            found = found[int(step) if isinstance(found, list) else step]
        if "$ref" in found:
            return self.resolve(*found["$ref"].removeprefix("#/").split("/"))
        return found, "/".join(step.replace("~", "~0").replace("/", "~1") for step in place)

    def validator(self, pointer: str) -> Draft202012Validator:
        """Makes a validator of the schema at a pointer."""
        return Draft202012Validator(
            {"$ref": f"{ROOT}#/{pointer}"}, registry=self._registry, format_checker=FORMATS
        )


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation."""

    name: str
    place: str
    is_required: bool
    schema: Mapping[str, Any]
    validator: Draft202012Validator


class Operation:
    """One operation of the description.

    Args:
        contract: The whole description.
        path: The operation's path, relative to its server.
        method: Its HTTP method, in lower case.
    """

    def __init__(self, contract: Contract, path: str, method: str) -> None:
        self._contract = contract
        self._place = ("paths", path, method)
        self._item, _ = contract.resolve("paths", path)
        self._operation = self._item[method]
        self.method = method.upper()
        self.id = str(self._operation["operationId"])
        default_servers, _ = contract.resolve("servers") if False else (contract._document["servers"], "")
        servers = self._operation.get("servers") or self._item.get("servers") or default_servers
        self.prefix = urlsplit(servers[0]["url"]).path
        self.path = self.prefix + path
        self.is_public = self._operation.get("security") == []
        self.takes_body = "requestBody" in self._operation

    @cached_property
    def parameters(self) -> list[Parameter]:
        """The parameters, those of the path item included."""
        return [
            self._parameter(*place, str(number))
            for place, parameters in (
                (self._place[:2], self._item.get("parameters", ())),
                (self._place, self._operation.get("parameters", ())),
            )
            for number in range(len(parameters))
            for place in [(*place, "parameters")]
        ]
