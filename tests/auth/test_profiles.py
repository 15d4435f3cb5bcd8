"""Profiles in `~/.pasqal/config`: the file that other programs read too."""

import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from pasqal_cloud import ValidationError, save_profile

from ..doubles.answers import PROJECT


@pytest.fixture
def config() -> Path:
    """The file, which is not there yet."""
    return Path(os.environ["HOME"], ".pasqal", "config")


@pytest.fixture
def write(config: Path) -> Any:
    """A function that writes the file by hand."""

    def write(text: str, mode: int = 0o600) -> Path:
        config.parent.mkdir(exist_ok=True)
        config.write_text(text)
        config.chmod(mode)
        return config

    return write


def test_a_plain_file_of_another_program_works(form_of: Any, service: Any, opened: Any, write: Any) -> None:
    """Lines without a section, with comments, quotes, spaces, a `%` and a `#` in the password, and unknown keys."""
    write(
        "# mine\n; too\n  USERNAME = ada@example.com\npassword='p%a=ss#w:d'\n\nunknown=1\nword\n"
        f'project_id="{PROJECT}"\nauth_endpoint={service.url}/oauth/token\n'
    )
    sdk = opened(endpoints=service.endpoints)
    form = form_of(sdk)
    assert (form["username"], form["password"]) == ("ada@example.com", "p%a=ss#w:d")
    assert sdk.project_id == PROJECT


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("auth_endpoint=authenticate.pasqal.cloud/oauth/token", "https://authenticate.pasqal.cloud/oauth/token"),
        ("auth_endpoint=https://id.test/token", "https://id.test/token"),
        (
            "region=sa",
            "https://auth.sa.pasqal.cloud/realms/pasqal-cloud/protocol/openid-connect/token",
        ),
        ("url=http://127.0.0.1:9", "http://127.0.0.1:9/oauth/token"),
    ],
)
def test_a_profile_says_where_tokens_are_given(login_of: Any, write: Any, line: str, url: str) -> None:
    """By the token endpoint itself, with or without its scheme; or by the region or the address of the services."""
    write(f"username=a\npassword=b\n{line}\n")
    assert str(login_of().url) == url


def test_each_kind_of_credentials_can_be_saved(colour: Any, form_of: Any, service: Any, opened: Any) -> None:
    """What was saved is what is sent."""
    save_profile(username="ada", password="p=a;s s#", url=service.url)
    save_profile("robot", client_id="id", client_secret="s", url=service.url)
    save_profile("guest", token="ready-made", url=service.url)
    assert form_of(opened())["password"] == "p=a;s s#"
    assert form_of(opened(profile="robot"))["client_secret"] == "s"
    colour.call(opened(profile="guest").get_batch(service.batch_id()))
    assert service.calls[-1].headers["authorization"] == "Bearer ready-made"


def test_a_saved_profile_is_its_owners_alone(config: Path) -> None:
    """The file can be read by nobody else, nor its directory, whatever the umask says."""
    before = os.umask(0)
    try:
        assert save_profile(username="ada", password="x") == config
    finally:
        os.umask(before)
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.parent.stat().st_mode) == 0o700
    assert [path.name for path in config.parent.iterdir()] == ["config"]


def test_saving_keeps_the_other_profiles_and_comments(write: Any) -> None:
    """And replaces the one of the same name whole."""
    path = write("# top\nusername=a\npassword=b\n\n[work] # mine\n# at work\ntoken=t\n\n[old]\ntoken=o\nproject_id=p\n")
    save_profile("old", client_id="c", client_secret="s")
    assert path.read_text() == (
        "# top\nusername=a\npassword=b\n\n[work]\n# at work\ntoken=t\n\n[old]\nclient_id=c\nclient_secret=s\n"
    )
    save_profile(token="new")
    assert path.read_text().startswith("token=new\n\n[work]\n")


def test_a_failed_save_leaves_the_old_file(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is replaced whole or not at all, and nothing is left beside it."""

    def full(*_: object) -> None:
        raise OSError("disk full")

    path = write("username=a\npassword=b\n")
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        save_profile(token="new")
    assert path.read_text() == "username=a\npassword=b\n"
    assert [entry.name for entry in path.parent.iterdir()] == ["config"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "The profile is empty"),
        ({"name": "a]b", "token": "t"}, "name"),
        ({"name": "", "token": "t"}, "name"),
        ({"username": "a", "password": "two\nlines"}, "password can't be saved"),
        ({"username": "a", "password": " blank"}, "password can't be saved"),
        ({"username": "a", "password": "'quoted'"}, "password can't be saved"),
    ],
)
def test_what_could_not_be_read_again_is_not_saved(config: Path, arguments: Any, words: str) -> None:
    """Rather than that somebody's password is another one tomorrow."""
    with pytest.raises(ValidationError, match=words) as caught:
        save_profile(**arguments)
    assert "lines" not in str(caught.value).replace("several lines", "").replace("line ends", "")
    assert not config.exists()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_can_read_is_told_once(
    colour: Any, write: Any, caplog: pytest.LogCaptureFixture, mode: int
) -> None:
    """By a warning that says how to mend it; the file is used."""
    path = write("username=a\npassword=b\n", mode)
    colour.SDK()
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("pasqal_cloud", logging.WARNING)
    assert str(path) in record.getMessage()
    assert "chmod 600" in record.getMessage()


def test_the_file_may_be_elsewhere(
    colour: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """PASQAL_CONFIG_ROOT names the directory in place of the home directory, `~` and variables included."""
    monkeypatch.setenv("SITE", str(tmp_path))
    monkeypatch.setenv("PASQAL_CONFIG_ROOT", "${SITE}/users")
    assert save_profile(username="a", password="b", project_id=PROJECT) == tmp_path / "users" / ".pasqal" / "config"
    assert colour.SDK().project_id == PROJECT
    assert not caplog.records


def test_a_profile_that_is_not_there_is_told_with_those_that_are(colour: Any, config: Path) -> None:
    """A mistyped name is no reason to take another account."""
    with pytest.raises(ValidationError, match="It has no profiles"):
        colour.SDK(profile="work")
    save_profile("lab", token="t")
    with pytest.raises(ValidationError, match=f"There is no profile 'work' in {config}. Its profiles are lab"):
        colour.SDK(profile="work")
    with pytest.raises(ValidationError, match=rf"There is no profile 'lap' in {config}; did you mean 'lab'\? "):
        colour.SDK(profile="lap")


def test_the_profile_of_the_environment_must_be_there(colour: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same holds for PASQAL_PROFILE."""
    monkeypatch.setenv("PASQAL_PROFILE", "work")
    with pytest.raises(ValidationError, match=r"There is no profile 'work'.* The variable PASQAL_PROFILE names it\."):
        colour.SDK()


@pytest.mark.parametrize("content", [b"=pa55word\n", b"\xff\xfe\x00pa55word"])
def test_a_file_that_can_not_be_read_is_told_without_its_text(colour: Any, write: Any, content: bytes) -> None:
    """It may be a password in the wrong place."""
    path = write("")
    path.write_bytes(content)
    with pytest.raises(ValidationError) as caught:
        colour.SDK()
    assert str(path) in str(caught.value)
    assert "pa55word" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_file_is_not_read_when_nothing_is_missing(colour: Any, write: Any) -> None:
    """Who gives everything as arguments does not depend on it."""
    write("=broken")
    arguments = {"region": "fr", "project_id": PROJECT}
    assert colour.SDK("a", "b", **arguments).project_id == PROJECT
