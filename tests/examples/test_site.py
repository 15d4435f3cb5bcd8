"""What the documentation says of the code is complete, and true."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pasqal_cloud
from pasqal_cloud._network import AUTHORITIES

if TYPE_CHECKING:
    from types import ModuleType

    import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def script(path: str) -> ModuleType:
    """Imports one of the scripts."""
    found = importlib.util.spec_from_file_location(Path(path).stem, ROOT / "scripts" / path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def variables_in(text: str) -> set[str]:
    """Finds the names of environment variables of this package."""
    return set(re.findall(r"\bPASQAL_[A-Z][A-Z_]*[A-Z]\b", text)) - {"PASQAL_ENDPOINTS"}


def test_every_environment_variable_is_told() -> None:
    """Those that the code names are on the page, and the usual ones for certificates, too."""
    sources = (ROOT / "pasqal_cloud").rglob("*.py")
    used = set().union(*(variables_in(path.read_text("utf-8")) for path in sources))
    page = (DOCS / "environment.md").read_text("utf-8")
    assert len(used) > 15
    assert used - variables_in(page) == set()
    assert all(name in page for name in AUTHORITIES)


def test_the_tables_of_retries_follow_from_the_rules() -> None:
    """`scripts/retries.py` has written them."""
    page = (DOCS / "errors.md").read_text("utf-8")
    assert script("retries.py").page(page) == page
    assert page.count("| sent again | not sent again: the search |") >= 5


def test_the_page_of_retries_changes_with_the_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the comparison above can fail."""
    page = (DOCS / "errors.md").read_text("utf-8")
    retries = script("retries.py")
    monkeypatch.setattr(retries, "RetryPolicy", lambda: pasqal_cloud.RetryPolicy(attempts=7))
    assert "| `attempts` | 7 |" in retries.page(page) != page


def test_every_public_name_has_a_page() -> None:
    """Errors share one."""
    pages = script("site/hooks.py").reference(pasqal_cloud._HOMES)
    text = "\n".join(text for group in pages.values() for text in group.values())
    told = set(re.findall(r"^::: pasqal_cloud\.(?:\w+\.)?(\w+)$", text, re.MULTILINE))
    assert pasqal_cloud._HOMES.keys() - told == set()


def test_every_page_is_in_the_navigation() -> None:
    """Except those that `scripts/site/hooks.py` puts there."""
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert {page for page in pages if page not in navigation} == set()


def test_links_of_files_in_the_root_lead_somewhere() -> None:
    """To files of this repository."""
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"):
        links = re.findall(r"\]\((?!http)([^)#]+)", (ROOT / name).read_text("utf-8"))
        assert [link for link in links if not (ROOT / link).exists()] == []
