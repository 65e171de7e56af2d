"""The figures of a clinic's money: its rows as the facts that `measures` computes from, and the claims behind each.

Claims are read with their first answer, their acknowledgment and where their cents stand, by a handful of queries
whatever their number. Which claims count in what is said in `measures.figures` alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from cleanclaim.ledger.accounts import Account
from cleanclaim.measures.definitions import Measure
from cleanclaim.measures.facts import ClaimFact, PatientCash
from cleanclaim.measures.figures import MeasureValue, Span, aging, counts, figures, months_of
from cleanclaim.measures.forecast import PayerForecast, forecast
from cleanclaim.practice.engine.figures.figures import Chosen
from cleanclaim.practice.engine.figures.money_sums import ClaimsBehind, Grouped, grouped, paid_and_waiting
from cleanclaim.practice.models import (
    OPEN_STATUSES,
    AnswerState,
    Claim,
    ClaimAnswer,
    ClaimReport,
    ClaimStatus,
    Clinic,
    LedgerEntry,
    Receipt,
    Visit,
)
from cleanclaim.records import CoverageOrder, Frequency
from cleanclaim.reference.claim_status import Standing

WEEKS = 8
"""How far ahead cash is forecast."""
_TAKEN_BACK = "22"
"""The status of an answer that only takes an earlier one back."""
_OPEN_ACCOUNTS = (Account.PAYER_OPEN.value, Account.PATIENT_OPEN.value)
_STANDS_OPEN = Q(status__in=OPEN_STATUSES)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one month or one payer."""

    key: str
    label: str
    values: Mapping[Measure, MeasureValue]


@dataclass(frozen=True, slots=True)
class Money:
    """Everything that the page of the money shows of a span."""

    span: Span
    values: Mapping[Measure, MeasureValue]
    months: Sequence[Group]
    payers: Sequence[Group]
    aging: Mapping[str, Sequence[int]]
    names: Mapping[str, str]
    """What each payer is called, by its key."""


def money(clinic: Clinic, chosen: Chosen, today: date) -> Money:
    """The figures of a span, whole, by month and by payer; the clinic is in scope."""
    span = Span(chosen.first, chosen.last, today)
    return _money(_grouped(clinic, chosen, span), chosen, span)


def _grouped(clinic: Clinic, chosen: Chosen, span: Span) -> Grouped:
    return grouped(
        _inside_or_open(chosen), span, ZoneInfo(clinic.time_zone), posted_answers(), _decided(), Standing.ACCEPTED.value
    )


def _money(found: Grouped, chosen: Chosen, span: Span) -> Money:
    claims, receivable, names = found.claims, found.receivable, found.names
    cash = patient_cash(chosen)
    by_payer: dict[str, list[ClaimFact]] = defaultdict(list)
    owed: dict[str, list[ClaimFact]] = defaultdict(list)
    for claim in claims:
        by_payer[claim.payer].append(claim)
    for claim in receivable:
        owed[claim.payer].append(claim)
    months = []
    for first, last in months_of(span):
        part = Span(first, last, span.as_of)
        own = [claim for claim in claims if part.holds(claim.date_of_service)]
        paid = [one for one in cash if part.holds(one.on)]
        months.append(Group(f"{first:%Y-%m}", f"{first:%b %Y}", figures(own, (), paid, part)))
    payers = [
        Group(key, names[key], figures(by_payer[key], owed[key], (), span))
        for key in sorted({*by_payer, *owed}, key=lambda key: (names[key].casefold(), key))
    ]
    return Money(span, figures(claims, receivable, cash, span), months, payers, aging(receivable, span.as_of), names)


def _inside_or_open(chosen: Chosen) -> QuerySet[Claim]:
    """The claims to payers of the span, and those of any day on which something stands open or that have not gone out.

    Superbills go to no payer.
    """
    inside = Q(date_of_service__range=(chosen.first, chosen.last))
    return _narrowed(Claim.objects.filter(inside | _STANDS_OPEN | Q(pk__in=_uneven())), chosen)


def _narrowed(found: QuerySet[Claim], chosen: Chosen) -> QuerySet[Claim]:
    # A superbill that was given out is closed, and never went out in a file.
    given_out = Q(status=ClaimStatus.CLOSED.value, batch=None)
    found = found.exclude(Q(status=ClaimStatus.SUPERBILL.value) | Q(payer="") | given_out)
    if chosen.payer:
        found = found.filter(payer=chosen.payer)
    if chosen.therapist:
        found = found.filter(therapist=UUID(chosen.therapist))
    return found


def _uneven() -> QuerySet[LedgerEntry, Any]:
    """The keys of claims on whose open accounts something stands."""
    sums: Any = LedgerEntry.objects.filter(account__in=_OPEN_ACCOUNTS).exclude(claim=None).order_by()
    found: QuerySet[LedgerEntry, Any] = (
        sums.values("claim", "account").annotate(total=Sum("cents")).exclude(total=0).values("claim")
    )
    return found


def posted_answers() -> QuerySet[ClaimAnswer]:
    """Answers that stand: on a claim, of a payment that was not taken back, and more than a taking back themselves."""
    states = [AnswerState.POSTED.value, AnswerState.PLACED.value]
    found = ClaimAnswer.objects.filter(state__in=states, remittance__unposted_at=None)
    return found.exclude(status_code=_TAKEN_BACK).exclude(claim=None)


def _decided() -> QuerySet[ClaimReport]:
    """Acknowledgments that say whether a claim was taken."""
    found: QuerySet[ClaimReport] = ClaimReport.objects.filter(kind="277CA", standing__in=list(_DECIDED))
    return found


_DECIDED = {Standing.ACCEPTED.value: True, Standing.REJECTED.value: False}


def patient_cash(chosen: Chosen) -> list[PatientCash]:
    """What patients paid in the span, with whether they were treated on the day; nothing where one payer is chosen."""
    if chosen.payer or chosen.therapist:
        return []
    treated = Visit.objects.filter(patient=OuterRef("patient"), date_of_service=OuterRef("received_on"))
    rows = Receipt.objects.filter(received_on__range=(chosen.first, chosen.last), voided_at=None)
    return [
        PatientCash(on, cents, is_treated)
        for on, cents, is_treated in rows.annotate(is_treated=Exists(treated)).values_list(
            "received_on", "cents", "is_treated"
        )
    ]


def behind(
    clinic: Clinic, measure: Measure, chosen: Chosen, today: date, *, others: bool
) -> tuple[Money, ClaimsBehind]:
    """The claims behind a figure, the latest first, beside the figures themselves; the clinic is in scope.

    They are those that count, or with `others` those in its denominator alone. Figures of what stands open ask of
    every day, the others of the span.
    """
    span = Span(chosen.first, chosen.last, today)
    found = _grouped(clinic, chosen, span)
    is_standing = measure in {Measure.NET_DAYS, Measure.AGED, Measure.UNBILLED_DAYS}
    asked = found.receivable if is_standing else found.claims
    groups = [claim for claim in asked if counts(measure, claim, today) is (not others)]
    return _money(found, chosen, span), found.behind(groups)


def has_claims(measure: Measure) -> bool:
    """Whether a figure has claims behind it: patients' cash has none."""
    return measure is not Measure.POINT_OF_SERVICE


def cash_ahead(clinic: Clinic, today: date) -> tuple[list[PayerForecast], dict[str, str]]:
    """What payers are expected to pay in the next weeks, and what they are called; the clinic is in scope."""
    out = Claim.objects.exclude(batch=None).exclude(payer="").filter(frequency=Frequency.ORIGINAL.value)
    paid, waiting, names = paid_and_waiting(
        out.filter(order=CoverageOrder.PRIMARY.value), ZoneInfo(clinic.time_zone), posted_answers()
    )
    return forecast(paid, waiting, today, weeks=WEEKS), names
