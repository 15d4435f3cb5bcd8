"""Which workers may run jobs, and who may talk to whom."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
import trustme

from ...dask_cluster import Certificates, DaskCluster
from .conftest import runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ...local.conftest import LocalService

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


def other_version(folder: Path, package: str, version: str) -> dict[str, str]:
    """Gives an environment in which a package seems to have another version."""
    found = folder / f"{package.replace('-', '_')}-{version}.dist-info"
    found.mkdir(parents=True)
    (found / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    return {"PYTHONPATH": f"{folder}:{':'.join(sys.path)}"}


def test_a_worker_with_other_versions_is_refused(
    tmp_path: Path, cluster: DaskCluster, serve: Callable[..., LocalService], quick: str
) -> None:
    """It gets no job, and the service says why; the next worker, which is as it should be, runs them."""
    different = cluster.start_worker(environment=other_version(tmp_path / "other", "pulser-core", "1.0.0"))
    service = serve(cluster, slots=0)
    service.until(lambda: runner(service)["workers"])
    (worker,) = runner(service)["workers"]
    reason = f"it has pulser-core 1.0.0 instead of {version('pulser-core')}"
    assert worker == {"address": worker["address"], "slots": 0, "jobs": 0, "refused": reason}
    assert f"The Dask worker at {worker['address']} gets no jobs: {reason}." in runner(service)["notices"]
    batch = service.create(quick, {"runs": 5})
    page = service.http.get("/").text
    assert reason in page
    assert service.jobs(batch)[0]["status"] == "PENDING"
    cluster.start_worker()
    assert service.settled(batch)["status"] == "DONE"
    cluster.kill_worker(different)
    service.until(lambda: runner(service)["notices"] == [])


def test_a_worker_without_this_package_is_refused(
    tmp_path: Path, cluster: DaskCluster, serve: Callable[..., LocalService]
) -> None:
    """A sentence says that it can't be prepared."""
    (tmp_path / "pasqal_cloud").mkdir()
    (tmp_path / "pasqal_cloud" / "__init__.py").write_text("raise ModuleNotFoundError('no pasqal_cloud')")
    without = cluster.start_worker(environment={"PYTHONPATH": f"{tmp_path}:{':'.join(sys.path)}"})
    service = serve(cluster, slots=0)
    service.until(lambda: any("refused" in worker for worker in runner(service)["workers"]))
    (refused,) = [worker for worker in runner(service)["workers"] if "refused" in worker]
    assert refused["refused"].startswith("it can't run pasqal-cloud's emulators: ModuleNotFoundError")
    cluster.kill_worker(without)


def test_tls(tmp_path: Path, serve: Callable[..., LocalService], quick: str) -> None:
    """With certificates of one authority, jobs run; a service with those of another one runs none, and says so."""
    ours, other = certificates(tmp_path / "ours"), certificates(tmp_path / "other")
    with DaskCluster(tmp_path, ours) as cluster:
        cluster.start_scheduler()
        cluster.start_worker()
        service = serve(cluster, slots=1)
        assert service.settled(service.create(quick, {"runs": 5}))["status"] == "DONE"
        service.stop()
        cluster.certificates = other
        service = serve(cluster, slots=0)
        notice = f"The Dask scheduler at {cluster.url} can't be reached: jobs wait."
        service.until(lambda: runner(service)["notices"] == [notice])
        cluster.certificates = ours


def certificates(folder: Path) -> Certificates:
    """Makes an authority, and a certificate for this machine that it has signed."""
    folder.mkdir()
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1", "localhost")
    made = Certificates(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    authority.cert_pem.write_to_path(made.ca)
    certificate.cert_chain_pems[0].write_to_path(made.cert)
    certificate.private_key_pem.write_to_path(made.key)
    return made
