"""The status page in a browser, where one is installed: Chromium or Chrome."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import LocalService

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="no browser is installed")]

LONG = "a-long-word-" * 8


@pytest.fixture
def seen(tmp_path: Path) -> Callable[[str], str]:
    """Opens an address, and gets the document as it is some seconds later."""

    def seen(address: str) -> str:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
        options += [f"--user-data-dir={tmp_path / 'browser'}", "--virtual-time-budget=5000", "--dump-dom", address]
        return subprocess.run([str(BROWSER), *options], check=True, capture_output=True, text=True, timeout=100).stdout

    return seen


@pytest.fixture
def batch(scripted: LocalService) -> dict[str, Any]:
    """A batch with a job that is DONE and one that has failed, and with texts of great length."""
    scripted.control("POST", "outcomes", json={"counter": {"01" * 40: 75, "10" * 40: 25}, "times": 1})
    scripted.control("POST", "outcomes", json={"errors": [LONG], "times": 1})
    jobs = [{"runs": 100, "variables": {LONG.replace("-", "_"): 1.5}}, {"runs": 100}]
    found: dict[str, Any] = scripted.settled(scripted.create("{}", *jobs, tags=[LONG[:90]]))
    return found


def test_a_fragment_opens_a_batch(scripted: LocalService, seen: Callable[[str], str], batch: dict[str, Any]) -> None:
    """As a link that somebody has kept does; without it, there is the list."""
    url = str(scripted.connection["url"])
    one = seen(f"{url}/#batch-{batch['id']}")
    assert f'<main data-shown="{batch["id"]}">' in one
    assert one.count("<rect") == 2
    assert LONG in one
    every = seen(f"{url}/")
    assert '<main data-shown="">' in every
    assert f'id="batch-{batch["id"]}"' in every


@pytest.mark.parametrize("query", ["", "?batch={id}"], ids=["list", "batch"])
def test_at_400_pixels_nothing_is_cut(
    scripted: LocalService, seen: Callable[[str], str], batch: dict[str, Any], tmp_path: Path, query: str
) -> None:
    """Nothing is wider than what it is in, so that nothing scrolls sideways."""
    page = scripted.http.get(f"/{query.format(id=batch['id'])}").text
    (tmp_path / "page.html").write_text(re.sub("(?s)<script.*?</script>", "", page))
    (tmp_path / "frame.html").write_text(
        """<iframe id="frame" src="page.html" style="width: 400px; height: 3000px"></iframe><script>
        onload = () => {
            const all = [...frame.contentDocument.querySelectorAll("*")];
            const cut = all.filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1);
            document.title = `${all.length} ` + cut.map((each) => each.outerHTML.slice(0, 200)).join(" ");
        };
        </script>"""
    )
    (title,) = re.findall("(?s)<title>(.*?)</title>", seen((tmp_path / "frame.html").as_uri()))
    assert re.fullmatch(r"\d{2,}", unescape(title).strip()), title
