"""Filters and pages of lists. They are checked when they are created, and converted to the API's query.

A filter takes one value or, where the API takes several, any iterable of values. Enumerations and UUIDs can be given as
strings. A word that is almost one of the service's, such as a misspelt status or device type, is an error. An empty
list is an error: it would match nothing, but the API would read it as no filter, which matches everything. A time
without a time zone is local time. Times that are out of range in UTC are set to the first or the last one, so that
`datetime.min` and `datetime.max` work as "always".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import MINYEAR, UTC, datetime, timedelta
from enum import Enum
from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, Self, TypeAlias, TypeVar, cast
from uuid import UUID

import attrs

from pasqal_cloud._arguments import did_you_mean, of_type, sendable, shown, uuid_of
from pasqal_cloud._deprecation import deprecated
from pasqal_cloud._tracebacks import short_constructor
from pasqal_cloud.device.device_types import DeviceTypeName
from pasqal_cloud.errors import ValidationError
from pasqal_cloud.status import BatchStatus, DeviceAvailability, JobOrigin, JobStatus, QueuePriority

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pasqal_cloud._open_enum import OpenEnum
    from pasqal_cloud.device import EmulatorType

_log = logging.getLogger("pasqal_cloud")

T = TypeVar("T")

Several: TypeAlias = T | Iterable[T] | None
Ids: TypeAlias = Several[str | UUID]

PAGE_LIMIT = 100
"""The most items of a page, and the most ids in one request, that the API accepts."""


FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)

LARGEST = 2**63 - 1
"""The largest integer that databases usually store."""


def _text(value: Any, name: str) -> str:
    text = value.value if isinstance(value, Enum) else value
    if not isinstance(text, str) or not text:
        raise ValidationError(f"{name} must be a non-empty string, not {shown(value):.100}.")
    return sendable(text, name)


def _word_of(words: type[OpenEnum]) -> Callable[[Any, str], str]:
    """Makes the check of a word to which the service may add others: a status, for instance.

    A string that resembles a known word is an error, since it would match nothing; any other is sent with a warning. An
    enumeration's member, like those that the attributes of handles are, is sent as it is.
    """

    def check(value: Any, name: str) -> str:
        text = _text(value, name)
        known = words.list()
        if text in known:
            return text
        if not isinstance(value, Enum):
            near = did_you_mean(text.upper(), known)
            if near:
                again = f"{words.__name__}({text!r})"
                raise ValidationError(f"{name} {text!r} is unknown{near} If the service has it, give {again}.")
            _log.warning("The %s %r is unknown to this version, which knows %s.", name, text, ", ".join(known))
        return words(text)  # not checked again when the filters are copied

    return check


def _instant(value: Any, name: str) -> datetime:
    """Converts a time to a datetime whose offset is in whole minutes, as ISO 8601 requires; it may be a subclass."""
    try:
        parts = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
        plain = datetime(*parts, tzinfo=value.tzinfo, fold=value.fold)
        offset = plain.utcoffset()
    except (AttributeError, TypeError, ValueError):  # a date has no hour, and the year of pandas' NaT is NaN
        raise ValidationError(f"{name} must be a datetime, not {value!r:.100}.") from None
    try:
        known = plain if offset is not None else plain.replace(tzinfo=None).astimezone()
        utc = known.astimezone(UTC)
    except (OSError, OverflowError, ValueError):  # out of range in UTC
        return FIRST if plain.year == MINYEAR else LAST
    return known if (known.utcoffset() or timedelta()) % timedelta(minutes=1) == timedelta() else utc


def _number(value: Any, name: str) -> int:
    if not isinstance(value, Integral) or isinstance(value, bool) or not 0 <= int(value) <= LARGEST:
        raise ValidationError(f"{name} must be a whole number from 0 to {LARGEST}, not {shown(value):.100}.")
    return int(value)


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise ValidationError(f"{name} must be True or False, not {value!r:.100}.")
    return value


def _one(check: Callable[[Any, str], Any], default: Any = None) -> Any:
    """Defines a filter that takes one value, which `check` converts to what is sent."""

    def converted(value: Any, field: attrs.Attribute[Any]) -> Any:
        return default if value is None else check(value, field.name)

    return attrs.field(default=default, converter=attrs.Converter(converted, takes_field=True))


def _several(check: Callable[[Any, str], Any]) -> Any:
    """Defines a filter that takes one value or several, which `check` converts to what is sent."""

    def converted(value: Any, field: attrs.Attribute[Any]) -> Any:
        if value is None:
            return None
        values = list(dict.fromkeys(check(item, field.name) for item in _each(value)))
        if not values:
            raise ValidationError(f"{field.name} is empty: nothing would match. Leave it out to match everything.")
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
    """The methods of pydantic's models that programs use on the existing package's filters."""

    __slots__ = ()

    def model_dump(
        self, *, exclude_unset: bool = False, exclude_defaults: bool = False, exclude_none: bool = False
    ) -> dict[str, Any]:
        """Returns the values by their names, as JSON represents them. Deprecated: use `attrs.asdict`.

        Args:
            exclude_unset: Whether to leave out values that equal their defaults.
            exclude_defaults: The same as `exclude_unset`.
            exclude_none: Whether to leave out values that are None.
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
        """Returns a copy. Deprecated: use `attrs.evolve`.

        Args:
            update: The values that change, by their names.
        """
        deprecated(f"{type(self).__name__}.model_copy", instead="attrs.evolve")
        return attrs.evolve(cast("Any", self), **(update or {}))  # type: ignore[no-any-return]  # of the same class


def _plain(value: Any) -> Any:
    """Converts a filter's value to what JSON can represent."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


@short_constructor
@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class Filters(Modelled):
    """The filters that batches, jobs and workloads have in common.

    Raises:
        ValidationError: A value is not valid, or a range is empty.
    """

    id: Ids = _several(uuid_of)
    """One of these ids."""
    id__starts_with: str | None = _one(_text)
    """An id that begins with this."""
    project_id: Ids = _several(uuid_of)
    """In one of these projects."""
    start_date: datetime | None = _one(_instant)
    """Created at this time or later."""
    end_date: datetime | None = _one(_instant)
    """Created at this time or earlier."""

    def __attrs_post_init__(self) -> None:
        """Checks that no range is empty."""
        for first, last in (("start_date", "end_date"), ("min_runs", "max_runs"), ("min_jobs", "max_jobs")):
            low, high = getattr(self, first, None), getattr(self, last, None)
            if low is not None and high is not None and low > high:
                raise ValidationError(f"{first} ({low}) is above {last} ({high}), which matches nothing.")

    def query(self) -> dict[str, Any]:
        """Returns the filters that are set, as arguments of the generated functions.

        Raises:
            ValidationError: A range is empty since the filters were changed.
        """
        self.__attrs_post_init__()
        return _query(self)

    def pieces(self) -> list[Self]:
        """Splits the filters into several, each with no more ids than the API accepts in one request."""
        pieces = [self]
        for name in ("id", "batch_id"):
            pieces = [piece for whole in pieces for piece in whole._cut(name)]
        return pieces

    @classmethod
    def query_of(cls, filters: Self | None) -> dict[str, Any]:
        """Returns the query of the argument `filters`, for an operation that makes one request.

        Args:
            filters: The filters; None to match everything.

        Raises:
            ValidationError: They are not of this class, or have too many ids.
        """
        if filters is None:
            return {}
        if len(of_type(filters, cls, "filters").pieces()) > 1:
            raise ValidationError(f"At most {PAGE_LIMIT} ids can be given here. iter_batches and iter_jobs take more.")
        return filters.query()

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
"""The filters that have another name in the generated functions."""


@short_constructor
@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class BatchFilters(Filters):
    """Filters for batches: a batch must match all that are given."""

    user_id: Several[str] = _several(_text)
    """Created by one of these users."""
    device_type: Several[DeviceTypeName | EmulatorType | str] = _several(_word_of(DeviceTypeName))
    """On one of these device types."""
    status: Several[BatchStatus | str] = _several(_word_of(BatchStatus))
    """In one of these statuses."""
    open: bool | None = _one(_flag)
    """True for open batches, False for closed ones."""
    min_jobs: int | None = _one(_number)
    """With at least this number of jobs."""
    max_jobs: int | None = _one(_number)
    """With at most this number of jobs."""
    queue_priority: Several[QueuePriority | str] = _several(_word_of(QueuePriority))
    """With one of these priorities."""
    tag: str | None = _one(_text)
    """With this tag."""


@short_constructor
@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class OfJobs(Filters):
    """The filters for jobs that several operations have in common."""

    user_id: Several[str] = _several(_text)
    """Created by one of these users."""
    status: Several[JobStatus | str] = _several(_word_of(JobStatus))
    """In one of these statuses."""
    min_runs: int | None = _one(_number)
    """With at least this number of shots."""
    max_runs: int | None = _one(_number)
    """With at most this number of shots."""
    errors: bool | None = _one(_flag)
    """True for jobs with errors, False for jobs without."""
    origin: Several[JobOrigin | str] = _several(_word_of(JobOrigin))
    """Submitted through one of these channels."""


@short_constructor
@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class RebatchFilters(OfJobs):
    """Filters for the jobs of a batch to copy: a job must match all that are given."""


@short_constructor
@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class CancelJobFilters(OfJobs):
    """Filters for the jobs of a batch to cancel: a job must match all that are given."""


@short_constructor
@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class JobFilters(OfJobs):
    """Filters for jobs: a job must match all that are given."""

    batch_id: Ids = _several(uuid_of)
    """In one of these batches."""


@short_constructor
@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class WorkloadFilters(Filters):
    """Filters for workloads: a workload must match all that are given."""

    status: Several[JobStatus | str] = _several(_word_of(JobStatus))
    """In one of these statuses."""


@short_constructor
@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class DeviceFilters:
    """Filters for devices: a device must match all that are given."""

    device_type: Several[DeviceTypeName | EmulatorType | str] = _several(_word_of(DeviceTypeName))
    """Of one of these types."""
    availability: Several[DeviceAvailability | str] = _several(_word_of(DeviceAvailability))
    """With one of these availabilities."""
    public: bool | None = _one(_flag)
    """True for public devices, False for all others."""

    def query(self) -> dict[str, Any]:
        """Returns the filters that are set, as arguments of the generated functions."""
        return _query(self)


@short_constructor
@attrs.define(kw_only=True, on_setattr=attrs.setters.convert)
class PaginationParams(Modelled):
    """Which part of a list to get, and in what order.

    Attributes:
        limit: The most items to get, from 1 to 100.
        offset: How many items to skip.
        order_by: The field to order by; the service's default is the time of creation.
        order_by_direction: `ASC` or `DESC`; the service's default is `DESC`, newest first.

    Raises:
        ValidationError: A value is not valid.
    """

    limit: int = _one(_number, PAGE_LIMIT)
    offset: int = _one(_number, 0)
    order_by: str | None = _one(_text)
    order_by_direction: Literal["ASC", "DESC"] | None = attrs.field(default=None)

    def __attrs_post_init__(self) -> None:
        """Checks what the API would reject."""
        if self.limit not in range(1, PAGE_LIMIT + 1):
            raise ValidationError(
                f"limit must be from 1 to {PAGE_LIMIT}, not {self.limit}. iter_batches and iter_jobs get all pages."
            )
        if self.order_by_direction not in (None, "ASC", "DESC"):
            raise ValidationError(f"order_by_direction must be 'ASC' or 'DESC', not {self.order_by_direction!r}.")

    def query(self) -> dict[str, Any]:
        """Returns the page as arguments of the generated functions.

        Raises:
            ValidationError: A value that was changed is not valid.
        """
        self.__attrs_post_init__()
        return _query(self)
