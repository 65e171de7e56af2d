"""The last day of each way to the money, and where it was read. A limit that nobody has read is unknown, never open."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from cleanclaim.dates import written
from cleanclaim.denials.terms import AppealStep
from cleanclaim.reference import values
from cleanclaim.sources import Source

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day, how it is counted in words, and who says so. `on` is `None` where the limit is not known."""

    on: date | None
    words: str
    source: Source | None = None


UNKNOWN = Deadline(None, "unknown: look in the contract")
NONE = Deadline(None, "none")


def of_filing(file_by: date | None) -> Deadline:
    """The last day to send a claim again: that of filing, where the contract says nothing of corrected claims."""
    if file_by is None:
        return UNKNOWN
    return Deadline(file_by, "last day of filing; a contract may count corrected claims otherwise")


def of_reopening(notice_on: date) -> Deadline:
    """The last day on which Medicare reopens its decision for any reason; unknown where that is not published."""
    months = values.on("medicare_reopening_months", notice_on)
    if months.dated is None:
        return UNKNOWN
    told = f"{months.dated.value} months from the notice of {written(notice_on)}"
    return Deadline(add_months(notice_on, months.dated.value), told, months.dated.source)


def of_step(step: AppealStep, notice_on: date, first_notice_on: date | None = None) -> Deadline:
    """The last day of a step of appeal.

    A step whose count has no beginning, or no length, in the payer's file has no known last day.

    Args:
        step: the step.
        notice_on: the day of the decision that it disputes.
        first_notice_on: the day of the remittance, where a step before has been decided since. Steps that a payer
            counts from its notice (`notice_date`) go on counting from that.
    """
    if step.begins is None or (step.days is None and step.months is None):
        return Deadline(None, UNKNOWN.words, step.source)
    begins = first_notice_on if first_notice_on is not None and step.begins == "notice_date" else notice_on
    told = f"the decision of {written(begins)}"
    if step.begins == "notice_received":
        receipt = values.on("medicare_notice_receipt_days", notice_on).value
        if receipt is None:
            return Deadline(None, UNKNOWN.words, step.source)
        begins = notice_on + timedelta(days=receipt)
        told = f"receipt, {receipt} days after the notice of {written(notice_on)}"
    if step.months is not None:
        return Deadline(add_months(begins, step.months), f"{step.months} months from {told}", step.source)
    return Deadline(begins + timedelta(days=step.days or 0), f"{step.days} days from {told}", step.source)


def within(step: AppealStep) -> str:
    """How long a step may be taken, in words: the length, and what it is counted from."""
    if step.days is None and step.months is None:
        return UNKNOWN.words
    length = f"{step.months} months" if step.months is not None else f"{step.days} days"
    begins = {
        "notice_received": "from receipt of the decision",
        "notice_date": "from the notice of payment",
        "previous_decision": "from the decision before",
    }.get(step.begins or "", "from a day that was not read: look in the contract")
    return f"{length} {begins}"


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of a month that is too short for it."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
