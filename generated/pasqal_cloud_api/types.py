"""What the classes and functions of this package share."""

from collections.abc import Callable, MutableMapping
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from attrs import define

if TYPE_CHECKING:
    import httpx


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


LARGE = 4096
"""The size in bytes from which the JSON of an answer is read by msgspec: to import that takes longer than a short one."""


def json_of(response: "httpx.Response") -> Any:
    """Reads the JSON of an answer: as `response.json()` does, and faster where msgspec is installed.

    What msgspec reads is what `json` reads. It refuses more, like `NaN`, which `json` then reads, or refuses by its own
    error.
    """
    decode = _faster() if len(response.content) >= LARGE else None
    if decode is not None:
        try:
            return decode(response.content)
        except Exception:  # noqa: BLE001, S110 - read again below
            pass
    return response.json()


@cache
def _faster() -> Callable[[bytes], Any] | None:
    try:
        decode: Callable[[bytes], Any] = import_module("msgspec.json").decode
    except ImportError:
        return None
    return decode


@define
class Response(Generic[T]):
    """An answer of the service: as it came, and read."""

    status_code: int
    """ The HTTP status; one that has no name is a number like any other. """
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None
    """ What was read; None where the specification does not describe the answer. """


__all__ = ["UNSET", "Additional", "Response", "Unset", "json_of", "set_of"]
