"""Workers load Pulser without the packages for drawing, which load when they are used; results are the same."""

from __future__ import annotations

import json
import multiprocessing
import pickle
import sys
import zlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pulser.backend import BitStrings, EmulationConfig, Occupation

from pasqal_cloud.local.devices import Device
from pasqal_cloud.local.emulation import engine, loading, runner, workers
from pasqal_cloud.local.emulation.loading import DEFERRED, deferred
from pasqal_cloud.local.emulation.workers import Worker, running
from pasqal_cloud.local.tasks import Outcome, Task

from .conftest import PATIENCE, chain

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {
    "__init__": "__version__ = 'in the code'\nSIZES = {'large': 12}",
    "shapes": """
class Shape:
    def __init__(self, name="a shape"):
        self.name = name

class Line(Shape):
    pass
""",
    "inks": "def ink(color): return f'ink: {color}'",
}
"""A package that draws."""


@pytest.fixture(autouse=True)
def drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The package is installed, and deferred."""
    folder = tmp_path / "drawing"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(loading, "DEFERRED", frozenset({"drawing", "painting"}))
    yield
    for name in loaded():
        del sys.modules[name]


def loaded() -> list[str]:
    """The modules of the package that this process has loaded."""
    return [name for name in sys.modules if name.partition(".")[0] == "drawing"]


def executed(code: str, **names: Any) -> dict[str, Any]:
    """The names that a module defines."""
    exec(code, names)
    return names


USES = {
    "import drawing": "drawing.SIZES['large'] == 12",
    "import drawing.shapes": "drawing.shapes.Line().name == 'a shape'",
    "import drawing.inks as inks": "inks.ink('red') == 'ink: red'",
    "from drawing import inks": "inks.ink('red') == 'ink: red'",
    "from drawing import SIZES": "SIZES['large'] == 12",
    "from drawing.inks import ink": "ink('red') == 'ink: red'",
    "from drawing.inks import ink as inked": "inked.__name__ == 'ink'",
    "from drawing.shapes import Line": "isinstance(Line('thick'), Line) and not isinstance(3, Line)",
    "from drawing.shapes import Line, Shape": "issubclass(Line('thick').__class__, Shape)",
    "from drawing.shapes import Shape": "(Shape | None) == (None | Shape)",
    "import drawing as also": "also.__file__.endswith('__init__.py')",
}


@pytest.mark.parametrize("statement", USES)
def test_a_package_is_loaded_when_it_is_used(statement: str) -> None:
    """However it is imported, importing loads nothing, and using it does what the package does."""
    with deferred():
        names = executed(statement)
    assert loaded() == []
    assert eval(USES[statement], names)
    if "__file__" not in USES[statement]:
        assert "drawing" in sys.modules


@pytest.mark.parametrize("beginning", ["super().__init__('an arrow')", "Line.__init__(self, 'an arrow')"])
def test_classes_may_derive_from_a_deferred_one(beginning: str) -> None:
    """They are made when they are used, with their methods, also classes that derive from them."""
    with deferred():
        names = executed(f"""
from drawing.shapes import Line

class Arrow(Line):
    def __init__(self):
        {beginning}

class Long(Arrow):
    length = 12
""")
    assert loaded() == []
    made = names["Long"]()
    assert (made.name, made.length) == ("an arrow", 12)
    assert type(made).__mro__[1:3] == (type(names["Arrow"]()), import_module("drawing.shapes").Line)
    assert isinstance(made, names["Arrow"])
    later = executed("class Later(Long): pass", Long=names["Long"])["Later"]
    assert later().name == "an arrow"


def test_a_version_is_known_without_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package is asked for its version while it is deferred: the one that is installed."""
    monkeypatch.setattr("importlib.metadata.version", {"drawing": "4.2"}.__getitem__)
    with deferred():
        drawing = import_module("drawing")
        assert drawing.__version__ == "4.2"
        assert "inks" not in dir(drawing)
    assert loaded() == []
    assert drawing.__version__ == "in the code"


@pytest.mark.parametrize(
    "use",
    [
        "Line('thick')",
        "executed('from drawing.inks import *')",
        "executed('class Both(Line, dict): pass', Line=Line)",
        "executed('annotated = Line | None', Line=Line)",
    ],
)
def test_what_is_used_while_others_load_is_loaded_at_once(use: str) -> None:
    """Then nothing else is deferred, and what has been imported before still works."""
    with deferred():
        names = executed("import drawing.inks; from drawing.shapes import Line")
        assert eval(use, {"executed": executed, "Line": names["Line"]})
        import drawing.shapes  # type: ignore[import-not-found] # made above

        assert drawing.shapes.Line.__module__ == "drawing.shapes"
        assert type(drawing.shapes.Line) is type
    assert names["drawing"].inks.ink("red") == "ink: red"
    assert isinstance(drawing.shapes.Line(), names["Line"])


def test_what_is_not_installed_is_missing() -> None:
    """Importing it fails as ever, so that whoever can do without it does."""
    with deferred():
        for missing in ("painting", "painting.oil", "drawing.oil"):
            with pytest.raises(ModuleNotFoundError):
                import_module(missing)
        names = executed("import drawing; from drawing import oil")
    assert not hasattr(names["drawing"], "oil")
    with pytest.raises(AttributeError, match="oil"):
        names["oil"]()


def test_only_processes_that_run_sequences_defer_anything() -> None:
    """The process that others are forked from, and those that are started anew: no user's, and not the service."""
    package = Path(loading.__file__).parents[2]
    users = [path for path in package.rglob("*.py") if "emulation.loading" in path.read_text("utf-8")]
    assert sorted(path.name for path in users) == ["preload.py", "workers.py"]


def test_what_is_loaded_already_stays() -> None:
    """A package that the process has loaded is not deferred."""
    whole = import_module("drawing")
    with deferred():
        assert import_module("drawing.inks").ink("red") == "ink: red"
    assert sys.modules["drawing"] is whole


def test_nothing_is_left_behind() -> None:
    """Afterwards, importing is as it was, also after an error."""
    before = list(sys.meta_path)
    with pytest.raises(ZeroDivisionError), deferred():
        assert sys.meta_path != before
        import_module("drawing.inks")
        raise ZeroDivisionError
    assert sys.meta_path == before
    assert loaded() == []
    assert import_module("drawing.inks").ink("red") == "ink: red"


OBSERVED = EmulationConfig(observables=[Occupation(), BitStrings()]).to_abstract_repr()
TASK = Task(chain(atoms=2, duration=400), {}, 100, OBSERVED, seed=7, device=Device("EMU_FREE"))

DRAW = """
import sys
from pulser import Sequence
assert not {deferred!r} & sys.modules.keys(), sorted(sys.modules)
Sequence.from_abstract_repr({sequence!r}).draw(fig_name={path!r}, show=False)
assert {{"matplotlib", "matplotlib.pyplot"}} <= sys.modules.keys()
"""


class Program:
    """A program, for the process that unpickles it."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __reduce__(self) -> Any:
        return exec, (self.code, {})


@pytest.mark.parametrize(
    "method",
    [
        pytest.param("forkserver", marks=pytest.mark.skipif("sys.platform != 'linux'", reason="forked on Linux only")),
        pytest.param("spawn", marks=pytest.mark.slow),
    ],
)
def test_a_worker_runs_jobs_without_matplotlib(method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its results are those of a process that has loaded all of it, and it can draw nevertheless."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    if method == "spawn":
        monkeypatch.setattr(workers, "processes", lambda: multiprocessing.get_context("spawn"))
    worker = Worker()
    with running([worker]):
        outcome = worker.schedule(runner._run, (TASK, None), None).result(PATIENCE)
        code = DRAW.format(deferred=set(DEFERRED), sequence=TASK.sequence, path=str(tmp_path / "sequence.png"))
        worker.schedule(pickle.loads, Program(code), None).result(PATIENCE)
    import_module("matplotlib.pyplot")
    assert results(outcome) == results(engine.run(TASK).pack())
    assert [path.stat().st_size > 1_000 for path in tmp_path.glob("sequence*.png")] == [True]


def results(outcome: Outcome) -> list[Any]:
    """What was measured and computed, without the ids that Pulser generates."""
    assert outcome.packed
    document = json.loads(zlib.decompress(outcome.packed))
    return [document["counter"], *json.loads(document["serialised_results"])["results"].values()]
