"""Shows griffe, which reads the package for the reference, the classes of users as they are at run time.

An operation is written once, as a flow, on a base class: `Flow[BatchT]` is a `Batch` on `SDK`, and awaited on
`AsyncSDK`.
This extension copies the members of the base classes to the classes that users hold, with the types that users get.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import dataclasses
from typing import Any

import griffe

DECORATORS = {"operation", "fetched", "walking"}
"""The functions of `pasqal_cloud._conversation.operation` that make methods, attributes and iterators of flows."""

COLOURS = {"Blocking", "Awaiting"}
"""The classes that mark whether operations block or are awaited."""

Types = dict[str, griffe.Expr]
"""Types by the names of the type variables that they replace."""


class Operations(griffe.Extension):
    """Copies inherited members to the classes whose operations block or are awaited."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Completes all classes of a package."""
        if pkg.name == "pasqal_cloud":
            _ALIASES.clear()
            for module in (pkg, *_modules(pkg)):
                _ALIASES.update(_aliases(module))
            _ALIASES.pop("pasqal_cloud._conversation.flow.Flow", None)  # its parts are what users never see
            for class_ in _classes(pkg):
                _spell_out(class_)
            calls = [field for class_ in _classes(pkg) for field in _construct(class_)]
            for field in calls:
                field.value = None
            for class_ in _classes(pkg):
                if not class_.name.startswith("_") and COLOURS & {base.name for base in _line(class_)[1:]}:
                    _complete(class_)


_ALIASES: Types = {}
"""The types that have a name in this package for brevity, such as `Timeout`, by their paths."""


def _modules(module: griffe.Module) -> list[griffe.Module]:
    inner = [each for each in module.modules.values() if isinstance(each, griffe.Module)]
    return [*inner, *(each for one in inner for each in _modules(one))]


def _classes(package: griffe.Module) -> list[griffe.Class]:
    modules = (package, *_modules(package))
    return [member for module in modules for member in module.members.values() if isinstance(member, griffe.Class)]


def _aliases(module: griffe.Module) -> Types:
    found: Types = {}
    for name, member in module.members.items():
        if isinstance(member, griffe.Attribute) and str(member.annotation) == "TypeAlias" and name[0] != "_":
            text = str(member.value)
            with contextlib.suppress(SyntaxError, ValueError):
                text = str(ast.literal_eval(text))
            meaning = griffe.safe_get_annotation(ast.parse(text, mode="eval").body, parent=module)
            if isinstance(meaning, griffe.Expr):
                found[member.canonical_path] = meaning
    return found


def _spell_out(class_: griffe.Class) -> None:
    """Replaces the names that types have for brevity."""
    for member in class_.members.values():
        if isinstance(member, griffe.Attribute):
            member.annotation = _replaced(member.annotation, {})
            if "instance-attribute" in member.labels and "class-attribute" not in member.labels:
                member.value = None  # it is how the constructor computes it
        elif isinstance(member, griffe.Function):
            for parameter in member.parameters:
                parameter.annotation = _replaced(parameter.annotation, {})


def _construct(class_: griffe.Class) -> list[griffe.Attribute]:
    """Gives a class of attrs the constructor that attrs makes.

    Returns:
        The fields whose values are calls, which say nothing to users.
    """
    made = next((str(each.value) for each in class_.decorators if str(each.value).startswith("attrs.")), "")
    if not made or "init=False" in made or "__init__" in class_.members:
        return []
    fields: dict[str, griffe.Attribute] = {}
    for each in reversed(_line(class_)):
        for name, member in each.members.items():
            is_field = isinstance(member, griffe.Attribute) and member.annotation and "property" not in member.labels
            if is_field and name[0] != "_" and "ClassVar" not in str(member.annotation):
                fields[name] = member
    kind = griffe.ParameterKind.keyword_only if "kw_only" in made else griffe.ParameterKind.positional_or_keyword
    parameters = [
        griffe.Parameter(name, annotation=field.annotation, kind=kind, default=_default(field))
        for name, field in fields.items()
    ]
    constructor = griffe.Function("__init__", parameters=griffe.Parameters(*parameters))
    constructor.lineno = constructor.endlineno = class_.lineno
    class_.set_member("__init__", constructor)
    return [field for field in fields.values() if isinstance(field.value, griffe.ExprCall)]


def _default(field: griffe.Attribute) -> str | griffe.Expr | None:
    value = field.value
    if not isinstance(value, griffe.ExprCall):
        return value
    given = [each.value for each in value.arguments if isinstance(each, griffe.ExprKeyword) and each.name == "default"]
    return given[0] if given else "None"


def _line(class_: griffe.Class) -> list[griffe.Class]:
    """Gets a class and its base classes, as far as they are in this package; the nearest first."""
    try:
        return [class_, *class_.mro()]
    except ValueError:
        return [class_]


def _complete(class_: griffe.Class) -> None:
    bases = _line(class_)[1:]
    if {"HasOperations"} >= {base.name for base in bases} - COLOURS:
        return  # the marks themselves
    awaits = "Awaiting" in {base.name for base in bases}
    named = {"Self": class_.name, "JobFlows": "AsyncJob" if awaits else "Job", "Opening": "Awaitable"}
    types = _types(class_) | {name: griffe.ExprName(shown, class_) for name, shown in named.items()}
    own = dict(class_.members)
    members: dict[str, griffe.Object] = {}
    for base in reversed([class_, *bases]):
        for name, member in (own if base is class_ else base.members).items():
            if isinstance(member, griffe.Function | griffe.Attribute) and (name == "__init__" or name[0] != "_"):
                members[name] = _as_seen(member, types, awaits=awaits)
    order = sorted(members.items(), key=lambda item: _is_deprecated(item[1]))
    for number, (name, member) in enumerate(order):
        member.lineno = member.endlineno = number  # the reference is in this order
        class_.set_member(name, member)
        if member.docstring is not None:
            member.docstring.parent = member


def _types(class_: griffe.Class) -> Types:
    """Gets the types that a class gives to the type variables of its base classes, and these to theirs."""
    types: Types = {}
    bases = {base.canonical_path: base for base in _line(class_)[1:]}
    for written in class_.bases:
        if isinstance(written, griffe.ExprSubscript) and written.canonical_path in bases:
            base = bases[written.canonical_path]
            given = _items(written.slice)
            types |= dict(zip(_variables(base), given, strict=False))
    for base in class_.resolved_bases:
        if isinstance(base, griffe.Class):
            types |= {name: _replaced(type_, types) for name, type_ in _types(base).items()}
    return types


def _variables(class_: griffe.Class) -> list[str]:
    for written in class_.bases:
        if isinstance(written, griffe.ExprSubscript) and str(written.left) == "Generic":
            return [str(item) for item in _items(written.slice)]
    inside = [
        item for written in class_.bases if isinstance(written, griffe.ExprSubscript) for item in _items(written.slice)
    ]
    return [str(item) for item in inside if str(item).endswith("T")]  # by the convention of this package


def _items(inside: str | griffe.Expr) -> list[Any]:
    return list(inside.elements) if isinstance(inside, griffe.ExprTuple) else [inside]


def _as_seen(member: griffe.Object, types: Types, *, awaits: bool) -> griffe.Object:
    """Copies a member, with the types that users get."""
    seen = copy.copy(member)
    seen.docstring = copy.copy(member.docstring)
    seen.labels = set(member.labels)
    if isinstance(seen, griffe.Attribute):
        seen.annotation = _replaced(seen.annotation, types)
        return seen
    if not isinstance(seen, griffe.Function):
        return seen
    seen.overloads = [_as_seen(each, types, awaits=awaits) for each in seen.overloads or ()]  # type: ignore[misc]
    kind = next((str(each.value).split("(")[0] for each in seen.decorators), "")
    returns = _replaced(seen.returns, types)
    seen.parameters = griffe.Parameters(*(copy.copy(parameter) for parameter in seen.parameters))
    for parameter in seen.parameters:
        parameter.annotation = _replaced(parameter.annotation, types)
    if kind not in DECORATORS:
        seen.returns = returns
        return seen
    seen.decorators = []
    given = returns.slice if isinstance(returns, griffe.ExprSubscript) else returns
    if kind == "walking":
        seen.returns = griffe.ExprSubscript(griffe.ExprName("AsyncIterator" if awaits else "Iterator"), given)
    elif kind == "operation":
        seen.returns = given
        if awaits:
            seen.labels.add("async")
    else:
        annotation = griffe.ExprSubscript(griffe.ExprName("Awaitable"), given) if awaits else given
        attribute = griffe.Attribute(seen.name, annotation=annotation, docstring=seen.docstring)
        attribute.labels = {"fetched when read"}
        return attribute
    return seen


def _is_deprecated(member: griffe.Object) -> bool:
    return member.docstring is not None and "Deprecated" in member.docstring.value.partition("\n\n")[0]


def _replaced(expression: Any, types: Types) -> Any:
    """Replaces type variables in a type."""
    if isinstance(expression, griffe.ExprSubscript) and expression.canonical_path in _ALIASES:
        return _replaced(_ALIASES[expression.canonical_path], {**types, "T": _replaced(expression.slice, types)})
    if isinstance(expression, griffe.ExprName) and expression.canonical_path in _ALIASES:
        return _replaced(_ALIASES[expression.canonical_path], types)
    if isinstance(expression, griffe.ExprName):
        return types.get(expression.name, expression)
    if isinstance(expression, list | tuple):
        return type(expression)(_replaced(part, types) for part in expression)
    if isinstance(expression, griffe.Expr):
        parts = {
            field.name: _replaced(getattr(expression, field.name), types)
            for field in dataclasses.fields(expression)
            if field.name != "parent"
        }
        return dataclasses.replace(expression, **parts)
    return expression
