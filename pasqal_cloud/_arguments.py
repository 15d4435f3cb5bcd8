"""Checks of what a user passes, before anything is sent: each refusal says what was wrong and what is expected."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable


T = TypeVar("T")

HUGE = 2**1024
"""A whole number from here on is greater than any float, and JSON's readers may refuse it."""


class AbstractSequence(Protocol):
    """What this package needs of a `pulser.Sequence`."""

    def to_abstract_repr(self) -> str:
        """Serializes the sequence."""
        ...


SequenceLike: TypeAlias = "str | AbstractSequence"


def uuid_of(value: str | UUID, name: str) -> UUID:
    """Gets an id as the API takes it.

    Args:
        value: The id.
        name: What it is called in the error.

    Raises:
        ValidationError: It is no UUID.
    """
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (AttributeError, TypeError, ValueError):
        raise ValidationError(
            f"{name} must be a UUID, like 00000000-0000-4000-8000-000000000000, not {value!r:.100}."
        ) from None


def serialized(sequence: SequenceLike | None, name: str = "A sequence", kind: str = "pulser.Sequence") -> str | None:
    """Gets one of Pulser's objects as the API takes it.

    Args:
        sequence: The object, or what its `to_abstract_repr()` gave.
        name: What it is called in the error.
        kind: Its type.

    Raises:
        ValidationError: It is neither.
    """
    if sequence is None or isinstance(sequence, str):
        return sequence and sendable(sequence, name)
    try:
        serialize = sequence.to_abstract_repr
    except AttributeError:
        raise ValidationError(
            f"{name} must be a {kind}, or its to_abstract_repr(), not {type(sequence).__name__}."
        ) from None
    try:
        text = serialize()
    except Exception as error:  # Pulser refuses in many ways what has no abstract representation
        raise ValidationError(f"{name} can't be serialized: {type(error).__name__}: {error}") from error
    return sendable(of_type(text, str, f"{name}'s to_abstract_repr()"), name)


def sendable(value: T, name: str) -> T:
    """Gets a text that can be sent; what is no text is left as it is.

    A file's name that is not UTF-8, for instance, is half a character to Python, which no encoding has.

    Args:
        value: The text, which the error does not show: it may be long, or secret.
        name: What it is called.

    Raises:
        ValidationError: It holds a character that can't be encoded.
    """
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            place = f"{value[error.start]!a} at {error.start}"
            raise ValidationError(f"{name} must be a text that UTF-8 can encode, which has no {place}.") from None
    return value


def runs_of(value: object, place: str) -> int:
    """Gets a number of shots as the API takes it.

    Args:
        value: The number.
        place: Where it stands, for the error.

    Raises:
        ValidationError: It is no whole number above zero.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or not 1 <= int(value) < HUGE:
        raise ValidationError(f"{place} must be a whole number of shots, 1 or more, not {shown(value)}.")
    return int(value)


def variables_of(variables: object, place: str) -> dict[str, Any]:
    """Gets the values of a sequence's variables as the API takes them, as plain numbers, texts, lists and dictionaries.

    Args:
        variables: The values by the variables' names; numbers, lists, numpy arrays, or the `qubits` mapping.
        place: Where they stand, for the error.

    Raises:
        ValidationError: A value can't be sent, or is not a number at all (NaN).
    """
    if not isinstance(variables, Mapping):
        raise ValidationError(
            f"{place} must be a dictionary of values by the variables' names, not {shown(variables)}."
        )
    try:
        return _plain_items(variables, place)
    except RecursionError:
        raise ValidationError(f"{place} is nested too deep, or holds itself.") from None


def _plain_items(items: Mapping[Any, Any], place: str) -> dict[str, Any]:
    return {
        sendable(str(name), f"A key of {place}"): _plain(value, f"{place}[{shown(name)}]")
        for name, value in items.items()
    }


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
            return [_plain(item, f"{place}[{index}]") for index, item in enumerate(value)]
        case Mapping():
            return _plain_items(value, place)
    raise ValidationError(f"{place} must be a finite number, a text, or lists of them, not {shown(value)}.")


def shown(value: object) -> str:
    """Shows a value in an error, whatever its `repr` does: that of a number with 5,000 digits fails.

    Args:
        value: The value.
    """
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - a user's class may raise anything
        return f"this {type(value).__name__}"


def counted(number: int, noun: str) -> str:
    """Gets a number of things in words: 1 job, 2 jobs.

    Args:
        number: The number.
        noun: What one of them is called.
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def no_others(given: Iterable[str], known: Iterable[str], place: str) -> None:
    """Refuses keys that mean nothing: they would be lost without a word.

    Args:
        given: The keys.
        known: Those that mean something.
        place: Where they stand, for the error.

    Raises:
        ValidationError: There are others.
    """
    known = list(known)
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValidationError(f"{place} has no {' nor '.join(map(repr, unknown))}; it takes {', '.join(known)}.")


def of_type(value: T, kind: type[Any], name: str) -> T:
    """Gets an argument, if it is of the right type.

    Args:
        value: The argument.
        kind: The type.
        name: What it is called.

    Raises:
        ValidationError: It is of another type.
    """
    if not isinstance(value, kind):
        raise ValidationError(f"{name} must be {kind.__name__.removesuffix('Flows')}, not {value!r}.")
    return value


def kind_of(value: object) -> str:
    """Says of what type something is, for the error of an argument that may be a secret.

    Args:
        value: The argument.
    """
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def texts_of(values: Mapping[str, object]) -> dict[str, str | None]:
    """Gets arguments that are texts; says nothing of their values, which may be secrets.

    Args:
        values: The arguments by their names; None is left as it is.

    Raises:
        ValidationError: One of them is no text.
    """
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            raise ValidationError(f"{name} must be a text, not {kind_of(value)}.")
    return dict(values)  # type: ignore[arg-type]  # as was just checked


def seconds(value: float | None, name: str, *, above_zero: bool = False) -> float | None:
    """Gets a number of seconds.

    Args:
        value: The number; None is left as it is.
        name: What it is called.
        above_zero: Whether zero is refused.

    Raises:
        ValidationError: It is no number of seconds.
    """
    if value is None:
        return None
    if not isinstance(value, Real) or isinstance(value, bool) or not (value > 0 or (value == 0 and not above_zero)):
        raise ValidationError(f"{name} must be a number of seconds, not {value!r}.")
    return float(value)


def tags_of(tags: Iterable[str]) -> list[str]:
    """Gets tags as the API takes them.

    Args:
        tags: The tags.

    Raises:
        ValidationError: They are no list of texts.
    """
    texts = list(tags) if hasattr(tags, "__iter__") and not isinstance(tags, str) else None
    if texts is None or not all(isinstance(text, str) and text for text in texts):
        raise ValidationError(f"tags must be a list of texts, not {shown(tags)}.")
    return [sendable(text, f"tags[{index}]") for index, text in enumerate(texts)]


def switched_on(variable: str, environ: Mapping[str, str]) -> bool:
    """Tells whether a switch of the environment is on: `1`, `true`, `yes` or `on`, and nothing else.

    Args:
        variable: Its name.
        environ: The environment.
    """
    return environ.get(variable, "").strip().lower() in ("1", "true", "yes", "on")
