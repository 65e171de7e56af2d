"""What may not be asked of a patient: cost sharing once they are known to be a QMB, and what no notice told of."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.entries import Kind
from cleanclaim.receivables.lines import AccountLine, Move
from cleanclaim.receivables.protection import Told, is_protected_on
from cleanclaim.receivables.statements import NOT_TOLD_WORDS, PROTECTED_WORDS, visits
from cleanclaim.reference.patient_reasons import BY_ELIGIBILITY, NO_NOTICE

YES, NO = Told(date(2026, 3, 20), is_protected=True), Told(date(2026, 6, 2), is_protected=False)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 2, 28), None),
        (date(2026, 3, 1), True),  # of the month in which it was found out
        (date(2026, 5, 31), True),
        (date(2026, 6, 1), False),
        (date(2027, 1, 1), False),
    ],
)
def test_what_was_told_holds_from_its_month_on(day: date, expected: bool | None) -> None:  # noqa: FBT001 - three answers
    assert is_protected_on([NO, YES], day) is expected


def test_of_one_day_the_later_answer_counts_and_of_nothing_nothing_is_known() -> None:
    again = Told(YES.on, is_protected=False)

    assert (is_protected_on([YES, again], YES.on), is_protected_on([again, YES], YES.on)) == (False, True)
    assert is_protected_on([], YES.on) is None


def test_a_line_billed_without_a_notice_asks_nothing_of_what_was_found_not_necessary() -> None:
    moves = (
        Move(YES.on, Kind.CHARGE, Account.CHARGES, -10_000),
        Move(YES.on, Kind.CHARGE, Account.PAYER_OPEN, 10_000, "primary"),
        Move(YES.on, Kind.REMITTANCE, Account.PAYER_OPEN, -10_000, "primary"),
        Move(YES.on, Kind.REMITTANCE, Account.PATIENT_OPEN, 8_000, reason="50"),
        Move(YES.on, Kind.REMITTANCE, Account.PATIENT_OPEN, 2_000, reason="2"),
    )

    def told(*remarks: str) -> tuple[int, int, list[str]]:
        line = AccountLine("a", YES.on, "97110", "1", moves, frozenset(remarks))
        (visit,) = visits([line], str, None)
        words = [said for said in (PROTECTED_WORDS, NOT_TOLD_WORDS) if said in [one for one, _cents in visit.told]]
        return line.owed_cents, line.protected_cents, words

    assert told() == (10_000, 0, [])
    assert told(NO_NOTICE) == (2_000, 8_000, [NOT_TOLD_WORDS])
    assert told(BY_ELIGIBILITY) == (8_000, 2_000, [PROTECTED_WORDS])
    assert told(NO_NOTICE, "N782")[:2] == (0, 10_000)
