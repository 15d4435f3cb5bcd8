"""The results of a batch as a table: a row for each job, with its variables."""

import inspect
import sys
from collections.abc import Callable
from typing import Any

import pytest

from pasqal_cloud import Counts, JobFetchingError, MissingExtraError, ValidationError


def test_each_job_is_a_row(colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any) -> None:
    """In the order of the jobs, with variables, state and counts; what a job does not have is missing."""
    batch = of_jobs(
        cloud.job(2, status="DONE", variables={"omega": 1.5, "phases": [1, 2]}),
        cloud.job(1, status="ERROR", variables={"omega": 2.5, "phases": [3, 4]}),
        cloud.job(3, status="DONE", variables={"delta": -1.0}),
        cloud.job(4, status="CANCELED"),
        status="DONE",
    )
    table = colour.call(batch.to_pandas())
    assert table.index.name == "job"
    assert table.index.tolist() == [cloud.ident(number) for number in (2, 1, 3, 4)]
    assert table.columns.tolist() == ["omega", "phases", "delta", "runs", "status", "counts"]
    assert table["omega"].dropna().tolist() == [1.5, 2.5]
    assert table["phases"].dropna().tolist() == [(1, 2), (3, 4)]
    assert table["delta"].isna().tolist() == [True, True, False, True]
    assert table["runs"].tolist() == [3, 2, 4, 5]
    assert table["status"].tolist() == ["DONE", "ERROR", "DONE", "CANCELED"]
    first, *others = table["counts"]
    assert first == {"010": 10}
    assert type(first) is Counts
    assert others == [None, {"011": 10}, None]
    assert first.provenance.job_id == cloud.ident(2)


def test_arrays_group_rows(colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any) -> None:
    """As tuples, they can be compared and hashed."""
    phases = [[0, 1], [0, 1], [1, 0]]
    jobs = [cloud.job(number, status="DONE", variables={"phases": value}) for number, value in enumerate(phases)]
    table = colour.call(of_jobs(*jobs, status="DONE").to_pandas())
    assert table.groupby("phases")["counts"].sum().to_dict() == {(0, 1): {"000": 10, "001": 10}, (1, 0): {"010": 10}}


def test_a_variable_keeps_out_of_the_way(colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any) -> None:
    """One with the name of another column has a longer one."""
    batch = of_jobs(cloud.job(1, status="DONE", variables={"runs": 7, "counts": 8}), status="DONE")
    table = colour.call(batch.to_pandas())
    assert table.columns.tolist() == ["variable runs", "variable counts", "runs", "status", "counts"]
    assert table.iloc[0].tolist() == [7, 8, 2, "DONE", {"001": 10}]


def test_a_batch_without_jobs_is_an_empty_table(colour: Any, cloud: Any, batch: Any) -> None:
    """With the columns that every table has."""
    cloud.serve("jobs", lambda *_: ())
    table = colour.call(batch.to_pandas())
    assert (len(table), table.columns.tolist(), table.index.name) == (0, ["runs", "status", "counts"], "job")


def test_jobs_are_shown_as_they_are_now(colour: Any, cloud: Any, of_jobs: Callable[..., Any], documents: Any) -> None:
    """A handle that is behind is refreshed; what has ended is downloaded once."""
    batch = of_jobs(cloud.job(1), cloud.job(2))
    listed = cloud.on("GET", "/v2/jobs").mock(
        return_value=cloud.page(cloud.job(1, status="DONE"), cloud.job(2, status="RUNNING"))
    )
    table = colour.call(batch.to_pandas())
    assert table["status"].tolist() == ["DONE", "RUNNING"]
    assert table["counts"].tolist() == [{"001": 10}, None]
    assert listed.call_count == 1
    downloads = [path for path in cloud.sent if "results_link" in path]
    colour.call(batch.to_pandas())
    assert [path for path in cloud.sent if "results_link" in path] == downloads


def test_without_pandas_nothing_is_requested(
    colour: Any, cloud: Any, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    sent = len(cloud.sent)
    error = colour.attempt(MissingExtraError, batch.to_pandas)
    assert 'pip install "pasqal-cloud[pandas]"' in str(error)
    assert len(cloud.sent) == sent


def test_results_have_a_signature_and_a_documentation(colour: Any, batch: Any) -> None:
    """As every other method."""
    signature = inspect.signature(batch.results)
    assert list(signature.parameters) == ["errors"]
    assert signature.parameters["errors"].default == "raise"
    assert "JobFailedError" in batch.results.__doc__
    assert inspect.iscoroutinefunction(batch.results) is not colour.is_blocking


def test_an_unknown_way_with_errors_is_refused(colour: Any, cloud: Any, batch: Any) -> None:
    """Before anything is sent, as an error of fetching jobs too."""
    sent = len(cloud.sent)
    error = colour.attempt(ValidationError, lambda: batch.results(errors="ignore"))
    assert isinstance(error, JobFetchingError)
    assert "'raise', 'skip' or 'return', not 'ignore'" in str(error)
    assert len(cloud.sent) == sent
