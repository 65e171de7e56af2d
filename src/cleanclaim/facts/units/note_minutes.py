"""Minutes of one visit's services, to be held against the totals that its note states."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.kit import Fact, any_row, total
from cleanclaim.lines.columns import col

_LACKS = "documented minutes of each service, and who furnished them"


def _minutes(name: str, meaning: str, where: pl.Expr) -> Fact:
    return Fact(
        name=name,
        over="claims",
        dtype=pl.Int64,
        unit="minutes",
        meaning=meaning,
        lacks=_LACKS,
        aggregate=total(col.service_minutes, of="services", by=("claim_id",), where=where, known="knows_services"),
    )


facts = (
    _minutes(
        "visit_timed_minutes",
        "one-on-one minutes of the visit's 15-minute codes",
        col.day_code_is_timed & col.counts_one_on_one,
    ),
    _minutes("visit_attended_minutes", "minutes of the visit with a therapist or assistant", col.is_attended),
    _minutes(
        "visit_supervised_minutes",
        "minutes of the visit's supervised modalities, which may run beside each other and beside a therapist's time",
        col.is_billable & (col.day_code_family == "supervised_modality"),
    ),
    Fact(
        name="noted_minutes_with_therapist",
        over="claims",
        dtype=pl.Int64,
        unit="minutes",
        meaning="total treatment minutes as written in the note, without those of supervised modalities",
        lacks="the treatment minutes that the note states, and documented minutes of each service",
        expr=col.total_treatment_minutes_noted - col.visit_supervised_minutes,
    ),
    Fact(
        name="is_attended",
        over="services",
        dtype=pl.Boolean,
        unit="flag",
        meaning="billable and furnished by a therapist or assistant, alone or in a group, not a supervised modality",
        lacks="who furnished the service",
        expr=col.is_billable
        & pl.when(col.by.is_not_null()).then(col.by.is_in(["PT", "PTA", "OT", "OTA", "SLP", "together"]))
        & (col.day_code_family != "supervised_modality"),
    ),
    Fact(
        name="has_group_service",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="something was done in a group",
        lacks="with how many patients each service was furnished",
        aggregate=any_row(col.group_size > 1, of="services", by=("claim_id",), known="knows_services"),
    ),
)
