"""Appeals: taken by letter, decided days later at their level, upheld or overturned by the payer's own odds.

A decision that is overturned takes the answer back and answers the claim anew, with interest for the days beyond the
plan's limit, counted from the day on which the claim first came.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.decision import answered, next_working_day
from cleanclaim.payer_sim.denials import Case
from cleanclaim.payer_sim.letters import AppealLetter, DecisionLetter
from cleanclaim.payer_sim.memory import Appealed, Decided, Kept, Memory
from cleanclaim.payer_sim.pack import Pack, Plan, Scenario
from cleanclaim.payer_sim.taking_back import release, turned

_SOONEST_DAYS = 20
"""A decision takes at least so many days, where the plan's own limit is not shorter."""
_PAID_DAYS = 7
"""In so many days what an appeal has won is paid."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Who decides over appeals, and by what."""

    memory: Memory
    pack: Pack
    scenario: Scenario
    chance: Chance

    def plan_of(self, decided: Decided) -> Plan:
        """The plan that a decision was made under."""
        return next(plan for plan in self.pack.plans if plan.id == decided.plan)


def take(letter: AppealLetter, bench: Bench, today: date) -> DecisionLetter | None:
    """Take an appeal to be decided later; the letter that dismisses it where it cannot be taken."""
    memory = bench.memory
    decided, kept = memory.paid.get(letter.claim), memory.kept.get(letter.claim)
    if decided is None:
        return _dismissed(letter, "", today, "no decision in force has this number")
    account = decided.claim.control_number
    if kept is None or any(one.number == letter.claim for one in memory.appeals):
        why = "nothing is denied that an appeal could change" if kept is None else "it is being decided"
        return _dismissed(letter, account, today, why)
    levels = bench.plan_of(decided).appeals
    if letter.level != kept.level + 1 or letter.level > len(levels):
        return _dismissed(letter, account, today, "not the level that comes next")
    level = levels[letter.level - 1]
    if (today - kept.decided_on).days > level.within_days:
        return _dismissed(letter, account, today, "it came too late")
    spare = max(level.decided_days - _SOONEST_DAYS, 0)
    days = level.decided_days - bench.chance.below(spare + 1, "appeal takes", letter.claim, str(letter.level))
    memory.appeals.append(
        Appealed(number=letter.claim, level=letter.level, received_on=today, decide_on=today + timedelta(days=days))
    )
    return None


def decided_by(bench: Bench, through: date | None) -> Iterator[DecisionLetter]:
    """Decide the appeals that are due through a day, all where there is none; what is won waits for its payment."""
    memory = bench.memory
    due = [one for one in memory.appeals if through is None or one.decide_on <= through]
    memory.appeals = [one for one in memory.appeals if one not in due]
    for one in sorted(due, key=lambda appeal: appeal.decide_on):
        yield _decide(one, bench)


def _decide(appeal: Appealed, bench: Bench) -> DecisionLetter:
    """Decide one appeal."""
    memory = bench.memory
    decided, kept = memory.paid.get(appeal.number), memory.kept.pop(appeal.number, None)
    if decided is None or kept is None:
        told = AppealLetter(claim=appeal.number, level=appeal.level)
        return _dismissed(told, "", appeal.decide_on, "the claim was decided anew since")
    levels = bench.plan_of(decided).appeals
    kept = kept.model_copy(update={"level": appeal.level, "decided_on": appeal.decide_on})
    names = [_after(name, place, appeal, bench) for place, name in enumerate(kept.names)]
    letter = partial(
        DecisionLetter,
        claim=appeal.number,
        account=decided.claim.control_number,
        level=appeal.level,
        decided_on=appeal.decide_on,
    )
    if tuple(names) == kept.names:
        memory.kept[appeal.number] = kept
        return letter(decision="upheld", next_level=appeal.level < len(levels))
    return letter(decision="overturned", new_claim=_answer_anew(decided, kept, names, appeal, bench))


def _after(name: str, place: int, appeal: Appealed, bench: Bench) -> str:
    """The edit that denies a line after an appeal: none where it is overturned."""
    odds = bench.pack.edits.appeals.get(name, ())
    share = odds[appeal.level - 1] if appeal.level <= len(odds) else 0
    is_won = bench.chance.happens(share, "appeal", appeal.number, str(appeal.level), str(place))
    return "" if is_won else name


def _answer_anew(decided: Decided, kept: Kept, names: list[str], appeal: Appealed, bench: Bench) -> str:
    """Take an answer back where it moved anything, and answer the claim anew; returns the payer's new number."""
    memory, claim = bench.memory, kept.claim
    number = f"{appeal.number}L{appeal.level}"
    pay_on = max(next_working_day(appeal.decide_on + timedelta(days=_PAID_DAYS)), decided.pay_on)
    memory.paid.pop(appeal.number)
    release(memory, decided, decided.claim.lines)
    # What denied every line, and left nothing of it to the patient, moved nothing that could be taken back.
    if any(not name for name in kept.names) or decided.claim.patient_cents:
        update = {"claim": turned(decided.claim), "pay_on": pay_on, "interest_cents": 0, "owed_cents": 0}
        memory.waiting.append(decided.model_copy(update=update))
    plan = bench.plan_of(decided)
    case = Case(
        claim=claim,
        plan=plan,
        person=decided.person,
        number=number,
        received_on=kept.received_on,
        pack=bench.pack,
        scenario=bench.scenario,
        chance=bench.chance,
        memory=memory,
    )
    late = max((pay_on - kept.received_on).days - plan.late_after_days, 0)
    memory.waiting.extend(answered(case, decided.payee, names, pay_on, late, instead_of=decided))
    if number in memory.kept:
        memory.kept[number] = memory.kept[number].model_copy(update={"level": appeal.level, "decided_on": pay_on})
    return number


def _dismissed(letter: AppealLetter, account: str, on: date, why: str) -> DecisionLetter:
    return DecisionLetter(
        claim=letter.claim, account=account, level=letter.level, decision="dismissed", decided_on=on, why=why
    )
