"""The settings of an SDK: from its arguments, then the environment, then a profile in `~/.pasqal/config`.

All parts of the credentials come from the first source that has any of them, so that a username is never combined with
the password of another account. The same holds for the addresses of the services. Only this module reads the
environment and the file, once for each SDK.

A profile is a section of the file. The lines above the first section are the profile `default`:

```
username=ada@example.com
password=…

[service]
client_id=…
client_secret=…
```
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import ssl
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from uuid import UUID

import attrs
import httpx

from pasqal_cloud._arguments import did_you_mean, kind_of, switched_on, texts_of
from pasqal_cloud._conversation.clients import Wire
from pasqal_cloud._conversation.session import Options, Session
from pasqal_cloud._conversation.tokens import ASYNC_PROVIDER, NoCredentials, TokenProvider, is_async
from pasqal_cloud._conversation.transport import proxy_of
from pasqal_cloud.authentication import ClientCredentialsTokenProvider, PasswordGrantTokenProvider, StaticTokenProvider
from pasqal_cloud.endpoints import (
    DEFAULT_REGION,
    OF_REGION,
    PASQAL_ENDPOINTS,
    Auth0Conf,
    Endpoints,
    TokenProviderConf,
    identity_provider_of,
)
from pasqal_cloud.errors import MissingExtraError, ValidationError
from pasqal_cloud.journal import journal_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pasqal_cloud._conversation.retry import RetryPolicy

_log = logging.getLogger("pasqal_cloud")

Proxy: TypeAlias = "str | httpx.URL | httpx.Proxy"
Verify: TypeAlias = "bool | str | os.PathLike[str] | ssl.SSLContext"
Timeout: TypeAlias = "float | httpx.Timeout"
Transport: TypeAlias = "httpx.BaseTransport | httpx.AsyncBaseTransport"

KINDS: dict[tuple[str, ...], Callable[..., TokenProvider]] = {
    ("token",): lambda token, _: StaticTokenProvider(token),
    ("client_id", "client_secret"): ClientCredentialsTokenProvider,
    ("username", "password"): PasswordGrantTokenProvider,
}
"""The kinds of credentials: the parts of each, and its provider. If a source has several complete kinds, the first is
used."""

PLACES = ("url", "environment", "region", "auth_endpoint")

VARIABLES = (
    {
        "username": "PASQAL_USERNAME",
        "password": "PASQAL_PASSWORD",
        "token": "PASQAL_TOKEN",
        "client_id": "PASQAL_CLIENT_ID",
        "client_secret": "PASQAL_CLIENT_SECRET",
        "project_id": "PASQAL_PROJECT_ID",
        "region": "PASQAL_REGION",
        "url": "PASQAL_URL",
    },
    {
        "username": "PASQAL_CLOUD_USERNAME",
        "password": "PASQAL_CLOUD_PASSWORD",
        "project_id": "PASQAL_CLOUD_PROJECT_ID",
        "environment": "PASQAL_CLOUD_ENV",
        "url": "PASQAL_CLOUD_BASE_URL",
    },
    {"token": "PASQAL_AUTH_TOKEN"},
    {"token": "PASQAL_PULSER_ACCESS_TOKEN"},
)
"""The environment variables: this package's, then those of other packages. Each dictionary is a source of its own."""

DEFAULT_PROFILE = "default"

SECRETS = frozenset({"password", "token", "client_secret"})

HIDDEN = "***"
"""What is shown instead of a secret."""

NO_CREDENTIALS = (
    "No credentials found. Give username and password, token, client_id and client_secret, or a token_provider;"
    " or set PASQAL_USERNAME and PASQAL_PASSWORD, PASQAL_TOKEN, or PASQAL_CLIENT_ID and PASQAL_CLIENT_SECRET in the"
    " environment; or save a profile in {path} with pasqal_cloud.save_profile."
)


class Source:
    """One source of settings: the arguments, a group of environment variables, or a profile.

    Args:
        read: Reads the settings; called when the first of them is needed.
        called: Gets the name that a setting has in this source, for messages.
    """

    def __init__(self, read: Callable[[], Mapping[str, str | None]], called: Callable[[str], str]) -> None:
        self._read = read
        self.called = called

    @cached_property
    def settings(self) -> dict[str, str]:
        """The settings that this source has."""
        return {name: value for name, value in self._read().items() if value}

    def get(self, name: str) -> str | None:
        """Gets a setting; None if this source does not have it."""
        return self.settings.get(name)

    def choice(self, name: str, known: Iterable[str]) -> str | None:
        """Gets a setting that must be one of the known values; None if this source does not have it."""
        value = self.get(name)
        if value is not None and value not in known:
            expected = " or ".join(map(repr, known))
            raise ValidationError(
                f"{self.called(name)} must be {expected}, not {value!r}{did_you_mean(value, known) or '.'}"
            )
        return value


def session_of(
    *,
    awaits: bool,
    token_provider: TokenProvider | None = None,
    endpoints: Endpoints | None = None,
    auth_config: TokenProviderConf | None = None,
    auth0: Auth0Conf | None = None,
    profile: str | None = None,
    proxy: Proxy | None = None,
    verify: Verify | None = None,
    timeout: Timeout | None = None,
    transport: Transport | None = None,
    headers: Mapping[str, str] | None = None,
    retry: RetryPolicy | Literal[False] | None = None,
    recover_for: float | None = None,
    journal: str | os.PathLike[str] | Literal[False] | None = None,
    progress: bool | None = None,
    max_in_flight: int | None = None,
    **arguments: str | None,
) -> Session:
    """Makes the session of an SDK from its arguments, the environment and a profile; see `SDK`.

    `awaits` is True for an `AsyncSDK`. `arguments` are those that the environment and profiles can provide too.

    Raises:
        ValidationError: An argument, or a combination of them, is not valid.
    """
    if isinstance(arguments.get("project_id"), UUID):
        arguments["project_id"] = str(arguments["project_id"])
    texts_of({**arguments, "profile": profile})
    _checked_parts(endpoints, Endpoints, "endpoints")
    _checked_parts(auth_config, TokenProviderConf, "auth_config")
    _checked_parts(auth0, Auth0Conf, "auth0")
    environ = dict(os.environ)
    sources = _sources(arguments, profile, environ)
    place, usual = _place(sources, endpoints)
    if auth_config is not None and auth0 is not None:
        raise ValidationError("Give auth_config or auth0, not both.")
    identity_provider = auth_config or (auth0.as_token_provider_conf() if auth0 is not None else usual)
    _checked_url(identity_provider.token_endpoint, "The address of the identity provider", bare=False)
    return Session(
        place,
        _provider(sources, token_provider, identity_provider, awaits, environ),
        awaits=awaits,
        project_id=next((source.settings["project_id"] for source in sources if source.get("project_id")), None),
        wire=Wire(
            proxy=_proxy(proxy),
            verify=_verify(verify, environ),
            transport=_checked_transport(transport, (proxy, verify), awaits),
            headers=_headers(headers or {}),
        ),
        options=Options(
            may_compress=not switched_on("PASQAL_SKIP_GZIP_REQUEST_BODY", environ),
            progress=shows_progress(environ) if progress is None else progress,
            **given(timeout=timeout, retry=retry, recover_for=recover_for),
        ),
        journal=journal_of(journal, environ),
        **given(max_in_flight=max_in_flight),
    )


def given(**options: Any) -> dict[str, Any]:
    """Gets the options that are not None."""
    return {name: value for name, value in options.items() if value is not None}


def webhook_of(webhook: str | None) -> str | None:
    """Checks the URL that the service sends the results of new batches to."""
    return None if webhook in (None, "") else _checked_url(webhook, "webhook", bare=False)


def _checked_parts(value: Any, kind: type[Endpoints | TokenProviderConf | Auth0Conf], name: str) -> None:
    """Checks the type of an argument, and the types of its fields."""
    if value is None:
        return
    if not isinstance(value, kind):
        raise ValidationError(f"{name} must be {kind.__name__}(…), not {kind_of(value)}.")
    parts = {field.name: getattr(value, field.name) for field in fields(value)}
    if kind is Endpoints:
        _checked_parts(parts.pop("auth"), TokenProviderConf, f"{name}.auth")
    for part, text in parts.items():
        if not isinstance(text, str):
            raise ValidationError(f"{name}.{part} must be a string, not {kind_of(text)}.")


def _sources(arguments: Mapping[str, str | None], profile: str | None, environ: Mapping[str, str]) -> list[Source]:
    """Gets the sources, the most important first; a profile that is given as an argument precedes the environment."""
    given = Source(lambda: arguments, lambda name: f"The argument {name}")
    variables = [
        Source(
            lambda names=names: {name: environ.get(variable, "").strip() for name, variable in names.items()},  # type: ignore[misc]
            lambda name, names=names: names.get(name, name),  # type: ignore[misc]
        )
        for names in VARIABLES
    ]
    if profile:
        return [given, _profile(profile, environ, must_exist=True), *variables]
    chosen = environ.get("PASQAL_PROFILE", "").strip()
    return [
        given,
        *variables,
        _profile(chosen or DEFAULT_PROFILE, environ, must_exist=bool(chosen), of_environment=bool(chosen)),
    ]


# Credentials.


def _provider(
    sources: list[Source],
    given: TokenProvider | None,
    config: TokenProviderConf,
    awaits: bool,
    environ: Mapping[str, str],
) -> TokenProvider:
    kinds = [" and ".join(kind) for kind in _kinds(sources[0])]
    if given is not None:
        return _checked_provider(given, kinds, awaits)
    if len(kinds) > 1:
        raise ValidationError(f"Give only one kind of credentials: {', or '.join(kinds)}.")
    for source in sources:
        if _kinds(source):
            return _provider_of(source, config)
    return NoCredentials(NO_CREDENTIALS.format(path=config_path(environ)))


def _checked_provider(provider: TokenProvider, kinds: list[str], awaits: bool) -> TokenProvider:
    if kinds:
        raise ValidationError(f"Give {kinds[0]}, or a token_provider, not both.")
    if not isinstance(provider, TokenProvider):
        raise ValidationError(f"token_provider must be a TokenProvider, not {kind_of(provider)}.")
    if is_async(provider) and not awaits:
        raise ValidationError(ASYNC_PROVIDER)
    return provider


def _kinds(source: Source) -> list[tuple[str, ...]]:
    """Gets the kinds of credentials that a source has, complete ones first."""
    kinds = [kind for kind in KINDS if any(source.get(part) for part in kind)]
    return sorted(kinds, key=lambda kind: not all(source.get(part) for part in kind))


def _provider_of(source: Source, config: TokenProviderConf) -> TokenProvider:
    kind = _kinds(source)[0]
    missing = next((part for part in kind if not source.get(part)), None)
    if missing == "password":
        source.settings["password"] = _asked_password(source)
    elif missing:
        raise _half(source, missing, next(part for part in kind if part != missing))
    return KINDS[kind](*(source.settings[part] for part in kind), config)


def _asked_password(source: Source) -> str:
    """Asks for the password, if there is a user at a terminal or in a notebook."""
    from getpass import getpass

    password = ""
    if _is_interactive():
        with contextlib.suppress(EOFError, NotImplementedError):  # IPython's, where a front end can't ask
            password = getpass(f"Password of {source.get('username')} for Pasqal Cloud: ")
    if not password:
        raise _half(source, "password", "username")
    return password


def _is_interactive() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if hasattr(shell, "kernel"):
        return True  # in a notebook, `getpass` shows a field on the page
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def _half(source: Source, missing: str, there: str) -> ValidationError:
    return ValidationError(
        f"{source.called(missing)} is missing, while {source.called(there).removeprefix('The ')} is given. Give"
        f" {' and '.join(_kind_of(missing))} together: both as arguments, both in the environment, or both in a"
        " profile."
    )


def _kind_of(part: str) -> tuple[str, ...]:
    return next(kind for kind in KINDS if part in kind)


# What is in use, to be shown.


@attrs.frozen
class Setting:
    """A setting that an SDK without arguments uses.

    Attributes:
        name: The name of the setting.
        value: Its value; `***` for a secret.
        source: Where it comes from: an environment variable, a profile, or a default.
    """

    name: str
    value: str
    source: str


def settings_in_use(profile: str | None = None) -> list[Setting]:
    """Gets the settings of `SDK(profile=profile)`: credentials, project and addresses, each with its source.

    Args:
        profile: The name of a profile; None for the environment, then the usual profile.

    Raises:
        ValidationError: There is no such profile, the file can't be read, or a setting is not valid.
    """
    sources = _sources({}, profile, dict(os.environ))

    def taken(source: Source | None, names: Iterable[str]) -> list[Setting]:
        given = {name: value for name in names if source and (value := source.get(name))}
        called = source.called if source else str
        return [Setting(name, HIDDEN if name in SECRETS else value, called(name)) for name, value in given.items()]

    owner = next((source for source in sources if _kinds(source)), None)
    project = next((source for source in sources if source.get("project_id")), None)
    place = next((source for source in sources if any(source.get(name) for name in PLACES)), None)
    endpoints, identity_provider = _place(sources, None)
    because = "follows from the settings above" if place else "the default"
    return [
        *taken(owner, _kinds(owner)[0] if owner else ()),
        *taken(project, ["project_id"]),
        *taken(place, PLACES),
        Setting("services", endpoints.core, because),
        Setting("identity_provider", identity_provider.token_endpoint, because),
    ]


# The addresses of the services.


def _place(sources: list[Source], endpoints: Endpoints | None) -> tuple[Endpoints, TokenProviderConf]:
    """Gets the addresses of the services, and their identity provider."""
    if endpoints is not None:
        region = sources[0].choice("region", OF_REGION) or DEFAULT_REGION
        for url in (endpoints.core, endpoints.account):
            _checked_url(url, "The address of a service in endpoints")
        return endpoints, identity_provider_of(endpoints, region)
    source = next((source for source in sources if any(source.get(name) for name in PLACES)), sources[0])
    region = source.choice("region", OF_REGION) or DEFAULT_REGION
    place = _endpoints(source, region)
    config = identity_provider_of(place, region)
    token_endpoint = source.get("auth_endpoint")
    if token_endpoint:
        url = token_endpoint if "://" in token_endpoint else f"https://{token_endpoint}"
        config = replace(config, token_endpoint=_checked_url(url, source.called("auth_endpoint")))
    return place, config


def _endpoints(source: Source, region: str) -> Endpoints:
    url = source.get("url")
    if url:
        return Endpoints.at(_checked_url(url, source.called("url")))
    environment = source.choice("environment", PASQAL_ENDPOINTS)
    return PASQAL_ENDPOINTS[environment] if environment else OF_REGION[region][0]


def _checked_url(url: str, name: str, *, bare: bool = True) -> str:
    """Checks a URL that requests are sent to; errors don't show it, since it may contain a password."""
    try:
        parsed = httpx.URL(url)
    except (TypeError, httpx.InvalidURL):
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValidationError(f"{name} must be a URL like https://apis.pasqal.cloud.")
    if parsed.userinfo and not bare:
        raise ValidationError(
            f"{name} must be a URL without a user and a password: everybody who can read the batch sees it."
        )
    if bare and (parsed.userinfo or parsed.query or parsed.fragment):
        raise ValidationError(f"{name} must be a URL without credentials, query and fragment.")
    return url


# Connections and requests.


def _checked_transport(transport: Transport | None, others: Iterable[object], awaits: bool) -> Transport | None:
    if transport is None:
        return None
    if any(other is not None for other in others):
        raise ValidationError("Give transport, or proxy and verify, not both: a transport makes its own connections.")
    method = "handle_async_request" if awaits else "handle_request"
    if isinstance(transport, type) or not hasattr(transport, method):
        raise ValidationError(f"transport must have a method {method}, which {kind_of(transport)} does not have.")
    return transport


def shows_progress(environ: Mapping[str, str] = os.environ) -> bool | None:
    """Reads from the environment whether long waits show a line; None where it does not say."""
    value = environ.get("PASQAL_PROGRESS", "").strip().lower()
    if value in ("0", "false", "no", "off"):
        return False
    if value and not switched_on("PASQAL_PROGRESS", environ):
        raise ValidationError(f"PASQAL_PROGRESS must be 0 or 1, not {value!r}.")
    return bool(value) or None


def _verify(verify: Verify | None, environ: Mapping[str, str]) -> bool | Path | ssl.SSLContext:
    if verify is None:
        verify = not switched_on("PASQAL_SKIP_SSL_VERIFY", environ)
    if verify is False:
        _log.warning("TLS certificates are not checked: an attacker on the network can read credentials and results.")
    if isinstance(verify, bool | ssl.SSLContext):
        return verify
    try:
        path = Path(os.fspath(verify) or "…").expanduser()  # an empty path would mean the working directory
    except (RuntimeError, TypeError):  # a RuntimeError if the home directory is not known
        raise ValidationError(f"verify must be True, False, a path or an ssl.SSLContext, not {verify!r}.") from None
    if not path.exists():
        raise ValidationError(f"verify must be the path of a CA's certificate, but there is no file {path}.")
    return path


def _proxy(proxy: Proxy | None) -> httpx.Proxy | None:
    return proxy if proxy is None or isinstance(proxy, httpx.Proxy) else proxy_of(proxy, "proxy")


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Checks that headers can be sent; errors don't show their values, which may be secret."""
    if not isinstance(headers, Mapping):
        raise ValidationError(f"headers must be a dictionary of strings, not {kind_of(headers)}.")
    for name, value in headers.items():
        if not isinstance(name, str):
            raise ValidationError(f"headers must have strings as names, not {kind_of(name)}.")
        if name.lower() == "authorization":
            raise ValidationError(
                "headers can't contain Authorization, which would be sent to other hosts too. Give token instead."
            )
        if not isinstance(value, str):
            raise ValidationError(f"headers[{name!r}] must be a string, not {kind_of(value)}.")
        if not re.fullmatch(r"[!-9;-~]+", name) or not re.fullmatch(r"[ -~\t]*", value) or value != value.strip(" \t"):
            raise ValidationError(
                f"headers[{name!r}] must be a string of ASCII characters without line ends, and without spaces at its"
                " beginning and end."
            )
    return dict(headers)


# Profiles.


def config_path(environ: Mapping[str, str]) -> Path:
    """Gets the path of the file of profiles: in the home directory, or in the directory PASQAL_CONFIG_ROOT."""
    home = Path("~").expanduser() / ".pasqal" / "config"
    root = environ.get("PASQAL_CONFIG_ROOT", "").strip()
    return Path(os.path.expandvars(root)).expanduser() / ".pasqal" / "config" if root else home


def _profile(name: str, environ: Mapping[str, str], *, must_exist: bool, of_environment: bool = False) -> Source:
    path = config_path(environ)

    def read() -> Mapping[str, str | None]:
        profiles = read_profiles(path)
        if must_exist and name not in profiles:
            hint = did_you_mean(name, profiles) or "."
            known = f"Its profiles are {', '.join(profiles)}." if profiles else "It has no profiles."
            raise ValidationError(
                f"There is no profile {name!r} in {path}{hint} {known} Save one with pasqal_cloud.save_profile."
                f"{' The variable PASQAL_PROFILE names it.' if of_environment else ''}"
            )
        return _with_kept_secrets(name, {key: unquoted(value) for key, value in profiles.get(name, {}).items()})

    return Source(read, lambda key: f"{key} in profile {name!r} of {path}")


def read_profiles(path: Path) -> dict[str, dict[str, str]]:
    """Reads the file of profiles; errors don't show its text, which may be a password."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ValidationError(f"{path} can't be read: {type(error).__name__}.") from None
    if os.name == "posix" and path.stat().st_mode & 0o077:
        _log.warning("Other users can read the credentials in %s. Run chmod 600 on it.", path)
    from configparser import ConfigParser
    from configparser import Error as ParsingError

    parser = ConfigParser(interpolation=None, delimiters=("=",), strict=False, default_section="", allow_no_value=True)
    lines = [f"[{DEFAULT_PROFILE}]", *(line.strip() for line in text.splitlines())]
    try:
        parser.read_string("\n".join(lines))
    except ParsingError:
        raise ValidationError(f"{path} must consist of lines like username=…, under headers like [name].") from None
    return {name: dict(parser[name]) for name in parser.sections() if name != DEFAULT_PROFILE or parser[name]}


# The system's keyring, which keeps the secrets of profiles that were saved with `in_keyring`.

IN_KEYRING = (("username", "password"), ("client_id", "client_secret"))
"""The secrets that the keyring can keep, each with the setting that names its owner."""


def keyring() -> Any:
    """Imports the package `keyring`; raises MissingExtraError if it is not installed."""
    try:
        return import_module("keyring")
    except ImportError:
        raise MissingExtraError("Saving in the keyring needs keyring: pip install keyring", sent=False) from None


def keyring_name(profile: str) -> str:
    """Gets what the keyring calls the secrets of a profile."""
    return f"pasqal-cloud:{profile}"


def _with_kept_secrets(profile: str, settings: dict[str, str]) -> dict[str, str]:
    """Adds the secrets that the keyring keeps; a keyring that is missing, locked or broken keeps none."""
    for identity, secret in IN_KEYRING:
        if settings.get(identity) and not settings.get(secret):
            with contextlib.suppress(Exception):  # backends raise errors of their own, and of the libraries they use
                settings[secret] = keyring().get_password(keyring_name(profile), settings[identity]) or ""
    return settings


def unquoted(value: str | None) -> str:
    """Removes the quotation marks around a value, as other programs that read this file do."""
    value = (value or "").strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
