"""Which services are interventions, whose note says why, how and with what result."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_NOT_INTERVENTIONS = [
    "evaluation",
    "reevaluation",
    "test",
    "remote_monitoring",
    "virtual",
    "home_visit",
    "functional_reporting",
]

fact = Fact(
    name="is_intervention",
    over="services",
    dtype=pl.Boolean,
    unit="flag",
    meaning="a treatment, not an evaluation, a test or a contact from afar",
    lacks="the code of the service, and a listing of it for the date of service",
    expr=pl.when(col.day_code_family.is_not_null()).then(col.day_code_family.is_in(_NOT_INTERVENTIONS).not_()),
)
