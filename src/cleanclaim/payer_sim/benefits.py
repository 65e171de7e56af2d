"""What a line is worth to the payer: the fee, cut for a further procedure of the day, shared with the patient.

All sums are whole cents; each product is rounded once, half away from zero. Every cent charged is either paid or stands
in one adjustment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cleanclaim.money import Cents, divide
from cleanclaim.payer_sim.chance import WHOLE, Chance
from cleanclaim.payer_sim.denials import Case, service_day
from cleanclaim.payer_sim.memory import Memory
from cleanclaim.payer_sim.pack import Plan, Reason, Scenario
from cleanclaim.records.adjudication import Adjustment
from cleanclaim.x12.parsed import ParsedLine

ASSISTANT_MODIFIERS = frozenset({"CQ", "CO"})


@dataclass(frozen=True, slots=True)
class Price:
    """What is allowed on a line (`allowed`) after the cut for a further procedure (`reduction`), in cents."""

    allowed: Cents
    reduction: Cents


@dataclass(slots=True)
class Shares:
    """A paid line as it is taken apart: what is left to pay, and what was adjusted, reason by reason."""

    paid: Cents
    adjusted: dict[tuple[str, str], Cents] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def take(self, reason: Reason, cents: Cents) -> Cents:
        """Adjust an amount that is not paid, and take it off what is left; nothing for nothing. Returns it."""
        if cents:
            key = (reason.group.value, reason.reason)
            self.adjusted[key] = self.adjusted.get(key, 0) + cents
            self.paid -= cents
            self.remarks.extend(remark for remark in reason.remarks if remark not in self.remarks)
        return cents

    def adjustments(self) -> tuple[Adjustment, ...]:
        """The adjustments, each reason once."""
        return tuple(
            Adjustment.model_validate({"group": group, "reason": reason, "amount_cents": cents})
            for (group, reason), cents in self.adjusted.items()
        )


def prices(case: Case, lines: Sequence[ParsedLine], *, contract_share: int) -> list[Price]:
    """The prices of lines that are to be paid, in their order.

    Where the plan cuts further procedures, the unit with the largest practice expense of each day is paid in full, the
    first line's where several are alike; on all others that part is cut. A procedure that was paid by an earlier claim
    of the day was paid in full.
    """
    full = _paid_in_full(case, lines)
    return [
        _price(case, line, contract_share, whole_units=int(place in full), is_cut=case.plan.reduction_share > 0)
        for place, line in enumerate(lines)
    ]


def _paid_in_full(case: Case, lines: Sequence[ParsedLine]) -> set[int]:
    """The place of the line, for each day, of which one unit is not cut."""
    best: dict[object, tuple[int, int]] = {}
    for place, line in enumerate(lines):
        fee = case.pack.fees[case.pack.paid_as(case.plan, line.code)]
        is_later = any(
            one.is_paid and (known := case.pack.fees.get(one.code)) is not None and known.is_therapy
            for one in case.earlier(line)
        )
        if not fee.is_therapy or is_later:
            continue
        expense = fee.cents * fee.practice_expense_share
        day = service_day(line)
        if day not in best or expense > best[day][0]:
            best[day] = (expense, place)
    return {place for _expense, place in best.values()}


def _price(case: Case, line: ParsedLine, contract_share: int, *, whole_units: int, is_cut: bool) -> Price:
    """The price of one line; never more than its charge."""
    fee = case.pack.fees[case.pack.paid_as(case.plan, line.code)]
    units = line.units or 0
    base = min(divide(fee.cents * units * contract_share, WHOLE), line.charge_cents or 0)
    if not is_cut or not fee.is_therapy:
        return Price(base, 0)
    cut_units = max(units - whole_units, 0)
    product = fee.cents * cut_units * contract_share * fee.practice_expense_share * case.plan.reduction_share
    reduction = min(divide(product, WHOLE**3), base)
    return Price(base - reduction, reduction)


def shared(case: Case, line: ParsedLine, price: Price, prior: Cents | None) -> tuple[Shares, Cents]:
    """Take a line apart: contract, cut, patient's share, prior payer, assistant. Also what the deductible took.

    `prior` is what the payers before have paid on the line, `None` where there are none. This payer then pays the rest
    of what it allows, and the patient owes no more than that rest. Sequestration is not taken here.
    """
    cut, plan, memory = case.pack.cut, case.plan, case.memory
    charge = line.charge_cents or 0
    shares = Shares(charge)
    if prior is not None and prior >= price.allowed:
        shares.take(cut("prior_payer"), min(prior, charge))
        shares.take(cut("fee_schedule"), charge - min(prior, charge))
        return shares, 0
    above = charge - price.allowed - price.reduction
    # Only the rate of a package is above the charge of the line that carries it.
    shares.take(cut("fee_schedule" if above >= 0 else "above_charge"), above)
    shares.take(cut("multiple_procedures"), price.reduction)
    shares.take(cut("prior_payer"), prior or 0)
    met = deductible_met(case, line)
    deductible = shares.take(cut("deductible"), min(max(plan.deductible_cents - met, 0), shares.paid))
    coinsurance = divide((price.allowed - deductible) * plan.coinsurance_share, WHOLE)
    shares.take(cut("coinsurance"), min(coinsurance, shares.paid))
    day = f"{case.person}|{service_day(line).isoformat()}"
    taken = memory.copays.get(day, 0)
    # Behind another payer a plan asks for no copay: the patient was asked for one.
    due = 0 if prior is not None else plan.copay_cents - taken
    copay = shares.take(cut("copay"), min(due, shares.paid))
    if copay:
        memory.copays[day] = taken + copay
    if ASSISTANT_MODIFIERS.intersection(line.modifiers):
        shares.take(cut("assistant"), shares.paid - divide(shares.paid * plan.assistant_share, WHOLE))
    return shares, deductible


def deductible_met(case: Case, line: ParsedLine) -> Cents:
    """What is met of the deductible of a line's year."""
    return met_of(case.memory, case.scenario, case.chance, case.plan, f"{case.person}|{service_day(line).year}")


def met_of(memory: Memory, scenario: Scenario, chance: Chance, plan: Plan, key: str) -> Cents:
    """What is met of a deductible, by person and year (`key`), with what the patient spent elsewhere before."""
    elsewhere = chance.below(scenario.other_spending_cents + 1, "elsewhere", key)
    return memory.deductibles.get(key, min(elsewhere, plan.deductible_cents))


def sequestration(plan: Plan, paid: Cents) -> Cents:
    """What the plan withholds of a payment."""
    return divide(paid * plan.sequestration_share, WHOLE)
