"""Which patients may not be asked for Medicare's cost sharing (QMB: Qualified Medicare Beneficiaries), as found out.

It is told by eligibility answers, of the payer or of a person who read a card or a portal. A payer's remark on its
answer says it of a claim by itself (`reference.patient_reasons`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db.models import TextField
from django.db.models.functions import Cast

from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import Claim, ClaimLine, Clinic, Coverage, EligibilityAnswer
from cleanclaim.receivables.protection import Told, is_protected_on
from cleanclaim.reference import payers
from cleanclaim.reference.patient_reasons import BY_ELIGIBILITY, NO_NOTICE

MEDICARE = frozenset({"medicare_b", "medicare_advantage"})
"""Kinds of payers whose cost sharing is protected."""
_FEW = 500
NONE: frozenset[str] = frozenset()
"""No mark."""
BY_FORM = "card or portal, with the coverage"
"""How an answer was got that was typed with a coverage."""


def told_of(patients: Collection[UUID]) -> dict[UUID, list[Told]]:
    """What was found out of these patients, by patient, the earliest first; one query.

    Of many patients it is told of all who are in scope: few are asked about it.
    """
    rows = EligibilityAnswer.objects.filter(qmb__isnull=False)
    if len(patients) <= _FEW:
        rows = rows.filter(coverage__patient__in=list(patients))
    told = rows.order_by("asked_on", "created_at").values_list("coverage__patient", "asked_on", "qmb")
    found: dict[UUID, list[Told]] = defaultdict(list)
    for patient, on, is_protected in told:
        found[patient].append(Told(on, is_protected))
    return dict(found)


def is_protected(patient: UUID, day: date) -> bool | None:
    """Whether a patient is protected on a day; `None` where nobody has found out."""
    return is_protected_on(told_of([patient]).get(patient, ()), day)


def medicare_payers(clinic: Clinic, among: Collection[str]) -> set[str]:
    """Those of these payer files that are Medicare's, the clinic's own files among them."""
    own = packs_of(clinic)
    found = set()
    for payer in among:
        try:
            kind = (own.get(payer) or payers.get(payer)).kind
        except payers.UnknownPayerError:
            continue
        if kind in MEDICARE:
            found.add(payer)
    return found


def marks(claims: Mapping[UUID, tuple[UUID, date]]) -> dict[UUID, frozenset[str]]:
    """Those of these claims, each with its patient and day, whose cost sharing may not be asked for, by eligibility.

    Each has the mark that stands beside the payers' remarks. One query where nobody is protected.
    """
    told = told_of({patient for patient, _day in claims.values()}) if claims else {}
    protected = [key for key, (patient, day) in claims.items() if is_protected_on(told.get(patient, ()), day)]
    if not protected:
        return {}
    rows = list(Claim.objects.filter(pk__in=protected).select_related("clinic").only("payer", "clinic"))
    medicare = {clinic: medicare_payers(clinic, {row.payer for row in rows}) for clinic in {row.clinic for row in rows}}
    return {row.pk: frozenset({BY_ELIGIBILITY}) for row in rows if row.payer in medicare[row.clinic]}


def protected_patients() -> set[UUID]:
    """Patients in scope of whom eligibility ever told it, or who have a line that was billed with GZ. Two queries."""
    told = EligibilityAnswer.objects.filter(qmb=True).order_by().values_list("coverage__patient", flat=True)
    lines = ClaimLine.objects.annotate(carried=Cast("modifiers", TextField())).filter(carried__contains=NO_NOTICE)
    return {*told, *lines.order_by().values_list("claim__patient", flat=True).distinct()}


def lines_without_notice(claims: Collection[UUID]) -> dict[str, frozenset[str]]:
    """The mark of these claims' lines, by key, that were billed with GZ: no notice was signed. One query."""
    rows = ClaimLine.objects.filter(claim__in=list(claims)).annotate(carried=Cast("modifiers", TextField()))
    told = rows.filter(carried__contains=NO_NOTICE).order_by().values_list("claim", "claim__number", "position")
    return {f"{claim}:{number}:{position}": frozenset({NO_NOTICE}) for claim, number, position in told}


def write_down(coverage: Coverage, *, is_protected: bool, seen_on: date) -> EligibilityAnswer | None:
    """Keep what somebody read on a day, where it is not what is known of that day already."""
    own = EligibilityAnswer.objects.filter(coverage=coverage, asked_on=seen_on, qmb__isnull=False)
    latest = own.order_by("created_at").last()
    if latest is not None and latest.qmb is is_protected:
        return None
    made: EligibilityAnswer = EligibilityAnswer.objects.create(
        clinic=coverage.clinic, coverage=coverage, asked_on=seen_on, source=BY_FORM, qmb=is_protected
    )
    return made
