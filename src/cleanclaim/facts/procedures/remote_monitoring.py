"""Remote monitoring codes that meet one another over a calendar month or a supply period."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from cleanclaim.facts.kit import Context, Stage
from cleanclaim.lines.schema import FLAG, TEXT, Column
from cleanclaim.reference import values

_MONTHLY = {"98979": "98980", "98980": "98979"}
"""Management of the first ten and of the first twenty minutes: one of them in a calendar month."""
_SUPPLY = {
    "98984": "98976",
    "98976": "98984",
    "98985": "98977",
    "98977": "98985",
    "98986": "98978",
    "98978": "98986",
}
"""Supply for a short and for a long count of days, by what is monitored: one of them in a supply period."""
_BASE = {"98981": "98980"}
"""Further management time belongs to the first twenty minutes of the same month."""
_SERIES = "989"
"""What all of these codes begin with."""
_FEW = 200
"""Up to this many lines Python is done before a query has begun."""
_NONE = ("monitoring_clash", "monitoring_base_in_month")
_KEYS = ["patient_id", "partner"]


def _met(asked: pl.DataFrame, rows: pl.DataFrame, partners: Mapping[str, str], near: pl.Expr) -> pl.Series:
    """For each asked line whether a line of its partner code is near it in time."""
    wanted = asked.with_columns(pl.col("code").replace_strict(partners, default=None).alias("partner"))
    others = rows.select("patient_id", pl.col("code").alias("partner"), pl.col("date_of_service").alias("other_day"))
    hits = wanted.drop_nulls(["partner"]).join(others, on=_KEYS, how="inner").filter(near)
    return asked.get_column("line_id").is_in(hits.get_column("line_id").unique().to_list())


def _compute(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    codes = frames["lines"].get_column("code")
    if len(codes) <= _FEW and not any(code is None or code.startswith(_SERIES) for code in codes.to_list()):
        none = {name: [False] * len(codes) for name in _NONE} | {"monitoring_partner": [None] * len(codes)}
        return pl.DataFrame(none, schema={column.name: column.dtype for column in stage.adds})
    lines = frames["lines"].select("line_id", "patient_id", "date_of_service", "code", "knows_history")
    rows = lines.filter(pl.col("code").str.starts_with(_SERIES))
    if not rows.height and not lines.get_column("code").null_count():
        no = pl.lit(value=False)
        partner = pl.lit(None, pl.String).alias("monitoring_partner")
        return lines.with_columns(*(no.alias(name) for name in _NONE), partner).select(*_NONE, "monitoring_partner")
    day, other = pl.col("date_of_service"), pl.col("other_day")
    days = values.series("monitoring_supply_days").values[-1].value
    same_month = (day.dt.year() == other.dt.year()) & (day.dt.month() == other.dt.month())
    same_supply = (day - other).dt.total_days().abs() < days
    clash = _met(lines, rows, _MONTHLY, same_month) | _met(lines, rows, _SUPPLY, same_supply)
    # A code that an earlier day has taken the period with; two lines of one day are told by the rules on duplicates.
    again = _met(lines, rows, {code: code for code in _MONTHLY}, same_month & (other < day))
    again |= _met(lines, rows, {code: code for code in _SUPPLY}, same_supply & (other < day))
    based = _met(lines, rows, _BASE, same_month)
    certain = lines.select(
        (pl.col("knows_history") & (pl.col("code").is_null() | day.is_null()).any().over("patient_id").not_()).alias(
            "c"
        )
    ).get_column("c")
    partners = {**_MONTHLY, **_SUPPLY, **_BASE}
    concerned = lines.get_column("code").is_in([*partners])
    usual = lines.get_column("code").replace_strict(partners, default=None, return_dtype=pl.String)
    return pl.select(
        monitoring_clash=pl.when(clash | again)
        .then(pl.lit(value=True))
        .when(concerned.not_() | certain)
        .then(pl.lit(value=False)),
        monitoring_base_in_month=pl.when(based)
        .then(pl.lit(value=True))
        .when(concerned.not_() | certain)
        .then(pl.lit(value=False)),
        monitoring_partner=pl.when(again & ~clash).then(lines.get_column("code")).otherwise(usual),
    )


stage = Stage(
    name="remote-monitoring",
    over="lines",
    needs=("line_id", "patient_id", "date_of_service", "code", "knows_history"),
    adds=(
        Column("monitoring_clash", FLAG, "flag", "its period has a code that excludes it, or has it already"),
        Column("monitoring_base_in_month", FLAG, "flag", "the first twenty minutes are billed in the same month"),
        Column("monitoring_partner", TEXT, "procedure code", "the code that takes its period, or that it belongs to"),
    ),
    compute=_compute,
    lacks="the patient's earlier claims",
)
