"""What an advance beneficiary notice leads to: who pays, whether Medicare is billed, which modifiers the lines carry.

A notice is required where Medicare covers a service and is expected to deny it here as not necessary; without it the
clinic bears the denial. It is voluntary where Medicare never covers the service. Only patients of Original Medicare get
one: under Medicare Advantage the plan decides beforehand (organization determination), and whoever pays otherwise has
no such notice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cleanclaim.receivables.estimates import months_after
from cleanclaim.records import NoticeChoice, NoticeCoverage
from cleanclaim.reference import advance_notice, values


class NoticeUse(StrEnum):
    """Whether a payer's patients get the notice."""

    USED = "used"
    PLAN_DECIDES = "plan decides"
    """Medicare Advantage: ask the plan for an organization determination before care."""
    NOT_USED = "not used"


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows for claims: the modifiers of each line of the service, and who may be asked to pay."""

    modifiers: tuple[str, ...]
    bills_medicare: bool
    patient_pays: bool
    words: str


def use_of(payer_kind: str) -> NoticeUse:
    """Whether patients of a kind of payer (`Payer.kind`) get the notice."""
    return {"medicare_b": NoticeUse.USED, "medicare_advantage": NoticeUse.PLAN_DECIDES}.get(
        payer_kind, NoticeUse.NOT_USED
    )


def consequence(coverage: NoticeCoverage, choice: NoticeChoice | None) -> Consequence:
    """What follows from what Medicare covers and what the patient chose; `None`: no notice was signed before care."""
    if choice is NoticeChoice.NO_CARE:
        return Consequence(
            (), bills_medicare=False, patient_pays=False, words="No care is given, and nothing is billed."
        )
    if choice is NoticeChoice.DO_NOT_BILL:
        return Consequence(
            (), bills_medicare=False, patient_pays=True,
            words="Medicare is not billed; the patient pays and cannot appeal to Medicare.",
        )  # fmt: skip
    modifiers = advance_notice.modifiers(coverage, is_signed=choice is not None)
    if coverage is NoticeCoverage.EXCLUDED:
        words = "Medicare is billed for a denial, which lets the patient or another plan be billed."
    elif choice is None:
        words = "Medicare is billed with GZ and denies by itself; the clinic bears the cost."
    else:
        words = "Medicare is billed with GA and without KX; if it denies, the patient pays and may appeal."
    patient_pays = coverage is NoticeCoverage.EXCLUDED or choice is not None
    return Consequence(modifiers, bills_medicare=True, patient_pays=patient_pays, words=words)


def last_day(begins_on: date) -> date | None:
    """The last day that one notice may cover a course of care begun on a day; `None` where no limit holds."""
    months = values.on("advance_notice_course_months", begins_on).value
    return None if months is None else months_after(begins_on, months) - timedelta(days=1)
