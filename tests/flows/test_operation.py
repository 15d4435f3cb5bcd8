"""Flows offered as methods and attributes, in both colours, as their users see them."""

from __future__ import annotations

import inspect
import pydoc
from typing import Any, Generic, TypeVar
from unittest.mock import create_autospec

import pytest

from pasqal_cloud import SDK, AsyncBatch, AsyncJob, AsyncSDK, Batch, Job
from pasqal_cloud.errors import (
    BatchCreationError,
    BatchFetchingError,
    NotFoundError,
    PasqalCloudError,
    WaitTimeoutError,
)

from .inside import Awaiting, Blocking, Flow, Task, fetched, operation, run

T = TypeVar("T")

OPERATIONS = {
    (SDK, AsyncSDK): ["create_batch", "get_batch", "add_jobs", "close_batch", "close"],
    (Batch, AsyncBatch): ["add_jobs", "close", "refresh", "wait"],
    (Job, AsyncJob): ["refresh", "wait"],
}
EACH_OPERATION = pytest.mark.parametrize(
    ("blocking_class", "awaiting_class", "name"),
    [(*classes, name) for classes, names in OPERATIONS.items() for name in names],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)


class Shelf(Generic[T]):
    """A class with flows."""

    def __init__(self) -> None:
        self.books = ["Emma"]

    @operation(raises=BatchFetchingError)
    def take(self, title: str, *, at_once: bool = True) -> Flow[T | None]:
        """Takes a book."""
        yield Task(lambda: None)
        if title not in self.books:
            raise NotFoundError(f"There is no {title}.", status=404)
        return title

    @operation(raises=BatchFetchingError)
    def fail(self, error: BaseException) -> Flow[None]:
        """Raises an error."""
        yield Task(lambda: None)
        raise error

    @fetched(raises=BatchFetchingError)
    def best(self) -> Flow[str]:
        """The best book."""
        yield Task(lambda: None)
        if not self.books:
            raise NotFoundError("There is none.")
        return self.books[0]


class Book:
    """What a blocking shelf holds."""


class BlockingShelf(Shelf[Book], Blocking):
    """The shelf that blocks."""


class AwaitingShelf(Shelf[int], Awaiting):
    """The shelf that awaits."""


@pytest.fixture
def shelf(colour: Any) -> Any:
    """A shelf of each colour."""
    return BlockingShelf() if colour.is_blocking else AwaitingShelf()


def test_an_operation_takes_its_arguments_and_gives_its_result(colour: Any, shelf: Any) -> None:
    """An operation is called like a method."""
    assert colour.call(shelf.take("Emma", at_once=False)) == "Emma"


def test_an_operation_can_be_read_from_its_class(colour: Any, shelf: Any) -> None:
    """Read from the class, it is a function that takes the object first."""
    assert colour.call(type(shelf).take(shelf, "Emma")) == "Emma"
    assert type(shelf).take is type(shelf).take


TOO_MANY = (
    "take() has too many positional arguments: only title can be given without a name. Write the others as keywords,"
    " like at_once=…"
)


def test_wrong_arguments_are_refused_like_a_functions(colour: Any, shelf: Any) -> None:
    """A misspelt argument is a TypeError, which names the operation as users know it, and the nearest argument."""
    for call, message in (
        (lambda: shelf.take("Emma", at_one=True), "take() has no argument 'at_one': did you mean 'at_once'?"),
        (lambda: shelf.take("Emma", shelve=True), "take() has no argument 'shelve'"),
        (shelf.take, "take(): missing a required argument: 'title'"),
        (lambda: shelf.take("Emma", "Persuasion"), TOO_MANY),
    ):
        assert str(colour.attempt(TypeError, call)) == message


def test_a_type_error_of_a_flow_is_its_own(colour: Any, shelf: Any) -> None:
    """What the arguments were has nothing to do with it."""
    error = TypeError("other")
    assert colour.attempt(TypeError, lambda: shelf.fail(error)) is error


def test_an_error_is_what_was_done_and_why_it_failed(colour: Any, shelf: Any) -> None:
    """An error is caught by the class of the operation and by that of the cause, and keeps what the cause knew."""
    error = colour.attempt(BatchFetchingError, lambda: shelf.take("Persuasion"))
    assert isinstance(error, NotFoundError)
    assert (error.status, error.description) == (404, "There is no Persuasion.")
    assert error.__suppress_context__, "the bare cause is said in the pair, and not to be told twice"


def test_an_error_keeps_its_cause(colour: Any, shelf: Any) -> None:
    """What caused the cause, like httpx's error, is still to be found in the traceback."""
    origin = OSError("unplugged")
    cause = NotFoundError("There is none.")
    cause.__cause__ = origin
    assert colour.attempt(BatchFetchingError, lambda: shelf.fail(cause)).__cause__ is origin


@pytest.mark.parametrize("error", [WaitTimeoutError("late"), BatchFetchingError("lost"), KeyError("other")])
def test_some_errors_are_raised_as_they_are(colour: Any, shelf: Any, error: Exception) -> None:
    """A wait that is over did not fail; what is named already needs no other name; strange errors are not ours."""
    assert colour.attempt(type(error), lambda: shelf.fail(error)) is error


def test_a_fetched_attribute_is_a_value_or_an_awaitable_of_it(colour: Any, shelf: Any) -> None:
    """Reading the attribute gives its value, blocking, or what gives it when awaited."""
    assert colour.call(shelf.best) == "Emma"


def test_a_fetched_attribute_names_its_errors(colour: Any, shelf: Any) -> None:
    """Its errors too are caught by both classes."""
    shelf.books.clear()
    error = colour.attempt(BatchFetchingError, lambda: shelf.best)
    assert isinstance(error, NotFoundError)


def test_a_fetched_attribute_can_be_left_alone() -> None:
    """Looking at all attributes, as debuggers do, warns of nothing that was never awaited."""
    assert inspect.isawaitable(AwaitingShelf().best)


def test_a_fetched_attribute_can_not_be_set(shelf: Any) -> None:
    """What a handle shows is the service's."""
    with pytest.raises(AttributeError):
        shelf.best = "Lady Susan"


def test_a_fetched_attribute_has_help_on_its_class() -> None:
    """Read from the class, it is a descriptor with the docstring."""
    assert BlockingShelf.best.__doc__ == "The best book."
    assert "The best book." in pydoc.render_doc(BlockingShelf)


def test_an_operation_shows_what_its_user_is_given() -> None:
    """The signature tells of no flow, and names the class that the type variable stands for."""
    assert str(inspect.signature(BlockingShelf.take)).endswith("at_once: 'bool' = True) -> 'Book | None'")
    assert str(inspect.signature(AwaitingShelf().take)).endswith("at_once: 'bool' = True) -> 'int | None'")


@pytest.mark.parametrize(
    ("owner", "name", "result"),
    [
        (SDK, "create_batch", "Batch"),
        (AsyncSDK, "create_batch", "AsyncBatch"),
        (SDK, "get_batch", "Batch"),
        (AsyncSDK, "get_batch", "AsyncBatch"),
        (Batch, "wait", "None"),
        (AsyncJob, "refresh", "None"),
    ],
)
def test_the_sdks_operations_show_their_results(owner: Any, name: str, result: str) -> None:
    """Each colour's signature has the handle of that colour."""
    assert inspect.signature(getattr(owner, name)).return_annotation == result


@EACH_OPERATION
def test_every_operation_looks_like_a_method(blocking_class: Any, awaiting_class: Any, name: str) -> None:
    """To `inspect` an operation is a function, a coroutine function where its class awaits, and never a generator."""
    for owner in (blocking_class, awaiting_class):
        function = getattr(owner, name)
        assert inspect.isfunction(function)
        assert not inspect.isgeneratorfunction(inspect.unwrap(function))
        assert inspect.iscoroutinefunction(function) == (owner is awaiting_class)
        assert function.__name__ == name
        assert "Flow" not in str(inspect.signature(function))


@EACH_OPERATION
def test_every_operation_has_help(blocking_class: Any, awaiting_class: Any, name: str) -> None:
    """`help` shows the same sentences in both colours; the awaiting one says that it is `async`."""
    function, coroutine_function = getattr(blocking_class, name), getattr(awaiting_class, name)
    assert function.__doc__
    assert function.__doc__ == coroutine_function.__doc__
    assert f"async {name}(" in pydoc.render_doc(coroutine_function, renderer=pydoc.plaintext)


@pytest.mark.parametrize("classes", OPERATIONS, ids=lambda classes: classes[0].__name__)
def test_both_colours_offer_the_same(classes: Any) -> None:
    """Whatever one colour can do, the other can."""
    blocking_names, awaiting_names = ({name for name in dir(owner) if not name.startswith("_")} for owner in classes)
    assert blocking_names == awaiting_names
    assert set(OPERATIONS[classes]) <= blocking_names


def test_doubles_can_be_made_of_an_sdk() -> None:
    """`create_autospec` makes a double that checks arguments, without asking the service for anything."""
    double = create_autospec(SDK, instance=True)
    double.get_batch("id")
    with pytest.raises(TypeError):
        double.get_batch("id", batch="another")


def test_doubles_of_an_async_sdk_await(awaiting: Any) -> None:
    """The double of an awaiting operation is awaited as well."""
    double = create_autospec(AsyncSDK, instance=True)
    double.get_batch.return_value = "batch"
    assert awaiting.call(double.get_batch("id")) == "batch"


@pytest.mark.parametrize("owner", [Batch, AsyncBatch, Job, AsyncJob])
def test_doubles_can_be_made_of_handles(owner: Any) -> None:
    """The attributes that are fetched are there in a double too."""
    double = create_autospec(owner, instance=True)
    assert hasattr(double, "result" if "Job" in owner.__name__ else "ordered_jobs")


def test_an_operation_in_a_class_without_colour_is_still_usable() -> None:
    """The class that both colours share can be read, for documentation."""
    assert Shelf.take.__doc__ == "Takes a book."


def test_the_error_of_an_operation_without_a_class_of_its_own_is_the_cause() -> None:
    """An operation named by the root adds nothing to the cause."""

    class Plain(Blocking):
        @operation(raises=PasqalCloudError)
        def fail(self) -> Flow[None]:
            yield Task(lambda: None)
            raise NotFoundError("There is none.")

    with pytest.raises(NotFoundError) as caught:
        Plain().fail()
    assert type(caught.value) is NotFoundError


def test_errors_are_named_once_where_operations_use_flows() -> None:
    """The innermost name stays where it says more."""

    class Outer(Blocking):
        @operation(raises=BatchCreationError)
        def create(self) -> Flow[None]:
            yield Task(lambda: run(iter_failing()))

    def iter_failing() -> Flow[None]:
        yield Task(lambda: None)
        raise NotFoundError("There is none.")

    with pytest.raises(BatchCreationError) as caught:
        Outer().create()
    assert type(caught.value).__name__ == "BatchCreationError[NotFoundError]"


def test_what_was_not_awaited_says_so() -> None:
    """Whoever forgets it reads how to write it."""
    with pytest.raises(
        AttributeError, match=r"AsyncSDK\.local\(\) has no attribute 'create_batch': it has to be awaited"
    ):
        AsyncSDK.local().create_batch  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match=r"has no attribute 'title': it has to be awaited\. Write await before it"):
        AwaitingShelf().best.title  # type: ignore[attr-defined]  # noqa: B018
