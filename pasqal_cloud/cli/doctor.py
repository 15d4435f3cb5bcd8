"""`pasqal-cloud doctor`."""

from __future__ import annotations

import json
import os
import platform
import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from operator import itemgetter
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

from pasqal_cloud.cli.account import warn_of_unused_profile
from pasqal_cloud.cli.errors import ExitStatus
from pasqal_cloud.cli.output import View, console, joined, note, progress, show
from pasqal_cloud.cli.recording import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud import SDK

VARIABLES = (
    *("PASQAL_PROFILE", "PASQAL_CONFIG_ROOT", "PASQAL_SKIP_SSL_VERIFY", "PASQAL_SKIP_GZIP_REQUEST_BODY"),
    *("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
    "CURL_CA_BUNDLE",
)
"""Variables that change how the services are reached. Their values are not shown: a proxy's may have a password."""


def _draw(report: dict[str, Any]) -> None:
    """Prints the settings and the checks."""
    show(SETTINGS, report["settings"], None, as_json=False)
    if console().is_terminal:
        typer.echo()
    show(CHECKS, report["checks"], None, as_json=False)


SETTINGS = View(
    {name: itemgetter(name) for name in ("name", "value", "source")},
    {"setting": "name", "value": "value", "from": "source"},
    wrapped=frozenset({"value", "from"}),
)
CHECKS = View(
    {name: itemgetter(name) for name in ("check", "result", "detail")},
    {"check": "check", "result": "result", "remark": "detail"},
    wrapped=frozenset({"remark"}),
)
REPORT = View({name: itemgetter(name) for name in ("version", "python", "settings", "checks")}, draw=_draw)


def doctor(
    sdk: SDK,
    profile: str | None = None,
    record: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep the answers as JSON, without names, texts, tokens and ids, and with all that the API's"
            " description does not know.",
        ),
    ] = None,
) -> tuple[dict[str, Any], ExitStatus]:
    """Check the settings, the login and one request of each kind that reads.

    The exit status is 4 if the login fails, and 1 if another check does. Nothing is changed or submitted.
    """
    from pasqal_cloud import __version__
    from pasqal_cloud.settings import settings_in_use

    warn_of_unused_profile(profile)
    settings = [attrs.asdict(setting) for setting in settings_in_use(profile)]
    settings += [
        {"name": name, "value": "set", "source": "the environment"}
        for variable in VARIABLES
        for name in (variable, variable.lower())
        if os.environ.get(name)
    ]
    recorder = Recorder()
    report: dict[str, Any] = {
        "version": __version__,
        "python": f"{platform.python_version()} on {platform.system()}",
        "settings": settings,
        "checks": [],
    }
    with progress(lambda time: joined("checking", f"{len(report['checks'])} done", time)):
        for check in _checks(sdk.with_options(retry=False), recorder):
            report["checks"].append(check)
    if record is not None:
        about = {key: report[key] for key in ("version", "python")}
        about |= {"specification": recorder.version, "recorded_at": datetime.now(UTC).isoformat(timespec="seconds")}
        record.write_text(json.dumps({**about, "answers": recorder.records}, indent=2) + "\n", "utf-8")
        note(f"Saved {len(recorder.records)} answers in {record}. Look at them before you pass them on.")
    failed = [check["check"] for check in report["checks"] if check["result"] == "failed"]
    if "login" in failed:
        return report, ExitStatus.NO_LOGIN
    return report, ExitStatus.FAILED if failed else ExitStatus.DONE


def _checks(sdk: SDK, recorder: Recorder) -> Iterator[dict[str, str]]:
    """Makes the checks, one after the other."""
    from pasqal_cloud import PasqalCloudError

    try:
        sdk.user_token()
    except PasqalCloudError as error:
        yield _check("login", "failed", str(error))
        signed = False
    else:
        yield _check("login", "ok")
        signed = True
    found: dict[str, Any] = {}
    for tag, name, needs, arguments in OPERATIONS:
        if not signed and "Public" not in name:
            yield _check(name, "skipped", "not logged in")
        elif needs and not found.get(needs):
            yield _check(name, "skipped", f"there is no {needs}")
        else:
            module = re.sub("(?=[A-Z])", "_", name).lower()
            operation = import_module(f"pasqal_cloud_api.api.{tag}.{module}")
            request = partial(sdk.call, operation, *([found[needs]] if needs else []), **arguments)
            yield _request(request, recorder, name, found)


OPERATIONS: tuple[tuple[str, str, str | None, dict[str, Any]], ...] = (
    ("account", "getAuthInfo", None, {}),
    ("account", "listProjects", None, {"limit": 5}),
    ("devices", "listDevices", None, {}),
    ("devices", "listPublicDevices", None, {}),
    ("devices", "listDeviceSpecs", None, {}),
    ("devices", "listPublicDeviceSpecs", None, {}),
    ("devices", "getDeviceSpecs", "device", {}),
    ("batches", "listBatches", None, {"limit": 5}),
    ("batches", "getBatch", "batch", {}),
    ("batches", "getBatchStatus", "batch", {}),
    ("batches", "getBatchFullResults", "batch", {}),
    ("jobs", "listJobs", None, {"limit": 5, "status": ["DONE"]}),
    ("jobs", "getJob", "job", {}),
    ("jobs", "getJobStatus", "job", {}),
    ("jobs", "getJobResultsLink", "job", {}),
    ("workloads", "listWorkloads", None, {"limit": 5}),
    ("workloads", "getWorkload", "workload", {}),
)
"""The operations that change nothing: their tags and names, what they are about, and further arguments."""

LISTS = {"listDevices": "device", "listBatches": "batch", "listJobs": "job", "listWorkloads": "workload"}


def _request(request: Callable[[], Any], recorder: Recorder, name: str, found: dict[str, Any]) -> dict[str, str]:
    """Makes one request, and keeps the first item of a list for those that follow."""
    from pasqal_cloud import PasqalCloudError

    try:
        answer = request()
    except PasqalCloudError as error:
        recorder.record(name, _body_of(error), status=error.status)
        return _check(name, "failed", str(error))
    if name in LISTS and answer.data:
        first = answer.data[0]
        found[LISTS[name]] = first.device_type if name == "listDevices" else first.id
    unknown = recorder.record(name, answer.to_dict())
    return _check(name, "ok", f"unknown to the description: {'; '.join(dict.fromkeys(unknown))}" if unknown else "")


def _body_of(error: Any) -> object:
    with suppress(TypeError, ValueError):
        return json.loads(error.body)
    return error.body


def _check(name: str, result: str, detail: str = "") -> dict[str, str]:
    return {"check": name, "result": result, "detail": " ".join(detail.split())}
