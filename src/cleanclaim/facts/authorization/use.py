"""How many visits and units of an authorization the other visits at hand have used before this one.

What is left before the visits at hand is stated on each claim; visits at hand of earlier days, and for units
also earlier claims of the same day, come off. A claim whose authorization number is unknown may or may not
have used it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from cleanclaim.facts.keys import joined, key_in
from cleanclaim.facts.kit import Context, Fact, Stage, total
from cleanclaim.lines.columns import col
from cleanclaim.lines.schema import COUNT, Column
from cleanclaim.pricing.distinct import starts
from cleanclaim.pricing.exact import Flags, Integers, Known, absent, as_column, integers
from cleanclaim.pricing.kinds import numbers

_KEY = ("patient_id", "payer")
_NEEDS = ("claim_id", *_KEY, "date_of_service", "authorization_number", "authorized_units")
_FEW = 200
"""Up to this many claims a join is done as soon as sorting them."""
_LACKS = "authorization numbers and units of the patient's other visits"


def _use(frames: Mapping[str, pl.DataFrame], context: Context) -> pl.DataFrame:  # noqa: ARG001
    if frames["claims"].height == 1:
        used = None if frames["claims"].item(0, "payer") is None else 0
        return pl.DataFrame([pl.Series(column.name, [used], column.dtype) for column in stage.adds])
    claims = pl.DataFrame([frames["claims"].get_column(name) for name in _NEEDS])
    if claims.height <= _FEW:
        return _compared(claims)
    plain = _Plain.of(claims, key_in(frames, "claims", _KEY))
    if plain.is_plain.all():
        return plain.used()
    # Of the others each claim is held against each other one of the patient.
    others = np.flatnonzero(~plain.is_plain)
    rows = np.where(plain.is_plain, np.arange(claims.height), claims.height)
    rows[others] += np.arange(len(others))
    both = pl.concat([plain.used(), _compared(claims[others])])
    return both[pl.Series(rows)]


class _Plain(NamedTuple):
    """Claims of patients and payers whose days are known, and whose numbers are one throughout, or unknown throughout.

    They are told apart by their days alone: what comes before a claim is counted along the days.
    """

    is_plain: Flags
    """Also true of a claim whose patient or payer is unknown: it meets no other."""
    is_same: Flags
    """All claims of its patient and payer surely have one number."""
    payer_known: Flags
    days: Integers
    """Days of the patient's other claims before the claim's own day."""
    units: Known
    """Units of the claims before it, those that are known; and whether all are."""

    @classmethod
    def of(cls, claims: pl.DataFrame, group: Known) -> _Plain:
        """Count along the days; what is counted of claims that are not plain means nothing."""
        day = numbers(claims.get_column("date_of_service"))
        number, units = (
            numbers(claims.get_column("authorization_number")),
            integers(claims.get_column("authorized_units")),
        )
        own = np.where(group.known, group.values + 1, 0)
        order = np.argsort(joined(Known(own, group.known), day).values, kind="stable")
        begins = starts(own[order])
        start = np.flatnonzero(begins)
        of_group = np.cumsum(begins) - 1
        code = np.where(number.known, number.values + 1, 0)[order]
        least, most = np.minimum.reduceat(code, start), np.maximum.reduceat(code, start)
        dated = np.logical_and.reduceat(day.known[order], start)
        new_day = begins | starts(day.values[order])
        days = np.cumsum(new_day)
        known, unknown = units.values[order], (~units.known[order]).astype(np.int64)
        summed, doubts = np.cumsum(known) - known, np.cumsum(unknown) - unknown
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        first = start[of_group]
        return cls(
            is_plain=((least == most) & dated)[of_group][back] | ~group.known,
            is_same=(least > 0)[of_group][back],
            payer_known=~absent(claims.get_column("payer")),
            days=np.where(group.known, (days - days[first])[back], 0),
            units=Known(
                np.where(group.known, (summed - summed[first])[back], 0),
                (doubts == doubts[first])[back] | ~group.known,
            ),
        )

    def used(self) -> pl.DataFrame:
        """The columns of the stage."""
        none = np.zeros(len(self.days), np.int64)
        at_most = self.payer_known & self.units.known
        return pl.DataFrame(
            [
                as_column(column.name, values, known)
                for column, values, known in (
                    (stage.adds[0], np.where(self.is_same, self.days, none), self.payer_known),
                    (stage.adds[1], self.days, self.payer_known),
                    (stage.adds[2], np.where(self.is_same, self.units.values, none), self.payer_known),
                    (stage.adds[3], np.where(at_most, self.units.values, none), at_most),
                )
            ]
        )


def _compared(claims: pl.DataFrame) -> pl.DataFrame:
    """Each claim held against each other one of its patient and payer."""
    others = claims.rename({"claim_id": "other", "date_of_service": "day", "authorization_number": "number"}).rename(
        {"authorized_units": "units"}
    )
    met = claims.join(others, on=_KEY, how="inner").filter(pl.col("other") != pl.col("claim_id"))
    # An unknown number may be the same one, and a visit of an unknown day may lie before this one.
    same = pl.col("number") == pl.col("authorization_number")
    earlier = pl.col("day") < pl.col("date_of_service")
    before = earlier | ((pl.col("day") == pl.col("date_of_service")) & (pl.col("other") < pl.col("claim_id")))
    maybe = same.fill_null(value=True) & earlier.fill_null(value=True)
    unit_maybe = same.fill_null(value=True) & before.fill_null(value=True)
    summed = met.group_by("claim_id").agg(
        pl.col("day").filter(same & earlier).n_unique().cast(pl.Int64).alias("visits_at_least"),
        pl.col("day").filter(maybe).n_unique().cast(pl.Int64).alias("visits_at_most"),
        pl.col("units").filter(same & before).sum().alias("units_at_least"),
        pl.when(pl.col("units").filter(unit_maybe).null_count() == 0)
        .then(pl.col("units").filter(unit_maybe).sum())
        .alias("units_at_most"),
        pl.lit(value=True).alias("met"),
    )
    joined = claims.join(summed, on="claim_id", how="left", maintain_order="left")
    alone = pl.col("met").is_null() & pl.col("payer").is_not_null()
    return joined.select(
        pl.when(alone).then(0).otherwise(pl.col(short)).alias(column.name)
        for column, short in zip(
            stage.adds, ("visits_at_least", "visits_at_most", "units_at_least", "units_at_most"), strict=True
        )
    )


stage = Stage(
    name="authorization-use",
    over="claims",
    needs=_NEEDS,
    adds=(
        Column("authorization_visits_before_at_least", COUNT, "visits", "visits at hand before this one, at least"),
        Column("authorization_visits_before_at_most", COUNT, "visits", "the same, at most"),
        Column(
            "authorization_units_before_at_least", COUNT, "units", "covered units of claims before this one, at least"
        ),
        Column("authorization_units_before_at_most", COUNT, "units", "the same, at most"),
    ),
    compute=_use,
    lacks=_LACKS,
)

_UNLISTED = col.authorization_codes.list.len() == 0


def _exhausted(what: str, meaning: str, more: pl.Expr) -> Fact:
    """Whether what others used, known as an interval, and this claim's own part are more than what was left."""
    left = pl.col(f"authorization_{what}_left")
    least, most = (pl.col(f"authorization_{what}_before_at_{bound}") for bound in ("least", "most"))
    return Fact(
        name=f"authorization_{what}_exhausted",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning=meaning,
        lacks=f"{what} left of the authorization; {_LACKS}",
        expr=pl.when(least + more > left).then(pl.lit(value=True)).when(most + more <= left).then(pl.lit(value=False)),
    )


def _remaining(what: str, meaning: str) -> Fact:
    return Fact(
        name=f"authorization_{what}_remaining",
        over="claims",
        dtype=pl.Int64,
        unit=what,
        meaning=meaning,
        lacks=f"{what} left of the authorization; {_LACKS}",
        expr=pl.col(f"authorization_{what}_left") - pl.col(f"authorization_{what}_before_at_least"),
    )


facts = (
    Fact(
        name="line_is_authorized",
        over="lines",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the authorization covers the code: it lists no code, or this one",
        lacks="the codes the authorization covers",
        expr=pl.when(_UNLISTED)
        .then(pl.lit(value=True))
        .when(col.code.is_not_null() & _UNLISTED.not_())
        .then(col.authorization_codes.list.contains(col.code)),
    ),
    Fact(
        name="authorized_units",
        over="claims",
        dtype=pl.Int64,
        unit="units",
        meaning="units of this claim that count against the authorization",
        lacks="billed units, and the codes the authorization covers",
        aggregate=total(col.units, of="lines", by=("claim_id",), where=col.line_is_authorized),
    ),
    _exhausted("visits", "this visit is beyond the visits the authorization has left", pl.lit(1, pl.Int64)),
    _exhausted("units", "this claim's units are more than the authorization has left", col.authorized_units),
    _remaining("visits", "visits left when this one begins, at most"),
    _remaining("units", "units left when this claim begins, at most"),
)
