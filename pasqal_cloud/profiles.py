"""Saving, listing and deleting profiles. `settings` has the format of their file, and reads it."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

from pasqal_cloud._arguments import texts_of
from pasqal_cloud._files import write_whole
from pasqal_cloud.errors import ValidationError
from pasqal_cloud.settings import (
    DEFAULT_PROFILE,
    HIDDEN,
    IN_KEYRING,
    SECRETS,
    config_path,
    keyring,
    keyring_name,
    read_profiles,
    unquoted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pasqal_cloud.endpoints import Region


def save_profile(
    name: str = DEFAULT_PROFILE,
    *,
    username: str | None = None,
    password: str | None = None,
    token: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    project_id: str | None = None,
    region: Region | None = None,
    url: str | None = None,
    auth_endpoint: str | None = None,
    in_keyring: bool = False,
) -> Path:
    """Saves a profile in `~/.pasqal/config`, a file that only you can read. It replaces a profile of the same name.

    `SDK(profile=name)` uses the profile. `SDK()` uses the one that PASQAL_PROFILE names, or else `default`.

    Args:
        name: The name of the profile.
        username: The e-mail address of the account.
        password: The password of the account. Without one, the SDK asks for it when it needs it.
        token: A token, instead of username and password.
        client_id: The id of a service account, instead of username and password.
        client_secret: The secret of the service account.
        project_id: The id of the project that new batches belong to.
        region: The region of the account: `fr` for France, or `sa` for Saudi Arabia.
        url: The address of the services, if it is not the region's.
        auth_endpoint: The URL for token requests, if it is not the region's.
        in_keyring: Whether to keep the password or the client secret in the system's keyring instead of the file. It
            needs the package `keyring`.

    Returns:
        The path of the file.

    Raises:
        ValidationError: The profile is empty, or contains a value that can't be saved; or the keyring does not work.
        MissingExtraError: The package `keyring` is not installed.
    """
    settings = {
        "username": username,
        "password": password,
        "token": token,
        "client_id": client_id,
        "client_secret": client_secret,
        "project_id": project_id,
        "region": region,
        "url": url,
        "auth_endpoint": auth_endpoint,
    }
    lines = {key: f"{key}={_line(key, value)}" for key, value in texts_of(settings).items() if value}
    if not lines:
        raise ValidationError("The profile is empty. Give username and password, for instance.")
    if not isinstance(name, str) or not re.fullmatch(r"[^\[\]\s](?:[^\[\]\n\r]*[^\[\]\s])?", name):
        raise ValidationError(f"name must be a string without brackets and line ends, not {name!r}.")
    if in_keyring:
        for identity, secret in IN_KEYRING:
            if settings[identity] and settings[secret]:
                _keep_secret(name, settings[identity], settings[secret])
                del lines[secret]
    path = config_path(os.environ).resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sections = _sections(path.read_text("utf-8") if path.exists() else "")
    sections[name] = [*lines.values(), ""]
    _write_sections(sections, path)
    return path


def profiles() -> dict[str, dict[str, str]]:
    """Gets the saved profiles, each with its settings; `***` stands for secrets.

    Raises:
        ValidationError: The file of profiles can't be read.
    """
    found = read_profiles(config_path(os.environ))
    return {
        name: {key: HIDDEN if key in SECRETS else unquoted(value) for key, value in settings.items() if value}
        for name, settings in found.items()
    }


def delete_profile(name: str = DEFAULT_PROFILE) -> bool:
    """Deletes a profile, with the secrets that the system's keyring keeps for it.

    Args:
        name: The name of the profile.

    Returns:
        Whether there was such a profile.

    Raises:
        ValidationError: The file of profiles can't be read.
    """
    path = config_path(os.environ).resolve()
    settings = read_profiles(path).get(name)
    if settings is None:
        return False
    _forget_secrets(name, settings)
    sections = _sections(path.read_text("utf-8"))
    del sections[name]
    _write_sections(sections, path)
    return True


def _write_sections(sections: Mapping[str, list[str]], path: Path) -> None:
    texts = ["\n".join(([] if name == DEFAULT_PROFILE else [f"[{name}]"]) + kept) for name, kept in sections.items()]
    write_whole(path, "\n".join(texts).rstrip() + "\n")


def _line(key: str, value: str) -> str:
    if value != value.strip() or len(value.splitlines()) != 1:
        raise ValidationError(f"{key} can't be saved: it begins or ends with a space, or has several lines.")
    if unquoted(value) != value:
        raise ValidationError(f"{key} can't be saved: it is enclosed in quotation marks.")
    return value


def _sections(text: str) -> dict[str, list[str]]:
    """Gets the lines of each profile."""
    from configparser import ConfigParser

    sections: dict[str, list[str]] = {DEFAULT_PROFILE: []}
    name = DEFAULT_PROFILE
    for line in text.splitlines():
        header = ConfigParser.SECTCRE.match(line.strip())
        if header:
            name = header["header"]
            sections.setdefault(name, [])
        else:
            sections[name].append(line)
    return sections


def _keep_secret(profile: str, identity: str | None, secret: str | None) -> None:
    kept_by = keyring()
    try:
        kept_by.set_password(keyring_name(profile), identity, secret)
    except Exception as error:  # backends raise errors of their own, and of the libraries they use
        raise ValidationError(f"The keyring can't be used: {type(error).__name__}: {error}") from error


def _forget_secrets(profile: str, settings: Mapping[str, str | None]) -> None:
    for identity, secret in IN_KEYRING:
        if settings.get(identity) and not settings.get(secret):
            with contextlib.suppress(Exception):  # likewise; there may be no such secret
                keyring().delete_password(keyring_name(profile), settings[identity])
