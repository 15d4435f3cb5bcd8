"""The command, `python -m pasqal_cloud.local`."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec

import pytest

from pasqal_cloud.local import __main__ as command


def test_the_service_does_without_pulser() -> None:
    """Importing all that the service process runs loads neither Pulser nor numpy, nor the facade and its client."""
    code = """
import sys
import pasqal_cloud.local.__main__, pasqal_cloud.local.app, pasqal_cloud.local.assembly
print(sorted({"pulser", "pulser_simulation", "numpy", "qutip", "httpx", "pasqal_cloud_api"} & set(sys.modules)))
"""
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert completed.stdout.strip() == "[]"


@pytest.mark.parametrize("missing", ["pulser_simulation", "starlette"])
def test_a_missing_extra_is_told(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without one of the extra's packages the command says in one sentence what to install."""
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == missing else find_spec(name))
    assert command.main([]) == 3
    told = capsys.readouterr().err
    assert missing in told
    assert f'pip install "pasqal-cloud[local]=={version("pasqal-cloud")}"' in told
    assert told.count("\n") == 1


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """When something else listens on the port, the command says so in one sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert command.main(["--port", str(port)]) == 4
    assert f"port {port}: Address already in use" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--host", "0.0.0.0"], ["--workers", "0"], ["--project-id", "mine"]])
def test_wrong_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """An address beyond loopback, no workers, or an id that is no UUID is a usage error."""
    with pytest.raises(SystemExit) as exit:
        command.main(arguments)
    assert exit.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_people_are_told_how_to_connect() -> None:
    """Without --json the command prints what to type in Python and with curl; Ctrl-C ends it without a trace."""
    arguments = ["--port", "0", "--username", "ada", "--password", "lovelace", "--workers", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "pasqal_cloud.local", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        told = [process.stdout.readline() for _ in range(16)]
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    text = "".join(told)
    assert 'username="ada"' in text
    assert 'password="lovelace"' in text
    assert 'endpoints=Endpoints.at("http://127.0.0.1:' in text
    assert "curl" in text
