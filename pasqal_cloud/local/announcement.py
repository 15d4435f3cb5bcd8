"""The text that the command prints when the service is ready: how to connect, and which devices it offers."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
from typing import TYPE_CHECKING, TextIO

from pasqal_cloud.local.devices import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pasqal_cloud.local.credentials import Password
    from pasqal_cloud.local.devices import Device, Emulator
    from pasqal_cloud.local.rules.access import Login

ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - only used if the user passes it

PYTHON = """\
from pasqal_cloud import SDK, Endpoints

sdk = SDK(
    username={username},
    password={password},
    project_id={project_id},
    endpoints=Endpoints.at({url}),
)
"""

ENVIRONMENT = """\
export PASQAL_URL={url}
export PASQAL_USERNAME={username}
export PASQAL_PASSWORD={password}
export PASQAL_PROJECT_ID={project_id}
"""

CURL = """\
token=$(curl -s {url}/oauth/token -d grant_type=password \\
    --data-urlencode username={username} --data-urlencode password={password} |
    sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
curl -s -H "Authorization: Bearer $token" {url}/core-fast/api/v1/batches
"""

PROXIED = "Only the proxy may connect, from {}: the address above is not for clients."


STRONG, TITLE, QUIET = "1", "1;36", "2"
"""ANSI escape codes for parts of the text; `say` leaves them out where they would not be understood."""


def _marked(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m"


def base_url(host: str, port: int, scheme: str = "http") -> str:
    """Gets the URL of the service, as seen from this machine."""
    if host in ANYWHERE:
        host = "127.0.0.1" if host == ANYWHERE[0] else "::1"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def connection(url: str, login: Login) -> str:
    """Gets what other programs need to connect, as one line of JSON."""
    return json.dumps({"url": url, **vars(login)})


def announcement(
    host: str,
    url: str,
    login: Login,
    password: Password,
    database: str | None,
    devices: Mapping[str, Device],
    missing: Mapping[str, Emulator],
    proxies: Sequence[str] = (),
) -> str:
    """Writes the text for users.

    Args:
        host: The address on which the service listens.
        url: The URL of the service, as seen from this machine.
        login: The user who may log in.
        password: How to write the user's password in the code that is shown.
        database: The path of the database; None if it is temporary.
        devices: The offered devices, by name.
        missing: The cloud's other emulators, whose packages are not installed, by device type.
        proxies: The addresses and networks of the proxies in front of the service.
    """
    facts = dict(_facts(host, url, database, devices, missing))
    width = max(map(len, facts))
    lines = [f"{_marked('Local Pasqal Cloud service', STRONG)} {_marked('(Ctrl-C stops it)', QUIET)}", ""]
    lines += [f"{_marked(name.ljust(width), TITLE)}  {fact}" for name, fact in facts.items()]
    if proxies:
        lines += ["", _marked(PROXIED.format(", ".join(proxies)), STRONG)]
    for title, snippet in _snippets(url, login, password):
        lines += ["", _marked(title, TITLE), "", *(f"    {line}" if line else "" for line in snippet.splitlines())]
    return "\n".join([*lines, ""])


def _facts(
    host: str,
    url: str,
    database: str | None,
    devices: Mapping[str, Device],
    missing: Mapping[str, Emulator],
) -> Iterator[tuple[str, str]]:
    elsewhere = _marked(f" (from other machines: use the name {socket.gethostname()})", QUIET)
    yield "address", url + (elsewhere if host in ANYWHERE else "")
    yield "status page", f"{url}/"
    yield "database", database or f"temporary{_marked(' (deleted at the end)', QUIET)}"
    kinds = (("devices", False), ("stand-ins", True))
    how = "made-up results" if any(device.engine is Engine.SCRIPTED for device in devices.values()) else "emulated"
    for title, is_stand_in in kinds:
        if names := [device.name for device in devices.values() if device.is_stand_in is is_stand_in]:
            yield title, ", ".join(names) + (_marked(f" ({how})", QUIET) if is_stand_in else "")
    for name, emulator in missing.items():
        yield f"no {name}", _marked(emulator.to_install, QUIET)


def _snippets(url: str, login: Login, password: Password) -> Iterable[tuple[str, str]]:
    names = {"url": url, "username": login.username, "project_id": login.project_id}
    in_python = {name: json.dumps(text, ensure_ascii=False) for name, text in names.items()}
    in_shell = {name: shlex.quote(text) for name, text in names.items()}
    imports = "import os\n\n" if password.in_python.startswith("os.") else ""
    yield "Python:", imports + PYTHON.format(**in_python, password=password.in_python)
    yield (
        "Environment variables, for SDK() without arguments:",
        ENVIRONMENT.format(**in_shell, password=password.in_shell),
    )
    yield "curl:", CURL.format(**in_shell, password=password.in_shell)


def say(text: str, stream: TextIO) -> None:
    """Prints a line without buffering, and without ANSI codes unless for a terminal; a closed pipe is not an error."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        text = re.sub(r"\033\[[\d;]*m", "", text)
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # so that flushing at exit does not fail either
