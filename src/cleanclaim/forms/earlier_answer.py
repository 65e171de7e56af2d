"""What earlier payers decided on a claim, as the page that goes with a paper claim to the next payer.

A payer that comes second wants the first one's remittance with the form. Remittances come as files, so the page repeats
what the file said of this claim and no other: paid and adjusted by line, with groups and reasons, and what was left.
"""

from __future__ import annotations

from collections.abc import Iterable

from cleanclaim.forms.page import ACCENT, BOLD, LEFT, QUIET, RIGHT, ROW, SMALL, Page
from cleanclaim.forms.problems import FormNotPrintableError, FormProblem
from cleanclaim.money import dollars
from cleanclaim.records import AdjudicatedLine, Adjudication, Adjustment, AdjustmentGroup, Claim, ClaimLine, ClaimPayer
from cleanclaim.reference import adjustments

_CODE, _UNITS, _CHARGE, _PAID, _WHY = LEFT + 62, LEFT + 190, LEFT + 260, LEFT + 330, LEFT + 346
"""Left edges of the code and the reasons, right edges of units, charge and paid, in points."""
_TOTAL = 40
_ANSWER = 110


def render_earlier_answers(claim: Claim) -> bytes:
    """The page as PDF, for a claim to a later payer: one part for each payer that decided before, in order.

    Raises:
        FormNotPrintableError: no payer has decided on the claim, or a name has letters that the page lacks.
    """
    decided = [(payer, payer.adjudication) for payer in claim.other_payers if payer.adjudication is not None]
    if not decided:
        problem = FormProblem(claim.id, "earlier payers", "no decision", "one of each payer before the one billed")
        raise FormNotPrintableError((problem,))
    billing = claim.billing
    page = Page("Earlier payers' decisions", claim.id, author=billing.name, foot=f"{billing.name}, NPI {billing.npi}")
    page.text(LEFT, "What earlier payers decided", BOLD, 15, ACCENT)
    page.text_right(RIGHT, f"Claim {claim.id} to {claim.payer.name}", size=SMALL, color=QUIET)
    page.y -= 28
    told: list[Adjustment] = []
    for payer, answer in decided:
        _payer(page, claim, payer, answer)
        told += [*answer.adjustments, *(item for line in answer.lines for item in line.adjustments)]
    _reasons(page, told)
    return page.finished()


def _payer(page: Page, claim: Claim, payer: ClaimPayer, answer: Adjudication) -> None:
    page.need(_ANSWER)
    page.text(LEFT, f"{payer.name}, {payer.order.value} payer", BOLD, 11)
    page.y -= 16
    name = claim.patient.name
    facts = (
        ("Patient", f"{name.given_name} {name.family_name}, born {claim.patient.birth_date:%m/%d/%Y}"),
        ("Member id", payer.member_id),
        ("Claim", f"{claim.id}; the payer's number {answer.claim_number or 'is not told'}"),
        ("Decided on", f"{answer.adjudicated_on:%m/%d/%Y}"),
    )
    for label, text in facts:
        page.text(LEFT, label, size=SMALL, color=QUIET)
        page.text(_CODE, text)
        page.y -= ROW
    page.y -= 6
    page.band()
    for left, label in ((LEFT, "Date"), (_CODE, "Service"), (_WHY, "Not paid, and why")):
        page.text(left, label, BOLD, SMALL)
    for right, label in ((_UNITS, "Units"), (_CHARGE, "Charge"), (_PAID, "Paid")):
        page.text_right(right, label, BOLD, SMALL)
    page.y -= 18
    by_line = {line.line: line for line in answer.lines}
    for line in claim.lines:
        _line(page, line, by_line.get(line.number))
    _totals(page, claim, answer)


def _line(page: Page, line: ClaimLine, answer: AdjudicatedLine | None) -> None:
    why = [_told(item) for item in answer.adjustments] if answer is not None else []
    page.need(ROW * max(len(why), 1))
    page.text(LEFT, f"{line.date_of_service:%m/%d/%Y}")
    page.text(_CODE, " ".join((line.code, *line.modifiers)))
    page.text_right(_UNITS, str(line.units))
    page.text_right(_CHARGE, dollars(line.charge_cents))
    if answer is not None:
        page.text_right(_PAID, dollars(answer.paid_cents))
        if answer.code is not None and answer.code != line.code:
            why.append(f"decided as {' '.join((answer.code, *(answer.modifiers or ())))}")
    for text in why or [""]:
        page.text(_WHY, text)
        page.y -= ROW


def _totals(page: Page, claim: Claim, answer: Adjudication) -> None:
    page.need(_TOTAL)
    page.y += 4
    page.rule()
    page.y -= 12
    page.text(LEFT, "Total", BOLD)
    page.text_right(_CHARGE, dollars(claim.total_charge_cents), BOLD)
    page.text_right(_PAID, dollars(answer.paid_cents), BOLD)
    for item in answer.adjustments:
        page.text(_WHY, f"{_told(item)} on the whole claim")
        page.y -= ROW
    left = _left(answer)
    page.text(_WHY, f"left to the patient or the next payer: {dollars(left)}", BOLD)
    page.y -= 30


def _left(answer: Adjudication) -> int:
    said = (*answer.adjustments, *(item for line in answer.lines for item in line.adjustments))
    return sum(item.amount_cents for item in said if item.group is AdjustmentGroup.PATIENT)


def _told(item: Adjustment) -> str:
    return f"{item.group.value}-{item.reason}  {dollars(item.amount_cents)}"


def _reasons(page: Page, told: Iterable[Adjustment]) -> None:
    """What the reasons say, each once, in the order in which they come."""
    page.heading("Reasons")
    for code in dict.fromkeys(item.reason for item in told):
        known = adjustments.carc(code)
        words = known.meaning if known is not None and known.meaning else "as the published list has it"
        page.paragraph(f"{code}: {words}.", size=SMALL)
