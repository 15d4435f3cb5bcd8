"""The result documents of jobs, which may contain the results of Pulser."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from pasqal_cloud._extras import package

if TYPE_CHECKING:
    from pulser.backend.results import Results


class FullResult(dict[str, Any]):
    """The result document of a job, as the service gives it: with `counter`, `raw`, `serialised_results`."""

    @cached_property
    def results(self) -> Results | None:
        """Pulser's `Results`, which have all that was computed; None if the document does not contain them.

        Raises:
            MissingExtraError: Pulser is not installed.
        """
        serialized = self.get("serialised_results")
        if not serialized:
            return None
        results: Results = package("pulser.backend.results", "pulser").Results.from_abstract_repr(serialized)
        return results

    def __reduce__(self) -> tuple[Any, ...]:
        """Lets pickles and copies keep the document alone."""
        return FullResult, (dict(self),)
