"""What the functions of this package raise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models.error_response import ErrorResponse
    from .models.token_error import TokenError


class UnexpectedStatus(Exception):
    """An answer that is no success.

    Attributes:
        status_code: The HTTP status.
        content: The body, as it came.
        parsed: The body, read; None where it is not one that the specification describes.
    """

    def __init__(self, status_code: int, content: bytes, parsed: ErrorResponse | TokenError | None = None) -> None:
        super().__init__(status_code, content, parsed)
        self.status_code = status_code
        self.content = content
        self.parsed = parsed

    @property
    def message(self) -> str | None:
        """What the service says of it, if it says something."""
        said = (getattr(self.parsed, name, None) for name in ("message", "error_description"))
        return next((text for text in said if isinstance(text, str)), None)

    def __str__(self) -> str:
        said = self.message or self.content[:500].decode(errors="replace")
        return f"{self.status_code}: {said}" if said else str(self.status_code)


__all__ = ["UnexpectedStatus"]
