"""Make visits ready for the tables: read notes, settle codes, and propose lines where nobody has billed yet.

A proposed line comes from what the note says: its code from the words, its units from the minutes by the payer's
method, its assistant modifier from who furnished them. What the note leaves open is a question, never a guess,
and a line of unknown units is never left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cleanclaim.bill.drafts import Draft, LeftOut, NotBilled, Question, Suggested
from cleanclaim.bill.line_drafts import ask_what_a_claim_lacks, ask_what_decisions_lack, draft_lines
from cleanclaim.bill.reading_pool import read_all
from cleanclaim.bill.unit_proposals import Proposal, propose_units
from cleanclaim.bill.withholding import rest_of, withheld_lines
from cleanclaim.lines.cases import Case, LineDraft, order_billed
from cleanclaim.records import Clinic, Patient, Visit
from cleanclaim.reference import payers
from cleanclaim.reference.payers import Payer
from cleanclaim.units.assistants import AssistantMethod


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case with what was read, suggested and left open on the way to it."""

    case: Case
    suggested: tuple[Suggested, ...] = ()
    not_billed: tuple[NotBilled, ...] = ()
    questions: tuple[Question, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    """What the note names and nobody is billed for, because the reader did not take it as done."""
    withheld: tuple[LineDraft, ...] = ()
    """Lines that stand on no claim: by a signed notice the patient chose to pay for them, and the claim has others."""

    @property
    def all_lines(self) -> tuple[LineDraft, ...]:
        """Every line of the visit: those of the claim, then those that the patient pays for alone."""
        return (*self.case.lines, *self.withheld)


def prepare(  # noqa: PLR0913 - what notes are read in the light of
    visits: Sequence[Visit],
    patients: Mapping[str, Patient],
    clinic: Clinic | None,
    packs: Mapping[str, Payer],
    assistant_method: AssistantMethod = AssistantMethod.PERCENTAGE,
    *,
    processes: int = 1,
    default_payer: str | None = None,
) -> list[Prepared]:
    """Read each visit's note, settle its codes, and propose lines for those without billed lines.

    Args:
        visits: the visits, in the order of the result.
        patients: patients by their key; a visit without one is judged on what it says itself.
        clinic: for charges; without it proposed lines have no charge.
        packs: payer files of the clinic, before the built-in ones.
        assistant_method: how an assistant's share is judged.
        processes: how many processes read notes, this one among them; a few visits are read by this one alone.
            More than one starts Python anew, so the program that asks for it must be importable without running.
        default_payer: payer file of visits whose payer is not known, such as those without a patient.
    """
    own = tuple(packs.values())
    drafts = [_draft(visit, patients.get(visit.patient_id), own, default_payer) for visit in visits]
    read_all(drafts, processes)
    proposals = propose_units([draft for draft in drafts if draft.visit.billed is None], own, assistant_method)
    return [_prepared(draft, proposals, clinic, default_payer) for draft in drafts]


def _draft(visit: Visit, patient: Patient | None, packs: tuple[Payer, ...], default_payer: str | None) -> Draft:
    order = order_billed(visit)
    payer = Case(visit, patient, lines=(), services=None, order=order, default_payer=default_payer).payer()
    stimulation = payers.setting(payer, "electrical_stimulation_code", visit.date_of_service, packs).value
    return Draft(visit, patient, payer, packs, stimulation, order)


def _prepared(
    draft: Draft, proposals: Mapping[str, list[Proposal]], clinic: Clinic | None, default_payer: str | None
) -> Prepared:
    found = draft.found
    drafted = draft_lines(draft, proposals, clinic)
    withheld = withheld_lines(draft, drafted)
    # Where the patient pays for every line there is no claim to part them from.
    is_patients_own = bool(withheld) and len(withheld) == len(drafted)
    lines = drafted if is_patients_own else [line for line in drafted if line not in withheld]
    rest = rest_of(draft, () if is_patients_own else withheld)
    ask_what_decisions_lack(draft)
    if clinic is not None:
        ask_what_a_claim_lacks(draft, drafted, clinic)
    case = Case(
        visit=draft.visit,
        patient=draft.patient,
        lines=tuple(lines),
        services=None if rest.services is None else tuple(rest.services),
        total_timed_minutes=found.total_timed_minutes,
        total_treatment_minutes=found.total_treatment_minutes,
        order=draft.order,
        extra=rest.extra,
        default_payer=default_payer,
        is_patients_own=is_patients_own,
    )
    return Prepared(
        case,
        suggested=tuple(found.suggested),
        not_billed=tuple(found.not_billed),
        left_out=tuple(found.left_out),
        questions=tuple(found.questions),
        withheld=() if is_patients_own else withheld,
    )
