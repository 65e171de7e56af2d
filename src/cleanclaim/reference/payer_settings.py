"""The closed list of what a payer may state: each setting's name, the shape of its value, its meaning and its unit.

A payer file names settings from this list only. The shapes check what stands in a file and say which columns a
value fills, so the list is at once the file format, the schema of the resolved table and its dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from cleanclaim.money import CONVERSION_FACTOR_SCALE, RATE_SCALE, RVU_SCALE
from cleanclaim.reference.payer_shapes import (
    Choice,
    Code,
    Codes,
    Day,
    Decimal,
    Flag,
    Group,
    Modifier,
    PayerColumn,
    RecordField,
    Rows,
    Several,
    Shape,
    Text,
    Whole,
)

KINDS: Final = (
    "medicare_b",
    "medicare_advantage",
    "commercial",
    "medicaid",
    "tricare",
    "veterans",
    "workers_compensation",
    "auto",
    "cash",
)
"""The kinds of payer, as `payer_kind` names them."""

FILING_INDICATORS: Final = ("MB", "16", "CI", "BL", "CH", "VA", "WC", "AM", "MC", "HM", "ZZ", "09")
"""The filing indicators of a professional claim that payers of these kinds use; `09` is self-pay."""

NONE: Final = "none"
"""The value of a setting whose payer is known to have no such limit. It is not the same as unknown."""

_PERCENT_SCALE = RATE_SCALE // 100


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a payer may state: its name, the shape of its value, its meaning and its unit.

    `may_be_none` settings are limits: the word `none` says that the payer is known to have no such limit, and
    `payer_has_<name>` carries that.
    """

    name: str
    shape: Shape
    meaning: str
    unit: str = ""
    may_be_none: bool = False

    def columns(self) -> list[PayerColumn]:
        """The columns that the setting fills in the frame of `resolve`."""
        own = self.shape.columns(self.name, self.unit, self.meaning)
        if not self.may_be_none:
            return own
        has = PayerColumn(f"payer_has_{self.name}", pl.Boolean(), "", f"Whether there is one. {self.meaning}")
        return [has, *own]

    def cells(self, value: Any) -> list[Any]:  # noqa: ANN401
        """The cells of those columns; `None` (unknown) fills each with null."""
        if not self.may_be_none:
            return self.shape.cells(value)
        present = None if value is None else value != NONE
        return [present, *self.shape.cells(value if present else None)]


_SCOPE = RecordField(
    "scope",
    Choice("provider", "discipline", "tax_id", "all_providers"),
    "Over whose services of a patient and day it counts: one rendering provider, one discipline of one billing "
    "provider, one tax id, or every provider.",
)
_STATE = r"[A-Z]{2}"
_PLACE = r"[0-9]{2}"

SETTINGS: Final[tuple[Setting, ...]] = (
    # units
    Setting(
        "unit_method",
        Choice("eight_minute", "midpoint", "hybrid"),
        "How minutes become units: the day's timed minutes pooled, each code by itself, or a mixture.",
    ),
    Setting("minimum_minutes_per_unit", Whole(), "The fewest minutes for which a timed unit is billed.", "minutes"),
    Setting(
        "electrical_stimulation_code",
        Choice("G0283", "97014"),
        "The code for unattended electrical stimulation that the payer accepts.",
    ),
    # modifiers
    Setting(
        "therapy_modifier",
        Choice("always_therapy", "every_line", NONE),
        "Where GP, GO or GN is needed: on always-therapy codes, on every line, or nowhere.",
    ),
    Setting(
        "assistant_modifier_required",
        Flag(),
        "Whether CQ or CO is needed on what an assistant furnished.",
    ),
    # edits
    Setting(
        "pair_edits",
        Choice("ncci_practitioner", "own", NONE),
        "Which list of code pairs is applied: Medicare's practitioner list, only the payer's own, or none.",
    ),
    Setting(
        "own_pairs",
        Rows(
            RecordField("column_1", Code(), "The code that is paid.", required=True),
            RecordField("column_2", Code(), "The code that is denied beside it.", required=True),
            RecordField("bypass_allowed", Flag(), "Whether modifier 59 or X lets both be paid.", required=True),
        ),
        "Pairs that the payer edits itself, whatever `pair_edits` says.",
    ),
    Setting(
        "codes_anew_after_another_payer",
        Flag(),
        "Whether a claim that another payer has answered is still coded by this payer's own terms. Where a file does "
        "not say so, the claim keeps the coding that was answered.",
    ),
    Setting("mue_applies", Flag(), "Whether Medicare's medically unlikely edits are applied."),
    Setting("line_order_matters", Flag(), "Whether the first lines of a claim are paid and later ones denied."),
    Setting("one_date_per_timed_line", Flag(), "Whether a timed line that spans several dates is rejected."),
    # what is paid at all
    Setting("hot_cold_pack_payable", Flag(), "Whether 97010 is paid."),
    Setting("hot_cold_pack_chargeable_to_patient", Flag(), "Whether the patient may be charged for 97010."),
    Setting("supervised_modalities_payable", Flag(), "Whether modalities without constant attendance are paid."),
    Setting(
        "not_payable_codes",
        Codes(),
        "Codes that the payer does not pay a therapist, beyond those that have a setting of their own.",
    ),
    Setting("pay_assistants", Flag(), "Whether services of assistants are paid."),
    Setting("assistant_evaluation_payable", Flag(), "Whether an evaluation by an assistant is paid."),
    Setting(
        "assistant_supervision",
        Choice("general", "direct"),
        "The supervision of an assistant in private practice; state law may ask for more.",
    ),
    # limits
    Setting(
        "daily_unit_cap",
        Group(
            RecordField("units", Whole(), "The most units.", "units", required=True),
            _SCOPE._replace(required=True),
            RecordField(
                "applies_to",
                Choice("timed", "all", "listed"),
                "Which codes count: timed, all, or those listed.",
                required=True,
            ),
            RecordField("codes", Codes(), "The codes, where they are listed.", default=()),
            RecordField("except_places", Several(_PLACE, 'a place of service such as "12"'), "Places left out."),
            needs=(("applies_to", "listed", "codes"),),
        ),
        "The most units of a day.",
        may_be_none=True,
    ),
    Setting(
        "daily_minute_cap",
        Group(RecordField("minutes", Whole(), "The most minutes.", "minutes", required=True), _SCOPE),
        "The most minutes of a day.",
        may_be_none=True,
    ),
    Setting(
        "daily_rvu_cap",
        Group(
            RecordField(
                "treatment", Decimal(RVU_SCALE, "13.5"), "On a day of treatment only.", "rvu_e2", required=True
            ),
            RecordField("with_initial_evaluation", Decimal(RVU_SCALE, "13.5"), "With an evaluation.", "rvu_e2"),
            RecordField("with_reevaluation", Decimal(RVU_SCALE, "13.5"), "With a re-evaluation.", "rvu_e2"),
            _SCOPE,
        ),
        "The most relative value units of a day, in the payer's own schedule.",
        may_be_none=True,
    ),
    Setting(
        "visit_cap",
        Group(
            RecordField("visits", Whole(), "The most visits.", "visits", required=True),
            RecordField(
                "per",
                Choice("calendar_year", "plan_year", "episode", "injury"),
                "Over what they are counted.",
                required=True,
            ),
            RecordField("disciplines_apart", Flag(), "Whether each discipline is counted by itself."),
        ),
        "The most visits.",
        may_be_none=True,
    ),
    Setting(
        "evaluation_frequency_days",
        Whole(),
        "The days from one evaluation to the next for the same condition.",
        "days",
        may_be_none=True,
    ),
    Setting("therapy_threshold_applies", Flag(), "Whether Medicare's yearly threshold and KX apply."),
    # documentation
    Setting("plan_of_care_certification_required", Flag(), "Whether a signed plan of care (or its exception) is due."),
    Setting("progress_report_required", Flag(), "Whether progress reports are due by Medicare's count."),
    Setting("time_in_out_required", Flag(), "Whether the note must give clock times for each code."),
    # before care
    Setting("referral_required", Flag(), "Whether an order or referral is needed."),
    Setting("prior_authorization_required", Flag(), "Whether care needs approval before it is given."),
    Setting(
        "prior_authorization_exemptions",
        Group(
            RecordField("evaluation_exempt", Flag(), "Whether the evaluation needs none."),
            RecordField("first_visits", Whole(0), "How many first visits need none.", "visits"),
            RecordField("within_weeks", Whole(), "In how many weeks those visits must fall.", "weeks"),
            RecordField("disciplines_apart", Flag(), "Whether each discipline counts its visits by itself."),
            RecordField("review_from_visit", Whole(), "From which visit clinical review begins.", "visits"),
        ),
        "What needs no prior authorization.",
        may_be_none=True,
    ),
    Setting(
        "prior_authorization_counts",
        Choice("visits", "units", "dates"),
        "What an authorization counts down: visits, units, or only a span of dates.",
    ),
    Setting(
        "prior_authorization_states",
        Several(_STATE, 'a state such as "NE"'),
        "States in which the requirement was read; nothing is known of others.",
    ),
    Setting(
        "prior_authorization_except_states",
        Several(_STATE, 'a state such as "NE"'),
        "States in which the requirement does not hold.",
    ),
    Setting("utilization_manager", Text(), "The company that reviews therapy for the payer."),
    # filing, correcting, appealing
    Setting(
        "timely_filing_days",
        Group(
            RecordField("in_network", Whole(), "For participating providers.", "days"),
            RecordField("out_of_network", Whole(), "For others.", "days"),
            RecordField("from", Choice("date_of_service"), "Where the count begins.", required=True),
            RecordField("after_other_insurance", Whole(), "From the decision of another payer.", "days"),
            RecordField(
                "after_other_insurance_out_of_network",
                Whole(),
                "The same for others than participating providers, where it differs.",
                "days",
            ),
        ),
        "The days in which a claim must arrive.",
        may_be_none=True,
    ),
    Setting(
        "timely_filing_months",
        Whole(),
        "The same limit in calendar months, where the payer states months; it then governs over the days.",
        "months",
    ),
    Setting(
        "accepts_frequency_codes",
        Several(r"[178]", '"1", "7" or "8"'),
        "Claim frequency codes accepted: 1 original, 7 replacement, 8 void.",
    ),
    Setting(
        "appeal_steps",
        Rows(
            RecordField("name", Text(), "What the step is called.", required=True),
            RecordField("days", Whole(), "Days in which to file.", "days"),
            RecordField("months", Whole(), "Months in which to file.", "months"),
            RecordField(
                "from",
                Choice("notice_received", "notice_date", "previous_decision"),
                "Where the count begins.",
            ),
            RecordField("decided_days", Whole(), "Days in which it is decided.", "days"),
            RecordField("amount_needed", Flag(), "Whether a least amount must be in dispute."),
        ),
        "The steps of dispute and appeal, in order.",
    ),
    Setting(
        "appeal_least_amounts",
        Group(
            RecordField("hearing", Decimal(100, "200"), "For a hearing.", "cents"),
            RecordField("court", Decimal(100, "1960"), "For a federal court.", "cents"),
        ),
        "The least amount in dispute, by the day of filing.",
    ),
    Setting(
        "late_interest",
        Group(
            RecordField("after_days", Whole(), "Days after the receipt of a clean claim.", "days", required=True),
            RecordField("percent", Decimal(1_000, "4.625"), "Interest a year.", "percent_e3"),
        ),
        "From when on the payer owes interest on a clean claim that it has not paid, and at which rate on the day that "
        "it pays.",
    ),
    # what a claim must carry
    Setting("certifying_provider_required", Flag(), "Whether the certifying (referring) provider must be named."),
    Setting("nine_digit_zip_required", Flag(), "Whether ZIP codes must have nine digits."),
    Setting("claim_number_required", Flag(), "Whether the property and casualty claim number must be given."),
    Setting("accident_required", Flag(), "Whether the accident and its date must be given."),
    Setting("employer_required", Flag(), "Whether the employer must be given."),
    Setting(
        "member_id_format",
        Choice("medicare_beneficiary_identifier"),
        "The format of the member's number.",
    ),
    # patients
    Setting("good_faith_estimate_required", Flag(), "Whether a good faith estimate is owed."),
    Setting("abn_used", Flag(), "Whether the Medicare notice of noncoverage is used."),
    Setting(
        "patient_balance_billing_allowed",
        Flag(),
        "Whether the patient may be billed above what the payer allows.",
    ),
    # money
    Setting(
        "price_basis",
        Group(
            RecordField(
                "kind",
                Choice(
                    "medicare_fee_schedule",
                    "percent_of_medicare",
                    "fee_table",
                    "per_diem",
                    "charges",
                    "state_fee_schedule",
                ),
                "The basis: Medicare's schedule, a percentage of it, fees by code, an amount by day, the charge, or "
                "a schedule of the state.",
                required=True,
            ),
            RecordField("percent", Decimal(_PERCENT_SCALE, "115"), "The percentage of Medicare.", "rate_e4"),
            RecordField(
                "schedule_date",
                Day(),
                "The day whose Medicare schedule a percentage is of, where the contract fixes one; else the date of "
                "service.",
            ),
            RecordField("amount", Decimal(100, "95.00"), "The amount of a day and discipline.", "cents"),
            RecordField("cap", Decimal(100, "120.00"), "The most allowed for all services of a day.", "cents"),
            RecordField(
                "conversion_factor",
                Decimal(CONVERSION_FACTOR_SCALE, "49.00"),
                "The state's own conversion factor.",
                "conversion_factor_e4",
            ),
            needs=(("kind", "percent_of_medicare", "percent"), ("kind", "per_diem", "amount")),
        ),
        "What the payer allows.",
    ),
    Setting(
        "fee_table",
        Rows(
            RecordField("code", Code(), "The procedure code.", required=True),
            RecordField("modifier", Modifier(), "The modifier with which this amount holds.", default=""),
            RecordField("amount", Decimal(100, "31.50"), "What one unit is allowed.", "cents", required=True),
        ),
        "Fees by code, or by code and modifier, where the basis is a fee table.",
    ),
    Setting("multiple_procedure_reduction", Flag(), "Whether practice expense of all but one unit is reduced."),
    Setting(
        "multiple_procedure_reduction_scope",
        Choice("billing_npi", "tax_id"),
        "Over whose services of a patient and day the reduction ranks.",
    ),
    Setting(
        "assistant_payment_reduction",
        Decimal(_PERCENT_SCALE, "15"),
        "The share of the payer's part that is taken off for an assistant.",
        "rate_e4",
    ),
    Setting("sequestration_applies", Flag(), "Whether Medicare's sequestration is taken off the payment."),
)
"""Every setting there is. A file that names another is refused."""

BY_NAME: Final = MappingProxyType({setting.name: setting for setting in SETTINGS})
"""The same list by name."""

PAYER_COLUMNS: Final[tuple[PayerColumn, ...]] = (
    PayerColumn("payer_is_known", pl.Boolean(), "", "Whether a pack of this id was found; null without an id."),
    PayerColumn("payer_kind", pl.String(), "", "The kind of payer: " + ", ".join(KINDS) + "."),
    PayerColumn("payer_filing_indicator", pl.String(), "", "The claim filing indicator."),
    PayerColumn("payer_is_fictional", pl.Boolean(), "", "Whether the payer is made up for demonstrations."),
    *(column for setting in SETTINGS for column in setting.columns()),
)
"""Name, Polars type, unit and meaning of every column that `resolve` adds to `payer` and `date`."""
