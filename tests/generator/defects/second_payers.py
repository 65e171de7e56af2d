"""Claims to a second payer: what the first one answered, told wrongly.

`answered` gives a clean visit the first payer's decision: every line's charge is paid or adjusted to the cent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from cleanclaim.records import AdjudicatedLine, Adjudication, Adjustment, AdjustmentGroup, CoverageOrder, Visit
from tests.generator.clean import Case, with_visit
from tests.generator.defects.planting import MEDICARE, Spot, defect, lines_of

SECOND = tuple(replace(MEDICARE, period=name) for name in ("2025q1", "2025q3", "2026q1", "2026q3"))


def answer(visit: Visit, rng: Random, as_of: date) -> Adjudication:
    """What Medicare decided on a visit: allowed a share, paid four fifths of that less two percent."""
    lines = []
    for number, line in enumerate(visit.billed or (), start=1):
        charge = line.charge_cents or 0
        allowed = charge * rng.randint(35, 45) // 100
        due = allowed // 5
        kept = (allowed - due) * 2 // 100
        paid = allowed - due - kept
        taken = (
            Adjustment(group=AdjustmentGroup.CONTRACTUAL, reason="45", amount_cents=charge - allowed),
            Adjustment(group=AdjustmentGroup.CONTRACTUAL, reason="253", amount_cents=kept),
            Adjustment(group=AdjustmentGroup.PATIENT, reason="2", amount_cents=due),
        )
        assert paid + sum(item.amount_cents for item in taken) == charge
        lines.append(AdjudicatedLine(line=number, paid_cents=paid, adjustments=taken))
    return Adjudication(
        order=CoverageOrder.PRIMARY,
        adjudicated_on=min(as_of, visit.date_of_service + timedelta(days=rng.randint(14, 21))),
        paid_cents=sum(line.paid_cents for line in lines),
        claim_number=f"2226{rng.randrange(10**9):09}",
        lines=tuple(lines),
    )


def answered(case: Case, rng: Random) -> Case | None:
    """The case with its last visit answered by Medicare and due to the supplement; `None` where there is none."""
    visit = case.visits[-1]
    if len(case.patient.coverages) < 2 or visit.date_of_service + timedelta(days=14) > case.as_of:
        return None
    return with_visit(case, visit.model_copy(update={"adjudications": (answer(visit, rng, case.as_of),)}))


def _answered(case: Case, rng: Random) -> tuple[Case, Adjudication] | None:
    ready = answered(case, rng)
    return None if ready is None else (ready, ready.visits[-1].adjudications[0])


def _with(case: Case, decided: Adjudication) -> Spot:
    visit = case.visits[-1].model_copy(update={"adjudications": (decided,)})
    return with_visit(case, visit), (visit.id,), "claim"


@defect(
    "second-claim-line-out-of-balance",
    "On a line to the second payer, paid and adjusted do not make up the charge.",
    *SECOND,
)
def _(case: Case, rng: Random) -> Spot | None:
    ready = _answered(case, rng)
    if ready is None:
        return None
    first, *others = ready[1].lines
    short = first.model_copy(update={"adjustments": first.adjustments[1:]})
    return _with(ready[0], ready[1].model_copy(update={"lines": (short, *others)}))


@defect(
    "second-claim-total-out-of-balance",
    "What the first payer paid on the claim is not what it paid on the lines.",
    *SECOND,
)
def _(case: Case, rng: Random) -> Spot | None:
    ready = _answered(case, rng)
    return (
        None
        if ready is None
        else _with(ready[0], ready[1].model_copy(update={"paid_cents": ready[1].paid_cents + 500}))
    )


@defect("second-claim-answer-before-visit", "The first payer is said to have decided before the visit.", *SECOND)
def _(case: Case, rng: Random) -> Spot | None:
    ready = _answered(case, rng)
    if ready is None:
        return None
    early = case.visits[-1].date_of_service - timedelta(days=3)
    return _with(ready[0], ready[1].model_copy(update={"adjudicated_on": early}))


@defect("second-claim-line-unanswered", "The first payer's answer leaves a line out.", *SECOND)
def _(case: Case, rng: Random) -> Spot | None:
    ready = _answered(case, rng)
    if ready is None or len(lines_of(case)) < 2:
        return None
    kept = ready[1].lines[:-1]
    paid = sum(line.paid_cents for line in kept)
    return _with(ready[0], ready[1].model_copy(update={"lines": kept, "paid_cents": paid}))
