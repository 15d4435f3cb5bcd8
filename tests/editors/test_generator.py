"""What scripts/stubs.py writes of each kind of method and attribute."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "scripts" / "stubs.py"
SOURCE = '''\
"""An example."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, overload

from pasqal_cloud._conversation.operation import Awaiting, Blocking, Opening, fetched, operation, walking
from pasqal_cloud.errors import PasqalCloudError

if TYPE_CHECKING:
    import numpy as np
    from collections.abc import AsyncIterator

    from pasqal_cloud._conversation.flow import Flow
    from pasqal_cloud._conversation.operation import Source

OTHER = object()
AtomT = TypeVar("AtomT")
PairT = TypeVar("PairT")


class Pairs(Generic[PairT]):
    def twin(self) -> PairT:
        """Gets a twin."""


class Atoms(Pairs[AtomT], Generic[AtomT]):
    def __init__(self, mass: float = 87.0, other: object = OTHER, *, kind=dict(a=1)) -> None:
        self.mass: float = mass
        self._hidden = 1

    @property
    def state(self) -> str:
        """The state."""

    @state.setter
    def state(self, state: Literal["g", "r"]) -> None: ...

    @fetched(raises=PasqalCloudError)
    def position(self) -> Flow[np.ndarray]:
        """The position.

        In micrometres.
        """

    @overload
    def measure(self, how: Literal["all"] = "all") -> Flow[list[AtomT]]: ...
    @overload
    def measure(self, how: Literal["one"]) -> Flow[AtomT]: ...
    @operation(raises=PasqalCloudError)
    def measure(self, how: str = "all") -> Flow[Any]:
        """Measures."""

    @walking(raises=PasqalCloudError)
    def each(self, *, first: int = 0) -> Source[AtomT]:
        """Goes through them."""

    def _private(self) -> None: ...

    @staticmethod
    def count(n: int) -> int:
        """Counts."""


class Atom(Atoms[int], Blocking):
    """An atom."""

    def _replace(self, position: Any) -> None: ...

    _replacements = {"position": _replace}


class AsyncAtom(Atoms[str], Awaiting):
    """An atom, awaited."""

    @classmethod
    def load(cls) -> Opening[Self]:
        """Loads one."""

    async def __aiter__(self) -> AsyncIterator[str]:
        yield "q0"

    if TYPE_CHECKING:
        __iter__: None
    else:
        def __iter__(self):
            raise TypeError
'''


@pytest.fixture
def text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The stub of the example."""
    script = _load("stubs_script", SCRIPT, monkeypatch)
    source = tmp_path / "pasqal_cloud_example.py"
    source.write_text(SOURCE, "utf-8")
    monkeypatch.setitem(script.MODULES, "pasqal_cloud_example", ["Atom", "AsyncAtom"])
    stub: Any = script.Stub(_load("pasqal_cloud_example", source, monkeypatch))
    written: str = stub.text()
    return written


def _load(name: str, path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("owner", "wanted"),
    [
        ("Atom", "class Atom(Blocking):"),
        ("Atom", "mass: float"),
        ("Atom", "def __init__(self, mass: float=87.0, other: object=OTHER, *, kind=...) -> None"),
        ("Atom", '@property\n    def state(self) -> str:\n        """The state."""'),
        ("Atom", "@state.setter\n    def state(self, state: Literal['g', 'r']) -> None:"),
        ("Atom", 'position: np.ndarray\n    """The position.\n\n    In micrometres.\n    """'),
        (
            "Atom",
            '@overload\n    def measure(self, how: Literal[\'all\']=\'all\') -> list[int]:\n        """Measures."""',
        ),
        ("Atom", '@overload\n    def measure(self, how: Literal[\'one\']) -> int:\n        """Measures."""'),
        ("Atom", "def each(self, *, first: int=0) -> Iterator[int]:\n"),
        ("Atom", "def twin(self) -> int:"),
        ("Atom", "@staticmethod\n    def count(n: int) -> int:"),
        ("AsyncAtom", "def twin(self) -> str:"),
        ("AsyncAtom", "@property\n    def position(self) -> Awaitable[np.ndarray]:"),
        ("AsyncAtom", "@overload\n    async def measure(self, how: Literal['one']) -> str:"),
        ("AsyncAtom", "    def each(self, *, first: int=0) -> AsyncIterator[str]:\n"),
        ("AsyncAtom", "@classmethod\n    def load(cls: type[_AsyncAtomT]) -> Opening[_AsyncAtomT]:"),
        ("AsyncAtom", "    def __aiter__(self) -> AsyncIterator[str]:"),
        ("AsyncAtom", "__iter__: None"),
    ],
)
def test_each_kind(text: str, owner: str, wanted: str) -> None:
    """Each with the types that it has on the class, and documented."""
    start = text.index(f"class {owner}(")
    end = text.find("\nclass ", start)
    assert wanted in text[start : end if end > 0 else None]


def test_nothing_private_is_written(text: str) -> None:
    """Nor what a class hides from type checkers."""
    assert "_private" not in text
    assert "_hidden" not in text
    assert "_replace" not in text
    assert "def __iter__" not in text


def test_what_it_needs_is_imported(text: str) -> None:
    """And nothing else."""
    lines = {line for line in text.splitlines() if line.startswith(("from", "import"))}
    assert {"import numpy as np", "from collections.abc import Awaitable"} <= lines
    assert not {line for line in lines if "Flow" in line or "Source" in line or "PasqalCloudError" in line}


def test_a_kind_that_it_does_not_know_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than a gap that nobody sees."""
    script = _load("stubs_script", SCRIPT, monkeypatch)
    source = tmp_path / "pasqal_cloud_example.py"
    source.write_text(SOURCE.replace("    _replacements", "    size = 5\n    _replacements"), "utf-8")
    monkeypatch.setitem(script.MODULES, "pasqal_cloud_example", ["Atom"])
    with pytest.raises(TypeError, match=r"Atom\.size is of a kind that scripts/stubs\.py does not know: 5"):
        script.Stub(_load("pasqal_cloud_example", source, monkeypatch)).text()
