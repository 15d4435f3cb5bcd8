"""Signatures of access tokens (JWT, HS256) and of result links."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

HEADER = {"alg": "HS256", "typ": "JWT"}


class BadSignatureError(ValueError):
    """A signature is invalid, or has expired."""


class Signer:
    """Signs with one secret.

    Args:
        secret: The key.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def password(self, username: str) -> str:
        """Derives a password from the secret."""
        return self._mac("password", username)[:24]

    def token(self, user_id: str, expires: datetime, since: str | None = None) -> str:
        """Creates an access token.

        Args:
            user_id: The user.
            expires: The end of its validity.
            since: When the user's earlier tokens were revoked; the token is valid until that changes.
        """
        claims = {"sub": user_id, "exp": int(expires.timestamp())} | ({} if since is None else {"since": since})
        content = ".".join((_encode(HEADER), _encode(claims)))
        return f"{content}.{self._mac('token', content)}"

    def user_of(self, token: str, now: datetime) -> str:
        """Gets the id of the user of a token.

        Raises:
            BadSignatureError: The token is invalid, or has expired.
        """
        return self.bearer(token, now)[0]

    def bearer(self, token: str, now: datetime) -> tuple[str, str | None]:
        """Gets the id of the user of a token, and when their earlier tokens had been revoked.

        Raises:
            BadSignatureError: The token is invalid, or has expired.
        """
        content, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self._mac("token", content).encode(), signature.encode()):
            raise BadSignatureError("The access token is not valid.")
        claims = json.loads(_decode(content.partition(".")[2]))
        if claims["exp"] <= now.timestamp():
            raise BadSignatureError("The access token has expired.")
        return str(claims["sub"]), claims.get("since")

    def link_query(self, job_id: str, expires: datetime) -> str:
        """Creates the query string of a link to a job's result."""
        instant = int(expires.timestamp())
        return f"expires={instant}&signature={self._mac('result', f'{job_id}:{instant}')}"

    def check_link(self, job_id: str, expires: str, signature: str, now: datetime) -> None:
        """Checks the query of a result link.

        Raises:
            BadSignatureError: The link is invalid, or has expired.
        """
        if not hmac.compare_digest(self._mac("result", f"{job_id}:{expires}").encode(), signature.encode()):
            raise BadSignatureError("The signature of this link is not valid.")
        if int(expires) <= now.timestamp():
            raise BadSignatureError("This link has expired: ask for a new one.")

    def _mac(self, purpose: str, content: str) -> str:
        digest = hmac.new(self._secret, f"{purpose}:{content}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _encode(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
