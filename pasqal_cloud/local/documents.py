"""Result documents as they are stored: compressed by zlib, and uncompressed piece by piece, since some are large."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 2**20
"""How many bytes a piece has at most."""

CHUNK = 2**16
"""How many bytes are uncompressed at once."""


def compressed(document: str) -> bytes:
    """Compresses a document (JSON)."""
    return zlib.compress(document.encode())


def pieces(document: bytes) -> Iterator[bytes]:
    """Uncompresses a document piece by piece.

    Raises:
        zlib.error: It is damaged.
    """
    reader, given = zlib.decompressobj(), memoryview(document)
    for start in range(0, len(given), CHUNK):
        rest: bytes | memoryview = given[start : start + CHUNK]
        while rest:  # a part of it, if there is more than one piece in it
            yield reader.decompress(rest, PIECE)
            rest = reader.unconsumed_tail
    while not reader.eof:
        if not (piece := reader.decompress(reader.unconsumed_tail, PIECE)):
            raise zlib.error("the document is incomplete")
        yield piece


def length(document: bytes) -> int:
    """Gets the length of a document in bytes, uncompressed, in a short time and little memory."""
    return sum(map(len, pieces(document)))
