"""Files that are written as a whole."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp


def write_whole(path: Path, content: str, mode: int = 0o600) -> None:
    """Writes a file, which is replaced at once: no reader sees half of it, and an older one stays if this fails.

    Args:
        path: The file.
        content: What it shall contain, which is written in UTF-8.
        mode: Who may read and write it; by default only its owner.
    """
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name[:100]}-")
    written = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
        written.chmod(mode)
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
