"""The client alone, as `pip install pasqal-cloud` gives it: what needs an extra says which, in one sentence.

The environment is one of its own, with this checkout's packages and copies of what they require without extras; so
nothing else that is installed beside the tests can be found there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from importlib.metadata import Distribution, distribution, version
from pathlib import Path

import pytest

import pasqal_cloud
import pasqal_cloud_api
from pasqal_cloud.local.__main__ import EXTRAS

PATIENCE = 60
VERSION = version("pasqal-cloud")
OWN = (Path(pasqal_cloud.__file__).parent, Path(pasqal_cloud_api.__file__).parent)


def requirements(of: str, found: dict[str, Distribution]) -> dict[str, Distribution]:
    """All that a distribution requires without its extras, and what that requires."""
    for line in distribution(of).requires or ():
        requirement, _, condition = line.partition(";")
        name = re.match(r"[\w.-]+", requirement)[0]
        if "extra" in condition or name in found:
            continue
        try:
            found[name] = distribution(name)
        except ModuleNotFoundError:
            continue  # for other versions of Python
        requirements(name, found)
    return found


def copied(of: Distribution, there: Path) -> None:
    """Copies a distribution's modules and metadata."""
    for file in of.files or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (there / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file.locate(), there / file)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the client alone."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder, with_pip=False, symlinks=sys.platform != "win32")
    (there,) = folder.glob("lib/python*/site-packages")
    for package in OWN:
        shutil.copytree(package, there / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    for needed in requirements("pasqal-cloud", {}).values():
        copied(needed, there)
    metadata = there / f"pasqal_cloud-{VERSION}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pasqal-cloud\nVersion: {VERSION}\n")
    return folder / "bin" / "python"


def ran(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a program there, far from this checkout."""
    return subprocess.run(
        [python, "-I", *arguments], check=False, capture_output=True, text=True, timeout=PATIENCE, cwd=python.parent
    )


def test_the_client_works(python: Path) -> None:
    """Everything that its users import, with nothing beside what it requires."""
    program = (
        "from pasqal_cloud import *\n"
        "import sys, pasqal_cloud.testing, pasqal_cloud.testing.service, pasqal_cloud.utils.mock_server\n"
        "sdk = SDK('ada', 'pa55word'); print(sdk)\n"
        "assert sys.prefix != sys.base_prefix\n"
        "import importlib.util\n"
        "print([name for name in ('jsonschema', 'starlette', 'pulser', 'pytest', 'typer') "
        "if importlib.util.find_spec(name)])\n"
    )
    done = ran(python, "-W", "error", "-c", program)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "[]"


LOCAL, PULSER = rf'pip install "pasqal-cloud[local]=={VERSION}"', 'pip install "pasqal-cloud[pulser]"'
TESTING = LOCAL.replace("local", "testing")


@pytest.mark.parametrize(
    ("program", "hint"),
    [
        ("from pasqal_cloud import SDK; SDK.local()", LOCAL),
        ("from pasqal_cloud import SDK; SDK.local('--engine=scripted')", TESTING),
        ("import asyncio; from pasqal_cloud import AsyncSDK; asyncio.run(begin(AsyncSDK))", LOCAL),
        ("from pasqal_cloud.testing import LocalService; LocalService.start()", TESTING),
        ("from pasqal_cloud.testing import LocalService; LocalService.start(engine='emulators')", LOCAL),
        ("from pasqal_cloud import PasqalCloudConnection; PasqalCloudConnection.local()", PULSER),
        ("from pasqal_cloud import OVHConnection", PULSER),
        ("from pasqal_cloud import RemoteMPSBackend", PULSER),
        ("import pasqal_cloud.backends", PULSER),
        ("from pasqal_cloud.pasqal_cloud_connection import PasqalCloudConnection", PULSER),
    ],
)
def test_what_needs_an_extra_raises(python: Path, program: str, hint: str) -> None:
    """An error of this package, which is an ImportError too, with the command that mends it."""
    awaiting = "async def begin(kind):\n    await kind.local()\n"
    attempt = (
        f"{awaiting}try:\n    {program}\n"
        "except ImportError as error:\n"
        "    from pasqal_cloud import MissingExtraError\n"
        "    print(isinstance(error, MissingExtraError), error)\n"
    )
    done = ran(python, "-c", attempt)
    assert done.stderr == ""
    assert done.stdout.startswith("True ")
    assert hint in done.stdout
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["-m", "pasqal_cloud.local"], LOCAL),
        (["-m", "pasqal_cloud.local", "--engine=scripted"], TESTING),
        (["-m", "pasqal_cloud.local", "--port=0", "--json"], LOCAL),
        (["-c", "from pasqal_cloud.cli import main; main()"], 'pip install "pasqal-cloud[cli]"'),
        (["-c", "from pasqal_cloud.cli import main; main()", "serve"], 'pip install "pasqal-cloud[cli]"'),
    ],
)
def test_commands_that_need_an_extra_end_with_their_own_status(python: Path, arguments: list[str], hint: str) -> None:
    """And with one sentence."""
    done = ran(python, *arguments)
    assert (done.returncode, done.stdout) == (3, "")
    assert hint in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_the_command_introduces_itself_all_the_same(python: Path, option: str) -> None:
    """What it can do is no secret of an extra."""
    done = ran(python, "-m", "pasqal_cloud.local", option)
    assert (done.returncode, done.stderr) == (0, "")


# One package is missing, in the environment of the tests.

WITHOUT = """
import runpy, sys
sys.modules[sys.argv[1]] = None
del sys.argv[1]
runpy.run_module("pasqal_cloud.local", run_name="__main__", alter_sys=True)
"""
BEHIND = ("anyio", "click", "h11", "referencing")
"""What the packages of the extras need themselves."""


@pytest.mark.parametrize(
    ("missing", "engine"),
    [
        pytest.param(name, engine, marks=pytest.mark.slow if name in BEHIND else ())
        for engine, (_, names) in EXTRAS.items()
        for name in (*names, *BEHIND)
    ],
)
def test_any_package_that_is_missing_is_told(missing: str, engine: str) -> None:
    """By its name, whether the extra names it or one of the extra's packages needs it."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, missing, f"--engine={engine}", "--port=0"],
        check=False, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"The local service needs {missing}, which is not installed: pip install ")
    assert f"pasqal-cloud[{EXTRAS[engine][0]}]=={VERSION}" in done.stderr
    assert done.stderr.count("\n") == 1
