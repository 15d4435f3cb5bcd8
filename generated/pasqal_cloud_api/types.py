"""What the classes and functions of this package share."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Generic, Literal, TypeVar

from attrs import define


class Unset:
    """The type of `UNSET`."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"  # there is one alone, also after copying and pickling


UNSET: Unset = Unset()
"""What is not sent: as an argument it stands for none, in an object for a field that is left out."""

T = TypeVar("T")


class Additional(Generic[T]):
    """An object that keeps fields which the specification does not name; they are read and set like items."""

    __slots__ = ()

    additional_properties: dict[str, T]

    @property
    def additional_keys(self) -> list[str]:
        """The names of those fields."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> T:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: T) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


@lru_cache(1024)
def set_of(names: tuple[str, ...]) -> frozenset[str]:
    """Makes a set of names, which all objects with the same names share."""
    return frozenset(names)


@define
class Response(Generic[T]):
    """An answer of the service: as it came, and read."""

    status_code: int
    """ The HTTP status; one that has no name is a number like any other. """
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None
    """ What was read; None where the specification does not describe the answer. """


__all__ = ["UNSET", "Additional", "Response", "Unset", "set_of"]
