"""Results: when there is a link, who can follow it, and what is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from pulser.backend import Results

from .client import validator

if TYPE_CHECKING:
    from collections.abc import Callable


RESULT = validator("#/components/schemas/JobResult")


@pytest.fixture(scope="module")
def done(api, sequence):
    """A batch of two jobs that are done."""
    batch = api.create(sequence, {"runs": 30}, {"runs": 70})
    return api.settled(batch) | {"jobs": api.jobs(batch)}


def test_no_link_before_the_end(api, held, sequence):
    """A job that has not run has no link and a batch without results has none, and neither is an error."""
    batch = api.create(sequence, {"runs": 1})
    assert api.get("getJobResultsLink", job_id=batch["jobs"][0]["id"]) == {"results_link": None}
    assert api.get("getBatchFullResults", batch_id=batch["id"]) == {}
    api.get("cancelBatch", batch_id=batch["id"])
    assert api.get("getJobResultsLink", job_id=batch["jobs"][0]["id"]) == {"results_link": None}


def test_result(api, done):
    """The link of a job that is done is followed without credentials, to a document whose counts are its runs."""
    for job in done["jobs"]:
        link = api.get("getJobResultsLink", job_id=job["id"])["results_link"]
        response = httpx.get(link)
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("application/json")
        document = response.json()
        RESULT.validate(document)
        assert document.get("counter") or document.get("serialised_results")
        if document.get("counter"):
            assert sum(document["counter"].values()) == job["runs"]
            assert {len(bits) for bits in document["counter"]} == {2}
        if document.get("serialised_results"):
            results = Results.from_abstract_repr(document["serialised_results"])
            assert dict(results.final_bitstrings) == document["counter"]


def test_authorization_is_not_for_links(api, done):
    """A link works as well when a client sends its token, or a wrong one, along."""
    link = api.get("getJobResultsLink", job_id=done["jobs"][0]["id"])["results_link"]
    assert httpx.get(link, headers={"Authorization": "Bearer garbage"}).status_code == 200


def test_full_results(api, done, held):
    """All results of a batch come by job id, as behind their links; jobs without one are left out."""
    results = api.get("getBatchFullResults", batch_id=done["id"])
    assert results.keys() == {job["id"] for job in done["jobs"]}
    for id, document in results.items():
        RESULT.validate(document)
        assert document == httpx.get(api.get("getJobResultsLink", job_id=id)["results_link"]).json()


def test_changed_links(api, done):
    """A link that was changed, in its path or its signature, opens nothing."""
    first, second = (api.get("getJobResultsLink", job_id=job["id"])["results_link"] for job in done["jobs"])
    parts = urlsplit(first)
    changed = [first.split("?", 1)[0], urlsplit(second)._replace(query=parts.query).geturl()]
    for name, value in parse_qsl(parts.query):
        query = dict(parse_qsl(parts.query)) | {name: str(int(value) + 1000) if value.isdigit() else value[::-1]}
        changed.append(parts._replace(query=urlencode(query)).geturl())
    assert len(changed) > 2
    for link in changed:
        response = httpx.get(link)
        assert response.status_code == 403, link
        assert "counter" not in response.text


def test_expired_links(start: Callable[..., Any], sequence):
    """A link ends when its time is over, and a new one is had for the asking."""
    api = start("--link-lifetime", "10", "--engine", "scripted")
    batch = api.create(sequence, {"runs": 1})
    api.settled(batch)
    api.set_clock(frozen=True)
    link = api.get("getJobResultsLink", job_id=batch["jobs"][0]["id"])["results_link"]
    api.set_clock(advance=9)
    assert httpx.get(link).status_code == 200
    api.set_clock(advance=1)
    answer = httpx.get(link)
    assert answer.status_code == 403
    assert "expired" in answer.json()["data"]["description"]
    again = api.get("getJobResultsLink", job_id=batch["jobs"][0]["id"])["results_link"]
    assert httpx.get(again).status_code == 200


def test_lists_carry_no_result(api, done):
    """Neither lists nor single items carry results."""
    job = done["jobs"][0]
    for item in (job, api.get("getJob", job_id=job["id"]), api.get("getBatch", batch_id=done["id"])):
        assert not item.keys() & {"result", "full_result", "counter", "results"}
