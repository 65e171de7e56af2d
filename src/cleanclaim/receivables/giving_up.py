"""When an open amount may be given up: for which reasons, of whom, by whom, and on what evidence.

The clinic's rules are the same for every patient. Nothing is given up by itself, and never a copay because it is one:
waiving what a plan asks of its member, unasked and as a habit, is an inducement. A patient's need is tested one by one,
by a scale that is fixed beforehand, and written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cleanclaim.ledger.posting import PATIENT
from cleanclaim.money import divide, dollars

_WHOLE_E4 = 10_000


class Reason(StrEnum):
    """Why an open amount is given up."""

    SMALL_BALANCE = "small_balance"
    HARDSHIP = "hardship"
    BAD_DEBT = "bad_debt"
    PROTECTED = "protected"
    """Cost sharing of a Qualified Medicare Beneficiary that Medicaid left unpaid."""
    FINAL_DENIAL = "final_denial"
    """A payer denied, and no appeal is left or would win."""
    TIMELY_FILING = "timely_filing"
    CLINIC_ERROR = "clinic_error"


LABELS = {
    Reason.SMALL_BALANCE: "small balance, not worth collecting",
    Reason.HARDSHIP: "need, tested and documented",
    Reason.BAD_DEBT: "asked for, and not paid",
    Reason.PROTECTED: "may not be asked of the patient (QMB)",
    Reason.FINAL_DENIAL: "denied, nothing left to do",
    Reason.TIMELY_FILING: "filed too late",
    Reason.CLINIC_ERROR: "our own mistake",
}
"""The reasons in words."""

OF_PATIENTS = frozenset({Reason.SMALL_BALANCE, Reason.HARDSHIP, Reason.BAD_DEBT, Reason.PROTECTED, Reason.CLINIC_ERROR})
"""Reasons for which a patient's open amount may be given up."""
OF_PAYERS = frozenset({Reason.FINAL_DENIAL, Reason.TIMELY_FILING, Reason.CLINIC_ERROR})
"""Reasons for which a payer's open amount may be given up."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the clinic's scale: for a household of this size, up to this yearly income in cents, this part."""

    household: int
    income_cents: int
    part_e4: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The clinic's rules. `alone_cents` is what a biller gives up without the owner."""

    small_balance_cents: int
    due_in_days: int
    alone_cents: int
    scale: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """An open amount that is to be given up: of a line, owed by the patient or by a payer.

    `most_cents` is what is open, `since` since when; `protected_cents` is what of it may not be asked of the patient.
    """

    line: str
    owed_by: str
    cents: int
    most_cents: int
    since: date | None
    protected_cents: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides: the patient's whole balance, the statements they were sent, and what a test of need found.

    `need_e4` is in ten-thousandths, `None` where no test holds today.
    """

    on: date
    balance_cents: int
    statements: int
    need_e4: int | None


def part_for(scale: Iterable[Step], household: int, income_cents: int) -> int:
    """The part of a balance that the scale gives up for a household, in ten-thousandths: the largest that fits, or 0.

    A household larger than any on the scale is treated as the largest there is.
    """
    steps = list(scale)
    sizes = sorted({step.household for step in steps})
    if not sizes:
        return 0
    size = max((one for one in sizes if one <= household), default=None)
    fitting = [step.part_e4 for step in steps if step.household == size and income_cents <= step.income_cents]
    return max(fitting, default=0)


def objections(reason: Reason, amounts: Sequence[Amount], rules: Rules, situation: Situation) -> list[str]:
    """Why these amounts may not be given up for this reason; empty where they may."""
    if not amounts:
        return ["nothing is chosen; expected at least one line"]
    found = []
    for amount in amounts:
        if not 0 < amount.cents <= amount.most_cents:
            found.append(f"{dollars(amount.cents)} of a line; expected at most the {dollars(amount.most_cents)} open")
        whose = OF_PATIENTS if amount.owed_by == PATIENT else OF_PAYERS
        if reason not in whose:
            by = "a patient" if amount.owed_by == PATIENT else "a payer"
            found.append(f"{LABELS[reason]}: not a reason to give up what {by} owes")
    return [*dict.fromkeys([*found, *_of_reason(reason, amounts, rules, situation)])]


def _of_reason(reason: Reason, amounts: Sequence[Amount], rules: Rules, situation: Situation) -> list[str]:
    if reason is Reason.SMALL_BALANCE:
        return _small(amounts, rules, situation)
    if reason is Reason.HARDSHIP:
        return _hardship(amounts, situation)
    if reason is Reason.BAD_DEBT:
        due = situation.on - timedelta(days=rules.due_in_days)
        if not situation.statements:
            return ["no statement was ever sent; expected the patient to have been asked"]
        if any(amount.since is None or amount.since > due for amount in amounts):
            return [f"owed for less than {rules.due_in_days} days; expected the time to pay to be over"]
    if reason is Reason.PROTECTED and any(amount.cents > amount.protected_cents for amount in amounts):
        return ["neither a payer's remark (N781, N782, N783) nor eligibility (QMB) protects all of it"]
    return []


def _small(amounts: Sequence[Amount], rules: Rules, situation: Situation) -> list[str]:
    if situation.balance_cents > rules.small_balance_cents:
        small = dollars(rules.small_balance_cents)
        return [f"the patient owes {dollars(situation.balance_cents)} in all; a small balance is at most {small}"]
    due = situation.on - timedelta(days=rules.due_in_days)
    if any(amount.since is None or amount.since > due for amount in amounts):
        # A copay that is given up on the day of the visit is waived, whatever it is called.
        return [f"owed for less than {rules.due_in_days} days; expected the time to pay to be over"]
    return []


def _hardship(amounts: Sequence[Amount], situation: Situation) -> list[str]:
    if situation.need_e4 is None:
        return ["no test of need holds today; expected one on file"]
    if not situation.need_e4:
        return ["the test found no need by the clinic's scale"]
    most = sum(divide(amount.most_cents * situation.need_e4, _WHOLE_E4) for amount in amounts)
    if sum(amount.cents for amount in amounts) > most:
        return [f"more than the part by the scale; expected at most {dollars(most)} of these lines"]
    return []


def needs_owner(reason: Reason, cents: int, rules: Rules) -> bool:
    """Whether the owner decides: what is more than a biller gives up alone, unless the law forbids to ask for it."""
    return reason is not Reason.PROTECTED and cents > rules.alone_cents
