"""Sequences that a few bytes make large: refused with the place and the limit, before arrays are made of them."""

from __future__ import annotations

import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from pulser import AnalogDevice, MockDevice, Pulse, Register, Sequence
from pulser.register.register_layout import RegisterLayout
from pulser.waveforms import BlackmanWaveform, InterpolatedWaveform, KaiserWaveform

from pasqal_cloud.local.devices import Device
from pasqal_cloud.local.emulation import checks, engine
from pasqal_cloud.local.tasks import JobRequest, Submission, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import LocalService

DEVICE = Device("EMU_FREE")

FEW_BYTES = 30 * 2**20
"""More than it takes to say no to what is large, and less than what the smallest of the large ones here would take."""

INDEX = {"expression": "index", "lhs": {"variable": "t"}, "rhs": 0}


def document(**changes: Any) -> dict[str, Any]:
    """A small sequence, apart from the changes."""
    sequence = Sequence(Register.from_coordinates([(0.0, 0.0), (8.0, 0.0)], prefix="q"), MockDevice)
    sequence.declare_channel("global", "rydberg_global")
    sequence.add(Pulse.ConstantPulse(100, 1, 0, 0), "global")
    return json.loads(sequence.to_abstract_repr()) | changes


def pulsed(amplitude: Any, detuning: Any = None, **changes: Any) -> dict[str, Any]:
    """A sequence of one pulse."""
    content = document(**changes)
    content["operations"][0] |= {"amplitude": amplitude, "detuning": detuning or amplitude}
    return content


def constant(duration: Any, value: Any = 1.0) -> dict[str, Any]:
    """A waveform."""
    return {"kind": "constant", "duration": duration, "value": value}


def with_device(**channel: Any) -> dict[str, Any]:
    """A sequence for a device whose channel has other figures."""
    content = document()
    content["device"]["channels"] = [
        known | channel if known["id"] == "rydberg_global" else known for known in content["device"]["channels"]
    ]
    return content


def nested(depth: int, content: Any, around: Callable[[Any], Any]) -> Any:
    """Puts something into something else, again and again."""
    for _ in range(depth):
        content = around(content)
    return content


def computed(*operands: Any, by: str) -> dict[str, Any]:
    """An expression."""
    return {"expression": by, **dict(zip(("lhs", "rhs"), operands, strict=False))}


def interpolated(values: Any) -> dict[str, Any]:
    """A waveform with an array."""
    return {"kind": "interpolated", "duration": 100, "values": values, "times": values}


@pytest.fixture
def few_bytes() -> Iterator[None]:
    """No more than a few bytes are allocated."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < FEW_BYTES


def reasons(content: dict[str, Any], variables: dict[str, Any] | None = None, *, own: bool = False) -> list[str]:
    """Gives the reasons why a sequence is refused, as a batch's or as a job's own."""
    serialized = json.dumps(content)
    job = JobRequest(10, variables, serialized if own else None)
    verdict = checks.check(Submission(None if own else serialized, (job,), None, DEVICE))
    return [refusal.reason for refusal in verdict.refusals]


LONG = 20_000_000

TOO_LONG = {
    "constant": pulsed(constant(LONG)),
    "ramp": pulsed({"kind": "ramp", "duration": LONG, "start": 0, "stop": 1}),
    "blackman": pulsed({"kind": "blackman", "duration": LONG, "area": 1}),
    "blackman by its maximum": pulsed({"kind": "blackman_max", "max_val": 1e-4, "area": 1}, constant(0)),
    "kaiser": pulsed({"kind": "kaiser", "duration": LONG, "area": 1, "beta": 14}),
    "kaiser by its maximum": pulsed({"kind": "kaiser_max", "max_val": 1e-4, "area": 1, "beta": 14}, constant(0)),
    "interpolated": pulsed({"kind": "interpolated", "duration": LONG, "values": [0, 1], "times": [0, 1]}),
    "composite": pulsed({"kind": "composite", "waveforms": [constant(LONG // 10)] * 10}),
    "one of two waveforms": pulsed(constant(LONG), constant(0)),
    "an expression of numbers": pulsed(constant(computed(20_000, 1_000, by="mul"))),
    "infinite": pulsed(constant(1e999)),
    "phase": document(
        operations=[
            {
                "op": "pulse_arbitrary_phase",
                "channel": "global",
                "protocol": "min-delay",
                "post_phase_shift": 0,
                "amplitude": constant(100),
                "phase": constant(LONG),
            }
        ]
    ),
    "delay": document(operations=[{"op": "delay", "channel": "global", "time": LONG}]),
    "many": document(operations=pulsed(constant(1_000))["operations"] * 3_000),
    "a channel's clock": with_device(clock_period=LONG),
    "a channel's rise": with_device(mod_bandwidth=1e-5),
    "a channel's waits": with_device(custom_phase_jump_time=LONG),
}


@pytest.mark.parametrize("own", [False, True], ids=["batch's", "job's own"])
@pytest.mark.parametrize("content", TOO_LONG.values(), ids=TOO_LONG)
def test_long_sequences(few_bytes: None, content: dict[str, Any], own: bool) -> None:
    """Whatever makes a sequence long, it is refused by its operation, its duration and the limit."""
    (reason,) = reasons(content, own=own)
    assert reason.startswith("operations[")
    assert "2,000,000 ns" in reason


@pytest.mark.parametrize(
    ("duration", "values"),
    [
        (INDEX, {"t": LONG}),
        (INDEX, {"t": [LONG]}),
        (computed(INDEX, 1_000, by="mul"), {"t": LONG // 1_000}),
        (computed(10.0, INDEX, by="pow"), {"t": 7}),
        (computed(computed(INDEX, by="exp"), 1, by="add"), {"t": 17}),
        (computed(computed(INDEX, 0.001, by="div"), by="ceil"), {"t": LONG // 1_000}),
    ],
)
def test_values_that_make_a_sequence_long(few_bytes: None, duration: Any, values: dict[str, Any]) -> None:
    """A sequence that its variables make long is refused for the job that sets them, and runs with others."""
    content = pulsed(constant(duration), variables={"t": {"type": "float", "value": [0.0]}})
    (reason,) = reasons(content, values)
    assert "operations[0]" in reason
    assert "2,000,000 ns" in reason


def test_values_that_leave_a_sequence_short() -> None:
    """The same expressions with small values are as good as any."""
    for duration in (INDEX, computed(INDEX, 2, by="mul"), computed(2, INDEX, by="add")):
        content = pulsed(constant(duration), variables={"t": {"type": "int", "value": [0]}})
        assert reasons(content, {"t": 100}) == []


def test_values_that_multiply_arrays() -> None:
    """Numbers that scale an array do not count for its length."""
    values = computed([1e-7, 2e-7], INDEX, by="mul")
    content = pulsed(
        {"kind": "interpolated", "duration": 100, "values": values, "times": [0, 1]},
        variables={"t": {"type": "float", "value": [0.0]}},
    )
    assert reasons(content, {"t": 1e7}) == []


def test_jobs_do_not_run_what_is_refused(few_bytes: None) -> None:
    """A job that was stored before it would have been refused fails with the same sentence."""
    outcome = engine.run(Task(json.dumps(pulsed(constant(LONG))), {}, 10, None, seed=1, device=DEVICE))
    assert "2,000,000 ns" in outcome.errors[0]


MANY_ATOMS = [{"name": f"q{n}", "x": 5.0 * n, "y": 0.0} for n in range(20_000)]
MANY_TRAPS = {"coordinates": [[5.0 * n, 0.0] for n in range(20_000)]}

TOO_MANY = {
    "register": (document(register=MANY_ATOMS), "register", "1000"),
    "layout": (document(layout=MANY_TRAPS), "layout", "5000"),
    "device's layouts": (
        document(device=document()["device"] | {"pre_calibrated_layouts": [MANY_TRAPS]}),
        "device.pre_calibrated_layouts[0]",
        "5000",
    ),
    "channels": (document(channels={f"c{n}": "rydberg_global" for n in range(60)}), "channels", "50"),
    "operations": (document(operations=document()["operations"] * 11_000), "operations", "10000"),
    "variables": (document(variables={"t": {"type": "int", "value": [0] * 1_100_000}}), "variables.t", "1000000"),
    "waveforms": (
        pulsed({"kind": "composite", "waveforms": [constant(1)] * 30_000}),
        "operations[0].amplitude",
        "waveforms",
    ),
    "a list that is repeated": (
        pulsed(interpolated(computed([0], 1_000_000_000, by="mul"))),
        "operations[0].amplitude.values",
        "1000000",
    ),
    "a list that is repeated often": (
        pulsed(interpolated(nested(10, [0.0], lambda inner: computed(inner, 100, by="mul")))),
        "operations[0].amplitude.values",
        "1000000",
    ),
    "a power": (
        pulsed(constant(100, computed(10, 1_000_000_000, by="pow"))),
        "operations[0].amplitude.value",
        "too large to be computed",
    ),
    "functions": (
        pulsed(constant(100, nested(12, 1, lambda inner: computed(inner, by="neg")))),
        "operations[0].amplitude.value",
        "functions",
    ),
    "expressions": (
        pulsed(constant(100, nested(200, 1, lambda inner: computed(inner, 1, by="add")))),
        "operations[0].amplitude.value",
        "100 levels",
    ),
    "composites": (
        pulsed(nested(200, constant(1), lambda inner: {"kind": "composite", "waveforms": [inner, constant(1)]})),
        "operations[0].amplitude",
        "100 levels",
    ),
}


@pytest.mark.parametrize(("content", "place", "limit"), TOO_MANY.values(), ids=TOO_MANY)
def test_large_sequences(content: dict[str, Any], place: str, limit: str) -> None:
    """What there is too much of is refused by its place and the limit."""
    (reason,) = reasons(content)
    assert reason.startswith(place)
    assert limit in reason


def test_deep_json() -> None:
    """JSON that is nested too deeply to be read is refused, not a failure."""
    serialized = "[" * 100_000
    verdict = checks.check(Submission(serialized, (JobRequest(10),), None, DEVICE))
    assert "nested too deeply" in verdict.refusals[0].reason


def test_honest_sequences() -> None:
    """What people write is far from all limits: long, of many pulses, for a device that modulates."""
    register = Register.from_coordinates([(0.0, 0.0), (8.0, 0.0)], prefix="q")
    long = Sequence(register, MockDevice)
    long.declare_channel("global", "rydberg_global")
    for waveform in (
        BlackmanWaveform.from_max_val(0.1, 2.0),
        KaiserWaveform(60_000, 2.0),
        InterpolatedWaveform(500_000, [0.0, 1.0, 0.0]),
    ):
        long.add(Pulse.ConstantDetuning(waveform, 0.0, 0.0), "global")
    long.delay(1_000_000, "global")
    many = Sequence(register, AnalogDevice)
    many.declare_channel("global", "rydberg_global")
    for _ in range(50):
        many.add(Pulse.ConstantPulse(100, 1, 0, 0), "global")
    for sequence in (long, many):
        assert reasons(json.loads(sequence.to_abstract_repr())) == []


def test_mappable_registers() -> None:
    """Registers that are chosen by the variable `qubits` are judged by the rest."""
    sequence = Sequence(RegisterLayout([(6.0 * n, 0.0) for n in range(6)]).make_mappable_register(3), MockDevice)
    sequence.declare_channel("global", "rydberg_global")
    duration = sequence.declare_variable("t", dtype=int)
    sequence.add(Pulse.ConstantPulse(duration, 1, 0, 0), "global")
    content = json.loads(sequence.to_abstract_repr())
    assert reasons(content, {"t": 100, "qubits": {"q0": 5, "q1": 0}}) == []
    assert "2,000,000 ns" in reasons(content, {"t": LONG, "qubits": {"q0": 5, "q1": 0}})[0]
    assert "names no atom" in reasons(content, {"t": 100, "qubits": {}})[0]


def test_registers_without_atoms() -> None:
    """No atoms at all are refused in a sentence about atoms."""
    assert reasons(document(register=[])) == ["the register has no atoms"]


def test_the_service_refuses_with_the_place(service: LocalService) -> None:
    """Over HTTP, it is a 422 that names the field, and the checker does not grow."""
    bombs = [{"runs": 1, "sequence": json.dumps(pulsed(constant(LONG, 1 + n)))} for n in range(6)]
    problems = service.refused("createBatch", 422, json=service.body(None, *bombs))
    assert [problem["loc"] for problem in problems] == [["body", "jobs", n, "sequence"] for n in range(6)]
    assert all("operations[0]" in problem["msg"] for problem in problems)
