"""What is done about a denial, by payer: the way, how it is sent, by when, and what no appeal can win."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cleanclaim.denials.deadlines import add_months, of_step, within
from cleanclaim.denials.refused import Denial, Reason
from cleanclaim.denials.strategy import Circumstances, Sending, Strategy, strategy_of
from cleanclaim.denials.terms import least_amount, terms_of
from cleanclaim.records.adjudication import AdjustmentGroup
from cleanclaim.reference.denials import Chance, DenialCause, Route
from cleanclaim.remittance.matching import KnownLine

DAY, NOTICE, FILE_BY = date(2026, 3, 2), date(2026, 4, 1), date(2027, 3, 2)


def done(
    text: str, payer: str, *, code: str = "97110", modifiers: tuple[str, ...] = ("GP",), codes: tuple[str, ...] = ()
) -> Strategy:
    """The strategy for a reason such as `CO-16 MA130` of a payer."""
    reason, *remarks = text.split()
    group, _, carc = reason.partition("-")
    line = KnownLine("c:p:1", "p-1", code, modifiers, 2, 14_000, DAY)
    denial = Denial(line, (Reason(AdjustmentGroup(group), carc, tuple(remarks), 14_000),))
    return strategy_of(denial, Circumstances(terms_of(payer, NOTICE), NOTICE, FILE_BY, (code, *codes)))


# Written from the manuals and the payers' own pages, not from the data: Medicare takes no replacement claims; its
# redetermination is filed within 120 days of receipt, which is five days after the notice; a reopening within a year.
# Cigna: one appeal within 180 days. Aetna: a reconsideration within 180 days. UnitedHealthcare: twelve months.
@pytest.mark.parametrize(
    ("text", "payer", "route", "sending", "due"),
    [
        ("CO-4 N822", "medicare_b", Route.REOPENING, Sending.REOPENING, date(2027, 4, 1)),
        ("CO-4 N822", "cigna", Route.CORRECT, Sending.REPLACEMENT, FILE_BY),
        ("CO-4 N822", "medicaid_tx", Route.CORRECT, Sending.UNKNOWN, FILE_BY),
        ("CO-16 MA130", "medicare_b", Route.NEW_CLAIM, Sending.ORIGINAL, FILE_BY),
        ("CO-16 N290 MA130", "medicare_b", Route.NEW_CLAIM, Sending.ORIGINAL, FILE_BY),
        ("CO-16 N290", "aetna", Route.CORRECT, Sending.REPLACEMENT, FILE_BY),
        ("CO-50", "medicare_b", Route.APPEAL, None, date(2026, 8, 4)),
        ("CO-50", "aetna", Route.APPEAL, None, date(2026, 9, 28)),
        ("CO-50", "cigna", Route.APPEAL, None, date(2026, 9, 28)),
        ("CO-50", "uhc_commercial", Route.APPEAL, None, date(2027, 4, 1)),
        ("CO-50", "humana", Route.APPEAL, None, None),
        ("CO-18", "medicare_b", Route.REOPENING, Sending.REOPENING, date(2027, 4, 1)),
        ("OA-18", "cigna", Route.STATUS, None, FILE_BY),
        ("CO-22", "cigna", Route.OTHER_PAYER, None, None),
        ("CO-252 M127", "cigna", Route.RECORDS, None, date(2026, 9, 28)),
        ("CO-197", "cigna", Route.AUTHORIZATION, Sending.REPLACEMENT, FILE_BY),
        ("PR-27", "cigna", Route.OTHER_PAYER, None, None),
        ("PR-204 N130", "cigna", Route.PATIENT, None, None),
        ("CO-96 N563", "medicare_b", Route.GIVE_UP, None, None),
        ("CO-119", "medicare_b", Route.REOPENING, Sending.REOPENING, date(2027, 4, 1)),
        ("PI-45", "cigna", Route.APPEAL, None, date(2026, 9, 28)),
        ("CO-97 N70", "medicare_b", Route.OTHER_PAYER, None, None),
        ("OA-18 N522", "cigna", Route.STATUS, None, FILE_BY),
        ("OA-209", "medicare_advantage", Route.OTHER_PAYER, None, None),
        ("PR-119", "aetna", Route.PATIENT, None, None),
        ("CO-119", "aetna", Route.APPEAL, None, date(2026, 9, 28)),
        ("CO-50 N211", "medicare_b", Route.STATUS, None, FILE_BY),
        ("CO-252 N211", "cigna", Route.STATUS, None, FILE_BY),
        ("CO-4 N211", "medicare_b", Route.REOPENING, Sending.REOPENING, date(2027, 4, 1)),
        ("OA-45", "cigna", Route.STATUS, None, FILE_BY),
        ("OA-23", "medicare_b", Route.STATUS, None, FILE_BY),
        ("CO-23", "cigna", Route.STATUS, None, FILE_BY),
        ("PR-45", "cigna", Route.PATIENT, None, None),
        ("PR-45", "medicare_b", Route.STATUS, None, FILE_BY),
        ("PR-45", "medicaid_tx", Route.STATUS, None, FILE_BY),
        ("PR-45", "wc_ca", Route.STATUS, None, FILE_BY),
    ],
)
def test_the_way(text: str, payer: str, route: Route, sending: Sending | None, due: date | None) -> None:
    found = done(text, payer)
    assert (found.route, found.sending, found.deadline.on) == (route, sending, due)


@pytest.mark.parametrize(
    ("text", "payer", "told"),
    [
        ("PR-1", "medicare_b", "share of what is allowed"),
        ("CO-16 MA130", "medicare_b", "not processed"),
        ("CO-29", "medicare_b", "not decided at all"),
        ("CO-59", "medicare_b", "no decision that an appeal can change"),
        ("CO-222", "cigna", "the contract sets the limit"),
        ("CO-50 N211", "medicare_b", "no right of appeal"),
        ("CO-4 N211", "cigna", "no right of appeal"),
        ("CO-16 MA130 N211", "medicare_b", "not processed"),
        ("OA-209", "medicare_advantage", "share of what is allowed"),
    ],
)
def test_what_is_never_appealed(text: str, payer: str, told: str) -> None:
    found = done(text, payer)
    assert not found.may_appeal
    assert told in found.never_because
    assert found.step is None


def test_late_filing_is_appealed_to_a_commercial_payer_with_proof() -> None:
    found = done("CO-29", "cigna")
    assert (found.may_appeal, found.route, found.chance) == (True, Route.APPEAL, Chance.FAIR)


def test_a_pair_that_no_modifier_parts_is_never_appealed() -> None:
    found = done("CO-97", "medicare_b", code="97164", codes=("97161",))
    assert (found.route, found.chance, found.may_appeal) == (Route.GIVE_UP, Chance.NONE, False)
    assert "97161" in found.never_because


def test_a_pair_that_a_modifier_parts() -> None:
    bare = done("CO-236", "medicare_b", code="97110", codes=("97150",))
    assert (bare.route, bare.may_appeal) == (Route.REOPENING, True)
    marked = done("CO-236", "medicare_b", code="97110", modifiers=("59", "GP"), codes=("97150",))
    assert (marked.route, marked.deadline.on) == (Route.APPEAL, date(2026, 8, 4))


def test_a_payer_whose_edits_nobody_has_read_is_not_judged_by_medicares() -> None:
    found = done("CO-97", "humana", code="97164", codes=("97161",))
    assert (found.route, found.may_appeal) == (Route.CORRECT, True)


def test_what_is_not_the_patients_is_never_sent_to_the_patient() -> None:
    assert done("CO-204", "cigna").route is Route.APPEAL
    assert done("CO-35", "cigna").route is Route.APPEAL
    assert done("PR-35", "cigna").route is Route.PATIENT


def test_a_code_that_is_not_explained() -> None:
    found = done("CO-A8", "cigna")
    assert (found.handling, found.route, found.cause) == (None, Route.APPEAL, DenialCause.PAYER)


def test_a_remark_only_decides_where_the_reason_says_nothing() -> None:
    assert done("CO-50 N115", "cigna").because.startswith("Won where the notes show skilled need")
    assert done("CO-96 N115", "cigna").because == "Won where the record meets the local policy."
    assert done("CO-16", "cigna").because.startswith("The remark that decides is not told")


def test_the_levels_of_medicare() -> None:
    terms = terms_of("medicare_b", NOTICE)
    assert [(step.name, step.days, of_step(step, NOTICE).on) for step in terms.steps] == [
        ("redetermination", 120, date(2026, 8, 4)),
        ("reconsideration", 180, date(2026, 10, 3)),
        ("hearing", 60, date(2026, 6, 5)),
        ("Medicare Appeals Council", 60, date(2026, 6, 5)),
        ("federal district court", 60, date(2026, 6, 5)),
    ]
    hearing, court = terms.steps[2], terms.steps[4]
    assert (least_amount("medicare_b", hearing, NOTICE), least_amount("medicare_b", court, NOTICE)) == (20_000, 196_000)
    assert least_amount("medicare_b", hearing, date(2025, 12, 31)) == 19_000
    assert least_amount("medicare_b", hearing, date(2027, 1, 1)) is None


def test_a_step_that_counts_from_the_notice_of_payment_is_not_moved_by_a_later_decision() -> None:
    decided = date(2026, 9, 30)
    united = terms_of("uhc_commercial", NOTICE).steps
    # One reconsideration and one appeal, both within the same twelve months.
    assert [(step.name, of_step(step, decided, NOTICE).on) for step in united] == [
        ("reconsideration", date(2027, 4, 1)),
        ("appeal", date(2027, 4, 1)),
    ]
    assert [of_step(step, decided).on for step in united] == [date(2027, 9, 30)] * 2
    aetna = terms_of("aetna", NOTICE).steps
    assert [of_step(step, decided, NOTICE).on for step in aetna] == [date(2026, 9, 28), date(2026, 11, 29)]
    medicare = terms_of("medicare_b", NOTICE).steps
    assert of_step(medicare[1], decided, NOTICE).on == date(2027, 4, 3)


def test_a_step_in_words() -> None:
    assert [within(step) for step in terms_of("aetna", NOTICE).steps] == [
        "180 days from the notice of payment",
        "60 days from the decision before",
    ]
    assert within(terms_of("uhc_commercial", NOTICE).steps[1]) == "12 months from the notice of payment"
    assert within(terms_of("medicare_b", NOTICE).steps[0]) == "120 days from receipt of the decision"
    step = terms_of("cigna", NOTICE).steps[0]
    assert within(replace(step, begins=None)) == "180 days from a day that was not read: look in the contract"
    assert within(replace(step, days=None)) == "unknown: look in the contract"


def test_months_end_with_their_month() -> None:
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2026, 11, 30), 1) == date(2026, 12, 30)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
