"""The status page."""

from __future__ import annotations

import re
import zlib
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud.local.http.page import histogram

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import LocalService


class Tables(HTMLParser):
    """A page's tables, row by row, and all that its elements refer to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.headers = 0
        self.references: list[str | None] = []
        self._is_cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.references += [text for name, text in attributes if name in ("src", "href", "action", "style", "data")]
        if tag == "tr":
            self.rows.append([])
        self._is_cell = self._is_cell or tag in ("th", "td")
        if tag in ("th", "td"):
            self.headers += tag == "th" and dict(attributes)["scope"] in ("col", "row")
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_cell = self._is_cell and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.rows[-1][-1] += data

    def row(self, first: str) -> list[str]:
        """Gives a row, without spaces around its texts."""
        rows = [[" ".join(cell.split()) for cell in row] for row in self.rows]
        return next(row for row in rows if row and row[0].split()[0] == first)


@pytest.fixture
def page(service: LocalService) -> Callable[[], Tables]:
    """Gives the page's tables as they are now."""
    return lambda: Tables(service.http.get("/").text)


@pytest.mark.slow
def test_the_page_shows_the_queue(start: Callable[..., LocalService], quick: str, endless: str) -> None:
    """It shows how many jobs wait and run on each device, and which open batch holds it."""
    service = start("--devices", "EMU_FREE,FRESNEL")

    def row(first: str) -> list[str]:
        return Tables(service.http.get("/").text).row(first)

    assert row("EMU_FREE")[3:] == ["0", "0", "no batch"]
    assert row("FRESNEL")[0] == "FRESNEL stand-in"
    assert "No batches yet" in service.http.get("/").text
    batch = service.create(endless, {"runs": 10}, {"runs": 20}, open=True, tags=["mine", "ours"])
    service.wait_for_job(batch["jobs"][0], "RUNNING")
    other = service.create(quick, {"runs": 10})
    assert row("EMU_FREE")[3:] == ["2", "1", batch["id"]]
    assert row("FRESNEL")[3:] == ["0", "0", "no batch"]
    assert row(batch["id"])[1:4] == ["RUNNING open", "EMU_FREE", "0 / 2"]
    assert row(batch["id"])[-1] == "mineours"
    assert row(other["id"])[1:4] == ["PENDING", "EMU_FREE", "0 / 1"]
    service.get("cancelBatch", batch_id=batch["id"])
    service.settled(other)
    assert row("EMU_FREE")[3:] == ["0", "0", "no batch"]
    assert row(batch["id"])[1:4] == ["CANCELED", "EMU_FREE", "2 / 2"]


@pytest.mark.slow
def test_the_page_shows_the_last_batches(service: LocalService, page: Callable[[], Tables], quick: str) -> None:
    """The newest comes first, with the jobs that have failed told apart, and no more than 25 in all."""
    first = service.create(quick, {"runs": 10})
    second = service.settled(service.create(quick, {"runs": 10}))
    rows = [row[0] for row in page().rows]
    assert rows.index(second["id"]) == rows.index(first["id"]) - 1
    for _ in range(25):
        last = service.create(quick, {"runs": 1})
    rows = [row[0] for row in page().rows]
    assert first["id"] not in rows
    assert last["id"] in rows
    service.settled(last)


@pytest.mark.parametrize("tag", ["<script>alert(1)</script>", "\"><img src=x onerror='alert(1)'>", "{{ 7 * 7 }}"])
def test_what_users_write_is_text(service: LocalService, page: Callable[[], Tables], quick: str, tag: str) -> None:
    """A tag that looks like HTML, or like a template, is shown as it is, and does nothing."""
    batch = service.create(quick, {"runs": 1}, tags=[tag])
    assert page().row(batch["id"])[-1] == " ".join(tag.split())
    text = service.http.get("/").text
    assert text.count("<script") == 1
    assert "<img" not in text


def test_the_page_loads_nothing(service: LocalService) -> None:
    """It names no other resource, and its policy lets a browser run its own script and styles alone."""
    answer = service.http.get("/")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    nonce = re.fullmatch(r"'nonce-([\w-]{20,})'", policy["script-src"])[1]
    assert re.findall(r"<(?:script|style)[^>]*>", answer.text) == [
        f'<style nonce="{nonce}">',
        f'<script nonce="{nonce}">',
    ]
    references = Tables(answer.text).references  # apart from the icon, the page's own addresses of batches
    assert [each for each in references if not re.fullmatch(r"\?batch=[0-9a-f-]{36}", each)] == ["data:,"]
    assert nonce not in service.http.get("/").text
    assert answer.headers["cache-control"] == "no-store"


def test_the_page_is_for_readers_of_all_kinds(service: LocalService, page: Callable[[], Tables], quick: str) -> None:
    """Tables have headers, the language is said, and without scripts the page refreshes itself."""
    service.create(quick, {"runs": 1})  # without batches, their table has one cell that says so
    text = service.http.get("/").text
    assert '<html lang="en">' in text
    assert 'name="viewport"' in text
    assert '<noscript><meta http-equiv="refresh"' in text
    assert "prefers-color-scheme: dark" in text
    tables = page()
    assert tables.headers >= 13
    assert all(len(row) > 1 for row in tables.rows)


def test_the_page_shows_no_secret(service: LocalService) -> None:
    """Neither the password nor a token nor a link to a result is on it, and it can only be read."""
    text = service.http.get("/").text
    for secret in (service.connection["password"], service.token, "/results/", "signature"):
        assert secret not in text
    assert service.http.head("/").status_code == 200
    assert service.http.post("/", json=[]).status_code == 405


@pytest.fixture
def detail(scripted: LocalService) -> Callable[[dict[str, Any]], str]:
    """Gives what the page shows of a batch, as HTML in one line."""
    return lambda batch: " ".join(scripted.http.get("/", params={"batch": batch["id"].upper()}).text.split())


def test_a_batch_has_a_page(scripted: LocalService, detail: Callable[[dict[str, Any]], str]) -> None:
    """It shows the jobs with their variables, why they failed, and how often each bitstring was measured."""
    counter = {f"{number:04b}": 100 - number for number in range(10)}
    scripted.control("POST", "outcomes", json={"counter": counter, "times": 1})
    scripted.control("POST", "outcomes", json={"errors": ["The laser is off."], "times": 1})
    jobs = [{"runs": 955, "variables": {"omega": 1.5, "times": [1, 2]}}, {"runs": 5, "variables": {"<b>": "<i>"}}]
    batch = scripted.settled(scripted.create("{}", *jobs, tags=["mine"]))
    text = detail(batch)
    assert [row for row in Tables(text).rows if row] == [
        [f"{number:04b}", "", f"{100 - number}", f"{(100 - number) / 9.55:.1f}%"] for number in range(8)
    ]
    assert [round(float(width)) for width in re.findall(r'<rect width="([\d.]+)"', text)] == list(range(100, 92, -1))
    assert "and 2 more bitstrings" in text
    for shown in (
        '<span class="status DONE">DONE</span> <span class="quiet">1 done, 1 error</span>',
        '<dt class="quiet">omega</dt><dd>1.5</dd>',
        '<dt class="quiet">times</dt><dd>[1, 2]</dd>',
        '<dt class="quiet">&lt;b&gt;</dt><dd>&#34;&lt;i&gt;&#34;</dd>',
        '<p class="error">The laser is off.</p>',
        '<span class="tag">mine</span>',
        *(job["id"] for job in batch["jobs"]),
    ):
        assert shown in text
    assert f'href="?batch={batch["id"]}"' in scripted.http.get("/").text


def test_a_batch_whose_jobs_have_not_ended(scripted: LocalService, detail: Callable[[dict[str, Any]], str]) -> None:
    """Their status is shown; of many jobs, the first 50; a copy names the batch that it repeats."""
    scripted.control("POST", "outcomes", json={"hold": True})
    batch = scripted.create("{}", *[{"runs": 1}] * 60, open=True)
    text = detail(batch)
    assert text.count("<li>") == 50
    assert "and 10 more jobs" in text
    assert '<span class="quiet">open</span>' in text
    scripted.get("cancelBatch", batch_id=batch["id"])
    copy = scripted.get("rebatch", batch_id=batch["id"])
    assert f'href="?batch={batch["id"]}"' in detail(copy)
    assert "no jobs" in detail(scripted.create("{}", open=True))


@pytest.mark.parametrize("result", [{"counter": None}, {"counter": {}}, {"counter": {"0": "x"}}, {"counter": {"0": 0}}])
def test_a_result_without_counts(
    scripted: LocalService, detail: Callable[[dict[str, Any]], str], result: dict[str, Any]
) -> None:
    """It has no histogram, whatever it has."""
    scripted.control("POST", "outcomes", json={"result": result})
    text = detail(scripted.settled(scripted.create("{}", {"runs": 1})))
    assert "<li>" in text
    assert "<table" not in text


@pytest.mark.parametrize("batch_id", ["00000000-0000-4000-8000-000000000000", "<script>", "x" * 1000])
def test_a_batch_that_does_not_exist(scripted: LocalService, batch_id: str) -> None:
    """The page says so, and there is a way back."""
    answer = scripted.http.get("/", params={"batch": batch_id})
    assert answer.status_code == 404
    assert "There is no such batch on this service." in answer.text
    assert answer.text.count("<script") == 1
    assert "x" * 37 not in answer.text
    assert 'href="."' in answer.text


def test_the_page_shows_what_was_changed(scripted: LocalService) -> None:
    """Whoever wonders why a service behaves strangely is told: its clock, its faults, what is held back."""
    assert "Test settings" not in scripted.http.get("/").text
    scripted.control("PATCH", "clock", json={"offset": 3600})
    scripted.control("POST", "faults", json={"operation": "listJobs", "status": 500})
    said = " ".join(scripted.http.get("/").text.split())
    assert "Test settings: the clock is 3600 s ahead; 1 fault." in said
    scripted.control("PATCH", "clock", json={"frozen": True})
    assert "Test settings: the clock is frozen; 1 fault." in scripted.http.get("/").text


def test_a_damaged_result_document_has_no_histogram() -> None:
    """Such as one that is nested deeper than Python reads."""
    nested = b'{"counter":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for document in (zlib.compress(nested), zlib.compress(b"{"), b"{}"):
        assert histogram(document) is None
