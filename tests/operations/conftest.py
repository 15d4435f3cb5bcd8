"""A cloud whose answers the tests write, and lists that change while they are read."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from pasqal_cloud import Endpoints, RetryPolicy, TokenProvider

URL = "https://cloud.test"
PROJECT = "99999999-2222-4333-8444-555555555555"
BATCH = "11111111-2222-4333-8444-555555555555"
EAGER: dict[str, Any] = {"retry": RetryPolicy(first=0.001), "recover_for": 0.0}
"""As usual, with short pauses and one look for what may have been submitted."""


class Anybody(TokenProvider):
    def get_token(self) -> str:
        return "token"


def ident(number: int = 0) -> str:
    """The id of a job, a batch, or whatever a list has."""
    return f"22222222-2222-4333-8444-{number:012}"


class Cloud:
    """The cloud, as far as a test describes it; whatever it does not expect is an error."""

    url = URL
    batch_id = BATCH
    project_id = PROJECT
    ident = staticmethod(ident)

    def __init__(self, router: respx.MockRouter) -> None:
        self.router = router

    def on(self, method: str, path: str) -> respx.Route:
        """The route of an operation; `{}` is the batch's id."""
        return self.router.request(method, f"{URL}/core-fast/api{path.replace('{}', BATCH)}")

    def on_account(self, path: str) -> respx.Route:
        """The route of an operation of the account service."""
        return self.router.get(f"{URL}/account/api{path}")

    @staticmethod
    def ok(data: Any, **more: Any) -> httpx.Response:
        """An answer in the usual envelope."""
        return httpx.Response(200, json={"status": "success", "message": "OK.", "code": "200", "data": data, **more})

    @staticmethod
    def refused(status: int = 409, text: str = "It is too late.") -> httpx.Response:
        """A refusal in the usual envelope."""
        return httpx.Response(status, json={"status": "fail", "code": str(status), "data": {"description": text}})

    def batch(self, **fields: Any) -> httpx.Response:
        """An answer with the batch."""
        return self.ok({"id": BATCH, "status": "PENDING", "open": False, "sequence_builder": "{}", **fields})

    @staticmethod
    def job(number: int = 0, **fields: Any) -> dict[str, Any]:
        """A job of the batch."""
        return {"id": ident(number), "status": "PENDING", "runs": number + 1, **fields}

    def page(self, items: list[dict[str, Any]], start: int = 0, total: int | None = None) -> httpx.Response:
        """An answer with items of a list."""
        total = start + len(items) if total is None else total
        return self.ok(items, pagination={"start": start, "end": start + len(items), "total": total})

    def serve(
        self,
        kind: str,
        present: Callable[[int, list[str] | None], Iterable[int]],
        cap: Callable[[int], int] = lambda _: 100,
    ) -> respx.Route:
        """Serves a list.

        Args:
            kind: `batches` or `jobs`.
            present: Gets the numbers of the items that there are, from the offset and the ids that are asked for.
            cap: Gets how many it gives at most, from the offset.
        """

        def answer(request: httpx.Request) -> httpx.Response:
            query = parse_qs(request.url.query.decode())
            offset, limit = (int(query.get(key, [default])[0]) for key, default in (("offset", "0"), ("limit", "100")))
            wanted = query.get("id")
            items = [item(number) for number in present(offset, wanted) if wanted is None or ident(number) in wanted]
            return self.page(items[offset : offset + min(limit, cap(offset))], offset, len(items))

        def item(number: int) -> dict[str, Any]:
            return {"id": ident(number), "status": "DONE"}

        return self.on("GET", "/v1/batches" if kind == "batches" else "/v2/jobs").mock(side_effect=answer)

    @property
    def sent(self) -> list[str]:
        """What was asked for, in order."""
        return [f"{call.request.method} {call.request.url.path}" for call in self.router.calls]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """The cloud."""
    with respx.mock(assert_all_called=False) as router:
        yield Cloud(router)


@pytest.fixture
def sdk(colour: Any, cloud: Cloud) -> Iterator[Any]:
    """An SDK of each colour on the cloud, with short pauses between its tries."""
    sdk = colour.SDK(token_provider=Anybody(), project_id=PROJECT, endpoints=Endpoints.at(URL), **EAGER)
    yield sdk
    colour.call(sdk.close())


@pytest.fixture
def walk(colour: Any) -> Callable[[Any], list[Any]]:
    """A function that goes through all that an iterator of the colour gives."""

    async def all_of(items: Any) -> list[Any]:
        return [item async for item in items]

    return lambda items: list(items) if colour.is_blocking else colour.call(all_of(items))


@pytest.fixture
def batch(colour: Any, cloud: Cloud, sdk: Any) -> Any:
    """A handle of the batch, open and without jobs that were read."""
    cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(open=True))
    return colour.call(sdk.get_batch(BATCH))


@pytest.fixture
def of_jobs(colour: Any, cloud: Cloud, sdk: Any) -> Callable[..., Any]:
    """A function that gets a batch with the jobs given."""

    def make(*jobs: dict[str, Any], **fields: Any) -> Any:
        cloud.on("GET", "/v2/batches/{}").mock(return_value=cloud.batch(jobs=list(jobs), **fields))
        return colour.call(sdk.get_batch(BATCH))

    return make
