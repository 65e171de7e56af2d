"""What differs between two editions of one kind: codes, pairs and amounts added, deleted or changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from cleanclaim.money import CONVERSION_FACTOR_SCALE, GPCI_SCALE, RVU_SCALE
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.load import PAIRS
from cleanclaim.reference.published.pairs import VOID
from cleanclaim.reference.published.store import LoadedEdition

ADDED, DELETED, CHANGED = "added", "deleted", "changed"

CHANGES = pl.Schema(
    {"change": pl.String(), "key": pl.String(), "field": pl.String(), "old": pl.String(), "new": pl.String()}
)
"""Columns of a difference, sorted: one row per key that came or went, and per field of a key that changed."""

_KEYS: Mapping[Kind, tuple[str, ...]] = {
    Kind.PTP_PRACTITIONER: ("column_1", "column_2"),
    Kind.PTP_OUTPATIENT: ("column_1", "column_2"),
    Kind.ADD_ON_CODES: ("add_on_code", "primary_code"),
    Kind.RELATIVE_VALUES: ("code", "modifier"),
    Kind.GEOGRAPHIC_INDICES: ("locality",),
    Kind.LOCALITY_COUNTIES: ("locality", "state", "counties"),
    Kind.ZIP_LOCALITIES: ("zip", "locality"),
    Kind.ICD10_ADDENDA: ("action", "code"),
    Kind.ICD10_NOTES: ("note_kind", "owner", "excluded", "seventh", "place"),
}
_CODE = ("code",)
_FACTOR = "conversion_factor"
_FACTOR_KEPT = "conversion_factor_e4"
_SCALES: Mapping[Kind, Mapping[str, int]] = {
    Kind.RELATIVE_VALUES: {
        **dict.fromkeys(("work", "pe_nonfacility", "pe_facility", "mp"), RVU_SCALE),
        _FACTOR: CONVERSION_FACTOR_SCALE,
    },
    Kind.GEOGRAPHIC_INDICES: dict.fromkeys(("work", "pe", "mp"), GPCI_SCALE),
}
"""Columns that are kept as integers at a scale: they are told as decimal numbers, as they are published."""

_SAYS_NOTHING: Mapping[Kind, tuple[str, ...]] = {Kind.RELATIVE_VALUES: ("", "false", "0", "0.00")}
"""What is left out of the text of a row that came or went; elsewhere a 0 says something, such as of a pair of codes."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two editions of a kind, the rows compared on each side, and the changes; see `CHANGES`."""

    kind: Kind
    old: str
    new: str
    old_rows: int
    new_rows: int
    changes: pl.DataFrame

    def count(self, change: str) -> int:
        """How many keys came, went or changed."""
        return self.changes.filter(pl.col("change") == change).get_column("key").n_unique()


def compare(old: LoadedEdition, new: LoadedEdition) -> Difference:
    """Compare two editions of one kind.

    Of edits, those in force on each edition's first day are compared; of the fee schedule, the conversion factor is
    one key of its own.

    Raises:
        ValueError: the editions are of different kinds.
    """
    if old.kind is not new.kind:
        raise ValueError(f"editions of {old.kind.value} and {new.kind.value}; expected one kind")
    keys = _KEYS.get(old.kind, _CODE)
    before, after = (_comparable(edition, keys) for edition in (old, new))
    fields = [name for name in before.columns if name not in keys]
    met = before.join(after, on=keys, how="full", suffix="__new", coalesce=True, nulls_equal=True)
    key = pl.concat_str([pl.col(name).fill_null("any") for name in keys], separator=" ").str.strip_chars()
    is_old, is_new = pl.col("__present").is_not_null(), pl.col("__present__new").is_not_null()
    pieces = [
        _moved(met.filter(is_new & is_old.not_()), key, [f"{name}__new" for name in fields], ADDED, old.kind),
        _moved(met.filter(is_old & is_new.not_()), key, fields, DELETED, old.kind),
    ]
    both = met.filter(is_old & is_new)
    for name in fields:
        differing = both.filter(pl.col(name).ne_missing(pl.col(f"{name}__new")))
        pieces.append(
            differing.select(
                pl.lit(CHANGED).alias("change"),
                key.alias("key"),
                pl.lit(name).alias("field"),
                pl.col(name).alias("old"),
                pl.col(f"{name}__new").alias("new"),
            )
        )
    changes = pl.concat([piece.cast(dict(CHANGES)) for piece in pieces])  # type: ignore[arg-type]  # a schema of types
    order = pl.col("change").replace_strict({ADDED: 0, DELETED: 1, CHANGED: 2}, return_dtype=pl.Int8)
    changes = changes.filter(pl.col("field") != "__present").sort(order, "key", "field")
    return Difference(old.kind, old.name, new.name, before.height, after.height, changes)


def _moved(rows: pl.DataFrame, key: pl.Expr, fields: list[str], change: str, kind: Kind) -> pl.DataFrame:
    """Rows that came or went, with what they say in one text."""
    says_nothing = _SAYS_NOTHING.get(kind, ("",))
    told = [
        pl.when(pl.col(name).is_in(says_nothing).not_()).then(
            pl.format("{} {}", pl.lit(name.removesuffix("__new")), pl.col(name))
        )
        for name in fields
        if not name.startswith("__present")
    ]
    said = pl.concat_list(told).list.drop_nulls().list.join(", ") if told else pl.lit("")
    nothing = pl.lit(None, pl.String)
    return rows.select(
        pl.lit(change).alias("change"),
        key.alias("key"),
        pl.lit("").alias("field"),
        (nothing if change == ADDED else said).alias("old"),
        (said if change == ADDED else nothing).alias("new"),
    )


def _comparable(edition: LoadedEdition, keys: tuple[str, ...]) -> pl.DataFrame:
    """The rows to compare, every field as text, numbers at a scale as decimal numbers."""
    frame = edition.table()
    if edition.kind is Kind.RELATIVE_VALUES:
        frame = frame.rename({_FACTOR_KEPT: _FACTOR})
    frame = frame.with_columns(_decimal(name, scale) for name, scale in _SCALES.get(edition.kind, {}).items())
    if edition.kind in PAIRS:
        frame = _in_force(frame.filter(pl.col("modifier_indicator") != VOID), edition.begins)
        frame = frame.select("column_1", "column_2", "modifier_indicator", "reason").unique(keys, keep="first")
    elif edition.kind is Kind.ADD_ON_CODES:
        frame = (
            _in_force(frame, edition.begins).select("add_on_code", "primary_code", "type").unique(keys, keep="first")
        )
    elif edition.kind is Kind.RELATIVE_VALUES:
        factors = frame.get_column(_FACTOR).drop_nulls().mode().sort().head(1).to_list()
        frame = frame.drop(_FACTOR).with_columns(pl.lit(None, pl.String).alias(_FACTOR)).cast(pl.String)
        own = pl.DataFrame(
            {"code": ["conversion factor"], "modifier": [""], _FACTOR: factors or [None]},
            schema={"code": pl.String, "modifier": pl.String, _FACTOR: pl.String},
        )
        frame = pl.concat([frame, own], how="diagonal")
    return frame.with_columns(pl.exclude(keys).cast(pl.String), pl.lit("yes").alias("__present"))


def _decimal(name: str, scale: int) -> pl.Expr:
    """An integer column at a power of ten as decimal text: 155 at 10⁻² is 1.55."""
    number, digits = pl.col(name), len(str(scale)) - 1
    whole, fraction = number.abs() // scale, number.abs() % scale
    sign = pl.when(number < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str([sign, whole.cast(pl.String), pl.lit("."), fraction.cast(pl.String).str.zfill(digits)]).alias(
        name
    )


def _in_force(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    begun = pl.col("begins_on").is_null() | (pl.col("begins_on") <= day)
    return frame.filter(begun, pl.col("ended_on").is_null() | (pl.col("ended_on") >= day))
