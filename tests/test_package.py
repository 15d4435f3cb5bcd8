"""The package as a whole: what importing it costs, and which names it has."""

import ast
import re
import subprocess
import sys
import tarfile
import tomllib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import pasqal_cloud

ROOT = Path(__file__).parent.parent
SOURCE = Path(pasqal_cloud.__file__)
NEED_PULSER = [
    "OVHConnection",
    "PasqalCloudConnection",
    "RemoteEmuFreeBackend",
    "RemoteEmulatorBackend",
    "RemoteMPSBackend",
    "RemoteSVBackend",
]
"""The names that are not in `__all__`, since `from pasqal_cloud import *` works without Pulser."""


def newly_imported(statement: str) -> set[str]:
    """Gets the modules that a statement adds to those of a fresh interpreter, by their top-level names."""
    program = f"import sys; before = set(sys.modules); {statement}; print(*set(sys.modules) - before)"
    output = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    return {name.partition(".")[0] for name in output.split()}


def test_importing_loads_almost_nothing() -> None:
    """`import pasqal_cloud` costs next to nothing: everything comes when it is first used."""
    assert newly_imported("import pasqal_cloud") <= {"pasqal_cloud", "__future__"}


def test_an_error_class_loads_no_client() -> None:
    """Code that only catches errors does not pay for httpx, nor for the models."""
    imported = newly_imported("from pasqal_cloud import PasqalCloudError, NotFoundError")
    assert not imported & {"httpx", "attr", "attrs", "pulser", "numpy", "pasqal_cloud_api", "asyncio"}


def test_the_sdk_loads_no_pulser() -> None:
    """A program that submits serialized sequences needs neither Pulser nor numpy."""
    assert not newly_imported("from pasqal_cloud import SDK, AsyncSDK; SDK('a', 'b')") & {"pulser", "numpy", "qutip"}


def type_checkers_names() -> list[str]:
    """The names that the package imports for type checkers."""
    (block,) = (
        node
        for node in ast.parse(SOURCE.read_text("utf-8")).body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    )
    return [alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names]


def test_the_names_are_those_that_type_checkers_see() -> None:
    """What is imported lazily is also declared, and each name once; what needs Pulser is no part of `import *`."""
    assert sorted(type_checkers_names()) == sorted([*pasqal_cloud.__all__, *NEED_PULSER])
    assert len(set(pasqal_cloud.__all__)) == len(pasqal_cloud.__all__)


def test_the_names_are_sorted() -> None:
    """As the linter sorts them: constants, classes, functions."""
    names = pasqal_cloud.__all__
    assert names == sorted(names, key=lambda name: (not name.isupper(), name))


@pytest.mark.parametrize("name", [*pasqal_cloud.__all__, *NEED_PULSER])
def test_every_name_can_be_imported_first(name: str) -> None:
    """Each name by itself, and it is then there for good."""
    value = getattr(pasqal_cloud, name)
    assert vars(pasqal_cloud)[name] is value
    assert name in dir(pasqal_cloud)


def test_every_name_comes_from_where_type_checkers_look_for_it() -> None:
    """The lazy import finds the same objects as the declared ones."""
    namespace: dict[str, object] = {}
    tree = ast.parse(SOURCE.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pasqal_cloud"):
            exec(compile(ast.Module([node], []), str(SOURCE), "exec"), namespace)
    names = [*pasqal_cloud.__all__, *NEED_PULSER]
    assert all(getattr(pasqal_cloud, name) is namespace[name] for name in names)


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    """With the name of the package and of what was asked for."""
    with pytest.raises(AttributeError, match=r"module 'pasqal_cloud' has no attribute 'Sdk'"):
        _ = pasqal_cloud.Sdk


def test_the_version_is_the_distributions() -> None:
    """There is one place where it stands."""
    assert pasqal_cloud.__version__ == version("pasqal-cloud")


def test_the_password_is_shown_by_no_repr() -> None:
    """Nobody finds it in a log."""
    provider = pasqal_cloud.PasswordGrantTokenProvider("ada@example.com", "pa55word")
    sdk = pasqal_cloud.SDK(token_provider=provider)
    assert "pa55word" not in repr(provider) + repr(sdk) + repr(vars(sdk))
    assert "ada@example.com" in repr(provider)


@pytest.mark.parametrize("package", ["pasqal_cloud", "pasqal_cloud._conversation"])
def test_the_docstring_lists_the_layers_that_the_linter_checks(package: str) -> None:
    """What a reader sees first is what import-linter holds."""
    settings = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract.get("containers") == [package])
    told = re.findall(r"^ {0,4}(\w+(?: · \w+)*)(?: {2}|$)", import_module(package).__doc__ or "", re.MULTILINE)
    assert [set(line.split(" · ")) for line in told] == [set(layer.split(" | ")) for layer in layers]


def test_importing_leaves_the_warning_filters() -> None:
    """And warns of nothing: neither the import of every name, nor making an SDK."""
    program = """
import warnings
warnings.simplefilter("error")
before = list(warnings.filters)
import pasqal_cloud, pasqal_cloud.device
for name in pasqal_cloud.__all__:
    getattr(pasqal_cloud, name)
pasqal_cloud.SDK(token="token")
assert warnings.filters == before
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_the_first_request_loads_none_of_what_is_large() -> None:
    """Neither the import nor an SDK nor its first request."""
    program = """
import sys, httpx
from pasqal_cloud import SDK
answer = httpx.MockTransport(lambda request: httpx.Response(200, json={"data": []}))
assert list(SDK(token="token", project_id="99999999-2222-4333-8444-555555555555", transport=answer).get_batches()) == []
assert not {"pulser", "numpy", "scipy", "matplotlib"} & set(sys.modules), sorted(sys.modules)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=100)


def test_the_source_distribution_is_whole(tmp_path: Path) -> None:
    """What is built of it alone has every module and the API's description, and the version."""
    source = SdistBuilder(str(ROOT)).build(directory=str(tmp_path))
    with tarfile.open(next(source)) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    wheel = Path(next(WheelBuilder(str(unpacked)).build(directory=str(tmp_path), versions=["standard"])))
    assert wheel.name.startswith(f"pasqal_cloud-{version('pasqal-cloud')}-")
    with ZipFile(wheel) as archive:
        built = set(archive.namelist())
    for package, home in (("pasqal_cloud", ROOT), ("pasqal_cloud_api", ROOT / "generated")):
        needed = {str(path.relative_to(home)) for path in (home / package).rglob("*") if is_source(path)}
        assert len(needed) > 40
        assert needed <= built
    assert "pasqal_cloud_api/openapi.json" in built
    assert {f"pasqal_cloud-stubs/{path.name}" for path in (ROOT / "stubs" / "pasqal_cloud-stubs").iterdir()} <= built


def is_source(path: Path) -> bool:
    """Whether a file is part of a package."""
    return path.is_file() and "__pycache__" not in path.parts
