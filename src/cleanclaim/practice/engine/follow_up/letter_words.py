"""What letters to payers say: the argument, the passages of the note, the plan of care, the rules, what is enclosed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleanclaim import records
from cleanclaim.denials.strategy import Strategy
from cleanclaim.forms.appeal_letter import Citation
from cleanclaim.money import dollars
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import Claim, PlanOfCare, Signature, WorkItem, WorkKind
from cleanclaim.reference import adjustments, fee_schedule, payers
from cleanclaim.reference.denials import DenialCause, Route
from cleanclaim.rules.book import rules
from cleanclaim.sources import Confidence, Source

_DUPLICATE = "18"
_BRACKET = re.compile(r"\[[^\]]*\]")
_READ_IN = ", read in "
"""What stands in a source before how we came to read it."""
_AUTHORITIES = frozenset({"CMS", "Code of Federal Regulations", "United States Code"})
"""Publishers whose word a letter names; another payer's page, or a trade's, persuades nobody."""
_FEE_SCHEDULE = "medicare_fee_schedule"


def argument_for(items: Sequence[WorkItem], made: Strategy | None, *, is_reopening: bool, approval: str = "") -> str:
    """What a letter argues, proposed: a person changes it as the record wants. Paragraphs by blank lines.

    What only a person knows stands in brackets; a letter is not kept while one is left. `approval` is the number of the
    authorization that the claim was filed with, if any.
    """
    first = max(items, key=lambda item: item.cents)
    if first.kind == WorkKind.TAKEN_TWICE.value:
        return (
            "We had returned this overpayment with a check, and you recovered it from a later payment as well. The "
            "calculation below shows what was owed, what we sent, and what you took. Please tell us on which day the "
            "check was credited."
        )
    if first.kind == WorkKind.UNDERPAYMENT.value:
        return (
            "The amount allowed is below the fee schedule or contract that holds for the date of service. The "
            "calculation below shows what you allowed and what is due; it takes account of reductions for several "
            "procedures, of assistants, and of sequestration."
        )
    told = adjustments.carc(first.reason)
    meaning = f" ({told.meaning[:1].lower()}{told.meaning[1:]})" if told and told.meaning else ""
    opening = f"You denied payment with reason {first.group}-{first.reason}{meaning}."
    if is_reopening and first.reason == _DUPLICATE:
        return (
            f"{opening} The services were taken for those of another claim, and are not: "
            "[say which claim it was, and how the services differ]."
        )
    if is_reopening:
        return (
            f"{opening} This was a clerical error on the claim, and not a question of coverage.\n\n"
            "What is corrected: [say what the claim said, and what is right]."
        )
    if approval and made is not None and made.route is Route.AUTHORIZATION:
        return f"{opening}\n\nThe claim was filed with authorization {approval}. A copy of it is enclosed."
    by_cause = {
        DenialCause.DOCUMENTATION: "The record shows the skilled service, why it was needed on that day, and the "
        "progress that was measured; the passages are cited below and enclosed in full.",
        DenialCause.CODING: "The record supports each line as billed: what was done, and for how long, is cited below.",
        DenialCause.FRONT_OFFICE: "The decision rests on a fact that was otherwise: [say which, and what proves it]. "
        "The proof is enclosed.",
        DenialCause.PAYER: "The decision does not follow from the plan or contract as we have it; please name the "
        "provision on which it rests.",
        DenialCause.PATIENT: "The patient has been asked to answer you; the service itself is shown below.",
    }
    return f"{opening}\n\n{by_cause[made.cause if made is not None else DenialCause.PAYER]}"


def is_filled_in(argument: str) -> bool:
    """Whether no bracket is left that a person was to fill in."""
    return not _BRACKET.search(argument)


def request_for(items: Sequence[WorkItem], *, is_reopening: bool) -> str:
    """The request of a letter in one sentence. What was allowed too little is to be allowed, not paid in full."""
    short = sum(item.cents for item in items if item.kind == WorkKind.UNDERPAYMENT.value)
    twice = sum(item.cents for item in items if item.kind == WorkKind.TAKEN_TWICE.value)
    denied = sum(item.cents for item in items) - short - twice
    asks = []
    if twice:
        asks.append(f"pay {dollars(twice)} back that you recovered a second time")
    if denied:
        begins = "reopen your decision" if is_reopening else "reverse your decision"
        asks.append(f"{begins} and pay the lines above, of which {dollars(denied)} is in dispute")
    if short:
        asks.append(f"allow {dollars(short)} more for the lines above, and pay your part of it")
    return f"We ask you to {', and to '.join(asks)}."


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
        times = "once" if plan.frequency_per_week == 1 else f"{plan.frequency_per_week} times"
        weeks = f"{plan.duration_weeks} week{'' if plan.duration_weeks == 1 else 's'}"
        words += f", {times} a week for {weeks}"
    found = [words]
    found += [f"Goal: {goal}" for goal in plan.goals or ()]
    for one in plan.certifications.all():
        on = one.on or one.verbal_on
        who = f" by {one.by}" if one.by else ""
        found.append(f"Certified ({one.method.replace('_', ' ')}){who}{f' on {on:%m/%d/%Y}' if on else ''}")
    return found


def rule_words(claim: Claim, items: Sequence[WorkItem], made: Strategy | None) -> list[str]:
    """Who says so: the sources of the rules that speak of the reason, and of the price, as a payer can look them up."""
    named = {code for item in items for code in item.foreseen_by}
    begins = made.handling.rules if made is not None and made.handling is not None else ()
    speaking = [rule for rule in rules() if rule.code in named]
    for begin in begins:
        first = next((rule for rule in rules() if rule.code.startswith(begin)), None)
        speaking += [] if first is None else [first]
    found = [_quoted(source) for rule in speaking for source in rule.sources if _is_telling(source)]
    found += [f"Price: {_quoted(source)}" for source in _prices(claim, items)]
    return list(dict.fromkeys(found))


def _prices(claim: Claim, items: Sequence[WorkItem]) -> list[Source]:
    """Where the price of underpaid lines stands: the edition of Medicare's fee schedule, or the contract."""
    short = {item.code for item in items if item.kind == WorkKind.UNDERPAYMENT.value}
    day = claim.date_of_service
    basis = payers.setting(claim.payer, "price_basis", day, packs_of(claim.clinic).values()).dated
    if not short or basis is None:
        return []
    if basis.value.get("kind") != _FEE_SCHEDULE:
        return [basis.source]
    return [found.source for code in sorted(short) if (found := fee_schedule.rvu(code, day).dated) is not None]


def _is_telling(source: Source) -> bool:
    """Whether it binds a payer, and was read: a statute, a regulation, a manual."""
    return source.confidence in {Confidence.SEEN, Confidence.SECONDARY} and source.publisher in _AUTHORITIES


def _quoted(source: Source) -> str:
    """A source as a letter names it: without when and in what copy we have read it."""
    return f"{source.publisher}, {source.title}, {source.section.partition(_READ_IN)[0]}"


ENROLLEE = "enrollee"
"""How the names of steps begin that are the patient's own right: somebody else takes them only on their behalf."""


def enclosures_for(claim: Claim, items: Sequence[WorkItem], step: str = "") -> list[str]:
    """What is usually enclosed with such a letter, as far as the record has it; `step` is the step of appeal."""
    if all(item.kind == WorkKind.TAKEN_TWICE.value for item in items):
        return ["The check, both sides, and the statement that shows it was cashed", "Your remittances named above"]
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
    if step.startswith(ENROLLEE):
        found.append(f"Appointment of {claim.clinic.name} as the patient's representative, signed by the patient")
    return found
