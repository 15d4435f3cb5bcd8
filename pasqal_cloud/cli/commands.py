"""The program: all commands together."""

from __future__ import annotations

import shutil
import webbrowser
from collections.abc import Iterator  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from pasqal_cloud.cli import account, administration, archive, batches, devices, doctor, jobs, run
from pasqal_cloud.cli.command import ACCOUNT, RUNS, SERVICE, command
from pasqal_cloud.cli.errors import EPILOG, CommandError, Program
from pasqal_cloud.cli.filters import filtering, options_of
from pasqal_cloud.cli.help import PlainCommand
from pasqal_cloud.cli.output import note
from pasqal_cloud.filters import DeviceFilters

NARROW = 60
"""The width of a terminal below which the help is plain text: frames and columns would cut words."""

app = typer.Typer(
    cls=Program,
    no_args_is_help=True,
    help="Run Pulser sequences on Pasqal Cloud, or on this machine, and see their results.",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich" if shutil.get_terminal_size().columns >= NARROW else None,
    pretty_exceptions_enable=False,
)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Show the version and exit.")] = False,
) -> None:
    if version:
        from pasqal_cloud import __version__

        typer.echo(f"pasqal-cloud {__version__}")
        raise typer.Exit


class _Service(PlainCommand):
    """A command with the options of another program, including their completion."""

    def shell_complete(self, ctx: typer.Context, incomplete: str) -> list[object]:  # type: ignore[override]
        return list(self.params[0].shell_complete(ctx, incomplete))


def _service_options(incomplete: str) -> Iterator[tuple[str, str]]:
    from pasqal_cloud.local.arguments import parser

    for action in parser("pasqal-cloud serve", None)._actions:
        for name in action.option_strings:
            if name.startswith("--") and name.startswith(incomplete):
                yield name, (action.help or "").partition(" (")[0]


command(app, "run", view=run.RUN, panel=RUNS, build=run.checked)(run.run)
app.add_typer(batches.app, rich_help_panel=RUNS)
app.add_typer(jobs.app, rich_help_panel=RUNS)
command(app, "results", view=jobs.RESULT, panel=RUNS)(jobs.results)
command(app, "login", panel=ACCOUNT)(account.login)
command(app, "logout", panel=ACCOUNT)(account.logout)
command(app, "whoami", view=account.IDENTITY, panel=ACCOUNT)(account.whoami)
command(app, "profiles", view=account.PROFILES, panel=ACCOUNT)(account.profiles)
app.add_typer(administration.projects, rich_help_panel=ACCOUNT)
command(
    app,
    "devices",
    view=devices.DEVICE,
    panel=SERVICE,
    options=options_of(DeviceFilters),
    build=filtering(DeviceFilters),
)(devices.devices)
app.add_typer(devices.specs, rich_help_panel=SERVICE)
command(app, "doctor", view=doctor.REPORT, panel=SERVICE)(doctor.doctor)
app.add_typer(administration.users, rich_help_panel=SERVICE)


@app.command(
    cls=_Service,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
    rich_help_panel=SERVICE,
    short_help="Run a service with the API of Pasqal Cloud on this machine.",
)
def serve(
    arguments: Annotated[list[str] | None, typer.Argument(autocompletion=_service_options, metavar="[OPTIONS]")] = None,
) -> None:
    """Runs a service with the API of Pasqal Cloud, with the options of `python -m pasqal_cloud.local`."""
    from pasqal_cloud.local.__main__ import main
    from pasqal_cloud.local.database import kept_database

    raise typer.Exit(main(arguments or [], prog="pasqal-cloud serve", db=kept_database()))


command(app, "archive", view=archive.ARCHIVED, panel=SERVICE)(archive.archive)


@command(app, "open", panel=SERVICE)
def open_page(
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="The service; by default the one that the settings name.")
    ] = None,
    profile: Annotated[str | None, typer.Option(metavar="NAME", help="Use this saved profile.")] = None,
) -> None:
    """Open the status page of a local service in the browser.

    The page shows the queue, the devices and the latest batches.
    """
    from pasqal_cloud.settings import settings_in_use

    known = {setting.name: setting.value for setting in settings_in_use(profile)}
    page = url or known.get("url") or LOCAL
    if not page.startswith(("http://", "https://")):
        raise CommandError(f"{page} is no address of a service.", "It begins with http:// or https://.")
    typer.echo(page)
    if not webbrowser.open(page):
        note("No browser was found: open the address yourself.")


LOCAL = "http://127.0.0.1:8000"
"""Where `pasqal-cloud serve` listens if its options say nothing else."""
