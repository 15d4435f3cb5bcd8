"""The options for a Dask cluster: where its scheduler listens, and the certificates for talking to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pasqal_cloud.local.http.safety import is_loopback
from pasqal_cloud.local.options import Options, RunnerError

LOCAL = "local"
"""The runner that runs jobs on this machine."""

PLAIN, ENCRYPTED = "dask+tcp", "dask+tls"
EXAMPLES = f"{LOCAL}, {PLAIN}://127.0.0.1:8786 or {ENCRYPTED}://host:8786"

CERTIFICATES = {"dask_ca": "--dask-ca", "dask_cert": "--dask-cert", "dask_key": "--dask-key"}


@dataclass(frozen=True)
class Cluster:
    """A Dask cluster.

    Args:
        scheduler: The address of its scheduler, as Dask writes it.
        certificates: The paths of the files for TLS by the names of Dask's options; empty for those that Dask's own
            configuration names.
    """

    scheduler: str
    certificates: dict[str, str]

    @property
    def is_encrypted(self) -> bool:
        """Whether connections use TLS."""
        return self.scheduler.startswith("tls://")

    def security(self) -> Any:
        """Gets Dask's own form of this.

        Raises:
            RunnerError: There are no certificates, or they can't be used.
        """
        from distributed import Security

        if not self.is_encrypted:
            return Security(require_encryption=False)
        try:
            security = Security(require_encryption=True, **self.certificates)
            context = security.get_connection_args("client")["ssl_context"]
        except (OSError, ValueError) as error:  # SSLError is an OSError
            raise RunnerError(f"The certificates for the Dask scheduler can't be used: {error}.") from error
        if context is None:
            raise RunnerError(
                f"{ENCRYPTED} needs certificates: give --dask-ca, --dask-cert and --dask-key, or set "
                "distributed.comm.tls in Dask's configuration."
            )
        return security


def cluster_of(options: Options) -> Cluster | None:
    """Gets the cluster that the options name; None to run jobs on this machine.

    Raises:
        RunnerError: The options can't be used, or not together.
    """
    given = {name: value for name in CERTIFICATES if (value := getattr(options, name))}
    if options.runner == LOCAL:
        if given:
            raise RunnerError(f"{_listed(given)} can only be used with --runner {ENCRYPTED}://…")
        return None
    scheme, host, port = _parts(options.runner)
    if options.engine == "scripted":
        raise RunnerError("--engine scripted makes results up in the service itself: leave out --runner.")
    if scheme == PLAIN:
        if given:
            raise RunnerError(f"{_listed(given)} can only be used with --runner {ENCRYPTED}://…")
        if not is_loopback(host):
            raise RunnerError(
                f"--runner {options.runner} would let others on the network run programs on the workers, because Dask "
                f"executes what it is sent: use {ENCRYPTED}:// and certificates."
            )
    elif given and len(given) < len(CERTIFICATES):
        absent = [option for name, option in CERTIFICATES.items() if name not in given]
        raise RunnerError(f"{_listed(given)} can only be used together with {' and '.join(absent)}.")
    for name, path in given.items():
        if not Path(path).is_file():
            raise RunnerError(f"There is no file {path}, which {CERTIFICATES[name]} names.")
    where = f"[{host}]" if ":" in host else host
    names = {"dask_ca": "tls_ca_file", "dask_cert": "tls_client_cert", "dask_key": "tls_client_key"}
    return Cluster(
        f"{scheme.removeprefix('dask+')}://{where}:{port}", {names[name]: path for name, path in given.items()}
    )


def _parts(runner: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(runner)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    else:
        is_complete = parts.scheme in (PLAIN, ENCRYPTED) and host and port
        if is_complete and not (parts.path.strip("/") or parts.query or parts.fragment or parts.username):
            return parts.scheme, str(host), int(port or 0)
    raise RunnerError(f"--runner {runner} can't be used: give {EXAMPLES}.")


def _listed(given: dict[str, str]) -> str:
    return " and ".join(CERTIFICATES[name] for name in given)
