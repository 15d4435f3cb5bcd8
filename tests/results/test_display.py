"""How things look in a notebook, and in a terminal that rich prints to."""

import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from rich.console import Console

from pasqal_cloud import Batch, Counts, Job, NotFoundError, PaginatedResponse, Workload

from ..doubles import answers
from ..doubles.answers import ident, ok
from ..doubles.line import Line, by_path

HARM = '<script>alert("1")</script>\x1b[31m'
"""What a service, or another user, may have written."""

JOBS: list[dict[str, Any]] = [
    {"id": ident(0), "status": "DONE", "runs": 100, "variables": {"omega": 1.5}, "result": {"01": 75, "10": 25}},
    {"id": ident(1), "status": "ERROR", "runs": 100, "variables": {"omega": 2.0}, "errors": ["The laser is off."]},
]
BATCH = Batch(
    id=answers.BATCH,
    status="RUNNING",
    open=True,
    device_type="EMU_FREE",
    tags=["rabi", HARM],
    webhook="https://ada:secret@hooks.test/secret?token=secret",
    created_at="2026-05-01T12:00:00",
    start_datetime="2026-05-01T12:00:01",
    end_datetime="2026-05-01T12:01:31",
    jobs=JOBS,
)


class Shown(HTMLParser):
    """What a browser shows of HTML: the rows of the tables, all texts, and what could do harm."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.text = ""
        self.tags: set[str] = set()
        self._is_cell = False
        self.styles = ""
        self.feed(html)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.styles += ";".join(value or "" for name, value in attributes if name == "style") + ";"
        assert {name for name, _ in attributes} <= {"style", "scope", "role", "aria-label"}
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._is_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._is_cell = self._is_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"
        if self._is_cell:
            self.rows[-1][-1] += " ".join(data.split())

    def facts(self) -> dict[str, str]:
        return {row[0]: row[1] for row in self.rows if len(row) == 2}


def in_terminal(thing: object, width: int = 100, encoding: str = "utf-8") -> str:
    """What rich prints."""
    from io import BytesIO, TextIOWrapper

    file = TextIOWrapper(BytesIO(), encoding=encoding)
    Console(file=file, width=width, force_terminal=True, color_system=None, legacy_windows=False).print(thing)
    file.seek(0)
    return file.read()


def test_a_batch_is_a_card() -> None:
    """Its state, and a row for each job with its variables, its most frequent bitstring, or why it failed."""
    shown = Shown(BATCH._repr_html_())
    assert shown.text.startswith(f"Batch {answers.BATCH} RUNNING open 1 done, 1 error")
    facts = shown.facts()
    assert (facts["device"], facts["took"]) == ("EMU_FREE", "1 min 30 s")
    assert shown.rows[-3:] == [
        ["job", "status", "omega", "shots", "most frequent", "errors"],
        [ident(0), "DONE", "1.5", "100", "01 75%", ""],
        [ident(1), "ERROR", "2", "100", "", "The laser is off."],
    ]


def test_statuses_of_jobs_that_are_older_than_the_batch_are_not_shown() -> None:
    """A wait requests only how many jobs are in each status; what has ended stays so."""
    jobs = [{"id": ident(0), "status": "DONE"}, {"id": ident(1), "status": "PENDING"}]
    numbers = {"DONE": 1, "PENDING": 1}
    shown = Shown(Batch(id="", status="RUNNING", jobs=jobs, jobs_count_per_status=numbers)._repr_html_())
    assert [row[1] for row in shown.rows[-2:]] == ["DONE", "PENDING"]
    older = Shown(Batch(id="", status="DONE", jobs=jobs, jobs_count_per_status={"DONE": 2})._repr_html_())
    assert [row[1] for row in older.rows[-2:]] == ["DONE", ""]
    assert older.text.endswith("refresh() fetches the present statuses of the jobs")


def test_a_job_is_a_card_with_bars() -> None:
    """Its counts, if they are there."""
    shown = Shown(BATCH.ordered_jobs[0]._repr_html_())
    assert shown.facts()["variables"] == "omega = 1.5"
    assert shown.rows[-2:] == [["01", "75", "0.750 ± 0.043", ""], ["10", "25", "0.250 ± 0.043", ""]]
    assert "width:160px" in shown.styles
    assert "width:53px" in shown.styles
    assert Shown(BATCH.ordered_jobs[1]._repr_html_()).facts()["errors"] == "The laser is off."


def test_counts_name_the_atoms_where_they_are_known() -> None:
    """In the order of the bits."""
    assert Shown(Counts({"01": 1}, qubits=["left", "right"])._repr_html_()).facts()["atoms"] == "left, right"
    assert "atoms" not in Counts({"01": 1})._repr_html_()


def test_a_workload_is_a_card_without_its_link() -> None:
    """The link gives the result to whoever has it."""
    link = "https://storage.test/result?signature=secret"
    workload = Workload(id=ident(), status="DONE", workload_type="debug", backend="iqm", result_link=link)
    facts = Shown(workload._repr_html_()).facts()
    assert (facts["type"], facts["backend"]) == ("debug", "iqm")
    assert "secret" not in workload._repr_html_() + in_terminal(workload)


@pytest.mark.parametrize(
    ("items", "total", "offset", "told"),
    [
        ([BATCH], 134, 40, f"Batches 41 to 41 of 134 id status device jobs created tags {answers.BATCH} RUNNING"),
        (BATCH.ordered_jobs, 2, 0, f"Jobs 2 id status variables shots errors {ident(0)} DONE omega = 1.5 100"),
        ([Workload(id="w", status="DONE")], 1, 0, "Workloads 1 id status w DONE"),
        ([], 0, 0, "Items 0"),
        ([], 3, 9, "Items none of 3"),
        (["<x>"], 1, 0, "Items 1 item '<x>'"),
    ],
)
def test_a_page_is_a_table(items: list[Any], total: int, offset: int, told: str) -> None:
    """A row for each item, and which part of the list it is; columns without texts are left out."""
    page: Any = PaginatedResponse(items, total, offset)
    told = told.replace("jobs created", "created") if items == [BATCH] else told
    assert Shown(page._repr_html_()).text.startswith(told)
    assert told.partition(" ")[0] in in_terminal(page)


def test_devices_are_a_table(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """The list is still a list; each device is a card."""
    fields = {"device_type": "FRESNEL", "availability": "ACTIVE", "average_queue_time": 3900, "max_atom_num": 100}
    devices = colour.call(sdk_on(by_path(devices=ok([{**fields, "is_emulator": False}]))).devices())
    assert devices == list(devices)
    assert repr(devices).startswith("[Device(device_type=")
    shown = Shown(devices._repr_html_())
    assert shown.rows == [
        ["device", "kind", "availability", "atoms at most", "average queue"],
        ["FRESNEL", "QPU", "ACTIVE", "100", "1 h 5 min"],
    ]
    assert Shown(devices[0]._repr_html_()).facts()["average queue"] == "1 h 5 min"
    assert "1 h 5 min" in in_terminal(devices)
    assert "FRESNEL" in in_terminal(devices[0])


def test_long_lists_are_cut() -> None:
    """Rows, texts, arrays and bitstrings; what is left out is told."""
    variables = {"times": list(range(100)), "note": "x" * 1000}
    jobs = [{"id": ident(n), "status": "DONE", "variables": variables, "result": {"01" * 50: 1}} for n in range(50)]
    html = Batch(id="", status="DONE", jobs=jobs)._repr_html_()
    assert "[0, 1, 2, … 100 values]" in html
    assert "30 more jobs" in html
    assert "01" * 17 not in html
    assert "x" * 201 not in html
    many = [{"id": ident(), "status": "DONE", "variables": {f"v{n}": n for n in range(30)}}]
    assert "variables" in Shown(Batch(id="", status="DONE", jobs=many)._repr_html_()).rows[-2]


@pytest.mark.parametrize(
    "thing",
    [
        BATCH,
        Job(id=HARM, status=HARM, errors=[HARM], variables={HARM: HARM}, result={HARM: 1}, created_at="2026-05-01"),
        Workload(id=HARM, status=HARM, workload_type=HARM, backend=HARM, errors=[HARM], result={HARM: 1}),
        Counts({HARM: 1}),
        PaginatedResponse([HARM], 1, 0),
        PaginatedResponse([BATCH, Batch(id=HARM, status=HARM)], 2, 0),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_what_others_write_is_text(thing: Any) -> None:
    """Nothing is taken for HTML or for a terminal's commands, and no text has a colour of its own."""
    html, printed = thing._repr_html_(), in_terminal(thing, width=300)
    shown = Shown(html)
    assert shown.tags <= {"div", "span", "table", "thead", "tbody", "tr", "th", "td"}
    assert set(re.findall(r"(?<![a-z-])color:([^;]*)", shown.styles)) <= {"inherit"}
    assert "<script>alert" in shown.text
    assert "\\x1b[31m" in shown.text
    assert "\x1b[31m" not in html + printed
    assert "<script>alert" in printed
    assert "secret" not in html + printed


def test_a_url_in_an_error_hides_what_it_knows() -> None:
    """A query or a password may be a secret."""
    job = Job(id="", status="ERROR", errors=["No answer from https://ada:secret@x.test/a?key=secret#secret, sorry."])
    assert Shown(job._repr_html_()).facts()["errors"] == "No answer from https://x.test/a?… sorry."


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ada:s@cret@x.test", "https://x.test"),
        ("https://ada:s'cret@x.test/a", "https://x.test/a"),
        ("https://x.test/a?sig=ab'secret", "https://x.test/a?…"),
        ('https://x.test/a?sig=ab"secret', "https://x.test/a?…"),
        ("https://x.test/it's/<id>?sig=secret", "https://x.test/it's/<id>?…"),
        ("ftp://ada:secret@x.test/", "ftp://x.test/"),
        ("postgresql+psycopg://ada:secret@x.test/a?b", "postgresql+psycopg://x.test/a?…"),
        ("https://x.test/,https://ada:secret@y.test", "https://x.test/,https://y.test"),
        ('{"url":"https://x.test/a?b=secret","more":1}', '{"url":"https://x.test/a?…","more":1}'),
    ],
)
def test_no_part_of_a_secret_in_a_url_is_shown(url: str, shown: str) -> None:
    """Whatever characters are in it, and whatever the scheme."""
    assert Shown(Job(id="", status="ERROR", errors=[url])._repr_html_()).facts()["errors"] == shown


def test_showing_requests_nothing(colour: Any, sdk_on: Callable[..., Any]) -> None:
    """Neither jobs nor results are fetched; once the jobs have been read, they are shown."""
    line = by_path(batch=answers.batch(status="DONE"), jobs=answers.page(answers.job(0, status="DONE")))
    batch = colour.call(sdk_on(line).get_batch(answers.BATCH))
    before = len(line.requests)
    assert ident(0) not in batch._repr_html_() + in_terminal(batch)
    assert len(line.requests) == before
    read = batch.ordered_jobs
    (job,) = read if colour.is_blocking else colour.call(read)
    assert ident(0) in batch._repr_html_()
    assert "bitstring" not in job._repr_html_() + in_terminal(job)
    assert len(line.requests) == before + 1


def test_fields_that_are_not_as_described_are_left_out(sdk_on: Callable[..., Any], colour: Any) -> None:
    """A damaged answer is no reason not to show the rest."""
    line = Line(lambda _: answers.batch(tags=7, created_at="soon", jobs_count_per_status={"DONE": "x"}))
    batch = colour.call(sdk_on(line).get_batch(answers.BATCH))
    assert Shown(batch._repr_html_()).text == f"Batch {answers.BATCH} PENDING"
    for result in ({"counter": "x"}, {"counter": {"01": "x"}}, {"counter": {}}, {"raw": []}):
        assert "bitstring" not in Job(id="", status="DONE", full_result=result)._repr_html_()


def test_rich_prints_the_same() -> None:
    """The same texts; bars are ASCII where the terminal has nothing else."""
    printed = in_terminal(BATCH, width=140)
    for text in (answers.BATCH, "RUNNING", "1 done, 1 error", "01 75%", "The laser is off.", "1 min 30 s"):
        assert text in printed
    assert "█" * 24 in in_terminal(Counts({"01": 3, "10": 1}))
    assert " ###### " in in_terminal(Counts({"01": 4, "10": 1}), encoding="ascii").replace("|", " ")


def test_a_narrow_terminal_leaves_out_the_last_columns() -> None:
    """Ids are shortened before that, and no word is broken."""
    narrow = in_terminal(BATCH, width=44)
    assert max(map(len, narrow.splitlines())) <= 44
    row = next(line for line in narrow.splitlines() if "DONE" in line)
    assert row.strip("│ ").split() == [f"{ident(0)[:8]}…", "DONE", "1.5", "100"]
    assert ident(0) in in_terminal(BATCH, width=140)


def test_repr_is_one_line_and_displaying_loads_no_rich() -> None:
    """`repr` stays as it was; a notebook without rich shows cards."""
    for thing in (BATCH, BATCH.ordered_jobs[0], PaginatedResponse([BATCH], 1, 0), Counts({"01": 3})):
        assert "\n" not in repr(thing)
    program = (
        "import sys; sys.modules['rich'] = None; from pasqal_cloud import Batch; assert 'Batch' in "
        "Batch(id='', status='DONE')._repr_html_()"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_error_that_is_a_value_is_a_card() -> None:
    """Its words and facts are text, whatever they contain."""
    error = NotFoundError("<b>gone</b>", status=404, method="GET", url="https://cloud.test/x", request_id="r-1")
    html = error._repr_html_()
    assert "&lt;b&gt;gone&lt;/b&gt;" in html
    assert all(fact in html for fact in ("404", "GET https://cloud.test/x", "r-1"))
    assert "code" not in html
