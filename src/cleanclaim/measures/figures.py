"""The figures themselves: each its numerator over its denominator, by the definitions, over any set of claims.

Whoever calls chooses the claims: all of a span, or those of one month or one payer. The same function serves a
clinic's page, a simulated year and the test with a known answer. Whole cents, counts and days; a rate of nothing is
unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cleanclaim.measures.definitions import Measure, MeasureUnit, definitions
from cleanclaim.measures.facts import ClaimFact, PatientCash
from cleanclaim.money import divide

AGED_DAYS = 90
"""From the day after so many days a receivable is aged: the measure's own name says the number."""
_SCALES = {MeasureUnit.RATE: 1_000, MeasureUnit.DAYS: 10}


@dataclass(frozen=True, slots=True)
class MeasureValue:
    """One figure: what counts, of how much. `unknown` tells how many claims count without a known price."""

    measure: Measure
    numerator: int
    denominator: int | None = None
    unknown: int = 0

    @property
    def number(self) -> int | None:
        """Tenths of a percent, tenths of a day, or cents; `None` where it is unknown."""
        if self.denominator is None:
            return self.numerator
        if self.denominator <= 0:
            return None
        return divide(self.numerator * _SCALES[definitions()[self.measure].unit], self.denominator)


@dataclass(frozen=True, slots=True)
class Span:
    """Days of service, both inclusive, and the day as of which money stands where it stands."""

    first: date
    last: date
    as_of: date

    def days_since(self, first: date | None) -> int:
        """How many days from a day on, or from its own first day if that is later; those to come are left out."""
        begins = self.first if first is None else max(self.first, first)
        return max(0, (min(self.last, self.as_of) - begins).days + 1)

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last


# --- which claims count ------------------------------------------------------------------------------------


def is_judged(claim: ClaimFact) -> bool:
    """An original that was judged when it was built."""
    return claim.is_original and claim.was_clean is not None


def is_acknowledged(claim: ClaimFact) -> bool:
    """An original that an acknowledgment answered."""
    return claim.is_original and claim.was_accepted is not None


def is_answered(claim: ClaimFact) -> bool:
    """An original that a remittance answered."""
    return claim.is_original and claim.answer is not None


def is_denied(claim: ClaimFact) -> bool:
    """An original that its first remittance denied, whole or in part."""
    return is_answered(claim) and claim.answer is not None and claim.answer.is_denied


def is_denied_whole(claim: ClaimFact) -> bool:
    """One of which nothing was paid and something denied."""
    return is_denied(claim) and claim.answer is not None and claim.answer.paid_cents == 0


def open_cents(claim: ClaimFact) -> int:
    """What is open on a claim to payers and the patient; below zero a credit."""
    return claim.payer_open_cents + claim.patient_open_cents


def is_aged(claim: ClaimFact, as_of: date) -> bool:
    """Whether its date of service lies more than 90 days back."""
    return (as_of - claim.date_of_service).days > AGED_DAYS


def counts(measure: Measure, claim: ClaimFact, as_of: date) -> bool | None:
    """Whether a claim is in a figure's numerator; `False` where only in its denominator, `None` where in neither.

    Patients' cash is of no claim: for `Measure.POINT_OF_SERVICE` the answer is always `None`.
    """
    base, inside = _ROWS.get(measure, (lambda _claim: False, lambda _claim, _day: False))
    return inside(claim, as_of) if base(claim) else None


Base = Callable[[ClaimFact], bool]
Inside = Callable[[ClaimFact, date], bool]

_ROWS: Mapping[Measure, tuple[Base, Inside]] = {
    Measure.CLEAN_BY_TOOL: (is_judged, lambda claim, _day: claim.was_clean is True),
    Measure.CLEAN_BY_CLEARINGHOUSE: (is_acknowledged, lambda claim, _day: claim.was_accepted is True),
    Measure.FIRST_SENDING: (is_answered, lambda claim, _day: not is_denied(claim)),
    Measure.DENIED_WHOLE: (is_answered, lambda claim, _day: is_denied_whole(claim)),
    Measure.DENIED_IN_PART: (is_answered, lambda claim, _day: is_denied(claim) and not is_denied_whole(claim)),
    Measure.DENIED_DOLLARS: (is_answered, lambda claim, _day: is_denied(claim)),
    Measure.DENIALS_LOST: (lambda claim: is_denied(claim) and claim.written_off_cents != 0, lambda _claim, _day: True),
    Measure.DENIALS_WAITING: (lambda claim: is_denied(claim) and claim.payer_open_cents > 0, lambda _c, _day: True),
    Measure.NET_COLLECTION: (lambda claim: claim.charged_cents != 0, lambda claim, _day: claim.paid_cents != 0),
    Measure.NET_DAYS: (lambda claim: open_cents(claim) != 0, lambda _claim, _day: True),
    Measure.AGED: (lambda claim: open_cents(claim) > 0, is_aged),
    Measure.UNBILLED_DAYS: (lambda claim: claim.filed_on is None, lambda _claim, _day: True),
    Measure.FILING_LAG: (lambda claim: claim.is_original and claim.filed_on is not None, lambda _claim, _day: True),
}


# --- the figures -------------------------------------------------------------------------------------------


def figures(
    claims: Sequence[ClaimFact], receivable: Sequence[ClaimFact], cash: Iterable[PatientCash], span: Span
) -> dict[Measure, MeasureValue]:
    """Every figure.

    Args:
        claims: the claims whose date of service lies in the span.
        receivable: every claim, of whatever day, on which something is open, or which has not gone out.
        cash: what patients paid in the span.
        span: the days, and the day as of which it is looked at.
    """
    found = {measure: _share(measure, claims, span.as_of) for measure in _SHARES}
    answered = [claim for claim in claims if is_answered(claim)]
    found[Measure.DENIED_DOLLARS] = MeasureValue(
        Measure.DENIED_DOLLARS,
        sum(claim.answer.denied_cents for claim in answered if claim.answer is not None and claim.answer.is_denied),
        sum(claim.answer.charge_cents for claim in answered if claim.answer is not None),
    )
    found[Measure.NET_COLLECTION] = MeasureValue(
        Measure.NET_COLLECTION,
        sum(claim.paid_cents for claim in claims),
        sum(claim.charged_cents - claim.contractual_cents for claim in claims),
    )
    denied = [claim for claim in claims if is_denied(claim)]
    found[Measure.DENIALS_LOST] = MeasureValue(Measure.DENIALS_LOST, sum(claim.written_off_cents for claim in denied))
    found[Measure.DENIALS_WAITING] = MeasureValue(
        Measure.DENIALS_WAITING, sum(max(0, claim.payer_open_cents) for claim in denied)
    )
    filed = [claim for claim in claims if claim.is_original and claim.filed_on is not None]
    lag = sum(claim.filing_days for claim in filed)
    found[Measure.FILING_LAG] = MeasureValue(Measure.FILING_LAG, lag, sum(claim.claims for claim in filed))
    paid = list(cash)
    found[Measure.POINT_OF_SERVICE] = MeasureValue(
        Measure.POINT_OF_SERVICE,
        sum(one.cents for one in paid if one.was_treated and one.cents > 0),
        sum(one.cents for one in paid if one.cents > 0),
    )
    found |= _standing(claims, receivable, span)
    return {measure: found[measure] for measure in Measure}


_SHARES = (
    Measure.CLEAN_BY_TOOL,
    Measure.CLEAN_BY_CLEARINGHOUSE,
    Measure.FIRST_SENDING,
    Measure.DENIED_WHOLE,
    Measure.DENIED_IN_PART,
)
"""Figures that count claims."""


def _share(measure: Measure, claims: Iterable[ClaimFact], as_of: date) -> MeasureValue:
    told = [(claim.claims, inside) for claim in claims if (inside := counts(measure, claim, as_of)) is not None]
    return MeasureValue(measure, sum(count for count, inside in told if inside), sum(count for count, _inside in told))


def _standing(claims: Sequence[ClaimFact], receivable: Sequence[ClaimFact], span: Span) -> dict[Measure, MeasureValue]:
    """What stands open, over what comes in of a day."""
    # A clinic whose claims begin within the span earned nothing of them before: those days are no part of the average.
    days = span.days_since(min((claim.date_of_service for claim in claims), default=None))
    billed = [claim for claim in receivable if claim.filed_on is not None or open_cents(claim)]
    net = sum(open_cents(claim) - claim.allowance_cents for claim in billed)
    revenue = sum(claim.charged_cents - claim.contractual_cents - claim.allowance_cents for claim in claims)
    unknown = [claim for claim in billed if claim.answer is None and claim.allowed_cents is None and open_cents(claim)]
    unpriced = sum(claim.claims for claim in unknown)
    owed = [(claim, cents) for claim in billed if (cents := open_cents(claim)) > 0]
    gross = sum(claim.charged_cents or claim.built_cents for claim in claims if claim.is_original)
    unbilled = sum(claim.built_cents for claim in receivable if claim.filed_on is None and not open_cents(claim))
    return {
        # x ÷ (revenue ÷ days) is x · days ÷ revenue: nothing is rounded before the end.
        Measure.NET_DAYS: MeasureValue(Measure.NET_DAYS, net * days, revenue, unpriced),
        Measure.AGED: MeasureValue(
            Measure.AGED,
            sum(cents for claim, cents in owed if is_aged(claim, span.as_of)),
            sum(cents for _claim, cents in owed),
        ),
        Measure.UNBILLED_DAYS: MeasureValue(Measure.UNBILLED_DAYS, unbilled * days, gross),
    }


BUCKETS = (30, 60, 90, 120)
"""The last day of each age but the last: 0–30, 31–60, 61–90, 91–120, over 120 days."""


def aging(receivable: Iterable[ClaimFact], as_of: date) -> dict[str, list[int]]:
    """What payers owe by payer and age, in cents: a list of five sums each; credits count against their age."""
    found: dict[str, list[int]] = {}
    for claim in receivable:
        if claim.payer_open_cents:
            age = (as_of - claim.date_of_service).days
            place = sum(age > last for last in BUCKETS)
            found.setdefault(claim.payer, [0] * (len(BUCKETS) + 1))[place] += claim.payer_open_cents
    return dict(sorted(found.items()))


def months_of(span: Span) -> list[tuple[date, date]]:
    """The months of a span, each by its first and last day, the ends cut to the span."""
    found, begins = [], span.first
    while begins <= span.last:
        following = (begins.replace(day=1) + timedelta(days=32)).replace(day=1)
        found.append((begins, min(span.last, following - timedelta(days=1))))
        begins = following
    return found
