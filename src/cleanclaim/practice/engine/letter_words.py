"""What letters to payers say: the argument, the passages of the note, the plan of care, the rules, what is enclosed."""

from __future__ import annotations

from collections.abc import Sequence

from cleanclaim import records
from cleanclaim.denials.deadlines import Deadline
from cleanclaim.denials.strategy import Strategy
from cleanclaim.forms.appeal_letter import Citation
from cleanclaim.practice.engine.setting import packs_of
from cleanclaim.practice.models import Claim, PlanOfCare, Signature, WorkItem, WorkKind
from cleanclaim.reference import adjustments, payers
from cleanclaim.reference.denials import DenialCause
from cleanclaim.rules.book import rules


def argument_for(items: Sequence[WorkItem], made: Strategy | None, *, is_reopening: bool) -> str:
    """What a letter argues, proposed: a person changes it as the record wants. Paragraphs by blank lines."""
    first = max(items, key=lambda item: item.cents)
    if first.kind == WorkKind.UNDERPAYMENT.value:
        return (
            "The amount allowed is below the fee schedule or contract that holds for the date of service. The "
            "calculation below shows what you allowed and what is due; reductions for several procedures, assistants "
            "and sequestration are in it."
        )
    cause = made.cause if made is not None else DenialCause.PAYER
    told = adjustments.carc(first.reason)
    meaning = f"“{told.meaning}”" if told and told.meaning else first.reason
    opening = f"You refused payment with {first.group}-{first.reason}, in our words {meaning}."
    if is_reopening:
        return (
            f"{opening} This was a clerical error on the claim, and not a question of coverage.\n\nWhat is corrected: "
        )
    by_cause = {
        DenialCause.DOCUMENTATION: "The record shows the skilled service, why it was needed on that day, and the "
        "progress that was measured; the passages are cited below and enclosed in full.",
        DenialCause.CODING: "The record supports each line as billed: what was done, and for how long, is cited below.",
        DenialCause.FRONT_OFFICE: "The facts on which the decision rests were otherwise; the proof is enclosed.",
        DenialCause.PAYER: "The decision does not follow from the plan or contract as we have it; please name the "
        "provision on which it rests.",
        DenialCause.PATIENT: "The patient has been asked to answer you; the service itself is shown below.",
    }
    return f"{opening}\n\n{by_cause[cause]}"


def citations(claim: Claim, items: Sequence[WorkItem]) -> list[Citation]:
    """The passages of the note on which the disputed lines rest, and what it says of progress."""
    codes = {item.code for item in items}
    day = f"{claim.date_of_service:%m/%d/%Y}"
    suggested = (claim.evidence or {}).get("suggested", ())
    found = [
        Citation(f"Note of {day}, for {told['code']}", str(told["what"]))
        for told in suggested
        if told.get("code") in codes
    ]
    note_row = claim.visit.note
    if note_row is not None:
        text = records.Note.model_validate(note_row)
        assessment = text.assessment or _part(text.text, "A")
        if assessment:
            found.append(Citation(f"Note of {day}, assessment", assessment))
    for what in claim.visit.interventions or () if not found else ():
        minutes = f", {what['minutes']} minutes" if what.get("minutes") else ""
        found.append(Citation(f"Note of {day}", f"{what.get('what', '')}{minutes}"))
    return found


def _part(text: str, letter: str) -> str:
    """The part of a plain note under a heading of one letter, on one line."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines():
        plain = line.strip()
        if plain.rstrip(":").upper() in {"S", "O", "A", "P"}:
            inside = plain.rstrip(":").upper() == letter
        elif inside and plain:
            kept.append(plain.lstrip("- "))
    return "; ".join(kept)


def plan_words(claim: Claim) -> list[str]:
    """The plan of care of the day, and how it was certified."""
    plans = PlanOfCare.objects.filter(patient=claim.patient_id, established_on__lte=claim.date_of_service)
    plan = plans.prefetch_related("certifications__by").order_by("-established_on").first()
    if plan is None:
        return []
    words = f"Established {plan.established_on:%m/%d/%Y}"
    if plan.frequency_per_week and plan.duration_weeks:
        words += f", {plan.frequency_per_week} times a week for {plan.duration_weeks} weeks"
    found = [words]
    found += [f"Goal: {goal}" for goal in plan.goals or ()]
    for one in plan.certifications.all():
        on = one.on or one.verbal_on
        who = f" by {one.by}" if one.by else ""
        found.append(f"Certified ({one.method.replace('_', ' ')}){who}{f' on {on:%m/%d/%Y}' if on else ''}")
    return found


def rule_words(claim: Claim, items: Sequence[WorkItem], made: Strategy | None, deadline: Deadline) -> list[str]:
    """Who says so: the sources of the rules that speak of the reason, of the price, and of the time limit."""
    named = {code for item in items for code in item.foreseen_by}
    begins = made.handling.rules if made is not None and made.handling is not None else ()
    found = [rule.sources[0].cite() for rule in rules() if rule.code in named]
    for begin in begins:
        first = next((rule for rule in rules() if rule.code.startswith(begin)), None)
        if first is not None:
            found.append(first.sources[0].cite())
    if any(item.kind == WorkKind.UNDERPAYMENT.value for item in items):
        basis = payers.setting(claim.payer, "price_basis", claim.date_of_service, packs_of(claim.clinic).values())
        if basis.dated is not None:
            found.append(f"Price: {basis.dated.source.cite()}")
    if deadline.source is not None:
        found.append(f"Time limit: {deadline.source.cite()}")
    return list(dict.fromkeys(found))


def enclosures_for(claim: Claim, items: Sequence[WorkItem]) -> list[str]:
    """What is usually enclosed with such a letter, as far as the record has it."""
    day = f"{claim.date_of_service:%m/%d/%Y}"
    found = [f"Treatment note of {day}"]
    if Signature.objects.filter(visit=claim.visit_id).exists():
        found[0] += ", signed"
    if all(item.kind == WorkKind.UNDERPAYMENT.value for item in items):
        return ["Your remittance advice", f"Claim {claim.number} as it was filed", "The fee schedule or contract page"]
    if plan_words(claim):
        found.append("Plan of care with its certification")
    if any(item.answer_id for item in items):
        found.append("Your remittance advice")
    found.append(f"Claim {claim.number} as it was filed")
    return found
