"""The password of the service's user: where it comes from, and whether it is strong enough."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PASSWORD_VARIABLE = "PASQAL_LOCAL_PASSWORD"

METRICS_TOKEN_VARIABLE = "PASQAL_LOCAL_METRICS_TOKEN"

LEAST_LENGTH = 12
"""The minimum length of a password if other machines may connect."""

LEAST_VARIETY = 6
"""The minimum number of different characters in it."""


class CredentialsError(Exception):
    """The credentials can't be read, or are too weak."""


@dataclass(frozen=True)
class Password:
    """A password that the user has chosen.

    Args:
        text: The password.
        in_python: A Python expression for it, which only shows the password if the user typed it as an option.
        in_shell: The same for the shell.
    """

    text: str
    in_python: str
    in_shell: str

    @classmethod
    def shown(cls, text: str) -> Password:
        """Creates a password that may be shown."""
        return cls(text, json.dumps(text, ensure_ascii=False), shlex.quote(text))


def chosen_password(given: str | None, file: str | None, environ: Mapping[str, str]) -> Password | None:
    """Gets the password from the option, else the file, else the environment; None if there is none.

    Raises:
        CredentialsError: It can't be read, or is empty.
    """
    if given is not None:
        password = Password.shown(given)
    elif file is not None:
        path = Path(file).expanduser().absolute()
        quoted = json.dumps(str(path), ensure_ascii=False)
        password = Password(
            first_line(path),
            f"open({quoted}).readline().strip()",
            f'"$(head -n 1 {shlex.quote(str(path))})"',
        )
    elif text := environ.get(PASSWORD_VARIABLE, ""):
        password = Password(text, f'os.environ["{PASSWORD_VARIABLE}"]', f'"${PASSWORD_VARIABLE}"')
    else:
        return None
    if not password.text:
        raise CredentialsError("The password is empty.")
    return password


def metrics_token(file: str | None, environ: Mapping[str, str]) -> str | None:
    """Gets the token with which only metrics can be read from the file, else the environment; None if there is none.

    Raises:
        CredentialsError: The file can't be read, or the token is easy to guess.
    """
    token = environ.get(METRICS_TOKEN_VARIABLE) if file is None else first_line(Path(file).expanduser().absolute())
    if token is None:
        return None
    if len(token) < LEAST_LENGTH or len(set(token)) < LEAST_VARIETY:
        raise CredentialsError(
            f"The token for the metrics must be hard to guess: at least {LEAST_LENGTH} characters, of which"
            f" {LEAST_VARIETY} are different."
        )
    return token


def check_for_others(username: str, password: Password | None) -> None:
    """Checks that the credentials are strong enough for a service that other machines can reach.

    Raises:
        CredentialsError: There is no password, or it is easy to guess.
    """
    if password is None:
        raise CredentialsError(
            "--allow-remote needs credentials of your own: give --username, and a password in --password-file or the"
            f" variable {PASSWORD_VARIABLE}."
        )
    if len(password.text) < LEAST_LENGTH or len(set(password.text)) < LEAST_VARIETY or username in password.text:
        raise CredentialsError(
            f"--allow-remote needs a password that is hard to guess: at least {LEAST_LENGTH} characters, of which"
            f" {LEAST_VARIETY} are different, and without the username."
        )


def first_line(path: Path) -> str:
    """Reads a password from a file.

    Raises:
        CredentialsError: The file can't be read.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialsError(f"The password file {path} can't be read: {_reason(error)}.") from error
    return lines[0].strip() if lines else ""


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else "it is not UTF-8 text"
