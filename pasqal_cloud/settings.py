"""Who is asking, where, and how: the arguments, else the environment, else a profile in `~/.pasqal/config`.

Credentials come whole from the first source that has any, so that nobody's password is sent with somebody else's name;
so does the place. The environment and the file are read here alone, once for each SDK.

A profile is a section of the file; the lines above the first section are the profile `default`:

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
import tempfile
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as ParsingError
from dataclasses import fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import attrs
import httpx

from pasqal_cloud._arguments import kind_of, switched_on, texts_of
from pasqal_cloud._conversation.clients import Wire
from pasqal_cloud._conversation.session import Options
from pasqal_cloud._conversation.tokens import ASYNC_PROVIDER, Nobody, TokenProvider, is_async
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
from pasqal_cloud.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pasqal_cloud.endpoints import Region

_log = logging.getLogger("pasqal_cloud")

Proxy: TypeAlias = "str | httpx.URL | httpx.Proxy"
Verify: TypeAlias = "bool | str | os.PathLike[str] | ssl.SSLContext"
Timeout: TypeAlias = "float | httpx.Timeout"
Transport: TypeAlias = "httpx.BaseTransport | httpx.AsyncBaseTransport"

KINDS = (("token",), ("client_id", "client_secret"), ("username", "password"))
"""What proves who is asking: each kind's parts. A source that has several kinds whole means the first."""

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
"""The variables of the environment: this package's, then those of others in the field. A family is a source."""

DEFAULT_PROFILE = "default"


NOBODY = (
    "No credentials found. Give username and password, token, client_id and client_secret, or a token_provider;"
    " or set PASQAL_USERNAME and PASQAL_PASSWORD, PASQAL_TOKEN, or PASQAL_CLIENT_ID and PASQAL_CLIENT_SECRET in the"
    " environment; or save a profile in {path} with pasqal_cloud.save_profile."
)


class Source:
    """Where settings come from.

    Args:
        read: Gets the settings; is called when the first of them is needed.
        called: Says what a setting is called there.
    """

    def __init__(self, read: Callable[[], Mapping[str, str | None]], called: Callable[[str], str]) -> None:
        self._read = read
        self.called = called

    @cached_property
    def settings(self) -> dict[str, str]:
        """The settings that are there."""
        return {name: value for name, value in self._read().items() if value}

    def get(self, name: str) -> str | None:
        """Gets a setting.

        Args:
            name: Which.
        """
        return self.settings.get(name)

    def refuse(self, name: str, expected: str) -> ValidationError:
        """Makes the error of a setting that can't be what it is.

        Args:
            name: Which.
            expected: What it must be.
        """
        return ValidationError(f"{self.called(name)} must be {expected}, not {self.get(name)!r}.")


@attrs.frozen(kw_only=True)
class Configuration:
    """What an SDK needs to know.

    Args:
        endpoints: Where the services are.
        provider: What gives the tokens.
        project_id: The project that new batches belong to.
        webhook: What is called with the results of new batches.
        wire: How connections are made.
        options: How requests are made.
    """

    endpoints: Endpoints
    provider: TokenProvider
    project_id: str | None
    webhook: str | None
    wire: Wire
    options: Options


def configured(
    *,
    awaits: bool,
    token_provider: TokenProvider | None = None,
    endpoints: Endpoints | None = None,
    auth_config: TokenProviderConf | None = None,
    auth0: Auth0Conf | None = None,
    webhook: str | None = None,
    profile: str | None = None,
    proxy: Proxy | None = None,
    verify: Verify | None = None,
    timeout: Timeout | None = None,
    transport: Transport | None = None,
    headers: Mapping[str, str] | None = None,
    **arguments: str | None,
) -> Configuration:
    """Reads the configuration of an SDK.

    Args:
        awaits: Whether the SDK awaits.
        token_provider: See `SDK`, like everything else.
        endpoints: The services.
        auth_config: The identity provider.
        auth0: The same in other terms.
        webhook: What is called with results.
        profile: The name of a profile.
        proxy: The proxy.
        verify: How certificates are checked.
        timeout: How long requests may take.
        transport: What sends requests.
        headers: Headers of every request.
        arguments: What has a name in the environment and in profiles too.

    Raises:
        ValidationError: It does not fit together.
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
    return Configuration(
        endpoints=place,
        provider=_provider(sources, token_provider, identity_provider, awaits, environ),
        project_id=next((source.settings["project_id"] for source in sources if source.get("project_id")), None),
        webhook=None if webhook in (None, "") else _checked_url(webhook, "webhook", bare=False),
        wire=Wire(
            proxy=_proxy(proxy),
            verify=_verify(verify, environ),
            transport=_checked_transport(transport, (proxy, verify), awaits),
            headers=_headers(headers or {}),
        ),
        options=_options(timeout, environ),
    )


def _checked_parts(value: Any, kind: type[Endpoints | TokenProviderConf | Auth0Conf], name: str) -> None:
    """Refuses what is not of its type, or has a part that is not."""
    if value is None:
        return
    if not isinstance(value, kind):
        raise ValidationError(f"{name} must be made by {kind.__name__}(…), not {kind_of(value)}.")
    parts = {field.name: getattr(value, field.name) for field in fields(value)}
    if kind is Endpoints:
        _checked_parts(parts.pop("auth"), TokenProviderConf, f"{name}.auth")
    for part, text in parts.items():
        if not isinstance(text, str):
            raise ValidationError(f"{name}.{part} must be a text, not {kind_of(text)}.")


def _sources(arguments: Mapping[str, str | None], profile: str | None, environ: Mapping[str, str]) -> list[Source]:
    """Gets the sources, in the order in which they count; a profile that is asked for counts as an argument."""
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
    return [given, *variables, _profile(chosen or DEFAULT_PROFILE, environ, must_exist=bool(chosen))]


# Who is asking.


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
        raise ValidationError(f"Give {', or '.join(kinds)}: only one kind of credentials.")
    for source in sources:
        if _kinds(source):
            return _provider_of(source, config)
    return Nobody(NOBODY.format(path=config_path(environ)))


def _checked_provider(provider: TokenProvider, kinds: list[str], awaits: bool) -> TokenProvider:
    if kinds:
        raise ValidationError(f"Give {kinds[0]}, or a token_provider, not both.")
    if not isinstance(provider, TokenProvider):
        raise ValidationError(f"token_provider must be a TokenProvider, not a {type(provider).__name__}.")
    if is_async(provider) and not awaits:
        raise ValidationError(ASYNC_PROVIDER)
    return provider


def _kinds(source: Source) -> list[tuple[str, ...]]:
    """Gets the kinds of credentials that a source has, whole ones first."""
    kinds = [kind for kind in KINDS if any(source.get(part) for part in kind)]
    return sorted(kinds, key=lambda kind: not all(source.get(part) for part in kind))


def _provider_of(source: Source, config: TokenProviderConf) -> TokenProvider:
    kind = _kinds(source)[0]
    missing = next((part for part in kind if not source.get(part)), None)
    if missing == "password":
        return PasswordGrantTokenProvider(source.settings["username"], _asked_password(source), config)
    if missing:
        raise _half(source, missing, next(part for part in kind if part != missing))
    match [source.settings[part] for part in kind]:
        case [token]:
            return StaticTokenProvider(token)
        case [client_id, client_secret] if kind[0] == "client_id":
            return ClientCredentialsTokenProvider(client_id, client_secret, config)
        case [username, password]:
            return PasswordGrantTokenProvider(username, password, config)
    raise AssertionError(kind)


def _asked_password(source: Source) -> str:
    """Asks the user for the password, where one sits in front of it."""
    from getpass import getpass

    password = ""
    if _is_interactive():
        with contextlib.suppress(EOFError, NotImplementedError):
            password = getpass(f"Password of {source.get('username')} for Pasqal Cloud: ")
    if not password:
        raise _half(source, "password", "username")
    return password


def _is_interactive() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if hasattr(shell, "kernel"):
        return True  # in a notebook the page asks
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def _half(source: Source, missing: str, there: str) -> ValidationError:
    return ValidationError(
        f"{source.called(missing)} is missing, while {source.called(there).removeprefix('The ')} is there: credentials"
        f" come whole from one place. Give {' and '.join(_kind_of(missing))}, both as arguments, both in the"
        " environment, or both in a profile."
    )


def _kind_of(part: str) -> tuple[str, ...]:
    return next(kind for kind in KINDS if part in kind)


# Where.


def _place(sources: list[Source], endpoints: Endpoints | None) -> tuple[Endpoints, TokenProviderConf]:
    """Gets the services, and who gives their tokens."""
    if endpoints is not None:
        region = _region(sources[0])
        for url in (endpoints.core, endpoints.account):
            _checked_url(url, "The address of a service")
        return endpoints, identity_provider_of(endpoints, region)
    source = next((source for source in sources if any(source.get(name) for name in PLACES)), sources[0])
    region = _region(source)
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
    environment = source.get("environment")
    if environment:
        if environment not in PASQAL_ENDPOINTS:
            raise source.refuse("environment", f"one of {', '.join(PASQAL_ENDPOINTS)}")
        return PASQAL_ENDPOINTS[environment]
    return OF_REGION[region][0]


def _region(source: Source) -> str:
    region = source.get("region") or DEFAULT_REGION
    if region not in OF_REGION:
        raise source.refuse("region", f"one of {', '.join(OF_REGION)}")
    return region


def _checked_url(url: str, name: str, *, bare: bool = True) -> str:
    """Gets a URL that requests can go to; says nothing of its text, which may hold a password."""
    try:
        parsed = httpx.URL(url)
    except (TypeError, httpx.InvalidURL):
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValidationError(f"{name} must be a URL like https://apis.pasqal.cloud.")
    if parsed.userinfo and not bare:
        raise ValidationError(f"{name} must be a URL without a user and a password: whoever reads the batch sees it.")
    if bare and (parsed.userinfo or parsed.query or parsed.fragment):
        raise ValidationError(f"{name} must be a URL without credentials, query and fragment.")
    return url


# How.


def _checked_transport(transport: Transport | None, others: Iterable[object], awaits: bool) -> Transport | None:
    if transport is None:
        return None
    if any(other is not None for other in others):
        raise ValidationError("Give transport, or proxy and verify: a transport makes its connections as it likes.")
    method = "handle_async_request" if awaits else "handle_request"
    if isinstance(transport, type) or not hasattr(transport, method):
        raise ValidationError(f"transport must have the method {method}, unlike {kind_of(transport)}.")
    return transport


def _verify(verify: Verify | None, environ: Mapping[str, str]) -> bool | Path | ssl.SSLContext:
    if verify is None:
        verify = not switched_on("PASQAL_SKIP_SSL_VERIFY", environ)
    if verify is False:
        _log.warning("TLS certificates are not checked: credentials and results can be read on their way.")
    if isinstance(verify, bool | ssl.SSLContext):
        return verify
    try:
        path = Path(os.fspath(verify) or "…").expanduser()  # an empty path would be the working directory
    except (RuntimeError, TypeError):  # the first, of a home directory that is not known
        raise ValidationError(f"verify must be True, False, a path or an ssl.SSLContext, not {verify!r}.") from None
    if not path.exists():
        raise ValidationError(f"verify is the path of a CA's certificate, but nothing is at {path}.")
    return path


def _proxy(proxy: Proxy | None) -> httpx.Proxy | None:
    return proxy if proxy is None or isinstance(proxy, httpx.Proxy) else proxy_of(proxy, "proxy")


def _options(timeout: Timeout | None, environ: Mapping[str, str]) -> Options:
    may_compress = not switched_on("PASQAL_SKIP_GZIP_REQUEST_BODY", environ)
    options = Options(may_compress=may_compress)
    return options if timeout is None else attrs.evolve(options, timeout=timeout)


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Gets headers that can be sent; says nothing of their values, which may be secrets."""
    if not isinstance(headers, Mapping):
        raise ValidationError(f"headers must be a dictionary of texts, not {kind_of(headers)}.")
    for name, value in headers.items():
        if not isinstance(name, str):
            raise ValidationError(f"headers must have texts as names, not {kind_of(name)}.")
        if name.lower() == "authorization":
            raise ValidationError(
                "headers can't hold Authorization, which nobody but the services may get: give token."
            )
        if not isinstance(value, str):
            raise ValidationError(f"headers[{name!r}] must be a text, not {kind_of(value)}.")
        if not re.fullmatch(r"[!-9;-~]+", name) or not re.fullmatch(r"[ -~\t]*", value) or value != value.strip(" \t"):
            raise ValidationError(
                f"headers[{name!r}] must be a text of ASCII characters without line ends, and without blanks at its"
                " beginning and end."
            )
    return dict(headers)


# Profiles.


def config_path(environ: Mapping[str, str]) -> Path:
    """Gets where the profiles are: in the home directory, or in the one that PASQAL_CONFIG_ROOT names.

    Args:
        environ: The environment.
    """
    home = Path("~").expanduser() / ".pasqal" / "config"
    root = environ.get("PASQAL_CONFIG_ROOT", "").strip()
    return Path(os.path.expandvars(root)).expanduser() / ".pasqal" / "config" if root else home


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
) -> Path:
    """Saves a profile in `~/.pasqal/config`, which only you can read, in place of one of the same name.

    `SDK(profile=name)` uses it, and so does `SDK()` where PASQAL_PROFILE names it; `SDK()` uses `default` otherwise.

    Args:
        name: The profile's name.
        username: The e-mail address of the account.
        password: Its password; without it, it is asked for when it is needed.
        token: A token, in place of username and password.
        client_id: The id of a service account, in place of username and password.
        client_secret: Its secret.
        project_id: The project that new batches belong to, a UUID.
        region: Where the account is.
        url: Where the services are, if not at the region's usual addresses.
        auth_endpoint: The URL of the token request, if not the usual one.

    Returns:
        The path of the file.

    Raises:
        ValidationError: The profile is empty, or can't be written in the file.
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
    lines = [f"{key}={_line(key, value)}" for key, value in texts_of(settings).items() if value]
    if not lines:
        raise ValidationError("A profile must say something: give username and password, for instance.")
    if not isinstance(name, str) or not re.fullmatch(r"[^\[\]\s](?:[^\[\]\n\r]*[^\[\]\s])?", name):
        raise ValidationError(f"A profile's name must be a text without brackets and line ends, not {name!r}.")
    path = config_path(os.environ).resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sections = _sections(path.read_text("utf-8") if path.exists() else "")
    sections[name] = [*lines, ""]
    texts = ["\n".join(([] if name == DEFAULT_PROFILE else [f"[{name}]"]) + kept) for name, kept in sections.items()]
    _write("\n".join(texts).rstrip() + "\n", path)
    return path


def _line(key: str, value: str) -> str:
    if value != value.strip() or len(value.splitlines()) != 1:
        raise ValidationError(f"{key} can't be saved: it begins or ends with a space, or has several lines.")
    if _unquoted(value) != value:
        raise ValidationError(f"{key} can't be saved: it stands in quotation marks.")
    return value


def _sections(text: str) -> dict[str, list[str]]:
    """Gets the lines of each profile."""
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


def _write(text: str, path: Path) -> None:
    """Writes a file that only its owner can read; whoever reads it meanwhile sees the old one or the new one."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".config-")
    written = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise


def _profile(name: str, environ: Mapping[str, str], *, must_exist: bool) -> Source:
    path = config_path(environ)

    def read() -> Mapping[str, str | None]:
        profiles = _profiles(path)
        if must_exist and name not in profiles:
            known = f"it has {', '.join(profiles)}" if profiles else "there is none"
            raise ValidationError(f"No profile {name!r} is in {path}: {known}. pasqal_cloud.save_profile makes one.")
        return {key: _unquoted(value) for key, value in profiles.get(name, {}).items()}

    return Source(read, lambda key: f"{key} in profile {name!r} of {path}")


def _profiles(path: Path) -> dict[str, dict[str, str]]:
    """Reads the file; what can't be read is told without its text, which may be a password."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ValidationError(f"{path} can't be read: {type(error).__name__}.") from None
    if os.name == "posix" and path.stat().st_mode & 0o077:
        _log.warning("%s can be read by others, and so can the credentials in it: chmod 600 mends that.", path)
    parser = ConfigParser(interpolation=None, delimiters=("=",), strict=False, default_section="", allow_no_value=True)
    lines = [f"[{DEFAULT_PROFILE}]", *(line.strip() for line in text.splitlines())]
    try:
        parser.read_string("\n".join(lines))
    except ParsingError:
        raise ValidationError(f"{path} is not made of lines like username=…, with headers like [name].") from None
    return {name: dict(parser[name]) for name in parser.sections() if name != DEFAULT_PROFILE or parser[name]}


def _unquoted(value: str | None) -> str:
    """Gets a value without the quotation marks that other readers of this file take away, too."""
    value = (value or "").strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
