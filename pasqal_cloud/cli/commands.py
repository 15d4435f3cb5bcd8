"""The commands: they parse options, call the package, and print."""

from __future__ import annotations

from collections.abc import Iterator  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer
from typer.core import TyperCommand

app = typer.Typer(
    no_args_is_help=True,
    help="Tools for Pasqal Cloud and for the local service with the same API.",
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


class _Service(TyperCommand):
    """A command with the options of another program, including their completion."""

    def shell_complete(self, ctx: typer.Context, incomplete: str) -> list[object]:  # type: ignore[override]
        return list(self.params[0].shell_complete(ctx, incomplete))


def _service_options(incomplete: str) -> Iterator[tuple[str, str]]:
    from pasqal_cloud.local.arguments import parser

    for action in parser("pasqal-cloud serve", None)._actions:
        for name in action.option_strings:
            if name.startswith("--") and name.startswith(incomplete):
                yield name, (action.help or "").partition(" (")[0]


@app.command(
    cls=_Service,
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
    short_help="Run a service with the API of Pasqal Cloud on this machine.",
)
def serve(
    arguments: Annotated[list[str] | None, typer.Argument(autocompletion=_service_options, metavar="[OPTIONS]")] = None,
) -> None:
    """Runs a service with the API of Pasqal Cloud, with the options of `python -m pasqal_cloud.local`."""
    from pasqal_cloud.local.__main__ import main
    from pasqal_cloud.local.database import kept_database

    raise typer.Exit(main(arguments or [], prog="pasqal-cloud serve", db=kept_database()))
