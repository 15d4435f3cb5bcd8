"""Computes the size of a serialized sequence from its JSON, before Pulser creates arrays from it.

Pulser stores each pulse as arrays with a value for each ns, so a few bytes of JSON can describe gigabytes. Parts that
are not understood here are ignored: Pulser refuses them, and the memory of the process that reads a sequence is
limited too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pasqal_cloud.local.devices import MAX_ATOMS
from pasqal_cloud.local.emulation.expressions import (
    MAX_VALUES,
    Array,
    TooLargeError,
    Value,
    Variables,
    as_float,
    check_depth,
    number,
    value_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DURATION = 2_000_000
"""The maximum sum of the durations of all operations, in ns."""

MAX_OPERATIONS = 10_000
"""The maximum number of operations in a sequence; it may have twice as many waveforms."""

MAX_TRAPS = 5_000
"""The maximum number of traps of a layout or a detuning map: Pulser computes the distances of all pairs."""

MAX_CHANNELS = 50
"""The maximum number of channels of a sequence or a device."""

RISE_TIME = 480.0
"""A channel's rise time in ns is this, divided by its modulation bandwidth in MHz."""


@dataclass(frozen=True)
class Size:
    """The size of a sequence.

    Args:
        duration: The sum of the durations of its operations, in ns.
        operations: The number of its operations.
    """

    duration: float
    operations: int


def size_of(document: Mapping[str, Any], variables: Variables | None = None) -> Size:
    """Computes the size of a serialized sequence.

    Args:
        document: Pulser's abstract representation.
        variables: Values for its variables; without them, what depends on them counts as nothing.

    Raises:
        TooLargeError: It is larger than the service takes.
    """
    values = variables or {}
    _check_count(document.get("register"), "register", MAX_ATOMS, "atoms")
    _check_count(document.get("channels"), "channels", MAX_CHANNELS, "channels")
    for place, layout in _layouts(document):
        _check_count(layout.get("coordinates", layout.get("traps")), place, MAX_TRAPS, "traps")
    _check_variables(document, values)
    operations = _objects(document.get("operations"), "operations")
    _check_count(document.get("operations"), "operations", MAX_OPERATIONS, "operations")
    delays = _delays(document)
    longest_delay = max(delays.values(), default=0.0)
    judge, total = _Judge(values), 0.0
    for place, operation in operations:
        total += judge.duration(operation, place) + delays.get(_channel_of(operation), longest_delay)
        if total > MAX_DURATION:
            raise TooLargeError(
                f"{place}: up to this operation, the durations of all operations add up to {total:,.0f} ns, "
                f"but this service takes at most {MAX_DURATION:,} ns"
            )
    return Size(total, len(operations))


class _Judge:
    """Computes the durations of operations from their waveforms and parameters.

    Args:
        values: The values of variables.
    """

    def __init__(self, values: Variables) -> None:
        self._values = values
        self._waveforms = 0

    def duration(self, operation: Mapping[str, Any], place: str) -> float:
        """Gets the duration of an operation in ns, without what its channel adds."""
        longest = 0.0
        for name, content in operation.items():
            if isinstance(content, Mapping) and "kind" in content:
                longest = max(longest, self._waveform(content, f"{place}.{name}", 1))
            elif isinstance(content, Mapping | list):
                value_of(content, self._values, f"{place}.{name}")
            if name == "time" or (name == "duration" and operation.get("op") != "truncate"):
                longest = max(longest, number(value_of(content, self._values, f"{place}.{name}")))
        return longest

    def _waveform(self, waveform: Mapping[str, Any], place: str, depth: int) -> float:
        self._waveforms += 1
        if self._waveforms > 2 * MAX_OPERATIONS:
            raise TooLargeError(f"{place}: the sequence has more than {2 * MAX_OPERATIONS} waveforms")
        check_depth(depth, place)
        parameters = {name: value_of(content, self._values, f"{place}.{name}") for name, content in waveform.items()}
        match waveform["kind"]:
            case "composite":
                parts = _objects(waveform.get("waveforms"), place)
                return sum(self._waveform(part, place, depth + 1) for _, part in parts)
            case "custom":
                samples = parameters.get("samples")
                return samples.length if isinstance(samples, Array) else 0.0
            case "blackman_max":
                return _until_it_fits(parameters, 0.42)
            case "kaiser_max":
                return _until_it_fits(parameters, _area_of_kaiser(number(parameters.get("beta"))))
            case _:
                return number(parameters.get("duration"))


def _until_it_fits(parameters: Mapping[str, Value], share: float) -> float:
    """Gets the duration of a waveform from its area, its maximum, and the ratio of its mean to its maximum."""
    area, highest = parameters.get("area"), parameters.get("max_val")
    if not isinstance(area, float) or not isinstance(highest, float) or area * highest <= 0:
        return 0.0
    return 1e3 * area / highest / share if highest * share else math.inf


def _area_of_kaiser(beta: float) -> float:
    """Gets a lower bound for the mean of a Kaiser window, whose width shrinks with the square root of `beta`."""
    return 1.0 / (1.0 + math.sqrt(beta))


# ------------------------------------------------------------------------------------------------------------- places


def _check_count(content: Any, place: str, most: int, what: str) -> None:
    if isinstance(content, list | Mapping) and len(content) > most:
        raise TooLargeError(f"{place}: there are {len(content)} {what}, but this service takes at most {most}")


def _check_variables(document: Mapping[str, Any], values: Variables) -> None:
    declared = document.get("variables")
    sizes = {
        f"variables.{name}": len(content["value"])
        for name, content in (declared.items() if isinstance(declared, Mapping) else ())
        if isinstance(content, Mapping) and isinstance(content.get("value"), list)
    }
    sizes |= {f"the variable {name}": len(value) for name, value in values.items() if isinstance(value, list)}
    for place, size in sizes.items():
        if size > MAX_VALUES:
            raise TooLargeError(f"{place}: it contains {size} numbers, but this service takes at most {MAX_VALUES}")
    if sum(sizes.values()) > 2 * MAX_VALUES:
        raise TooLargeError(f"variables: together, they contain more than {2 * MAX_VALUES} numbers")


def _objects(content: Any, place: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Gets the objects in a list, with their places; other items are left to Pulser."""
    items = content if isinstance(content, list) else []
    return [(f"{place}[{position}]", item) for position, item in enumerate(items) if isinstance(item, Mapping)]


def _layouts(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(layout := document.get("layout"), Mapping):
        yield "layout", layout
    if isinstance(device := document.get("device"), Mapping):
        yield from _objects(device.get("pre_calibrated_layouts"), "device.pre_calibrated_layouts")
    for place, operation in _objects(document.get("operations"), "operations"):
        if isinstance(detuning_map := operation.get("detuning_map"), Mapping):
            yield f"{place}.detuning_map", detuning_map


# ------------------------------------------------------------------------------------------------------------- delays


def _delays(document: Mapping[str, Any]) -> dict[str, float]:
    """Gets the ns that each declared channel may add to an operation: rounding up, retargeting, rise times."""
    device, declared = document.get("device"), document.get("channels")
    if not isinstance(device, Mapping) or not isinstance(declared, Mapping):
        return {}
    known: dict[Any, float] = {}
    for kind in ("channels", "dmm_objects"):
        _check_count(device.get(kind), f"device.{kind}", MAX_CHANNELS, "channels")
        known |= {_name(channel.get("id")): _delay(channel) for _, channel in _objects(device.get(kind), kind)}
    return {name: known.get(_name(channel_id), 0.0) for name, channel_id in declared.items()}


def _delay(channel: Mapping[str, Any]) -> float:
    eom = channel.get("eom_config")
    eom = eom if isinstance(eom, Mapping) else {}
    times = [channel.get(name) for name in ("min_retarget_interval", "fixed_retarget_t", "custom_phase_jump_time")]
    times.append(eom.get("custom_buffer_time"))
    widths = filter(None, (number(_plain(part, "mod_bandwidth")) for part in (channel, eom)))
    waits = sum(number(as_float(time)) for time in times if isinstance(time, int | float))
    waits += sum(4 * RISE_TIME / width for width in widths)
    shortest = number(_plain(channel, "min_duration")) if waits else 0.0
    return waits + shortest + max(0.0, number(_plain(channel, "clock_period")) - 1)


def _plain(content: Mapping[str, Any], name: str) -> float | None:
    figure = content.get(name)
    return as_float(figure) if isinstance(figure, int | float) else None


def _channel_of(operation: Mapping[str, Any]) -> str:
    return _name(operation.get("channel", operation.get("dmm_name")))


def _name(content: Any) -> str:
    return content if isinstance(content, str) else ""
