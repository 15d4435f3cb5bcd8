"""One page of a list: which, and how it looks."""

from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest

from pasqal_cloud import BatchFilters, JobFilters, PaginationParams, ValidationError, WorkloadFilters

pytestmark = pytest.mark.blocking_first

PATHS = {"batches": "/v1/batches", "jobs": "/v2/jobs", "workloads": "/v2/workloads"}

FILTERS = {"batches": BatchFilters, "jobs": JobFilters, "workloads": WorkloadFilters}

KINDS = pytest.mark.parametrize("kind", PATHS)


def asked(cloud: Any) -> dict[str, str]:
    """The page of the last request."""
    query = parse_qs(cloud.router.calls.last.request.url.query.decode())
    return {name: query[name][0] for name in ("limit", "offset") if name in query}


@KINDS
@pytest.mark.parametrize(
    ("arguments", "limit", "offset"),
    [
        ({}, "100", "0"),
        ({"limit": 20}, "20", "0"),
        ({"offset": 40}, "100", "40"),
        ({"limit": 20, "offset": 40}, "20", "40"),
        ({"limit": np.int64(20), "offset": np.int32(40)}, "20", "40"),
        ({"pagination_params": PaginationParams(limit=np.int64(7), offset=np.int64(3))}, "7", "3"),
        ({"pagination_params": PaginationParams(limit=40)}, "40", "0"),
        ({"pagination_params": PaginationParams(limit=None, offset=None)}, "100", "0"),
    ],
)
def test_a_page_is_asked_for(
    colour: Any, cloud: Any, sdk: Any, kind: str, arguments: Any, limit: str, offset: str
) -> None:
    """By `limit` and `offset`, as the guide shows, or by `pagination_params`; numpy's numbers are numbers."""
    cloud.on("GET", PATHS[kind]).mock(return_value=cloud.page(total=5))
    colour.call(getattr(sdk, f"get_{kind}")(**arguments))
    assert asked(cloud) == {"limit": limit, "offset": offset}


@KINDS
def test_a_page_may_be_the_second_argument(colour: Any, cloud: Any, sdk: Any, kind: str) -> None:
    """As in earlier programs, after the filters."""
    cloud.on("GET", PATHS[kind]).mock(return_value=cloud.page())
    colour.call(getattr(sdk, f"get_{kind}")(None, PaginationParams(limit=5)))
    assert asked(cloud)["limit"] == "5"


@KINDS
@pytest.mark.parametrize(
    "arguments",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": -1},
        {"limit": 20.0},
        {"limit": "20"},
        {"limit": True},
        {"offset": -1},
        {"offset": "0"},
        {"limit": 5, "pagination_params": PaginationParams()},
        {"offset": 0, "pagination_params": PaginationParams()},
        {"pagination_params": 20},
        {"pagination_params": {"limit": 20}},
    ],
    ids=repr,
)
def test_there_is_no_such_page(colour: Any, cloud: Any, sdk: Any, kind: str, arguments: Any) -> None:
    """What the API would refuse, or what could mean two things, is refused before anything is sent."""
    colour.attempt(ValidationError, lambda: getattr(sdk, f"get_{kind}")(**arguments))
    assert cloud.sent == []


@pytest.mark.parametrize("limit", [0, 101])
def test_a_refused_length_is_told_with_the_way_out(limit: int) -> None:
    """The sentence has the bounds, and says how to read more."""
    with pytest.raises(ValidationError, match=rf"from 1 to 100, not {limit}. iter_batches and iter_jobs get all pages"):
        PaginationParams(limit=limit)


@KINDS
def test_a_page_shows_where_it_stands(colour: Any, cloud: Any, sdk: Any, kind: str) -> None:
    """It has the items, how many there are on all pages and how many come before; it can be gone through."""
    items = [{"id": cloud.ident(number), "status": "DONE"} for number in (3, 4)]
    cloud.on("GET", PATHS[kind]).mock(return_value=cloud.page(*items, start=3, total=9))
    page = colour.call(getattr(sdk, f"get_{kind}")(offset=3))
    assert (page.total, page.offset, len(page)) == (9, 3, 2)
    assert [item.id for item in page] == [item.id for item in page.results] == [item["id"] for item in items]


@KINDS
def test_more_ids_than_fit_are_refused(colour: Any, cloud: Any, sdk: Any, kind: str) -> None:
    """A page can't hold the answers of several requests."""
    filters = FILTERS[kind](id=[cloud.ident(number) for number in range(101)])
    error = colour.attempt(ValidationError, lambda: getattr(sdk, f"get_{kind}")(filters))
    assert "iter_batches and iter_jobs" in str(error)
    assert cloud.sent == []


def test_one_item_that_lacks_something_does_not_spoil_the_page(colour: Any, cloud: Any, sdk: Any) -> None:
    """Missing and null fields are None or empty, in a page of others."""
    nulls = dict.fromkeys(
        ["user_id", "project_id", "created_at", "tags", "jobs_count_per_status", "device_type", "open"]
    )
    whole = {"id": cloud.batch_id, "status": "PENDING"}
    items = [
        whole,
        whole | {"id": cloud.ident(1)} | nulls,
        whole | {"id": cloud.ident(2), "user_id": "ada", "tags": ["a"]},
    ]
    cloud.listing.mock(return_value=cloud.ok(items))
    page = colour.call(sdk.get_batches())
    assert [(batch.user_id, batch.created_at, batch.tags) for batch in page] == [
        (None, None, []),
        (None, None, []),
        ("ada", None, ["a"]),
    ]
