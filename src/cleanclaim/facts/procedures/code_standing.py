"""Whether each billed code can be a code at all, is listed, has ended or has not begun, on its date of service.

Unlike the lookup by date, an ended code keeps its last day and its replacement here. A first day that was not
read counts as long past, as everywhere in the listing. A HCPCS Level II code that is not listed here is looked up in
the loaded edition of that code set.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from cleanclaim.facts.kit import Context, Fact, Stage
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import DAY, FLAG, TEXT, TEXTS, Column
from cleanclaim.reference import hcpcs, procedures

_SCHEMA = pl.Schema(
    {
        "code": pl.String(),
        "code_is_possible": pl.Boolean(),
        "code_section": pl.String(),
        "code_is_listed": pl.Boolean(),
        "code_begins_on": pl.Date(),
        "code_ended_on": pl.Date(),
        "code_replaced_by": pl.List(pl.String()),
        "read_through": pl.Date(),
    }
)
_TAKEN = [name for name in _SCHEMA if name not in ("code", "read_through")]
_Row = tuple[str, bool, str | None, bool, date | None, date | None, list[str], date]


def _row(code: str) -> _Row:
    section = procedures.section_of(code)
    listed = procedures.get(code)
    if listed is not None:
        days = (listed.valid_from, listed.valid_through)
        return (code, True, section, True, *days, list(listed.replaced_by), procedures.known_through())
    edition, published = hcpcs.loaded(), hcpcs.get(code)
    if edition is not None and published is not None:
        # A published first day is when the code was added.
        return (code, True, section, True, published.begins_on, published.ended_on, [], edition.valid_through)
    return (code, section is not None, section, False, None, None, [], procedures.known_through())


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    asked = frames["lines"].select("code", "date_of_service")
    codes = asked.get_column("code").drop_nulls().unique().to_list()
    known = pl.DataFrame([_row(code) for code in codes], schema=_SCHEMA, orient="row")
    wide = asked.join(known, on="code", how="left", maintain_order="left")
    day, listed = pl.col("date_of_service"), pl.col("code_is_listed")
    begins, ended = pl.col("code_begins_on"), pl.col("code_ended_on")
    read = day <= pl.col("read_through")
    return wide.select(
        *_TAKEN,
        pl.when(listed)
        .then(pl.when(ended.is_not_null()).then(day > ended).when(read).then(pl.lit(value=False)))
        .alias("code_has_ended"),
        pl.when(listed & day.is_not_null())
        .then(pl.when(begins.is_null()).then(pl.lit(value=False)).otherwise(day < begins))
        .alias("code_has_not_begun"),
    )


stage = Stage(
    name="code-standing",
    over="lines",
    needs=("code", "date_of_service"),
    adds=(
        Column("code_is_possible", FLAG, "flag", "the text can be a procedure code: five characters of a known range"),
        Column("code_section", TEXT, "code", "the section of the code sets that the number belongs to"),
        Column("code_is_listed", FLAG, "flag", "the code is in the listing, whatever its dates"),
        Column("code_begins_on", DAY, "date", "first day of the code; null when not read"),
        Column("code_ended_on", DAY, "date", "last day of an ended code"),
        Column("code_replaced_by", TEXTS, "codes", "what replaced an ended code"),
        Column("code_has_ended", FLAG, "flag", "the date of service is after the code's last day"),
        Column("code_has_not_begun", FLAG, "flag", "the date of service is before the code's first day"),
    ),
    compute=_compute,
    lacks="a listing of the procedure code for the date of service",
    is_lookup=True,
)

_NOT_THERAPY = ["evaluation_and_management", "anesthesia", "surgery", "radiology", "pathology_and_laboratory"]

fact = Fact(
    name="code_is_medical",
    over="lines",
    dtype=pl.Boolean,
    unit="flag",
    meaning="the number lies in a section of the code sets that holds no therapy evaluation",
    lacks="a listing of the procedure code for the date of service",
    expr=pl.when(col.code_section.is_not_null()).then(col.code_section.is_in(_NOT_THERAPY)),
)
