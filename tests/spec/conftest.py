"""The spec, read once, and its operations, over which tests that ask for `operation` are repeated."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

SPEC: dict[str, Any] = yaml.safe_load(Path(__file__).parents[2].joinpath("spec", "openapi.yaml").read_text("utf-8"))
REGISTRY = Registry().with_resource("urn:spec", DRAFT202012.create_resource(SPEC))
METHODS = ("get", "put", "post", "patch", "delete")


def resolved(node: Any) -> Any:
    """Returns what a `$ref` points to, or the node itself."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = SPEC
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def walk(node: Any, pointer: str = "#") -> Iterator[tuple[str, Any]]:
    """Every node of the document with its JSON pointer, values of examples left out."""
    yield pointer, node
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in ("value", "example"):
                yield from walk(value, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{pointer}/{index}")


def examples_of(node: dict[str, Any]) -> list[Any]:
    """The values of a body's, an answer's or a parameter's examples."""
    values = [resolved(example)["value"] for example in node.get("examples", {}).values()]
    return [*values, node["example"]] if "example" in node else values


@dataclass(frozen=True)
class Operation:
    """One operation of the spec, with its references resolved as far as tests need."""

    path: str
    method: str
    definition: dict[str, Any]
    path_item: dict[str, Any]

    @property
    def id(self) -> str:
        return self.definition["operationId"]

    @property
    def tag(self) -> str:
        return self.definition["tags"][0]

    @property
    def module(self) -> str:
        """The generated module's name inside `pasqal_cloud_api.api`."""
        return self.tag + "." + re.sub("(?=[A-Z])", "_", self.id).lower()

    @property
    def parameters(self) -> list[dict[str, Any]]:
        given = [*self.path_item.get("parameters", []), *self.definition.get("parameters", [])]
        return [resolved(parameter) for parameter in given]

    @property
    def body_type(self) -> str | None:
        """The media type of the body, of which there is one."""
        return next(iter(self.definition.get("requestBody", {}).get("content", ())), None)

    @property
    def body(self) -> dict[str, Any] | None:
        return self.definition["requestBody"]["content"][self.body_type] if self.body_type else None

    def answer(self, status: str) -> dict[str, Any]:
        return resolved(self.definition["responses"][status])["content"]["application/json"]


OPERATIONS = [
    Operation(path, method, item[method], item)
    for path, item in SPEC["paths"].items()
    for method in METHODS
    if method in item
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeats tests that ask for `operation`, or for `example_at`, the pointer to something with examples."""
    if "operation" in metafunc.fixturenames:
        metafunc.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
    if "example_at" in metafunc.fixturenames:
        places = [at for at, node in walk(SPEC) if isinstance(node, dict) and "schema" in node and examples_of(node)]
        metafunc.parametrize("example_at", places)


@pytest.fixture(scope="session")
def spec() -> dict[str, Any]:
    """The whole document."""
    return SPEC


@pytest.fixture(scope="session")
def operations() -> list[Operation]:
    """All operations, for a test that compares them."""
    return OPERATIONS


@pytest.fixture(scope="session")
def nodes() -> list[tuple[str, Any]]:
    """Every node of the spec with its JSON pointer."""
    return list(walk(SPEC))


@pytest.fixture(scope="session")
def examples() -> Callable[[dict[str, Any]], list[Any]]:
    """A function that returns the values of the examples of a body, an answer or a parameter."""
    return examples_of


@pytest.fixture(scope="session")
def resolve() -> Callable[[Any], Any]:
    """A function that returns what a `$ref` points to, or the node itself."""
    return resolved


@pytest.fixture(scope="session")
def complaints() -> Callable[[Any, str], list[str]]:
    """A function that validates a value against the schema at a JSON pointer and returns what is wrong."""

    def validate(value: Any, pointer: str) -> list[str]:
        validator = Draft202012Validator(
            {"$ref": f"urn:spec{pointer}"}, registry=REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        return [error.message for error in validator.iter_errors(value)]

    return validate
