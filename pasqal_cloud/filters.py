"""What a list is to hold: filters and pages, checked when they are made, and written as the API's query.

A filter takes one value, or any iterable of them where the API takes several; enumerations or their texts; UUIDs or
theirs. An empty list is refused: it would ask for nothing, while the API would read it as no filter, so for everything.
A time without a zone is local time. Moments before and after all that the calendar holds in UTC stand for its ends, so
that `datetime.min` and `datetime.max` can be used for "always".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import MINYEAR, UTC, datetime, timedelta
from enum import Enum
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, TypeVar, cast
from uuid import UUID

import attrs

from pasqal_cloud._arguments import sendable, shown, uuid_of
from pasqal_cloud._deprecation import deprecated
from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pasqal_cloud.device import DeviceTypeName, EmulatorType
    from pasqal_cloud.status import BatchStatus, DeviceAvailability, JobOrigin, JobStatus, QueuePriority

T = TypeVar("T")

Several: TypeAlias = T | Iterable[T] | None
Ids: TypeAlias = Several[str | UUID]

PAGE_LIMIT = 100
"""The most items, and the most ids, that the API takes at once."""


FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

LARGEST = 2**63 - 1
"""The largest number that services and databases keep."""


def _text(value: Any, name: str) -> str:
    text = value.value if isinstance(value, Enum) else value
    if not isinstance(text, str) or not text:
        raise ValidationError(f"{name} must be a text, not {shown(value):.100}.")
    return sendable(text, name)


def _instant(value: Any, name: str) -> datetime:
    """Gets a moment as a plain datetime with a zone whose offset can be written: that of a subclass may be neither."""
    try:
        parts = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
        plain = datetime(*parts, tzinfo=value.tzinfo, fold=value.fold)
        offset = plain.utcoffset()
    except (AttributeError, TypeError, ValueError):  # a date has no hour, and pandas' NaT no year
        raise ValidationError(f"{name} must be a datetime, not {value!r:.100}.") from None
    try:
        known = plain if offset is not None else plain.replace(tzinfo=None).astimezone()
        utc = known.astimezone(UTC)
    except (OSError, OverflowError, ValueError):  # as near to an end of the calendar as zones are wide
        return FIRST if plain.year == MINYEAR else LAST
    return known if (known.utcoffset() or timedelta()) % timedelta(minutes=1) == timedelta() else utc


def _number(value: Any, name: str) -> int:
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise ValidationError(f"{name} must be a whole number, 0 or more, not {value!r:.100}.")
    number = int(value)
    if number < 0:
        raise ValidationError(f"{name} must be a whole number, 0 or more, not {_written(number)}.")
    if number > LARGEST:
        raise ValidationError(f"{name} must be a whole number, {LARGEST} at most, not {_written(number)}.")
    return number


def _written(number: int) -> str:
    """Writes a number, if it is not among those that Python refuses to write since they are so long."""
    return str(number) if abs(number) < 10**100 else "one of more than a hundred digits"


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValidationError(f"{name} must be True or False, not {value!r:.100}.")
    return value


def _one(check: Callable[[Any, str], Any], default: Any = None) -> Any:
    """Makes a filter of one value, which is checked and brought into the form in which it is sent."""

    def converted(value: Any, field: attrs.Attribute[Any]) -> Any:
        return default if value is None else check(value, field.name)

    return attrs.field(default=default, converter=attrs.Converter(converted, takes_field=True))


def _several(check: Callable[[Any, str], Any]) -> Any:
    """Makes a filter of one value or several."""

    def converted(value: Any, field: attrs.Attribute[Any]) -> Any:
        if value is None:
            return None
        values = list(dict.fromkeys(check(item, field.name) for item in _each(value)))
        if not values:
            raise ValidationError(f"{field.name} is empty, which matches nothing: leave it out to match everything.")
        return values

    return attrs.field(default=None, converter=attrs.Converter(converted, takes_field=True))


def _each(value: Any) -> Iterable[Any]:
    if isinstance(value, str | bytes | UUID | Enum):
        return (value,)
    try:
        items: Iterable[Any] = iter(value)
    except TypeError:
        return (value,)
    return items


class Modelled:
    """The methods that the existing package's filters have of pydantic, as far as programs use them."""

    __slots__ = ()

    def model_dump(
        self, *, exclude_unset: bool = False, exclude_defaults: bool = False, exclude_none: bool = False
    ) -> dict[str, Any]:
        """Gets the values by their names, as JSON has them. Deprecated: use `attrs.asdict`.

        Args:
            exclude_unset: Whether what is as it is by default is left out.
            exclude_defaults: The same.
            exclude_none: Whether what is None is left out.
        """
        deprecated(f"{type(self).__name__}.model_dump", instead="attrs.asdict")
        values = {
            field: getattr(self, field.name) for field in attrs.fields(cast("type[attrs.AttrsInstance]", type(self)))
        }
        return {
            field.name: _plain(value)
            for field, value in values.items()
            if not (exclude_none and value is None)
            and not ((exclude_unset or exclude_defaults) and value == field.default)
        }

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> Self:
        """Gets a copy. Deprecated: use `attrs.evolve`.

        Args:
            update: What is to be different.
        """
        deprecated(f"{type(self).__name__}.model_copy", instead="attrs.evolve")
        return attrs.evolve(cast("Any", self), **(update or {}))  # type: ignore[no-any-return]  # of the same class


def _plain(value: Any) -> Any:
    """Gets a filter's value as JSON has it."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class Filters(Modelled):
    """What all filters have in common.

    Raises:
        ValidationError: A value can't be a filter, or a range is empty.
    """

    id: Ids = _several(uuid_of)
    """Only what has one of these ids."""
    id__starts_with: str | None = _one(_text)
    """Only what has an id that begins like this."""
    project_id: Ids = _several(uuid_of)
    """Only what belongs to one of these projects."""
    start_date: datetime | None = _one(_instant)
    """Only what was created then or later."""
    end_date: datetime | None = _one(_instant)
    """Only what was created then or earlier."""

    def __attrs_post_init__(self) -> None:
        """Refuses empty ranges."""
        for first, last in (("start_date", "end_date"), ("min_runs", "max_runs"), ("min_jobs", "max_jobs")):
            low, high = getattr(self, first, None), getattr(self, last, None)
            if low is not None and high is not None and low > high:
                raise ValidationError(f"{first} ({low}) is above {last} ({high}), which matches nothing.")

    def query(self) -> dict[str, Any]:
        """Gets the filters as the generated functions take them; those that are not set are left out.

        Raises:
            ValidationError: They were changed so that a range is empty.
        """
        self.__attrs_post_init__()
        return _query(self)

    def pieces(self) -> list[Self]:
        """Gets filters that together match the same, each with no more ids than the API takes at once."""
        pieces = [self]
        for name in ("id", "batch_id"):
            pieces = [piece for whole in pieces for piece in whole._cut(name)]
        return pieces

    def at_once(self) -> Self:
        """Gets the filters, if one request can hold them.

        Raises:
            ValidationError: They have too many ids.
        """
        if len(self.pieces()) > 1:
            raise ValidationError(f"At most {PAGE_LIMIT} ids can be given here; iter_batches and iter_jobs take more.")
        return self

    def _cut(self, name: str) -> list[Self]:
        ids: list[UUID] = getattr(self, name, None) or []
        if len(ids) <= PAGE_LIMIT:
            return [self]
        starts = range(0, len(ids), PAGE_LIMIT)
        changes: list[dict[str, Any]] = [{name: ids[start : start + PAGE_LIMIT]} for start in starts]
        return [attrs.evolve(self, **change) for change in changes]


def _query(values: Any) -> dict[str, Any]:
    given = attrs.asdict(values, recurse=False)
    return {_PYTHON_NAMES.get(name, name): value for name, value in given.items() if value is not None}


_PYTHON_NAMES = {"id__starts_with": "id_starts_with", "open": "open_"}
"""Where the generated functions call a filter differently than the API, since Python does."""


@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class BatchFilters(Filters):
    """Which batches a list is to hold: those that match every filter given."""

    user_id: Several[str] = _several(_text)
    """Only what one of these users created."""
    device_type: Several[DeviceTypeName | EmulatorType | str] = _several(_text)
    """Only what runs on one of these."""
    status: Several[BatchStatus | str] = _several(_text)
    """Only what is in one of these statuses."""
    open: bool | None = _one(_flag)
    """Only what takes more jobs, or only what does not."""
    min_jobs: int | None = _one(_number)
    """Only what has at least so many jobs."""
    max_jobs: int | None = _one(_number)
    """Only what has at most so many jobs."""
    queue_priority: Several[QueuePriority | str] = _several(_text)
    """Only what is served with one of these priorities."""
    tag: str | None = _one(_text)
    """Only what has this tag."""


@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class OfJobs(Filters):
    """What the filters of jobs have in common."""

    user_id: Several[str] = _several(_text)
    """Only what one of these users created."""
    status: Several[JobStatus | str] = _several(_text)
    """Only what is in one of these statuses."""
    min_runs: int | None = _one(_number)
    """Only what has at least so many shots."""
    max_runs: int | None = _one(_number)
    """Only what has at most so many shots."""
    errors: bool | None = _one(_flag)
    """Only what has errors, or only what has none."""
    origin: Several[JobOrigin | str] = _several(_text)
    """Only what came on one of these ways."""


@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class RebatchFilters(OfJobs):
    """Which jobs of a batch are to be repeated: those that match every filter given."""


@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class CancelJobFilters(OfJobs):
    """Which jobs of a batch are to be cancelled: those that match every filter given."""


@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class JobFilters(OfJobs):
    """Which jobs a list is to hold: those that match every filter given."""

    batch_id: Ids = _several(uuid_of)
    """Only jobs of these batches."""


@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class WorkloadFilters(Filters):
    """Which workloads a list is to hold: those that match every filter given."""

    status: Several[JobStatus | str] = _several(_text)
    """Only what is in one of these statuses."""


@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class DeviceFilters:
    """Which devices a list is to hold: those that match every filter given."""

    device_type: Several[DeviceTypeName | EmulatorType | str] = _several(_text)
    """Only these."""
    availability: Several[DeviceAvailability | str] = _several(_text)
    """Only what is available like this."""
    public: bool | None = _one(_flag)
    """Only what everybody may use, or only what not everybody may."""

    def query(self) -> dict[str, Any]:
        """Gets the filters as the generated functions take them; those that are not set are left out."""
        return _query(self)


@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class PaginationParams(Modelled):
    """Which part of a list is asked for, and in what order.

    Attributes:
        limit: At most so many items, from 1 to 100.
        offset: Leave out so many.
        order_by: The field to order by; the service's own choice is the time of creation.
        order_by_direction: The service's own choice is `DESC`, newest first.

    Raises:
        ValidationError: There is no such page.
    """

    limit: int = _one(_number, PAGE_LIMIT)
    offset: int = _one(_number, 0)
    order_by: str | None = _one(_text)
    order_by_direction: Literal["ASC", "DESC"] | None = attrs.field(default=None)

    def __attrs_post_init__(self) -> None:
        """Refuses what the API would."""
        if self.limit not in range(1, PAGE_LIMIT + 1):
            raise ValidationError(f"limit must be from 1 to {PAGE_LIMIT}, not {self.limit}; iter_* walks all pages.")
        if self.order_by_direction not in (None, "ASC", "DESC"):
            raise ValidationError(f"order_by_direction must be 'ASC' or 'DESC', not {self.order_by_direction!r}.")

    def query(self) -> dict[str, Any]:
        """Gets the page as the generated functions take it.

        Raises:
            ValidationError: It was changed to one that does not exist.
        """
        self.__attrs_post_init__()
        return _query(self)
