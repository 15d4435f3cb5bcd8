"""The types of results that emulators return."""

from pasqal_cloud._open_enum import OpenEnum


class ResultType(OpenEnum):
    """A type of result."""

    COUNTER = "counter"
    RUN = "run"
    SAMPLE = "sample"
    EXPECTATION = "expectation"


StrEnum = OpenEnum
"""The base class, under the name that the existing package has for it."""
