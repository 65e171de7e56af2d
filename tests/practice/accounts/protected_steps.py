"""Steps in which it is found out who may not be asked for Medicare's cost sharing (QMB), and who such a patient is.

A Qualified Medicare Beneficiary owes no deductible, coinsurance or copay of what Medicare covers, whichever payer leaves
it to them. What Medicare does not cover, what no plan was billed for and what a person found to be the patient's may be
asked of them. It is found out by eligibility, of a month and those after it until something else is found out, or said
by the payer with its answer (N781, N782, N783), which holds for the claim as long as the payment stands.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cleanclaim.practice.engine.judging.protection import write_down
from cleanclaim.practice.models import Claim, Coverage
from tests.practice.accounts.any_order import Life, Step
from tests.practice.accounts.expected_money import PATIENT
from tests.practice.accounts.payer_words import SaidClaim

if TYPE_CHECKING:
    from tests.practice.accounts.remembered_claims import Filed

_MEDICARE = frozenset({"medicare_b", "medicare_advantage", "uhc_medicare_advantage"})
_REMARKS = {"1": "N781", "2": "N782", "3": "N783"}


def _with_medicare(life: Life) -> dict[str, list[Coverage]]:
    """By patient: their coverages of Medicare."""
    found: dict[str, list[Coverage]] = life.memory.setdefault("medicare", {})
    if not found:
        for row in Coverage.objects.filter(payer__in=_MEDICARE).order_by("patient__number", "order", "created_at"):
            found.setdefault(str(row.patient_id), []).append(row)
    return found


def learn(life: Life) -> Step | None:
    """Eligibility says, or somebody reads on a card, whether a patient is protected, today or of some day before."""
    whose = {life.money.patient_of[line] for line in life.money.each("open", PATIENT) if line in life.money.patient_of}
    known = _with_medicare(life)
    # Mostly of a patient to whom something stands open, for whom it matters.
    matters = (
        [one for patient in sorted(whose & known.keys()) for one in known[patient]] if life.random.randrange(4) else []
    )
    coverage: Coverage | None = life.one_of(matters or [one for rows in known.values() for one in rows])
    if coverage is None:
        return None
    seen_on = life.today - timedelta(days=life.random.choice((0, 3, 20, 40, 80, 200)))
    told = (str(coverage.patient_id), seen_on, life.random.randrange(4) > 0)

    def done(_change: Any) -> None:
        life.remember("protected").append(told)

    return Step(lambda: write_down(coverage, is_protected=told[2], seen_on=seen_on), [{}], done=done)


def remark(life: Life, said: SaidClaim, claim: Filed, order: str) -> None:
    """Medicare says with its answer, now and then, that it must not be asked of the patient; with each line it left."""
    patient = life.money.patient_of.get(claim.lines[0].name, "")
    rows = [row for row in _with_medicare(life).get(patient, []) if row.order == order]
    if not rows or life.random.randrange(4):
        return
    said.lines = [
        replace(line, remark=next((_REMARKS[why] for group, why, _cents in line.unpaid if group == "PR" and why in _REMARKS), ""))
        for line in said.lines
    ]  # fmt: skip


def is_protected(life: Life, line: str) -> bool:
    """Whether cost sharing of a line may not be asked of its patient."""
    head = line.partition(":")[0]
    if head == "opening":
        return False
    if any(
        one.payment is not None
        and one.payment.stands
        and not one.is_held
        and any(said.remark for said in one.said.lines)
        for one in life.remember("answers")
        if str(one.claim.head) == head
    ):
        return True
    patient = life.money.patient_of[line]
    day, orders = _billed(life, head)
    if not any(row.order in orders for row in _with_medicare(life).get(patient, [])):
        return False
    end = day.replace(day=monthrange(day.year, day.month)[1])
    latest = None
    for whose, seen_on, is_so in life.remember("protected"):
        if whose == patient and seen_on <= end and (latest is None or latest[0] <= seen_on):
            latest = (seen_on, is_so)
    return latest is not None and latest[1]


def _billed(life: Life, head: str) -> tuple[date, set[str]]:
    """The day of a claim that was charged, and the places of the payers that it names."""
    known: dict[str, tuple[date, set[str]]] = life.memory.setdefault("billed", {})
    if head not in known:
        claim = Claim.objects.get(pk=head)
        record = claim.record or {"payer": {"order": claim.order}, "other_payers": []}
        orders = {record["payer"]["order"], *(other["order"] for other in record["other_payers"])}
        known[head] = (claim.date_of_service, orders)
    return known[head]


KINDS = ((learn, 3),)
