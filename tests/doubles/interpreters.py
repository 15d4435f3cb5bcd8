"""Interpreters in which something is not installed."""

import sys
from pathlib import Path

WITHOUT = """#!{executable}
import runpy, sys
sys.modules[{package!r}] = None
place = sys.argv.index("-m")
sys.argv = ["-m", *sys.argv[place + 2:]]
runpy.run_module("pasqal_cloud.local", run_name="__main__")
"""


def interpreter_without(package: str, folder: Path) -> str:
    """An interpreter for the local service that lacks a package, made in a folder."""
    python = folder / "python"
    python.write_text(WITHOUT.format(executable=sys.executable, package=package))
    python.chmod(0o755)
    return str(python)
