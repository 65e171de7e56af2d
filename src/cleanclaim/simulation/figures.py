"""The figures of a synthetic year: what each desk filed, what came of it, and what the checks saw of what went wrong.

Cents are whole. A rate is given as its two counts, so that nobody has to ask of what. Nothing here depends on the
clock: the same year gives the same document.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from cleanclaim.bill.job import ClaimState
from cleanclaim.denials.prediction import Foresight
from cleanclaim.ledger.accounts import Account
from cleanclaim.ledger.book import Book
from cleanclaim.simulation.arm import ArmYear
from cleanclaim.simulation.desk import Outcome, Worked
from cleanclaim.simulation.material import slips
from cleanclaim.simulation.year import Year


def of_year(year: Year, worked: Sequence[Worked]) -> dict[str, Any]:
    """What was entered and what the desks made of it: visits, slips with how many were seen, and false alarms."""
    by_key = {one.key: one for one in worked}
    states, outcomes = Counter(one.first_state for one in worked), Counter(one.outcome for one in worked)
    to_file = sum(count for state, count in states.items() if state is not ClaimState.SUPERBILL)
    wrong = {key for found in year.slips.values() for one in found for key in one.visits}
    wrong |= year.gone
    right = [one for one in worked if one.key not in wrong]
    return {
        "visits": len(worked),
        "patients": len(year.patients),
        "first_look": {state.value: states.get(state, 0) for state in ClaimState},
        "clean_at_first_look": {"claims": states.get(ClaimState.READY, 0), "of": to_file},
        "outcomes": {outcome.value: outcomes.get(outcome, 0) for outcome in Outcome},
        "slips": [_slip(name, year, by_key) for name in slips()],
        "held_without_cause": {
            "visits": sum(bool(one.blocking) for one in right),
            "of": len(right),
            "rules": dict(Counter(rule for one in right for rule in one.blocking).most_common()),
        },
    }


def _slip(name: str, year: Year, worked: dict[str, Worked]) -> dict[str, Any]:
    """One kind of slip: how often it happened, and of how many visits a check objected to at least one."""
    found = [one for group in year.slips.values() for one in group if one.name == name]
    seen = held = 0
    for one in found:
        own = [worked[key] for key in (*one.visits, *(visit.id for visit in one.entered)) if key in worked]
        seen += any(item.rules or item.first_state is ClaimState.QUESTION for item in own)
        held += any(item.blocking or item.first_state is ClaimState.QUESTION for item in own)
    return {
        "slip": name,
        "times": len(found),
        "visits": sum(len(one.visits) for one in found),
        "seen": seen,
        "held": held,
    }


def of_arm(arm: ArmYear) -> dict[str, Any]:
    """What one desk's year came to."""
    tally, book, appeals = arm.clearing.tally, arm.clearing.books.book, arm.appeals
    paid_days = sum(cents for _days, cents in tally.paid_days)
    stock = arm.snapshot
    return {
        "claims": {
            "filed": tally.filed,
            "filed_again": tally.again,
            "not_writable": tally.unfit,
            "accepted": tally.accepted,
            "returned": _counted(tally.returned),
            "answered": tally.answered,
            "first_pass": {"claims": tally.first_pass, "of": tally.filed},
            "still_waiting": arm.waiting,
        },
        "denials": _denials(arm),
        "ways_to_the_money": _counted(tally.routes),
        "not_predicted": sum(one.foresight is not Foresight.FORESEEN for one in tally.denials),
        "dollars": dollars_of(book),
        "paid_against_objections_cents": arm.paid_against_objections_cents,
        "days_in_receivables": {
            "on": stock.on.isoformat(),
            "open_cents": stock.open_to_payers + stock.open_to_patients,
            "charged_in_90_days_cents": stock.charged_in_last_90_days,
            "days": _ratio((stock.open_to_payers + stock.open_to_patients) * 90, stock.charged_in_last_90_days),
        },
        "days_to_payment": _ratio(sum(days * cents for days, cents in tally.paid_days), paid_days),
        "answers": {
            "remittances": tally.remittances,
            "paying_nothing": tally.empty,
            "reversals": tally.reversals,
            "sent_on": tally.forwarded,
            "by_next_payer": tally.by_secondary,
            "split": tally.split,
            "paid_as_one": tally.packaged,
            "paid_as_another_code": tally.recoded,
            "late_with_interest": tally.late,
            "provider_adjustments": _counted(tally.provider),
            "suspended": _counted(tally.suspended),
        },
        "appeals": {
            "filed": sum(appeals.filed.values()),
            "disputed_cents": appeals.disputed_cents,
            "levels": [{"level": level, "filed": count} for level, count in sorted(appeals.filed.items())],
            "overturned": appeals.decided["overturned"],
            "upheld": appeals.decided["upheld"],
            "dismissed": appeals.decided["dismissed"],
            "waiting": appeals.waiting,
            "won_cents": tally.won_cents,
        },
        "sent_again_unchanged": {"claims": tally.unchanged, "paid_cents": tally.unchanged_paid_cents},
        "repaid_by_check_cents": tally.repaid_cents,
        "patients": {
            "superbills": arm.superbills,
            "statements": sum(arm.patients.statements.values()),
            "payments": arm.patients.payments,
            "paid_cents": arm.patients.paid_cents,
        },
        "ledger": {"transactions": len(book), "lines": sum(1 for _line in book.lines()), "faults": arm.faults},
        "ended_on": arm.ended_on.isoformat() if arm.ended_on is not None else None,
    }


def dollars_of(book: Book) -> dict[str, int]:
    """Where every cent that was charged stands, and what lies outside the lines; `difference` must be 0."""
    sums: Counter[str] = Counter()
    for key in book.lines():
        state = book.line(key)
        sums["charged"] += state.charge
        sums["paid_by_payers"] += state.payer_paid
        sums["paid_by_patients"] += state.patient_paid
        sums["contractual"] += state.contractual
        sums["written_off"] += state.written_off
        sums["open_to_payers"] += state.open_to_payers
        sums["open_to_patients"] += state.open_to_patient
    names = ("paid_by_payers", "paid_by_patients", "contractual", "written_off", "open_to_payers", "open_to_patients")
    found = {name: sums[name] for name in ("charged", *names)}
    found["difference"] = found["charged"] - sum(found[name] for name in names)
    found["interest"] = -book.total(Account.INTEREST)
    found["provider_adjustments"] = book.total(Account.PROVIDER_ADJUSTMENT)
    found["suspense"] = -book.total(Account.SUSPENSE)
    found["patient_credit"] = -book.total(Account.PATIENT_CREDIT)
    found["cash"] = book.cash()
    return found


def _denials(arm: ArmYear) -> list[dict[str, Any]]:
    lines: Counter[tuple[str, str]] = Counter()
    cents: Counter[tuple[str, str]] = Counter()
    seen: Counter[tuple[str, str, Foresight]] = Counter()
    for one in arm.clearing.tally.denials:
        lines[one.group, one.reason] += 1
        cents[one.group, one.reason] += one.cents
        seen[one.group, one.reason, one.foresight] += 1
    return [
        {
            "group": group,
            "reason": reason,
            "lines": lines[group, reason],
            "cents": cents[group, reason],
            **{kind.value: seen[group, reason, kind] for kind in Foresight},
        }
        for group, reason in sorted(lines, key=lambda key: (-cents[key], key))
    ]


def _counted(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items()))


def _ratio(numerator: int, denominator: int) -> str | None:
    """A number with one decimal, as text; `None` where there is nothing to divide by."""
    if denominator <= 0:
        return None
    tenths = (20 * abs(numerator) + denominator) // (2 * denominator)
    return f"{'-' if numerator < 0 else ''}{tenths // 10}.{tenths % 10}"


def all_faults(figures: Iterable[dict[str, Any]]) -> int:
    """Places where a ledger does not hold, over the desks."""
    return sum(len(one["ledger"]["faults"]) + bool(one["dollars"]["difference"]) for one in figures)
