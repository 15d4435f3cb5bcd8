"""Creates the parts of a service, and closes them at the end."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy.exc import DatabaseError

from pasqal_cloud.local.arguments import installed_version
from pasqal_cloud.local.cluster.address import cluster_of
from pasqal_cloud.local.database import place_of, sole_use
from pasqal_cloud.local.devices import served
from pasqal_cloud.local.membership import Membership
from pasqal_cloud.local.metrics import Metrics
from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.readiness import Readiness
from pasqal_cloud.local.rules.access import Access, Login
from pasqal_cloud.local.rules.catalogue import Catalogue
from pasqal_cloud.local.rules.service import Batches, Service
from pasqal_cloud.local.rules.signing import Signer
from pasqal_cloud.local.rules.workloads import Workloads
from pasqal_cloud.local.scheduler import Scheduler
from pasqal_cloud.local.scripting.clock import Lifetimes
from pasqal_cloud.local.scripting.script import Script
from pasqal_cloud.local.store import AwayError, FullDiskError, SeedOf, Store
from pasqal_cloud.local.tasks import Limits
from pasqal_cloud.local.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pasqal_cloud.local.database import Place
    from pasqal_cloud.local.options import Options
    from pasqal_cloud.local.work import Checker, Runner


@contextmanager
def running_service(options: Options) -> Iterator[tuple[Service, Login, Script]]:
    """Runs a service, without HTTP, until the context ends."""
    devices, metrics = served(options), Metrics(installed_version())
    with TemporaryDirectory(prefix="pasqal-cloud-") as folder:
        place = place_of(options.db or str(Path(folder) / "service.db"), options.db_password)
        with (
            _usable(place),
            sole_use(place),
            closing(Store(place, _seeds(options.seed))) as store,
            _running_engine(options, metrics) as (runner, checker),
        ):
            signer = Signer(bytes.fromhex(store.accounts.setting("secret", lambda: secrets.token_hex(32))))
            login = Login(
                username=options.username,
                password=options.password or signer.password(options.username),
                project_id=options.project_id or store.accounts.setting("project_id", lambda: str(uuid4())),
            )
            script = Script(Lifetimes(options.token_lifetime, options.link_lifetime, options.idle_timeout))
            metrics.watch(store, script.clock)
            scheduler = Scheduler(store, runner, devices, script, metrics, options.job_attempts)
            access = Access(
                store=store,
                signer=signer,
                devices=devices,
                user_id=store.accounts.ensure_member(login.username, login.project_id, script.clock()),
                login=login,
                clock=script.clock,
                lifetimes=script.lifetimes,
            )
            service = Service(
                access,
                Catalogue(access, store, devices, script.clock),
                Batches(access, store, scheduler, checker, devices, script.clock),
                Workloads(access, store, scheduler, script.clock),
                metrics,
                Readiness(store, scheduler, runner, checker),
            )
            with Membership(store, scheduler), Webhooks(store, script.clock, metrics), scheduler:
                yield service, login, script


@contextmanager
def _usable(place: Place) -> Iterator[None]:
    """Turns errors of the database at the start or the end of a service into one-sentence errors."""
    try:
        yield
    except DatabaseError as error:
        raise UnusableDatabaseError(f"The database {place} can't be used: {error.orig}.") from error
    except FullDiskError as error:
        raise UnusableDatabaseError(f"The database {place} can't be used: the disk is full.") from error
    except AwayError as error:
        raise UnusableDatabaseError(f"The database {place} can't be reached: {error}.") from error


@contextmanager
def _running_engine(options: Options, metrics: Metrics) -> Iterator[tuple[Runner, Checker]]:
    """Starts the runner and the checker; imports only the modules that the engine needs."""
    if options.engine == "scripted":
        from pasqal_cloud.local.scripting.scripted import ScriptedChecker, ScriptedRunner

        with closing(ScriptedRunner()) as scripted:
            yield scripted, ScriptedChecker()
        return
    from pasqal_cloud.local.emulation.checker import WarmChecker
    from pasqal_cloud.local.emulation.runner import PooledRunner
    from pasqal_cloud.local.emulation.workers import running

    checker = WarmChecker(lambda: metrics.worker_died("check"))
    limits = Limits(options.job_time_limit, options.job_memory_limit)
    if cluster := cluster_of(options):
        from pasqal_cloud.local.cluster.runner import DaskRunner

        with running(checker.workers), DaskRunner(cluster, limits) as remote:
            yield remote, checker
        return
    runner = PooledRunner(options.workers, limits)
    with running([*checker.workers, *runner.workers]):
        yield runner, checker


def _seeds(seed: int | None) -> SeedOf:
    """Gets the seed of each job: random, or derived from the service's seed and the job's number."""
    if seed is None:
        return lambda _: secrets.randbits(32)
    return lambda number: int.from_bytes(hashlib.sha256(f"{seed}:{number}".encode()).digest()[:4])
