"""Users, projects and limits that an administrator changes beside a running service, which sees it at once."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pasqal_cloud.local.administration import AdministrationError, UnknownNameError, administering
from pasqal_cloud.local.options import UnusableDatabaseError
from pasqal_cloud.local.rules.passwords import EARLIER_COST
from pasqal_cloud.local.rules.throttle import OF_A_USER_THERE
from pasqal_cloud.local.store.accounts import Accounts

from .conftest import LocalService
from .test_page import Tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pasqal_cloud.local.administration import Administrator

slow = pytest.mark.slow

PASSWORD = "correct horse battery"


class Kept:
    """A service with a database that is kept, and its administrator."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.service = LocalService(
            "--engine",
            "scripted",
            "--db",
            str(path),
            "--behind-proxy",
            "127.0.0.1",
            "--password",
            "not for anybody else",
            "--username",
            "root",
        )

    def log_in(self, username: str = "ada", password: str = PASSWORD) -> Any:
        return self.service.log_in(username=username, password=password)

    def become(self, username: str, password: str = PASSWORD) -> None:
        """The service's client speaks as this user from now on."""
        self.service.token = self.log_in(username, password).json()["access_token"]

    def page(self, *auth: str) -> Tables:
        return Tables(self.service.http.get("/", auth=auth).text)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A service that tests share."""
    kept = Kept(tmp_path_factory.mktemp("kept") / "service.db")
    yield kept
    assert kept.service.stop() == 0


@pytest.fixture
def kept(started: Kept) -> Iterator[Kept]:
    """The service, as its own user, who has forgotten what was submitted."""
    token, project_id = started.service.token, started.service.project_id
    yield started
    started.service.control("POST", "reset")
    started.service.token, started.service.project_id = token, project_id
    with closing(sqlite3.connect(started.path)) as connection, connection:
        root = "(SELECT id FROM users WHERE username = 'root')"
        connection.execute(f"DELETE FROM members WHERE user_id != {root} OR project_id != ?", [project_id])
        connection.execute("DELETE FROM projects WHERE id != ?", [project_id])
        connection.execute(f"DELETE FROM users WHERE id != {root}")
        connection.execute("UPDATE users SET tokens_since = NULL")


@pytest.fixture
def admin(kept: Kept) -> Iterator[Administrator]:
    """The administrator, with the user ada in the project Lab."""
    with administering(str(kept.path)) as administrator:
        administrator.add_project("Lab")
        administrator.add_user("ada", PASSWORD, ["Lab"])
        yield administrator


# -------------------------------------------------------------------------------------------------- users and tokens


def test_a_new_user_logs_in_at_once(kept: Kept, admin: Administrator) -> None:
    """They are the administrator of a project without members, and a member of others."""
    admin.add_user("bob", PASSWORD, ["Lab", admin.project("Local project").project["id"][:8]])
    kept.become("ada")
    (project,) = kept.service.get("listProjects")
    assert (project["name"], project["main_admin"]["email"]) == ("Lab", "ada")
    kept.become("bob")
    assert [project["name"] for project in kept.service.get("listProjects")] == ["Lab", "Local project"]
    assert [access["role"] for access in kept.service.get("getAuthInfo")["acl"]] == ["MEMBER", "MEMBER"]
    admin.leave("Lab", "ada")
    assert kept.service.get("listProjects")[0]["count"] == {"ACTIVE_ADMIN": 0, "ACTIVE_MEMBER": 1, "PENDING": 0}
    admin.join("Lab", "bob", "ADMIN")
    assert kept.service.get("listProjects")[0]["main_admin"]["email"] == "bob"


def test_a_user_who_becomes_the_services_own(tmp_path: Path) -> None:
    """Their earlier tokens are refused, and later ones stay valid when the service is started again."""
    path = tmp_path / "service.db"
    with administering(str(path)) as admin:
        admin.add_project("Lab")
        admin.add_user("ada", PASSWORD, ["Lab"])
        accounts = Accounts(admin.store.database)
        ada = accounts.user_named("ada")
        assert ada is not None
        assert accounts.bearer(ada["id"], None) is not None
        accounts.ensure_member("ada", "p", datetime.now(UTC))
        assert accounts.bearer(ada["id"], None) is None
        since = admin.users()[0]["tokens_since"]
        accounts.ensure_member("ada", "p", datetime.now(UTC) + timedelta(days=1))
        assert accounts.bearer(ada["id"], since) is not None


def test_the_page_shows_batches_of_the_users_projects(kept: Kept, admin: Administrator) -> None:
    """Not even the tags of others; the service's own user sees all."""
    lab = admin.project("Lab").project["id"]
    of_root = kept.service.create("{}", {"runs": 1}, tags=["secret plans"])["id"]
    kept.become("ada")
    of_ada = kept.service.create("{}", {"runs": 1}, project_id=lab, tags=["for everybody"])["id"]
    page = kept.service.http.get("/", auth=("ada", PASSWORD)).text
    assert of_ada in page
    assert "for everybody" in page
    assert of_root not in page
    assert "secret plans" not in page
    page = kept.service.http.get("/", auth=("root", "not for anybody else")).text
    assert of_ada in page
    assert of_root in page
    admin.leave("Lab", "ada")
    assert of_ada not in kept.service.http.get("/", auth=("ada", PASSWORD)).text


def test_revoked_tokens_are_refused_at_once(kept: Kept, admin: Administrator) -> None:
    """Those that are issued later are good, and those of others stay so."""
    kept.become("ada")
    kept.service.get("getAuthInfo")
    admin.revoke("root")
    kept.service.get("getAuthInfo")
    admin.revoke("ada")
    assert "log in again" in kept.service.refused("getAuthInfo", 401)
    kept.become("ada")
    kept.service.get("getAuthInfo")
    kept.become("root", "not for anybody else")
    kept.service.get("getAuthInfo")


@slow
@pytest.mark.parametrize("way", ["disabled", "removed", "another password"])
def test_who_may_no_longer_come_in(kept: Kept, admin: Administrator, way: str) -> None:
    """Neither with the token nor with the password, which is told as if there were no such user."""
    kept.become("ada")
    nobody = kept.log_in("nobody").json()
    if way == "disabled":
        admin.set_disabled("ada", disabled=True)
    elif way == "removed":
        admin.remove_user("ada")
    else:
        admin.set_password("ada", "quite another one")
        assert kept.log_in("ada", "quite another one").status_code == 200
    kept.service.refused("getAuthInfo", 401)
    refused = kept.log_in("ada")
    assert (refused.status_code, refused.json()) == (403, nobody)
    if way == "disabled":
        admin.set_disabled("ada", disabled=False)
        kept.service.refused("getAuthInfo", 401)
        kept.become("ada")
        kept.service.get("getAuthInfo")


@slow
def test_a_user_with_batches_is_not_removed(kept: Kept, admin: Administrator) -> None:
    """Nothing is changed then."""
    kept.become("ada")
    kept.service.create("{}", {"runs": 1}, project_id=admin.project("Lab").project["id"])
    with pytest.raises(AdministrationError, match="disable the user instead"):
        admin.remove_user("ada")
    assert kept.service.get("listProjects")[0]["name"] == "Lab"


def test_the_services_own_user_belongs_to_its_options(admin: Administrator) -> None:
    """Their password is not in the database."""
    for change in (
        lambda: admin.set_password("root", PASSWORD),
        lambda: admin.set_disabled("root", disabled=True),
        lambda: admin.remove_user("root"),
    ):
        with pytest.raises(AdministrationError, match="whose options say"):
            change()


@slow
def test_earlier_hashes_are_replaced(kept: Kept, admin: Administrator) -> None:
    """A password of an earlier version is good, and hashed anew when it was used."""
    salt = bytes(16)
    key = hashlib.scrypt(PASSWORD.encode(), salt=salt, **EARLIER_COST)
    with closing(sqlite3.connect(kept.path)) as connection, connection:
        connection.execute("UPDATE users SET password = ? WHERE username = 'ada'", [f"{salt.hex()}:{key.hex()}"])
    assert kept.log_in("ada", "wrong").status_code == 403
    assert kept.log_in().status_code == 200
    stored = admin.store.user_named("ada")["password"]
    assert stored.startswith("$argon2id$")
    assert kept.log_in("ada", "wrong").status_code == 403
    assert kept.log_in().status_code == 200
    assert admin.store.user_named("ada")["password"] == stored


@slow
def test_what_is_wrong_is_told(admin: Administrator) -> None:
    """Names that are taken or unknown, and passwords that are too short."""
    for change, reason in (
        (lambda: admin.add_user("ada", PASSWORD), "already exists"),
        (lambda: admin.add_user("bob", "short"), "at least 12"),
        (lambda: admin.add_user("bob", "this is bob's one"), "not the username"),
        (lambda: admin.add_user(" ", PASSWORD), "must not be empty"),
        (lambda: admin.add_project("Lab"), "already exists"),
        (lambda: admin.set_project("Lab", allowed_device_types=["EMU_FRE"]), "did you mean 'EMU_FREE'"),
        (lambda: admin.leave("Lab", "root"), "is not a member"),
    ):
        with pytest.raises(AdministrationError, match=reason):
            change()
    for change, reason in (
        (lambda: admin.revoke("adam"), "did you mean 'ada'"),
        (lambda: admin.add_user("bob", PASSWORD, ["Lap"]), "did you mean 'Lab'"),
    ):
        with pytest.raises(UnknownNameError, match=reason):
            change()
    assert [user["username"] for user in admin.users()] == ["ada", "root"]


@slow
def test_a_reset_leaves_what_administrators_made(kept: Kept, admin: Administrator) -> None:
    """Users whom tests have added are deleted, with their own projects; what projects have used is forgotten."""
    admin.add_project("Empty")
    kept.service.control("POST", "users", json={"username": "eve", "password": "p"})
    with closing(sqlite3.connect(kept.path)) as connection, connection:
        connection.execute("UPDATE projects SET emulation_seconds = 5, recent_seconds = 5")
    kept.service.control("POST", "reset")
    assert [user["username"] for user in admin.users()] == ["ada", "root"]
    assert [usage.project["name"] for usage in admin.projects()] == ["Empty", "Lab", "Local project"]
    assert {usage.project["emulation_seconds"] for usage in admin.projects()} == {0}


@slow
def test_a_database_is_made_for_who_begins_with_users(tmp_path: Path) -> None:
    """The service that is then started with it knows them; a file that is something else is left alone."""
    path = tmp_path / "new" / "service.db"
    with administering(str(path)) as admin:
        admin.add_user("ada", PASSWORD)
    assert path.stat().st_mode & 0o077 == 0
    with administering(str(path)) as admin:
        assert [user["username"] for user in admin.users()] == ["ada"]
    other = tmp_path / "notes.txt"
    other.write_text("no database " * 100)
    with pytest.raises(UnusableDatabaseError), administering(str(other)):
        pass


# ------------------------------------------------------------------------------------------------------ failed logins


AT_ONCE = 4 * OF_A_USER_THERE.at_once


@pytest.mark.usefixtures("admin")
def test_many_guesses_at_once_are_as_many_as_one_after_the_other(kept: Kept) -> None:
    """Those that are checked at the same time count, too."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = threads.map(lambda number: kept.log_in("ada", f"guess {number}").status_code, range(AT_ONCE))
        assert Counter(answers) == {403: OF_A_USER_THERE.at_once, 429: AT_ONCE - OF_A_USER_THERE.at_once}


@pytest.mark.usefixtures("admin")
def test_many_right_logins_at_once_are_let_in(kept: Kept) -> None:
    """A user may start many programs at the same moment, and mistype before."""
    for _ in range(OF_A_USER_THERE.at_once - 1):
        kept.log_in("ada", "wrong")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = threads.map(lambda _: kept.log_in("ada", PASSWORD).status_code, range(AT_ONCE))
        assert Counter(answers) == {200: AT_ONCE}


@pytest.mark.parametrize("name", ["ada", pytest.param("nobody", marks=slow), pytest.param("root", marks=slow)])
def test_failed_logins_must_wait(kept: Kept, admin: Administrator, name: str) -> None:
    """Whether there is such a user or not, everywhere where a password is asked for, and others need not."""
    for _ in range(OF_A_USER_THERE.at_once):
        assert kept.log_in(name, "wrong").status_code == 403
    right = {"ada": PASSWORD, "root": "not for anybody else"}.get(name, "wrong")
    http = kept.service.http
    for refused in (
        kept.log_in(name, right),
        http.get("/", auth=(name, right)),
        http.get("/_local/", auth=(name, right)),
        http.get("/_local/metrics", auth=(name, right)),
        http.post("/oauth/token", data={"grant_type": "client_credentials", "client_id": name, "client_secret": right}),
    ):
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= OF_A_USER_THERE.every
        assert "Too many failed logins" in refused.text
    if name != "ada":
        assert kept.log_in().status_code == 200
    elsewhere = {"X-Forwarded-For": "192.0.2.7"}
    fields = {"grant_type": "password", "username": name, "password": right}
    assert http.post("/oauth/token", data=fields, headers=elsewhere).status_code == (403 if name == "nobody" else 200)
    admin.store.database.close()
    assert kept.service.http.post("/_local/reset", auth=("root", "not for anybody else"), headers=elsewhere).is_success


# ------------------------------------------------------------------------------------------------------------- limits


def test_waiting_jobs_are_limited(kept: Kept, admin: Administrator) -> None:
    """A submission that would exceed the limit is refused with the numbers, until jobs have ended."""
    admin.set_project("Lab", max_waiting_jobs=2)
    kept.become("ada")
    kept.service.project_id = admin.project("Lab").project["id"]
    kept.service.control("PATCH", "queue", json={"paused": True})
    batch = kept.service.create("{}", {"runs": 1}, {"runs": 1}, open=True)
    body = kept.service.body("{}", {"runs": 1})
    reason = kept.service.refused("createBatch", 409, json=body)
    assert "may have 2 waiting jobs: 2 already wait, so 1 more is too many" in reason
    assert "Submit it again when others have ended" in reason
    kept.service.refused("addJobs", 409, json=[{"runs": 1}], batch_id=batch["id"])
    reason = kept.service.refused("createBatch", 409, json=kept.service.body("{}", *[{"runs": 1}] * 3))
    assert reason.endswith("so 3 more are too many. Submit at most 2 at once.")
    admin.set_project("Lab", max_waiting_jobs=0)
    assert "0 waiting jobs" in (reason := kept.service.refused("createBatch", 409, json=body))
    assert reason.endswith("An administrator can change that.")
    admin.set_project("Lab", max_waiting_jobs=None)
    kept.service.get("addJobs", json=[{"runs": 1}], batch_id=batch["id"])
    kept.service.get("cancelBatch", batch_id=batch["id"])
    admin.set_project("Lab", max_waiting_jobs=2)
    assert "3 more are too many" in kept.service.refused("rebatch", 409, batch_id=batch["id"])
    kept.service.create("{}", {"runs": 1})


@slow
def test_emulation_time_is_limited(kept: Kept, admin: Administrator) -> None:
    """Jobs wait when it is used up, new ones are refused, and more time has an effect at once."""
    admin.set_project("Lab", max_emulation_seconds=10)
    kept.become("ada")
    kept.service.project_id = admin.project("Lab").project["id"]
    kept.service.control("PATCH", "queue", json={"paused": True})
    batch = kept.service.create("{}", {"runs": 1})
    with closing(sqlite3.connect(kept.path)) as connection, connection:
        connection.execute("UPDATE projects SET emulation_seconds = 12 WHERE name = 'Lab'")
    kept.service.control("PATCH", "queue", json={"paused": False})
    body = kept.service.body("{}", {"runs": 1})
    assert "has used 12 of its 10 seconds" in kept.service.refused("createBatch", 403, json=body)
    assert kept.page("ada", PASSWORD).row("Lab")[3:] == ["1", "0", "used up 12 of 10 s"]
    assert kept.service.get("getBatchStatus", batch_id=batch["id"])["status"] == "PENDING"
    admin.set_project("Lab", max_emulation_seconds=20)
    assert kept.service.settled(batch)["status"] == "DONE"


@slow
def test_the_page_shows_projects_to_their_members(kept: Kept, admin: Administrator) -> None:
    """The service's own user sees all of them."""
    admin.set_project("Lab", weight=3, queue_priority="HIGH", max_waiting_jobs=1000)
    theirs, every = kept.page("ada", PASSWORD), kept.page("root", "not for anybody else")
    row = theirs.row("Lab")
    assert row[0].split() == ["Lab", admin.project("Lab").project["id"][:8]]
    assert row[1:] == ["HIGH", "3", "0 of 1,000", "0", "0 s"]
    assert every.row("Lab") == row
    assert every.row("Local")[1:3] == ["FREE", "1"]
    with pytest.raises(StopIteration):
        theirs.row("Local")
