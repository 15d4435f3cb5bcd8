"""Writes what editors show of `SDK`, batches, jobs and workloads: the type stubs in stubs/pasqal_cloud-stubs.

In the package, an operation is written once, as a flow, and `SDK` and `AsyncSDK` make methods of it. Editors do not run
that: Jedi finds no methods at all, and Pyright shows attributes. The stubs say of each class which methods and
attributes it has, with its own types: `create_batch` returns a `Batch` on `SDK`, and is awaited on `AsyncSDK`.

What a class has is read from the class itself, so that nothing has to be said here about a new method. Its signature is
that of its source. With --check, writes nothing and fails if a stub is out of date.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import difflib
import functools
import inspect
import re
import subprocess
import sys
import sysconfig
import textwrap
from copy import deepcopy
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin

import pasqal_cloud
from pasqal_cloud._conversation.operation import Blocking, Fetched, HasOperations, Operation, Walking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
STUBS = ROOT / "stubs" / "pasqal_cloud-stubs"
MODULES = {
    "sdk": ["SDK", "AsyncSDK"],
    "batch": ["RESULT_POLLING_INTERVAL", "Batch", "AsyncBatch"],
    "job": ["CreateJob", "create_jobs_to_api_payload", "Job", "AsyncJob"],
    "workload": ["Workload", "AsyncWorkload"],
}
"""The modules that have classes with operations, and their public names."""

HEAD = "# Written by scripts/stubs.py from the source of {module}: run scripts/regen.sh rather than edit it.\n\n"
DECORATORS = {"classmethod", "staticmethod", "property", "overload"}
"""The decorators that mean something to an editor."""
LEFT_OUT = {"__dir__", "__getstate__", "__init_subclass__", "__reduce__", "__repr__", "__setstate__", "__str__"}
"""Special methods of which every object has one that looks like it, or which users do not call."""

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


class Stub:
    """The stub of a module, to which what it imports and defines is added as it is found to be needed."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._imports: dict[str, tuple[str, str]] = {}
        self._definitions: dict[str, str] = {}
        self._classes: list[str] = []
        self._public = MODULES[module.__name__.rpartition(".")[2]]

    def text(self) -> str:
        """Writes all of it, unformatted."""
        for name in self._public:
            value = getattr(self._module, name)
            if isinstance(value, type) and issubclass(value, HasOperations):
                self._classes.append(self._class(value))
            elif isinstance(value, FunctionType):
                self._classes.append(ast.unparse(self._function(value, self._module, {})))
            else:
                self._classes.append(self._copied(name))
        imports = [
            (f"from {home} import {name}" if name else f"import {home}") + (f" as {alias}" if alias != name else "")
            for alias, (home, name) in self._imports.items()
        ]
        docstring = f'"""{self._module.__doc__}"""'
        return "\n\n".join([docstring, "\n".join(imports), *self._definitions.values(), *self._classes])

    def _class(self, owner: type) -> str:
        bound = _bound(owner)
        body: list[ast.stmt] = [ast.Expr(ast.Constant(_closed(owner.__doc__)))]
        for name, annotation, definer in _instance_attributes(owner):
            its_type = self._annotation(annotation, import_module(definer.__module__), bound[definer])
            body.append(ast.AnnAssign(ast.Name(name), its_type, simple=1))
        declared = _declared(owner)
        for definer, statement in declared.values():
            module = import_module(definer.__module__)
            if isinstance(statement, ast.AnnAssign):
                its_type = self._annotation(statement.annotation, module, bound[definer])
                body.append(ast.AnnAssign(statement.target, its_type, simple=1))
            else:
                body.append(self._typed(statement, module, bound[definer]))
        for name in _names(owner):
            if name in declared:
                continue
            body += self._member(owner, *_definition(owner, name), name)
        bases = [each for each in owner.__bases__ if issubclass(each, HasOperations)]
        for base in bases:
            self._import(base.__name__, base.__module__, base.__name__)
        names: list[ast.expr] = [ast.Name(each.__name__) for each in bases]
        text = ast.unparse(ast.fix_missing_locations(ast.ClassDef(owner.__name__, names, [], body, [])))
        return re.sub(r"""(?m)^    ['"].*['"]$""", _of_attribute, text)

    def _member(self, owner: type, definer: type, member: Any, name: str) -> Iterator[ast.stmt]:
        """Makes the definitions of a method or attribute of a class."""
        is_blocking = issubclass(owner, Blocking)
        bound = _bound(owner)
        overloads = [
            self._typed(function, import_module(each.__module__), bound[each])
            for each, function in _overloads(owner, name)
        ]
        if isinstance(member, Operation):
            written = [_documented(each, member.flow) for each in overloads]
            functions = written or [self._function(member.flow, definer, bound[definer])]
            for function in functions:
                is_awaited = not is_blocking and _is_flow(function)
                yield _awaited(_unwrapped(function)) if is_awaited else _unwrapped(function)
        elif isinstance(member, Walking):
            function = _unwrapped(self._function(member.source, definer, bound[definer]))
            yield self._returning(function, "Iterator" if is_blocking else "AsyncIterator")
        elif isinstance(member, Fetched):
            function = _unwrapped(self._function(member.flow, definer, bound[definer]))
            if name in getattr(owner, "_replacements", ()):  # Jedi would show a setter, but not the attribute
                yield ast.AnnAssign(ast.Name(name), function.returns, simple=1)
                yield function.body[0]
            else:
                yield _decorated(function if is_blocking else self._returning(function, "Awaitable"), "property")
        elif isinstance(member, property | functools.cached_property):
            get = member.fget if isinstance(member, property) else member.func
            yield _decorated(self._function(get, definer, bound[definer]), "property")
            if isinstance(member, property) and member.fset is not None:
                yield _setter(self._function(member.fset, definer, bound[definer]), name)
        elif overloads:
            yield from (_documented(each, member) for each in overloads)
        elif isinstance(member, FunctionType | classmethod | staticmethod):
            function = self._function(getattr(member, "__func__", member), definer, bound[definer])
            function.name = name
            yield self._known_to_jedi(function, owner) if isinstance(member, classmethod) else function
        else:
            raise TypeError(f"{owner.__name__}.{name} is of a kind that scripts/stubs.py does not know: {member!r}")

    def _known_to_jedi(self, function: AnyFunction, owner: type) -> AnyFunction:
        """Has a class method name its class by a type variable, if its result has `Self` in brackets."""
        if isinstance(function.returns, ast.Subscript):
            own = f"_{owner.__name__}T"
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and node.id == "Self":
                    node.id = own
                    self._import("TypeVar", "typing", "TypeVar")
                    self._definitions[own] = f'{own} = TypeVar("{own}", bound="{owner.__name__}")'
                    function.args.args[0].annotation = ast.parse(f"type[{own}]", mode="eval").body
        return function

    def _function(self, function: Callable[..., Any], definer: type | ModuleType, bound: dict[str, Any]) -> AnyFunction:
        """Makes the definition of a function from its source."""
        code = inspect.unwrap(function).__code__
        module = definer if isinstance(definer, ModuleType) else import_module(function.__module__)
        return self._typed(_functions(module)[code.co_name, code.co_firstlineno], module, bound)

    def _typed(self, function: AnyFunction, module: ModuleType, bound: dict[str, Any]) -> AnyFunction:
        """Gives a copy of a function the types that it has on a class, and no body."""
        has_yield = any(isinstance(node, ast.Yield) for node in ast.walk(function))
        function = deepcopy(function)
        if has_yield and isinstance(function, ast.AsyncFunctionDef):
            function = _of_kind(ast.FunctionDef, function)  # a call returns an iterator: nothing to await
        function.decorator_list = [each for each in function.decorator_list if ast.unparse(each) in DECORATORS]
        for decorator in function.decorator_list:
            if ast.unparse(decorator) == "overload":
                self._import("overload", "typing", "overload")
        arguments = function.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        for argument in every:
            if argument is not None and argument.arg in ("self", "cls"):
                argument.annotation = None
            elif argument is not None and argument.annotation is not None:
                argument.annotation = self._annotation(argument.annotation, module, bound)
        arguments.defaults = [_default(each) for each in arguments.defaults]
        arguments.kw_defaults = [each and _default(each) for each in arguments.kw_defaults]
        for default in [*arguments.defaults, *arguments.kw_defaults]:
            if isinstance(default, ast.Name):
                self._need(default.id, module)
        if function.returns is not None:
            function.returns = self._annotation(function.returns, module, bound)
        function.body = [ast.Expr(ast.Constant(_closed(ast.get_docstring(function)) or ...))]
        return ast.fix_missing_locations(function)

    def _annotation(self, annotation: ast.expr, module: ModuleType, bound: dict[str, Any]) -> ast.expr:
        """Puts in an annotation what a class has for type variables, and imports the other names."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            annotation = ast.parse(annotation.value, mode="eval").body
        annotation = deepcopy(annotation)
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name) and node.id in bound:
                argument = bound[node.id]
                node.id = argument.__name__
                if argument.__module__ != "builtins":
                    self._need(node.id, import_module(argument.__module__))
            elif isinstance(node, ast.Name) and node.id not in ("Flow", "Source"):
                self._need(node.id, module)
        return annotation

    def _returning(self, function: AnyFunction, container: str) -> AnyFunction:
        self._import(container, "collections.abc", container)
        result = function.returns or ast.Constant(None)
        function.returns = ast.Subscript(ast.Name(container), result)
        return ast.fix_missing_locations(function)

    def _need(self, name: str, module: ModuleType) -> None:
        """Makes a name of the source of a module known in the stub."""
        found = _imported(module).get(name)
        if found is not None:
            home, original = found
            if home == self._module.__name__ and original in self._public:
                return
            self._import(name, home, original)
        elif name in _assigned(module):
            if module is self._module and name in self._public:
                return
            if _is_type_variable(module, name) or module is self._module:
                self._definitions.setdefault(name, "")
                self._definitions[name] = self._copied(name, module)
            else:
                self._import(name, module.__name__, name)
        elif not hasattr(builtins, name):
            raise NameError(f"{module.__name__} has no {name}.")

    def _import(self, alias: str, home: str, name: str) -> None:
        if self._imports.setdefault(alias, (home, name)) != (home, name):
            raise NameError(f"{self._module.__name__} needs two different {alias}: {home} and {self._imports[alias]}")

    def _copied(self, name: str, module: ModuleType | None = None) -> str:
        """Copies a statement of a module that is not a function, such as an alias or a class of plain fields."""
        module = module or self._module
        statement = _assigned(module)[name]
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self._need(node.id, module)
        return ast.unparse(statement)


def _names(owner: type) -> list[str]:
    """Lists the public methods and attributes of a class, the constructor first and the special ones last."""
    ours = [each for each in reversed(owner.__mro__) if each.__module__.startswith("pasqal_cloud")]
    names = [
        name
        for name in dict.fromkeys(name for each in ours for name in vars(each))
        if not name.startswith("_") or (name.startswith("__") and name not in LEFT_OUT and _is_method(owner, name))
    ]
    return sorted(names, key=lambda name: (name != "__init__", name.startswith("__")))


def _declared(owner: type) -> dict[str, tuple[type, ast.AnnAssign | AnyFunction]]:
    """Gets what a class and its bases declare to type checkers alone, without overloads, by name."""
    found: dict[str, tuple[type, ast.AnnAssign | AnyFunction]] = {}
    for each in owner.__mro__:
        blocks = _parsed_class(each).body if each.__module__.startswith("pasqal_cloud") else []
        for block in blocks:
            for node in block.body if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING" else []:
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    found.setdefault(node.target.id, (each, node))
                elif isinstance(node, AnyFunction) and "overload" not in map(ast.unparse, node.decorator_list):
                    found.setdefault(node.name, (each, node))
    return {name: each for name, each in found.items() if not name.startswith("_") or name.startswith("__")}


def _is_method(owner: type, name: str) -> bool:
    member = _definition(owner, name)[1]
    if isinstance(member, FunctionType):
        code = inspect.unwrap(member).__code__
        return (code.co_name, code.co_firstlineno) not in _hidden(import_module(member.__module__))
    return isinstance(member, classmethod | staticmethod | property | Operation)


def _definition(owner: type, name: str) -> tuple[type, Any]:
    """Finds a method or attribute where it is written, rather than where it is put when a class is made."""
    places = [(each, vars(each)[name]) for each in owner.__mro__ if name in vars(each)]
    for definer, member in places:
        function = getattr(member, "fget", None) or getattr(member, "__func__", member)
        if not hasattr(function, "__qualname__") or function.__qualname__.startswith(f"{definer.__qualname__}."):
            return definer, member
    return places[0]


def _bound(owner: type) -> dict[type, dict[str, Any]]:
    """Gets for each base of a class what its type variables stand for."""
    bound: dict[type, dict[str, Any]] = {}

    def go(each: type, known: dict[str, Any]) -> None:
        if bound.setdefault(each, known) is not known:
            return
        for base in vars(each).get("__orig_bases__", each.__bases__):
            origin = get_origin(base) or base
            variables = getattr(origin, "__parameters__", ())
            arguments = [known.get(a.__name__, a) if isinstance(a, TypeVar) else a for a in get_args(base)]
            go(
                origin,
                {v.__name__: a for v, a in zip(variables, arguments, strict=False) if not isinstance(a, TypeVar)},
            )

    go(owner, {})
    return bound


def _overloads(owner: type, name: str) -> list[tuple[type, AnyFunction]]:
    """Finds the overloads of a method, also those that only type checkers read."""
    for each in owner.__mro__:
        if each.__module__.startswith("pasqal_cloud"):
            found = [
                (each, node)
                for node in ast.walk(_parsed_class(each))
                if isinstance(node, AnyFunction)
                and node.name == name
                and any(ast.unparse(decorator) == "overload" for decorator in node.decorator_list)
            ]
            if found:
                return found
    return []


def _instance_attributes(owner: type) -> Iterator[tuple[str, ast.expr, type]]:
    """Finds the public attributes that are declared in a class or set by its `__init__`, and their types."""
    found = set()
    for each in owner.__mro__:
        if not each.__module__.startswith("pasqal_cloud"):
            continue
        module = import_module(each.__module__)
        for node in ast.walk(_parsed_class(each)):
            if isinstance(node, ast.AnnAssign):
                target, annotation = node.target, node.annotation
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                target, annotation = node.targets[0], _result(node.value, module)
            else:
                continue
            name = target.attr if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self" else "_"
            if not name.startswith("_") and name not in found and not hasattr(owner, name):
                if annotation is None:
                    raise TypeError(f"The type of {each.__name__}.{name} is not known: annotate it where it is set.")
                found.add(name)
                yield name, annotation, each


def _result(value: ast.expr, module: ModuleType) -> ast.expr | None:
    """Gets the type that a function returns, as it is annotated."""
    function = (
        getattr(module, value.func.id, None)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name)
        else None
    )
    returns = getattr(function, "__annotations__", {}).get("return")
    return ast.parse(returns, mode="eval").body if isinstance(returns, str) else None


def _unwrapped(function: AnyFunction) -> AnyFunction:
    """Returns what a flow returns."""
    if _is_flow(function):
        function.returns = function.returns.slice
    return function


def _is_flow(function: AnyFunction) -> bool:
    return isinstance(function.returns, ast.Subscript) and ast.unparse(function.returns.value) in ("Flow", "Source")


def _awaited(function: AnyFunction) -> AnyFunction:
    return _of_kind(ast.AsyncFunctionDef, function)


def _of_kind(kind: type[AnyFunction], function: AnyFunction) -> AnyFunction:
    fields = {name: getattr(function, name, None) for name in function._fields}
    return ast.fix_missing_locations(kind(**fields))


def _decorated(function: AnyFunction, decorator: str) -> AnyFunction:
    function.decorator_list = [ast.parse(decorator, mode="eval").body]
    return function


def _setter(function: AnyFunction, name: str) -> AnyFunction:
    function.name = name
    function.returns = ast.Constant(None)
    function.body = [ast.Expr(ast.Constant(...))]
    return ast.fix_missing_locations(_decorated(function, f"{name}.setter"))


def _default(value: ast.expr) -> ast.expr:
    """Keeps a default value that can be read, and replaces any other."""
    is_short = isinstance(value, ast.Constant | ast.Name) or ast.unparse(value) in ("()", "[]", "{}")
    return value if is_short or isinstance(value, ast.UnaryOp) else ast.Constant(...)


def _of_attribute(docstring: re.Match[str]) -> str:
    """Writes the docstring of an attribute as all docstrings are written."""
    return textwrap.indent(f'"""{ast.literal_eval(docstring[0].strip())}"""', "    ")


def _documented(function: AnyFunction, implementation: Any) -> AnyFunction:
    """Gives an overload the docstring of the implementation, if it has none."""
    if ast.get_docstring(function) is None and implementation.__doc__:
        function.body = [ast.Expr(ast.Constant(_closed(implementation.__doc__)))]
    return function


def _closed(docstring: str | None) -> str:
    """Has a docstring of several lines end with a line of its own."""
    text = inspect.cleandoc(docstring or "")
    return f"{text}\n" if "\n" in text else text


@functools.cache
def _parsed(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


@functools.cache
def _hidden(module: ModuleType) -> set[tuple[str, int]]:
    """Gets the functions of a module that it hides from type checkers, as `_functions` names them."""
    hidden: list[ast.stmt] = []
    for node in ast.walk(_parsed(module)):
        test = ast.unparse(node.test) if isinstance(node, ast.If) else ""
        if isinstance(node, ast.If) and test in ("TYPE_CHECKING", "not TYPE_CHECKING"):
            hidden += node.body if test == "not TYPE_CHECKING" else node.orelse
    inside = {node for each in hidden for node in ast.walk(each)}
    return {name for name, node in _functions(module).items() if node in inside}


@functools.cache
def _functions(module: ModuleType) -> dict[tuple[str, int], AnyFunction]:
    """Gets the functions of a module by their names and the lines of their first decorators, as their code has them."""
    return {
        (node.name, min(each.lineno for each in [*node.decorator_list, node])): node
        for node in ast.walk(_parsed(module))
        if isinstance(node, AnyFunction)
    }


@functools.cache
def _parsed_class(owner: type) -> ast.ClassDef:
    statements = _parsed(import_module(owner.__module__)).body
    return next(each for each in statements if isinstance(each, ast.ClassDef) and each.name == owner.__name__)


def _statements(module: ModuleType) -> Iterator[ast.stmt]:
    """Lists the statements of a module, and of its block for type checkers."""
    for statement in _parsed(module).body:
        yield from statement.body if isinstance(statement, ast.If) else [statement]


def _imported(module: ModuleType) -> dict[str, tuple[str, str]]:
    """Gets what a module imports: by its name there, the module that has it and its name in that, or a whole module."""
    found: dict[str, tuple[str, str]] = {}
    for statement in _statements(module):
        if isinstance(statement, ast.ImportFrom):
            found |= {each.asname or each.name: (statement.module or "", each.name) for each in statement.names}
        elif isinstance(statement, ast.Import):
            found |= {each.asname or each.name: (each.name, "") for each in statement.names}
    return found


def _assigned(module: ModuleType) -> dict[str, ast.stmt]:
    """Gets the names that a module defines."""
    found: dict[str, ast.stmt] = {}
    for statement in _statements(module):
        if isinstance(statement, ast.ClassDef | ast.FunctionDef):
            found[statement.name] = statement
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            found |= {target.id: statement for target in targets if isinstance(target, ast.Name)}
    return found


def _is_type_variable(module: ModuleType, name: str) -> bool:
    value = getattr(_assigned(module)[name], "value", None)
    return isinstance(value, ast.Call) and ast.unparse(value.func) in ("TypeVar", "ParamSpec")


def package_stub() -> str:
    """Writes the stub of the package itself, whose names are imported when they are first used."""
    (block,) = (
        each
        for each in _parsed(pasqal_cloud).body
        if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING"
    )
    imports = "\n".join(ast.unparse(each) for each in block.body)
    docstring = (pasqal_cloud.__doc__ or "").partition("\n")[0]
    return f'"""{docstring}"""\n\n{imports}\n\n__version__: str\n\n__all__ = {pasqal_cloud.__all__!r}\n'


def formatted(text: str, path: Path) -> str:
    """Sorts the imports and formats the text as all of our Python."""
    ruff = Path(sysconfig.get_path("scripts")) / "ruff"
    for command in (["check", "--select=I", "--fix", "--quiet"], ["format"]):
        done = subprocess.run(  # noqa: S603 - ruff, on our own text
            [ruff, *command, "--stdin-filename", path, "-"],
            input=text,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        if done.returncode:
            raise RuntimeError(f"{path}: {done.stderr}\n{text}")
        text = done.stdout
    return text


def stubs() -> dict[Path, str]:
    """Writes all stubs."""
    modules = {name: import_module(f"pasqal_cloud.{name}") for name in MODULES}
    texts = {"__init__": package_stub()} | {name: Stub(module).text() for name, module in modules.items()}
    written = {STUBS / "py.typed": "partial\n"}  # other modules have no stub
    for name, text in texts.items():
        path = STUBS / f"{name}.pyi"
        written[path] = formatted(HEAD.format(module=f"pasqal_cloud/{name}.py") + text, path)
    return written


def main() -> int:
    """Writes the stubs, or checks them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, and fail if a stub is out of date")
    is_check = parser.parse_args().check
    written = stubs()
    present = {path: path.read_text("utf-8") for path in STUBS.glob("*")}
    if is_check:
        for path in sorted({*written, *present}):
            old, new = present.get(path, "").splitlines(), written.get(path, "").splitlines()
            print(*difflib.unified_diff(old, new, str(path), "as it should be", lineterm=""), sep="\n", end="")
        if written != present:
            print("The stubs are out of date: run scripts/regen.sh.", file=sys.stderr)
        return written != present
    STUBS.mkdir(parents=True, exist_ok=True)
    for path in present.keys() - written.keys():
        path.unlink()
    for path, text in written.items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
