"""The options for a Dask cluster, and which worker gets which job; without Dask itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pasqal_cloud.local.__main__ import main
from pasqal_cloud.local.arguments import ExitStatus
from pasqal_cloud.local.cluster.address import cluster_of
from pasqal_cloud.local.cluster.roster import Roster, Run
from pasqal_cloud.local.cluster.versions import differences
from pasqal_cloud.local.options import Options, RunnerError

if TYPE_CHECKING:
    from pathlib import Path

CERTIFICATES = {"dask_ca": "ca.pem", "dask_cert": "cert.pem", "dask_key": "key.pem"}


@pytest.mark.parametrize("runner", ["dask", "dask+tcp://127.0.0.1", "tcp://127.0.0.1:8786", "dask+tcp://:1", "x", ""])
def test_an_address_that_can_not_be_used(runner: str) -> None:
    """The error shows how to write one."""
    with pytest.raises(
        RunnerError, match=r"^--runner .*can't be used: give local, dask\+tcp://127.0.0.1:8786 or .*\.$"
    ):
        cluster_of(Options(runner=runner))


def test_an_address_of_a_database_with_a_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused with a sentence, which does not contain the password."""
    monkeypatch.setattr("pasqal_cloud.local.__main__.find_spec", lambda _: True)  # as if psycopg was installed
    arguments = ["--engine", "scripted", "--db", "postgresql+psycopg://ada:secret@127.0.0.1/db"]
    assert main(arguments) == ExitStatus.UNUSABLE_DATABASE
    told = capsys.readouterr().err
    assert "--db-password-file" in told
    assert "secret" not in told


def test_the_scheduler_of_an_address() -> None:
    """It is written as Dask does."""
    assert cluster_of(Options()) is None
    for host in ("127.0.0.1", "localhost", "[::1]"):
        found = cluster_of(Options(runner=f"dask+tcp://{host}:8786"))
        assert found is not None
        assert (found.scheduler, found.is_encrypted) == (f"tcp://{host}:8786", False)


def test_other_machines_are_reached_with_tls_only(tmp_path: Path) -> None:
    """Dask runs what it is sent, so that plain TCP would let anybody on the network run programs."""
    with pytest.raises(RunnerError, match=r"would let others on the network run programs.*dask\+tls"):
        cluster_of(Options(runner="dask+tcp://cluster.example:8786"))
    files = {name: str(tmp_path / file) for name, file in CERTIFICATES.items()}
    with pytest.raises(RunnerError, match=r"There is no file .*ca\.pem, which --dask-ca names"):
        cluster_of(Options(runner="dask+tls://cluster.example:8786", **files))
    for file in files.values():
        (tmp_path / file).touch()
    found = cluster_of(Options(runner="dask+tls://cluster.example:8786", **files))
    assert found is not None
    assert (found.scheduler, found.is_encrypted) == ("tls://cluster.example:8786", True)
    assert found.certificates == dict(
        zip(("tls_ca_file", "tls_client_cert", "tls_client_key"), files.values(), strict=True)
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"dask_ca": "x"}, "--dask-ca can only be used with --runner dask"),
        ({"dask_ca": "x", "runner": "dask+tcp://127.0.0.1:1"}, "--dask-ca can only be used with --runner dask"),
        ({"dask_ca": "x", "runner": "dask+tls://a:1"}, "only be used together with --dask-cert and --dask-key"),
        ({"engine": "scripted", "runner": "dask+tcp://127.0.0.1:1"}, "--engine scripted makes results up"),
    ],
)
def test_options_that_do_not_go_together(options: dict[str, str], sentence: str) -> None:
    """Each combination is refused with a sentence."""
    with pytest.raises(RunnerError, match=sentence):
        cluster_of(Options(**options))


def test_the_command_refuses_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """A missing package, or a wrong option, before anything starts."""
    status = main(["--runner", "dask+tcp://127.0.0.1:8786", "--workers", "2"])
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    if status == ExitStatus.MISSING_EXTRA:
        assert said.startswith("The local service needs distributed, which is not installed: pip install ")
        assert "pasqal-cloud[local,dask]==" in said
    else:
        assert status == ExitStatus.WRONG_OPTIONS
        assert said.startswith("--workers is for this machine")


def test_versions_are_compared_both_ways() -> None:
    """What the service has must be there in the same version; more emulators do no harm."""
    service = {"Python": "3.11", "pulser-core": "1.9.1"}
    assert differences(service, service | {"emu-sv": "2.10.1"}) is None
    assert (
        differences(service, {"Python": "3.12"})
        == "it has Python 3.12 instead of 3.11, no pulser-core instead of 1.9.1"
    )


def run(number: int) -> Run:
    """Makes a run whose end nobody waits for."""
    return Run(str(number), b"", lambda *_: None, lambda: None)


def placed(roster: Roster, count: int) -> list[Run]:
    """Gives so many runs to workers."""
    runs = [run(number) for number in range(count)]
    for number, each in enumerate(runs):
        seat = roster.choose()
        assert seat is not None
        roster.place(each, seat, float(number))
    return runs


def test_only_short_jobs_wait_at_a_worker() -> None:
    """As priorities are decided in the service's queue, a job that would wait long is not claimed."""
    roster = Roster()
    assert (roster.capacity, roster.choose()) == (0, None)
    roster.accept("a", 2)
    roster.accept("b", 1)
    assert (roster.slots, roster.capacity) == (3, 3)
    roster.time(0.1)
    assert roster.capacity == 6
    for _ in range(20):
        roster.time(60)
    assert roster.capacity == 3


def test_jobs_go_where_there_is_room_and_move_there() -> None:
    """A job that waits at a worker moves as soon as another one has a free slot."""
    roster = Roster()
    roster.accept("a", 1)
    first, second = placed(roster, 2)
    assert list(roster.moves(10)) == []
    roster.accept("b", 1)
    assert list(roster.moves(1.5)) == []
    assert [(moved, seat.address) for moved, seat in roster.moves(10)] == [(second, "b")]
    roster.remove(first)
    assert list(roster.moves(10)) == []


def test_the_jobs_of_a_lost_worker_are_found() -> None:
    """Workers that are gone are told apart from those that have come."""
    roster = Roster()
    roster.accept("a", 1)
    (one,) = placed(roster, 1)
    roster.refused["c"] = "it has no Pulser"
    assert roster.is_known("a")
    assert roster.is_known("c")
    assert roster.gone({"a": 1, "b": 1}) == []
    assert not roster.is_known("c")
    (seat,) = roster.gone({"b": 1})
    roster.drop(seat)
    assert (seat.runs, roster.slots) == ([one], 0)
