"""Make visits ready for the tables: read notes, settle codes, and propose lines where nobody has billed yet.

A proposed line comes from what the note says: its code from the words, its units from the minutes by the payer's
method, its assistant modifier from who furnished them. What the note leaves open is a question, never a guess,
and a line of unknown units is never left out.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field, replace
from functools import cache

import polars as pl

from cleanclaim.coding import NoteReading, Suggestions, evaluation_level, read_note, suggest
from cleanclaim.lines.from_visits import Case, LineDraft, ServiceDraft
from cleanclaim.records import By, Clinic, Intervention, Patient, Visit, VisitKind
from cleanclaim.reference import payers, procedures
from cleanclaim.reference.payers import Payer
from cleanclaim.units.allocation import allocate, units_by_method
from cleanclaim.units.assistants import AssistantMethod, assistant_split

_ASSISTANT_MODIFIER = {"PT": "CQ", "OT": "CO"}
_THERAPY_MODIFIER = "GP"
_POINTERS = 4


@dataclass(frozen=True, slots=True)
class Question:
    """What must be answered before the visit can be billed, and the codes the answer decides between."""

    what: str
    question: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggested:
    """A code suggested for words of the note, with its evidence."""

    what: str
    code: str
    why: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class NotBilled:
    """Words of the note that name something not billed, and why."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A case with what was read, suggested and left open on the way to it."""

    case: Case
    suggested: tuple[Suggested, ...] = ()
    not_billed: tuple[NotBilled, ...] = ()
    questions: tuple[Question, ...] = ()
    explanations: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    visit: Visit
    patient: Patient | None
    payer: str | None
    packs: tuple[Payer, ...]
    stimulation: str | None
    """The code for unattended stimulation that the payer takes."""
    services: list[ServiceDraft] | None = None
    suggested: list[Suggested] = field(default_factory=list)
    not_billed: list[NotBilled] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    extra: dict[str, object] = field(default_factory=dict)
    total_timed_minutes: int | None = None
    total_treatment_minutes: int | None = None

    def found(self) -> _Read:
        """What reading the visit found out."""
        return (
            self.services,
            self.suggested,
            self.not_billed,
            self.questions,
            self.extra,
            self.total_timed_minutes,
            self.total_treatment_minutes,
        )

    def take(self, found: _Read) -> None:
        """Take over what another process found out."""
        (
            self.services,
            self.suggested,
            self.not_billed,
            self.questions,
            self.extra,
            self.total_timed_minutes,
            self.total_treatment_minutes,
        ) = found


def prepare(
    visits: Sequence[Visit],
    patients: Mapping[str, Patient],
    clinic: Clinic | None,
    packs: Mapping[str, Payer],
    assistant_method: AssistantMethod = AssistantMethod.PERCENTAGE,
    *,
    processes: int = 1,
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
    """
    drafts = [_draft(visit, patients.get(visit.patient_id), packs) for visit in visits]
    _read_all(drafts, processes)
    proposed = _propose(
        [draft for draft in drafts if draft.visit.billed is None], tuple(packs.values()), assistant_method
    )
    return [_prepared(draft, proposed, clinic) for draft in drafts]


def _draft(visit: Visit, patient: Patient | None, packs: Mapping[str, Payer]) -> _Draft:
    payer = Case(visit=visit, patient=patient, lines=(), services=None).payer()
    extra = tuple(packs.values())
    stimulation = payers.setting(payer, "electrical_stimulation_code", visit.date_of_service, extra).value
    return _Draft(visit, patient, payer, extra, stimulation)


_Read = tuple[
    list[ServiceDraft] | None,
    list[Suggested],
    list[NotBilled],
    list[Question],
    dict[str, object],
    int | None,
    int | None,
]
"""What reading a visit finds out, as one process hands it to another."""

_BATCH = 100
"""Visits that a process reads at a time: a good tenth of a second."""
_ALONE = 1_500
"""Fewer visits than this are read before a second process would have started; for each as many, one more."""


def _read_all(drafts: Sequence[_Draft], processes: int) -> None:
    """Read every visit; others take batches from the end while this process takes them from the front."""
    if processes <= 1 or len(drafts) < _ALONE:
        for draft in drafts:
            _read(draft)
        return
    batches = deque(drafts[start : start + _BATCH] for start in range(0, len(drafts), _BATCH))
    # A process that is forked while Polars runs can hang.
    count = min(processes - 1, len(drafts) // _ALONE)
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as others:
        given: dict[Future[list[_Read]], Sequence[_Draft]] = {}
        while batches or given:
            while batches and len(given) < 2 * count:
                batch = batches.pop()
                given[others.submit(_read_apart, [(draft.visit, draft.stimulation) for draft in batch])] = batch
            if batches:
                for draft in batches.popleft():
                    _read(draft)
            for future in wait(given, timeout=0 if batches else None, return_when=FIRST_COMPLETED).done:
                for draft, found in zip(given.pop(future), future.result(), strict=True):
                    draft.take(found)


def _read_apart(asked: Sequence[tuple[Visit, str | None]]) -> list[_Read]:
    """Read visits for another process."""
    drafts = [_Draft(visit, None, None, (), stimulation) for visit, stimulation in asked]
    for draft in drafts:
        _read(draft)
    return [draft.found() for draft in drafts]


def _read(draft: _Draft) -> None:
    """Find out what the visit says: from its interventions, else from the words of its note."""
    visit, stimulation = draft.visit, draft.stimulation
    reading = (
        read_note(visit.note, payer_stimulation_code=stimulation, day=visit.date_of_service) if visit.note else None
    )
    if visit.interventions is not None:
        draft.services = [
            service
            for intervention in visit.interventions
            for service in _from_intervention(draft, intervention, stimulation)
        ]
    elif reading is not None and (reading.mentions or visit.billed is None):
        draft.services = [
            service
            for mention in reading.mentions
            for service in _from_words(
                draft, mention.to_intervention(mention.code), mention.suggestions, from_note=True
            )
        ]
        for shared in reading.shared_minutes:
            draft.questions.append(
                Question(
                    "; ".join(shared.what), f"How do the {shared.minutes.value} minutes divide among these services?"
                )
            )
    if reading is not None:
        _take_reading(draft, reading)
    _settle_evaluation(draft, reading)
    _split_add_ons(draft)


def _from_intervention(draft: _Draft, done: Intervention, stimulation: str | None) -> Iterable[ServiceDraft]:
    if done.code is not None:
        yield _service(draft, done, done.code, billable=True)
        return
    yield from _from_words(
        draft,
        done,
        suggest(done.what, payer_stimulation_code=stimulation, day=draft.visit.date_of_service),
        from_note=False,
    )


def _from_words(
    draft: _Draft, done: Intervention, suggestions: Suggestions, *, from_note: bool
) -> Iterable[ServiceDraft]:
    """Settle one thing done: a code, not billed, or a question. Words that say nothing known are asked about."""
    if suggestions.not_billable is not None:
        draft.not_billed.append(NotBilled(done.what, suggestions.not_billable.explanation))
        yield _service(draft, done, None, billable=False)
        return
    if suggestions.must_ask is not None:
        if set(suggestions.must_ask.candidates) <= _evaluation_codes():
            yield _service(draft, done, _OPEN_EVALUATION, billable=True)
            return
        draft.questions.append(Question(done.what, suggestions.must_ask.question, suggestions.must_ask.candidates))
        yield _service(draft, done, None, billable=True)
        return
    best = suggestions.best
    if best is None:
        if not from_note or done.minutes is not None:
            draft.questions.append(Question(done.what, "Which service was this? The words name none that is known."))
            yield _service(draft, done, None, billable=True)
        return
    draft.suggested.append(Suggested(done.what, best.code, best.why, done.minutes))
    yield _service(draft, done, best.code, billable=True)


def _service(draft: _Draft, done: Intervention, code: str | None, *, billable: bool) -> ServiceDraft:
    by = done.by
    if by is None and draft.visit.assistant is None:
        by = By.PT  # the visit names one therapist and nobody else
    return ServiceDraft(
        code=code,
        minutes=done.minutes,
        by=by.value if by else None,
        group_size=done.group_size or 1,
        side=done.side.value if done.side else None,
        region=done.region,
        starts_at=None if done.starts_at is None else done.starts_at.hour * 60 + done.starts_at.minute,
        is_billable=billable and by not in {By.AIDE, By.STUDENT} and (by is not By.NOBODY or _runs_unattended(code)),
        has_purpose=_said(done.skilled_need),
        has_response=_said(done.response),
        has_progress=_said(done.progress),
    )


def _runs_unattended(code: str | None) -> bool:
    """Whether nobody need stand by: true of supervised modalities, never of a timed code."""
    procedure = procedures.get(code) if code is not None else None
    return procedure is not None and procedure.family is procedures.Family.SUPERVISED_MODALITY


def _said(words: str | None) -> bool | None:
    return None if words is None else bool(words)


def _take_reading(draft: _Draft, reading: NoteReading) -> None:
    visit = draft.visit
    if reading.total_timed_minutes is not None:
        draft.total_timed_minutes = reading.total_timed_minutes.value
    if reading.total_treatment_minutes is not None:
        draft.total_treatment_minutes = reading.total_treatment_minutes.value
    if visit.signatures is None and reading.signatures:
        draft.extra |= {"has_signature": True, "signed_by": [found.value.value for found in reading.signatures]}
    findings = reading.evaluation.findings if reading.evaluation is not None else None
    if visit.evaluation is None and findings is not None:
        draft.extra |= {
            "history_factors": findings.history_factors,
            "elements_examined": findings.elements_examined,
            "presentation": findings.presentation.value if findings.presentation else None,
            "decision_making": findings.decision_making.value if findings.decision_making else None,
        }
    if visit.kind is None and reading.kind is not None:
        draft.extra["visit_kind"] = reading.kind.value.value


_OPEN_EVALUATION = "evaluation"
"""Stands for an evaluation whose level the words alone do not tell, until the visit's findings settle it."""


@cache
def _evaluation_codes() -> frozenset[str]:
    listed = (procedures.get(code) for code in procedures.all_codes())
    return frozenset(item.code for item in listed if item is not None and (item.is_evaluation or item.is_reevaluation))


def _settle_evaluation(draft: _Draft, reading: NoteReading | None) -> None:
    """An evaluation visit is billed at the level its components support; a component not noted is a question."""
    _settle_level(draft, reading)
    for place, service in enumerate(draft.services or ()):
        if draft.services is not None and service.code == _OPEN_EVALUATION:
            draft.services[place] = replace(service, code=None)
            question = "Which evaluation was this, and at which level?"
            draft.questions.append(Question("evaluation", question, ("97161", "97162", "97163")))


def _settle_level(draft: _Draft, reading: NoteReading | None) -> None:
    visit = draft.visit
    kind = visit.kind or (reading.kind.value if reading is not None and reading.kind is not None else None)
    if draft.services is None or kind not in {VisitKind.EVALUATION, VisitKind.REEVALUATION}:
        return
    billed = [line.code for line in visit.billed or () if line.code in _evaluation_codes()]
    if visit.billed is not None:
        # What was billed is judged against the findings by the rules; here the service only needs its name.
        open_ = [service for service in draft.services if service.code == _OPEN_EVALUATION]
        draft.services = [
            replace(service, code=billed[0]) if service in open_ and billed else service for service in draft.services
        ]
        return
    family = _evaluation_codes() | {_OPEN_EVALUATION}
    rest = [service for service in draft.services if service.code not in family]
    evaluations = [service for service in draft.services if service.code in family]
    named = [item for item in visit.interventions or () if item.code in family]
    if named:
        return
    minutes = evaluations[0].minutes if evaluations else None
    base = evaluations[0] if evaluations else ServiceDraft(code=None, minutes=None, has_purpose=True)
    if kind is VisitKind.REEVALUATION:
        draft.services = [replace(base, code="97164", minutes=minutes), *rest]
        return
    findings = visit.evaluation or (reading.evaluation.findings if reading is not None and reading.evaluation else None)
    level = evaluation_level(findings) if findings is not None else None
    code = level.code if level is not None else None
    if code is None and not evaluations:
        text = level.explanation if level is not None else "The note states no component that decides the level."
        draft.questions.append(Question("evaluation", text, ("97161", "97162", "97163")))
    elif code is not None:
        draft.suggested = [item for item in draft.suggested if item.code not in family]
        why = level.explanation if level is not None else ""
        draft.suggested.insert(0, Suggested("evaluation", code, why, minutes))
        draft.questions = [item for item in draft.questions if not set(item.candidates) & family]
    draft.services = [replace(base, code=code or base.code, minutes=minutes), *rest]


def _split_add_ons(draft: _Draft) -> None:
    """Minutes beyond the first block of a code that has an add-on for further blocks are the add-on's."""
    if draft.services is None or draft.visit.billed is not None:
        return
    codes = {service.code for service in draft.services}
    split: list[ServiceDraft] = []
    for service in draft.services:
        first, further = _blocks(service.code) if service.code is not None else (None, None)
        if first is None or further is None or further in codes or service.minutes is None or service.minutes <= first:
            split.append(service)
            continue
        split.append(replace(service, minutes=first))
        split.append(replace(service, code=further, minutes=service.minutes - first))
    draft.services = split


@cache
def _blocks(code: str) -> tuple[int | None, str | None]:
    """The minutes of a code's first block, and the add-on code for what follows, where the code has both."""
    procedure = procedures.get(code)
    if procedure is None or procedure.is_timed or procedure.minutes_first is None:
        return None, None
    for other in map(procedures.get, procedures.all_codes()):
        if other is not None and code in other.add_on_to and other.minutes_each is not None:
            return procedure.minutes_first, other.code
    return procedure.minutes_first, None


@dataclass(frozen=True, slots=True)
class _Proposal:
    code: str
    units: int | None
    assistant_units: int | None
    minutes: int | None
    assistant_minutes: int | None
    together_minutes: int | None
    eight_minute: int | None
    midpoint: int | None
    order: int


_ONE_ON_ONE = {By.PT.value, By.PTA.value, By.TOGETHER.value}


def _propose(drafts: list[_Draft], packs: tuple[Payer, ...], method: AssistantMethod) -> dict[str, list[_Proposal]]:
    """Units for every code of every draft at once, visit by visit.

    Two visits of one patient on one day are proposed apart; the rules then judge the day as a whole.
    """
    rows = [row for day, draft in enumerate(drafts) for row in _rows(draft, day)]
    if not rows:
        return {}
    frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    methods = payers.resolve(frame.select("payer", "date"), packs).select(
        "payer", "date", "payer_unit_method", "payer_assistant_modifier_required"
    )
    frame = frame.join(methods, on=["payer", "date"], how="left", nulls_equal=True, maintain_order="left")
    counted = allocate(frame).with_columns(units=units_by_method(pl.col("payer_unit_method")))
    split = assistant_split(
        counted.with_columns(assistant_modifier_applies=pl.col("payer_assistant_modifier_required")), method
    )
    proposals: dict[str, list[_Proposal]] = {}
    for row in split.iter_rows(named=True):
        proposals.setdefault(row["visit"], []).append(
            _Proposal(
                code=row["code"],
                units=row["units"],
                assistant_units=row["units_with_assistant_modifier"],
                minutes=row["minutes"],
                assistant_minutes=row["pta_minutes"],
                together_minutes=row["together_minutes"],
                eight_minute=row["units_eight_minute"],
                midpoint=row["units_midpoint"],
                order=row["order"],
            )
        )
    return proposals


_SCHEMA = {
    "visit": pl.String,
    "payer": pl.String,
    "date": pl.Date,
    "day_id": pl.Int64,
    "code": pl.String,
    "minutes": pl.Int64,
    "is_timed": pl.Boolean,
    "pt_minutes": pl.Int64,
    "pta_minutes": pl.Int64,
    "together_minutes": pl.Int64,
    "first_minutes": pl.Int64,
    "each_minutes": pl.Int64,
    "preference": pl.Int64,
    "order": pl.Int64,
}


def _rows(draft: _Draft, day: int) -> Iterable[tuple[object, ...]]:
    visit = draft.visit
    by_code: dict[str, list[ServiceDraft]] = {}
    for service in draft.services or ():
        if service.code is not None and service.is_billable:
            by_code.setdefault(service.code, []).append(service)
    for order, (code, furnished) in enumerate(by_code.items()):
        procedure = procedures.get(code)
        timed = procedure is not None and procedure.is_timed
        # A group's minutes, and those nobody skilled furnished, are never one-on-one minutes.
        services = [item for item in furnished if not timed or _is_one_on_one(item)]
        yield (
            visit.id,
            draft.payer,
            visit.date_of_service,
            day,
            code,
            _total(services, None),
            procedure.is_timed if procedure is not None else None,
            _total(services, By.PT.value),
            _total(services, By.PTA.value),
            _total(services, By.TOGETHER.value),
            procedure.minutes_first if procedure is not None and not procedure.is_timed else None,
            procedure.minutes_each if procedure is not None and not procedure.is_timed else None,
            visit.unit_preference.index(code) if code in visit.unit_preference else None,
            order,
        )


def _is_one_on_one(service: ServiceDraft) -> bool:
    return service.group_size == 1 and (service.by is None or service.by in _ONE_ON_ONE)


def _total(services: Sequence[ServiceDraft], by: str | None) -> int | None:
    """Minutes of the services by that person; unknown if any service's minutes or person are."""
    total = 0
    for service in services:
        if by is not None and service.by is None:
            return None
        if by is None or service.by == by:
            if service.minutes is None:
                return None
            total += service.minutes
    return total


def _prepared(draft: _Draft, proposals: Mapping[str, list[_Proposal]], clinic: Clinic | None) -> Prepared:
    visit = draft.visit
    if visit.billed is not None:
        lines = [_billed_line(draft, position, clinic) for position in range(len(visit.billed))]
    else:
        lines = [
            line
            for proposal in sorted(proposals.get(visit.id, ()), key=lambda item: item.order)
            for line in _proposed_lines(draft, proposal, clinic)
        ]
    if clinic is not None:
        _ask_what_a_claim_lacks(draft, lines, clinic)
    case = Case(
        visit=visit,
        patient=draft.patient,
        lines=tuple(lines),
        services=None if draft.services is None else tuple(draft.services),
        total_timed_minutes=draft.total_timed_minutes,
        total_treatment_minutes=draft.total_treatment_minutes,
        extra=draft.extra,
    )
    return Prepared(
        case,
        suggested=tuple(draft.suggested),
        not_billed=tuple(draft.not_billed),
        questions=tuple(draft.questions),
    )


def _ask_what_a_claim_lacks(draft: _Draft, lines: Sequence[LineDraft], clinic: Clinic) -> None:
    """A claim names a therapist whom the clinic lists, and a charge on every line."""
    if clinic.therapist(draft.visit.therapist) is None:
        draft.questions.append(Question("therapist", "Which therapist is this? clinic.json lists none under this key."))
    uncharged = dict.fromkeys(line.code for line in lines if line.charge_cents is None and line.units is not None)
    draft.questions.extend(
        Question(code or "line", f"What is the charge for {code}? Neither the visit nor clinic.json has one.")
        for code in uncharged
    )


def _billed_line(draft: _Draft, position: int, clinic: Clinic | None) -> LineDraft:
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


def _proposed_lines(draft: _Draft, proposal: _Proposal, clinic: Clinic | None) -> Iterable[LineDraft]:
    """One line for the therapist's units and one for the assistant's; none where the minutes support no unit."""
    if proposal.units is None:
        counted = {proposal.eight_minute, proposal.midpoint}
        if proposal.minutes is None:
            asked = f"How many minutes was {proposal.code} furnished?{_placed(draft)}"
            draft.questions.append(Question(proposal.code, asked))
        elif None not in counted:
            draft.questions.append(
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
        draft.questions.append(Question(proposal.code, who))
    assisted = proposal.assistant_units or 0
    modifiers = _modifiers(draft, proposal.code)
    if proposal.units - assisted > 0:
        yield _line(draft, proposal, proposal.units - assisted, modifiers, clinic)
    if assisted > 0:
        # The assistant modifier stands only beside the therapy modifier.
        yield _line(draft, proposal, assisted, (_THERAPY_MODIFIER, _ASSISTANT_MODIFIER["PT"]), clinic)


def _placed(draft: _Draft) -> str:
    """How many of the note's timed minutes have found their service, where the note gives their total."""
    if draft.total_timed_minutes is None:
        return ""
    timed = [item for item in draft.services or () if item.is_billable and _counts_as_timed(item.code)]
    placed = sum(item.minutes for item in timed if item.minutes is not None)
    return f" The note totals {draft.total_timed_minutes} timed minutes; {placed} are placed."


def _counts_as_timed(code: str | None) -> bool:
    procedure = procedures.get(code) if code is not None else None
    return procedure is not None and bool(procedure.is_timed)


def _line(
    draft: _Draft, proposal: _Proposal, units: int | None, modifiers: tuple[str, ...], clinic: Clinic | None
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


def _modifiers(draft: _Draft, code: str) -> tuple[str, ...]:
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
