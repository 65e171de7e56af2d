"""The money's claims read one by one, as one would by hand: what the sums in the database are held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from cleanclaim.ledger.accounts import Account
from cleanclaim.measures.definitions import Measure
from cleanclaim.measures.facts import ClaimFact, FirstAnswer
from cleanclaim.measures.figures import counts
from cleanclaim.practice.engine.figures.figures import Chosen
from cleanclaim.practice.engine.figures.money_figures import posted_answers
from cleanclaim.practice.models import OPEN_STATUSES, Claim, ClaimReport, ClaimStatus, Clinic, LedgerEntry
from cleanclaim.records import CoverageOrder, Frequency
from cleanclaim.reference.claim_status import Standing

_OPEN_ACCOUNTS = (Account.PAYER_OPEN.value, Account.PATIENT_OPEN.value)


def to_payers(chosen: Chosen) -> QuerySet[Claim]:
    """The claims to payers of the span, in scope; superbills go to none."""
    found = Claim.objects.filter(date_of_service__range=(chosen.first, chosen.last))
    return _narrowed(found, chosen)


def _narrowed(found: QuerySet[Claim], chosen: Chosen) -> QuerySet[Claim]:
    given_out = Q(status=ClaimStatus.CLOSED.value, batch=None)
    found = found.exclude(Q(status=ClaimStatus.SUPERBILL.value) | Q(payer="") | given_out)
    if chosen.payer:
        found = found.filter(payer=chosen.payer)
    return found.filter(therapist=UUID(chosen.therapist)) if chosen.therapist else found


def _uneven() -> list[UUID]:
    sums: dict[tuple[UUID, str], int] = defaultdict(int)
    rows = LedgerEntry.objects.filter(account__in=_OPEN_ACCOUNTS).exclude(claim=None)
    for claim, account, cents in rows.values_list("claim", "account", "cents"):
        sums[claim, account] += cents
    return [claim for (claim, _account), total in sums.items() if total]


def standing_open(chosen: Chosen) -> QuerySet[Claim]:
    """Claims of any day on which something stands open, or that have not gone out."""
    return _narrowed(Claim.objects.filter(Q(pk__in=_uneven()) | Q(status__in=OPEN_STATUSES)), chosen)


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


def _stands(keys: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Where the cents of each claim stand, by account."""
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    sums = LedgerEntry.objects.filter(claim__in=keys).order_by().values("claim", "account")
    for row in sums.annotate(total=Sum("cents")):
        found[row["claim"]][row["account"]] = row["total"]
    return found


def _first_answers(keys: Sequence[UUID]) -> dict[UUID, FirstAnswer]:
    found: dict[UUID, FirstAnswer] = {}
    rows = posted_answers().filter(claim__in=keys).order_by("remittance__paid_on", "created_at", "segment")
    for claim, on, at, charge, paid, opened, refused in rows.values_list(
        "claim", "remittance__paid_on", "created_at", "charge_cents", "paid_cents", "open_cents", "refused_cents"
    ):
        found.setdefault(claim, FirstAnswer(on or at.date(), charge, paid, max(0, opened + refused)))
    return found


def _accepted(keys: Sequence[UUID]) -> dict[UUID, bool]:
    """What the first acknowledgment that decides said of each claim."""
    found: dict[UUID, bool] = {}
    decided = {Standing.ACCEPTED.value: True, Standing.REJECTED.value: False}
    rows = ClaimReport.objects.filter(kind="277CA", standing__in=list(decided), claim__in=keys)
    for claim, standing in rows.order_by("created_at", "segment").values_list("claim", "standing"):
        found.setdefault(claim, decided[standing])
    return found


def behind(clinic: Clinic, measure: Measure, chosen: Chosen, today: date, *, others: bool) -> list[UUID]:
    """The claims behind a figure, the latest first."""
    claims, receivable, _names = read(clinic, chosen)
    asked = receivable if measure in {Measure.NET_DAYS, Measure.AGED, Measure.UNBILLED_DAYS} else claims
    inside = [claim for claim in asked if counts(measure, claim, today) is (not others)]
    return [UUID(claim.key) for claim in sorted(inside, key=lambda one: (one.date_of_service, one.key), reverse=True)]
