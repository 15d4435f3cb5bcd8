"""Result documents as they are stored: compressed by zlib, and uncompressed piece by piece, since some are large."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 2**20
"""How many bytes of a document are uncompressed at once."""


def compressed(document: str) -> bytes:
    """Compresses a document (JSON)."""
    return zlib.compress(document.encode())


def pieces(document: bytes) -> Iterator[bytes]:
    """Uncompresses a document piece by piece.

    Raises:
        zlib.error: It is damaged.
    """
    reader, rest = zlib.decompressobj(), document
    while not reader.eof:
        piece = reader.decompress(rest, PIECE)
        rest = reader.unconsumed_tail
        if not piece and not rest and not reader.eof:
            raise zlib.error("the document is incomplete")
        yield piece


def length(document: bytes) -> int:
    """Gets the length of a document in bytes, uncompressed, in a short time and little memory."""
    return sum(map(len, pieces(document)))
