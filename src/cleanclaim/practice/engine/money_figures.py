"""The figures of a clinic's money: its rows as the facts that `measures` computes from, and the claims behind each.

Claims are read with their first answer, their acknowledgment and where their cents stand, by a handful of queries
whatever their number. Which claims count in what is said in `measures.figures` alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from cleanclaim.ledger.accounts import Account
from cleanclaim.measures.definitions import Measure
from cleanclaim.measures.facts import ClaimFact, FirstAnswer, PatientCash
from cleanclaim.measures.figures import MeasureValue, Span, aging, counts, figures, months_of
from cleanclaim.measures.forecast import PayerForecast, forecast
from cleanclaim.practice.engine.figures import Chosen
from cleanclaim.practice.engine.money_sums import grouped, paid_and_waiting
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
_PIECE = 2_000
"""Claims asked about at once where they are named by key."""


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
    found = grouped(
        _inside_or_open(chosen), span, ZoneInfo(clinic.time_zone), posted_answers(), _decided(), Standing.ACCEPTED.value
    )
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
        part = Span(first, last, today)
        own = [claim for claim in claims if part.holds(claim.date_of_service)]
        paid = [one for one in cash if part.holds(one.on)]
        months.append(Group(f"{first:%Y-%m}", f"{first:%b %Y}", figures(own, (), paid, part)))
    payers = [
        Group(key, names[key], figures(by_payer[key], owed[key], (), span))
        for key in sorted({*by_payer, *owed}, key=lambda key: (names[key].casefold(), key))
    ]
    return Money(span, figures(claims, receivable, cash, span), months, payers, aging(receivable, today), names)


def to_payers(chosen: Chosen) -> QuerySet[Claim]:
    """The claims to payers of the span, in scope; superbills go to none."""
    found = Claim.objects.filter(date_of_service__range=(chosen.first, chosen.last))
    return _narrowed(found, chosen)


def _inside_or_open(chosen: Chosen) -> QuerySet[Claim]:
    """The claims of `to_payers` and of `standing_open` together."""
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


def standing_open(chosen: Chosen) -> QuerySet[Claim]:
    """Claims of any day on which something stands open, or that have not gone out."""
    return _narrowed(Claim.objects.filter(Q(pk__in=_uneven()) | _STANDS_OPEN), chosen)


def _uneven() -> QuerySet[LedgerEntry, Any]:
    """The keys of claims on whose open accounts something stands."""
    sums: Any = LedgerEntry.objects.filter(account__in=_OPEN_ACCOUNTS).exclude(claim=None).order_by()
    found: QuerySet[LedgerEntry, Any] = (
        sums.values("claim", "account").annotate(total=Sum("cents")).exclude(total=0).values("claim")
    )
    return found


def read(clinic: Clinic, chosen: Chosen) -> tuple[list[ClaimFact], list[ClaimFact], dict[str, str]]:
    """The claims of the span, those of any day that stand open, and what their payers are called."""
    inside, standing = to_payers(chosen), standing_open(chosen)
    rows = {row["pk"]: row for row in _rows(inside)}
    keys = set(rows)
    rows |= {row["pk"]: row for row in _rows(standing)}
    open_ones = {row for row in rows if row not in keys} | set(
        standing.filter(pk__in=inside).values_list("pk", flat=True)
    )
    facts = {fact.key: fact for fact in _facts(ZoneInfo(clinic.time_zone), list(rows.values()))}
    names: dict[str, str] = {}
    for row in rows.values():
        names[row["payer"]] = names.get(row["payer"]) or row["payer_name"] or row["payer"]
    return [facts[str(key)] for key in keys], [facts[str(key)] for key in open_ones], names


def _rows(found: QuerySet[Claim]) -> list[dict[str, Any]]:
    listed: Any = list(
        found.order_by("date_of_service", "number").values(
            "pk", "payer", "payer_name", "date_of_service", "frequency", "order", "first_passed", "charge_cents",
            "allowed_cents", "expected_cents", "batch__created_at",
        )
    )  # fmt: skip
    rows: list[dict[str, Any]] = listed
    return rows


def _facts(zone: ZoneInfo, rows: Sequence[Mapping[str, Any]]) -> list[ClaimFact]:
    keys = [row["pk"] for row in rows]
    stands, answers, accepted = _stands(keys), _first_answers(keys), _accepted(keys)
    found = []
    for row in rows:
        own = stands.get(row["pk"], {})
        filed: datetime | None = row["batch__created_at"]
        found.append(
            ClaimFact(
                key=str(row["pk"]),
                payer=row["payer"],
                date_of_service=row["date_of_service"],
                is_original=row["frequency"] == Frequency.ORIGINAL.value
                and row["order"] == CoverageOrder.PRIMARY.value,
                filed_on=None if filed is None else filed.astimezone(zone).date(),
                built_cents=row["charge_cents"] or 0,
                allowed_cents=row["allowed_cents"],
                was_clean=row["first_passed"],
                was_accepted=accepted.get(row["pk"]),
                answer=answers.get(row["pk"]),
                charged_cents=-own.get(Account.CHARGES.value, 0),
                contractual_cents=own.get(Account.CONTRACTUAL.value, 0),
                paid_cents=sum(
                    own.get(account.value, 0)
                    for account in (Account.PAYER_CASH, Account.PATIENT_CASH, Account.PATIENT_CREDIT)
                ),
                written_off_cents=own.get(Account.WRITTEN_OFF.value, 0),
                payer_open_cents=own.get(Account.PAYER_OPEN.value, 0),
                patient_open_cents=own.get(Account.PATIENT_OPEN.value, 0),
            )
        )
    return found


def _pieces(keys: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [keys[place : place + _PIECE] for place in range(0, len(keys), _PIECE)]


def _stands(keys: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Where the cents of each claim stand, by account."""
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for piece in _pieces(keys):
        sums = LedgerEntry.objects.filter(claim__in=piece).order_by().values("claim", "account")
        for row in sums.annotate(total=Sum("cents")):
            found[row["claim"]][row["account"]] = row["total"]
    return found


def posted_answers() -> QuerySet[ClaimAnswer]:
    """Answers that stand: on a claim, of a payment that was not taken back, and more than a taking back themselves."""
    states = [AnswerState.POSTED.value, AnswerState.PLACED.value]
    found = ClaimAnswer.objects.filter(state__in=states, remittance__unposted_at=None)
    return found.exclude(status_code=_TAKEN_BACK).exclude(claim=None)


def _first_answers(keys: Sequence[UUID]) -> dict[UUID, FirstAnswer]:
    found: dict[UUID, FirstAnswer] = {}
    for piece in _pieces(keys):
        rows = posted_answers().filter(claim__in=piece).order_by("remittance__paid_on", "created_at", "segment")
        for claim, on, at, charge, paid, denied in rows.values_list(
            "claim", "remittance__paid_on", "created_at", "charge_cents", "paid_cents", "open_cents"
        ):
            found.setdefault(claim, FirstAnswer(on or at.date(), charge, paid, max(0, denied)))
    return found


def _accepted(keys: Sequence[UUID]) -> dict[UUID, bool]:
    """What the first acknowledgment that decides said of each claim."""
    found: dict[UUID, bool] = {}
    for piece in _pieces(keys):
        rows = _decided().filter(claim__in=piece)
        for claim, standing in rows.order_by("created_at", "segment").values_list("claim", "standing"):
            found.setdefault(claim, _DECIDED[standing])
    return found


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


def behind(clinic: Clinic, measure: Measure, chosen: Chosen, today: date, *, others: bool) -> list[UUID]:
    """The claims behind a figure: those that count, or with `others` those in its denominator alone; the latest first.

    Figures of what stands open ask of every day, the others of the span.
    """
    claims, receivable, _names = read(clinic, chosen)
    asked = receivable if measure in {Measure.NET_DAYS, Measure.AGED, Measure.UNBILLED_DAYS} else claims
    inside = [claim for claim in asked if counts(measure, claim, today) is (not others)]
    return [UUID(claim.key) for claim in sorted(inside, key=lambda one: (one.date_of_service, one.key), reverse=True)]


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
