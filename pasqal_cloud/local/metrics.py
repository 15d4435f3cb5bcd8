"""What a service counts for Prometheus: its own events since it started, and the jobs in the database when it is asked.

Each service has a registry of its own, so that several in one process do not mix. The numbers of jobs and the age of
the oldest one are those of the whole database, which several services may share; all others are this service's.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from pasqal_cloud.local.store import AwayError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from prometheus_client import Metric
    from sqlalchemy import Connection, Engine

    from pasqal_cloud.local.store import Store

SHORT = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0)
"""The bounds of the intervals in which requests and transactions are counted, in seconds."""

LONG = (0.01, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 300.0, 1_000.0, 3_000.0, 10_000.0)
"""The same for runs of jobs."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The format of `Metrics.text`."""

NOTHING = "none"
"""The status of a request that was not answered, as with a fault that breaks the connection."""

SINCE = "pasqal-cloud: checked out at"
WRITES = "pasqal-cloud: writes"


class Metrics:
    """The counters of one service.

    Args:
        version: The service's version.
    """

    def __init__(self, version: str) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "pasqal_cloud_requests", "Requests, by operation and status.", ("operation", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "pasqal_cloud_request_seconds",
            "Time until the response to a request was sent.",
            ("operation",),
            registry=registry,
            buckets=SHORT,
        )
        self._logins = Counter("pasqal_cloud_logins", "Logins, granted or refused.", ("outcome",), registry=registry)
        self._runs = Gauge("pasqal_cloud_runs", "Jobs that this service runs now.", registry=registry)
        self._run_seconds = Histogram(
            "pasqal_cloud_run_seconds",
            "Time that runs of jobs took, by device and how they ended: done, error, killed, lost or interrupted.",
            ("device_type", "ending"),
            registry=registry,
            buckets=LONG,
        )
        self._deaths = Counter(
            "pasqal_cloud_worker_deaths",
            "Worker processes that died, while they ran a job or checked a submission.",
            ("work",),
            registry=registry,
        )
        self._webhooks = Counter(
            "pasqal_cloud_webhook_calls",
            "Calls of webhooks: delivered, failed, or given up after the last try.",
            ("outcome",),
            registry=registry,
        )
        self._transactions = Histogram(
            "pasqal_cloud_transaction_seconds",
            "Time that transactions of the database took, including the wait for the right to write.",
            ("kind",),
            registry=registry,
            buckets=SHORT,
        )
        Info("pasqal_cloud", "The service.", registry=registry).info({"version": version})
        ProcessCollector(registry=registry)

    def watch(self, store: Store, clock: Callable[[], datetime]) -> None:
        """Adds the numbers that the database knows, and times its transactions."""
        self._registry.register(_Stored(store, clock))
        for engine in store.database.engines:
            _time_transactions(engine, self._transactions)

    def text(self) -> bytes:
        """Writes everything in the format that Prometheus reads."""
        return generate_latest(self._registry)

    def answered(self, operation: str, status: int | None, seconds: float) -> None:
        """Counts a request.

        Args:
            operation: The operation's name.
            status: The status of the response; None if there was none.
            seconds: The time until it was sent.
        """
        self._requests.labels(operation, NOTHING if status is None else str(status)).inc()
        self._request_seconds.labels(operation).observe(seconds)

    def login(self, *, is_granted: bool) -> None:
        """Counts a login."""
        self._logins.labels("granted" if is_granted else "refused").inc()

    def run_began(self) -> None:
        """Counts a run that begins."""
        self._runs.inc()

    def run_ended(self, device_type: str, ending: str, seconds: float) -> None:
        """Counts a run that has ended."""
        self._runs.dec()
        self._run_seconds.labels(device_type, ending).observe(seconds)

    def worker_died(self, work: str) -> None:
        """Counts the death of a worker process, by what it did."""
        self._deaths.labels(work).inc()

    def webhook(self, outcome: str, count: int = 1) -> None:
        """Counts calls of webhooks by their outcome."""
        self._webhooks.labels(outcome).inc(count)


class _Stored(Collector):
    """The numbers that the database knows; it counts jobs by itself, so that none is looked at."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        """Reads the figures from the database; if it does not answer, the only metric is that it is down."""
        try:
            figures = self._store.figures(self._clock())
        except (AwayError, SQLAlchemyError):
            yield GaugeMetricFamily("pasqal_cloud_database_up", "Whether the database answers.", value=0)
            return
        yield GaugeMetricFamily("pasqal_cloud_database_up", "Whether the database answers.", value=1)
        amounts = GaugeMetricFamily(
            "pasqal_cloud_jobs", "Jobs in the database, by device and status.", labels=("device_type", "status")
        )
        for (device_type, status), amount in figures.jobs.items():
            amounts.add_metric((device_type, status), amount)
        yield amounts
        age = "How long the oldest job that waits has been waiting; 0 if none waits."
        yield GaugeMetricFamily("pasqal_cloud_oldest_waiting_job_seconds", age, value=figures.oldest_waiting)


def _time_transactions(engine: Engine, seconds: Histogram) -> None:
    """Times transactions: each takes a connection from the pool, and gives it back after its commit."""
    reads, writes = seconds.labels("read"), seconds.labels("write")

    @event.listens_for(engine, "checkout")
    def taken(_connection: Any, record: Any, _proxy: Any) -> None:
        record.info[SINCE] = monotonic()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        connection.info[WRITES] = connection.get_execution_options().get("writes", False)

    @event.listens_for(engine, "checkin")
    def given_back(_connection: Any, record: Any) -> None:
        if (since := record.info.pop(SINCE, None)) is not None:
            (writes if record.info.pop(WRITES, False) else reads).observe(monotonic() - since)
