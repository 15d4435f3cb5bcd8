"""The command `pasqal-cloud`. Without the extra `cli`, it prints how to install it.

    commands    the program: all commands together
    account · administration · archive · batches · devices · doctor · jobs · run    the commands, by group
    recording   answers of the service without what is private
    filters     the options for the API's filters
    command     what all commands share: options, the SDK, printing
    ids         ids of which the first characters are enough
    errors      errors in one line, exit statuses
    help        commands and groups whose help shows no types behind flags
    output      JSON, tables, progress

The commands parse options, call the SDK and print. A module imports only what is further down.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

REQUIRED = ("platformdirs", "rich", "typer")

MISSING_EXTRA = 3
"""The exit status if a package is missing, as in the local service."""


def main() -> None:
    """Runs the command and ends the process."""
    missing = [name for name in REQUIRED if find_spec(name) is None]
    if not missing:
        try:
            from pasqal_cloud.cli.commands import app
        except ModuleNotFoundError as error:
            if error.name is None or error.name.startswith("pasqal_cloud"):
                raise
            missing = [error.name.partition(".")[0]]  # a dependency of these packages
        else:
            app(prog_name="pasqal-cloud")
            return
    named = f"{', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not installed"
    sys.stderr.write(f'The command pasqal-cloud needs {named}: pip install "pasqal-cloud[cli]"\n')
    sys.exit(MISSING_EXTRA)
