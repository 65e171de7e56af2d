"""Patients as they are drawn: coverage, plan of care, certification, and what was used up before."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

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
from tests.generator.house import doctor
from tests.generator.terms import FICTIONAL, TERMS, THRESHOLD
from tests.generator.wording import (
    FAMILY,
    GIVEN,
    GOALS,
)

_MBI = "ACDEFGHJKMNPQRTUVWXY"


def workday(day: date) -> date:
    """The day itself, or the Monday after a weekend's day."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def draw_patient(
    rng: Random, prefix: str, key: str, payer: str, days: list[date], *, begins: bool, kx: bool, sick: tuple[str, ...]
) -> Patient:
    """A patient with coverage, plan of care and history before the days at hand.

    Args:
        rng: what is drawn from.
        prefix: the maker's; members of different makers have different numbers.
        key: the patient's number.
        payer: who is billed.
        days: the days of the visits at hand.
        begins: whether the first of them is the evaluation.
        kx: whether the year's dollars are above Medicare's threshold.
        sick: the diagnoses.
    """
    terms = TERMS[payer]
    year = days[0].year
    age = rng.randint(67, 88) if payer.startswith("medicare") else rng.randint(27, 62)
    earlier = 0 if begins else rng.choice((1, 2, 3, 3, 4, 5, 6, 9, 12))
    established = days[0] if begins else workday(days[0] - timedelta(days=3 * earlier + rng.randint(0, 2)))
    if established >= days[0] and not begins:
        established = days[0] - timedelta(days=3 + (days[0].weekday() == 2) * 2)
    step = max(1, (days[0] - established).days // max(1, earlier))
    treated = tuple(established + timedelta(days=step * n) for n in range(earlier))
    name, identifier = FICTIONAL[payer]
    number = int(key[-5:])
    if payer == "medicare_b":
        one, two = divmod(number // 100 + (400 if prefix.startswith("D") else 0), 20)
        member = f"1EG4TE5{_MBI[one % 20]}{_MBI[two]}{number % 100:02}"
    else:
        member = f"{terms.member}{'9' if prefix.startswith('D') else '5'}5{number:05}"
    injured = established - timedelta(days=rng.randint(10, 30))
    approved: tuple[Authorization, ...] = ()
    if terms.authorization:
        approved = (
            Authorization(
                number=f"AUTH{key}",
                valid_from=established - timedelta(days=2),
                valid_through=days[-1] + timedelta(days=rng.randint(5, 30)),
                visits_allowed=24 if payer == "stonegate_casualty" else 20,
                visits_used=max(0, earlier - 1),
            ),
        )
    work = payer == "stonegate_casualty"
    coverages = [
        Coverage(
            payer=payer, payer_name=name, payer_identifier=identifier, member_id=member, authorizations=approved,
            claim_number=f"SC-{number:05}" if work else "", employer="Fenwick Freight (fictional)" if work else "",
            group_number="" if payer.startswith("medicare") or work else "G01",
        )
    ]  # fmt: skip
    if payer == "medicare_b" and rng.random() < 0.3:
        coverages.append(
            Coverage(
                order=CoverageOrder.SECONDARY, payer="larkspur_mutual", payer_name="Larkspur Mutual", payer_identifier="SYNLM01",
                member_id=f"LM77{number:05}", plan_name="Medicare supplement", authorizations=(),
            )
        )  # fmt: skip
    amounts = None
    if payer.startswith("medicare"):
        low = THRESHOLD[year] + rng.randint(1000, 9000) if kx else rng.randrange(30000, 110000)
        amounts = (
            YearToDate(
                year=year, at_least_cents=low, at_most_cents=low, as_of=days[0] - timedelta(days=1),
                source="eligibility answer (271) and own ledger", deductible_met_cents={2024: 24000, 2025: 25700, 2026: 28300}[year],
            ),
        )  # fmt: skip
    return Patient(
        id=f"P{key}",
        name=Person(family_name=rng.choice(FAMILY), given_name=rng.choice(GIVEN)),
        birth_date=date(year - age, rng.randint(1, 12), rng.randint(1, 28)),
        sex=rng.choice((Sex.FEMALE, Sex.MALE)),
        address=Address(
            line1=f"{rng.randint(2, 980)} Alder Ave",
            city="Chicago",
            state="IL",
            zip_code=f"60616-{number % 9000 + 100:04}",
        ),
        phone=f"31255{number:05}"[:10],
        coverages=tuple(coverages),
        accident=Accident(kind=AccidentKind.EMPLOYMENT, on=injured) if work else None,
        plans_of_care=(_plan(rng, key, established, treated, sick=sick, injured=injured, days=days),),
        year_to_date=amounts,
    )


def _plan(
    rng: Random,
    key: str,
    established: date,
    treated: tuple[date, ...],
    *,
    sick: tuple[str, ...],
    injured: date,
    days: list[date],
) -> PlanOfCare:
    """A plan of care that is certified in one of the ways there are."""
    who = doctor(rng.randrange(12))
    weeks = 10 if (days[-1] - established).days < 60 else 12
    through = established + timedelta(days=7 * weeks - 1)
    sent = established + timedelta(days=1)
    roll = rng.random()
    if roll < 0.2 and established >= date(2025, 1, 1):
        certified = Certification(method=CertificationMethod.ORDER_EXCEPTION, on=sent, by=who, through=through)
    elif roll < 0.3:
        certified = Certification(
            method=CertificationMethod.VERBAL,
            on=established + timedelta(days=3),
            verbal_on=sent,
            by=who,
            through=through,
        )
    else:
        certified = Certification(
            method=CertificationMethod.SIGNED,
            on=established + timedelta(days=rng.randint(1, 4)),
            by=who,
            through=through,
        )
    reports = tuple(ProgressReport(on=treated[n], signed_by=Credential.PT) for n in range(9, len(treated), 10))
    return PlanOfCare(
        id=f"POC{key}",
        established_on=established,
        first_treatment_on=established,
        through=through,
        frequency_per_week=3,
        duration_weeks=weeks,
        goals=tuple(rng.sample(GOALS, 2)),
        diagnoses=sick,
        order=Order(on=established - timedelta(days=rng.randint(2, 6)), by=who),
        has_order=True,
        sent_on=sent,
        certifications=(certified,),
        progress_reports=reports,
        treatment_days_before=treated,
        onset_on=injured,
    )
