"""What all commands share: the options `--json`, `--profile` and `--debug`, the SDK, printing and errors."""

from __future__ import annotations

import inspect
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from pasqal_cloud.cli.errors import CommandError, ExitStatus, reporting
from pasqal_cloud.cli.help import PlainCommand, PlainGroup
from pasqal_cloud.cli.output import View, joined, progress, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pasqal_cloud import SDK


RUNS, ACCOUNT, SERVICE = "Batches and jobs", "Account", "Devices and services"
"""The headings of the help."""


VALUES = {"--json": r"[a-z_]+(,[a-z_]*)*", "--plot": r"[^-].*\.\w+"}
"""Options that may stand without a value, and what the value looks like: names of fields, or of a file."""


class Command(PlainCommand):
    """A command some of whose options may stand without a value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parses the arguments: what follows such an option is its value only if it looks like one."""
        complete: list[str] = []
        for index, argument in enumerate(args):
            complete.append(argument)
            following = args[index + 1] if index + 1 < len(args) else ""
            if argument in VALUES and not re.fullmatch(VALUES[argument], following):
                complete.append("")
        return super().parse_args(ctx, complete)


def group(name: str, help: str) -> typer.Typer:
    """Makes a group of commands."""
    return typer.Typer(name=name, cls=PlainGroup, help=help, no_args_is_help=True)


def command(
    app: typer.Typer,
    name: str,
    *,
    view: View | None = None,
    panel: str | None = None,
    options: dict[str, Any] | None = None,
    build: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> Callable[[Callable[..., Any]], Callable[..., None]]:
    """Makes a command from a function, which returns what is to be printed, perhaps with an exit status.

    A function with the parameter `sdk` gets an SDK, on a local service if its parameter `local` is true.

    Args:
        app: The group to which the command belongs.
        name: The name of the command.
        view: How to show what the function returns.
        panel: The heading of the command in the help.
        options: The types of further options, by their names.
        build: Makes the arguments of the function from those of the command.
    """

    def register(function: Callable[..., Any]) -> Callable[..., None]:
        annotations = function.__annotations__  # of SDKs and results, which typer does not need to know
        needs_sdk = annotations.pop("sdk", None) is not None
        annotations.pop("return", None)
        annotations.pop("filters", None)
        needs_profile = needs_sdk and annotations.pop("profile", None) is not None
        hints = get_type_hints(function, include_extras=True)
        parameters = [
            parameter.replace(annotation=hints[parameter.name], kind=parameter.KEYWORD_ONLY)
            for parameter in inspect.signature(function).parameters.values()
            if parameter.name in hints and parameter.kind is not parameter.VAR_KEYWORD
        ]
        shared = {**(options or {})}
        if view is not None:
            shared["json"] = _json_option(view)
        if needs_sdk:
            shared["profile"] = PROFILE
        shared["debug"] = DEBUG
        parameters += [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
            for key, annotation in shared.items()
        ]

        def run(json: str | None = None, profile: str | None = None, debug: bool = False, **arguments: Any) -> None:
            with reporting(profile, debug=bool(debug), needs_login=needs_sdk):
                names = _names(json, view)
                arguments = build(arguments)
                if needs_profile:
                    arguments["profile"] = profile
                if needs_sdk:
                    with _sdk(profile, local=arguments.get("local", False)) as sdk:
                        status = _print(function(sdk=sdk, **arguments), view, names, as_json=json is not None)
                else:
                    status = _print(function(**arguments), view, names, as_json=json is not None)
                sys.stdout.flush()
            raise typer.Exit(status)

        run.__name__, run.__doc__ = function.__name__, function.__doc__
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        app.command(name, cls=Command, rich_help_panel=panel)(run)
        return run

    return register


def complete_profiles(incomplete: str) -> list[str]:
    """Completes the name of a profile."""
    from pasqal_cloud.profiles import profiles

    return [name for name in profiles() if name.startswith(incomplete)]


PROFILE = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Use this saved profile.", autocompletion=complete_profiles),
]
DEBUG = Annotated[bool, typer.Option("--debug", help="Show tracebacks and log the requests.")]


def _json_option(view: View) -> Any:
    def complete(incomplete: str) -> list[str]:
        before, comma, _ = incomplete.rpartition(",")
        return [before + comma + name for name in view.fields]

    text = f"Print JSON, perhaps only some of the fields {', '.join(view.fields)}."
    return Annotated[str | None, typer.Option("--json", metavar="[FIELDS]", help=text, autocompletion=complete)]


def _names(json: str | None, view: View | None) -> list[str] | None:
    """Gets the names of the fields that are asked for; None for the usual ones."""
    names = [name for name in (json or "").split(",") if name]
    if not names or view is None:
        return None
    unknown = [name for name in names if name not in view.fields]
    if unknown:
        known = f"There are {', '.join(view.fields)}."
        raise CommandError(f"Unknown field after --json: {', '.join(unknown)}.", known, ExitStatus.WRONG_OPTIONS)
    return names


def _print(result: Any, view: View | None, names: list[str] | None, *, as_json: bool) -> int:
    value, status = result if isinstance(result, tuple) else (result, ExitStatus.DONE)
    if view is not None and value is not None:
        show(view, value, names, as_json=as_json)
    return int(status)


@contextmanager
def _sdk(profile: str | None, *, local: bool) -> Iterator[SDK]:
    from pasqal_cloud import SDK

    if local:
        with progress(lambda time: joined("starting a local service", time)):
            sdk = SDK.local()
    else:
        sdk = SDK(profile=profile)
    with sdk:
        yield sdk


def complete_devices(incomplete: str) -> list[str]:
    """Completes a device type."""
    from pasqal_cloud.device import DeviceTypeName

    return [name for name in DeviceTypeName.list() if name.startswith(incomplete)]
