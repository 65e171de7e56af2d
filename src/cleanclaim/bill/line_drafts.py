"""The lines of a visit: as billed, or proposed with units, modifiers, charges and pointers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cleanclaim.bill.drafts import Draft, NotBilled, Question
from cleanclaim.bill.unit_proposals import Proposal
from cleanclaim.bill.withholding import has_notices
from cleanclaim.lines.cases import LineDraft
from cleanclaim.records import Clinic, NoticeChoice, Visit
from cleanclaim.reference import advance_notice, payers, procedures

_ASSISTANT_MODIFIER = {"PT": "CQ", "OT": "CO"}

_THERAPY_MODIFIER = "GP"

_POINTERS = 4

_PACKS = "97010"
"""Hot or cold packs, which many payers count as part of whatever else is done."""
_NEVER_PAID = "This payer counts packs as part of the other services and pays nothing for them. The note keeps them."


def draft_lines(draft: Draft, proposals: Mapping[str, list[Proposal]], clinic: Clinic | None) -> list[LineDraft]:
    """The lines of a visit: as somebody has billed them, else as they are proposed from what was done."""
    if draft.visit.billed is not None:
        return [_billed_line(draft, position, clinic) for position in range(len(draft.visit.billed))]
    lines: list[LineDraft] = []
    for proposal in sorted(proposals.get(draft.visit.id, ()), key=lambda item: item.order):
        if _is_never_paid(draft, proposal.code):
            known = procedures.get(proposal.code)
            what = f"{proposal.code} {known.label}" if known else proposal.code
            draft.found.not_billed.append(NotBilled(what, _NEVER_PAID))
        else:
            lines += _proposed_lines(draft, proposal, clinic)
    return lines


def _is_never_paid(draft: Draft, code: str) -> bool:
    """Whether the payer is known to pay nothing for a service, alone or beside others: no line is proposed for it."""
    if code != _PACKS:
        return False
    paid = payers.setting(draft.payer, "hot_cold_pack_payable", draft.visit.date_of_service, draft.packs).value
    return paid is False


def ask_what_a_claim_lacks(draft: Draft, lines: Sequence[LineDraft], clinic: Clinic) -> None:
    """A claim names a therapist whom the clinic lists, and a charge on every line."""
    if clinic.therapist(draft.visit.therapist) is None:
        draft.found.questions.append(
            Question("therapist", "Which therapist is this? clinic.json lists none under this key.")
        )
    uncharged = dict.fromkeys(line.code for line in lines if line.charge_cents is None and line.units is not None)
    draft.found.questions.extend(
        Question(code or "line", f"What is the charge for {code}? Neither the visit nor clinic.json has one.")
        for code in uncharged
    )


def ask_what_decisions_lack(draft: Draft) -> None:
    """A claim to the next payer repeats one decision of each payer before it, on the lines as they were filed."""
    visit, asked = draft.visit, draft.found.questions
    decided = [one.order for one in visit.adjudications]
    for order in dict.fromkeys(decided):
        if decided.count(order) > 1:
            asked.append(
                Question("payer", f"Which of the {order.value} payer's decisions stands? The visit has several.")
            )
    if decided and visit.billed is None:
        asked.append(
            Question("lines", "Which lines were filed? A payer has decided on them, and the visit lists none.")
        )
    coverages = draft.patient.coverages if draft.patient is not None else ()
    if decided and coverages and all(coverage.order in decided for coverage in coverages):
        asked.append(
            Question("payer", "Who is billed next? Every payer on file has decided; the rest may be the patient's.")
        )


def _billed_line(draft: Draft, position: int, clinic: Clinic | None) -> LineDraft:
    billed = (draft.visit.billed or ())[position]
    each = clinic.charges.get(billed.code.upper()) if clinic is not None else None
    charge = billed.charge_cents
    if charge is None and each is not None and billed.units is not None:
        charge = each * billed.units
    return LineDraft(
        code=billed.code.upper(),
        modifiers=billed.modifiers,
        units=billed.units,
        charge_cents=charge,
        pointers=billed.pointers if billed.pointers is not None else _pointers(draft.visit),
    )


def _pointers(visit: Visit) -> tuple[int, ...] | None:
    return None if visit.diagnoses is None else tuple(range(1, min(len(visit.diagnoses), _POINTERS) + 1))


def _proposed_lines(draft: Draft, proposal: Proposal, clinic: Clinic | None) -> Iterable[LineDraft]:
    """One line for the therapist's units and one for the assistant's; none where the minutes support no unit."""
    if proposal.units is None:
        counted = {proposal.eight_minute, proposal.midpoint}
        if proposal.minutes is None:
            asked = f"How many minutes was {proposal.code} furnished?{_placed(draft)}"
            draft.found.questions.append(Question(proposal.code, asked))
        elif None not in counted:
            draft.found.questions.append(
                Question(
                    proposal.code,
                    f"How does this payer count units? {proposal.minutes} minutes are {proposal.eight_minute} by the "
                    f"8-minute rule and {proposal.midpoint} by the midpoint rule.",
                )
            )
        yield _line(draft, proposal, None, (), clinic)
        return
    if proposal.assistant_units is None and draft.visit.assistant is not None:
        who = f"Which minutes of {proposal.code} did the assistant furnish, and which the therapist?"
        draft.found.questions.append(Question(proposal.code, who))
    assisted = proposal.assistant_units or 0
    noticed = _notice_modifiers(draft, proposal.code)
    modifiers = (*_modifiers(draft, proposal.code), *noticed)
    if proposal.units - assisted > 0:
        yield _line(draft, proposal, proposal.units - assisted, modifiers, clinic)
    if assisted > 0:
        # The assistant modifier stands only beside the therapy modifier.
        yield _line(draft, proposal, assisted, (_THERAPY_MODIFIER, _ASSISTANT_MODIFIER["PT"], *noticed), clinic)


def _placed(draft: Draft) -> str:
    """How many of the note's timed minutes have found their service, where the note gives their total."""
    if draft.found.total_timed_minutes is None:
        return ""
    timed = [item for item in draft.found.services or () if item.is_billable and _counts_as_timed(item.code)]
    placed = sum(item.minutes for item in timed if item.minutes is not None)
    return f" The note totals {draft.found.total_timed_minutes} timed minutes; {placed} are placed."


def _counts_as_timed(code: str | None) -> bool:
    procedure = procedures.get(code) if code is not None else None
    return procedure is not None and bool(procedure.is_timed)


def _line(
    draft: Draft, proposal: Proposal, units: int | None, modifiers: tuple[str, ...], clinic: Clinic | None
) -> LineDraft:
    each = clinic.charges.get(proposal.code) if clinic is not None else None
    return LineDraft(
        code=proposal.code,
        modifiers=modifiers,
        units=units,
        charge_cents=None if each is None or units is None else each * units,
        pointers=_pointers(draft.visit),
        origin="suggested",
    )


def _modifiers(draft: Draft, code: str) -> tuple[str, ...]:
    """The therapy modifier on a code that can be therapy, where the payer wants one and a plan covers the care."""
    wanted = payers.setting(draft.payer, "therapy_modifier", draft.visit.date_of_service, draft.packs).value
    procedure = procedures.get(code)
    if procedure is None or wanted is None or wanted == payers.NONE:
        return ()
    therapy = procedure.therapy.on(draft.visit.date_of_service).value
    planned = draft.patient is not None and bool(draft.patient.plans_of_care)
    always = therapy is not None and therapy.value == "always"
    sometimes = therapy is not None and therapy.value == "sometimes" and planned
    return (_THERAPY_MODIFIER,) if wanted == "every_line" or always or sometimes else ()


def _notice_modifiers(draft: Draft, code: str) -> tuple[str, ...]:
    """What the signed notice that names a service puts on its line, where the patient chose that Medicare is billed."""
    notice = draft.visit.notice_for(code) if has_notices(draft) else None
    if notice is None or notice.choice is not NoticeChoice.BILL:
        return ()
    return advance_notice.modifiers(notice.coverage, is_signed=True)
