"""The last day on which the payer must have the claim.

A limit in calendar months stands before one in days. Behind another payer the count begins with that payer's
decision, except with Medicare, whose year begins with the date of service whatever its place in the order.
"""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.dated_values import dated_values
from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_IN = col.payer_timely_filing_days_in_network
_OUT = col.payer_timely_filing_days_out_of_network
_COUNTS_FROM_SERVICE = (col.coverage_order == "primary") | (col.payer_kind == "medicare_b")

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
    Fact(
        name="filing_days",
        over="claims",
        dtype=pl.Int64,
        unit="days",
        meaning="days from the date of service in which the claim must arrive",
        lacks="the payer's filing limit, and whether the clinic is in its network",
        expr=pl.when(_IN == _OUT).then(_IN).when(col.in_network).then(_IN).when(col.in_network.not_()).then(_OUT),
    ),
    Fact(
        name="filing_deadline",
        over="claims",
        dtype=pl.Date,
        unit="date",
        meaning="last day on which the payer must have the claim",
        lacks="the payer's filing limit, whether the clinic is in its network, or the other payer's decision",
        expr=pl.when(_COUNTS_FROM_SERVICE).then(
            pl.when(col.payer_timely_filing_months.is_not_null())
            .then(col.date_of_service.dt.offset_by(pl.format("{}mo", col.payer_timely_filing_months)))
            .otherwise(col.date_of_service + pl.duration(days=col.filing_days))
        ),
    ),
    Fact(
        name="days_to_filing_deadline",
        over="claims",
        dtype=pl.Int64,
        unit="days",
        meaning="days from the day of the check to the last day of filing; negative when it is past",
        lacks="the payer's filing limit, whether the clinic is in its network, or the other payer's decision",
        expr=(col.filing_deadline - col.as_of).dt.total_days(),
    ),
)
