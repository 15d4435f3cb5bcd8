"""A batch as a collection of its jobs: `len(batch)`, `batch[0]`, `batch["id"]` and `job in batch`."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, Literal, Protocol, TypeVar, overload
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Sequence


class Identified(Protocol):
    """An item of a collection."""

    @property
    def id(self) -> str:
        """The item's id."""
        ...


ItemT = TypeVar("ItemT", bound=Identified)


class Collection(Generic[ItemT]):
    """Gets items by their position or id. It is true even if it is empty: `if batch:` asks whether there is a batch."""

    @abstractmethod
    def _items(self) -> Sequence[ItemT]:
        """Gets all items, in their order."""

    def __bool__(self) -> Literal[True]:
        return True

    def __len__(self) -> int:
        """Returns the number of items."""
        return len(self._items())

    @overload
    def __getitem__(self, key: int | str | UUID) -> ItemT: ...
    @overload
    def __getitem__(self, key: slice) -> list[ItemT]: ...
    def __getitem__(self, key: int | str | UUID | slice) -> ItemT | list[ItemT]:
        """Gets an item by its position (from -1 backwards) or its id, or several by a slice of positions.

        Raises:
            IndexError: There is no item at this position.
            KeyError: There is no item with this id.
        """
        items = self._items()
        if isinstance(key, slice):
            return list(items[key])
        if not isinstance(key, str | UUID):
            return items[key]
        for item in items:
            if item.id == str(key):
                return item
        raise KeyError(str(key))

    def __contains__(self, item: object) -> bool:
        """Tells whether this is one of the items, or the id of one."""
        if isinstance(item, str | UUID):
            return any(each.id == str(item) for each in self._items())
        return any(each == item for each in self._items())
