"""What a patient still lacks before the first claim: the engine's own rules, asked on a plain visit of the day.

Nothing is judged here. A probe visit goes through the rules that concern the front desk and through the checks of a
claim file; what they object to, and what they cannot judge, is told with where on the patient's page it is settled.
What only the payer's file could answer is counted apart: nobody at the desk can find it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from cleanclaim import records
from cleanclaim.bill.build import build_claim
from cleanclaim.bill.prepare import prepare
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.check.summary import BLOCKING
from cleanclaim.claims import sort_claims
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.kit import Context, Reach
from cleanclaim.lines.cases import CASH, Case
from cleanclaim.lines.from_visits import tables_of
from cleanclaim.practice.engine.judging.enrolling import Enrolled
from cleanclaim.practice.engine.judging.records import provider_record, visit_record
from cleanclaim.practice.engine.judging.setting import Setting, coverages_of, gather
from cleanclaim.practice.engine.patients.eligibility import told_on
from cleanclaim.practice.engine.patients.front_desk import front_desk
from cleanclaim.practice.models import (
    Clinic,
    Coverage,
    EligibilityAnswer,
    Patient,
    Provider,
    Referral,
    Signature,
    Visit,
)
from cleanclaim.reference.payers import PAYER_COLUMNS, Payer
from cleanclaim.rules.book import active_rules, entry
from cleanclaim.rules.kit import Verdict
from cleanclaim.rules.rationale import rationale_of

_LINE_COLUMNS = ("code", "modifiers", "units", "charge_cents", "pointers")


class Standing(StrEnum):
    """How one thing stands."""

    PROBLEM = "problem"
    """The claim would be turned away, denied or taken back."""
    ADVICE = "advice"
    OPEN = "open"
    """Nobody knows, and the front desk can find it out."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is missing or wrong: what, why it matters, where it is settled, and which rule says so."""

    standing: Standing
    section: str
    what: str
    why: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How ready a patient is: what is missing, how many checks were passed, and what only payers' files could tell."""

    items: tuple[Item, ...]
    passed: int
    payer_unread: int

    @property
    def asked(self) -> int:
        """How many checks apply and can be settled here."""
        return self.passed + len(self.items)

    @property
    def score(self) -> int:
        """Checks passed per hundred asked, rounded down: 100 only where nothing is missing."""
        return 100 * self.passed // self.asked if self.asked else 0

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way of a claim, as far as judged; advice does not."""
        return all(item.standing is Standing.ADVICE for item in self.items)

    def of(self, standing: str) -> tuple[Item, ...]:
        """The items that stand so."""
        return tuple(item for item in self.items if item.standing.value == standing)


@cache
def _judge() -> Judge:
    return Judge(
        [rule for rule in active_rules() if rule.code in front_desk().section_of], extra={"lines": _LINE_COLUMNS}
    )


@cache
def _reach() -> Reach:
    """Whose visits the desk's rules look at."""
    return max(map(_judge().reach, _judge().rules))


def readiness_of(
    clinic: Clinic,
    patients: Sequence[Patient],
    *,
    on: date,
    packs: Mapping[str, Payer] | None = None,
    coverages: Mapping[UUID, Sequence[Coverage]] | None = None,
) -> list[Readiness]:
    """How ready each patient is for a visit on that day, in their order. The clinic is in scope.

    A patient without a signed visit is asked about an evaluation, any other about a treatment. Without a therapist
    there is nobody to treat, and nothing can be asked: the list is empty. `packs` are the clinic's and `coverages` the
    patients', where they are at hand.
    """
    therapist = _therapist()
    if therapist is None or not patients:
        return []
    seen = set(Visit.objects.filter(patient__in=patients).order_by().values_list("patient_id", flat=True).distinct())
    probes = [_probe(clinic, patient, therapist, on, is_known=patient.pk in seen) for patient in patients]
    prefetch_related_objects(probes, Prefetch("signatures", Signature.objects.none()))
    held = coverages_of([patient.pk for patient in patients]) if coverages is None else coverages
    around = gather(clinic, probes, as_of=on, packs=packs, coverages=held, reach=_reach())
    people = _with_orders(around.patients, patients, on)
    visits = [_with_diagnoses(around.stated(visit_record(probe, around.zone)), people) for probe in probes]
    prepared = prepare([*visits, *around.history], people, around.clinic, around.packs)
    cases = [item.case for item in prepared]
    cases[len(probes) :] = [replace(case, is_history=True) for case in cases[len(probes) :]]
    verdicts = _judge().judge(tables_of(cases, around.clinic, on), Context(payers=around.packs))
    told = _told(verdicts)
    gaps = _gaps(verdicts, cases[: len(probes)], around)
    enrolled = Enrolled.read()
    return [
        _readiness(
            people[patient.number],
            told.get(place, _Told()),
            gaps[place],
            _answers(held[patient.pk]),
            on,
            _nobody_enrolled(clinic, people[patient.number], enrolled, on),
        )
        for place, patient in enumerate(patients)
    ]


def _nobody_enrolled(clinic: Clinic, patient: records.Patient, enrolled: Enrolled, on: date) -> list[Item]:
    """That nobody here is enrolled with the patient's first payer on the day; nothing where it is not known."""
    first = next(iter(patient.coverages), None)
    if first is None or enrolled.on(clinic.pk, first.payer, first.payer_identifier, on) is not False:
        return []
    what = f"Nobody here is enrolled with {first.payer_name or first.payer} on {on:%B} {on.day}, {on.year}."
    return [Item(Standing.PROBLEM, "coverages", what, "A payer turns away claims of therapists it has not enrolled.")]


def _answers(coverages: Iterable[Coverage]) -> list[EligibilityAnswer]:
    """Answers about the coverage that is billed first."""
    first = [row for row in coverages if row.order == records.CoverageOrder.PRIMARY.value]
    return [answer for row in first for answer in row.eligibility.all()]


def _therapist() -> Provider | None:
    treating = Provider.objects.filter(treats=True, credential=records.Credential.PT.value)
    found: Provider | None = treating.exclude(npi="").order_by("key").first() or treating.order_by("key").first()
    return found


def _probe(clinic: Clinic, patient: Patient, therapist: Provider, on: date, *, is_known: bool) -> Visit:
    words = front_desk().probe
    kind = records.VisitKind.TREATMENT if is_known else records.VisitKind.EVALUATION
    line = {"code": words[kind.value], "modifiers": [words["modifier"]], "units": 1, "charge_cents": 1, "pointers": [1]}
    return Visit(
        clinic=clinic,
        patient=patient,
        number=patient.id.hex[:20],
        date_of_service=on,
        kind=kind.value,
        therapist=therapist,
        billed=[line],
    )


def _with_orders(
    people: Mapping[str, records.Patient], patients: Sequence[Patient], on: date
) -> dict[str, records.Patient]:
    """The patients; who has an order and no plan yet is given the plan that would rest on it."""
    found = dict(people)
    without = [patient for patient in patients if not found[patient.number].plans_of_care]
    orders = Referral.objects.filter(patient__in=without, on__lte=on).select_related("by", "patient").order_by("on")
    for order in orders:
        plan = records.PlanOfCare(
            id=order.id.hex,
            established_on=on,
            order=records.Order(on=order.on, by=provider_record(order.by)),
            has_order=True,
            diagnoses=tuple(order.diagnoses),
        )
        number = order.patient.number
        found[number] = found[number].model_copy(update={"plans_of_care": (plan,)})
    return found


def _with_diagnoses(visit: records.Visit, people: Mapping[str, records.Patient]) -> records.Visit:
    plans = people[visit.patient_id].plans_of_care or ()
    named = next((plan.diagnoses for plan in reversed(plans) if plan.diagnoses), (front_desk().probe["diagnosis"],))
    return visit.model_copy(update={"diagnoses": tuple(named)})


# --- what the engine says --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """What the rules said of one probe: items by rule, passes, and rules that only the payer's file could settle."""

    items: Mapping[str, Item] = field(default_factory=dict)
    passed: AbstractSet[str] = frozenset()
    payer_unread: AbstractSet[str] = frozenset()


def _told(verdicts: Verdicts) -> dict[int, _Told]:
    desk = front_desk()
    items: dict[int, dict[str, Item]] = {}
    for finding in verdicts.findings():
        standing = Standing.PROBLEM if finding.severity in BLOCKING else Standing.ADVICE
        what, why = _sentence(finding.said), _why(finding.code)
        item = Item(standing, desk.section_of[finding.code], what, why, finding.code)
        items.setdefault(finding.claim_id, {})[finding.code] = item
    unread: dict[int, set[str]] = {}
    for missed in verdicts.unjudged():
        open_to_desk = [word for word in missed.missing if word not in _payers_own()]
        if not open_to_desk:
            unread.setdefault(missed.claim_id, set()).add(missed.code)
            continue
        what = desk.in_words.get(missed.code) or _sentence(f"not known: {', '.join(open_to_desk)}")
        section = desk.asked_at.get(missed.code, desk.section_of[missed.code])
        item = Item(Standing.OPEN, section, what, _why(missed.code), missed.code)
        items.setdefault(missed.claim_id, {}).setdefault(missed.code, item)
    passes = _passes(verdicts)
    return {
        claim: _Told(items.get(claim, {}), passes.get(claim, set()), unread.get(claim, set()))
        for claim in {*items, *unread, *passes}
    }


def _passes(verdicts: Verdicts) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for table, answers in verdicts.answers.items():
        claims = verdicts.workspace.frames.column(table, "claim_id").to_list()
        for code, rows in answers.rows(Verdict.PASS).items():
            for row in rows:
                found.setdefault(claims[row], set()).add(code)
    return found


@cache
def _payers_own() -> frozenset[str]:
    """The words by which inputs are missed that only the payer's file could give."""
    columns = (*(column.name for column in PAYER_COLUMNS), *front_desk().payer_inputs)
    return frozenset(catalogue().lacks("claims", column) for column in columns)


def _gaps(verdicts: Verdicts, cases: Sequence[Case], around: Setting) -> dict[int, tuple[tuple[str, str], ...]]:
    """What keeps each probe's claim out of a file: field, and what was expected. Nothing is filed where nobody pays."""
    names = ("claim_id", *_LINE_COLUMNS)
    frame = verdicts.workspace.frames.holding("lines", names).select(names)
    lines: dict[int, list[dict[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        lines.setdefault(row["claim_id"], []).append(row)
    found: dict[int, tuple[tuple[str, str], ...]] = {}
    for place, case in enumerate(cases):
        filed = case.payer() != CASH
        claim = build_claim(case, lines.get(place, []), around.clinic, around.packs) if filed else None
        unfit = sort_claims([claim]).unfit if claim is not None else ()
        found[place] = tuple((gap.field, gap.expected) for one in unfit for gap in one.gaps)
    return found


# --- put together ----------------------------------------------------------------------------------------


def _readiness(
    patient: records.Patient,
    told: _Told,
    gaps: Iterable[tuple[str, str]],
    answers: Sequence[EligibilityAnswer],
    on: date,
    not_enrolled: Iterable[Item],
) -> Readiness:
    items, passed = dict(told.items), set(told.passed)
    if patient.coverages:
        _ask_eligibility(items, passed, answers, on)
        if "AU101" in told.payer_unread and patient.coverages[0].authorizations is None:
            items["AU101"] = Item(
                Standing.OPEN, "authorizations", front_desk().in_words["AU101"], _why("AU101"), "AU101"
            )
    else:
        for code in [code for code, item in items.items() if item.section == "coverages"]:
            del items[code]
        items["none"] = Item(Standing.OPEN, "coverages", "No coverage is on file.", _PAYS_ALONE)
    for name, expected in gaps:
        section = front_desk().section_of_gap(name)
        if section and not items.keys() & set(front_desk().told_by.get(name, ())):
            what = _sentence(f"{name}: expected {expected}")
            items[name] = Item(Standing.PROBLEM, section, what, "The claim file cannot be written without it.")
    return Readiness(_once([*items.values(), *not_enrolled]), len(passed), len(told.payer_unread))


_PAYS_ALONE = "Visits go out as superbills that the patient pays. Add the coverage, or say that the patient pays."


def _ask_eligibility(items: dict[str, Item], passed: set[str], answers: Sequence[EligibilityAnswer], on: date) -> None:
    """Settle by this month's answers what a card does not say: whether coverage is in force, and visits still paid."""
    is_active = told_on(answers, "is_active", on)
    for rule in ("TF104", "TF105"):
        if rule in items and items[rule].standing is Standing.OPEN:
            _settle(items, passed, rule, is_active, "The payer says that the coverage is not in force.")
    left = told_on(answers, "visits_remaining", on)
    if "PY103" in items and left is not None:
        _settle(items, passed, "PY103", left > 0, "The payer says that it pays no further visits.")


def _settle(items: dict[str, Item], passed: set[str], rule: str, holds: bool | None, problem: str) -> None:  # noqa: FBT001 - the answer
    if holds is None:
        return
    if holds:
        del items[rule]
        passed.add(rule)
    else:
        items[rule] = Item(Standing.PROBLEM, front_desk().section_of[rule], problem, _why(rule), rule)


def _once(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items in the order of the page; what several rules cannot judge for the same reason is told once."""
    order = [section.name for section in front_desk().sections]
    standings = list(Standing)
    found: dict[tuple[str, str], Item] = {}
    for item in sorted(items, key=lambda one: (standings.index(one.standing), order.index(one.section), one.rule)):
        found.setdefault((item.section, item.what), item)
    return tuple(found.values())


@cache
def _why(code: str) -> str:
    """Why a rule matters: the reason in its file, without its first sentence, which says what is wrong."""
    found = entry(code)
    about = rationale_of(found).about if found is not None else ()
    return " ".join(" ".join(part.split()) for part in about[1:])


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
