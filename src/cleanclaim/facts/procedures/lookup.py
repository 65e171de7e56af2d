"""Look procedure codes up by date, for any table that has a code."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, FrameFunction
from cleanclaim.lines.schema import COUNT, FLAG, TEXT, TEXTS, Column
from cleanclaim.reference import procedure_tables, procedures
from cleanclaim.reference.lookup import attach

_TAKEN: tuple[tuple[str, Column], ...] = (
    ("is_timed", Column("is_timed", FLAG, "flag", "a 15-minute code")),
    ("is_evaluation", Column("is_evaluation", FLAG, "flag", "a first evaluation")),
    ("is_reevaluation", Column("is_reevaluation", FLAG, "flag", "a re-evaluation")),
    ("is_group", Column("is_group", FLAG, "flag", "a group code")),
    ("is_add_on", Column("is_add_on", FLAG, "flag", "billable only beside another code")),
    ("add_on_to", Column("add_on_to", TEXTS, "codes", "the codes an add-on belongs to")),
    ("family", Column("family", TEXT, "code", "what kind of service the code is")),
    ("one_on_one", Column("one_on_one", FLAG, "flag", "needs the therapist one-on-one")),
    ("evaluation_level", Column("evaluation_level", TEXT, "code", "low, moderate or high")),
    ("encounter", Column("encounter", TEXT, "code", "initial or subsequent encounter")),
    ("minutes_first", Column("minutes_first", COUNT, "minutes", "length of the first unit of an own basis")),
    ("minutes_each", Column("minutes_each", COUNT, "minutes", "length of each further unit of an own basis")),
    ("medicare_code", Column("medicare_code", TEXT, "procedure code", "what Medicare takes instead")),
    ("disciplines", Column("disciplines", TEXTS, "codes", "disciplines that furnish it")),
)


def added(prefix: str, names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns a lookup with this prefix adds, `procedure_status` among them."""
    columns = {column.name: column for _, column in _TAKEN}
    status = Column(f"{prefix}procedure_status", TEXT, "lookup status", "whether the code is listed for the date")
    return (
        status,
        *(Column(prefix + name, columns[name].dtype, columns[name].unit, columns[name].meaning) for name in names),
    )


def look_up(table: str, code: str, prefix: str, names: tuple[str, ...]) -> FrameFunction:
    """A stage function that attaches the named columns for the code column of the table."""

    def compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
        frame = frames[table].select(pl.col(code).alias("code"), "date_of_service")
        answered = attach(
            frame,
            procedure_tables.table(),
            by={"code": "code"},
            day="date_of_service",
            take={name: prefix + name for name in names},
            status=f"{prefix}procedure_status",
            known_through=procedures.known_through(),
        )
        return answered.drop("code", "date_of_service")

    return compute
