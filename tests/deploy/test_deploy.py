"""The files in `deploy/`, as far as they can be checked without Docker, Slurm and Kubernetes."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pasqal_cloud.local.arguments import parser
from pasqal_cloud.local.credentials import Password
from pasqal_cloud.local.encryption import check_address, proxies_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY = Path(__file__).parents[2] / "deploy"
BIN = Path(sys.executable).parent
PATIENCE = 60.0


def compose() -> dict[str, Any]:
    """Reads the compose file."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def containers() -> Iterator[dict[str, Any]]:
    """Reads the containers of the Kubernetes manifest."""
    for resource in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()):
        yield from resource["spec"].get("template", {}).get("spec", {}).get("containers", ())


def service_commands() -> list[list[str]]:
    """Gets the commands that start a service."""
    of_kubernetes = next(each for each in containers() if each["name"] == "service")
    return [compose()["services"]["service"]["command"], of_kubernetes["command"] + of_kubernetes["args"]]


@pytest.mark.parametrize("command", service_commands(), ids=["compose", "kubernetes"])
def test_the_service_has_these_options(command: list[str]) -> None:
    """They are known, and passwords are in files."""
    assert command[:3] == ["python", "-m", "pasqal_cloud.local"]
    parsed = parser("serve", None).parse_args(command[3:])
    assert (parsed.password, parsed.log_format) == (None, "json")
    check_address(parsed, Password.shown("0123456789abcdef"))  # it refuses to listen to others without encryption
    assert proxies_of(parsed)
    assert parsed.runner.startswith("dask+tls://")
    assert all([parsed.password_file, parsed.db_password_file, parsed.metrics_token_file, parsed.dask_key])


def test_the_proxy_of_compose_may_connect() -> None:
    """The service lets its address through, and that of the health check."""
    proxy, service = (compose()["services"][name] for name in ("proxy", "service"))
    proxies = proxies_of(parser("serve", None).parse_args(service["command"][3:]))
    assert {proxy["networks"]["inside"]["ipv4_address"], "127.0.0.1"} == set(proxies)


def test_everything_has_limits_and_health_checks() -> None:
    """Each container is limited, and but for workers, which Dask watches, asked whether it is well."""
    for name, service in compose()["services"].items():
        assert service["healthcheck"]["test"], name
        assert service["deploy"]["resources"]["limits"]["memory"], name
    for container in containers():
        assert container["resources"]["limits"]["memory"], container["name"]
        assert container["name"] == "worker" or container["readinessProbe"], container["name"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "check",
    [
        "check-jsonschema --builtin-schema vendor.compose-spec compose.yaml",
        "kubernetes-validate --strict kubernetes.yaml",
        "shellcheck slurm.sh certificates.sh",
        "bash -n slurm.sh",
    ],
)
def test_other_programs_accept_them(check: str) -> None:
    """The schemas of Compose and of Kubernetes, and what is known of mistakes in shell scripts."""
    program, *options = shlex.split(check)
    found = BIN / program if (BIN / program).exists() else program
    ended = subprocess.run([found, *options], cwd=DEPLOY, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def free_port() -> int:
    """Finds a port that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answers(url: str) -> bool:
    """Tells whether a health check succeeds."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(url: str) -> None:
    """Waits until a health check succeeds."""
    deadline = time.monotonic() + PATIENCE
    while not answers(url):
        assert time.monotonic() < deadline, url
        time.sleep(0.05)


@pytest.mark.cluster
def test_scheduler_and_workers_start_with_these_options(tmp_path: Path) -> None:
    """As in the compose file and in the Slurm script, with certificates of our script; only addresses are others."""
    secrets = tmp_path / "secrets"
    subprocess.run([DEPLOY / "certificates.sh", secrets], check=True, capture_output=True)
    assert {path.stat().st_mode & 0o077 for path in secrets.iterdir()} == {0}
    port, health, worker_health = free_port(), free_port(), free_port()
    names = {
        "tls://:8786": f"tls://127.0.0.1:{port}",
        "tls://scheduler:8786": f"tls://127.0.0.1:{port}",
        "127.0.0.1:8787": f"127.0.0.1:{health}",
        "127.0.0.1:8788": f"127.0.0.1:{worker_health}",
        "/run/secrets": str(secrets),
    }

    def started(command: list[str]) -> subprocess.Popen[bytes]:
        assert command[0] == "dask"
        options = command[1:]
        for old, new in names.items():
            options = [option.replace(old, new) for option in options]
        return subprocess.Popen([BIN / "dask", *options], cwd=tmp_path, stderr=subprocess.DEVNULL)

    services = compose()["services"]
    environment = os.environ | {
        "SCHEDULER": f"tls://127.0.0.1:{port}",
        "SECRETS": str(secrets),
        "VENV": str(BIN.parent),
        "TMPDIR": str(tmp_path),
    }
    running = [started(services["scheduler"]["command"])]
    try:
        until(f"http://127.0.0.1:{health}/health")
        running.append(started(services["worker"]["command"]))
        until(f"http://127.0.0.1:{worker_health}/health")
        script = [DEPLOY / "slurm.sh"]
        running.append(subprocess.Popen(script, env=environment, cwd=tmp_path, stderr=subprocess.DEVNULL))
        count = (
            "import sys, distributed as d; s = d.Security(require_encryption=True, tls_ca_file=sys.argv[2],"
            " tls_client_cert=sys.argv[3], tls_client_key=sys.argv[4]);"
            " c = d.Client(sys.argv[1], security=s); c.wait_for_workers(2, timeout=60); print(sum(c.ncores().values()))"
        )
        files = [str(secrets / name) for name in ("dask-ca.crt", "dask.crt", "dask.key")]
        asked = [sys.executable, "-c", count, f"tls://127.0.0.1:{port}", *files]
        assert subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip() == "3"
    finally:
        for process in reversed(running):  # one by one: a worker that loses its scheduler while it ends may wait for it
            process.terminate()
            process.wait(PATIENCE)
