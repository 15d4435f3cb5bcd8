"""Loads Pulser and QuTiP without the packages that they import, but no emulation uses: for drawing and notebooks.

These packages take a third of the time that Pulser and QuTiP need to load. While `deferred` is active, importing one of
them gives a stand-in, and so does importing a name from it or deriving a class from one. The first use of a stand-in
imports the real package and does what that does. If it comes while `deferred` is still active, nothing else is
deferred; after that, every import gets the real package, whether a stand-in was used or not.

Only processes that do nothing but check and run sequences load Pulser in this way, never a user's own.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from functools import cached_property
from importlib import import_module, metadata
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType, new_class
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DEFERRED = frozenset({"IPython", "matplotlib", "mpl_toolkits", "setuptools"})
"""The packages that load only when something uses them. QuTiP compiles functions with setuptools, if it is asked to."""

OF_IMPORTING = frozenset({"__cached__", "__file__", "__path__"})
"""Attributes that importing gives to a module which has them, after looking whether they are there."""

OWN = frozenset({"__class__", "__dict__", "__mro_entries__", "_finder", "_get", "_real"})
"""The attributes of a stand-in itself."""


def load_emulators() -> None:
    """Loads what checks and runs sequences, with all installed emulators."""
    with deferred():
        from pasqal_cloud.local.devices import Engine
        from pasqal_cloud.local.emulation import checks, emulators, engine  # noqa: F401

        emulators.load(Engine.QUTIP)
    engine.warm_up()  # PyTorch and what is built on it load as usual


@contextmanager
def deferred() -> Iterator[None]:
    """Defers loading the packages that no emulation uses, except those that have been loaded already."""
    finder = _Finder(DEFERRED - sys.modules.keys())
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        finder.stop()


class _Finder:
    """Finds stand-ins for modules that are installed, until it is stopped.

    Args:
        packages: The packages whose modules have stand-ins.
    """

    def __init__(self, packages: frozenset[str]) -> None:
        self.is_active = True
        self._packages = packages
        self._made: dict[str, _ModuleStandIn] = {}

    def find_spec(self, name: str, path: Sequence[str] | None, _: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] not in self._packages or (real := PathFinder.find_spec(name, path)) is None:
            return None
        spec = ModuleSpec(name, self, origin=real.origin)  # type: ignore[arg-type] # typeshed wants an abstract base class
        spec.submodule_search_locations = real.submodule_search_locations
        spec.has_location = real.has_location
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        self._made[spec.name] = _ModuleStandIn(spec.name, self)
        return self._made[spec.name]

    def exec_module(self, _: ModuleType) -> None:
        """Leaves a stand-in as it is."""

    def stop(self) -> None:
        """Has all further imports get the real modules."""
        if self.is_active:
            self.is_active = False
            sys.meta_path.remove(self)
            for name in self._made:
                sys.modules.pop(name, None)


class _ModuleStandIn(ModuleType):
    """Stands for a module, and gets what is asked of it from the real one.

    Args:
        name: The name of the module.
        finder: The finder that made the stand-in.
    """

    def __init__(self, name: str, finder: _Finder) -> None:
        super().__init__(name)
        self._finder = finder

    def __getattr__(self, name: str) -> Any:
        if name in OF_IMPORTING:
            raise AttributeError(name)
        if self._finder.is_active and name == "__version__":
            return metadata.version(self.__name__)
        if self._finder.is_active and not name.startswith("__"):
            return _StandIn(self._finder, lambda: self._real(name))
        return self._real(name)

    def _real(self, name: str) -> Any:
        self._finder.stop()
        module = import_module(self.__name__)
        try:
            return getattr(module, name)
        except AttributeError:
            with suppress(ModuleNotFoundError):  # `from package import module` imports it, too
                return import_module(f"{self.__name__}.{name}")
            raise


class _StandIn:
    """Stands for something imported from a module, or for a class derived from it.

    Args:
        finder: The finder whose modules have stand-ins.
        get: Gets what it stands for.
    """

    def __init__(self, finder: _Finder, get: Callable[[], Any]) -> None:
        self._finder = finder
        self._get = get

    @cached_property
    def _real(self) -> Any:
        return self._get()

    def __getattribute__(self, name: str) -> Any:
        """Gets an attribute of what it stands for, also one that all objects have, such as `__init__`."""
        return super().__getattribute__(name) if name in OWN else getattr(self._real, name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self._real(*arguments, **options)

    def __getitem__(self, key: Any) -> Any:
        return self._real[key]

    def __or__(self, other: Any) -> Any:
        return self._real | other

    def __ror__(self, other: Any) -> Any:
        return other | self._real

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self._real)

    def __subclasscheck__(self, subclass: type) -> bool:
        return issubclass(subclass, self._real)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        is_deferred = self._finder.is_active and all(isinstance(base, _StandIn) for base in bases)
        return (_Derived,) if is_deferred else (self._real,)


class _Deriving(type):
    """Makes a stand-in for a class whose bases are stand-ins."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        standing: tuple[_StandIn, ...] = namespace.pop("__orig_bases__", ())
        if not standing:
            return super().__new__(mcs, name, bases, namespace)

        def derive() -> Any:
            return new_class(name, tuple(base._real for base in standing), options, lambda body: body.update(namespace))

        return _StandIn(standing[0]._finder, derive)


class _Derived(metaclass=_Deriving):
    """Is in the place of every stand-in that a class is derived from."""
