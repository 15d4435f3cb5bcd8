"""What the stubs say of a class is what the class has when a program runs."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import pytest

import pasqal_cloud
from pasqal_cloud import SDK, AsyncBatch, AsyncJob, AsyncSDK, AsyncWorkload, Batch, Job, Workload
from pasqal_cloud._conversation.operation import HasOperations

STUBS = Path(__file__).parents[2] / "stubs" / "pasqal_cloud-stubs"
CLASSES = [SDK, AsyncSDK, Batch, AsyncBatch, Job, AsyncJob, Workload, AsyncWorkload]

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


def stub_of(owner: type) -> ast.ClassDef:
    """The class in its stub."""
    tree = ast.parse((STUBS / f"{owner.__module__.rpartition('.')[2]}.pyi").read_text("utf-8"))
    (found,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == owner.__name__)
    return found


def functions_of(owner: type) -> dict[str, list[AnyFunction]]:
    """The methods in a class's stub, with all overloads, without its attributes."""
    found: dict[str, list[AnyFunction]] = {}
    for node in stub_of(owner).body:
        if isinstance(node, AnyFunction):
            found.setdefault(node.name, []).append(node)
    return {name: each for name, each in found.items() if "property" not in decorators(each[0])}


def decorators(function: AnyFunction) -> list[str]:
    """The names of a function's decorators."""
    return [ast.unparse(each) for each in function.decorator_list]


def public(owner: type) -> set[str]:
    """The names that users see."""
    return {name for name in dir(owner) if not name.startswith("_")}


def test_no_class_with_operations_is_without_a_stub() -> None:
    """Editors find none of the operations of a class that has none."""
    ours = {value for value in map(pasqal_cloud.__getattr__, pasqal_cloud.__all__) if isinstance(value, type)}
    assert {each for each in ours if issubclass(each, HasOperations)} == set(CLASSES)


@pytest.mark.parametrize("owner", CLASSES)
def test_it_has_every_public_name_and_no_private_one(owner: type) -> None:
    """Completion shows what there is, and nothing that is none of the user's business."""
    named = [node.name for node in stub_of(owner).body if isinstance(node, AnyFunction)]
    declared = [ast.unparse(node.target) for node in stub_of(owner).body if isinstance(node, ast.AnnAssign)]
    shown = {name for name in [*named, *declared] if not name.startswith("__")}
    assert public(owner) <= shown
    assert shown - public(owner) <= {"webhook"}  # which `__init__` sets
    assert not any(name.startswith("_") for name in shown)


@pytest.mark.parametrize("owner", CLASSES)
def test_methods_take_the_arguments_that_they_take(owner: type) -> None:
    """By the same names, in the same order, with the same defaults."""
    compared = 0
    for name, definitions in functions_of(owner).items():
        parameters = inspect.signature(inspect.getattr_static(owner, name).__get__(None, owner)).parameters
        names = [each for each in parameters if each not in ("self", "cls")]
        optional = [each.name for each in parameters.values() if each.default is not each.empty]
        for each in definitions:
            args = each.args
            positional = [*args.posonlyargs, *args.args]
            every = [*positional, args.vararg, *args.kwonlyargs, args.kwarg]
            assert [arg.arg for arg in every if arg and arg.arg not in ("self", "cls")] == names, name
            if "overload" not in decorators(each):
                with_default = positional[len(positional) - len(args.defaults) :]
                with_default += [arg for arg, given in zip(args.kwonlyargs, args.kw_defaults, strict=True) if given]
                assert [arg.arg for arg in with_default] == optional, name
                compared += 1
    assert compared >= 4


@pytest.mark.parametrize("owner", CLASSES)
def test_what_is_awaited_is_awaited(owner: type) -> None:
    """A coroutine function is one in the stub."""
    for name, definitions in functions_of(owner).items():
        is_awaited = inspect.iscoroutinefunction(getattr(owner, name))
        assert {isinstance(each, ast.AsyncFunctionDef) for each in definitions} == {is_awaited}, name


@pytest.mark.parametrize("owner", CLASSES)
def test_every_method_and_attribute_is_documented(owner: type) -> None:
    """And by what its own docstring says."""
    stub = stub_of(owner)
    assert ast.get_docstring(stub) == inspect.getdoc(owner)
    for node in stub.body:
        if isinstance(node, AnyFunction) and not node.name.startswith("__") and "setter" not in str(decorators(node)):
            assert ast.get_docstring(node) == inspect.getdoc(inspect.getattr_static(owner, node.name)), node.name


@pytest.mark.parametrize("owner", CLASSES)
def test_no_type_of_ours_is_left(owner: type) -> None:
    """Users see `Batch`, and know of no flow and of no type variable of a base."""
    names = {node.id for node in ast.walk(stub_of(owner)) if isinstance(node, ast.Name)}
    assert not names & {"Flow", "Source", "Operations", "BatchT", "JobT", "WorkloadT", "StatusT"}
    assert not {name for name in names if name.endswith("Flows")}


def test_the_package_has_all_its_names() -> None:
    """Those of `import *`, and those that need Pulser."""
    tree = ast.parse((STUBS / "__init__.pyi").read_text("utf-8"))
    imported = {alias.asname for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    names: dict[str, Any] = {}
    exec(compile(ast.Module([tree.body[-1]], []), "__init__.pyi", "exec"), names)
    assert names["__all__"] == pasqal_cloud.__all__
    assert imported == set(pasqal_cloud._HOMES)


def test_the_other_modules_are_their_own_stubs() -> None:
    """PEP 561: type checkers look for the rest in the package itself."""
    assert (STUBS / "py.typed").read_text("utf-8") == "partial\n"
