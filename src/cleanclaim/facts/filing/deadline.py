"""The last day on which the payer must have the claim.

A limit in calendar months stands before one in days. Behind another payer the count begins with that payer's
decision, except with Medicare, whose year begins with the date of service whatever its place in the order.

Where it is not known whether the clinic is in the payer's network, the limit lies between the two that the payer
states: a claim that is past both is late, one within both is not. So it is behind another payer too: a payer's file
does not say whether the days from that payer's decision take the place of those from the service, or are added where
they end later.
"""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.dated_values import dated_values
from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_LACKS = "the payer's filing limit, whether the clinic is in its network, or the other payer's decision"
_IN = col.payer_timely_filing_days_in_network
_OUT = col.payer_timely_filing_days_out_of_network
_COUNTS_FROM_SERVICE = (col.coverage_order == "primary") | (col.payer_kind == "medicare_b")


_BEHIND_IN = col.payer_timely_filing_days_after_other_insurance
_BEHIND_OUT = pl.coalesce(col.payer_timely_filing_days_after_other_insurance_out_of_network, _BEHIND_IN)


def _after_decision(days: pl.Expr) -> pl.Expr:
    """The last day by the count from the other payer's decision; by `days` where the network is not known."""
    known = pl.when(col.in_network).then(_BEHIND_IN).when(col.in_network.not_()).then(_BEHIND_OUT)
    return col.prior_decided_on + pl.duration(days=pl.when(col.in_network.is_null()).then(days).otherwise(known))


def _from_service(days: pl.Expr) -> pl.Expr:
    """The last day by the count from the service; by `days` where the network is not known."""
    known = pl.when(_IN == _OUT).then(_IN).when(col.in_network).then(_IN).when(col.in_network.not_()).then(_OUT)
    both = _IN.is_not_null() & _OUT.is_not_null() & col.in_network.is_null()
    return (
        pl.when(col.payer_timely_filing_months.is_not_null())
        .then(col.date_of_service.dt.offset_by(pl.format("{}mo", col.payer_timely_filing_months)))
        .otherwise(col.date_of_service + pl.duration(days=pl.when(both).then(days).otherwise(known)))
    )


_LATEST_FROM_SERVICE = _from_service(pl.max_horizontal(_IN, _OUT))
_LATEST_AFTER_DECISION = _after_decision(pl.max_horizontal(_BEHIND_IN, _BEHIND_OUT))


def _deadline(which: str, meaning: str, from_service: pl.Expr, behind: pl.Expr) -> Fact:
    """One end of the span in which the last day of filing lies: counted from the service, or behind another payer."""
    return Fact(
        name=f"filing_deadline_{which}",
        over="claims",
        dtype=pl.Date,
        unit="date",
        meaning=meaning,
        lacks=_LACKS,
        expr=pl.when(_COUNTS_FROM_SERVICE).then(from_service).when(_COUNTS_FROM_SERVICE.not_()).then(behind),
    )


stage = dated_values(
    "filing-warning",
    over="claims",
    series={"filing_warning_days": "filing_warning_days"},
    lacks="how many days before the limit to warn",
)

facts = (
    Fact(
        name="filing_is_limited",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the payer takes claims for a limited time only",
        lacks="the payer's filing limit",
        expr=col.payer_timely_filing_months.is_not_null() | col.payer_has_timely_filing_days,
    ),
    _deadline(
        "earliest",
        "first day that may be the last on which the payer takes the claim",
        _from_service(pl.min_horizontal(_IN, _OUT)),
        _after_decision(pl.min_horizontal(_BEHIND_IN, _BEHIND_OUT)),
    ),
    _deadline(
        "latest",
        "last day on which the payer may still take the claim",
        _LATEST_FROM_SERVICE,
        pl.when(_LATEST_AFTER_DECISION.is_not_null() & _LATEST_FROM_SERVICE.is_not_null()).then(
            pl.max_horizontal(_LATEST_AFTER_DECISION, _LATEST_FROM_SERVICE)
        ),
    ),
    Fact(
        name="filing_deadline",
        over="claims",
        dtype=pl.Date,
        unit="date",
        meaning="last day on which the payer must have the claim",
        lacks=_LACKS,
        expr=pl.when(col.filing_deadline_earliest == col.filing_deadline_latest).then(col.filing_deadline_latest),
    ),
    Fact(
        name="filing_limit_is_past",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the payer no longer takes the claim, by any of the limits that may hold",
        lacks=_LACKS,
        expr=pl.when(col.as_of > col.filing_deadline_latest)
        .then(pl.lit(value=True))
        .when(col.as_of <= col.filing_deadline_earliest)
        .then(pl.lit(value=False)),
    ),
    Fact(
        name="days_to_filing_deadline",
        over="claims",
        dtype=pl.Int64,
        unit="days",
        meaning="days from the day of the check to the last day of filing; negative when it is past",
        lacks=_LACKS,
        expr=(col.filing_deadline - col.as_of).dt.total_days(),
    ),
)
