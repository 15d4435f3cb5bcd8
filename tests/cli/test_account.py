"""`pasqal-cloud login`, `logout`, `whoami`, `profiles`, `projects`, `devices`, `specs`, `open` and `doctor`."""

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pasqal_cloud.cli.recording import Recorder

from .conftest import Ended

Cli = Callable[..., Ended]


class Keyring:
    """A keyring, in place of the system's."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_keyring(self) -> Any:
        return SimpleNamespace(priority=5)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """A keyring of the system's."""
    keyring: Any = Keyring()
    keyring.__spec__ = SimpleNamespace(name="keyring")
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    return keyring


@pytest.fixture
def account(home: Path, pasqal_service: Any) -> Any:
    """A service whose account is not in the environment."""
    return pasqal_service


def log_in(cli: Cli, account: Any, *arguments: str, password: str | None = None) -> Ended:
    """Logs in with a password from standard input."""
    given = ("--username", account.username, "--url", account.url, "--stdin", *arguments)
    return cli("login", *given, input=f"{password or account.password}\n")


@pytest.mark.parametrize("name", ["default", "lab"])
def test_an_account_is_saved_used_and_deleted(cli: Cli, account: Any, home: Path, name: str) -> None:
    """The file belongs to its owner alone; no command shows the password."""
    profile = ("--profile", name)
    ended = log_in(cli, account, *profile)
    assert (ended.status, ended.out) == (0, "")
    file = home / ".pasqal" / "config"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"password={account.password}" in file.read_text()

    used = () if name == "default" else profile
    me = cli("whoami", *used, "--json").json
    assert me["username"] == account.username
    assert me["project_id"] == account.project_id  # the only one was chosen
    assert me["credentials_from"] == f"username in profile {name!r} of {file}"
    (shown,) = cli("profiles", "--json").json
    assert list(shown) == ["name", "active", "username", "client_id", "project_id", "region", "url"]
    assert (shown["name"], shown["active"]) == (name, name == "default")
    for command in (["profiles"], ["whoami", *used], ["doctor", *used]):
        assert account.password not in cli(*command).out

    assert cli("logout", *profile).status == 0
    assert account.password not in file.read_text()
    assert cli("profiles", "--json").json == []
    assert cli("logout", *profile).status == 5
    assert cli("whoami", *used).status in (2, 4)


def test_the_keyring_keeps_the_password(cli: Cli, account: Any, home: Path, keyring: Keyring) -> None:
    """The file has none then; logging out removes it from both. `--file` leaves the keyring alone."""
    assert log_in(cli, account).status == 0
    assert keyring.kept == {("pasqal-cloud:default", account.username): account.password}
    assert "password" not in (home / ".pasqal" / "config").read_text()
    assert cli("whoami", "--json", "username").json == {"username": account.username}
    assert cli("logout").status == 0
    assert keyring.kept == {}
    assert log_in(cli, account, "--file").status == 0
    assert keyring.kept == {}


def test_a_keyring_that_is_missing(cli: Cli, account: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is told; by default, the file is used."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    ended = log_in(cli, account, "--keyring")
    assert (ended.status, "pip install keyring" in ended.err) == (3, True)


def test_logging_out_leaves_other_profiles_alone(cli: Cli, home: Path) -> None:
    """Also comments, and what this package does not know."""
    file = home / ".pasqal" / "config"
    file.parent.mkdir()
    others = "# mine\nusername=ada\nunknown=1\n\n[other]\ntoken='x'\n"
    file.write_text(others.replace("[other]", "[lab]\nusername=eve\npassword=secret\n\n[other]"))
    file.chmod(0o600)
    assert cli("logout", "--profile", "lab").status == 0
    assert file.read_text() == others
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [row[0] for row in cli("profiles").rows] == ["default", "other"]


def test_a_keyring_that_fails(cli: Cli, account: Any, home: Path, keyring: Any) -> None:
    """It counts as none: the password is in the file."""
    keyring.get_keyring = lambda: 1 / 0
    keyring.get_password = keyring.set_password = lambda *_: 1 / 0
    ended = log_in(cli, account, "--keyring")
    assert (ended.status, "The keyring can't be used: ZeroDivisionError" in ended.err) == (2, True)
    assert log_in(cli, account).status == 0
    assert "password=" in (home / ".pasqal" / "config").read_text()
    (home / ".pasqal" / "config").write_text(f"username={account.username}\nurl={account.url}\n")
    ended = cli("whoami")
    assert (ended.status, "password in profile 'default'" in ended.err) == (2, True)


def test_a_token_and_a_service_account(cli: Cli, account: Any, home: Path, sdk: Any) -> None:
    """They are saved in place of a password."""
    given = ("login", "--url", account.url, "--stdin")
    assert cli(*given, "--token", input=f"{sdk.user_token()}\n").status == 0
    assert f"token={sdk.user_token()}\n" in (home / ".pasqal" / "config").read_text()
    assert cli("whoami", "--json", "username").json == {"username": account.username}
    ended = cli(*given, "--client-id", account.username, input=f"{account.password}\n")
    assert ended.status == 0, ended.err
    assert "client_secret" in (home / ".pasqal" / "config").read_text()
    assert cli("whoami").status == 0


def test_a_refused_login_saves_nothing(cli: Cli, account: Any, home: Path) -> None:
    """A wrong password, an unknown project, no password: the status tells, and there is no file."""
    assert log_in(cli, account, password="wrong").status == 4
    assert log_in(cli, account, "--project", "99999999-2222-4333-8444-555555555555").status == 5
    for arguments in (["login"], ["login", "--username", "ada"], ["login", "--username", "ada", "--stdin"]):
        assert cli(*arguments, input="").status == 2
    ended = cli("login", "--username", "ada", "--url", "nonsense", "--stdin", input="secret\n")
    assert (ended.status, "must be a URL" in ended.err) == (2, True)
    assert not (home / ".pasqal").exists()
    assert log_in(cli, account, "--no-check", password="wrong").status == 0


def test_the_environment_comes_before_the_profile(cli: Cli, account: Any) -> None:
    """Who logs in, or out, is told if the environment names another account."""
    others = {"PASQAL_USERNAME": "eve", "PASQAL_PASSWORD": "secret"}
    given = ("login", "--username", account.username, "--url", account.url, "--stdin")
    ended = cli(*given, input=f"{account.password}\n", **others)
    assert "Without --profile default, pasqal-cloud uses PASQAL_USERNAME.\n" in ended.err
    assert "pasqal-cloud now uses PASQAL_USERNAME.\n" in cli("logout", **others).err


def test_nobody_is_logged_in(cli: Cli, home: Path) -> None:
    """Status 4, and what to do."""
    for command in (["whoami"], ["batches", "list"], ["jobs", "show", "x"], ["projects"]):
        assert cli(*command) == Ended(
            4,
            "",
            "Error: You are not logged in. Log in with pasqal-cloud login, or try pasqal-cloud run --local.\n",
        )


def test_half_an_account_is_told(cli: Cli, home: Path) -> None:
    """Which half is missing."""
    halves = (("PASSWORD", "USERNAME", 4), ("USERNAME", "PASSWORD", 2), ("CLIENT_SECRET", "CLIENT_ID", 4))
    for there, missing, status in halves:
        ended = cli("projects", **{f"PASQAL_{there}": "ada"})
        assert ended.status == status
        told = f"Error: You are not logged in. PASQAL_{missing} is missing, while PASQAL_{there} is given."
        assert ended.err.startswith(told)


def test_a_profile_that_is_not_used_is_told(cli: Cli, service: Any, home: Path) -> None:
    """The environment's credentials precede the profile that PASQAL_PROFILE names."""
    (home / ".pasqal").mkdir()
    (home / ".pasqal" / "config").write_text("[lab]\nusername=ada\n")
    (home / ".pasqal" / "config").chmod(0o600)
    for command in ("whoami", "doctor"):
        ended = cli(command, PASQAL_PROFILE="lab")
        assert ended.status == 0
        assert "the profile lab, which PASQAL_PROFILE names, are ignored: PASQAL_USERNAME precedes it." in ended.err
        assert "ignored" not in cli(command).err


def test_a_profile_that_does_not_exist(cli: Cli, home: Path) -> None:
    """A typo is told, also in the environment."""
    assert "There is no profile 'lba'" in cli("whoami", "--profile", "lba").err
    assert "There is no profile 'lba'" in cli("whoami", PASQAL_PROFILE="lba").err


def test_projects_and_devices(cli: Cli, service: Any) -> None:
    """They are listed; devices also without an account."""
    assert [each["id"] for each in cli("projects", "--json").json] == [service.project_id]
    assert cli("projects").rows[0][0] == service.project_id
    shown = {each["device_type"]: each for each in cli("devices", "--json").json}
    assert list(shown["EMU_FREE"]) == (
        [
            "device_type",
            "availability",
            "status",
            "average_queue_time",
            "is_emulator",
            "max_atom_num",
            "channels",
            "description",
        ]
    )
    assert shown["EMU_FREE"]["is_emulator"] is True
    ((device, kind, *_),) = cli("devices", "--device", "EMU_FREE").rows
    assert (device, kind) == ("EMU_FREE", "emulator")
    nobody = {"PASQAL_USERNAME": "", "PASQAL_PASSWORD": ""}
    assert "EMU_FREE" in cli("devices", **nobody).out


def test_specifications_are_saved(cli: Cli, service: Any, tmp_path: Path) -> None:
    """In the file that is named, or on standard output."""
    assert cli("specs", "pull", str(tmp_path / "specs.json")).status == 0
    saved = json.loads((tmp_path / "specs.json").read_text())
    assert json.loads(saved["EMU_FREE"])["name"]
    assert cli("specs", "pull", "-").json == saved


def test_the_status_page_opens(cli: Cli, service: Any, tmp_path: Path) -> None:
    """Its address is printed, and given to the browser."""
    assert cli("open", BROWSER="true").out == f"{service.url}\n"
    assert cli("open", "--url", "http://127.0.0.1:9", BROWSER="true").out == "http://127.0.0.1:9\n"
    assert cli("open", "--url", "file:///etc/passwd").status == 1


def test_the_doctor_finds_nothing(cli: Cli, service: Any, batch: Any) -> None:
    """It tells where the settings come from, logs in, and makes each request that reads."""
    report = cli("doctor", "--json").json
    assert {"name": "password", "value": "***", "source": "PASQAL_PASSWORD"} in report["settings"]
    results = {check["check"]: check["result"] for check in report["checks"]}
    assert results.pop("getWorkload") == "skipped"
    assert set(results.values()) == {"ok"}
    assert {"login", "listBatches", "getBatch", "getJobResultsLink", "getAuthInfo"} <= set(results)
    narrow = cli("doctor", columns=40).out
    assert max(map(len, narrow.splitlines())) <= 40


def test_the_doctor_finds_failures(cli: Cli, service: Any) -> None:
    """Status 1 for a request that fails, 4 for the login."""
    with service.fault("listJobs", status=500, body={"message": "Sorry, ada@example.com."}):
        ended = cli("doctor", "--json")
    assert ended.status == 1
    failed = [check["check"] for check in ended.json["checks"] if check["result"] == "failed"]
    assert failed == ["listJobs"]
    refused = cli("doctor", "--json", PASQAL_PASSWORD="wrong")
    assert refused.status == 4
    results = {check["check"]: check["result"] for check in refused.json["checks"]}
    assert (results["login"], results["listBatches"]) == ("failed", "skipped")


def test_the_doctor_records(cli: Cli, service: Any, batch: Any, tmp_path: Path) -> None:
    """Every answer is there, and nothing that is private; also the errors."""
    path = tmp_path / "record.json"
    with service.fault("listJobs", status=500, body={"message": "Sorry, ada@example.com."}):
        assert cli("doctor", "--record", str(path)).status == 1
    text = path.read_text()
    secrets = (service.username, service.password, service.project_id, batch.id, "omega", "rabi", "ada@", "signature=0")
    assert [secret for secret in secrets if secret in text] == []
    answers = {each["operation"]: each for each in json.loads(text)["answers"]}
    assert answers["getBatch"]["answer"]["data"]["status"] == "DONE"
    assert answers["listJobs"]["status"] == 500
    assert {each["operation"]: each["unknown"] for each in answers.values() if each["unknown"]} == {}


def test_what_the_specification_does_not_know_is_recorded() -> None:
    """Unknown keys, unknown values and other types, at their places."""
    recorder = Recorder()
    data = {
        "id": "0EF5c0de-0000-4000-8000-00000000abcd",
        "status": "PAUSED_FOR_LUNCH",
        "open": "yes",
        "colour": "DARK_BLUE",
        "owner": {"name": "Ada"},
        "jobs_count_per_status": {"DONE": 1},
        "tags": ["SECRET"],
    }
    unknown = recorder.record("getBatch", {"data": data, "status": "success"})
    assert unknown == [
        "data.status: unknown value 'PAUSED_FOR_LUNCH'",
        "data.open: string, not boolean",
        'data.colour: unknown key, string "DARK_BLUE"',
        'data.owner: unknown key, object {"<4 characters>": "<3 characters>"}',
    ]
    (record,) = recorder.records
    assert record["answer"]["data"] == {
        "id": "00000000-0000-4000-8000-000000000001",
        "status": "PAUSED_FOR_LUNCH",
        "open": "<3 characters>",
        "colour": "DARK_BLUE",
        "owner": {"<4 characters>": "<3 characters>"},
        "jobs_count_per_status": {"DONE": 1},
        "tags": ["<6 characters>"],
    }
