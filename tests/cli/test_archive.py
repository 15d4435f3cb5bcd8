"""`pasqal-cloud archive`, beside a running service."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pasqal_cloud.testing import LocalService

from .conftest import Ended

Cli = Callable[..., Ended]


@pytest.mark.slow
def test_it_archives_beside_a_running_service(cli: Cli, tmp_path: Path) -> None:
    """The service goes on; the batch with the newest job, and what has not ended, stay."""
    database, folder = str(tmp_path / "service.db"), tmp_path / "archive"
    with LocalService.start("--db", database) as service, service.sdk() as sdk:
        ended = [sdk.create_batch("{}", [{"runs": 1}] * 2, wait=True).id for _ in range(3)]
        options = ("--older-than", "0h", "--to", str(folder), "--db", database)
        planned = cli("archive", *options, "--dry-run", "--json")
        assert (planned.status, list(planned.json["batches"].values()), planned.json["jobs"]) == (0, [2], 4)
        assert not folder.exists()
        done = cli("archive", *options)
        assert (done.status, "2 batches with 4 jobs" in done.err) == (0, True)
        assert [batch.id for batch in sdk.get_batches()] == ended[2:]
        assert sdk.create_batch("{}", [{"runs": 1}], wait=True).status == "DONE"
        assert cli("archive", *options, "--json=jobs").json == {"jobs": 2}
    files = [gzip.decompress(path.read_bytes()) for path in folder.glob("*.gz")]
    archived = [json.loads(line)["batch"]["id"] for content in files for line in content.splitlines()]
    assert sorted(archived) == sorted(ended)


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (("--older-than", "90", "--db", "none.db"), 2, "90d"),
        (("--older-than", "90d", "--db", "none.db"), 5, "There is no database"),
        (("--older-than", "90d", "--db", "mysql://somewhere"), 1, "must be a file, or on PostgreSQL"),
    ],
)
def test_errors(cli: Cli, tmp_path: Path, options: tuple[str, ...], status: int, message: str) -> None:
    """Each is one sentence."""
    ended = cli("archive", *options, "--to", str(tmp_path / "archive"))
    assert (ended.status, ended.out, message in ended.err) == (status, "", True)
    assert "Traceback" not in ended.err


def test_a_database_of_an_earlier_version(cli: Cli, tmp_path: Path) -> None:
    """It is not brought up beside a service that may be using it."""
    database = tmp_path / "service.db"
    earlier = Path(__file__).parents[1] / "local" / "databases" / "schema-3.db.gz"
    database.write_bytes(gzip.decompress(earlier.read_bytes()))
    before = database.read_bytes()
    ended = cli("archive", "--older-than", "90d", "--to", str(tmp_path / "archive"), "--db", str(database))
    assert (ended.status, "start its service once" in ended.err) == (1, True)
    assert database.read_bytes() == before
