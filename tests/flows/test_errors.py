"""The errors: their tree, their messages, and that they can be sent to another process."""

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasqal_cloud import errors
from pasqal_cloud.authentication import TokenProviderError
from pasqal_cloud.errors import (
    AuthenticationError,
    BatchCreationError,
    BatchFetchingError,
    ConnectionFailedError,
    JobFailedError,
    MissingExtraError,
    NotFoundError,
    PasqalCloudError,
    RequestTimeoutError,
    ServerError,
    ValidationError,
    WaitTimeoutError,
    cause_of,
    specify,
)

CLASSES = [
    *(value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, PasqalCloudError)),
    TokenProviderError,
]
OPERATIONS = [kind for kind in CLASSES if kind.__name__.endswith(("CreationError", "FetchingError", "ClosingError"))]
CAUSES = [kind for kind in CLASSES if kind not in OPERATIONS and kind is not WaitTimeoutError]

PLAIN = NotFoundError(
    "There is no batch.", status=404, code="E1", method="GET", url="https://host/path", request_id="r"
)
PAIR = specify(BatchFetchingError, PLAIN)
FACTS = ("description", "status", "code", "method", "url", "request_id", "body", "retry_after", "retryable", "sent")


def facts(error: PasqalCloudError) -> dict[str, Any]:
    """What an error knows."""
    return {name: getattr(error, name) for name in FACTS}


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_is_an_ordinary_exception_under_one_root(kind: type[PasqalCloudError]) -> None:
    """`except Exception` and `except PasqalCloudError` both catch every error."""
    assert issubclass(kind, Exception)
    assert issubclass(kind, PasqalCloudError)


@pytest.mark.parametrize("kind", CLASSES)
def test_the_tree_in_the_docstring_is_complete(kind: type[PasqalCloudError]) -> None:
    """A reader of the module's docstring sees every class."""
    assert kind.__name__ in (errors.__doc__ or "") or kind is TokenProviderError


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (ValidationError, ValueError),
        (RequestTimeoutError, TimeoutError),
        (WaitTimeoutError, TimeoutError),
        (MissingExtraError, ImportError),
    ],
)
def test_some_errors_are_builtin_ones_too(kind: type[PasqalCloudError], builtin: type[Exception]) -> None:
    """Code that knows nothing of this package catches them by the usual names."""
    assert issubclass(kind, builtin)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("cause", CAUSES)
def test_a_pair_is_caught_by_both_of_its_parts(
    operation: type[PasqalCloudError], cause: type[PasqalCloudError]
) -> None:
    """Every operation can fail for every cause, and both `except` clauses catch it."""
    error = specify(operation, cause("It is so."))
    with pytest.raises(operation):
        raise error
    with pytest.raises(cause):
        raise error
    assert error.description == "It is so."


def test_the_class_of_a_pair_is_made_once() -> None:
    """Two errors of the same kind have the same class, named after its parts."""
    other = specify(BatchFetchingError, NotFoundError("Another."))
    assert type(other) is type(PAIR)
    assert type(PAIR).__name__ == "BatchFetchingError[NotFoundError]"


def test_a_pair_keeps_what_the_cause_knew() -> None:
    """Naming the operation loses nothing."""
    assert facts(PAIR) == facts(PLAIN)


def test_a_message_tells_what_why_and_where() -> None:
    """The whole story is one line: the operation, the service's words, and the request."""
    assert str(PAIR) == (
        "Fetching the batch failed: There is no batch. [HTTP 404, code E1, GET https://host/path, request id r]"
    )


def test_a_message_without_description_is_the_classes_sentence() -> None:
    """The first line of the docstring is what a class says by itself."""
    assert str(ServerError()) == "The service failed"
    assert str(specify(BatchCreationError, ServerError(status=500))) == (
        "Creating the batch failed: The service failed. [HTTP 500]"
    )


def test_a_code_that_repeats_the_status_is_not_told_twice() -> None:
    """Most of the service's codes are the status once more."""
    assert "code" not in str(NotFoundError("No.", status=404, code="404"))


@pytest.mark.parametrize(
    "error",
    [
        PLAIN,
        PAIR,
        specify(BatchCreationError, ConnectionFailedError("Reset.", retryable=True, sent=False)),
        specify(BatchCreationError, RequestTimeoutError("Slow.", retryable=True)),
        specify(BatchFetchingError, ValidationError("id must be a UUID.")),
        specify(BatchFetchingError, TokenProviderError("Refused.", status=403)),
        BatchFetchingError("Failed.", body="{}", retry_after=1.0),
        WaitTimeoutError("Late."),
        MissingExtraError("Install it."),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("copied", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_an_error_can_be_sent_to_another_process(error: PasqalCloudError, copied: Any) -> None:
    """An error that is pickled or copied keeps its class, its message, its facts and its notes."""
    error.add_note("It was submitted.")
    other = copied(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert facts(other) == facts(error)
    assert other.__notes__ == error.__notes__


OWN_FACTS: dict[type[PasqalCloudError], dict[str, Any]] = {
    WaitTimeoutError: {},
    JobFailedError: {"reasons": ["Too hot.", "Too late."]},
}
"""The arguments of the errors that take others than the rest."""


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("copied", [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy])
def test_every_error_can_be_sent_to_another_process(kind: type[PasqalCloudError], copied: Any) -> None:
    """With everything that it knows."""
    answer = {"status": 418, "code": "E1", "method": "GET", "url": "https://host/path", "request_id": "r"}
    more = {"body": "{}", "retry_after": 1.5, "retryable": True, "sent": True}
    error = kind("Words.", **OWN_FACTS.get(kind, answer | more))
    error.add_note("It was submitted.")
    other = copied(error)
    assert type(other) is kind
    assert (str(other), facts(other), other.__notes__) == (str(error), facts(error), error.__notes__)
    assert getattr(other, "reasons", None) == getattr(error, "reasons", None) == OWN_FACTS.get(kind, {}).get("reasons")
    assert getattr(other, "candidates", ()) == getattr(error, "candidates", ())


def test_a_wait_that_is_over_says_so_and_is_worth_another() -> None:
    """It carries the handle, is retryable, and no operation claims it."""
    error = WaitTimeoutError("Timed out after 5 s.", handle=None)
    assert str(error) == "Timed out after 5 s."
    assert str(WaitTimeoutError()) == "Timed out"
    assert error.handle is None
    assert error.retryable
    assert specify(BatchFetchingError, error) is error


@given(st.integers(100, 999))
def test_every_status_has_a_class(status: int) -> None:
    """A status that nobody foresaw is an error of the package all the same."""
    kind = cause_of(status)
    assert issubclass(kind, PasqalCloudError)
    assert issubclass(kind, ServerError) == (status >= 500)


def test_the_usual_statuses_have_their_classes() -> None:
    """Users catch these by name."""
    assert [cause_of(status) for status in (401, 404, 422)] == [AuthenticationError, NotFoundError, ValidationError]
