"""The existing package's test server, which `pasqal_cloud.testing` replaces."""

from typing import TYPE_CHECKING

from pasqal_cloud._deprecation import elsewhere
from pasqal_cloud.errors import LocalServiceError


class BaseMockServer:
    """Intercepted the requests of a library that this package does not use.

    Raises:
        LocalServiceError: Always.
    """

    def __init__(self, *_: object, **__: object) -> None:
        raise LocalServiceError(
            "BaseMockServer intercepted `requests`, which this package does not use. Use the pytest fixture"
            " pasqal_service of pasqal_cloud.testing, a service for tests."
        )


if not TYPE_CHECKING:
    __getattr__ = elsewhere  # names that can be imported from this module of the existing package
