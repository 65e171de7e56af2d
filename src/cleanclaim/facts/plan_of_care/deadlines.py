"""By when a plan is to be certified, sent and renewed, counted from the first treatment under it."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.dated_values import dated_values
from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_FIRST = col.plan_first_treatment_on
_LACKS = "first treatment day under the plan of care"


def _day(name: str, meaning: str, expr: pl.Expr, lacks: str = _LACKS) -> Fact:
    return Fact(name=name, over="claims", dtype=pl.Date, unit="date", meaning=meaning, lacks=lacks, expr=expr)


stage = dated_values(
    "plan-of-care-deadlines",
    over="claims",
    series={
        "certification_days": "certification_days",
        "verbal_certification_signature_days": "verbal_certification_signature_days",
        "recertification_days": "recertification_days",
        "order_exception_transmission_days": "order_exception_transmission_days",
        "progress_report_treatment_days": "progress_report_treatment_days",
    },
    lacks="deadlines of the plan of care for the date of service",
)

facts = (
    _day(
        "certification_due_on",
        "last day on which a first certification is in time",
        _FIRST + pl.duration(days=col.certification_days),
    ),
    _day(
        "first_interval_through",
        "last day that a first certification can cover, the first treatment day counted",
        _FIRST + pl.duration(days=col.recertification_days - 1),
    ),
    _day(
        "plan_to_be_sent_by",
        "last day on which the plan had to be sent for a signed order to stand in for the certification",
        _FIRST + pl.duration(days=col.order_exception_transmission_days),
    ),
    _day(
        "verbal_signature_due_on",
        "last day on which a verbal certification is to be signed",
        col.certified_verbally_on + pl.duration(days=col.verbal_certification_signature_days),
        "day of the verbal certification",
    ),
    Fact(
        name="is_first_certification",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the certification in force is the first of the plan, or there is none yet",
        lacks="whether the certification renews an earlier one",
        expr=(col.certification_method == "not_certified") | col.is_recertification.not_(),
    ),
    Fact(
        name="verbal_signature_is_late",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="a certification given verbally was signed late, or is unsigned past its day",
        lacks="days of the verbal certification and of its signature",
        expr=pl.when(col.certified_on.is_not_null())
        .then(col.certified_on > col.verbal_signature_due_on)
        .otherwise(col.as_of > col.verbal_signature_due_on),
    ),
)
