"""What of one description of `pasqal_cloud` is missing in another, or narrower there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Surface = dict[str, dict[str, Any]]

PASSED_ON = ["*args", "**kwargs"]
"""What tells nothing of what can be given: it is compared where it goes."""


def differences(old: Surface, new: Surface) -> dict[str, str]:
    """Gets what programs that know the old package miss in the new one: names, and what is the matter with them.

    A module is named like `utils.polling`, a base like `batch.Batch(BaseModel)`, a parameter like
    `batch.Batch.close(wait=)`, an attribute that can't be set any more like `job.Job.runs=`, and all else like
    `job.Job.result`. What is inside of something that is missing is not told again.

    Args:
        old: What the existing package shows.
        new: What this one shows.
    """
    return dict(_Comparison(old, new).all())


@dataclass
class _Comparison:
    old: Surface
    new: Surface

    def all(self) -> Iterator[tuple[str, str]]:
        for module, names in self.old["modules"].items():
            if module not in self.new["modules"]:
                yield module, "is missing"
                continue
            for name, entry in names.items():
                yield from self._name(f"{module}.{name}".lstrip("."), entry, self.new["modules"][module].get(name))
        for name, entry in self.old["classes"].items():
            if self._is_here(name):
                yield from self._class(name, entry, self._new_class(name))

    def _name(self, name: str, entry: Mapping[str, Any], new: Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
        if new is None:
            yield name, "is missing"
        elif "class" in entry:
            if "class" not in new:
                yield name, "is no class"
            elif self._is_here(entry["class"]) and new["class"] != self._new_id(entry["class"]):
                yield name, f"is {new['class']}, which {entry['class']} is not"
        elif "parameters" in entry:
            yield from _parameters(name, entry, new)
        elif entry != new:
            yield name, f"was {entry['value']}"

    def _class(self, name: str, entry: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        itself = [self._new_id(name), *new["bases"]]
        for base in entry["bases"]:
            if (self._new_id(base) if self._is_here(base) else base) not in itself:
                yield f"{name}({base.rpartition('.')[2]})", "is no base"
        for member, value in entry.get("members", {}).items():
            if new["members"].get(member) != value:
                yield f"{name}.{member}", f"was {value}"
        for key in entry.get("keys", ()):
            if key not in new.get("keys", ()):
                yield f"{name}.{key}", "is no key"
        yield from _parameters(name, entry, new)
        for attribute, value in self._not_told_of_bases(entry, itself).items():
            found = _attributes(new, self.new).get(attribute)
            if found is None:
                yield f"{name}.{attribute}", "is missing"
            elif "parameters" in value:
                yield from _parameters(f"{name}.{attribute}", value, found)
            elif value["settable"] and not found.get("settable"):
                yield f"{name}.{attribute}=", "can't be set"

    def _not_told_of_bases(self, entry: Mapping[str, Any], itself: list[str]) -> dict[str, Any]:
        """Gets the attributes of an old class, without those that it has from bases which its new class has, too."""
        told = [base for base in entry["bases"] if self._is_here(base) and self._new_id(base) in itself]
        of_bases = {name for base in told for name in _attributes(self.old["classes"][base], self.old)}
        return {name: each for name, each in _attributes(entry, self.old).items() if name not in of_bases}

    def _is_here(self, old_id: str) -> bool:
        module, _, name = old_id.rpartition(".")
        return name in self.old["modules"].get(module, ()) and "class" in self.new["modules"].get(module, {}).get(
            name, ()
        )

    def _new_id(self, old_id: str) -> str:
        module, _, name = old_id.rpartition(".")
        new_id: str = self.new["modules"][module][name]["class"]
        return new_id

    def _new_class(self, old_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.new["classes"][self._new_id(old_id)]
        return found


def _attributes(entry: Mapping[str, Any], surface: Surface) -> dict[str, Any]:
    """Gets a class's attributes, with those of its bases."""
    found: dict[str, Any] = {}
    for each in (entry, *(surface["classes"].get(base, {}) for base in entry["bases"])):
        found = each.get("attributes", {}) | found
    return found


@dataclass
class _Parameter:
    name: str
    mark: str
    default: str | None

    @classmethod
    def read(cls, written: str) -> _Parameter:
        named, is_optional, default = written.partition("=")
        name = named.lstrip("*/, ")
        return cls(name, named[: -len(name)], default if is_optional else None)

    @property
    def is_positional(self) -> bool:
        return self.mark in ("", "/")


def _parameters(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Compares the parameters of two functions, or what makes two classes."""
    if "parameters" not in new:
        if "parameters" in old:
            yield name, "can't be called"
    elif old.get("parameters") not in (None, PASSED_ON) and new["parameters"] is not None:
        ours = [_Parameter.read(each) for each in new["parameters"]]
        theirs = [_Parameter.read(each) for each in old["parameters"]]
        for index, parameter in enumerate(theirs):
            trouble = _trouble(parameter, index, ours)
            if trouble:
                yield f"{name}({parameter.mark.strip('/, ') if 'any' in trouble else ''}{parameter.name}=)", trouble
        known = {parameter.name for parameter in theirs}
        for parameter in ours:
            if parameter.name not in known and parameter.default is None and parameter.mark in ("", "/", "*, "):
                yield f"{name}({parameter.name}=)", "is needed now"


def _trouble(parameter: _Parameter, index: int, ours: list[_Parameter]) -> str | None:
    """Tells what is the matter with a parameter, if anything is. None stands for False and the empty text, too."""
    if parameter.mark in ("*", "**"):
        return None if any(each.mark == parameter.mark for each in ours) else "there can't be any others"
    takes_more = any(each.mark == "*" for each in ours)
    if parameter.is_positional:
        place = next((each for each in ours[index : index + 1] if each.is_positional), None)
        if not takes_more and (place is None or (parameter.mark == "" and place.name != parameter.name)):
            return f"has another place than the {index + 1}."
    if parameter.mark == "/":
        return None
    found = next((each for each in ours if each.name == parameter.name and each.mark in ("", "*, ")), None)
    if found is None:
        return None if any(each.mark == "**" for each in ours) else "is missing"
    if parameter.default in (found.default, None):
        return None
    return (
        None
        if (parameter.default, found.default) in (("False", "None"), ("''", "None"))
        else f"was {parameter.default}"
    )
