"""Patients of a synthetic year: who they are, who pays, and the plan of care of their episode."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cleanclaim.records import (
    Accident,
    AccidentKind,
    Address,
    Authorization,
    Certification,
    CertificationMethod,
    Coverage,
    CoverageOrder,
    Credential,
    Order,
    Patient,
    Person,
    PlanOfCare,
    ProgressReport,
    Sex,
    YearToDate,
)
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import PayerMix, Region, doctors, filled, phrases, population

_LETTERS = "ACDEFGHJKMNPQRTUVWXY"
"""The letters of a Medicare number."""
_CERTIFIED_DAYS = 90
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Episode:
    """One patient's course of care: why, who pays, and the days planned (working days, the first the evaluation)."""

    number: int
    payer: PayerMix
    region: Region
    side: int
    """1 right, 2 left; 0 where the part of the body has none."""
    diagnoses: tuple[str, ...]
    days: tuple[date, ...]
    injured_on: date | None

    @property
    def patient_id(self) -> str:
        """The clinic's key of the patient."""
        return f"P{self.number:05d}"

    @property
    def where(self) -> str:
        """The part of the body in words."""
        return f"{('', 'right ', 'left ')[self.side]}{self.region.name}"


def working_day(day: date) -> date:
    """The day, or the Monday after a weekend's day."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= _SATURDAY else 0)


def episode(number: int, seed: int) -> Episode:
    """The course of care of one patient; the first day lies anywhere in the year but its last weeks."""
    who = population()
    draw = Draws(seed, "episode", str(number))
    payer = draw.weighted(who.payers, [one.share for one in who.payers])
    region = draw.one(phrases().regions)
    side = draw.between(1, 2) if region.has_side else 0
    first = working_day(date(who.year, 1, 5) + timedelta(days=draw.between(0, 345)))
    count = draw.between(who.visits_per_patient - 8, who.visits_per_patient + 8)
    if draw.happens(1_000):
        count += 14
    days = [first]
    while len(days) < count:
        following = working_day(days[-1] + timedelta(days=draw.one((2, 2, 3, 3, 4, 5))))
        if following.year > who.year:
            break
        days.append(following)
    kinds = region.injuries if payer.is_injury else region.diagnoses
    return Episode(
        number=number,
        payer=payer,
        region=region,
        side=side,
        diagnoses=tuple(filled(code, side=side) for code in draw.one(kinds)),
        days=tuple(days),
        injured_on=first - timedelta(days=draw.between(8, 40)) if payer.is_injury else None,
    )


def patient(care: Episode, treated: tuple[date, ...], reports: tuple[date, ...], seed: int) -> Patient:
    """The patient of an episode, with coverage and plan, when all is as it should be.

    Args:
        care: the episode.
        treated: the days on which the patient was treated.
        reports: those of them on which a progress report was written.
        seed: the year's.
    """
    draw = Draws(seed, "patient", str(care.number))
    names, payer = phrases().names, care.payer
    age = draw.between(*payer.ages)
    city, zip_code = draw.one(names.cities)
    begins = treated[0]
    coverages: tuple[Coverage, ...] = ()
    if payer.identifier:
        coverages = (_coverage(care, treated, draw),)
        if draw.happens(payer.secondary_share):
            coverages = (*coverages, _secondary(care))
    is_medicare = payer.member == "medicare"
    return Patient(
        id=care.patient_id,
        name=Person(family_name=draw.one(names.family), given_name=draw.one(names.given)),
        birth_date=date(begins.year - age, draw.between(1, 12), draw.between(1, 28)),
        sex=draw.one((Sex.FEMALE, Sex.MALE)),
        address=Address(
            line1=f"{draw.between(100, 9_800)} {draw.one(names.streets)}",
            city=city,
            state="IL",
            zip_code=f"{zip_code}-{1_000 + care.number % 9_000:04d}",
        ),
        phone=f"309555{care.number % 10_000:04d}",
        coverages=coverages,
        accident=Accident(kind=AccidentKind.EMPLOYMENT, on=care.injured_on) if care.injured_on else None,
        plans_of_care=(_plan(care, treated, reports, draw),),
        year_to_date=(
            YearToDate(
                year=begins.year,
                at_least_cents=0,
                as_of=begins - timedelta(days=1),
                source="asked of the patient: no other therapy this year that they know of",
            ),
        )
        if is_medicare
        else None,
        good_faith_estimate_on_file=True if not payer.identifier else None,
    )


def _coverage(care: Episode, treated: tuple[date, ...], draw: Draws) -> Coverage:
    payer = care.payer
    approvals: tuple[Authorization, ...] = ()
    if payer.authorization_visits:
        approvals = (
            Authorization(
                number=f"A{care.number:06d}",
                valid_from=treated[0] - timedelta(days=3),
                valid_through=treated[-1] + timedelta(days=draw.between(5, 30)),
                visits_allowed=max(payer.authorization_visits, len(treated)),
                visits_used=0,
            ),
        )
    work = payer.is_injury
    return Coverage(
        payer=payer.pack,
        payer_name=payer.name,
        payer_identifier=payer.identifier,
        member_id=member_number(payer.member, care.number),
        authorizations=approvals,
        claim_number=f"HC{care.number:07d}" if work else "",
        employer=draw.one(phrases().names.employers) if work else "",
    )


def _secondary(care: Episode) -> Coverage:
    behind = population().secondary
    return Coverage(
        order=CoverageOrder.SECONDARY,
        payer=behind.pack,
        payer_name=behind.name,
        payer_identifier=behind.identifier,
        member_id=member_number(behind.member, care.number),
        plan_name=behind.plan_name,
        authorizations=(),
    )


def member_number(prefix: str, number: int) -> str:
    """A member number; of Medicare, in the shape of Medicare's."""
    if prefix != "medicare":
        return f"{prefix}{number:07d}"
    one, two = divmod(number // 100, len(_LETTERS))
    return f"2EG4TE5{_LETTERS[one % len(_LETTERS)]}{_LETTERS[two]}{number % 100:02d}"


def _plan(care: Episode, treated: tuple[date, ...], reports: tuple[date, ...], draw: Draws) -> PlanOfCare:
    """The plan, certified by a signature, and again where the care goes on for longer than a certification lasts."""
    begins, ends = treated[0], treated[-1]
    who = draw.one(doctors())
    certified: list[Certification] = []
    since = begins
    while not certified or since <= ends:
        through = since + timedelta(days=_CERTIFIED_DAYS - 1)
        signed = since + timedelta(days=draw.between(2, 12))
        certified.append(Certification(method=CertificationMethod.SIGNED, on=signed, by=who, through=through))
        since = through + timedelta(days=1)
    weeks = max(2, -(-((ends - begins).days + 1) // 7))
    return PlanOfCare(
        id=f"POC{care.number:05d}",
        established_on=begins,
        first_treatment_on=begins,
        through=certified[-1].through,
        frequency_per_week=3,
        duration_weeks=weeks,
        goals=tuple(draw.some(phrases().notes.goals, 2)),
        diagnoses=care.diagnoses,
        order=Order(on=begins - timedelta(days=draw.between(1, 9)), by=who),
        has_order=True,
        sent_on=begins + timedelta(days=1),
        certifications=tuple(certified),
        progress_reports=tuple(ProgressReport(on=day, signed_by=Credential.PT) for day in reports),
        treatment_days_before=(),
        onset_on=care.injured_on or begins - timedelta(days=draw.between(10, 90)),
    )
