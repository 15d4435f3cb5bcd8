"""The emulators' configurations in their old form."""

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud import ValidationError
from pasqal_cloud.device.configuration import (
    BaseConfig,
    EmuFreeConfig,
    EmuFresnelConfig,
    EmuTNConfig,
    InvalidConfiguration,
    ResultType,
)

VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.lists(st.integers(), max_size=2))
POSITIVE = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
BASE = {
    "strict_validation": st.booleans(),
    "result_types": st.sampled_from([None, [ResultType.COUNTER], ["counter"]]),
}
CONFIGURATIONS = st.one_of(
    st.builds(BaseConfig, **BASE),
    st.builds(EmuFreeConfig, **BASE, with_noise=st.booleans()),
    st.builds(
        EmuTNConfig,
        **BASE,
        dt=POSITIVE,
        precision=st.sampled_from(["low", "normal", "high"]),
        max_bond_dim=st.integers(min_value=1),
    ),
)


@given(CONFIGURATIONS, st.dictionaries(st.text(max_size=4), VALUES, min_size=1))
def test_a_configuration_survives_its_dictionary(configuration: Any, extra: dict[str, Any]) -> None:
    """With its extra settings, which stand beside the others there."""
    kind = type(configuration)
    own = {field.name for field in fields(kind)}
    configuration = kind(
        **configuration.to_dict(),
        extra_config={name: value for name, value in extra.items() if name not in own} or None,
    )
    settings = configuration.to_dict()
    assert "extra_config" not in settings
    assert settings.items() >= (configuration.extra_config or {}).items()
    assert kind.from_dict(settings) == configuration


def test_defaults() -> None:
    """Those of the emulators."""
    assert EmuTNConfig().to_dict() == {
        "strict_validation": False,
        "result_types": None,
        "dt": 10.0,
        "precision": "normal",
        "max_bond_dim": 500,
    }
    assert EmuFreeConfig().to_dict() == {"strict_validation": False, "result_types": None, "with_noise": False}
    assert EmuFresnelConfig().to_dict() == {}


def test_arguments_have_the_old_order() -> None:
    """What all emulators take comes first."""
    values = (True, {"seed": 1}, [ResultType.COUNTER], 5.0, "low", 10)
    assert EmuTNConfig(*values) == EmuTNConfig(
        strict_validation=True,
        extra_config={"seed": 1},
        result_types=[ResultType.COUNTER],
        dt=5.0,
        precision="low",
        max_bond_dim=10,
    )


@pytest.mark.parametrize(
    ("kind", "values", "word"),
    [
        (EmuTNConfig, {"dt": 0}, "dt"),
        (EmuTNConfig, {"dt": -1.0}, "dt"),
        (EmuTNConfig, {"dt": "fast"}, "dt"),
        (EmuTNConfig, {"dt": float("nan")}, "dt"),
        (EmuTNConfig, {"precision": "best"}, "low, normal, high"),
        (EmuTNConfig, {"max_bond_dim": 0}, "max_bond_dim"),
        (EmuFreeConfig, {"result_types": ["run"]}, "counter"),
        (BaseConfig, {"result_types": [ResultType.COUNTER, ResultType.SAMPLE]}, "sample"),
        (BaseConfig, {"extra_config": {"strict_validation": True}}, "strict_validation"),
        (EmuTNConfig, {"extra_config": {"dt": 1}}, "dt"),
    ],
    ids=str,
)
def test_values_that_no_emulator_takes_are_refused(kind: type[BaseConfig], values: Any, word: str) -> None:
    """When the configuration is made, whether of arguments or of a dictionary."""
    with pytest.raises(InvalidConfiguration, match=word) as caught:
        kind(**values)
    assert isinstance(caught.value, ValidationError)


def test_a_dictionary_is_checked_too() -> None:
    """As arguments are."""
    with pytest.raises(InvalidConfiguration):
        EmuTNConfig.from_dict({"dt": 0})
