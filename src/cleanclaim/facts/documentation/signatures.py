"""Whose signatures stand under the note."""

from __future__ import annotations

import polars as pl

from cleanclaim.facts.dated_values import dated_values
from cleanclaim.facts.kit import Fact
from cleanclaim.lines.columns import col

_CLINICIANS = ["PT", "OT", "SLP", "MD", "DO", "NP", "PA", "CNS", "DPM", "OD"]

stage = dated_values(
    "late-signature",
    over="claims",
    series={"late_signature_days": "late_signature_days"},
    lacks="after how many days a signature is called late",
)

facts = (
    Fact(
        name="clinician_signed",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="a therapist, physician or nonphysician practitioner is among those who signed the note",
        lacks="who signed the note",
        expr=col.signed_by.list.set_intersection(pl.lit(_CLINICIANS, dtype=pl.List(pl.String))).list.len() > 0,
    ),
    Fact(
        name="note_needs_clinician",
        over="claims",
        dtype=pl.Boolean,
        unit="flag",
        meaning="the visit evaluates, discharges or holds a progress report, which an assistant may not sign alone",
        lacks="the kind of visit, its billed codes, and whether it holds a progress report",
        expr=(col.visit_kind != "treatment") | col.has_evaluation_lines | col.has_progress_report,
    ),
    Fact(
        name="days_to_signature",
        over="claims",
        dtype=pl.Int64,
        unit="days",
        meaning="days from the visit to the last signature under its note",
        lacks="when the note was signed",
        expr=(col.signed_on - col.date_of_service).dt.total_days(),
    ),
)
