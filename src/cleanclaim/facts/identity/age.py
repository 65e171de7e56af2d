"""The patient's age, and from what age on the date of birth is called into question."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.dated_values import dated_values
from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_MONTHS = 12

stage = dated_values(
    "credible-figures",
    over="claims",
    series={
        "credible_age": "credible_age_months",
        "credible_therapist_minutes": "credible_therapist_minutes",
    },
    lacks="the figure from which a value is called into question on the date of service",
)

fact = Fact(
    name="patient_age_months",
    over="claims",
    dtype=pl.Int64,
    unit="months",
    meaning="calendar months from the patient's birth to the date of service",
    lacks="the patient's date of birth",
    expr=(_MONTHS * (col.date_of_service.dt.year() - col.birth_date.dt.year())).cast(pl.Int64)
    + (col.date_of_service.dt.month().cast(pl.Int64) - col.birth_date.dt.month().cast(pl.Int64)),
)
