"""A cloud whose answers the tests write, route by route."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import httpx
import respx

from pasqal_cloud import Endpoints, RetryPolicy, TokenProvider

from . import answers
from .answers import BATCH, PROJECT, URL, ident

EAGER: dict[str, Any] = {"retry": RetryPolicy(first=0.001), "recover_for": 0.0}
"""Arguments of an SDK: as usual, with short pauses and one look for what may have been submitted."""


class Anybody(TokenProvider):
    """Gives a token that is never refused, without a login."""

    def get_token(self) -> str:
        return "token"


class Cloud:
    """The cloud, as far as a test describes it; whatever it does not expect is an error."""

    url = URL
    endpoints = Endpoints.at(URL)
    batch_id = BATCH
    project_id = PROJECT
    ident = staticmethod(ident)
    job = staticmethod(answers.job)
    ok = staticmethod(answers.ok)
    page = staticmethod(answers.page)
    refused = staticmethod(answers.refused)

    def __init__(self, router: respx.MockRouter) -> None:
        self.router = router

    def on(self, method: str, path: str) -> respx.Route:
        """The route of an operation; `{}` is the batch's id."""
        return self.router.request(method, f"{URL}/core-fast/api{path.replace('{}', BATCH)}")

    def on_account(self, path: str) -> respx.Route:
        """The route of an operation of the account service."""
        return self.router.get(f"{URL}/account/api{path}")

    @property
    def tokens(self) -> respx.Route:
        return self.router.post(f"{URL}/oauth/token")

    @property
    def creating(self) -> respx.Route:
        return self.on("POST", "/v1/batches")

    @property
    def getting(self) -> respx.Route:
        return self.on("GET", "/v2/batches/{}")

    @property
    def adding(self) -> respx.Route:
        return self.on("POST", "/v2/batches/{}/jobs")

    @property
    def progress(self) -> respx.Route:
        return self.on("GET", "/v1/batches/{}/status")

    @property
    def listing(self) -> respx.Route:
        return self.on("GET", "/v1/batches")

    @property
    def listing_jobs(self) -> respx.Route:
        return self.on("GET", "/v2/jobs")

    @staticmethod
    def batch(**fields: Any) -> httpx.Response:
        """An answer with the batch."""
        return answers.ok(answers.batch(**fields))

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
            return self.page(*items[offset : offset + min(limit, cap(offset))], start=offset, total=len(items))

        def item(number: int) -> dict[str, Any]:
            return {"id": ident(number), "status": "DONE"}

        return (self.listing if kind == "batches" else self.listing_jobs).mock(side_effect=answer)

    @property
    def sent(self) -> list[str]:
        """What was asked for, in order."""
        return [f"{call.request.method} {call.request.url.path}" for call in self.router.calls]

    def created(self) -> dict[str, Any]:
        """The body of the one request that created a batch."""
        (call,) = (call for call in self.router.calls if call.request.method == "POST")
        body: dict[str, Any] = json.loads(call.request.content)
        return body
