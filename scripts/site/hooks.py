"""Adds to the site what is written elsewhere: a page for each class, CONTRIBUTING and its like, and the version.

The reference has every public name of the package. A new one has a page, under "More", as soon as it is in the table
of `pasqal_cloud/__init__.py`; `GROUPS` gives it a better place.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[2]

GROUPS: dict[str, list[str]] = {
    "Client": ["SDK", "AsyncSDK", "RetryPolicy"],
    "Batches and jobs": ["Batch", "Job", "CreateJob", "AsyncBatch", "AsyncJob", "as_completed"],
    "Results": ["Counts", "Estimate", "Provenance", "FullResult"],
    "Lists and filters": [
        *("BatchFilters", "JobFilters", "PaginationParams", "PaginatedResponse"),
        *("CancelJobFilters", "RebatchFilters", "BatchCancellationResponse", "JobCancellationResponse"),
    ],
    "Statuses": ["BatchStatus", "JobStatus", "JobOrigin", "QueuePriority"],
    "Devices": ["Device", "DeviceFilters", "DeviceTypeName", "DeviceAvailability", "EmulatorType"],
    "Workloads and projects": ["Workload", "AsyncWorkload", "WorkloadFilters", "Project"],
    "Credentials": [
        *("TokenProvider", "ExpiringTokenProvider", "StaticTokenProvider", "PasswordGrantTokenProvider"),
        *("ClientCredentialsTokenProvider", "Auth0TokenProvider", "Endpoints", "TokenProviderConf", "Auth0Conf"),
    ],
    "Pulser backends": [
        *("PasqalCloudConnection", "RemoteEmuFreeBackend", "RemoteSVBackend", "RemoteMPSBackend"),
        *("RemoteEmulatorBackend", "OVHConnection"),
    ],
    "Testing": [
        *("testing.LocalService", "testing.Fault", "testing.Outcome", "testing.ServiceClock"),
        *("testing.RecordedRequest", "testing.LocalUser"),
    ],
}
"""The classes and functions with a page each, by group; those that the package does not have are left out."""

HANDLES = {"Batch", "Job", "Workload", "AsyncBatch", "AsyncJob", "AsyncWorkload", "Project"}
"""Classes whose objects come from an SDK: they are constructed by hand for tests alone."""

INTERNAL = ["!^_", "!^query$", "!^query_of$", "!^pieces$", "!^at_once$", "!^show$"]
"""The names that the reference leaves out."""

PROFILES = """---
title: Profiles
---

# Profiles

```py
from pasqal_cloud.profiles import delete_profile, profiles, save_profile
from pasqal_cloud.settings import settings_in_use
```
"""
for _name in (
    *("profiles.save_profile", "profiles.profiles", "profiles.delete_profile"),
    *("settings.settings_in_use", "settings.Setting"),
):
    PROFILES += f"\n::: pasqal_cloud.{_name}\n    options:\n      heading_level: 2\n"

COPIED = {"contributing.md": "CONTRIBUTING.md", "security.md": "SECURITY.md", "changelog.md": "CHANGELOG.md"}
"""The pages that are copies of files in the root of the repository."""


def reference(homes: dict[str, str]) -> dict[str, dict[str, str]]:
    """Makes the pages of the reference, by group and path.

    Args:
        homes: The public names of the package, each with the module that defines it.
    """
    names = [name for name, home in homes.items() if home != "errors" and not name.endswith("Error")]
    pages = {
        group: {_path(name): _page(name) for name in known if name in names or name.startswith("testing.")}
        for group, known in GROUPS.items()
    }
    pages["Credentials"]["reference/profiles.md"] = PROFILES
    pages["Errors"] = {"reference/errors.md": _errors()}
    placed = {name for known in GROUPS.values() for name in known} | {"save_profile"}
    left = sorted(set(names) - placed)
    constants = [name for name in left if name.isupper() or name == "Region"]
    pages["More"] = {_path(name): _page(name) for name in left if name not in constants}
    pages["More"]["reference/constants.md"] = _constants(constants)
    return pages


def _path(name: str) -> str:
    return f"reference/{name.removeprefix('testing.')}.md"


def _page(name: str) -> str:
    short = name.removeprefix("testing.")
    options = f"      filters: {INTERNAL}\n"
    if short in HANDLES:
        options += "      merge_init_into_class: false\n"
    if short != name:  # its names are imported by a function that griffe does not follow
        name = f"testing.{'rules' if short in ('Fault', 'Outcome') else 'service'}.{short}"
    return f"---\ntitle: {short}\n---\n\n::: pasqal_cloud.{name}\n    options:\n{options}"


def _errors() -> str:
    """Makes the page of all errors, with their tree, which is in the docstring of their module."""
    from pasqal_cloud import errors

    lines: list[str] = []
    for line in (errors.__doc__ or "").split("```")[1].strip("\n").splitlines():
        before, branch, names = re.fullmatch(r"([│ ]*)([├└]── |)(.*)", line).groups()  # type: ignore[union-attr]
        split = re.sub(r" \(in `[^`]*`\)", "", names).split(" · ")
        lines += [before + (branch if name is split[-1] else branch.replace("└", "├")) + name for name in split]
    tree = "\n".join(lines)
    own = [name for name, value in vars(errors).items() if getattr(value, "__module__", "") == errors.__name__]
    names = [name for name in own if name[0].isupper() and name != "Handle"]
    paths = [*(f"errors.{name}" for name in names), "TokenProviderError", "ClosedError"]
    blocks = "".join(
        f"\n::: pasqal_cloud.{path}\n    options:\n      heading_level: 2\n      merge_init_into_class: false\n"
        for path in paths
    )
    return (
        "---\ntitle: Errors\n---\n\n# Errors\n\n"
        "All errors are imported from `pasqal_cloud`, and have one base class.\n\n"
        f"```text\n{tree}\n```\n\n"
        "The error of a failed request has a class of either kind: `except BatchFetchingError` and\n"
        "`except NotFoundError` both catch what `sdk.get_batch` raises for an unknown id.\n"
        "[Errors and retries](../errors.md) tells what is"
        " retried.\n"
        f"{blocks}"
    )


def _constants(names: list[str]) -> str:
    blocks = "".join(f"\n::: pasqal_cloud.{name}\n    options:\n      heading_level: 2\n" for name in names)
    return f"---\ntitle: Constants\n---\n\n# Constants\n\nNames that older programs import.\n{blocks}"


def _copied(name: str) -> str:
    """Gets a file of the root, with links that work in the folder of the documentation."""
    text = (ROOT / name).read_text("utf-8").replace("](docs/", "](")
    for page, file in COPIED.items():
        text = text.replace(f"]({file})", f"]({page})")
    return re.sub(r"\[([^\]]+)\]\((?!http|#|[\w/-]+\.(?:md|svg|html))[^)]+\)", r"\1", text)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Puts the version next to the name of the site, and the reference into its navigation."""
    import pasqal_cloud

    config.site_name = f"pasqal-cloud {pasqal_cloud.__version__}"
    config.extra["pages"] = reference(pasqal_cloud._HOMES)
    entry: dict[str, Any] = next(each for each in config.nav or [] if "Reference" in each)
    for group, pages in config.extra["pages"].items():
        paths = [{_title(text): path} for path, text in pages.items()]
        entry["Reference"].append(paths[0] if len(paths) == 1 else {group: paths})
    return config


def _title(text: str) -> str:
    return text.partition("title: ")[2].partition("\n")[0]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are not in the folder of the documentation."""
    from mkdocs.structure.files import File

    pages = {path: text for group in config.extra["pages"].values() for path, text in group.items()}
    for path, text in (pages | {page: _copied(name) for page, name in COPIED.items()}).items():
        files.append(File.generated(config, path, content=text))
    return files
