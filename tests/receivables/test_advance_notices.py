"""Advance notices: editions by day, modifiers by coverage and choice, the limit of a course on both sides of its end."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.receivables.advance_notices import NoticeUse, consequence, last_day, use_of
from cleanclaim.records import NoticeChoice, NoticeCoverage
from cleanclaim.reference import advance_notice, modifiers


@pytest.mark.parametrize(
    ("day", "expires"),
    [
        (date(2023, 6, 29), []),
        (date(2023, 6, 30), [date(2026, 1, 31)]),
        (date(2026, 3, 20), [date(2026, 1, 31)]),
        (date(2026, 3, 21), [date(2029, 3, 31), date(2026, 1, 31)]),
        (date(2026, 5, 11), [date(2029, 3, 31), date(2026, 1, 31)]),
        (date(2026, 5, 12), [date(2029, 3, 31)]),
        (date(2029, 3, 31), [date(2029, 3, 31)]),
        (date(2029, 4, 1), []),
    ],
)
def test_the_edition_of_a_day(day: date, expires: list[date]) -> None:
    assert [one.expires for one in advance_notice.editions_on(day)] == expires


def test_the_form_has_its_number_and_ten_blanks() -> None:
    form = advance_notice.form()
    assert (form.number, form.approval, "".join(form.blanks)) == ("CMS-R-131", "0938-0566", "ABCDEFGHIJ")


@pytest.mark.parametrize(
    ("coverage", "choice", "carries", "bills", "patient_pays"),
    [
        (NoticeCoverage.EXPECTED_DENIAL, NoticeChoice.BILL, ("GA",), True, True),
        (NoticeCoverage.EXPECTED_DENIAL, NoticeChoice.DO_NOT_BILL, (), False, True),
        (NoticeCoverage.EXPECTED_DENIAL, NoticeChoice.NO_CARE, (), False, False),
        (NoticeCoverage.EXPECTED_DENIAL, None, ("GZ",), True, False),
        (NoticeCoverage.EXCLUDED, NoticeChoice.BILL, ("GY", "GX"), True, True),
        (NoticeCoverage.EXCLUDED, NoticeChoice.DO_NOT_BILL, (), False, True),
        (NoticeCoverage.EXCLUDED, NoticeChoice.NO_CARE, (), False, False),
        (NoticeCoverage.EXCLUDED, None, ("GY",), True, True),
    ],
)
def test_what_follows(
    coverage: NoticeCoverage, choice: NoticeChoice | None, carries: tuple[str, ...], *, bills: bool, patient_pays: bool
) -> None:
    found = consequence(coverage, choice)

    assert (found.modifiers, found.bills_medicare, found.patient_pays) == (carries, bills, patient_pays)
    # What is proposed together does not contradict itself by the list of modifiers.
    for one in carries:
        entry = modifiers.get(one)
        assert entry is not None
        assert not set(entry.conflicts) & set(carries)


def test_only_original_medicare_has_the_notice() -> None:
    assert [use_of(kind) for kind in ("medicare_b", "medicare_advantage", "commercial", "cash")] == [
        NoticeUse.USED, NoticeUse.PLAN_DECIDES, NoticeUse.NOT_USED, NoticeUse.NOT_USED,
    ]  # fmt: skip


def test_a_course_was_limited_to_a_year_until_the_limit_ended() -> None:
    assert last_day(date(2021, 10, 13)) == date(2022, 10, 12)
    assert last_day(date(2021, 10, 14)) is None
