"""Checks of arguments before anything is sent. Each error says what is wrong and what is expected."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Mapping
from importlib import import_module
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


T = TypeVar("T")

HUGE = 2**1024
"""Whole numbers from here on exceed every float, and JSON parsers may reject them."""


class AbstractSequence(Protocol):
    """What this package needs of a `pulser.Sequence`."""

    def to_abstract_repr(self) -> str:
        """Serializes the sequence."""
        ...


SequenceLike: TypeAlias = "str | AbstractSequence"


def uuid_of(value: str | UUID, name: str) -> UUID:
    """Converts an id to a UUID; errors call it `name`."""
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (AttributeError, TypeError, ValueError):
        raise ValidationError(
            f"{name} must be a UUID, like 00000000-0000-4000-8000-000000000000, not {value!r:.100}."
        ) from None


def serialized(
    sequence: SequenceLike | None, name: str = "serialized_sequence", kind: str = "pulser.Sequence"
) -> str | None:
    """Serializes a Pulser object, unless it is serialized already; errors call it `name` and its type `kind`."""
    if sequence is None or isinstance(sequence, str):
        return sequence and sendable(sequence, name)
    try:
        serialize = sequence.to_abstract_repr
    except AttributeError:
        raise ValidationError(
            f"{pointed(name)} must be a {kind}, or its to_abstract_repr(), not {kind_of(sequence)}."
        ) from None
    try:
        text = serialize()
    except Exception as error:  # Pulser raises many types of errors for what has no abstract representation
        raise ValidationError(f"{pointed(name)} can't be serialized: {type(error).__name__}: {error}") from error
    return sendable(of_type(text, str, f"{name}'s to_abstract_repr()"), name)


def sendable(value: T, name: str) -> T:
    """Returns the value, unless it is a string that can't be encoded in UTF-8.

    Python reads a file name that is not valid UTF-8, for instance, as a string with lone surrogates.

    Args:
        value: The value. Errors don't show it: it may be long or secret.
        name: What errors call it.

    Raises:
        ValidationError: It holds a character that can't be encoded.
    """
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            place = f"{value[error.start]!a} at {error.start}"
            raise ValidationError(
                f"{pointed(name)} must be a string that UTF-8 can encode, but it contains {place}."
            ) from None
    return value


def runs_of(value: object, place: str) -> int:
    """Checks a number of shots; errors call it `place`."""
    if not isinstance(value, Integral) or isinstance(value, bool) or not 1 <= int(value) < HUGE:
        is_whole = isinstance(value, float) and value.is_integer() and value >= 1
        hint = f": use {value:.0f}." if is_whole else "."
        raise ValidationError(f"{pointed(place)} must be a whole number of shots, 1 or more, not {shown(value)}{hint}")
    return int(value)


def variables_of(variables: object, place: str) -> dict[str, Any]:
    """Converts the values of a sequence's variables to what JSON can hold.

    Args:
        variables: The values by the variables' names: numbers, lists, numpy arrays, or the `qubits` mapping.
        place: What errors call it.

    Raises:
        ValidationError: A value can't be sent, or is infinite or NaN.
    """
    if not isinstance(variables, Mapping):
        raise ValidationError(
            f"{pointed(place)} must be a dictionary of values by the variables' names, not {shown(variables)}."
        )
    try:
        return _plain_items(variables, place)
    except RecursionError:
        raise ValidationError(f"{pointed(place)} is nested too deeply, or contains itself.") from None


def _plain_items(items: Mapping[Any, Any], place: str) -> dict[str, Any]:
    return {
        sendable(str(name), f"A key of {place}"): value
        if _is_plain(value)
        else _plain(value, f"{place}[{shown(name)}]")
        for name, value in items.items()
    }


def _is_plain(value: Any) -> bool:
    """Tells whether a value is one of the usual ones, for which `_plain` need not be told the place."""
    kind = type(value)
    return (kind is float and math.isfinite(value)) or (kind is int and -HUGE < value < HUGE)


def _plain(value: Any, place: str) -> Any:
    if hasattr(value, "tolist"):  # a numpy array or number, or a tensor
        value = value.tolist()
    match value:
        case bool():
            return value
        case str():
            return sendable(value, place)
        case Integral() if abs(int(value)) < HUGE:
            return int(value)
        case Real() if not isinstance(value, Integral) and math.isfinite(value):
            return float(value)
        case list() | tuple():
            return [item if _is_plain(item) else _plain(item, f"{place}[{index}]") for index, item in enumerate(value)]
        case Mapping():
            return _plain_items(value, place)
    raise ValidationError(f"{pointed(place)} must be a finite number, a string, or lists of them, not {shown(value)}.")


def pointed(place: str) -> str:
    """Writes the place of a field as messages show it: `jobs[0].runs` for `jobs[0]['runs']`."""
    return re.sub(r"\['([A-Za-z_]\w*)'\]", r".\1", place)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggests the most similar known name, to append to a message; an empty string if none is similar."""
    from difflib import get_close_matches

    by_lower = {each.lower(): each for each in known}  # capitals alone are no difference
    return "".join(f"; did you mean {by_lower[near]!r}?" for near in get_close_matches(name.lower(), list(by_lower), 1))


def call_error(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, name: str | None = None
) -> TypeError | None:
    """Makes the error of a call with arguments that a function does not take; None if it takes them.

    Args:
        function: The function; a method as it is read from its class.
        args: The arguments of the call; of a method, the first is the object.
        kwargs: The arguments of the call.
        name: How users call the function, if not by its own name.
    """
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        problem = str(error)
    else:
        return None
    name = name or (type(args[0]).__name__ if function.__name__ == "__init__" else function.__name__)
    known = [argument for argument in signature.parameters if argument not in ("self", "cls")]
    kinds = [argument.kind for argument in signature.parameters.values()]
    takes_any = inspect.Parameter.VAR_KEYWORD in kinds
    unknown = [argument for argument in kwargs if argument not in known and not takes_any]
    named = [argument.name for argument in signature.parameters.values() if argument.kind is argument.KEYWORD_ONLY]
    if not unknown and "too many positional" in problem and named:
        first = ", ".join(known[: known.index(named[0])])
        wrong = TypeError(
            f"{name}() has too many positional arguments: only {first} can be given without a name. Write the others"
            f" as keywords, like {named[0]}=…"
        )
    elif unknown:
        hint = did_you_mean(unknown[0], known).replace(";", ":") or _holder(unknown[0], signature)
        wrong = TypeError(f"{name}() has no argument {unknown[0]!r}{hint}")
    else:
        wrong = TypeError(f"{name}(): {problem}")
    wrong.wrong_call = True  # type: ignore[attr-defined]  # it is no mistake inside this package
    return wrong


def _holder(name: str, signature: inspect.Signature) -> str:
    """Says which argument holds a value that was given directly, as `BatchFilters` holds a status."""
    public = import_module("pasqal_cloud")  # imported long since; it imports a class when its name is read
    for parameter in signature.parameters.values():
        for kind in re.findall(r"\w+Filters|PaginationParams", str(parameter.annotation)):
            if any(field.name == name for field in getattr(getattr(public, kind, None), "__attrs_attrs__", ())):
                return f": give {parameter.name}={kind}({name}=…)"
    return ""


def shown(value: object) -> str:
    """Shows a value in an error even if its `repr` fails, as that of an integer with 5,000 digits does."""
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a user's class may raise anything
        return f"this {type(value).__name__}"


def counted(number: int, noun: str) -> str:
    """Writes a number of things: 1 job, 2 jobs."""
    return f"{number} {noun if number == 1 else plural(noun)}"


def plural(noun: str) -> str:
    """Writes a noun in the plural: jobs, batches."""
    return f"{noun}es" if noun.endswith("ch") else f"{noun}s"


def no_others(given: Iterable[str], known: Iterable[str], place: str) -> None:
    """Rejects unknown keys, which would otherwise be ignored silently; errors call the dictionary `place`."""
    known = list(known)
    unknown = [name for name in given if name not in known]
    if unknown:
        hints = [did_you_mean(str(name), known) for name in unknown]
        if len(unknown) == 1:
            keys = f"an unknown key, {shown(unknown[0])}{hints[0] or '.'}"
        else:
            both = zip(map(shown, unknown), hints, strict=True)
            named = [f"{name} ({hint[2:]})" if hint else name for name, hint in both]
            keys = f"unknown keys, {' and '.join(named)}."
        raise ValidationError(f"{pointed(place)} has {keys} It takes {', '.join(known)}.")


def of_type(value: T, kind: type[Any], name: str) -> T:
    """Returns an argument that is of the right type; errors call it `name`."""
    if not isinstance(value, kind):
        raise ValidationError(f"{pointed(name)} must be {kind.__name__.removesuffix('Flows')}, not {value!r}.")
    return value


def kind_of(value: object) -> str:
    """Names the type of an argument, as in "a str", where the argument itself may be secret or long."""
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def texts_of(values: Mapping[str, object]) -> dict[str, str | None]:
    """Checks that each argument is a string or None; errors don't show the values, which may be secret."""
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            raise ValidationError(f"{name} must be a string, not {kind_of(value)}.")
    return dict(values)  # type: ignore[arg-type]  # as was just checked


def seconds(value: float | None, name: str, *, above_zero: bool = False) -> float | None:
    """Checks that an argument is a number of seconds or None; errors call it `name`."""
    if value is None:
        return None
    if not isinstance(value, Real) or isinstance(value, bool) or not (value > 0 or (value == 0 and not above_zero)):
        least = "above zero" if above_zero else "0 or more"
        raise ValidationError(f"{name} must be a number of seconds, {least}, not {value!r}.")
    return float(value)


def flag_of(value: bool | None, name: str) -> bool | None:
    """Checks that an argument is True, False or None; errors call it `name`."""
    if value is not None and not isinstance(value, bool):
        raise ValidationError(f"{name} must be True, False or None, not {shown(value)}.")
    return value


def tags_of(tags: Iterable[str]) -> list[str]:
    """Checks that tags are a list of non-empty strings."""
    texts = list(tags) if hasattr(tags, "__iter__") and not isinstance(tags, str) else None
    if texts is None or not all(isinstance(text, str) and text for text in texts):
        raise ValidationError(f"tags must be a list of strings, none of them empty, not {shown(tags)}.")
    return [sendable(text, f"tags[{index}]") for index, text in enumerate(texts)]


def switched_on(variable: str, environ: Mapping[str, str]) -> bool:
    """Tells whether an environment variable is `1`, `true`, `yes` or `on`."""
    return environ.get(variable, "").strip().lower() in ("1", "true", "yes", "on")
