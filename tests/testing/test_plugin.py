"""The pytest plugin, in real runs of other packages' tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ..doubles.interpreters import interpreter_without

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Makes files and runs pytest on them, in a process of its own, where a warning is an error."""
    others = " ".join(f"-p no:{plugin}" for plugin in ("schemathesis", "hypothesispytest", "respx", "anyio"))
    monkeypatch.setenv("PYTEST_ADDOPTS", f"-W error -p no:cacheprovider {others}")  # they take seconds to load
    for variable in [name for name in os.environ if name.startswith("PASQAL_")]:
        monkeypatch.delenv(variable)
    return pytester


@pytest.mark.slow
def test_the_documents_test_file_passes(run: pytest.Pytester) -> None:
    """Just as the page shows it, with the application that it tests."""
    files = re.findall(r'```py title="(\w+)\.py"\n(.*?)```', PAGE.read_text("utf-8"), re.DOTALL)
    assert [name for name, _ in files] == ["calibration", "test_calibration"]
    run.makepyfile(**dict(files))
    tests = len(re.findall(r"^def test_", files[1][1], re.MULTILINE))
    run.runpytest_subprocess().assert_outcomes(passed=tests)


def test_it_costs_nothing_until_a_fixture_is_used() -> None:
    """Neither the client nor what the service needs is imported when pytest loads the plugin."""
    program = "import pytest, sys; before = set(sys.modules); import pasqal_cloud.testing.plugin"
    program += "; print(*sorted(set(sys.modules) - before))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    added = {name for name in run.stdout.split() if not name.startswith("pasqal_cloud")}
    assert added == set()


def test_pytest_finds_it_by_itself(run: pytest.Pytester) -> None:
    """Its fixtures and its option are there, and described."""
    shown = run.runpytest_subprocess("--fixtures", "--help").stdout.str()
    assert "--pasqal-engine={scripted,emulators}" in shown
    fixtures = run.runpytest_subprocess("--fixtures").stdout.str()
    for name in ("pasqal_service", "pasqal_environment", "pasqal_session_service", "sdk"):
        assert re.search(rf"^{name}\b.*\n    \w", fixtures, re.MULTILINE), name


@pytest.mark.slow
def test_tests_do_not_see_one_another(run: pytest.Pytester) -> None:
    """What one leaves behind, and what it has scripted, is gone for the next; the service is the same."""
    run.makepyfile("""
        import pytest

        urls = set()

        @pytest.mark.parametrize("number", range(3))
        def test_it(pasqal_service, sdk, number):
            urls.add(pasqal_service.url)
            assert len(urls) == 1
            assert sdk.get_batches().total == 0
            sdk.create_batch("{}", [{"runs": 1}], open=True)
            pasqal_service.fault("listBatches", status=500)
            pasqal_service.outcome(hold=True)
            pasqal_service.clock.freeze()
            pasqal_service.add_user("ada")
    """)
    run.runpytest_subprocess().assert_outcomes(passed=3)


@pytest.mark.slow
def test_a_failed_test_leaves_nothing_either(run: pytest.Pytester) -> None:
    """The reset comes all the same, and whatever was broken is whole again."""
    run.makepyfile("""
        def test_breaks(pasqal_service):
            pasqal_service.fault("*", drop="before")
            raise RuntimeError

        def test_works(sdk):
            assert sdk.get_batches().total == 0
    """)
    run.runpytest_subprocess().assert_outcomes(passed=1, failed=1)


@pytest.mark.slow
def test_fixtures_can_be_overridden(run: pytest.Pytester) -> None:
    """An `sdk` of somebody else's wins; the service takes options."""
    run.makeconftest("""
        import pytest

        @pytest.fixture
        def sdk():
            return "mine"

        @pytest.fixture(scope="session")
        def pasqal_service_options():
            return ("--token-lifetime=5", "--username=ada@example.com")
    """)
    run.makepyfile("""
        def test_it(sdk, pasqal_service):
            assert sdk == "mine"
            assert pasqal_service.username == "ada@example.com"
    """)
    run.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.slow
def test_the_environment_names_the_service(run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it said before: tokens and other places are put aside, and come back."""
    for variable in ("PASQAL_TOKEN", "PASQAL_CLOUD_ENV", "PASQAL_REGION", "PASQAL_PROFILE", "PASQAL_CLIENT_ID"):
        monkeypatch.setenv(variable, "elsewhere")
    run.makepyfile("""
        import os
        import subprocess
        import sys

        from pasqal_cloud import SDK

        def test_it(pasqal_environment):
            with SDK() as sdk:
                batch = sdk.create_batch("{}", [{"runs": 1}], wait=True)
            program = f"from pasqal_cloud import SDK; print(SDK().get_batch({batch.id!r}).status)"
            run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
            assert run.stdout == "DONE\\n"
            assert pasqal_environment.environment.items() <= os.environ.items()

        def test_afterwards():
            assert os.environ["PASQAL_TOKEN"] == "elsewhere"
            assert "PASQAL_URL" not in os.environ
    """)
    run.runpytest_subprocess().assert_outcomes(passed=2)


@pytest.mark.slow
def test_the_service_ends_with_pytest(run: pytest.Pytester) -> None:
    """Its process is gone when pytest is."""
    run.makepyfile("""
        import os
        from pathlib import Path

        def test_it(pasqal_service):
            (child,) = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
            Path("pid").write_text(child)
    """)
    run.runpytest_subprocess().assert_outcomes(passed=1)
    with pytest.raises(ProcessLookupError):
        os.kill(int((run.path / "pid").read_text()), 0)


@pytest.mark.slow
def test_workers_of_xdist_have_a_service_each(run: pytest.Pytester) -> None:
    """They would take one another's batches away."""
    run.makepyfile("""
        import os
        from pathlib import Path

        import pytest

        @pytest.mark.parametrize("number", range(4))
        def test_it(pasqal_service, sdk, number):
            sdk.create_batch("{}", [{"runs": 1}], wait=True)
            assert sdk.get_batches().total == 1
            Path(os.environ["PYTEST_XDIST_WORKER"]).write_text(pasqal_service.url)
    """)
    run.runpytest_subprocess("-n", "2", "--dist", "load").assert_outcomes(passed=4)
    urls = [path.read_text() for path in run.path.glob("gw*")]
    assert len(urls) == len(set(urls)) == 2


@pytest.mark.slow
def test_real_emulators_can_be_chosen(run: pytest.Pytester) -> None:
    """The same tests then have real results."""
    run.makepyfile("""
        import pytest
        from pulser import MockDevice, Pulse, Register, Sequence

        def test_it(sdk):
            sequence = Sequence(Register({"q0": (0.0, 0.0)}), MockDevice)
            sequence.declare_channel("rydberg", "rydberg_global")
            sequence.add(Pulse.ConstantPulse(500, 2 * 3.141592653589793, 0.0, 0.0), "rydberg")
            batch = sdk.create_batch(sequence, [{"runs": 10}], wait=True)
            assert batch.ordered_jobs[0].result == {"1": 10}
    """)
    result = run.runpytest_subprocess("--pasqal-engine=emulators", "-W", "ignore::DeprecationWarning")
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("package", "engine", "extra"), [("starlette", "scripted", "testing"), ("pulser", "emulators", "local")]
)
def test_a_missing_extra_is_one_sentence(run: pytest.Pytester, package: str, engine: str, extra: str) -> None:
    """With the command that installs it, and no traceback."""
    run.makeconftest(f"import sys; sys.executable = {interpreter_without(package, run.path)!r}")
    run.makepyfile("def test_it(sdk): pass")
    result = run.runpytest_subprocess(f"--pasqal-engine={engine}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*needs {package}*not installed*pip install *pasqal-cloud[[]{extra}]*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*.py:[0-9]*")
