"""Seeded synthetic claims that exercise every branch of the writer; the same seed makes the same claims."""

from __future__ import annotations

import random
from datetime import date, timedelta

from cleanclaim.records import (
    Accident,
    AccidentKind,
    Address,
    AdjudicatedLine,
    Adjudication,
    Adjustment,
    AdjustmentGroup,
    Claim,
    ClaimLine,
    ClaimPatient,
    ClaimPayer,
    CoverageOrder,
    Credential,
    Frequency,
    Organization,
    Person,
    Provider,
    Relationship,
    Sex,
    Submitter,
    Subscriber,
)

SUBMITTER = Submitter(name="Harbor Billing", identifier="HARBORB01", contact="Dana Poole", phone="(555) 010-0199")

SEXES = (Sex.FEMALE, Sex.MALE)
"""x12sdk refuses a third value, which the guide has: a test of its own covers it with pyx12 alone."""

FAMILY = ("Ashdown", "Béland", "Nuñez", "O'Hara", "Müller", "van der Berg", "Łukasik", "Quill-Stone", "Tran", "Ivers")
GIVEN = ("Ada", "José", "Mae", "Noor", "Pia", "Rhys", "Søren", "Tess", "Uma", "Vik")
STREETS = ("12 Elm Rd", "400 Harbor Way", "7 Mill Ln", "88 Orchard Ave", "1501 Lake Shore Dr")
CITIES = (
    ("Kalamazoo", "MI", "49001"),
    ("Austin", "TX", "787011234"),
    ("Boise", "ID", "83702-0001"),
    ("Tampa", "FL", "33602"),
)
CODES = ("97110", "97112", "97116", "97140", "97161", "97530", "97535", "G0283", "97750", "97760")
MODIFIERS = ("GP", "KX", "59", "CQ", "XS", "GA")
DIAGNOSES = (
    "M54.50", "M25.561", "M17.11", "S83.511A", "Z96.651", "R26.89", "M75.01", "G81.94", "M62.81", "R29.6",
    "I69.351", "M79.604", "S72.001D", "M48.061", "R42", "M25.512", "Z47.1", "M24.541", "H81.10", "M53.3",
)  # fmt: skip
PAYERS = (
    ("medicare_b", "Medicare Part B", "01112", "MB"),
    ("harbor_health", "Harbor Health Plan", "HHP77", "CI"),
    ("blue_example", "Example Blue", "BLX01", "BL"),
    ("state_comp", "State Compensation Fund", "WCF09", "WC"),
    ("road_mutual", "Road Mutual", "RM202", "AM"),
    ("example_medicaid", "Example Medicaid", "XMC11", "MC"),
)


def npi(nine: str) -> str:
    """Nine digits with the check digit that makes them an NPI."""
    digits = [int(digit) for digit in "80840" + nine]
    total = sum(
        digit if place % 2 else (digit * 2 - 9 if digit > 4 else digit * 2)
        for place, digit in enumerate(reversed(digits))
    )
    return nine + str(-total % 10)


def address(pick: random.Random) -> Address:
    city, state, zip_code = pick.choice(CITIES)
    line2 = pick.choice(("", "", "Suite 4"))
    return Address(line1=pick.choice(STREETS), line2=line2, city=city, state=state, zip_code=zip_code)


def person(pick: random.Random) -> Person:
    return Person(
        family_name=pick.choice(FAMILY),
        given_name=pick.choice(GIVEN),
        middle_name=pick.choice(("", "", "Q")),
        suffix=pick.choice(("", "", "", "Jr")),
    )


def organization(pick: random.Random, number: int) -> Organization:
    place = address(pick)
    return Organization(
        id=f"clinic-{number}",
        name=f"Harbor Physical Therapy {number}",
        npi=npi(f"1{number:08d}"),
        tax_id=f"{pick.randrange(10, 99)}-{pick.randrange(10**6, 10**7)}",
        tax_id_kind=pick.choice(("EIN", "EIN", "SSN")),
        taxonomy=pick.choice(("261QP2000X", "225100000X")),
        address=place,
        pay_to=pick.choice((None, place, address(pick))),
        phone=pick.choice(("555-010-0123", SUBMITTER.phone)),
        contact=pick.choice(("Lee Marsh", SUBMITTER.contact)),
    )


def therapist(pick: random.Random, number: int) -> Provider:
    return Provider(
        id=f"pt-{number}", name=person(pick), credential=Credential.PT, npi=npi(f"17{number:07d}"), taxonomy=pick.choice(("225100000X", "2251X0800X", ""))
    )  # fmt: skip


def referring(pick: random.Random, number: int) -> Provider:
    return Provider(name=person(pick), credential=Credential.MD, npi=pick.choice((npi(f"15{number:07d}"), None)))


def payer(pick: random.Random, order: CoverageOrder, *, allowed: tuple[str, ...] = ()) -> ClaimPayer:
    pack, name, identifier, filing = pick.choice([one for one in PAYERS if not allowed or one[3] in allowed])
    relationship = Relationship.SELF if filing in {"MB", "WC", "MC"} else pick.choice(tuple(Relationship))
    subscriber = None
    if relationship is not Relationship.SELF:
        has_address = pick.random() < 0.7
        subscriber = Subscriber(
            name=person(pick),
            birth_date=pick.choice((None, date(1960, 2, 29), date(1971, 12, 31))),
            sex=pick.choice(SEXES),
            address=address(pick) if has_address else None,
        )
    return ClaimPayer(
        pack=pack,
        name=name,
        identifier=identifier,
        filing_indicator=filing,
        order=order,
        member_id=f"{pick.randrange(10**8, 10**9)}A",
        group_number=pick.choice(("", "GRP-100")),
        plan_name=pick.choice(("", "Silver Choice")),
        relationship=relationship,
        subscriber=subscriber,
        address=pick.choice((None, address(pick))),
        claim_number=f"PC{pick.randrange(10**6)}" if filing in {"WC", "AM"} else "",
        medicare_secondary_type="12" if filing == "MB" and order is not CoverageOrder.PRIMARY else "",
    )


def line(pick: random.Random, number: int, diagnoses: int, place: str, day: date) -> ClaimLine:
    return ClaimLine(
        number=number,
        date_of_service=day,
        place_of_service=pick.choice((place, place, place, "12")),
        code=pick.choice(CODES),
        modifiers=tuple(pick.sample(MODIFIERS, pick.randrange(5))),
        units=pick.randrange(1, 5),
        charge_cents=pick.choice((0, 1, 5, 50, 4_500, 9_000, 12_345, 100_000, 99_999_999)),
        pointers=tuple(pick.sample(range(1, diagnoses + 1), min(diagnoses, pick.randrange(1, 5)))),
        control_number=pick.choice(("", f"L{pick.randrange(10**6)}")),
    )


def adjustments(pick: random.Random, cents: int) -> tuple[Adjustment, ...]:
    """The cents as contractual and patient adjustments, one or both; none where there is nothing to adjust."""
    contractual = cents * pick.choice((0, 5, 10)) // 10
    parts = (
        (AdjustmentGroup.CONTRACTUAL, "45", contractual, None),
        (AdjustmentGroup.PATIENT, "1", (cents - contractual) // 2, None),
        (AdjustmentGroup.PATIENT, "2", cents - contractual - (cents - contractual) // 2, 1),
    )
    return tuple(
        Adjustment(group=group, reason=reason, amount_cents=amount, units=units)
        for group, reason, amount, units in parts
        if amount
    )


def decided(claim: Claim, seed: int) -> Claim:
    """The claim to a second payer with what the first one decided: by line, by line and claim, or on the claim alone.

    Its own random numbers leave those of the claims themselves as they are.
    """
    pick = random.Random(seed)
    kind = pick.choice(("none", "lines", "lines", "lines and claim", "claim"))
    if claim.payer.order is CoverageOrder.PRIMARY or kind == "none":
        return claim
    lines = []
    for one in claim.lines:
        paid = one.charge_cents * pick.randrange(11) // 10
        changed = pick.random() < 0.1
        lines.append(
            AdjudicatedLine(
                line=one.number,
                paid_cents=paid,
                adjustments=adjustments(pick, one.charge_cents - paid),
                code="97530" if changed else None,
                modifiers=("GP",) if changed else None,
                units=one.units + 1 if changed else None,
            )
        )
    total = claim.total_charge_cents
    paid = sum(line.paid_cents for line in lines) if kind != "claim" else total * pick.randrange(11) // 10
    whole = 0 if kind == "lines" else total - paid if kind == "claim" else min(paid, 100)
    answer = Adjudication(
        order=CoverageOrder.PRIMARY,
        adjudicated_on=claim.lines[0].date_of_service + timedelta(days=20),
        paid_cents=paid if kind == "claim" else paid - whole,
        claim_number=pick.choice(("", "ICN7700123")),
        adjustments=adjustments(pick, whole),
        lines=() if kind == "claim" else tuple(lines),
    )
    first, *rest = claim.other_payers
    return claim.model_copy(update={"other_payers": (first.model_copy(update={"adjudication": answer}), *rest)})


def claims(count: int, seed: int = 1) -> list[Claim]:
    """That many claims of three clinics; some patients come several times, some claims are for dependents."""
    pick = random.Random(seed)
    clinics = [organization(pick, number) for number in range(1, 4)]
    therapists = [therapist(pick, number) for number in range(1, 6)]
    doctors = [referring(pick, number) for number in range(1, 6)]
    made: list[Claim] = []
    for number in range(1, count + 1):
        made.append(
            _again(pick, made[-1], number)
            if made and pick.random() < 0.25
            else decided(_claim(pick, number, clinics, therapists, doctors), seed + number)
        )
    return made


def _claim(
    pick: random.Random, number: int, clinics: list[Organization], therapists: list[Provider], doctors: list[Provider]
) -> Claim:
    clinic = pick.choice(clinics)
    order = pick.choice((CoverageOrder.PRIMARY, CoverageOrder.PRIMARY, CoverageOrder.SECONDARY))
    first = payer(pick, order)
    others: tuple[ClaimPayer, ...] = ()
    if order is CoverageOrder.SECONDARY:
        others = (payer(pick, CoverageOrder.PRIMARY, allowed=("CI", "BL")),)
    elif pick.random() < 0.2:
        others = (
            payer(pick, CoverageOrder.SECONDARY, allowed=("CI", "MB")),
            payer(pick, CoverageOrder.TERTIARY, allowed=("MC",)),
        )
    diagnoses = tuple(pick.sample(DIAGNOSES, pick.choice((1, 2, 3, 4, 12))))
    place = pick.choice(("11", "11", "12", "62"))
    day = date(2026, 1, 5) + timedelta(days=pick.randrange(200))
    kind = {"WC": AccidentKind.EMPLOYMENT, "AM": AccidentKind.AUTO}.get(first.filing_indicator)
    if kind is None and pick.random() < 0.1:
        kind = AccidentKind.OTHER
    accident = (
        None
        if kind is None
        else Accident(kind=kind, on=day - timedelta(days=30), state="TX" if kind is AccidentKind.AUTO else None)
    )
    frequency = (
        Frequency.ORIGINAL
        if first.filing_indicator == "MB"
        else pick.choice(tuple(Frequency) + (Frequency.ORIGINAL,) * 3)
    )
    facility = pick.choice((None, clinic.address, address(pick)))
    count = pick.choice((1, 2, 3, 4, 4, 5, 50))
    return Claim(
        id=f"C{number:07d}",
        visit_ids=(f"V{number}",),
        patient=ClaimPatient(name=person(pick), birth_date=date(1930, 1, 1) + timedelta(days=pick.randrange(30_000)), sex=pick.choice(SEXES), address=address(pick)),
        payer=first,
        other_payers=others,
        billing=clinic,
        rendering=pick.choice(therapists),
        referring=pick.choice((None, *doctors)),
        facility_name=pick.choice(("", "Harbor Pool Annex")),
        facility_npi=pick.choice(("", npi("199999999"))),
        facility=facility,
        place_of_service=place,
        diagnoses=diagnoses,
        lines=tuple(line(pick, row, len(diagnoses), place, day) for row in range(1, count + 1)),
        frequency=frequency,
        original_reference="" if frequency is Frequency.ORIGINAL else f"ICN{number:09d}",
        prior_authorization=pick.choice(("", "AUTH-2207")),
        accident=accident,
        onset_on=pick.choice((None, day - timedelta(days=40))),
        initial_treatment_on=pick.choice((None, day - timedelta(days=7))),
        patient_paid_cents=pick.choice((0, 2_500, 4_005)),
        accepts_assignment=pick.random() < 0.9,
        signature_on_file=pick.random() < 0.9,
        note=pick.choice(("", "Start of care after surgery: see plan*", "Ünusual: é ~ ^ note " + "long " * 30)),
    )  # fmt: skip


def _again(pick: random.Random, before: Claim, number: int) -> Claim:
    """Another claim of the same patient, payer and clinic."""
    return before.model_copy(
        update={"id": f"C{number:07d}", "visit_ids": (f"V{number}",), "note": pick.choice(("", before.note))}
    )
