"""Which diagnoses each line points to, and which lines point to each diagnosis."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from cleanclaim.facts.alike import Alike
from cleanclaim.facts.diagnoses.lists import Lists, numbered
from cleanclaim.facts.frames import Frames
from cleanclaim.facts.keys import joined
from cleanclaim.facts.kit import Context, Fact, Stage, count_same
from cleanclaim.facts.spread import Repeated
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import FLAG, TEXT, TEXTS, Column
from cleanclaim.pricing.exact import Integers, Known, absent, as_flags, integers
from cleanclaim.pricing.kinds import numbers

_LACKS = "the diagnoses each line points to"


_UNKNOWN = "?"
_FEW = 200
"""Up to this many rows Python is done before a query has begun."""


def _of_lines(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame | Repeated:  # noqa: ARG001
    if frames["lines"].height + frames["diagnoses"].height <= _FEW:
        return _few_lines(frames["lines"], frames["diagnoses"])
    lists, of_claim = _listed(frames["diagnoses"])
    lines = pl.DataFrame([frames["lines"].get_column(name) for name in _OF_LINES[1:]])
    owner = frames["lines"].get_column("claim_id").to_numpy()
    of_line = of_claim[np.minimum(owner, len(of_claim) - 1)]
    alike = Alike(Frames({"lines": lines.hstack([pl.Series("list", of_line)])}))
    kinds = alike.kinds("lines", (*_OF_LINES[1:], "list"))
    if kinds is None:
        return _linked(lines.hstack(lists[of_line]))
    return Repeated(_linked(lines[kinds.rows].hstack(lists[of_line[kinds.rows]])), kinds.of_row)


def _listed(diagnoses: pl.DataFrame) -> tuple[pl.DataFrame, Integers]:
    """The lists that claims have, the last of them none, and the place of each claim's among them, the last for others.

    Columns: those of `_LISTED`.
    """
    claim, position = (diagnoses.get_column(name).to_numpy() for name in ("claim_id", "position"))
    own = diagnoses.select(
        pl.col("diagnosis_as_written").fill_null(_UNKNOWN).alias("written"),
        pl.any_horizontal(_SECONDARY).alias("secondary"),
    )
    number = joined(*(_sure(numbered(numbers(column))) for column in own.get_columns()))
    lists = Lists.of(claim, position, number.values)
    rows, kind = lists.rows()
    listed = own[rows].hstack([pl.Series("list", kind)]).group_by("list", maintain_order=True).agg(*_LISTED)
    of_claim = np.full(int(claim.max(initial=-1)) + 2, listed.height)
    of_claim[claim[lists.order[lists.starts]]] = lists.kind
    none = pl.DataFrame({name: [None] for name in _LISTED}, schema=listed.select(_LISTED).schema)
    return pl.concat([listed.select(_LISTED), none]), of_claim


def _sure(numbers: Integers) -> Known:
    return Known(numbers, np.ones(len(numbers), np.bool_))


def _linked(joined: pl.DataFrame) -> pl.DataFrame:
    """What lines with these pointers point to, in claims with these diagnoses."""
    places = pl.col("pointers") - 1
    has_none = pl.col("pointers").list.len() == 0
    linked = pl.col("written").list.gather(places.list.eval(pl.element().filter(pl.element() >= 0)), null_on_oob=True)
    first = pl.when(has_none.not_()).then(places.list.first())
    lead = pl.col("written").list.get(first, null_on_oob=True)
    return joined.with_columns(linked.list.drop_nulls().alias("linked"), lead.alias("lead")).select(
        pl.when(has_none)
        .then(pl.lit([], dtype=TEXTS))
        .when(pl.col("knows_diagnoses") & pl.col("linked").list.contains(_UNKNOWN).not_())
        .then("linked")
        .alias("linked_diagnoses"),
        pl.when(pl.col("lead") != _UNKNOWN).then("lead").alias("leading_diagnosis"),
        pl.when(has_none)
        .then(pl.lit(value=False))
        .otherwise(pl.col("secondary").list.get(first, null_on_oob=True))
        .alias("is_led_by_secondary"),
    )


_SECONDARY = ("is_external_cause", "is_organism", "is_manifestation")
_OF_DIAGNOSES = ("claim_id", "position", "diagnosis_as_written", *_SECONDARY)
_OF_LINES = ("claim_id", "pointers", "knows_diagnoses")
_LISTED = ("written", "secondary")
"""What a claim lists, in the order of its positions: diagnoses, and which of them stand second."""


def _few_lines(lines: pl.DataFrame, diagnoses: pl.DataFrame) -> pl.DataFrame:
    """The same for few rows, without a query."""
    listed: dict[int, list[tuple[int, str, bool | None]]] = {}
    for claim, position, written, *kinds in zip(*(diagnoses[name].to_list() for name in _OF_DIAGNOSES), strict=True):
        secondary = True if True in kinds else (None if None in kinds else False)
        known = _UNKNOWN if written is None else written
        listed.setdefault(claim, []).append((position, known, secondary))
    rows = [
        _pointed(pointers, sorted(listed.get(claim, ()), key=lambda entry: entry[0]), knows=knows)
        for claim, pointers, knows in zip(*(lines[name].to_list() for name in _OF_LINES), strict=True)
    ]
    return pl.DataFrame(rows, schema={column.name: column.dtype for column in stages[0].adds}, orient="row")


def _pointed(
    pointers: list[int | None] | None, listed: list[tuple[int, str, bool | None]], *, knows: bool | None
) -> tuple[list[str] | None, str | None, bool | None]:
    """What one line points to: all of it, the first, and whether that one is secondary."""
    if pointers is not None and not pointers:
        return [], None, False
    if pointers is None or not listed:
        return None, None, None
    places = [pointer - 1 for pointer in pointers if pointer is not None]
    linked = [listed[place][1] for place in places if 0 <= place < len(listed)]
    told = linked if knows and _UNKNOWN not in linked else None
    first = None if pointers[0] is None else pointers[0] - 1
    if first is None or not -len(listed) <= first < len(listed):
        return told, None, None
    _, written, secondary = listed[first]
    return told, None if written == _UNKNOWN else written, secondary


def _few_diagnoses(lines: pl.DataFrame, diagnoses: pl.DataFrame) -> pl.DataFrame:
    """The same for few rows, without a query."""
    pointed: dict[int, set[int | None]] = {}
    untold: dict[int, bool] = {}
    for claim, pointers in zip(lines["claim_id"].to_list(), lines["pointers"].to_list(), strict=True):
        pointed.setdefault(claim, set()).update(pointers or ())
        untold[claim] = untold.get(claim, False) or pointers is None
    found = [
        True if position in pointed.get(claim, ()) else (False if untold.get(claim) is False else None)
        for claim, position in zip(diagnoses["claim_id"].to_list(), diagnoses["position"].to_list(), strict=True)
    ]
    return pl.DataFrame([pl.Series("is_pointed_to", found, dtype=pl.Boolean)])


def _of_diagnoses(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    if frames["lines"].height + frames["diagnoses"].height <= _FEW:
        return _few_diagnoses(frames["lines"], frames["diagnoses"])
    lines, diagnoses = frames["lines"], frames["diagnoses"]
    claim, position = (diagnoses.get_column(name).to_numpy() for name in ("claim_id", "position"))
    owner, pointers = lines.get_column("claim_id").to_numpy(), lines.get_column("pointers")
    claims = 1 + max(int(claim.max(initial=-1)), int(owner.max(initial=-1)))
    # By claim and position: whether a line points there. Pointers to no diagnosis at all are left out.
    size = int(position.max(initial=0)) + 1
    lengths = integers(pointers.list.len()).values
    points = integers(pointers.explode(empty_as_null=False, keep_nulls=False))
    here = points.known & (points.values >= 0) & (points.values < size)
    pointed = np.zeros(claims * size, np.bool_)
    pointed[np.repeat(owner, lengths)[here] * size + points.values[here]] = True
    has_line, untold = np.zeros(claims, np.bool_), np.zeros(claims, np.bool_)
    has_line[owner] = True
    untold[owner[absent(pointers)]] = True
    yes = (position >= 0) & pointed[claim * size + np.maximum(position, 0)]
    no = ~yes & (has_line & ~untold)[claim]
    return pl.DataFrame([as_flags(yes, no).alias("is_pointed_to")])


stages = (
    Stage(
        name="line-diagnoses",
        over="lines",
        needs=("line_id", "claim_id", "pointers", "knows_diagnoses"),
        reads=tuple(
            ("diagnoses", name)
            for name in (
                "claim_id",
                "position",
                "diagnosis_as_written",
                "is_external_cause",
                "is_organism",
                "is_manifestation",
            )
        ),
        adds=(
            Column("linked_diagnoses", TEXTS, "codes", "diagnoses the line points to, in order"),
            Column("leading_diagnosis", TEXT, "ICD-10-CM", "the diagnosis the line points to first"),
            Column("is_led_by_secondary", FLAG, "flag", "that one is an external cause, a germ or a manifestation"),
        ),
        compute=_of_lines,
        lacks=_LACKS,
    ),
    Stage(
        name="diagnosis-links",
        over="diagnoses",
        needs=("claim_id", "position"),
        reads=(("lines", "line_id"), ("lines", "claim_id"), ("lines", "pointers")),
        adds=(Column("is_pointed_to", FLAG, "flag", "some line of the claim points to the diagnosis"),),
        compute=_of_diagnoses,
        lacks=_LACKS,
    ),
)

facts = (
    Fact(
        name="diagnosis_count",
        over="claims",
        dtype=pl.Int64,
        unit="diagnoses",
        meaning="how many diagnoses the claim lists",
        lacks="the claim's diagnoses",
        aggregate=count_same(("claim_id",), of="diagnoses", known="knows_diagnoses"),
    ),
    Fact(
        name="pointer_count",
        over="lines",
        dtype=pl.Int64,
        unit="pointers",
        meaning="how many diagnoses the line points to",
        lacks=_LACKS,
        expr=col.pointers.list.len().cast(pl.Int64),
    ),
    Fact(
        name="different_pointer_count",
        over="lines",
        dtype=pl.Int64,
        unit="pointers",
        meaning="how many of them are different",
        lacks=_LACKS,
        expr=col.pointers.list.n_unique().cast(pl.Int64),
    ),
    Fact(
        name="least_pointer",
        over="lines",
        dtype=pl.Int64,
        unit="position",
        meaning="the lowest position pointed to; 1 for none",
        lacks=_LACKS,
        expr=pl.when(col.pointers.list.len() > 0)
        .then(col.pointers.list.min())
        .when(col.pointers.is_not_null())
        .then(1),
    ),
    Fact(
        name="greatest_pointer",
        over="lines",
        dtype=pl.Int64,
        unit="position",
        meaning="the highest position pointed to; 1 for none",
        lacks=_LACKS,
        expr=pl.when(col.pointers.list.len() > 0)
        .then(col.pointers.list.max())
        .when(col.pointers.is_not_null())
        .then(1),
    ),
)
