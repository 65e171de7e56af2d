"""What the engine says of a note while it is written, as a therapist reads it: in units, never in dollars.

The engine bills the visit as it stands, in the light of what is around it; here its answer is only laid out: what
each row of the grid is, what would be billed, the sentence that explains the units, findings, gaps and questions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cleanclaim.bill import Question
from cleanclaim.bill.job import Billed, BilledClaim, bill
from cleanclaim.bill.prepare import prepare
from cleanclaim.check.findings import Finding
from cleanclaim.check.summary import missing_inputs
from cleanclaim.facts.unchanged import counting
from cleanclaim.practice.engine.judging.attesting import Attested, attested_of, can_be_accepted, with_attested
from cleanclaim.practice.engine.judging.causes import Reader, reader_of
from cleanclaim.practice.engine.judging.claim_rows import is_judged_alone
from cleanclaim.practice.engine.judging.light_setting import setting_of
from cleanclaim.practice.engine.judging.records import visit_record
from cleanclaim.practice.engine.judging.row_hints import Hint, hint_of
from cleanclaim.practice.engine.judging.setting import Setting
from cleanclaim.practice.engine.judging.unit_words import UnitStory, tell_units
from cleanclaim.practice.engine.notes.notes_at_hand import unchanged_for
from cleanclaim.practice.models import Clinic, Visit
from cleanclaim.records import BilledLine
from cleanclaim.records import Visit as VisitRecord
from cleanclaim.reference import payers, procedures
from cleanclaim.rules.book import entry
from cleanclaim.rules.kit import Severity
from cleanclaim.rules.rationale import rationale_of

_GAP_FAMILIES = frozenset({"documentation", "evaluations"})
_SIGNING = frozenset({"the note is signed", "who signed the note", "when the note was signed"})
_OTHERS = frozenset({"codes and units of this and the patient's earlier visits"})
"""Inputs that no writing on the page would give."""
_BLOCKING = frozenset({Severity.REJECT.value, Severity.DENY.value, Severity.RECOUP.value})


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words for a therapist, with its source and, where a named person may accept one, its fix."""

    code: str
    name: str
    severity: str
    place: str
    message: str
    about: str
    source: str
    fix: str
    key: str
    """Names the finding within its check, for accepting its fix; empty where none can be accepted here."""

    @property
    def is_blocking(self) -> bool:
        """Whether it would hold the claim back."""
        return self.severity in _BLOCKING


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """A line as it would be billed."""

    number: int
    code: str
    label: str
    modifiers: tuple[str, ...]
    units: int | None
    is_suggested: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """An input that is missing, and the rules that wait for it."""

    what: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """All that the page shows of a check. `hints` are in the order of the visit's interventions."""

    hints: tuple[Hint, ...]
    lines: tuple[ProposedLine, ...]
    withheld: tuple[ProposedLine, ...]
    """Lines that the patient pays for alone, by a signed notice."""
    is_as_billed: bool
    """The lines came with the visit; otherwise they are proposed from what was done."""
    units: UnitStory
    questions: tuple[Question, ...]
    """Open questions about what was done: while there are any, no lines are settled."""
    office_questions: tuple[Question, ...]
    findings: tuple[Told, ...]
    office: tuple[Told, ...]
    mended: tuple[Told, ...]
    gaps: tuple[Gap, ...]
    unjudged: int
    not_billed: tuple[tuple[str, str], ...]
    suggested: tuple[Any, ...]
    attested: tuple[Attested, ...]
    stimulation_code: str | None
    crashed: tuple[str, ...]
    billed: Billed

    @property
    def claim(self) -> BilledClaim:
        """The engine's claim of the visit."""
        return self.billed.claims[0]

    def fact(self, name: str) -> Any:  # noqa: ANN401 - a column's value
        """A column of the visit's claim, by the engine's name; `None` where unknown or not computed."""
        frames = self.billed.verdicts.workspace.frames
        return frames.column("claims", name)[0] if name in frames.names("claims") else None

    def finding(self, key: str) -> Finding | None:
        """The engine's finding that a `Told.key` names."""
        return next((one for one in findings_of(self.claim) if _key(one) == key), None)


def findings_of(claim: BilledClaim) -> list[Finding]:
    """What the rules object to, without the rules that claims leave out: those that compare therapists."""
    return [finding for finding in claim.findings if is_judged_alone(finding.code)]


def live_check(clinic: Clinic, visit: Visit, *, as_of: date) -> LiveCheck:
    """Check a visit as it stands; nothing is stored. The clinic is in scope.

    Args:
        clinic: the clinic.
        visit: its row with patient, therapist, assistant and signatures; saved or not.
        as_of: today.
    """
    around = setting_of(clinic, visit, as_of=as_of)
    record = around.stated(visit_record(visit, around.zone))
    attested = attested_of(visit)
    remembered = unchanged_for(visit.pk, around)
    with counting(remembered):
        billed = bill(
            around.clinic,
            around.patients,
            [_settled(record, around, attested) if attested else record],
            as_of=as_of,
            history=around.history,
            packs=around.packs,
        )
    claim = billed.claims[0]
    packs = tuple(around.packs.values())
    payer = claim.prepared.case.payer()
    stimulation = payers.setting(payer, "electrical_stimulation_code", record.date_of_service, packs).value
    with counting(remembered):
        asked = _coding_questions(record, around) if claim.prepared.questions else ()
    lines = tuple(_line(place, line) for place, line in enumerate(claim.lines, 1))
    found = findings_of(claim)
    told = [told_of(finding, lines) for finding in found]
    own = [reader_of(finding.code) is Reader.THERAPIST for finding in found]
    gaps = _gaps(claim, signed=bool(record.signatures))
    return LiveCheck(
        hints=tuple(hint_of(done, stimulation, record.date_of_service) for done in record.interventions or ()),
        lines=lines,
        withheld=tuple(_line(place, line) for place, line in enumerate(claim.withheld, 1)),
        is_as_billed=record.billed is not None,
        units=tell_units(billed, record.unit_preference),
        questions=asked,
        office_questions=tuple(one for one in claim.prepared.questions if one not in asked),
        findings=tuple(one for one, mine in zip(told, own, strict=True) if mine),
        office=tuple(one for one, mine in zip(told, own, strict=True) if not mine),
        mended=tuple(told_of(finding, lines) for finding in claim.mended),
        gaps=gaps,
        unjudged=len({one.code for one in claim.unjudged if is_judged_alone(one.code)}),
        not_billed=tuple((one.what, one.reason) for one in claim.prepared.not_billed),
        suggested=claim.prepared.suggested,
        attested=attested,
        stimulation_code=stimulation,
        crashed=tuple(billed.crashed),
        billed=billed,
    )


def _settled(record: VisitRecord, around: Setting, attested: Sequence[Attested]) -> VisitRecord:
    """The visit with its proposed lines as somebody answers for them; as it is while units are unknown."""
    if record.billed is not None:
        return record
    (item,) = prepare([record], around.patients, around.clinic, around.packs)
    proposed = [line for line in item.all_lines if line.code is not None and line.units is not None]
    if len(proposed) != len(item.all_lines):
        return record
    lines = [
        BilledLine(code=line.code or "", modifiers=line.modifiers, units=line.units, pointers=line.pointers)
        for line in proposed
    ]
    return record.model_copy(update={"billed": with_attested(lines, attested)})


def _coding_questions(record: VisitRecord, around: Setting) -> tuple[Question, ...]:
    """Questions of what was done; those that only a claim raises (a charge, a therapist's number) are the office's."""
    (item,) = prepare([record], around.patients, None, around.packs)
    return item.questions


def _line(place: int, line: Mapping[str, Any]) -> ProposedLine:
    code = line["code"] or ""
    procedure = procedures.get(code)
    return ProposedLine(
        number=place,
        code=code,
        label=procedure.label if procedure else "",
        modifiers=tuple(line["modifiers"] or ()),
        units=line["units"],
        is_suggested=line["code_origin"] == "suggested",
    )


def _key(finding: Finding) -> str:
    return f"{finding.code}-{finding.table}-{finding.key}"


def told_of(finding: Finding, lines: Sequence[ProposedLine] = ()) -> Told:
    """A finding in words for a therapist; with the claim's lines, a line's place names its code."""
    found = entry(finding.code)
    if found is None:
        raise LookupError(f"{finding.code}: a finding of a rule that the book does not hold")
    about = rationale_of(found).about
    headline = " ".join(about[0].split()) if about else finding.name
    # A message that states an amount is the biller's; the therapist reads what is wrong without it.
    speaks_of_money = ":money" in found.rule.message
    return Told(
        code=finding.code,
        name=finding.name,
        severity=finding.severity,
        place=_place(finding.place, lines),
        message=headline if speaks_of_money else _sentence(finding.said),
        about="" if speaks_of_money else headline,
        source=found.rule.sources[0].cite(),
        fix=finding.fix_title,
        key=_key(finding) if can_be_accepted(finding) else "",
    )


def _place(place: str, lines: Sequence[ProposedLine]) -> str:
    word, _, number = place.partition(" ")
    if word == "line" and number.isdecimal() and int(number) <= len(lines):
        return f"{place} · {lines[int(number) - 1].code}"
    return place


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]


def _gaps(claim: BilledClaim, *, signed: bool) -> tuple[Gap, ...]:
    """What the note does not say yet: inputs that rules of the note wait for, the most awaited first."""
    waiting = [
        one
        for one in claim.unjudged
        if is_judged_alone(one.code) and (found := entry(one.code)) is not None and found.family in _GAP_FAMILIES
    ]
    return tuple(
        Gap(item.name, item.rules)
        for item in missing_inputs(waiting)
        if item.name not in _OTHERS and (signed or item.name not in _SIGNING)
    )
