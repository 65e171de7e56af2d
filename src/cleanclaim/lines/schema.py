"""The data dictionary of the input tables: one row a column, with type, unit, meaning and typical value.

Null means unknown in every nullable column; what is known to be absent is `[]`, `""`, `False` or a column
that says so (`has_plan_of_care = false`). `typical` is what the claim notation assumes where an example
does not say: an ordinary, well-documented visit that no rule should object to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

KEY = pl.Int64
TEXT = pl.String
FLAG = pl.Boolean
COUNT = pl.Int64
CENTS = pl.Int64
DAY = pl.Date
TEXTS = pl.List(pl.String)
COUNTS = pl.List(pl.Int64)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an input table."""

    name: str
    dtype: pl.DataType | type[pl.DataType]
    unit: str
    meaning: str
    typical: Any = None
    """The value in an ordinary visit; `None` is unknown."""


CLAIMS: tuple[Column, ...] = (
    Column("claim_id", KEY, "key", "one claim: one visit of one patient to one payer"),
    Column("claim_key", TEXT, "text", "the clinic's own control number of the claim", "C1"),
    Column("patient_id", KEY, "key", "the patient, as a number without meaning", 1),
    Column("is_history", FLAG, "flag", "given as context only: counted with, never judged", False),
    Column("date_of_service", DAY, "date", "the day treated", date(2026, 3, 4)),
    Column("as_of", DAY, "date", "the day on which the check is made", date(2026, 3, 6)),
    Column("payer", TEXT, "payer file", "the payer billed", "medicare_b"),
    Column("coverage_order", TEXT, "code", "order of the coverage: primary, secondary or tertiary", "primary"),
    Column("payer_identifier", TEXT, "text", "the number by which the payer is reached; empty when absent", "SYN01"),
    Column("prior_payers", COUNT, "payers", "payers before this one that the claim names", 0),
    Column("prior_paid_cents", CENTS, "cents", "what the payers before this one paid on the claim", 0),
    Column(
        "prior_claim_adjusted_cents",
        CENTS,
        "cents",
        "what those payers adjusted on the claim as a whole, apart from its lines",
        0,
    ),
    Column(
        "prior_remaining_repeated",
        COUNT,
        "payers",
        "of those payers, the ones whose amount left to the patient stands both for the claim and for a line",
        0,
    ),
    Column("medicare_secondary_type", TEXT, "code", "why another payer comes before Medicare; empty when not said", ""),
    Column("has_coverage", FLAG, "flag", "the coverage billed is on file, or the patient pays alone", True),
    Column("relationship", TEXT, "code", "what the patient is to the subscriber: self, spouse, child, other", "self"),
    Column(
        "subscriber_family_name",
        TEXT,
        "text",
        "family name of the subscriber, where that is not the patient; empty when nobody is named",
        "",
    ),
    Column("member_id", TEXT, "text", "the member's number on the card; empty when absent", "1EG4TE5MK73"),
    Column("group_number", TEXT, "text", "group number of the policy; empty when absent", ""),
    Column("coverage_from", DAY, "date", "first day of the policy", date(2020, 1, 1)),
    Column("coverage_through", DAY, "date", "last day of the policy; far future when open", date(2099, 12, 31)),
    Column("in_network", FLAG, "flag", "the clinic has a contract with the payer", True),
    Column("claim_number", TEXT, "text", "claim number of a workers' compensation or auto carrier", ""),
    Column("employer", TEXT, "text", "the employer, on workers' compensation", ""),
    Column("accident_kind", TEXT, "code", "kind of accident: auto, employment, other; empty for none", ""),
    Column("accident_on", DAY, "date", "the day of the accident"),
    Column("accident_state", TEXT, "code", "state of a motor-vehicle accident; empty when absent", ""),
    Column("patient_family_name", TEXT, "text", "family name of the patient; empty when absent", "Ashgrove"),
    Column("patient_given_name", TEXT, "text", "given name of the patient; empty when absent", "Maren"),
    Column("birth_date", DAY, "date", "the patient's date of birth", date(1955, 6, 1)),
    Column("sex", TEXT, "code", "sex: F, M or U", "F"),
    Column("patient_zip", TEXT, "text", "ZIP code of the patient", "60601"),
    Column("patient_street", TEXT, "text", "street lines of the patient's address; empty when absent", "7 Larch Row"),
    Column("patient_street_longest", COUNT, "characters", "the longest street line of the patient's address"),
    Column("patient_city", TEXT, "text", "city of the patient; empty when absent", "Chicago"),
    Column("patient_state", TEXT, "code", "state of the patient; empty when absent", "IL"),
    Column("patient_country", TEXT, "code", "country of the patient; empty in the USA", ""),
    Column("discipline", TEXT, "code", "discipline: PT, OT or SLP", "PT"),
    Column("visit_kind", TEXT, "code", "kind of visit: evaluation, treatment, reevaluation, discharge", "treatment"),
    Column("place_of_service", TEXT, "code", "two-digit place of service", "11"),
    Column("locality", TEXT, "MAC-locality", "Medicare payment locality, or national", "national"),
    Column("billing_npi", TEXT, "NPI", "the clinic that bills", "1234567893"),
    Column(
        "billing_name", TEXT, "text", "name of the clinic, or family name of a person; empty when absent", "Millrace PT"
    ),
    Column("billing_given_name", TEXT, "text", "given name, where a person bills; empty when absent", ""),
    Column("billing_is_person", FLAG, "flag", "a person bills, not an organization", False),
    Column("billing_tax_id", TEXT, "text", "tax id of the clinic; empty when absent", "123456789"),
    Column("billing_taxonomy", TEXT, "code", "provider taxonomy of the clinic", "261QP2000X"),
    Column("billing_street", TEXT, "text", "street lines of the clinic's address", "40 Millrace Way"),
    Column("billing_street_longest", COUNT, "characters", "the longest street line of the clinic's address"),
    Column("billing_city", TEXT, "text", "city of the clinic; empty when absent", "Chicago"),
    Column("billing_country", TEXT, "code", "country of the clinic; empty in the USA", ""),
    Column("billing_phone", TEXT, "text", "telephone number of the clinic; empty when absent", "3125550100"),
    Column("billing_zip", TEXT, "text", "ZIP code of the clinic", "606011234"),
    Column("billing_state", TEXT, "code", "state of the clinic", "IL"),
    Column("rendering_npi", TEXT, "NPI", "the therapist the claim names; empty when absent", "1245319599"),
    Column("rendering_credential", TEXT, "code", "credential of the therapist: PT, PTA, OT, …", "PT"),
    Column("rendering_taxonomy", TEXT, "code", "provider taxonomy of the therapist; empty when absent", "225100000X"),
    Column("rendering_family_name", TEXT, "text", "family name of the therapist; empty when absent", "Thorne"),
    Column("rendering_given_name", TEXT, "text", "given name of the therapist; empty when absent", "Avery"),
    Column("supervising_npi", TEXT, "NPI", "supervising provider the claim names; empty when none", ""),
    Column("therapist_on_site", FLAG, "flag", "a therapist was on site while an assistant treated", True),
    Column("treated_by", TEXT, "key", "who treated, as the source tells therapists apart", "T1"),
    Column("referring_npi", TEXT, "NPI", "referring or certifying provider; empty when absent", "1003000126"),
    Column("referring_credential", TEXT, "code", "MD, NP, DC, …; empty when no provider", "MD"),
    Column("referring_family_name", TEXT, "text", "family name of the referring provider; empty when absent", "Quill"),
    Column("referring_given_name", TEXT, "text", "given name of the referring provider; empty when absent", "Noor"),
    Column("has_order", FLAG, "flag", "a signed and dated order is in the record", True),
    Column("order_on", DAY, "date", "date of the order", date(2026, 1, 30)),
    Column("frequency_code", TEXT, "code", "frequency code: 1 original, 7 replacement, 8 void", "1"),
    Column("original_reference", TEXT, "text", "the payer's number of the claim replaced; empty when absent", ""),
    Column("has_plan_of_care", FLAG, "flag", "a plan of care covers this patient and discipline", True),
    Column("plan_established_on", DAY, "date", "the day the plan was written", date(2026, 2, 2)),
    Column("plan_established_by", TEXT, "code", "credential of who wrote the plan", "PT"),
    Column("plan_first_treatment_on", DAY, "date", "first treatment day under the plan", date(2026, 2, 2)),
    Column("plan_through", DAY, "date", "last day of the plan's own duration", date(2026, 4, 30)),
    Column("plan_has_goals", FLAG, "flag", "long-term goals are written", True),
    Column("plan_has_frequency", FLAG, "flag", "frequency and duration are written", True),
    Column("plan_visits_per_week", COUNT, "visits", "visits a week that the plan of care sets", 3),
    Column("plan_has_diagnoses", FLAG, "flag", "diagnoses are written", True),
    Column("plan_sent_on", DAY, "date", "the day the plan was sent to the physician", date(2026, 2, 3)),
    Column(
        "certification_method",
        TEXT,
        "code",
        "how the plan was certified: signed, verbal, order_exception, not_certified; latest",
        "signed",
    ),
    Column("certified_on", DAY, "date", "date of the certifying signature", date(2026, 2, 9)),
    Column("certified_verbally_on", DAY, "date", "date of a verbal certification"),
    Column("certified_through", DAY, "date", "last day the certification covers", date(2026, 5, 2)),
    Column("is_recertification", FLAG, "flag", "the certification in force renews an earlier one", False),
    Column(
        "treatment_days_since_report",
        COUNT,
        "days",
        "treatment days since the later of episode start and last progress report, this one included",
        3,
    ),
    Column("visits_before", COUNT, "visits", "visits of this case before those at hand", 0),
    Column("visits_before_this_year", COUNT, "visits", "of these, in the calendar year of the visit", 0),
    Column(
        "visits_before_this_week",
        COUNT,
        "visits",
        "of visits_before, in the week of the visit, begun on Sunday or Monday, whichever holds fewer",
        0,
    ),
    Column("has_progress_report", FLAG, "flag", "this visit holds a progress report", False),
    Column(
        "progress_report_signed_by", TEXT, "code", "credential under this visit's progress report; empty if none", ""
    ),
    Column("onset_on", DAY, "date", "onset of the condition", date(2026, 1, 15)),
    Column("has_authorization", FLAG, "flag", "an authorization is on file for this payer", True),
    Column("authorization_number", TEXT, "text", "its number; empty when absent", "A100"),
    Column("authorization_count", COUNT, "numbers", "authorization numbers that the claim names", 1),
    Column("authorization_from", DAY, "date", "its first day", date(2026, 1, 1)),
    Column("authorization_through", DAY, "date", "its last day", date(2026, 12, 31)),
    Column("authorization_visits_left", COUNT, "visits", "visits left before this one", 10),
    Column("authorization_units_left", COUNT, "units", "units left before this visit", 100),
    Column("authorization_codes", TEXTS, "codes", "codes it covers; empty list: all", ()),
    Column("ytd_at_least_cents", CENTS, "cents", "allowed therapy dollars this year as of ytd_as_of, at least", 50_000),
    Column("ytd_at_most_cents", CENTS, "cents", "the same, at most", 50_000),
    Column("ytd_as_of", DAY, "date", "the day those dollars were read", date(2026, 3, 1)),
    Column("deductible_met_cents", CENTS, "cents", "Part B deductible met this year as of ytd_as_of", 28_300),
    Column("has_signature", FLAG, "flag", "the note is signed", True),
    Column("signed_on", DAY, "date", "the day the note was signed", date(2026, 3, 4)),
    Column("signed_by", TEXTS, "codes", "credentials of all who signed", ("PT",)),
    Column("total_timed_minutes_noted", COUNT, "minutes", "total timed-code minutes as written in the note", None),
    Column("total_treatment_minutes_noted", COUNT, "minutes", "total treatment minutes as written in the note", None),
    Column("has_total_timed_minutes", FLAG, "flag", "the note states the total of timed-code minutes", True),
    Column("has_total_treatment_minutes", FLAG, "flag", "the note states the total treatment minutes", True),
    Column("visit_minutes", COUNT, "minutes", "from time in to time out", None),
    Column("visit_starts_at", COUNT, "minutes", "time in, in minutes after midnight", None),
    Column("has_good_faith_estimate", FLAG, "flag", "a good faith estimate for this care is on file", True),
    Column("has_abn", FLAG, "flag", "a signed advance beneficiary notice is on file", False),
    Column("under_home_health", FLAG, "flag", "a home health episode of the patient covers the day", False),
    Column(
        "clinic_bounds_set",
        TEXTS,
        "words",
        "bounds of its own that the clinic sets: visit_minutes, units, open_minutes; an empty list: none",
        (),
    ),
    Column("clinic_visit_minutes_least", COUNT, "minutes", "shortest visit that the clinic expects", None),
    Column("clinic_visit_minutes_most", COUNT, "minutes", "longest visit that the clinic expects", None),
    Column("clinic_units_least", COUNT, "units", "fewest units of a visit that the clinic expects", None),
    Column("clinic_units_most", COUNT, "units", "most units of a visit that the clinic expects", None),
    Column("clinic_open_minutes", COUNT, "minutes", "how long the clinic was open that day", None),
    Column("history_factors", COUNT, "count", "personal factors and comorbidities that affect the plan", None),
    Column("elements_examined", COUNT, "count", "body structures, functions, activities, participation examined", None),
    Column("presentation", TEXT, "code", "clinical presentation: stable, evolving, unstable", None),
    Column("decision_making", TEXT, "code", "clinical decision making: low, moderate, high", None),
    Column(
        "evaluation_components_absent",
        TEXTS,
        "words",
        "components of the evaluation that its record lacks; an empty list: none",
        (),
    ),
    Column("has_standardized_measure", FLAG, "flag", "a standardized or measurable outcome is recorded", True),
    Column("has_reevaluation_reason", FLAG, "flag", "the note says what changed and called for a re-evaluation", True),
    Column("total_charge_cents", CENTS, "cents", "total charge as the claim states it", None),
    Column(
        "claim_fields_absent",
        TEXTS,
        "words",
        "columns of dates, counts and amounts that the source leaves empty for the claim; an empty list: none",
        (),
    ),
    Column("knows_services", FLAG, "flag", "the source lists what was done; false: nobody knows", True),
    Column(
        "lists_services",
        FLAG,
        "flag",
        "the therapist lists what was done; unknown where it was read from a note's words",
        True,
    ),
    Column("knows_diagnoses", FLAG, "flag", "the source lists the diagnoses; false: nobody knows", True),
    Column("knows_history", FLAG, "flag", "the patient's other claims are at hand", True),
    Column("unit_preference", TEXTS, "codes", "the therapist's choice where codes tie for a unit, first first", ()),
    Column("note_text", TEXT, "text", "the note as written; empty when there is none", ""),
)

LINES: tuple[Column, ...] = (
    Column("line_id", KEY, "key", "one billed line"),
    Column("claim_id", KEY, "key", "its claim"),
    Column("line_number", COUNT, "position", "position in the claim, from 1"),
    Column("code", TEXT, "procedure code", "the CPT or HCPCS code as billed", "97110"),
    Column("modifiers", TEXTS, "codes", "modifiers in order; never null", ("GP",)),
    Column("units", COUNT, "units", "units billed", 1),
    Column("charge_cents", CENTS, "cents", "charge of the line", 12_000),
    Column("pointers", COUNTS, "positions", "diagnoses the line points to, from 1", (1,)),
    Column("line_date", DAY, "date", "the day of service of the line", None),
    Column("line_through", DAY, "date", "last day, where the line spans days", None),
    Column("minutes", COUNT, "minutes", "minutes documented for this code that day, one patient at a time", 15),
    Column("assistant_minutes", COUNT, "minutes", "of these, furnished by an assistant alone", 0),
    Column("together_minutes", COUNT, "minutes", "of these, by therapist and assistant together", 0),
    Column("code_origin", TEXT, "code", "named by a person, or suggested from the note", "named"),
    Column("drug_code", TEXT, "text", "national drug code of the line; empty when none", ""),
    Column("drug_unit", TEXT, "code", "unit in which the drug is counted; empty when absent", ""),
    Column("has_drug_quantity", FLAG, "flag", "the line states a quantity of the drug above zero", True),
    Column(
        "line_fields_absent",
        TEXTS,
        "words",
        "columns of dates, counts and amounts that the source leaves empty for the line; an empty list: none",
        (),
    ),
    Column(
        "notice_choice",
        TEXT,
        "code",
        "what the patient chose on the signed notice that names the service: 1 bill Medicare, 2 do not, 3 no care; "
        "empty: none names it",
        "",
    ),
    Column(
        "notice_modifiers",
        TEXTS,
        "codes",
        "modifiers that this notice calls for where Medicare is billed; an empty list: none",
        (),
    ),
    Column("prior_answers", COUNT, "payers", "payers before this one whose answer on the line the claim tells", 0),
    Column("line_prior_paid_cents", CENTS, "cents", "what those payers paid on the line, together", 0),
    Column("line_prior_adjusted_cents", CENTS, "cents", "what those payers adjusted on the line, together", 0),
    Column("prior_adjudicated_on", DAY, "date", "the day on which the last of those payers decided on the line", None),
    Column("prior_adjustments", COUNT, "adjustments", "adjustments of those payers on the line", 0),
    Column("prior_adjustments_without_amount", COUNT, "adjustments", "of these, the ones that state no amount", 0),
)

SERVICES: tuple[Column, ...] = (
    Column("service_id", KEY, "key", "one thing done"),
    Column("claim_id", KEY, "key", "its claim"),
    Column("service_number", COUNT, "position", "position in the visit, from 1"),
    Column("service_code", TEXT, "procedure code", "the code that fits it", "97110"),
    Column("service_minutes", COUNT, "minutes", "how long it took", 15),
    Column("by", TEXT, "code", "who furnished it: PT, PTA, together, aide, student, unattended", "PT"),
    Column("group_size", COUNT, "patients", "patients treated at the same time; 1 alone", 1),
    Column("side", TEXT, "code", "side of the body: right, left, bilateral, none", "none"),
    Column("region", TEXT, "text", "part of the body", ""),
    Column("starts_at", COUNT, "minutes", "start, in minutes after midnight", None),
    Column("is_billable", FLAG, "flag", "skilled and billable, as the therapist or the note says", True),
    Column("has_purpose", FLAG, "flag", "the note says why it took a therapist", True),
    Column("has_response", FLAG, "flag", "the note says how the patient responded", True),
    Column("has_progress", FLAG, "flag", "the note says what changed", True),
)

DIAGNOSES: tuple[Column, ...] = (
    Column("diagnosis_id", KEY, "key", "one diagnosis of a claim"),
    Column("claim_id", KEY, "key", "its claim"),
    Column("position", COUNT, "position", "position in the claim, from 1"),
    Column("diagnosis", TEXT, "ICD-10-CM", "the code as typed", "M54.50"),
)

SCHEMA: dict[str, tuple[Column, ...]] = {
    "claims": CLAIMS,
    "lines": LINES,
    "services": SERVICES,
    "diagnoses": DIAGNOSES,
}
"""The four input tables. `days`, `day_codes` and `pairs` are derived."""

KEYS: dict[str, str] = {
    "claims": "claim_id",
    "lines": "line_id",
    "services": "service_id",
    "diagnoses": "diagnosis_id",
    "days": "day_id",
    "day_codes": "day_code_id",
    "pairs": "pair_id",
}


def dtypes(table: str) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Column name → Polars type of an input table."""
    return {column.name: column.dtype for column in SCHEMA[table]}
