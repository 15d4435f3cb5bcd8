"""Ids of batches and jobs, of which the first characters are enough."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from pasqal_cloud.cli.errors import CommandError, ExitStatus
from pasqal_cloud.filters import BatchFilters, JobFilters, PaginationParams

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pasqal_cloud import SDK

SHORTEST = 6
"""How many characters of an id must be given."""

SHOWN = 5
"""How many ids are shown if several begin alike."""


def batch_id(sdk: SDK, text: str) -> str:
    """Gets the id of the batch whose id is a text, or begins with it.

    Raises:
        CommandError: There is none, or there are several.
    """
    if not _is_part(text):
        return text
    page = sdk.get_batches(BatchFilters(id__starts_with=text.lower()), PaginationParams(limit=SHOWN + 1))
    return _only("batch", "batches", text, (batch.id for batch in page), page.total)


def job_id(sdk: SDK, text: str) -> str:
    """Gets the id of the job whose id is a text, or begins with it.

    Raises:
        CommandError: There is none, or there are several.
    """
    if not _is_part(text):
        return text
    page = sdk.get_jobs(JobFilters(id__starts_with=text.lower()), PaginationParams(limit=SHOWN + 1))
    return _only("job", "jobs", text, (job.id for job in page), page.total)


def _is_part(text: str) -> bool:
    """Tells whether a text is the beginning of an id; whatever can be no id at all, the SDK refuses."""
    try:
        UUID(text)
    except ValueError:
        is_part = re.fullmatch(r"[0-9a-f-]{1,35}", text.lower()) is not None
    else:
        is_part = False
    if is_part and len(text) < SHORTEST:
        message = f"{text} is too short for the beginning of an id: give at least {SHORTEST} characters."
        raise CommandError(message, None, ExitStatus.WRONG_OPTIONS)
    return is_part


def _only(kind: str, kinds: str, text: str, ids: Iterable[str], total: int) -> str:
    found = list(ids)
    if not all(each.lower().startswith(text.lower()) for each in found):
        message = f"The service does not find {kinds} by the beginning of an id: it listed others than {text}…"
        raise CommandError(message, "Give the whole id.")
    if not found:
        hint = f"pasqal-cloud {kinds} list shows the ids."
        raise CommandError(f"There is no {kind} whose id begins with {text}.", hint, ExitStatus.NOT_FOUND)
    if len(found) > 1 or total > len(found):
        more = f" and {total - len(found[:SHOWN])} more" if total > len(found[:SHOWN]) else ""
        message = f"The ids of several {kinds} begin with {text}: {', '.join(found[:SHOWN])}{more}."
        raise CommandError(message, "Give more characters.", ExitStatus.WRONG_OPTIONS)
    return found[0]
