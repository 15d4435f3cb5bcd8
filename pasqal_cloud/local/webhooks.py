"""Calls webhooks: when a job has ended, with any status, posts it to the URL of its batch.

The body is JSON:

    {"id": "<of this delivery, the same for each try>", "type": "job.ended", "job": {<as getJob, without sequence>}}

A 2xx response within `TRY_WITHIN` seconds is a success; redirects are not followed. Otherwise the call is repeated
after each of `DELAYS`, then given up. Pending deliveries survive a restart of the service, so one may arrive twice.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from pasqal_cloud._network import Proxies, context_of_environment
from pasqal_cloud.local.http.views import listed_job
from pasqal_cloud.local.store import AwayError, FullDiskError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pasqal_cloud.local.metrics import Metrics
    from pasqal_cloud.local.store import Delivery, Store

TRY_WITHIN = 5.0
"""Seconds that a call may take."""

DELAYS = (1.0, 5.0, 25.0)
"""Seconds between a failed call and the next one."""

LOOK = 1.0
"""Seconds between two checks of the clock, which tests may set, while a delivery waits."""

TAKEN_FOR = 30.0
"""Seconds after which another service makes a delivery, if the one that wanted to make it has died."""

LOOK_FOR_OTHERS = 10.0
"""Seconds between two looks for deliveries that services have left behind which have died."""

STOP_WITHIN = 0.3
"""Seconds to wait for a call in progress when the service stops."""

logger = logging.getLogger(__name__)


class UnreachableError(Exception):
    """A receiver can't be reached."""


class RefusedError(Exception):
    """A receiver answered with another status than 2xx."""


class Webhooks:
    """Makes the pending deliveries in the store, in its own thread, until its context ends.

    Args:
        store: Contains the pending deliveries.
        clock: The service's clock.
        metrics: Counts the calls.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._changed = threading.Event()
        self._is_stopping = False
        self._made: Delivery | None = None
        self._thread = threading.Thread(target=self._serve, name="webhooks", daemon=True)

    def __enter__(self) -> Self:
        """Starts the thread, which continues with the deliveries in the database."""
        self._store.database.on_change(self._changed.set)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stops the thread; a call that hangs is abandoned and repeated after a restart."""
        self._is_stopping = True
        self._changed.set()
        self._thread.join(STOP_WITHIN)

    def _serve(self) -> None:
        while not self._is_stopping:
            self._changed.clear()
            try:
                wait_for = self._serve_once()
            except (AwayError, FullDiskError):  # which the scheduler logs
                wait_for = LOOK
            except Exception:
                logger.exception("An unexpected error interrupted the webhooks; trying again.")
                wait_for = LOOK
            self._changed.wait(wait_for)

    def _serve_once(self) -> float | None:
        """Makes the next delivery if it is due, and gets the seconds until the next one."""
        self._store_made()
        delivery = self._store.deliveries.next_delivery()
        if delivery is None:
            return LOOK_FOR_OTHERS if self._store.database.is_shared else None
        now = self._clock()
        if delivery.due_at > now:
            return LOOK
        if not self._store.deliveries.take(delivery, now + timedelta(seconds=TAKEN_FOR)):
            return 0.0
        try:
            self._try(delivery)
        except (UnreachableError, RefusedError) as error:
            if not self._is_stopping:
                self._failed(delivery, error)
                self._metrics.webhook("failed")
        else:
            if not self._is_stopping:
                self._made = delivery
                self._store_made()
                self._metrics.webhook("delivered")
        return 0.0

    def _store_made(self) -> None:
        """Removes the delivery that was made last; again, if the database was away the first time."""
        if self._made is not None:
            self._store.deliveries.delivered(self._made)
            self._made = None

    def _try(self, delivery: Delivery) -> None:
        """Makes a call with a time limit, even if the receiver sends its response byte by byte."""
        answer: Future[int] = Future()

        def post() -> None:
            try:
                answer.set_result(_posted(delivery))
            except Exception as error:  # noqa: BLE001 - whatever it is, the receiver can't be reached
                answer.set_exception(error)

        threading.Thread(target=post, name="webhook", daemon=True).start()
        try:
            status = answer.result(TRY_WITHIN)
        except Exception as error:
            raise UnreachableError(type(error).__name__) from error
        if not 200 <= status < 300:
            raise RefusedError(f"HTTP status {status}")

    def _failed(self, delivery: Delivery, error: Exception) -> None:
        delay = DELAYS[min(delivery.tries, len(DELAYS) - 1)]
        now = self._clock()
        again_at = now + timedelta(seconds=delay)
        self._store.deliveries.not_delivered(delivery, now, again_at, others_too=isinstance(error, UnreachableError))
        for job_id in self._store.deliveries.give_up(len(DELAYS) + 1):
            host = urlsplit(delivery.url).hostname  # the rest of the URL may be secret
            logger.warning(
                "Calling the webhook at %s about the end of job %s failed for the last time: %s.",
                host,
                job_id,
                error,
                extra={"job_id": job_id},
            )
            self._metrics.webhook("given up")


def _posted(delivery: Delivery) -> int:
    """Makes a call, and gets the status of the response."""
    import httpx

    content: dict[str, Any] = {"id": delivery.id, "type": "job.ended", "job": listed_job(delivery.job)}
    url = httpx.URL(delivery.url)
    proxy = Proxies.read().of(url.scheme, url.raw_host.decode("ascii"), url.port)
    context = context_of_environment() if url.scheme == "https" else None
    with (
        httpx.Client(
            timeout=TRY_WITHIN,
            follow_redirects=False,
            trust_env=False,  # httpx raises an error for some values of NO_PROXY, which would stop every delivery
            proxy=None if proxy is None else proxy.url,
            verify=context or True,
        ) as client,
        client.stream("POST", delivery.url, json=content) as answer,
    ):
        return answer.status_code
