"""How submissions are refused that exceed a limit of their project."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pasqal_cloud.local.rules.refusals import ServiceError
from pasqal_cloud.local.store import LimitError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def within_limits() -> Iterator[None]:
    """Refuses a submission that the store does not take because of a limit.

    Used-up emulation time is a 403, since only an administrator can change that. Too many waiting jobs are a 409, as
    is everything that another state would allow. It is not a 429, after which clients would send it again and again.
    """
    try:
        yield
    except LimitError as error:
        raise _refusal(error) from error


def _refusal(error: LimitError) -> ServiceError:
    project = error.limits.project
    if error.limits.is_used_up:
        used, most = project["emulation_seconds"], project["max_emulation_seconds"]
        return ServiceError(
            403, f"The project {project['id']} has used {used:,.0f} of its {most:,.0f} seconds of emulation."
        )
    most = project["max_waiting_jobs"]
    if error.new > most > 0:
        advice = f"Submit at most {most:,} at once."
    else:
        advice = f"Submit {'it' if error.new == 1 else 'them'} again when others have ended."
        advice = advice if most else "An administrator can change that."
    return ServiceError(
        409,
        f"The project {project['id']} may have {most:,} waiting {'job' if most == 1 else 'jobs'}:"
        f" {error.limits.waiting:,} already {'waits' if error.limits.waiting == 1 else 'wait'}, so {error.new:,} more"
        f" {'is' if error.new == 1 else 'are'} too many. {advice}",
    )
