"""What SQLite and PostgreSQL say in different words, as SQL expressions that are compiled for either."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlalchemy import VARCHAR, Computed, Float, TypeDecorator, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, Table
    from sqlalchemy.sql.compiler import DDLCompiler, SQLCompiler

ESCAPE = "\ue000"
ESCAPED: dict[str, str] = {"\x00": f"{ESCAPE}0", ESCAPE: f"{ESCAPE}1"}


class Text(TypeDecorator[str]):
    """Text on PostgreSQL: it sorts by code points, as SQLite's does, and may contain the character NUL, too.

    PostgreSQL can't store that one, so two characters stand for it. The first is of Unicode's private use area.
    """

    impl = VARCHAR(collation="C")
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the base class has it
        """Escapes what can't be stored."""
        if value is None:
            return None
        if "\x00" in value or ESCAPE in value:
            return "".join(ESCAPED.get(character, character) for character in value)
        return str(value)  # an enumeration's member, too

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002 - the base class has it
        """Reads what was escaped."""
        if isinstance(value, str) and ESCAPE in value:
            return value.replace(ESCAPED["\x00"], "\x00").replace(ESCAPED[ESCAPE], ESCAPE)
        return value


class Stored(Computed):
    """A computed column that can be indexed: PostgreSQL must store it, SQLite need not."""


@compiles(Stored, "postgresql")
def _(element: Stored, compiler: DDLCompiler, **options: Any) -> str:
    return f"GENERATED ALWAYS AS ({compiler.sql_compiler.process(element.sqltext, **options)}) STORED"


class json_values(FunctionElement[str]):  # noqa: N801 - named like a function, which it is
    """The elements of a JSON array of strings, as rows with the column `value`."""

    inherit_cache = True


@compiles(json_values, "sqlite")
def _(element: json_values, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(json_values, "postgresql")
def _(element: json_values, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS json))"


class seconds_between(FunctionElement[float]):  # noqa: N801 - named like a function, which it is
    """The seconds from a stored instant to a later one."""

    type = Float()
    inherit_cache = True


@compiles(seconds_between, "sqlite")
def _(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((julianday({later}) - julianday({earlier})) * 86400)"


@compiles(seconds_between, "postgresql")
def _(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(extract(epoch FROM CAST({later} AS timestamptz) - CAST({earlier} AS timestamptz)) AS float)"


class instant(FunctionElement[str]):  # noqa: N801 - named like a function, which it is
    """The present time of the database, as it is stored, plus a number of seconds."""

    type = VARCHAR()
    inherit_cache = True

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(literal(seconds, Float()))


@compiles(instant, "sqlite")
def _(element: instant, compiler: SQLCompiler, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', {seconds} || ' seconds')"


@compiles(instant, "postgresql")
def _(element: instant, compiler: SQLCompiler, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    time = f"clock_timestamp() AT TIME ZONE 'UTC' + {seconds} * interval '1 second'"
    return f"""to_char({time}, 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')"""


def insert_if_new(connection: Connection, table: Table) -> Any:
    """Begins an INSERT that does nothing if there is such a row."""
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")  # importing both would take 0.05 s
    return dialect.insert(table).on_conflict_do_nothing()
