"""What the engine says of a visit → rows of a claim: its columns, lines and findings. Nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils import timezone

from cleanclaim import records
from cleanclaim.bill.job import Billed, BilledClaim, ClaimState, the_judge
from cleanclaim.bill.parts import filed_as
from cleanclaim.check.findings import Change, Finding
from cleanclaim.check.summary import BLOCKING, at_stake_cents, missing_inputs, most_cents
from cleanclaim.claims.splitting import replacement_of
from cleanclaim.facts.kit import Reach
from cleanclaim.lines.cases import CASH
from cleanclaim.lines.tables import Tables
from cleanclaim.practice.engine.judging.causes import cause_of
from cleanclaim.practice.engine.judging.units_left import left_units
from cleanclaim.practice.models import Claim, ClaimFinding, ClaimLine, ClaimStatus, Coverage
from cleanclaim.records import Frequency
from cleanclaim.x12 import Readiness

STATUSES = {
    ClaimState.READY: ClaimStatus.READY,
    ClaimState.HELD: ClaimStatus.HELD,
    ClaimState.QUESTION: ClaimStatus.QUESTION,
    ClaimState.NOT_JUDGED: ClaimStatus.NOT_JUDGED,
    ClaimState.SUPERBILL: ClaimStatus.SUPERBILL,
}
"""What a claim's status is by what the engine says of it, while no person holds it."""

_ROW_NUMBER = {"lines": "line_number", "services": "service_number", "diagnoses": "position"}
"""Column with a row's own number on its claim, by table."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that somebody set aside: who, when and why; and what the rule said then.

    It stays set aside while the rule says the same of the same place. The day of the check does not count as a
    difference: some rules name it.
    """

    rule: str
    place: str
    message: str
    by: Any
    at: Any
    because: str

    def meets(self, finding: Finding, on: date) -> bool:
        """Whether the rule still says the same."""
        said = _without_day(finding.message, on)
        return (finding.code, finding.place, said) == (self.rule, self.place, self.message)


def ignored_of(claim: Claim) -> list[Ignored]:
    """The findings of a claim that are set aside. Its findings were fetched with it, or are fetched now."""
    return [
        Ignored(row.rule, row.place, _without_day(row.message, claim.checked_on), row.ignored_by, row.ignored_at,
                row.ignored_because)
        for row in claim.findings.all()
        if row.ignored_at is not None
    ]  # fmt: skip


def _without_day(message: str, day: date | None) -> str:
    return message if day is None else message.replace(day.isoformat(), "today")


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines and findings of one claim, not saved yet, and the findings that were set aside and have changed since."""

    lines: list[ClaimLine]
    findings: list[ClaimFinding]
    lapsed: list[Ignored]


def fill(
    claim: Claim,
    item: BilledClaim,
    billed: Billed,
    *,
    coverages: Iterable[Coverage],
    ignored: Iterable[Ignored],
    as_of: date,
) -> Rows:
    """Write what the engine says into a claim's columns; returns its lines and findings.

    Nothing is saved. A person's hold stays as it is.

    Args:
        claim: the row, with clinic, visit, patient, number and frequency.
        item: what the engine says of its visit.
        billed: the whole job, whose tables the changes refer to.
        coverages: the patient's coverages.
        ignored: findings that were set aside before.
        as_of: the day of the check.
    """
    found = [finding for finding in item.findings if is_judged_alone(finding.code)]
    set_aside, lapsed = _met(found, list(ignored), as_of)
    standing = [finding for place, finding in enumerate(found) if place not in set_aside]
    record = filed_record(claim, item.claim)
    if claim.status != ClaimStatus.ON_HOLD.value:
        claim.status = STATUSES[item.state_with(standing)].value
    _who_pays(claim, item, coverages)
    claim.record = None if record is None else record.model_dump(mode="json")
    claim.charge_cents = item.charge_cents
    claim.allowed_cents = _total(item, "allowed_cents")
    claim.expected_cents = _total(item, "expected_payment_cents")
    claim.patient_share_cents = _total(item, "patient_share_cents")
    blocking = [finding for finding in standing if finding.severity in BLOCKING]
    others = [finding for finding in standing if finding.severity not in BLOCKING]
    most = most_cents(claim.allowed_cents, claim.charge_cents)
    claim.at_stake_cents = at_stake_cents(blocking, most)
    claim.left_cents = at_stake_cents(others, most)
    claim.left_units = left_units(others)
    claim.billed_units = _total(item, "units")
    claim.due_on = item.filing_deadline or item.filing_deadline_earliest
    claim.due_may_be_later = item.filing_deadline is None and claim.due_on is not None
    claim.questions = [
        {"about": asked.what, "question": asked.question, "candidates": list(asked.candidates)}
        for asked in item.prepared.questions
    ]
    claim.evidence = {
        "suggested": [asdict(one) for one in item.prepared.suggested],
        "not_billed": [asdict(one) for one in item.prepared.not_billed],
    }
    claim.missing = [
        {"name": missing.name, "rules": list(missing.rules), "checks": missing.checks}
        for missing in missing_inputs(one for one in item.unjudged if is_judged_alone(one.code))
    ]
    claim.unconfirmed = list(item.unconfirmed)
    claim.crashed = sorted(billed.crashed)
    claim.gaps = gaps_of(record) if claim.status != ClaimStatus.SUPERBILL.value else []
    claim.checked_at, claim.checked_on = timezone.now(), as_of
    findings = [_finding(claim, finding, set_aside.get(place), billed.tables) for place, finding in enumerate(found)]
    findings += [_finding(claim, finding, None, None) for finding in item.mended]
    return Rows([_line(claim, line) for line in item.lines], findings, lapsed)


def fill_own(claim: Claim, item: BilledClaim, *, as_of: date) -> Rows:
    """Write the lines that the patient pays for alone into the claim that is their superbill.

    No payer is asked, so nothing is judged and nothing is priced. Where none is left, the claim is closed.

    Args:
        claim: the row, with clinic, visit, patient and number.
        item: what the engine says of its visit.
        as_of: the day of the check.
    """
    record = filed_record(claim, item.withheld_claim)
    status = ClaimStatus.QUESTION if record is None else ClaimStatus.SUPERBILL
    claim.status = (status if item.withheld else ClaimStatus.CLOSED).value
    claim.payer, claim.coverage = CASH, None
    claim.payer_name = "" if record is None else record.payer.name[:80]
    claim.record = None if record is None else record.model_dump(mode="json")
    claim.charge_cents = None if record is None else sum(line.charge_cents for line in record.lines)
    asked = item.prepared.questions if record is None else ()
    claim.questions = [
        {"about": one.what, "question": one.question, "candidates": list(one.candidates)} for one in asked
    ]
    claim.checked_at, claim.checked_on = timezone.now(), as_of
    return Rows([_line(claim, line) for line in item.withheld], [], [])


@cache
def is_judged_alone(rule: str) -> bool:
    """Whether a claim, its patient's and its therapist's others decide what a rule says.

    Rules that compare therapists with each other judge archives: a piece of a clinic's claims is none, and what they
    say of it would change with the piece.
    """
    judge = the_judge()
    return all(judge.reach(one) < Reach.ARCHIVE for one in judge.rules if one.code == rule)


def _met(findings: Iterable[Finding], ignored: list[Ignored], as_of: date) -> tuple[dict[int, Ignored], list[Ignored]]:
    """By place among the findings: the decision that sets it aside; and decisions whose finding says other things."""
    met: dict[int, Ignored] = {}
    met_rules: set[int] = set()
    reached = list(findings)
    for place, finding in enumerate(reached):
        for number, decision in enumerate(ignored):
            if decision.meets(finding, as_of):
                met[place] = decision
                met_rules.add(number)
                break
    still = {(finding.code, finding.place) for finding in reached}
    lapsed = [
        decision
        for number, decision in enumerate(ignored)
        if number not in met_rules and (decision.rule, decision.place) in still
    ]
    return met, lapsed


def filed_record(claim: Claim, record: records.Claim | None) -> records.Claim | None:
    """The claim as it is filed: under its own number, and in place of an earlier one where it replaces one."""
    if record is None:
        return None
    if claim.frequency == Frequency.REPLACEMENT.value:
        return replacement_of(record, claim.original_reference, claim_id=claim.number)
    return record if record.id == claim.number else record.model_copy(update={"id": claim.number})


def gaps_of(record: records.Claim | None) -> list[dict[str, str]]:
    """What a claim still lacks before a file can hold it: field, what was found, what was expected."""
    if record is None:
        return []
    ready = Readiness.for_file()
    return [
        {"field": gap.field, "found": gap.found, "expected": gap.expected}
        for part in filed_as(record)
        for gap in ready.gaps(part)
    ]


def _who_pays(claim: Claim, item: BilledClaim, coverages: Iterable[Coverage]) -> None:
    case = item.prepared.case
    claim.payer = case.payer() or ""
    held = case.coverage()
    claim.coverage = None
    if held is not None:
        told = (held.order.value, held.payer, held.valid_from, held.valid_through)
        for row in coverages:
            if (row.order, row.payer, row.valid_from, row.valid_through) == told:
                claim.coverage = row
                break
    if item.claim is not None:
        claim.payer_name = item.claim.payer.name[:80]
    else:
        claim.payer_name = (held.payer_name if held is not None else "")[:80] or claim.payer


def _total(item: BilledClaim, name: str) -> int | None:
    """The sum of a column of whole numbers over the lines; unknown where one is, or where there is no line."""
    amounts = [line[name] for line in item.lines]
    known = [amount for amount in amounts if isinstance(amount, int)]
    return sum(known) if known and len(known) == len(amounts) else None


def _line(claim: Claim, line: Mapping[str, Any]) -> ClaimLine:
    return ClaimLine(
        clinic_id=claim.clinic_id,
        claim=claim,
        position=line["line_number"],
        code=line["code"] or "",
        modifiers=list(line["modifiers"]),
        units=line["units"],
        charge_cents=line["charge_cents"],
        pointers=list(line["pointers"] or ()),
        allowed_cents=line["allowed_cents"],
        expected_cents=line["expected_payment_cents"],
        patient_share_cents=line["patient_share_cents"],
        price_status=(line["price_status"] or "")[:30],
        origin=line["code_origin"] or "",
    )


def _finding(claim: Claim, finding: Finding, ignored: Ignored | None, tables: Tables | None) -> ClaimFinding:
    return ClaimFinding(
        clinic_id=claim.clinic_id,
        claim=claim,
        rule=finding.code,
        name=finding.name[:80],
        severity=finding.severity,
        cause=cause_of(finding.code).value,
        place=finding.place[:120],
        message=finding.message,
        cents=finding.cents,
        fix_title=finding.fix_title[:200],
        fix_safety=finding.fix_safety,
        changes=None if tables is None else [_change(change, finding, tables) for change in finding.changes],
        was_mended=tables is None,
        ignored_by=ignored.by if ignored else None,
        ignored_at=ignored.at if ignored else None,
        ignored_because=ignored.because if ignored else "",
    )


def _change(change: Change, finding: Finding, tables: Tables) -> dict[str, Any]:
    """A change as it is kept: by the row's number on its claim, which stays, and not by its key in the tables."""
    row = tables.frame(change.table).row(change.key, named=True)
    return {
        "table": change.table,
        "row": row.get(_ROW_NUMBER.get(change.table, ""), 0),
        "field": change.field,
        "old": _plain(change.old),
        "new": _plain(change.new),
        "is_own": row["claim_id"] == finding.claim_id,
    }


def kept_changes(finding: Finding, tables: Tables) -> list[dict[str, Any]]:
    """A finding's fix as a claim keeps it."""
    return [_change(change, finding, tables) for change in finding.changes]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a code, a number, modifiers
    return list(value) if isinstance(value, tuple) else value
