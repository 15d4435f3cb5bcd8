"""Reading JSON by msgspec gives what `json` gives, also for what msgspec refuses."""

import json
import math
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud_api import types

BODIES = [
    *("18446744073709551616", "-123456789012345678901234567890", "-0", "-0.0", "1e400", "5e-324", "0.1e1"),
    *("NaN", "[Infinity, -Infinity]", '"\\ud800"', '"\\ud83d\\ude00"', '{"a": 1, "b": 2, "a": 3}', "\ufeff[1]"),
    *("", "[1,]", "01", "[1] x", '"a', "tru", '"\t"', "1" * 5000),
]


def outcome(response: httpx.Response, read: Any) -> Any:
    """What reading gives, as text that tells 1 from 1.0 and keeps NaN equal; or the error."""
    try:
        return repr(read(response))
    except (ValueError, RecursionError) as error:
        return type(error), str(error)


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(types, "LARGE", 0)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_what_is_unusual_is_read_the_same(body: str) -> None:
    """Large numbers, names given twice, what is no JSON: the same values, or the same error."""
    response = httpx.Response(200, content=body.encode())
    assert types._faster() is not None
    assert outcome(response, types.json_of) == outcome(response, httpx.Response.json)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1"])
def test_other_encodings_are_read_the_same(encoding: str) -> None:
    """As `json` knows some of them."""
    response = httpx.Response(200, content='["é"]'.encode(encoding))
    assert outcome(response, types.json_of) == outcome(response, httpx.Response.json)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_any_value_is_read_the_same() -> None:
    """Whatever a service may send."""

    @given(VALUES, st.booleans())
    def check(value: Any, ascii_only: bool) -> None:
        response = httpx.Response(
            200, content=json.dumps(value, ensure_ascii=ascii_only).encode(errors="surrogatepass")
        )
        assert outcome(response, types.json_of) == outcome(response, httpx.Response.json)

    check()


def test_without_msgspec_json_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never needed."""
    monkeypatch.setattr(types, "_faster", lambda: None)
    read = types.json_of(httpx.Response(200, content=b'{"a": NaN}'))
    assert math.isnan(read["a"])
