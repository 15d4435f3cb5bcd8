"""Walking through lists that are longer than a page, and that change meanwhile."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from pasqal_cloud import (
    BatchFetchingError,
    BatchFilters,
    JobFetchingError,
    JobFilters,
    NotFoundError,
    PaginationParams,
    UnexpectedAnswerError,
    ValidationError,
)

from ..doubles import answers
from ..doubles.line import by_path

pytestmark = pytest.mark.blocking_first

ALL = range(250)

KINDS = pytest.mark.parametrize("kind", ["batches", "jobs"])
FIRST_KIND = pytest.mark.parametrize("kind", ["batches", pytest.param("jobs", marks=pytest.mark.slow)])
"""For tables of many cases: both kinds are walked through by the same flow, and shorter tests try both."""

VANISHING = {
    "the first": range(50),
    "those read first": range(50, 100),
    "some of each page": range(0, 250, 5),
    "the middle": range(100, 150),
    "those across a border": range(75, 125),
    "the last": range(200, 250),
}

READ_BEFORE: dict[str, set[int]] = {
    "after the first page": {0},
    "after the second page": {0, 100},
    "between pages that are fetched together, the later one first": {0, 200},
    "when all was read": {0, 100, 200},
}
"""Which pages are read, once each, before something vanishes: by their offsets."""


def walked(walk: Callable[[Any], list[Any]], sdk: Any, kind: str, *arguments: Any) -> list[str]:
    """The ids that a walk gives."""
    return [item.id for item in walk(getattr(sdk, f"iter_{kind}")(*arguments))]


@KINDS
@pytest.mark.parametrize("length", [0, 1, 100, 101, 250, 1234])
def test_everything_is_given_once(cloud: Any, sdk: Any, walk: Any, kind: str, length: int) -> None:
    """In the list's order, with no more requests than there are pages."""
    route = cloud.serve(kind, lambda *_: range(length))
    assert walked(walk, sdk, kind) == [cloud.ident(number) for number in range(length)]
    assert route.call_count == max(1, -(-length // 100))


@KINDS
def test_order_and_beginning_are_kept(cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """Each request asks for the same order and length; the walk begins where it is told."""
    route = cloud.serve(kind, lambda *_: ALL)
    params = PaginationParams(limit=40, offset=30, order_by="created_at", order_by_direction="ASC")
    assert walked(walk, sdk, kind, None, params) == [cloud.ident(number) for number in range(30, 250)]
    queries = [parse_qs(call.request.url.query.decode()) for call in route.calls]
    assert sorted(int(query["offset"][0]) for query in queries) == [30, 70, 110, 150, 190, 230]
    assert {(*query["limit"], *query["order_by"], *query["order_by_direction"]) for query in queries} == {
        ("40", "created_at", "ASC")
    }


@FIRST_KIND
@pytest.mark.parametrize("read_before", READ_BEFORE.values(), ids=READ_BEFORE)
@pytest.mark.parametrize("vanishing", VANISHING.values(), ids=VANISHING)
def test_what_vanishes_hides_nothing_else(
    cloud: Any, sdk: Any, walk: Any, kind: str, vanishing: range, read_before: set[int]
) -> None:
    """Fifty of 250 vanish while the list is read: each that stays is given, and none twice."""
    waiting = set(read_before)

    def present(offset: int, _: Any) -> list[int]:
        if offset in waiting:
            waiting.remove(offset)
            return list(ALL)
        return [number for number in ALL if number not in vanishing]

    cloud.serve(kind, present)
    given = walked(walk, sdk, kind)
    assert len(given) == len(set(given))
    assert {cloud.ident(number) for number in ALL if number not in vanishing} <= set(given)


def test_what_vanishes_bit_by_bit_hides_nothing_else(cloud: Any, sdk: Any, walk: Any) -> None:
    """Three vanish at each request, from the front: nothing that stays is lost."""
    gone = 0

    def present(offset: int, _: Any) -> range:
        nonlocal gone
        gone = min(gone + 3, 60)
        return range(gone, 970)

    cloud.serve("jobs", present)
    given = walked(walk, sdk, "jobs", None, PaginationParams(limit=50))
    assert len(given) == len(set(given))
    assert {cloud.ident(number) for number in range(60, 970)} <= set(given)


@KINDS
def test_what_arrives_makes_nothing_appear_twice(cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """Seven arrive at each request, as the newest: all that were there are given, each once."""
    arrived = 0

    def present(offset: int, _: Any) -> list[int]:
        nonlocal arrived
        arrived += 7
        return [*range(1000 + arrived, 1000, -1), *ALL]

    cloud.serve(kind, present)
    given = walked(walk, sdk, kind)
    assert len(given) == len(set(given))
    assert {cloud.ident(number) for number in ALL} <= set(given)


@KINDS
def test_answers_that_overtake_one_another_lose_nothing(cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """Pages fetched together may be answered in any order: the third knows of fewer arrivals than the second."""
    asked = []

    def present(offset: int, _: Any) -> list[int]:
        arrived = 0 if offset == 0 else 7 if offset == 200 and offset not in asked else 21
        asked.append(offset)
        return [*range(1000 + arrived, 1000, -1), *ALL]

    cloud.serve(kind, present)
    given = walked(walk, sdk, kind)
    assert len(given) == len(set(given))
    assert {cloud.ident(number) for number in ALL} <= set(given)


CAPS: dict[str, Callable[[int], int]] = {
    "forty": lambda _: 40,
    "one": lambda _: 1,
    "less and less": lambda offset: max(1, 90 - offset // 4),
    "more and more": lambda offset: 10 + offset // 3,
    "now and then": lambda offset: 100 if offset % 3 else 30,
    "a hole": lambda offset: 17 if offset == 100 else 100,
}
"""How many items a service gives at most, by the offset, where 100 were asked for."""


@FIRST_KIND
@pytest.mark.parametrize("length", [1, 40, 250, 350])
@pytest.mark.parametrize("cap", CAPS.values(), ids=CAPS)
def test_short_pages_lose_nothing(
    cloud: Any, sdk: Any, walk: Any, kind: str, cap: Callable[[int], int], length: int
) -> None:
    """A service that gives fewer items than were asked for gives them all, in order and once."""
    cloud.serve(kind, lambda *_: range(length), cap)
    assert walked(walk, sdk, kind) == [cloud.ident(number) for number in range(length)]


@KINDS
def test_the_first_pages_tell_how_long_pages_are(cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """With a service that gives forty at a time there are as many requests as it has pages."""
    route = cloud.serve(kind, lambda *_: range(350), lambda _: 40)
    walked(walk, sdk, kind)
    assert route.call_count == 9


@FIRST_KIND
@pytest.mark.parametrize("short", [1, *(pytest.param(length, marks=pytest.mark.slow) for length in (17, 50)), 99])
@pytest.mark.parametrize("place", [0, *(pytest.param(place, marks=pytest.mark.slow) for place in (100, 1500)), 300])
def test_one_short_page_shortens_no_other(cloud: Any, sdk: Any, walk: Any, kind: str, place: int, short: int) -> None:
    """One page alone has fewer items: the others are as long as they were asked for, and few are fetched twice."""
    route = cloud.serve(kind, lambda *_: range(3000), lambda offset: short if offset == place else 100)
    assert walked(walk, sdk, kind) == [cloud.ident(number) for number in range(3000)]
    queries = [parse_qs(call.request.url.query.decode()) for call in route.calls]
    assert {query.get("limit", ["100"])[0] for query in queries} == {"100"}
    assert route.call_count <= 31 + 20  # those that were fetched together with the short one are fetched again


@FIRST_KIND
@pytest.mark.parametrize("cap", [1, 7, 40, 99])
def test_pages_that_are_always_short_are_fetched_together(cloud: Any, sdk: Any, walk: Any, kind: str, cap: int) -> None:
    """Two of the same length tell how long they are: no page is fetched twice."""
    route = cloud.serve(kind, lambda *_: range(500), lambda _: cap)
    assert walked(walk, sdk, kind) == [cloud.ident(number) for number in range(500)]
    assert route.call_count == -(-500 // cap)


@KINDS
def test_longer_pages_lengthen_the_steps_again(cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """A service that was short of time twice gives whole pages later, and is asked for whole ones."""
    route = cloud.serve(kind, lambda *_: range(3000), lambda offset: 10 if offset < 20 else 100)
    assert walked(walk, sdk, kind) == [cloud.ident(number) for number in range(3000)]
    assert route.call_count <= 40


@FIRST_KIND
@pytest.mark.parametrize("read_before", READ_BEFORE.values(), ids=READ_BEFORE)
@pytest.mark.parametrize("vanishing", VANISHING.values(), ids=VANISHING)
def test_what_vanishes_from_short_pages_hides_nothing_else(
    cloud: Any, sdk: Any, walk: Any, kind: str, vanishing: range, read_before: set[int]
) -> None:
    """The same while fifty of 250 vanish."""
    waiting = {offset * 2 // 5 for offset in read_before}

    def present(offset: int, _: Any) -> list[int]:
        if offset in waiting:
            waiting.remove(offset)
            return list(ALL)
        return [number for number in ALL if number not in vanishing]

    cloud.serve(kind, present, lambda _: 40)
    given = walked(walk, sdk, kind)
    assert len(given) == len(set(given))
    assert {cloud.ident(number) for number in ALL if number not in vanishing} <= set(given)


@KINDS
def test_a_list_that_never_ends_is_an_error(colour: Any, cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """A service that gives the same page for ever, of a list that grows as fast as it is read, is left in the end."""
    items = [{"id": cloud.ident(number), "status": "DONE"} for number in range(100)]

    def answer(request: httpx.Request) -> httpx.Response:
        offset = int(parse_qs(request.url.query.decode()).get("offset", ["0"])[0])
        return cloud.page(*items, start=offset, total=offset + 5000)

    cloud.on("GET", "/v1/batches" if kind == "batches" else "/v2/jobs").mock(side_effect=answer)
    with pytest.raises(UnexpectedAnswerError, match="does not end"):
        walked(walk, sdk, kind)


PLACES: dict[str, tuple[int, int]] = {
    "the first": (0, 250),
    "the second": (100, 250),
    "among several": (300, 700),
    "the last": (600, 650),
}
"""Which page comes empty, by its offset, and how many items there are in all."""


@KINDS
@pytest.mark.parametrize(("offset", "length"), PLACES.values(), ids=PLACES)
def test_an_empty_page_is_asked_for_again(cloud: Any, sdk: Any, walk: Any, kind: str, offset: int, length: int) -> None:
    """When there is more by the service's own count: what comes then counts."""
    waiting = [offset]

    def cap(asked: int) -> int:
        if asked in waiting:
            waiting.remove(asked)
            return 0
        return 100

    cloud.serve(kind, lambda *_: range(length), cap)
    assert walked(walk, sdk, kind) == [cloud.ident(number) for number in range(length)]
    assert waiting == []


@KINDS
@pytest.mark.parametrize(("offset", "length"), PLACES.values(), ids=PLACES)
def test_a_page_that_stays_empty_is_an_error(
    cloud: Any, sdk: Any, walk: Any, kind: str, offset: int, length: int
) -> None:
    """It says which page, how many items should have come and how many there are: the list is not taken for whole."""
    route = cloud.serve(kind, lambda *_: range(length), lambda asked: 0 if asked >= offset else 100)
    expected = rf"offset {offset} was empty.* up to {min(100, length - offset)} items .* has {length}\b"
    with pytest.raises(UnexpectedAnswerError, match=expected) as raised:
        walked(walk, sdk, kind)
    assert isinstance(raised.value, BatchFetchingError if kind == "batches" else JobFetchingError)
    asked = [parse_qs(call.request.url.query.decode()).get("offset", ["0"]) for call in route.calls]
    assert asked.count([str(offset)]) == 2


@KINDS
@pytest.mark.parametrize("left", [0, 50, 100])
@pytest.mark.parametrize("offset", [0, 100, 200])
def test_a_list_that_ends_meanwhile_is_no_error(
    cloud: Any, sdk: Any, walk: Any, kind: str, offset: int, left: int
) -> None:
    """A page is empty, and the second answer says that nothing is left there: what was given before stays given."""
    waiting = [offset]
    present = {"now": 250}

    def cap(asked: int) -> int:
        if asked in waiting:
            waiting.remove(asked)
            present["now"] = left  # for the next answer
            return 0
        return 100

    cloud.serve(kind, lambda *_: range(present["now"]), cap)
    given = walked(walk, sdk, kind)
    assert len(given) == len(set(given))
    assert {cloud.ident(number) for number in range(left)} <= set(given)


@KINDS
@pytest.mark.parametrize("beginning", [0, 30])
def test_a_list_that_vanishes_is_no_error(cloud: Any, sdk: Any, walk: Any, kind: str, beginning: int) -> None:
    """All items go after the first page, and all that come before the walk's beginning: it ends there."""
    asked: list[int] = []

    def present(offset: int, _: Any) -> range:
        asked.append(offset)
        return range(250 if len(asked) == 1 else beginning // 2)

    cloud.serve(kind, present)
    given = walked(walk, sdk, kind, None, PaginationParams(offset=beginning))
    assert given == [cloud.ident(number) for number in range(beginning, beginning + 100)]


@KINDS
@pytest.mark.parametrize("length", [1, 100, 250, 1234])
def test_all_at_once_without_pagination_is_all(cloud: Any, sdk: Any, walk: Any, kind: str, length: int) -> None:
    """A service that knows neither pages nor their lengths gives the whole list, for which it is asked once."""
    items = [{"id": cloud.ident(number), "status": "DONE"} for number in range(length)]
    route = cloud.on("GET", "/v1/batches" if kind == "batches" else "/v2/jobs").mock(return_value=cloud.ok(items))
    assert walked(walk, sdk, kind) == [item["id"] for item in items]
    assert route.call_count == 1


@KINDS
def test_a_page_that_repeats_itself_ends_it(cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """A service that ignores the offset gives the same page again: its items come once, and the total ends the walk."""
    route = cloud.on("GET", "/v1/batches" if kind == "batches" else "/v2/jobs")
    route.mock(return_value=cloud.page({"id": cloud.ident(), "status": "DONE"}, total=1000))
    assert walked(walk, sdk, kind) == [cloud.ident()]
    assert route.call_count <= 12


@KINDS
def test_an_answer_without_pagination_is_all(colour: Any, cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """What came is the whole list, for a walk and for a page's total."""
    items = [{"id": cloud.ident(number), "status": "DONE"} for number in range(3)]
    cloud.on("GET", "/v1/batches" if kind == "batches" else "/v2/jobs").mock(return_value=cloud.ok(items))
    assert walked(walk, sdk, kind) == [item["id"] for item in items]
    page = colour.call(getattr(sdk, f"get_{kind}")())
    assert (page.total, page.offset, len(page)) == (3, 0, 3)


@KINDS
def test_many_ids_are_asked_for_in_pieces(cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """250 ids are three requests of no more than a hundred; repeated ones count once."""
    route = cloud.serve(kind, lambda *_: range(300))
    filters = {"batches": BatchFilters, "jobs": JobFilters}[kind]
    ids = [cloud.ident(number) for number in ALL]
    assert walked(walk, sdk, kind, filters(id=ids + ids)) == ids
    assert [len(parse_qs(call.request.url.query.decode())["id"]) for call in route.calls] == [100, 100, 50]


def test_many_batches_of_jobs_are_asked_for_in_pieces(cloud: Any, sdk: Any, walk: Any) -> None:
    """The ids of batches count like those of jobs."""
    route = cloud.serve("jobs", lambda *_: range(1))
    assert walked(walk, sdk, "jobs", JobFilters(batch_id=[cloud.ident(n) for n in range(101)])) == [cloud.ident()]
    assert [len(parse_qs(call.request.url.query.decode())["batch_id"]) for call in route.calls] == [100, 1]


@KINDS
def test_a_beginning_amid_pieces_is_refused(colour: Any, cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """An offset in a list that is asked for in pieces has no meaning."""
    filters = {"batches": BatchFilters, "jobs": JobFilters}[kind](id=[cloud.ident(number) for number in range(101)])
    with pytest.raises(ValidationError, match="offset"):
        walked(walk, sdk, kind, filters, PaginationParams(offset=1))
    assert cloud.sent == []


@KINDS
def test_an_error_on_the_way_is_the_operations(cloud: Any, sdk: Any, walk: Any, kind: str) -> None:
    """Both classes catch it; what was given before stays given."""
    path = "/v1/batches" if kind == "batches" else "/v2/jobs"
    first = [{"id": cloud.ident(number), "status": "DONE"} for number in range(100)]
    cloud.on("GET", path).mock(side_effect=[cloud.page(*first, total=150), cloud.refused(404)])
    with pytest.raises({"batches": BatchFetchingError, "jobs": JobFetchingError}[kind]) as caught:
        walked(walk, sdk, kind)
    assert isinstance(caught.value, NotFoundError)


def test_a_walk_asks_only_for_what_is_read(colour: Any, cloud: Any, sdk: Any) -> None:
    """Whoever stops early pays for the first page alone; making the iterator costs nothing."""
    route = cloud.serve("jobs", lambda *_: ALL)
    jobs = sdk.iter_jobs()
    assert route.call_count == 0
    first = next(jobs) if colour.is_blocking else colour.call(anext(jobs))
    assert first.id == cloud.ident()
    assert route.call_count == 1


def test_all_pages_are_walked_through_in_order(walk: Callable[[Any], list[Any]], sdk_on: Callable[..., Any]) -> None:
    """In order, each item once."""

    def page(request: httpx.Request) -> httpx.Response:
        query = parse_qs(request.url.query.decode())
        start, limit = int(query.get("offset", ["0"])[0]), int(query["limit"][0])
        items = [answers.job(number) for number in range(start, min(start + limit, 250))]
        place = {"start": start, "end": start + len(items), "total": 250}
        return httpx.Response(200, json={"data": items, "pagination": place})

    walked = walk(sdk_on(by_path(jobs=page)).iter_jobs())
    assert [each.id for each in walked] == [answers.ident(number) for number in range(250)]
