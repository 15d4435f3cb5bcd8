"""`pasqal-cloud archive`."""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pasqal_cloud.cli.errors import CommandError, ExitStatus
from pasqal_cloud.cli.output import View, note

if TYPE_CHECKING:
    from pasqal_cloud.local.archiving import Archived

UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

LONGEST = 36_500
"""The maximum number of units, which gives a date that can be represented."""


def _draw(done: Archived) -> None:
    for month, count in sorted(done.batches.items()):
        typer.echo(f"{month}  {count:,} {'batch' if count == 1 else 'batches'}")
    for path in done.files:
        typer.echo(str(path))


ARCHIVED = View(
    {
        "batches": lambda done: dict(sorted(done.batches.items())),
        "jobs": lambda done: done.jobs,
        "files": lambda done: [str(path) for path in done.files],
    },
    draw=_draw,
)


def archive(
    older_than: Annotated[
        str,
        typer.Option("--older-than", metavar="AGE", help="How long ago a batch must have ended: 90d, 12w or 36h."),
    ],
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="The folder for the files.")],
    db: Annotated[
        str | None,
        typer.Option("--db", metavar="PATH|URL", help="The database; by default that of pasqal-cloud serve."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
) -> Archived:
    """Move old batches of a local service from its database to compressed files.

    The service may be running. Each line of a file is a batch with its jobs, sequences, tags and results, as
    SDK.load_batch reads it. The password of a server comes from PASQAL_LOCAL_DB_PASSWORD, or from where PostgreSQL's
    own programs find it.
    """
    try:
        from sqlalchemy.exc import SQLAlchemyError

        from pasqal_cloud.local.archiving import ArchivingError, archived
        from pasqal_cloud.local.credentials import CredentialsError
        from pasqal_cloud.local.database import db_password, kept_database, place_of
        from pasqal_cloud.local.options import UnusableDatabaseError
        from pasqal_cloud.local.store import AwayError, FullDiskError, opened
        from pasqal_cloud.local.store.archive import Archive
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("pasqal_cloud"):
            raise
        needed = f'This command needs {error.name}, which is not installed: pip install "pasqal-cloud[testing]"'
        raise CommandError(needed, status=ExitStatus.MISSING_EXTRA) from error

    limit = datetime.now(UTC) - _age(older_than)
    known = (
        ArchivingError,
        AwayError,
        CredentialsError,
        FullDiskError,
        OSError,
        SQLAlchemyError,
        UnusableDatabaseError,
    )
    try:
        place = place_of(db or kept_database(), db_password(None, os.environ))
        if isinstance(place, Path) and not place.is_file():
            raise CommandError(f"There is no database {place}.", status=ExitStatus.NOT_FOUND)
        with closing(opened(place, as_is=True)) as database:
            done = archived(Archive(database), to.expanduser(), limit, is_dry=dry_run)
    except known as error:
        raise CommandError(f"Nothing was lost, but not everything was archived: {error}") from error
    total = Counter(done.batches).total()
    what = f"{total:,} batches with {done.jobs:,} jobs"
    note(f"Would archive {what}." if dry_run else f"Archived {what}.")
    return done


def _age(text: str) -> timedelta:
    match = re.fullmatch(r"(\d+)([hdw])", text.strip())
    if match is None or int(match[1]) > LONGEST:
        raise CommandError(f"{text} is no age.", "Write it as 90d, 12w or 36h.", ExitStatus.WRONG_OPTIONS)
    return int(match[1]) * UNITS[match[2]]
