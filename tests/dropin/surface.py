"""What an installed `pasqal_cloud` shows to programs, as JSON: run by the Python that has the package.

It imports the package and looks at it from outside, so the same script describes the existing package and this one. It
tells of every public module: its names, except those that it has imported from elsewhere; of every class: its bases,
the parameters that make one, its members, those of an instance, and which of them can be set.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
import warnings
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, get_origin
from unittest.mock import MagicMock

if TYPE_CHECKING:
    from types import ModuleType

PACKAGE = "pasqal_cloud"
ID = "99999999-2222-4333-8444-555555555555"
TIME = "2026-01-02T03:04:05Z"

CONSTANTS = (str, int, float, tuple, frozenset, list, dict)
MODELS = "pydantic"
"""The library whose classes' members the existing package's classes show as their own."""

RECIPES: dict[str, dict[str, Any]] = {
    "authentication.HTTPBearerAuthenticator": {"token_provider": MagicMock()},
    "batch.Batch": {
        "id": ID,
        "open": False,
        "complete": True,
        "created_at": TIME,
        "updated_at": TIME,
        "start_datetime": TIME,
        "end_datetime": TIME,
        "device_type": "EMU_FREE",
        "project_id": ID,
        "user_id": "user",
        "status": "DONE",
        "configuration": {"dt": 5},
        "tags": ["tag"],
        "jobs": [],
        "_client": MagicMock(),
    },
    "job.Job": {
        "id": ID,
        "runs": 5,
        "batch_id": ID,
        "project_id": ID,
        "status": "DONE",
        "created_at": TIME,
        "updated_at": TIME,
        "_client": MagicMock(),
    },
    "workload.Workload": {
        "id": ID,
        "project_id": ID,
        "status": "PENDING",
        "backend": "backend",
        "workload_type": "type",
        "config": {},
        "created_at": TIME,
        "updated_at": TIME,
        "_client": None,
    },
    "project.Project": {"id": ID, "name": "name"},
    "endpoints.TokenProviderConf": dict.fromkeys(
        ("token_endpoint", "public_client_id", "audience", "realm", "grant_type"), "https://idp.test"
    ),
    "utils.responses.PaginatedResponse": {"total": 0, "offset": 0, "results": []},
    "utils.responses.BatchCancellationResponse": {"batches": [], "errors": {}},
    "utils.responses.JobCancellationResponse": {"jobs": [], "errors": {}},
    "endpoints.Endpoints": {},
    "endpoints.Auth0Conf": {},
    **{
        f"device.configuration.{name}": {}
        for name in ("base_config.BaseConfig", "emu_free.EmuFreeConfig", "emu_tn.EmuTNConfig")
    },
    **{
        f"utils.filters.{name}": {}
        for name in (
            "BaseFilters",
            "BaseJobFilters",
            "RebatchFilters",
            "CancelJobFilters",
            "JobFilters",
            "BatchFilters",
            "PaginationParams",
        )
    },
}
"""How an instance is made, to see what its class does not show."""

OF_AN_ACCOUNT = ("http_client.HTTPClient", "pasqal_cloud_client.PasqalCloudClient", "ovh.OvhClient")
"""What is made with a provider of tokens."""

OF_A_USER = {
    "authentication.PasswordGrantTokenProvider": "endpoints.TokenProviderConf",
    "authentication.Auth0TokenProvider": "endpoints.Auth0Conf",
}
"""What is made with a user's name and password, and settings of the identity provider of this class."""


def surface() -> dict[str, dict[str, Any]]:
    """Describes the package that is installed: its modules and classes, by their names."""
    modules = {short(name): importlib.import_module(name) for name in _module_names()}
    names = {name: _names(module, modules) for name, module in modules.items()}
    shown = {value for each in names.values() for value in each.values() if isinstance(value, type)}
    classes = {base for value in shown for base in value.__mro__ if _is_told_of(base)}
    made = {_at(path, modules): _instance(path, modules) for path in (*RECIPES, *OF_AN_ACCOUNT, *OF_A_USER)}
    return {
        "modules": {name: {key: _shown(value) for key, value in sorted(each.items())} for name, each in names.items()},
        "classes": {_id(value): _class(value, made.get(value)) for value in sorted(classes, key=_id)},
    }


def written(described: dict[str, dict[str, Any]]) -> str:
    """Writes a description as JSON, with one line for each module and each class.

    Args:
        described: What `surface` gives.
    """
    parts = (
        f' "{part}": {{\n' + ",\n".join(f'  "{name}": {json.dumps(each)}' for name, each in entries.items()) + "\n }"
        for part, entries in described.items()
    )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def short(name: str) -> str:
    """Leaves out the package, which all names have in common."""
    return name.removeprefix(PACKAGE).removeprefix(".")


def _module_names() -> list[str]:
    package = importlib.import_module(PACKAGE)
    names = [module.name for module in pkgutil.walk_packages(package.__path__, f"{PACKAGE}.")]
    return [PACKAGE, *(name for name in names if "._" not in name and not name.startswith(f"{PACKAGE}.local"))]


def _names(module: ModuleType, modules: dict[str, ModuleType]) -> dict[str, Any]:
    """Gets what a module has, and what it gives when asked for a name that any module of the package has."""
    asked = {name for each in modules.values() for name in vars(each)} if hasattr(module, "__getattr__") else set()
    values = {name: getattr(module, name, None) for name in {*vars(module), *asked} if not name.startswith("_")}
    return {name: value for name, value in values.items() if name != "TYPE_CHECKING" and _is_told(value)}


def _is_told(value: Any) -> bool:
    if isinstance(value, type) or inspect.isfunction(value):
        return value.__module__.split(".")[0] == PACKAGE
    known = isinstance(value, CONSTANTS) or type(value).__module__.split(".")[0] in (PACKAGE, "datetime")
    return get_origin(value) is Literal or (known and type(value).__module__ != "sys")


def _is_told_of(base: type) -> bool:
    return base.__module__.split(".")[0] in (PACKAGE, MODELS)


def _id(value: Any) -> str:
    return short(f"{value.__module__}.{value.__qualname__}")


def _shown(value: Any) -> dict[str, Any]:
    if isinstance(value, type):
        return {"class": _id(value)}
    if inspect.isfunction(value):
        return {"parameters": _parameters(value)}
    return {"value": _text(value)}


def _text(value: Any) -> str:  # noqa: PLR0911 - one for each kind of value
    """Gets a value's text, which does not change from run to run or with the place where its class lives."""
    if isinstance(value, Enum):
        return repr(value.value)
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_text(each)}" for key, each in value.items()) + "}"
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(_text, value))) + "}"
    if is_dataclass(value):
        given = {field.name: getattr(value, field.name) for field in fields(value)}
        return f"{type(value).__name__}({', '.join(f'{k}={_text(v)}' for k, v in given.items() if v is not None)})"
    if type(value).__repr__ is object.__repr__ or " at 0x" in repr(value):
        return type(value).__name__
    return repr(value)


MARKS = {"POSITIONAL_ONLY": "/", "KEYWORD_ONLY": "*, ", "VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}


def _parameters(function: Any) -> list[str] | None:
    """Gets parameters as they are written: `name`, `name=default`, `*, name` by keyword, `*names`, `**names`."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [
        MARKS.get(each.kind.name, "") + each.name + ("" if each.default is each.empty else f"={_text(each.default)}")
        for each in parameters
    ]


def _class(value: type, instance: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"bases": [_id(base) for base in value.__mro__[1:-1]]}
    names = {*vars(value), *vars(value).get("__annotations__", ())}
    if issubclass(value, Enum):
        told["members"] = {name: _text(member) for name, member in value.__members__.items()}
        names -= set(value.__members__)
    elif issubclass(value, dict):
        told["keys"] = sorted(value.__annotations__)
        names = set()
    else:
        told["parameters"] = _parameters(value)
    if instance is not None:
        foreign = {name for base in value.__mro__ if not base.__module__.startswith(PACKAGE) for name in vars(base)}
        names |= {name for name in dir(instance) if name not in foreign and not callable(getattr(value, name, None))}
    public = sorted(name for name in names if not name.startswith("_"))
    told["attributes"] = {name: _attribute(value, instance, name) for name in public}
    return told


def _attribute(value: type, instance: Any, name: str) -> dict[str, Any]:
    found = getattr(value, name, None)
    if callable(found):
        parameters = _parameters(found)
        return {"parameters": parameters[1:] if parameters and parameters[0] == "self" else parameters}
    return {"settable": _is_settable(instance, name)}


def _is_settable(instance: Any, name: str) -> bool | None:
    """Tells whether an instance's attribute takes the value that it has; None where there is no instance."""
    if instance is None:
        return None
    try:
        setattr(instance, name, getattr(instance, name))
    except Exception:  # noqa: BLE001 - whatever a setter raises
        return False
    return True


def _instance(path: str, modules: dict[str, ModuleType]) -> Any:
    kind = _at(path, modules)
    if path in OF_AN_ACCOUNT:
        provider = type("Anybody", (modules["authentication"].TokenProvider,), {"get_token": lambda self: "token"})
        return kind(token_provider=provider(), project_id=ID)
    if path in OF_A_USER:
        answered = type(
            kind.__name__, (kind,), {"_query_token": lambda self: {"access_token": "a", "expires_in": 3600}}
        )
        settings = OF_A_USER[path]
        return answered("ada", "password", _at(settings, modules)(**RECIPES[settings]))
    return kind(**RECIPES[path])


def _at(path: str, modules: dict[str, ModuleType]) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(modules[module], name)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.showwarning = lambda *_, **__: None
        sys.stdout.write(written(surface()))
