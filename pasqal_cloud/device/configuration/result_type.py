"""The kinds of results."""

from pasqal_cloud._open_enum import OpenEnum


class ResultType(OpenEnum):
    """A kind of result."""

    COUNTER = "counter"
    RUN = "run"
    SAMPLE = "sample"
    EXPECTATION = "expectation"


StrEnum = OpenEnum
"""The base, by the name that the existing package has for it."""
