"""Computes the parameters of a serialized sequence without Pulser, as far as their variables have values.

Pulser computes with Python's integers and lists, so a few bytes of JSON can describe numbers and lists that do not fit
into memory.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

MAX_VALUES = 1_000_000
"""The maximum number of values in an array or a variable."""

MAX_DEPTH = 100
"""The maximum nesting of expressions and waveforms."""

MAX_FUNCTIONS = 6
"""The maximum nesting of functions of one argument: each level doubles the time of Pulser's validation."""

Variables: TypeAlias = Mapping[str, Any]


class TooLargeError(ValueError):
    """A sequence is too large."""


@dataclass(frozen=True)
class Array:
    """An array, of which only the length matters.

    Args:
        length: How many numbers it contains.
        is_list: Whether it depends on no variable; Pulser then uses a Python list, otherwise a NumPy array.
    """

    length: float
    is_list: bool = False


class _Literal(float):
    """A number that depends on no variable."""


Value: TypeAlias = float | Array | None
"""The value of a parameter; None if its variables have no values, or if it can't be computed."""


def value_of(content: Any, variables: Variables, place: str) -> Value:
    """Computes a parameter.

    Args:
        content: A number, an array, a variable or an expression, as Pulser writes it.
        variables: The values of variables.
        place: Its place in the sequence, for messages.

    Raises:
        TooLargeError: The number or array would be too large, or the expression is nested too deeply.
    """
    return _value(content, variables, place, 1, 0)


def number(value: Value) -> float:
    """Gets a non-negative number; 0 for other values, which Pulser refuses."""
    return max(0.0, value) if isinstance(value, float) and not math.isnan(value) else 0.0


def check_depth(depth: int, place: str) -> None:
    """Checks the nesting of an expression or a waveform."""
    if depth > MAX_DEPTH:
        raise TooLargeError(f"{place}: nested more than {MAX_DEPTH} levels deep")


def _value(content: Any, variables: Variables, place: str, depth: int, functions: int) -> Value:
    value: Value = None
    match content:
        case float() | int():
            return _Literal(as_float(content))
        case list():
            value = Array(len(content), is_list=True)
        case {"variable": str(name)}:
            value = _value_of_variable(variables.get(name))
        case {"expression": "index", "lhs": {"variable": str(name)}, "rhs": index}:
            value = _item(variables.get(name), index)
        case {"expression": str(name), "lhs": lhs, "rhs": rhs}:
            check_depth(depth, place)
            left, right = (_value(side, variables, place, depth + 1, functions) for side in (lhs, rhs))
            value = _binary(name, left, right)
        case {"expression": str(name), "lhs": lhs}:
            check_depth(depth, place)
            if functions == MAX_FUNCTIONS:
                raise TooLargeError(f"{place}: more than {MAX_FUNCTIONS} functions are nested")
            return _unary(name, _value(lhs, variables, place, depth + 1, functions + 1))
    if isinstance(value, Array) and value.length > MAX_VALUES:
        raise TooLargeError(f"{place}: an array may contain at most {MAX_VALUES} numbers")
    if isinstance(value, float) and math.isinf(value):
        raise TooLargeError(f"{place}: the number is too large to be computed")
    return value


def _value_of_variable(given: Any) -> Value:
    if isinstance(given, list):
        return _item(given, 0) if len(given) == 1 else Array(len(given))
    return as_float(given) if isinstance(given, int | float) else None


def _item(given: Any, index: Any) -> float | None:
    items = given if isinstance(given, list) else [given]
    if not isinstance(index, int) or not -len(items) <= index < len(items):
        return None
    return as_float(items[index]) if isinstance(items[index], int | float) else None


def as_float(content: float) -> float:
    """Converts an integer to a float; infinite if it is too large."""
    try:
        return float(content)
    except OverflowError:
        return math.inf


_BINARY: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "mod": operator.mod,
    "pow": operator.pow,
}

_UNARY: dict[str, Callable[[float], float]] = {
    "neg": operator.neg,
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "round": round,
    **{name: getattr(math, name) for name in ("sqrt", "exp", "log2", "log", "sin", "cos", "tan", "tanh")},
}


def _binary(name: str, lhs: Value, rhs: Value) -> Value:
    if isinstance(lhs, float) and isinstance(rhs, float):
        return _computed(_BINARY.get(name), lhs, rhs)
    arrays = [side for side in (lhs, rhs) if isinstance(side, Array)]
    if not arrays:
        return None
    factor = next((side for side in (lhs, rhs) if isinstance(side, _Literal)), None)
    if (
        arrays[0].is_list and name == "mul" and factor is not None
    ):  # Python repeats a list that is multiplied by a number
        return Array(arrays[0].length * number(factor), is_list=True)
    if all(array.is_list for array in arrays) and len(arrays) > 1:  # Python concatenates lists that are added
        return Array(sum(array.length for array in arrays), is_list=True)
    return Array(max(array.length for array in arrays))


def _unary(name: str, lhs: Value) -> Value:
    return _computed(_UNARY.get(name), lhs) if isinstance(lhs, float) else lhs


def _computed(function: Callable[..., float] | None, *arguments: float) -> float | None:
    try:
        result = function(*arguments) if function else None
        if not isinstance(result, int | float):
            return None
        return _Literal(result) if all(isinstance(argument, _Literal) for argument in arguments) else float(result)
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):  # Pulser refuses it
        return None
