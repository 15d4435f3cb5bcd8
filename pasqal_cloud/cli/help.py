"""The help of commands and groups."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup


class _WithoutTypes:
    """Has the help write no `<bool>` behind a flag and no `<str>` behind an argument, as some versions of Typer do."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Gets the options, with that for the help, and the arguments."""
        parameters: list[Any] = super().get_params(ctx)  # type: ignore[misc]  # a command's
        for parameter in parameters:
            if getattr(parameter, "is_flag", parameter.param_type_name == "argument"):
                parameter.display_type_rich = _no_type
        return parameters


def _no_type(**_: Any) -> None:
    return None


class PlainCommand(_WithoutTypes, TyperCommand):
    """A command."""


class PlainGroup(_WithoutTypes, TyperGroup):
    """A group of commands."""
