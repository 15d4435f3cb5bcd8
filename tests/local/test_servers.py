"""How a user names a database on a server, and what is refused before anything is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pasqal_cloud.local import __main__ as command
from pasqal_cloud.local.arguments import ExitStatus
from pasqal_cloud.local.database import DB_PASSWORD_VARIABLE, Server, db_password, place_of
from pasqal_cloud.local.options import Options, UnusableDatabaseError


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_an_address_is_a_server(scheme: str) -> None:
    """Anything else is a file, whatever its name."""
    place = place_of(f"{scheme}://ada@db.example.org:5433/jobs?sslmode=verify-full", "secret")
    assert place == Server("postgresql+psycopg://ada@db.example.org:5433/jobs?sslmode=verify-full", "secret")
    assert "secret" not in f"{place} {place!r} {Options(db_password='secret')!r}"
    assert isinstance(place_of("postgresql"), Path)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ada:pa55word@db/jobs",
        "postgresql://db/jobs?user=ada&password=pa55word",
        "postgresql://:pa55word@/",
    ],
)
def test_a_password_in_an_address_is_refused(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """All processes of a machine see it there; the message does not repeat it, and says where it belongs."""
    with pytest.raises(UnusableDatabaseError, match="--db-password-file") as caught:
        place_of(address)
    assert "pa55word" not in str(caught.value)
    assert DB_PASSWORD_VARIABLE in str(caught.value)


@pytest.mark.parametrize("address", ["mysql://db/jobs", "postgresql+asyncpg://db/jobs", "http://[::1/jobs"])
def test_other_servers_are_refused(address: str) -> None:
    """One sentence says what is possible."""
    with pytest.raises(UnusableDatabaseError, match=r"postgresql\+psycopg://"):
        place_of(address)


def test_where_the_password_comes_from(tmp_path: Path) -> None:
    """The file comes first, then the variable; else libpq looks for it."""
    secret = tmp_path / "secret"
    secret.write_text("of the file\nand more")
    environ = {DB_PASSWORD_VARIABLE: "of the variable"}
    assert db_password(str(secret), environ) == "of the file"
    assert db_password(None, environ) == "of the variable"
    assert db_password(None, {}) is None


@pytest.mark.parametrize("package", ["psycopg", "greenlet"])
def test_a_missing_driver_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], package: str
) -> None:
    """Without psycopg or greenlet, one sentence says what to install; a file does not need them."""
    found: Any = command.find_spec
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == package else found(name))
    assert command._missing("scripted", "service.db", "local") is None
    assert command.main(["--engine=scripted", "--db=postgresql://db/jobs"]) == ExitStatus.MISSING_EXTRA
    told = capsys.readouterr().err
    assert package in told
    assert 'pip install "pasqal-cloud[testing,postgres]' in told
    assert told.count("\n") == 1
