"""What a finding is about, as a digest that depends on no row number, file name or word: what baselines know it by.

It is made of the rule, what the row says that is meant, and what the claims say that it is about: number, date, payer,
frequency code, lines, services and diagnoses, in any order. So it is the same in another order and another wording,
and another one where the claim is billed differently. Made in columns, for a visit as for a block of an archive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

import polars as pl

from cleanclaim.check.findings import Finding
from cleanclaim.facts.frames import Frames

CONTENTS: dict[str, pl.DataType | type[pl.DataType]] = {"row_said": pl.String, "claims_said": pl.String}
"""Columns of what findings are about: digests of the rule with the row that is meant, and of the claims; null where
the finding is about its own claim alone, whose digest `claim_digests` has."""

DIGITS = 32
"""Hexadecimal digits of a digest."""

_CLAIM = ("claim_key", "date_of_service", "payer", "frequency_code")
_LINE = ("code", "modifiers", "units", "charge_cents", "minutes", "line_date")
_OF_CLAIM = {
    "lines": _LINE,
    "services": ("service_code", "service_minutes", "by", "group_size"),
    "diagnoses": ("diagnosis",),
}
"""What belongs to a claim, by table: row numbers and positions are left out."""
_ROW = {
    "lines": _LINE,
    # No more than audits keep of services for rules that look beyond a patient.
    "services": ("service_code", "service_minutes"),
    "diagnoses": ("diagnosis",),
    "day_codes": ("day_code",),
}
"""What a row says, for the tables that have more than one row for a claim."""

CONTENTS_OF: Mapping[str, tuple[str, ...]] = {
    "claims": (*_CLAIM, "day_id"),
    **_OF_CLAIM,
    "day_codes": ("day_code", "day_id"),
}
"""Columns that are read by table, beside the row numbers of the claims and of the lines of pairs."""

_CELL, _NEXT, _PART, _UNKNOWN = "\x1f", "\x1e", "\x1d", "\x00"
_Tables = Mapping[str, pl.DataFrame]


def contents(findings: Sequence[Finding], frames: _Tables) -> list[str]:
    """What each finding is about: the input of its key in a baseline.

    A finding about a day or a pair is about all the claims that share it, whichever of them comes first.

    Args:
        findings: findings of one run.
        frames: the run's tables, in which a table's keys are its row numbers.
    """
    found = pl.DataFrame(
        [(one.code, one.table, one.key, one.claim_id) for one in findings],
        schema={"rule": pl.String, "table": pl.String, "key": pl.Int64, "claim_id": pl.Int64},
        orient="row",
    )
    own = claim_digests(frames)[found.get_column("claim_id")]
    return contents_of(frames, found).select(joined(own)).to_series().to_list()


def joined(own: pl.Series | pl.Expr) -> pl.Expr:
    """The content of findings with the columns of `CONTENTS`; `own` are the digests of their claims."""
    return pl.col("row_said") + pl.coalesce("claims_said", own)


def claim_digests(frames: _Tables) -> pl.Series:
    """The digest of what each claim says, by `claim_id`."""
    said = _held(frames, "claims", _CLAIM).select(_text(frames, "claims", _CLAIM).alias("claims"))
    numbered = said.with_columns(pl.int_range(pl.len()).alias("claim_id"))
    for table, names in _OF_CLAIM.items():
        if table not in frames:
            continue
        rows = _held(frames, table, ("claim_id", *names)).select("claim_id", _text(frames, table, names).alias(table))
        own = rows.sort("claim_id", table).group_by("claim_id", maintain_order=True).agg(pl.col(table).str.join(_NEXT))
        own = own.with_columns(pl.col("claim_id").cast(pl.Int64))
        numbered = numbered.join(own, on="claim_id", how="left", maintain_order="left")
    parts = [pl.col(name).fill_null("") for name in numbered.columns if name != "claim_id"]
    return _digests(numbered.select(pl.concat_str(parts, separator=_PART)).to_series())


def contents_of(frames: _Tables, findings: pl.DataFrame) -> pl.DataFrame:
    """What findings are about; columns of `CONTENTS`, in the order of the findings.

    Args:
        frames: the run's tables, in which a table's keys are its row numbers.
        findings: columns `rule`, `table` (that the rule looks at), `key` and `claim_id`.
    """
    parts = [pl.DataFrame(schema={"place": pl.Int64, **CONTENTS})]
    placed = findings.with_columns(pl.int_range(pl.len()).alias("place"))
    digests = claim_digests(frames) if placed.get_column("table").is_in(["days", "day_codes", "pairs"]).any() else None
    for (table,), own in placed.partition_by("table", as_dict=True).items():
        keys = own.get_column("key")
        row = pl.Series("row", _rows_said(frames, table, keys), dtype=pl.String)
        said = own.select(pl.concat_str("rule", "table", row, separator=_PART)).to_series()
        shared = None if digests is None else _shared(frames, table, keys, digests)
        columns = [own.get_column("place"), _digests(said).alias("row_said")]
        columns.append((_none(own.height) if shared is None else shared).alias("claims_said"))
        parts.append(pl.DataFrame(columns))
    return pl.concat(parts).sort("place").drop("place")


def _rows_said(frames: _Tables, table: str, keys: pl.Series) -> pl.Series:
    """What the rows say; nothing where the claim or the day as a whole is meant."""
    if table == "pairs":
        pairs = _held(frames, "pairs", ("first_line_id", "second_line_id"))[keys]
        first, second = (_rows_said(frames, "lines", pairs.get_column(f"{name}_line_id")) for name in _ENDS)
        ends = pl.DataFrame([first.alias("first"), second.alias("second")])
        return ends.select(_in_order("first", "second")).to_series()
    if table not in _ROW:
        return pl.Series([""]).new_from_index(0, keys.len())
    return _held(frames, table, _ROW[table])[keys].select(_text(frames, table, _ROW[table])).to_series()


_ENDS = ("first", "second")


def _shared(frames: _Tables, table: str, keys: pl.Series, digests: pl.Series) -> pl.Series | None:
    """The digest of the claims that a day or a pair belongs to; null where that is one claim."""
    if table == "pairs":
        pairs = _held(frames, "pairs", ("first_line_id", "second_line_id"))[keys]
        owners = _held(frames, "lines", ("claim_id",)).get_column("claim_id")
        claims = pl.DataFrame([owners[pairs.get_column(f"{name}_line_id")].alias(name) for name in _ENDS])
        ends = claims.select(*(digests[claims.get_column(name)].alias(name) for name in _ENDS))
        said = ends.select(_in_order(*_ENDS)).to_series()
        return _where(claims.select(pl.col("first") != pl.col("second")).to_series(), _digests(said))
    if table not in {"days", "day_codes"}:
        return None
    days = keys if table == "days" else _held(frames, "day_codes", ("day_id",)).get_column("day_id")[keys]
    claims = _held(frames, "claims", ("day_id",)).select(pl.col("day_id").cast(pl.Int64), digests.alias("said"))
    wanted = pl.DataFrame([days.cast(pl.Int64).alias("day_id")])
    of_day = (
        claims.join(wanted.unique(), on="day_id", how="semi")
        .sort("day_id", "said")
        .group_by("day_id", maintain_order=True)
        .agg(pl.col("said").str.join(_NEXT), (pl.len() > 1).alias("is_shared"))
    )
    found = wanted.join(of_day, on="day_id", how="left", maintain_order="left")
    return _where(found.get_column("is_shared"), _digests(found.get_column("said")))


def _in_order(first: str, second: str) -> pl.Expr:
    """Two texts as one, the same from either side."""
    forth, back = (pl.concat_str(pair, separator=_NEXT) for pair in ((first, second), (second, first)))
    return pl.when(pl.col(first) <= pl.col(second)).then(forth).otherwise(back)


def _where(flags: pl.Series, values: pl.Series) -> pl.Series:
    return values.zip_with(flags, _none(values.len()))


def _none(height: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, height)


def _held(frames: _Tables, table: str, names: Iterable[str]) -> pl.DataFrame:
    """Columns of a table; of a run's frames no other is written out."""
    wanted = list(names)
    return (frames.holding(table, wanted) if isinstance(frames, Frames) else frames[table]).select(wanted)


def _text(frames: _Tables, table: str, names: Sequence[str]) -> pl.Expr:
    """What a row says as text, what is not known told apart from what is empty."""
    types = _held(frames, table, names).schema
    cells = (
        pl.col(name).list.join(",") if isinstance(types[name], pl.List) else pl.col(name).cast(pl.String)
        for name in names
    )
    return pl.concat_str([cell.fill_null(_UNKNOWN) for cell in cells], separator=_CELL)


def _digests(texts: pl.Series) -> pl.Series:
    """The digest of each text; texts that come often are digested once."""
    known = texts.unique(maintain_order=True)
    made = pl.Series([sha256(text.encode()).hexdigest()[:DIGITS] for text in known.to_list()], dtype=pl.String)
    if known.len() == texts.len():
        return made
    return texts.replace_strict(known, made, return_dtype=pl.String)
