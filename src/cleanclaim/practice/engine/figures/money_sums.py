"""A clinic's claims added up in the database, for the figures of its money.

A year of claims is tens of thousands of rows, and the page shows some hundred numbers. Claims that no figure tells
apart come as one `ClaimFact` for all of them: what is asked of a claim (its marks, the sign of each amount, its month
and its age) is what they are grouped by, so that `measures.figures` computes the same from groups as from claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any, overload
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import BooleanField, Case, ExpressionWrapper, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncDate

from cleanclaim.ledger.accounts import Account
from cleanclaim.measures.facts import ClaimFact, FirstAnswer
from cleanclaim.measures.figures import AGED_DAYS, BUCKETS, Span, months_of
from cleanclaim.measures.forecast import PaidClaim, WaitingClaim
from cleanclaim.practice.gathering import Part, counted
from cleanclaim.practice.models import OPEN_STATUSES, Claim, ClaimAnswer, ClaimReport, ClaimStatus, LedgerEntry
from cleanclaim.records import CoverageOrder, Frequency

_AMOUNTS = {
    "charged": (Account.CHARGES,),
    "contractual": (Account.CONTRACTUAL,),
    "paid": (Account.PAYER_CASH, Account.PATIENT_CASH, Account.PATIENT_CREDIT),
    "written_off": (Account.WRITTEN_OFF,),
    "payer_open": (Account.PAYER_OPEN,),
    "patient_open": (Account.PATIENT_OPEN,),
}
"""What the ledger says of a claim, by the accounts that are added up for it."""

_DAYS = {
    "postgresql": "SUM(filed_on - service_on)",
    "sqlite": "CAST(SUM(julianday(filed_on) - julianday(service_on)) AS INTEGER)",
}
"""The days from service to filing of several claims, as each database says it."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """The claims of the span, and those of any day that stand open, each as groups; and what payers are called."""

    claims: list[ClaimFact]
    receivable: list[ClaimFact]
    names: dict[str, str]
    parts: list[Part]
    """The rows that were grouped, in the database."""

    def behind(self, groups: Iterable[ClaimFact]) -> ClaimsBehind:
        """The claims of some of the groups."""
        return ClaimsBehind(self.parts, [fact.key for fact in groups], sum(fact.claims for fact in groups))


@dataclass(frozen=True, slots=True)
class ClaimsBehind(Sequence[UUID]):
    """Claims of some groups, the latest first, of which the database hands out a page at a time."""

    parts: list[Part]
    groups: list[str]
    claims: int

    def __len__(self) -> int:
        """How many there are."""
        return self.claims

    def __iter__(self) -> Iterator[UUID]:
        """All of them; one statement."""
        return iter(self[0 : self.claims])

    @overload
    def __getitem__(self, place: int) -> UUID: ...
    @overload
    def __getitem__(self, place: slice) -> list[UUID]: ...
    def __getitem__(self, place: int | slice) -> UUID | list[UUID]:
        """The key at a place, or the keys from one place to before another; one statement."""
        if isinstance(place, int):
            at = range(self.claims)[place]
            return self[at : at + 1][0]
        first, last, _step = place.indices(self.claims)
        if first >= last:
            return []
        marks = ", ".join(["%s"] * len(self.groups))
        asked = (
            f"SELECT claim, service_on FROM fact WHERE {_GROUP} IN ({marks}) "  # noqa: S608 - our own words
            "ORDER BY service_on DESC, claim DESC LIMIT %s OFFSET %s"
        )
        rows = counted(self.parts, [asked], [*self.groups, last - first, first])
        return [UUID(str(claim)) for claim, _day in rows]


def grouped(
    found: QuerySet[Claim],
    span: Span,
    zone: ZoneInfo,
    answers: QuerySet[ClaimAnswer],
    reports: QuerySet[ClaimReport],
    accepted: str,
) -> Grouped:
    """Add claims up; one statement, whatever their number.

    Args:
        found: the claims of the span, and those of any day that stand open, in scope.
        span: whose months and age the groups keep apart.
        zone: the clinic's, in which a claim went out on a day.
        answers: answers that stand; the first of a claim counts.
        reports: acknowledgments that decide; the first of a claim counts.
        accepted: the standing of a report by which a claim was taken.
    """
    held = Grouped([], [], {}, _parts(found, span, zone, answers, reports))
    rows = counted(held.parts, [_asked()])
    for row in sorted(rows, key=repr):
        told = dict(zip(_NAMES, row, strict=True))
        fact = _fact(told, accepted)
        if told["is_inside"]:
            held.claims.append(fact)
        if told["stands"]:
            held.receivable.append(fact)
        held.names[fact.payer] = max(held.names.get(fact.payer, ""), told["payer_name"])
    for payer, name in held.names.items():
        held.names[payer] = name or payer
    return held


def _boundaries(span: Span) -> list[date]:
    """The days on which a month, the span, or an age begins or has ended, in their order."""
    months = {first for first, _last in months_of(span)}
    ages = {span.as_of - timedelta(days=days) for days in (*BUCKETS, AGED_DAYS)}
    return sorted(months | ages | {span.last + timedelta(days=1)})


def _parts(
    found: QuerySet[Claim], span: Span, zone: ZoneInfo, answers: QuerySet[ClaimAnswer], reports: QuerySet[ClaimReport]
) -> list[Part]:
    begins = [When(date_of_service__gte=day, then=Value(place)) for place, day in enumerate(_boundaries(span), 1)]
    original = Q(frequency=Frequency.ORIGINAL.value, order=CoverageOrder.PRIMARY.value)
    chosen = found.order_by().annotate(
        stretch=Case(*reversed(begins), default=Value(0), output_field=IntegerField()),
        is_original=ExpressionWrapper(original, output_field=BooleanField()),
        is_waiting=ExpressionWrapper(Q(status__in=OPEN_STATUSES), output_field=BooleanField()),
        is_inside=ExpressionWrapper(Q(date_of_service__range=(span.first, span.last)), output_field=BooleanField()),
        filed_on=TruncDate("batch__created_at", tzinfo=zone),
        service_on=F("date_of_service"),
    )
    columns = (
        "stretch", "payer", "payer_name", "is_original", "is_waiting", "is_inside", "first_passed", "service_on",
        "filed_on", "charge_cents", "allowed_cents",
    )  # fmt: skip
    entries = LedgerEntry.objects.exclude(claim=None).order_by().values_list("claim", "account", "cents")
    given = answers.order_by().values_list(
        "claim", "remittance__paid_on", "created_at", "segment", "charge_cents", "paid_cents",
        F("open_cents") + F("refused_cents"),
    )  # fmt: skip
    said = reports.order_by().values_list("claim", "created_at", "segment", "standing")
    return [
        Part("chosen", ("claim", *columns), chosen.values_list("pk", *columns)),
        Part("entry", ("claim", "account", "cents"), entries, is_gathered=False),
        Part("booked", ("claim", *_AMOUNTS), _BOOKED),
        Part("given", ("claim", "on_day", "at", "segment", "charge", "paid", "denied"), given, is_gathered=False),
        Part("answered", ("claim", "charge", "paid", "denied", "place"), _ANSWERED),
        Part("said", ("claim", "at", "segment", "standing"), said, is_gathered=False),
        Part("reported", ("claim", "standing", "place"), _first("said", "standing")),
        Part("fact", (*_KEYS, *_SUMMED, "service_on", "filed_on", "payer_name", "claim"), _FACT, is_gathered=False),
    ]  # fmt: skip


# --- in the database ---------------------------------------------------------------------------------------


def _of_accounts(accounts: Sequence[Account]) -> str:
    named = ", ".join(f"'{account.value}'" for account in accounts)
    return f"SUM(CASE WHEN entry.account IN ({named}) THEN entry.cents ELSE 0 END)"


_BOOKED = (
    f"SELECT chosen.claim, {', '.join(map(_of_accounts, _AMOUNTS.values()))} "  # noqa: S608 - our own words
    "FROM chosen JOIN entry ON entry.claim = chosen.claim GROUP BY chosen.claim"
)


def _first(rows: str, columns: str, before: str = "") -> str:
    """The rows of the chosen claims, numbered for each by when they came."""
    place = f"ROW_NUMBER() OVER (PARTITION BY {rows}.claim ORDER BY {before}at, segment)"
    return f"SELECT {rows}.claim, {columns}, {place} FROM {rows} JOIN chosen ON chosen.claim = {rows}.claim"  # noqa: S608 - our own words


_ANSWERED = _first("given", "charge, paid, denied", "on_day, ")


def _sign(amount: str) -> str:
    return f"CASE WHEN {amount} > 0 THEN 1 WHEN {amount} < 0 THEN -1 ELSE 0 END"


def _booked(name: str) -> str:
    return f"COALESCE(booked.{name}, 0)"


_CHARGED = f"-{_booked('charged')}"  # charges are a credit
_OPEN = f"({_booked('payer_open')} + {_booked('patient_open')})"
_KEYS = {
    "stretch": "chosen.stretch",
    "payer": "chosen.payer",
    "is_original": "chosen.is_original",
    "is_inside": "chosen.is_inside",
    "stands": f"(chosen.is_waiting OR {_booked('payer_open')} <> 0 OR {_booked('patient_open')} <> 0)",
    "was_clean": "chosen.first_passed",
    "standing": "reported.standing",
    "is_filed": "(chosen.filed_on IS NOT NULL)",
    "is_answered": "(answered.claim IS NOT NULL)",
    "is_denied": "(COALESCE(answered.denied, 0) > 0)",
    "answered_sign": _sign("COALESCE(answered.paid, 0)"),
    "charged_sign": _sign(_CHARGED),
    "paid_sign": _sign(_booked("paid")),
    "written_off_sign": _sign(_booked("written_off")),
    "payer_sign": _sign(_booked("payer_open")),
    "open_sign": _sign(_OPEN),
    "is_priced": "(chosen.allowed_cents IS NOT NULL)",
    "gives": f"({_CHARGED} - {_booked('contractual')} > COALESCE(chosen.allowed_cents, 0))",
}
"""What is asked of a claim, in words of the database: claims that differ in none of it are added up."""

_SUMMED = {
    "built": "COALESCE(chosen.charge_cents, 0)",
    "allowed": "COALESCE(chosen.allowed_cents, 0)",
    **{name: _booked(name) for name in _AMOUNTS},
    "answer_charge": "COALESCE(answered.charge, 0)",
    "answer_paid": "COALESCE(answered.paid, 0)",
    "answer_denied": "CASE WHEN answered.denied > 0 THEN answered.denied ELSE 0 END",
}
"""What is added up."""

_FACT = (
    f"SELECT {', '.join([*_KEYS.values(), *_SUMMED.values()])}, "  # noqa: S608 - our own words
    "chosen.service_on, chosen.filed_on, chosen.payer_name, chosen.claim FROM chosen "
    "LEFT JOIN booked ON booked.claim = chosen.claim "
    "LEFT JOIN answered ON answered.claim = chosen.claim AND answered.place = 1 "
    "LEFT JOIN reported ON reported.claim = chosen.claim AND reported.place = 1"
)
_NAMES = (*_KEYS, *_SUMMED, "claims", "first_on", "filed_first", "filing_days", "payer_name", "group")
_GROUP = " || '|' || ".join(
    f"COALESCE(CAST({name} AS TEXT), '')" for name in sorted(_KEYS, key=lambda name: name == "payer")
)
"""A group by one word of its own, as the database spells it; the payer, which may be any text, comes last."""


def _asked() -> str:
    sums = [f"SUM({name})" for name in _SUMMED]
    days = _DAYS[connection.vendor]
    others = ["COUNT(*)", "MIN(service_on)", "MIN(filed_on)", days, "MAX(payer_name)", _GROUP]
    return f"SELECT {', '.join([*_KEYS, *sums, *others])} FROM fact GROUP BY {', '.join(_KEYS)}"  # noqa: S608 - our own words


# --- what is paid and what waits ---------------------------------------------------------------------------


def paid_and_waiting(
    out: QuerySet[Claim], zone: ZoneInfo, answers: QuerySet[ClaimAnswer]
) -> tuple[list[PaidClaim], list[WaitingClaim], dict[str, str]]:
    """The claims that went out, by when that was and when they were paid, and what payers are called; one statement.

    Args:
        out: claims in files, in scope.
        zone: the clinic's.
        answers: answers that stand; the first of a claim counts.
    """
    chosen = out.order_by().annotate(
        is_submitted=ExpressionWrapper(Q(status=ClaimStatus.SUBMITTED.value), output_field=BooleanField()),
        filed_on=TruncDate("batch__created_at", tzinfo=zone),
    )
    columns = ("payer", "payer_name", "is_submitted", "filed_on", "expected_cents")
    # An answer without a day of payment counts from when it came.
    given = answers.order_by().annotate(on_day=Coalesce("remittance__paid_on", TruncDate("created_at", tzinfo=UTC)))
    told = given.values_list("claim", "on_day", "remittance__paid_on", "created_at", "segment", "paid_cents")
    parts = [
        Part("chosen", ("claim", *columns), chosen.values_list("pk", *columns)),
        Part("given", ("claim", "on_day", "paid_on", "at", "segment", "paid"), told, is_gathered=False),
        Part("answered", ("claim", "on_day", "paid", "place"), _first("given", "on_day, paid", "paid_on, ")),
    ]
    paid, waiting, names = [], [], dict[str, str]()
    for kind, payer, filed, on, expected, came, count, name in sorted(
        counted(parts, [_PAID, _WAITING, _CALLED]), key=repr
    ):
        if kind == "paid":
            paid.append(PaidClaim(payer, _day(filed), _day(on), int(expected), int(came), count))
        elif kind == "waiting":
            waiting.append(WaitingClaim(payer, _day(filed), None if expected is None else int(expected), count))
        else:
            names[payer] = name or payer
    return paid, waiting, names


_TO_ANSWERS = "FROM chosen LEFT JOIN answered ON answered.claim = chosen.claim AND answered.place = 1"
_PAID = (
    "SELECT 'paid', payer, filed_on, on_day, SUM(expected_cents), SUM(paid), COUNT(*), '' "
    f"{_TO_ANSWERS} WHERE answered.paid > 0 AND expected_cents > 0 GROUP BY payer, filed_on, on_day"
)
_WAITING = (
    "SELECT 'waiting', payer, filed_on, NULL, expected_cents, 0, COUNT(*), '' "
    f"{_TO_ANSWERS} WHERE answered.claim IS NULL AND is_submitted GROUP BY payer, filed_on, expected_cents"
)
_CALLED = "SELECT 'name', payer, NULL, NULL, 0, 0, COUNT(*), MAX(payer_name) FROM chosen GROUP BY payer"


# --- read --------------------------------------------------------------------------------------------------


def _fact(told: dict[str, Any], accepted: str) -> ClaimFact:
    first = _day(told["first_on"])
    return ClaimFact(
        key=told["group"],
        payer=told["payer"],
        date_of_service=first,
        is_original=bool(told["is_original"]),
        filed_on=_day(told["filed_first"]) if told["is_filed"] else None,
        built_cents=int(told["built"]),
        allowed_cents=int(told["allowed"]) if told["is_priced"] else None,
        was_clean=None if told["was_clean"] is None else bool(told["was_clean"]),
        was_accepted=None if told["standing"] is None else told["standing"] == accepted,
        answer=FirstAnswer(first, int(told["answer_charge"]), int(told["answer_paid"]), int(told["answer_denied"]))
        if told["is_answered"]
        else None,
        charged_cents=-int(told["charged"]),
        contractual_cents=int(told["contractual"]),
        paid_cents=int(told["paid"]),
        written_off_cents=int(told["written_off"]),
        payer_open_cents=int(told["payer_open"]),
        patient_open_cents=int(told["patient_open"]),
        claims=told["claims"],
        all_filing_days=int(told["filing_days"] or 0),
    )


def _day(value: date | str) -> date:
    """A day, which SQLite tells as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
