"""A visit made ready for the tables: who, for whom, which coverage is billed, what was done, what is billed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cleanclaim.records import (
    Adjudication,
    Authorization,
    By,
    Certification,
    Coverage,
    CoverageOrder,
    Patient,
    PlanOfCare,
    Provider,
    Visit,
)

CASH = "cash"
"""The payer file of a patient known to have no coverage."""


@dataclass(frozen=True, slots=True)
class ServiceDraft:
    """One thing done at a visit, with the code that fits it, as far as known."""

    code: str | None
    minutes: int | None
    by: str | None = By.PT.value
    group_size: int | None = 1
    side: str | None = None
    region: str | None = None
    starts_at: int | None = None
    is_billable: bool | None = True
    has_purpose: bool | None = None
    has_response: bool | None = None
    has_progress: bool | None = None


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One line to bill. `origin` says whether a person named the code or it was suggested from the note."""

    code: str | None
    modifiers: tuple[str, ...] = ()
    units: int | None = None
    charge_cents: int | None = None
    pointers: tuple[int, ...] | None = None
    minutes: int | None = None
    assistant_minutes: int | None = None
    together_minutes: int | None = None
    origin: str = "named"


@dataclass(frozen=True, slots=True)
class Case:
    """A visit made ready for the tables: who, for whom, what was done, what is billed.

    `services` is `None` where nobody has listed what was done.
    """

    visit: Visit
    patient: Patient | None
    lines: tuple[LineDraft, ...]
    services: tuple[ServiceDraft, ...] | None
    is_history: bool = False
    total_timed_minutes: int | None = None
    total_treatment_minutes: int | None = None
    order: CoverageOrder = CoverageOrder.PRIMARY
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Columns of the claim that were read from the note."""
    default_payer: str | None = None
    """The payer file where nobody knows the payer, as a person has named it."""
    is_patients_own: bool = False
    """No plan is billed for any line: the patient has chosen so on notices that name all of them."""

    @property
    def pays_alone(self) -> bool:
        """Whether the patient pays for the visit, by what they chose, whatever coverage they have."""
        return self.is_patients_own or self.visit.insurance_not_used is True

    def coverage(self) -> Coverage | None:
        """The coverage billed: of several in the same place, the one in force on the day, else the first."""
        if self.patient is None or self.pays_alone:
            return None
        placed = [item for item in self.patient.coverages if item.order is self.order]
        if len(placed) < 2:  # noqa: PLR2004 - one needs no choice
            return placed[0] if placed else None
        day = self.visit.date_of_service
        return next((item for item in placed if _is_in_force(item, day)), placed[0])

    def payer(self) -> str | None:
        """The payer file of the coverage billed; `cash` where the patient is known to pay alone; else the default."""
        if self.pays_alone:
            return CASH
        coverage = self.coverage()
        if coverage is not None:
            return coverage.payer
        return CASH if self.patient is not None and not self.patient.coverages else self.default_payer

    def earlier(self) -> tuple[Adjudication, ...]:
        """What the payers before the one billed have decided, in order."""
        if not self.visit.adjudications:
            return ()
        before = orders_before(self.order)
        return tuple(sorted((one for one in self.visit.adjudications if one.order in before), key=_place_in_order))

    def plan(self) -> PlanOfCare | None:
        """The plan of care in force: the last one established by the day of the visit, else the first."""
        plans = self.patient.plans_of_care if self.patient else None
        if not plans:
            return None
        ordered = sorted(plans, key=lambda item: item.established_on)
        begun = [item for item in ordered if item.established_on <= self.visit.date_of_service]
        return begun[-1] if begun else ordered[0]

    def authorization(self) -> Authorization | None:
        """The authorization that covers the day; else the latest on file."""
        coverage = self.coverage()
        if coverage is None or not coverage.authorizations:
            return None
        day = self.visit.date_of_service
        covering = [
            item
            for item in coverage.authorizations
            if (item.valid_from is None or item.valid_from <= day)
            and (item.valid_through is None or day <= item.valid_through)
        ]
        return (covering or list(coverage.authorizations))[-1]

    def referring(self) -> Provider | None:
        """Who certified the plan, or ordered the care: the referring provider of the claim."""
        plan = self.plan()
        if plan is None:
            return None
        certification = latest_certification(plan, self.visit.date_of_service)
        if certification is not None and certification.by is not None:
            return certification.by
        return plan.order.by if plan.order else None


def _is_in_force(coverage: Coverage, day: date) -> bool:
    begun = coverage.valid_from is None or coverage.valid_from <= day
    return begun and (coverage.valid_through is None or day <= coverage.valid_through)


def order_billed(visit: Visit) -> CoverageOrder:
    """Which payer is billed now: the first in order that has not decided yet, else the last there is."""
    decided = {one.order for one in visit.adjudications}
    return next((order for order in CoverageOrder if order not in decided), CoverageOrder.TERTIARY)


def orders_before(order: CoverageOrder) -> list[CoverageOrder]:
    """The orders of payers that are billed before this one."""
    ordered = list(CoverageOrder)
    return ordered[: ordered.index(order)]


def _place_in_order(decided: Adjudication) -> int:
    return list(CoverageOrder).index(decided.order)


def latest_certification(plan: PlanOfCare, day: date) -> Certification | None:
    """The certification in force on the day, else the first to come: a late one still certifies."""
    certifications = sorted(plan.certifications or (), key=lambda item: item.on or item.verbal_on or date.max)
    begun = [item for item in certifications if (item.on or item.verbal_on or date.max) <= day]
    return begun[-1] if begun else (certifications[0] if certifications else None)
