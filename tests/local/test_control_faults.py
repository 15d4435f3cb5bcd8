"""Faults: each thing that can go wrong with a request, over real connections."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def fault(scripted: Any) -> Callable[..., dict[str, Any]]:
    """A function that sets a fault."""

    def fault(**rule: Any) -> dict[str, Any]:
        shown: dict[str, Any] = scripted.control("POST", "faults", json=rule)
        return shown

    return fault


def create(scripted: Any, timeout: float = 20.0) -> httpx.Response:
    """Creates a batch, and checks nothing."""
    return scripted.http.post(
        "/core-fast/api/v1/batches",
        json=scripted.body("{}", {"runs": 1}),
        headers={"Authorization": f"Bearer {scripted.token}"},
        timeout=timeout,
    )


def stored(scripted: Any) -> int:
    """How many batches there are."""
    scripted.control("DELETE", "faults")
    return len(scripted.get("listBatches"))


def b64(content: bytes) -> str:
    """Bytes as JSON carries them."""
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    ("rule", "body", "kind"),
    [
        ({"status": 503}, b"", "application/json"),
        ({"status": 504, "body": "upstream"}, b"upstream", "text/plain; charset=utf-8"),
        ({"status": 422, "body": {"data": [1]}}, b'{"data": [1]}', "application/json"),
        ({"status": 200, "body": None}, b"", "application/json"),
        ({"status": 204}, b"", "application/json"),
        ({"status": 999, "content": b64(b"\x00\xff")}, b"\x00\xff", "application/octet-stream"),
        ({"body": False}, b"false", "application/json"),
        ({"status": 502, "body": "<html>", "headers": {"Content-Type": "text/html"}}, b"<html>", "text/html"),
    ],
    ids=str,
)
@pytest.mark.parametrize("drop", [None, "before", "after"])
def test_an_answer_of_its_own(
    scripted: Any, fault: Any, rule: dict[str, Any], body: bytes, kind: str, drop: str | None
) -> None:
    """In place of the service's; the request is carried out only if it is the answer that gets lost."""
    fault(operation="createBatch", drop=drop, **rule)
    answer = create(scripted)
    assert (answer.status_code, answer.content) == (rule.get("status", 200), body)
    assert answer.headers["content-type"] == kind
    assert answer.headers["connection"] == "close"
    assert "date" in answer.headers
    assert stored(scripted) == (drop == "after")


def test_headers_are_added_replaced_and_taken_away(scripted: Any, fault: Any) -> None:
    """Of an answer of its own, and of the right one, which then is otherwise as it should be."""
    fault(operation="listBatches", status=429, headers={"Retry-After": "7", "Date": ""}, times=1)
    fault(operation="listBatches", headers={"X-Request-Id": "r-1", "content-range": "", "DATE": "yesterday"})
    refused, right = (scripted.http.get("/core-fast/api/v1/batches", headers=bearer(scripted)) for _ in range(2))
    assert (refused.status_code, refused.headers["retry-after"], "date" in refused.headers) == (429, "7", False)
    assert (right.status_code, right.headers["x-request-id"], right.headers["date"]) == (200, "r-1", "yesterday")
    assert "content-range" not in right.headers
    assert right.json()["data"] == []


def bearer(scripted: Any) -> dict[str, str]:
    """The header of a token."""
    return {"Authorization": f"Bearer {scripted.token}"}


@pytest.mark.parametrize(
    ("rule", "error", "is_stored"),
    [
        ({"drop": "before"}, httpx.ReadError, False),
        ({"drop": "after"}, httpx.ReadError, True),
        ({"drop": "before", "end": "close"}, httpx.RemoteProtocolError, False),
        ({"drop": "after", "end": "close"}, httpx.RemoteProtocolError, True),
        ({"drop": "after", "end": "stall"}, httpx.ReadTimeout, True),
        ({"drop": "before", "end": "stall"}, httpx.ReadTimeout, False),
        ({"truncate": 5}, httpx.RemoteProtocolError, True),
        ({"truncate": 5, "end": "reset"}, httpx.ReadError, True),
        ({"truncate": 5, "end": "stall"}, httpx.ReadTimeout, True),
        ({"truncate": 10**9}, httpx.RemoteProtocolError, True),
        ({"raw": b64(b"")}, httpx.RemoteProtocolError, False),
        ({"raw": b64(b"SSH-2.0-OpenSSH_9.6\r\n")}, httpx.RemoteProtocolError, False),
        ({"raw": b64(b"HTTP/1.1 200 OK\r\nContent-Le"), "drop": "after"}, httpx.RemoteProtocolError, True),
        ({"raw": b64(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "end": "stall"}, httpx.ReadTimeout, False),
    ],
    ids=str,
)
def test_no_answer(
    scripted: Any, fault: Any, rule: dict[str, Any], error: type[httpx.TransportError], is_stored: bool
) -> None:
    """Or half of one: what becomes of the connection, and whether the request was carried out all the same."""
    fault(operation="createBatch", **rule)
    with pytest.raises(error):
        create(scripted, timeout=0.5 if error is httpx.ReadTimeout else 20.0)
    assert stored(scripted) == is_stored
    assert create(scripted).status_code == 200


def test_a_late_answer(scripted: Any, fault: Any) -> None:
    """Is right, and the connection goes on."""
    fault(operation="createBatch", delay=0.3)
    began = time.monotonic()
    answer = create(scripted)
    assert time.monotonic() - began >= 0.3
    assert answer.status_code == 200
    assert answer.headers.get("connection") != "close"
    assert answer.json()["data"]["id"] == scripted.get("listBatches")[0]["id"]


def test_an_answer_that_drips(scripted: Any, fault: Any) -> None:
    """Byte by byte, until all of it is there."""
    fault(operation="getJobStatus", status=200, body="drip", drip=0.1)
    began = time.monotonic()
    assert scripted.http.get(f"/core-fast/api/v1/jobs/{NOBODY}/status").text == "drip"
    assert time.monotonic() - began >= 0.3


def test_the_right_answer_drips_too(scripted: Any, fault: Any) -> None:
    """To the last byte."""
    fault(operation="listBatches", drip=0.001)
    assert scripted.get("listBatches") == []


def test_the_nth_time(scripted: Any, fault: Any) -> None:
    """Some are spared first, then some are hit, and the rest are spared again."""
    rule = fault(operation="createBatch", status=500, skip=1, times=2)
    assert [create(scripted).status_code for _ in range(5)] == [200, 500, 500, 200, 200]
    shown = scripted.control("GET", f"faults/{rule['id']}")
    assert (shown["seen"], shown["fired"]) == (5, 2)


def test_several_rules_apply_in_order(scripted: Any, fault: Any) -> None:
    """Each request meets the first that hits it; all count it."""
    fault(operation="createBatch", status=500, times=1)
    fault(operation="createBatch", status=501, skip=2, times=1)
    fault(operation="*", status=502, times=2)
    assert [create(scripted).status_code for _ in range(5)] == [500, 502, 501, 502, 200]


def test_a_probability_has_a_seed(scripted: Any, fault: Any) -> None:
    """About so many are hit; with the seed that is shown, the same again."""

    def hit(**rule: Any) -> tuple[dict[str, Any], list[int]]:
        set_rule = fault(operation="createToken", status=500, probability=0.3, **rule)
        statuses = [scripted.log_in().status_code for _ in range(100)]
        return scripted.control("DELETE", f"faults/{set_rule['id']}"), statuses

    first, statuses = hit()
    assert 10 <= first["fired"] == statuses.count(500) <= 55
    assert hit(seed=first["seed"])[1] == statuses
    assert hit()[1] != statuses


def test_operations_are_hit_one_by_one(scripted: Any, fault: Any) -> None:
    """Others are spared; downloads and tokens have names as well; a star is for all."""
    job = scripted.settled(scripted.create("{}", {"runs": 1}))["jobs"][0]
    link = scripted.get("getJobResultsLink", job_id=job["id"])["results_link"]
    fault(operation="getResult", status=403)
    assert httpx.get(link).status_code == 403
    assert scripted.log_in().status_code == 200
    fault(operation="createToken", status=500)
    assert scripted.log_in().status_code == 500
    assert scripted.call("listBatches").status_code == 200
    fault(operation="*", status=418)
    assert scripted.http.get("/core-fast/api/v1/batches").status_code == 418
    assert scripted.http.get("/account/api/v1/projects").status_code == 418


def test_control_is_never_hit(scripted: Any, fault: Any) -> None:
    """Not even when everything is, and so it can always be mended."""
    rule = fault(operation="*", drop="before")
    assert scripted.control("GET", "")["faults"] == [rule]
    scripted.control("DELETE", f"faults/{rule['id']}")
    assert scripted.get("listBatches") == []
    assert scripted.control("GET", "faults") == []


def test_what_hit_a_request_is_recorded(scripted: Any, fault: Any) -> None:
    """With the rule's name, and the status that the client saw, if it saw one."""
    refusing, dropping = fault(status=500, times=1), fault(drop="after", times=1)
    create(scripted)
    with pytest.raises(httpx.ReadError):
        create(scripted)
    create(scripted)
    recorded = scripted.control("GET", "requests?operation=createBatch")
    assert [(request["fault"], request["status"]) for request in recorded] == [
        (refusing["id"], 500),
        (dropping["id"], None),
        (None, 200),
    ]
    assert all(request["body"]["jobs"] == [{"runs": 1}] for request in recorded)


def test_a_rule_is_shown_as_it_was_given(scripted: Any, fault: Any) -> None:
    """With its name, its seed, and how often it was met."""
    given = {"operation": "createBatch", "status": 503, "headers": {"Retry-After": "1"}, "probability": 0.5, "seed": 3}
    rule = fault(**given)
    assert rule == given | {"id": rule["id"], "seen": 0, "fired": 0}
    assert scripted.control("GET", "faults") == [rule]


def test_a_stalled_connection_does_not_keep_the_service_from_ending(start: Callable[..., Any]) -> None:
    """It ends when it is told to, whoever still waits."""
    service = start("--engine", "scripted")
    service.control("POST", "faults", json={"operation": "createBatch", "drop": "before", "end": "stall"})
    with httpx.Client(base_url=service.connection["url"]) as other, pytest.raises(httpx.ReadTimeout):
        other.post("/core-fast/api/v1/batches", timeout=0.2)
    with httpx.Client(base_url=service.connection["url"]) as other:
        stream = other.stream("POST", "/core-fast/api/v1/batches", timeout=0.2)
        with pytest.raises(httpx.ReadTimeout):
            stream.__enter__()
        assert service.stop() == 0
