"""What a desk disputes: denials that can be won, of claims of which somebody can say truthfully that the payer erred.

Which can be won, by whom and until when is what `denials` says of each; what a person knows beside it decides the rest:
that the claim had its approval, that the visit was billed once, that the patient has no other plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from cleanclaim.denials.deadlines import of_step
from cleanclaim.payer_sim.letters import SUFFIX, AppealLetter, DecisionLetter, written
from cleanclaim.records import AdjustmentGroup, CoverageOrder
from cleanclaim.reference.denials import Chance, Route
from cleanclaim.simulation.books import Books
from cleanclaim.simulation.clearing import terms
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import population
from cleanclaim.simulation.traffic import Denied, Sent
from cleanclaim.simulation.working import days_of_work
from cleanclaim.simulation.year import Truth

_PRIMARY = CoverageOrder.PRIMARY
_WORTH = frozenset({Chance.GOOD, Chance.FAIR})


@dataclass(frozen=True, slots=True)
class Dispute:
    """An appeal of a claim: by the payer's number of its answer, at which level, for how many cents, ready when."""

    sent: Sent
    claim: str
    level: int
    cents: int
    leaves_on: date


@dataclass(slots=True)
class Appeals:
    """A desk's appeals of a year: what waits to leave, what is decided, and what became of them."""

    truth: Truth
    seed: int
    books: Books
    filed: Counter[int] = field(default_factory=Counter)
    """Appeals by level."""
    disputed_cents: int = 0
    """What was in dispute at the first level."""
    decided: Counter[str] = field(default_factory=Counter)
    """Decisions by what they were."""
    won: set[str] = field(default_factory=set)
    """The payer's numbers of the answers that appeals have won, old and new: what they come to is what was won."""
    _queue: list[Dispute] = field(default_factory=list)
    _open: dict[str, Dispute] = field(default_factory=dict)
    _levels: dict[str, int] = field(default_factory=dict)
    """By the payer's number of an answer that an appeal has won in part, the level of that appeal."""

    @property
    def is_busy(self) -> bool:
        """Whether something waits to leave, or for its decision."""
        return bool(self._queue or self._open)

    @property
    def waiting(self) -> int:
        """How many appeals are not decided."""
        return len(self._queue) + len(self._open)

    def consider(self, denials: list[Denied], friday: date) -> None:
        """Dispute the denied lines of one claim, where that is worth it."""
        one = denials[0].sent
        days = days_of_work(one, self.seed)
        worth = [denied for denied in denials if self._can_be_won(denied)]
        if days is None or not worth:
            return
        number = worth[0].payer_claim
        cents = sum(denied.cents for denied in worth)
        dispute = Dispute(one, number, self._levels.get(number, 0) + 1, cents, friday + timedelta(days=days))
        self._queue_in_time(dispute, worth[0].on)

    def leaving(self, friday: date) -> Iterator[tuple[str, bytes]]:
        """The letters that leave by a day."""
        now = sorted((one for one in self._queue if one.leaves_on <= friday), key=lambda one: (one.claim, one.level))
        self._queue = [one for one in self._queue if one.leaves_on > friday]
        for one in now:
            self.filed[one.level] += 1
            self.disputed_cents += one.cents if one.level == 1 else 0
            self._open[one.claim] = one
            name = f"{friday.isoformat()}-{one.claim}-{one.level}.{SUFFIX}"
            yield name, written(AppealLetter(claim=one.claim, level=one.level))

    def told(self, decision: DecisionLetter, friday: date) -> None:
        """Take a decision: what is upheld goes on to the next level, where there is one and somebody has the will."""
        one = self._open.pop(decision.claim)
        self.decided[decision.decision] += 1
        if decision.new_claim:
            self.won |= {decision.claim, decision.new_claim}
            self._levels[decision.new_claim] = one.level
        goes_on = Draws(self.seed, "goes on", decision.claim).happens(population().habits.appeals_further)
        days = days_of_work(one.sent, self.seed)
        if decision.next_level and goes_on and days is not None:
            following = replace(one, level=one.level + 1, leaves_on=friday + timedelta(days=days))
            self._queue_in_time(following, decision.decided_on)

    def _queue_in_time(self, dispute: Dispute, decided_on: date) -> None:
        """Queue an appeal where the payer has such a step, it wants no least amount, and its last day is not past."""
        steps = terms(dispute.sent.claim.payer.pack, decided_on).steps
        if dispute.level > len(steps) or steps[dispute.level - 1].amount_needed:
            return
        last = of_step(steps[dispute.level - 1], decided_on).on
        if last is None or dispute.leaves_on <= last:
            self._queue.append(dispute)

    def _can_be_won(self, denied: Denied) -> bool:
        """Whether an appeal can win a denial, and somebody can say truthfully that the payer erred."""
        made, one = denied.strategy, denied.sent
        stands = self.books.book.line(denied.line).by_payer.get(_PRIMARY.value, 0) > 0
        if not stands or not made.may_appeal or made.chance not in _WORTH or denied.order is not _PRIMARY:
            return False
        if denied.group == AdjustmentGroup.PATIENT.value:
            return False
        match made.route:
            case Route.APPEAL | Route.RECORDS:
                return True
            case Route.AUTHORIZATION:
                return bool(one.claim.prior_authorization)
            case Route.STATUS:
                return one.key not in self.truth.gone
            case Route.OTHER_PAYER:
                return one.order is _PRIMARY
            case _:
                return False
