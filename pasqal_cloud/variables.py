"""The variables of a sequence: what it declares, and the values that users give for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, Literal

import attrs

from pasqal_cloud._arguments import counted, did_you_mean, kind_of, shown, variables_of
from pasqal_cloud.errors import ValidationError

KINDS = {"int": "a whole number", "float": "a number"}
"""What errors call the types of variables."""

MEANT = {
    "shots": "runs",
    "n_shots": "runs",
    "num_shots": "runs",
    "n_runs": "runs",
    "emulator": "device_type",
    "backend": "device_type",
    "configuration": "backend_configuration",
    "config": "backend_configuration",
}
"""Arguments that similar methods of this and other packages have, with the arguments that say the same."""

QUBITS = "qubits"
"""The name of the value that maps the ids of a mappable register to traps."""


@attrs.frozen
class Declared:
    """The variables that a sequence declares.

    Args:
        sizes: The number of values of each; 1 for a variable that is a number.
        is_mappable: Whether the register is mappable, so that the sequence takes `qubits` too.
        types: The type of each, `int` or `float`, as far as it is known.
    """

    sizes: Mapping[str, int]
    is_mappable: bool = False
    types: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of all values that the sequence needs."""
        return [*self.sizes, *([QUBITS] if self.is_mappable else [])]

    def check(self, names: Iterable[str], arguments: Iterable[str] = ()) -> None:
        """Checks that each variable has a value, and that nothing else has.

        Args:
            names: The names of the values that were given.
            arguments: The names of the arguments that the values were given beside, to suggest them too.

        Raises:
            ValidationError: A name is not a variable of the sequence, or a variable has no value.
        """
        given, known = list(names), self.names
        missing = [name for name in known if name not in given]
        unknown = [name for name in given if name not in known]
        if not missing and not unknown:
            return
        sentences = [
            f"{name!r} is not a variable of the sequence{_hint(name, missing or known, arguments)}" for name in unknown
        ]
        if len(missing) == 1:
            sentences.append(f"The variable {missing[0]!r} has no value.")
        elif missing:
            sentences.append(f"The variables {', '.join(map(repr, missing))} have no values.")
        raise ValidationError(" ".join(sentences))

    def check_value(self, name: str, value: Any) -> None:
        """Checks that the value of a variable has as many numbers as the sequence declares, and of its type.

        Raises:
            ValidationError: It has more or fewer, or others.
        """
        size = self.sizes.get(name)
        if size is None:
            return
        length = len(value) if isinstance(value, list) else 1
        if length != size or (size > 1 and not isinstance(value, list)):
            raise ValidationError(
                f"The variable {name!r} takes {f'an array of {size} numbers' if size > 1 else 'one number'}, not"
                f" {f'an array of {length}' if isinstance(value, list) else shown(value)}."
            )
        kind = self.types.get(name)
        for item in value if isinstance(value, list) else [value]:
            if kind in KINDS and not _is_of(kind, item):
                takes = KINDS[kind] if size == 1 else f"{KINDS[kind]}s".removeprefix("a ")
                raise ValidationError(f"The variable {name!r} takes {takes}, not {shown(item)}.")


def _is_of(kind: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return kind != "int" or isinstance(value, int) or value.is_integer()


def _hint(name: str, known: list[str], arguments: Iterable[str]) -> str:
    from difflib import get_close_matches

    arguments = list(arguments)
    meant = MEANT.get(name)
    near = [meant] if meant in arguments else get_close_matches(name, [*known, *arguments], 1)
    if near:
        return f"; did you mean {'' if near[0] in known else 'the argument '}{near[0]!r}?"
    return f", which has {', '.join(known)}." if known else ", which has none."


def declared_in(sequence: str | None) -> Declared | None:
    """Reads which variables a serialized sequence declares; None if that can't be read: the service reports why."""
    try:
        document = json.loads(sequence or "null")
        variables, register = document["variables"], document.get("register")
        sizes = {str(name): _size(content) for name, content in variables.items()}
        types = {str(name): str(content.get("type")) for name, content in variables.items()}
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return None
    atoms = register if isinstance(register, list) else []
    is_mappable = any(isinstance(atom, dict) and "qid" in atom for atom in atoms)
    return Declared(sizes, is_mappable, types)


def _size(content: Any) -> int:
    value = content.get("value")
    return len(value) if isinstance(value, list) else 1


def merged(variables: Mapping[str, Any] | None, keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Puts the values of `variables=` and of further arguments together.

    Raises:
        ValidationError: A value is given twice, or can't be sent.
    """
    if variables is not None and not isinstance(variables, Mapping):
        raise ValidationError(
            f"variables must be a dictionary of values by the variables' names, not {kind_of(variables)}."
        )
    twice = [name for name in keywords if name in (variables or {})]
    if twice:
        names = " and ".join(map(repr, twice))
        raise ValidationError(f"Give {names} in variables or as an argument of its own, not both.")
    return variables_of(
        {name: _listed(value) for name, value in {**(variables or {}), **keywords}.items()}, "variables"
    )


def _listed(value: Any) -> Any:
    """Makes a list of a range, a generator or the like."""
    is_one = isinstance(value, str | bytes | Mapping) or hasattr(value, "tolist") or not isinstance(value, Iterable)
    return value if is_one else list(value)


def one_setting(
    sequence: str | None, variables: Mapping[str, Any] | None, keywords: Mapping[str, Any], arguments: Iterable[str]
) -> dict[str, Any]:
    """Gets the values of a sequence's variables for one job.

    Args:
        sequence: The serialized sequence.
        variables: Values by the variables' names.
        keywords: More of them.
        arguments: The names of the other arguments, for suggestions.

    Raises:
        ValidationError: The values are not those of the sequence's variables.
    """
    values = merged(variables, keywords)
    declared = declared_in(sequence)
    if declared is not None:
        declared.check(values, arguments)
        for name, value in values.items():
            declared.check_value(name, value)
    return values


def settings(
    sequence: str | None,
    variables: Mapping[str, Any] | None,
    keywords: Mapping[str, Any],
    arguments: Iterable[str],
    combine: Literal["product", "zip"],
) -> list[dict[str, Any]]:
    """Gets the values of a sequence's variables for the jobs of a sweep; see `one_setting`.

    Raises:
        ValidationError: The values are not those of the sequence's variables, or can't be combined.
    """
    if combine not in ("product", "zip"):
        hint = did_you_mean(str(combine), ("product", "zip")) or "."
        raise ValidationError(f"combine must be 'product' or 'zip', not {shown(combine)}{hint}")
    values = merged(variables, keywords)
    declared = declared_in(sequence)
    if declared is not None:
        declared.check(values, arguments)
    swept = {name: value for name, value in values.items() if _is_swept(name, value, declared)}
    if declared is not None:
        for name, value in values.items():
            for item in swept.get(name, [value]):
                declared.check_value(name, item)
    if empty := [name for name, items in swept.items() if not items]:
        raise ValidationError(f"The list of {empty[0]!r} is empty: there is nothing to run.")
    if not swept:
        raise ValidationError(
            "No variable has a list of values to sweep. run() runs a sequence with one value of each."
        )
    lengths = {name: len(items) for name, items in swept.items()}
    if combine == "zip" and len(set(lengths.values())) > 1:
        named = " and ".join(f"{name!r} has {counted(length, 'value')}" for name, length in lengths.items())
        raise ValidationError(f"combine='zip' needs lists of one length, but {named}.")
    points = product(*swept.values()) if combine == "product" else zip(*swept.values(), strict=True)
    return [values | dict(zip(swept, point, strict=True)) for point in points]


def _is_swept(name: str, value: Any, declared: Declared | None) -> bool:
    """Tells whether a value is a list of values; the list of an array's numbers is one value."""
    size = declared.sizes.get(name, 1) if declared else 1
    return isinstance(value, list) and (size == 1 or any(isinstance(item, list) for item in value))
