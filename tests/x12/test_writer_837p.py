"""What is written, segment by segment, and who stands under whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

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
from cleanclaim.x12 import (
    ClaimNotWritableError,
    Clearinghouse,
    ControlNumbers,
    Delimiters,
    Envelope,
    EnvelopeError,
    file_837p,
    read,
    read_837p,
)
from tests.x12 import claim_generator

SUBMITTER = Submitter(name="Harbor Billing", identifier="HARBORB01", contact="Dana Poole", phone="555-010-0199")
ENVELOPE = Envelope(SUBMITTER, "Example Clearing", "RECV01")
CREATED = datetime(2026, 11, 21, 9, 5)
CLINIC_ADDRESS = Address(line1="400 Harbor Way", city="Kalamazoo", state="MI", zip_code="49001-1234")
CLINIC = Organization(
    id="harbor",
    name="Harbor Physical Therapy",
    npi="1000000012",
    tax_id="38-4455667",
    taxonomy="261QP2000X",
    address=CLINIC_ADDRESS,
    phone="555-010-0123",
    contact="Lee Marsh",
)
THERAPIST = Provider(
    id="pt1",
    name=Person(family_name="Marsh", given_name="Lee"),
    credential=Credential.PT,
    npi="1700000015",
    taxonomy="225100000X",
)
ADA = ClaimPatient(
    name=Person(family_name="Ashdown", given_name="Ada", middle_name="Q", suffix="Jr"),
    birth_date=date(1958, 4, 12),
    sex=Sex.FEMALE,
    address=Address(line1="12 Elm Rd", line2="Apt 3", city="Kalamazoo", state="MI", zip_code="49001"),
)
HARBOR_HEALTH = ClaimPayer(
    pack="harbor_health",
    name="Harbor Health Plan",
    identifier="HHP77",
    filing_indicator="CI",
    order=CoverageOrder.PRIMARY,
    member_id="H100200300",
    group_number="GRP100",
    plan_name="Silver",
)


def claim(**changes: Any) -> Claim:
    plain = Claim(
        id="C1001",
        visit_ids=("V1",),
        patient=ADA,
        payer=HARBOR_HEALTH,
        billing=CLINIC,
        rendering=THERAPIST,
        place_of_service="11",
        diagnoses=("M54.50", "M25.561"),
        lines=(
            ClaimLine(
                number=1,
                date_of_service=date(2026, 3, 4),
                place_of_service="11",
                code="97110",
                modifiers=("GP", "KX"),
                units=2,
                charge_cents=9000,
                pointers=(1, 2),
                control_number="C1001L1",
            ),
            ClaimLine(
                number=2,
                date_of_service=date(2026, 3, 4),
                place_of_service="12",
                code="97140",
                units=1,
                charge_cents=4507,
                pointers=(2,),
            ),
        ),
    )
    return plain.model_copy(update=changes)


def segments(*claims: Claim, **options: Any) -> list[str]:
    options = {"envelope": ENVELOPE, "control": ControlNumbers(), "created": CREATED, **options}
    return file_837p(claims, **options).data.decode("ascii").split("~")


def written(*claims: Claim) -> list[str]:
    """The levels and claims only, without envelope and header."""
    return segments(*claims)[7:-4]


def only(found: list[str], start: str) -> list[str]:
    return [one for one in found if one.startswith(start)]


def test_a_plain_claim_to_the_last_character() -> None:
    assert segments(claim()) == [
        "ISA*00*          *00*          *ZZ*HARBORB01      *ZZ*RECV01         *261121*0905*^*00501*000000001*0*T*:",
        "GS*HC*HARBORB01*RECV01*20261121*0905*1*X*005010X222A1",
        "ST*837*0001*005010X222A1",
        "BHT*0019*00*0000000010001*20261121*0905*CH",
        "NM1*41*2*Harbor Billing*****46*HARBORB01",
        "PER*IC*Dana Poole*TE*5550100199",
        "NM1*40*2*Example Clearing*****46*RECV01",
        "HL*1**20*1",
        "PRV*BI*PXC*261QP2000X",
        "NM1*85*2*Harbor Physical Therapy*****XX*1000000012",
        "N3*400 Harbor Way",
        "N4*Kalamazoo*MI*490011234",
        "REF*EI*384455667",
        "PER*IC*Lee Marsh*TE*5550100123",
        "HL*2*1*22*0",
        "SBR*P*18*GRP100******CI",
        "NM1*IL*1*Ashdown*Ada*Q**Jr*MI*H100200300",
        "N3*12 Elm Rd*Apt 3",
        "N4*Kalamazoo*MI*49001",
        "DMG*D8*19580412*F",
        "NM1*PR*2*Harbor Health Plan*****PI*HHP77",
        "CLM*C1001*135.07***11:B:1*Y*A*Y*Y",
        "HI*ABK:M5450*ABF:M25561",
        "NM1*82*1*Marsh*Lee****XX*1700000015",
        "PRV*PE*PXC*225100000X",
        "LX*1",
        "SV1*HC:97110:GP:KX*90*UN*2***1:2",
        "DTP*472*D8*20260304",
        "REF*6R*C1001L1",
        "LX*2",
        "SV1*HC:97140*45.07*UN*1*12**2",
        "DTP*472*D8*20260304",
        "SE*31*0001",
        "GE*1*1",
        "IEA*1*000000001",
        "",
    ]


def test_production_is_said_in_the_header() -> None:
    assert segments(claim(), production=True)[0].endswith("*0*P*:")


def test_a_dependent_stands_under_the_subscriber() -> None:
    rex = Subscriber(
        name=Person(family_name="Beland", given_name="Rex"),
        birth_date=date(1980, 1, 2),
        sex=Sex.MALE,
        address=CLINIC_ADDRESS,
    )
    payer = HARBOR_HEALTH.model_copy(update={"relationship": Relationship.CHILD, "subscriber": rex, "group_number": ""})
    found = written(claim(payer=payer))
    assert found[7:20] == [
        "HL*2*1*22*1",
        "SBR*P***Silver*****CI",
        "NM1*IL*1*Beland*Rex****MI*H100200300",
        "N3*400 Harbor Way",
        "N4*Kalamazoo*MI*490011234",
        "DMG*D8*19800102*M",
        "NM1*PR*2*Harbor Health Plan*****PI*HHP77",
        "HL*3*2*23*0",
        "PAT*19",
        "NM1*QC*1*Ashdown*Ada*Q**Jr",
        "N3*12 Elm Rd*Apt 3",
        "N4*Kalamazoo*MI*49001",
        "DMG*D8*19580412*F",
    ]
    no_address = payer.model_copy(update={"subscriber": Subscriber(name=rex.name, birth_date=rex.birth_date)})
    assert only(written(claim(payer=no_address)), "DMG") == ["DMG*D8*19580412*F"]


@pytest.mark.parametrize(
    ("relationship", "code"), [(Relationship.SPOUSE, "01"), (Relationship.CHILD, "19"), (Relationship.OTHER, "G8")]
)
def test_relationships_have_their_codes(relationship: Relationship, code: str) -> None:
    subscriber = Subscriber(name=Person(family_name="Beland", given_name="Rex"))
    payer = HARBOR_HEALTH.model_copy(update={"relationship": relationship, "subscriber": subscriber})
    assert f"PAT*{code}" in written(claim(payer=payer))


def test_claims_of_one_patient_share_a_level_and_keep_their_order() -> None:
    other = ADA.model_copy(update={"name": Person(family_name="Tran", given_name="Mae")})
    found = segments(claim(id="A1"), claim(id="B1", patient=other), claim(id="A2"))
    marks = [one for one in found if one.startswith(("HL", "CLM"))]
    assert [mark.split("*")[0:2] for mark in marks] == [
        ["HL", "1"],
        ["HL", "2"],
        ["CLM", "A1"],
        ["CLM", "A2"],
        ["HL", "3"],
        ["CLM", "B1"],
    ]


def test_a_second_clinic_begins_its_own_level() -> None:
    second = CLINIC.model_copy(update={"npi": "1000000020", "name": "Harbor South"})
    found = segments(claim(id="A1"), claim(id="B1", billing=second), claim(id="A2"))
    assert only(found, "HL") == ["HL*1**20*1", "HL*2*1*22*0", "HL*3**20*1", "HL*4*3*22*0"]


def test_the_hundred_and_first_claim_of_a_subscriber_begins_the_level_again() -> None:
    for count, levels in ((100, 1), (101, 2)):
        found = segments(*(claim(id=f"C{number}") for number in range(count)))
        assert len([one for one in only(found, "HL") if "*22*" in one]) == levels
        assert len(only(found, "CLM")) == count


def test_the_five_thousand_and_first_claim_begins_another_transaction() -> None:
    claims = [claim(id=f"C{number}", lines=claim().lines[:1]) for number in range(5001)]
    for count, transactions in ((5000, ["0001"]), (5001, ["0001", "0002"])):
        made = file_837p(claims[:count], envelope=ENVELOPE, control=ControlNumbers(), created=CREATED)
        assert [one.control_number for one in made.transactions] == transactions
        assert [len(one.claim_ids) for one in made.transactions] == [5000, 1][: len(transactions)]
        found = made.data.decode().split("~")
        assert only(found, "GE") == [f"GE*{len(transactions)}*1"]
        for trailer in only(found, "SE"):
            end = found.index(trailer)
            start = max(place for place, one in enumerate(found[:end]) if one.startswith("ST*"))
            assert trailer.split("*")[1] == str(end - start + 1)


def test_control_numbers_go_on_and_never_repeat() -> None:
    control = ControlNumbers(interchange=41, group=7, transaction=12_345)
    first = file_837p([claim()], envelope=ENVELOPE, control=control, created=CREATED)
    second = file_837p([claim()], envelope=ENVELOPE, control=control, created=CREATED)
    assert (first.interchange_control, first.group_control, first.transactions[0].control_number) == (
        "000000041",
        "7",
        "12345",
    )
    assert (second.interchange_control, second.group_control, second.transactions[0].control_number) == (
        "000000042",
        "8",
        "12346",
    )
    assert control == ControlNumbers(43, 9, 12_347)


def test_a_refused_batch_takes_no_numbers() -> None:
    control = ControlNumbers()
    with pytest.raises(ClaimNotWritableError):
        file_837p([claim(), claim(diagnoses=())], envelope=ENVELOPE, control=control, created=CREATED)
    assert control == ControlNumbers()


def test_references_dates_and_money_stand_in_the_guides_order() -> None:
    whole = claim(
        frequency=Frequency.REPLACEMENT,
        original_reference="ICN77",
        prior_authorization="AUTH1",
        onset_on=date(2026, 1, 5),
        initial_treatment_on=date(2026, 2, 1),
        accident=Accident(kind=AccidentKind.AUTO, on=date(2026, 1, 4), state="TX"),
        patient_paid_cents=2550,
        note="Seen after surgery",
        accepts_assignment=False,
        signature_on_file=False,
    )
    found = written(whole)
    start = found.index("CLM*C1001*135.07***11:B:7*Y*C*N*I**AA:::TX")
    assert found[start + 1 : start + 9] == [
        "DTP*431*D8*20260105",
        "DTP*454*D8*20260201",
        "DTP*439*D8*20260104",
        "AMT*F5*25.5",
        "REF*G1*AUTH1",
        "REF*F8*ICN77",
        "NTE*ADD*Seen after surgery",
        "HI*ABK:M5450*ABF:M25561",
    ]


@pytest.mark.parametrize(("kind", "code"), [(AccidentKind.EMPLOYMENT, "EM"), (AccidentKind.OTHER, "OA")])
def test_only_a_motor_vehicle_accident_names_its_state(kind: AccidentKind, code: str) -> None:
    found = written(claim(accident=Accident(kind=kind, on=date(2026, 1, 4), state="TX")))
    assert only(found, "CLM") == [f"CLM*C1001*135.07***11:B:1*Y*A*Y*Y**{code}"]


def test_a_casualty_claim_number_goes_with_the_patient() -> None:
    payer = HARBOR_HEALTH.model_copy(update={"claim_number": "PC9", "filing_indicator": "WC"})
    found = written(claim(payer=payer))
    assert found[found.index("REF*Y4*PC9") - 1] == "DMG*D8*19580412*F"
    subscriber = Subscriber(name=Person(family_name="Beland", given_name="Rex"))
    payer = payer.model_copy(update={"relationship": Relationship.SPOUSE, "subscriber": subscriber})
    found = written(claim(payer=payer))
    assert only(found, "REF*Y4") == ["REF*Y4*PC9"]
    assert found.index("REF*Y4*PC9") > found.index("PAT*01")


def test_twelve_diagnoses_are_written_without_dots() -> None:
    codes = tuple(f"M54.{number}" for number in range(50, 62))
    expected = "*".join(["HI*ABK:M5450", *(f"ABF:M54{number}" for number in range(51, 62))])
    assert only(written(claim(diagnoses=codes)), "HI") == [expected]


def test_the_referring_provider_is_named_with_or_without_npi() -> None:
    doctor = Provider(name=Person(family_name="Ivers", given_name="Noor"), credential=Credential.MD, npi="1500000010")
    assert "NM1*DN*1*Ivers*Noor****XX*1500000010" in written(claim(referring=doctor))
    assert "NM1*DN*1*Ivers*Noor" in written(claim(referring=doctor.model_copy(update={"npi": None})))


def test_one_person_may_refer_one_claim_and_render_another() -> None:
    found = written(claim(id="A1", referring=THERAPIST), claim(id="A2"))
    assert only(found, "NM1*DN") == ["NM1*DN*1*Marsh*Lee****XX*1700000015"]
    assert len(only(found, "NM1*82")) == 2


def test_a_therapist_who_bills_for_herself_is_not_named_again() -> None:
    alone = CLINIC.model_copy(update={"npi": THERAPIST.npi, "tax_id_kind": "SSN", "tax_id": "123-45-6789"})
    found = written(claim(billing=alone))
    assert only(found, "NM1*82") == []
    assert "REF*SY*123456789" in found


def test_the_place_is_named_only_where_it_is_not_the_clinic() -> None:
    annex = Address(line1="9 Pool Ln", city="Portage", state="MI", zip_code="49002")
    found = written(claim(facility=annex, facility_name="Harbor Pool", facility_npi="1999999992"))
    start = found.index("NM1*77*2*Harbor Pool*****XX*1999999992")
    assert found[start + 1 : start + 3] == ["N3*9 Pool Ln", "N4*Portage*MI*49002"]
    assert "NM1*77*2*Harbor Physical Therapy" in written(claim(facility=annex))
    assert only(written(claim(facility=CLINIC_ADDRESS)), "NM1*77") == []
    assert only(written(claim(facility=CLINIC_ADDRESS.model_copy())), "NM1*77") == []


def test_a_pay_to_address_is_named_only_where_it_differs() -> None:
    box = Address(line1="PO Box 5", city="Portage", state="MI", zip_code="49002")
    found = written(claim(billing=CLINIC.model_copy(update={"pay_to": box})))
    start = found.index("NM1*87*2")
    assert found[start + 1 : start + 3] == ["N3*PO Box 5", "N4*Portage*MI*49002"]
    assert "NM1*87*2" not in written(claim(billing=CLINIC.model_copy(update={"pay_to": CLINIC_ADDRESS.model_copy()})))


def test_medicare_after_another_payer_says_why() -> None:
    medicare = ClaimPayer(
        pack="medicare_b",
        name="Medicare Part B",
        identifier="01112",
        filing_indicator="MB",
        order=CoverageOrder.SECONDARY,
        member_id="1EG4TE5MK73",
        medicare_secondary_type="12",
    )
    found = written(claim(payer=medicare, other_payers=(HARBOR_HEALTH,)))
    assert only(found, "SBR") == ["SBR*S*18***12****MB", "SBR*P*18*GRP100******CI"]
    start = found.index("OI***Y***Y")
    assert found[start + 1 : start + 5] == [
        "NM1*IL*1*Ashdown*Ada*Q**Jr*MI*H100200300",
        "N3*12 Elm Rd*Apt 3",
        "N4*Kalamazoo*MI*49001",
        "NM1*PR*2*Harbor Health Plan*****PI*HHP77",
    ]
    assert found[start + 5] == "LX*1"


CO, PR, OA = AdjustmentGroup.CONTRACTUAL, AdjustmentGroup.PATIENT, AdjustmentGroup.OTHER


def reduced(group: AdjustmentGroup, reason: str, cents: int, units: int | None = None) -> Adjustment:
    return Adjustment(group=group, reason=reason, amount_cents=cents, units=units)


BY_LINE = Adjudication(
    order=CoverageOrder.PRIMARY,
    adjudicated_on=date(2026, 3, 20),
    paid_cents=7_000,
    claim_number="ICN7701",
    lines=(
        AdjudicatedLine(
            line=1,
            paid_cents=6_000,
            adjustments=(reduced(CO, "45", 1_950), reduced(PR, "1", 50), reduced(PR, "2", 1_000, 2)),
        ),
        AdjudicatedLine(
            line=2,
            paid_cents=1_000,
            adjustments=(reduced(CO, "45", 3_507),),
            code="97530",
            modifiers=("GP",),
            units=2,
        ),
    ),
)
ON_THE_CLAIM = Adjudication(
    order=CoverageOrder.PRIMARY,
    adjudicated_on=date(2026, 3, 20),
    paid_cents=10_000,
    adjustments=(reduced(CO, "45", 2_007), reduced(PR, "1", 1_000), reduced(PR, "3", 500)),
)


def second(answer: Adjudication | None, **changes: Any) -> Claim:
    """The claim to the second payer, after the first has decided."""
    payer = HARBOR_HEALTH.model_copy(update={"order": CoverageOrder.SECONDARY, "identifier": "SEC02", "name": "Second"})
    return claim(payer=payer, other_payers=(HARBOR_HEALTH.model_copy(update={"adjudication": answer}),), **changes)


def test_what_the_first_payer_decided_line_by_line_to_the_last_character() -> None:
    found = written(second(BY_LINE))
    start = found.index("SBR*P*18*GRP100******CI")
    assert found[start:] == [
        "SBR*P*18*GRP100******CI",
        "AMT*D*70",
        "OI***Y***Y",
        "NM1*IL*1*Ashdown*Ada*Q**Jr*MI*H100200300",
        "N3*12 Elm Rd*Apt 3",
        "N4*Kalamazoo*MI*49001",
        "NM1*PR*2*Harbor Health Plan*****PI*HHP77",
        "REF*F8*ICN7701",
        "LX*1",
        "SV1*HC:97110:GP:KX*90*UN*2***1:2",
        "DTP*472*D8*20260304",
        "REF*6R*C1001L1",
        "SVD*HHP77*60*HC:97110:GP:KX**2",
        "CAS*CO*45*19.5",
        "CAS*PR*1*0.5**2*10*2",
        "DTP*573*D8*20260320",
        "AMT*EAF*10.5",
        "LX*2",
        "SV1*HC:97140*45.07*UN*1*12**2",
        "DTP*472*D8*20260304",
        "SVD*HHP77*10*HC:97530:GP**2",
        "CAS*CO*45*35.07",
        "DTP*573*D8*20260320",
        "AMT*EAF*0",
    ]


def test_what_the_first_payer_decided_on_the_claim_alone_to_the_last_character() -> None:
    found = written(second(ON_THE_CLAIM))
    start = found.index("SBR*P*18*GRP100******CI")
    assert found[start : start + 10] == [
        "SBR*P*18*GRP100******CI",
        "CAS*CO*45*20.07",
        "CAS*PR*1*10**3*5",
        "AMT*D*100",
        "AMT*EAF*15",
        "OI***Y***Y",
        "NM1*IL*1*Ashdown*Ada*Q**Jr*MI*H100200300",
        "N3*12 Elm Rd*Apt 3",
        "N4*Kalamazoo*MI*49001",
        "NM1*PR*2*Harbor Health Plan*****PI*HHP77",
    ]
    assert found[start + 10 : start + 12] == ["DTP*573*D8*20260320", "LX*1"]
    assert only(found, "SVD") == []


def test_a_payer_that_paid_nothing_says_so() -> None:
    denied = BY_LINE.model_copy(
        update={
            "paid_cents": 0,
            "lines": (
                AdjudicatedLine(line=1, paid_cents=0, adjustments=(reduced(CO, "197", 9_000),)),
                AdjudicatedLine(line=2, paid_cents=0, adjustments=(reduced(OA, "18", 4_507),)),
            ),
        }
    )
    found = written(second(denied))
    assert only(found, "AMT*D") == ["AMT*D*0"]
    assert only(found, "SVD") == ["SVD*HHP77*0*HC:97110:GP:KX**2", "SVD*HHP77*0*HC:97140**1"]
    assert only(found, "CAS") == ["CAS*CO*197*90", "CAS*OA*18*45.07"]


def test_two_payers_before_the_third_answer_on_each_line_in_turn() -> None:
    again = BY_LINE.model_copy(
        update={
            "order": CoverageOrder.SECONDARY,
            "paid_cents": 0,
            "claim_number": "",
            "adjudicated_on": date(2026, 4, 2),
            "lines": (
                AdjudicatedLine(line=1, paid_cents=0, adjustments=(reduced(OA, "23", 9_000),)),
                AdjudicatedLine(line=2, paid_cents=0, adjustments=(reduced(OA, "23", 4_507),)),
            ),
        }
    )
    first = HARBOR_HEALTH.model_copy(update={"adjudication": BY_LINE})
    other = {"order": CoverageOrder.SECONDARY, "identifier": "SEC02", "name": "Second", "adjudication": again}
    third = HARBOR_HEALTH.model_copy(update={"order": CoverageOrder.TERTIARY, "identifier": "TER03", "name": "Third"})
    found = written(claim(payer=third, other_payers=(first, HARBOR_HEALTH.model_copy(update=other))))
    assert [one.split("*")[1] for one in only(found, "SVD")] == ["HHP77", "SEC02", "HHP77", "SEC02"]
    assert [one.split("*")[3] for one in only(found, "DTP*573")] == ["20260320", "20260402"] * 2


def test_other_delimiters_and_line_breaks_read_back_as_the_same_claims() -> None:
    claims = claim_generator.claims(20, seed=5)
    options: dict[str, Any] = {"envelope": ENVELOPE, "created": CREATED}
    usual = file_837p(claims, control=ControlNumbers(), **options).data
    for delimiters in (Delimiters("|", "<", "!", "\x1c"), Delimiters(line_break="\r\n"), Delimiters(segment="\n")):
        other = file_837p(claims, control=ControlNumbers(), delimiters=delimiters, **options).data
        assert other != usual
        assert read(other).write() == other
        assert read_837p(other) == read_837p(usual)


def test_the_same_input_is_the_same_file() -> None:
    claims = claim_generator.claims(30, seed=6)
    files = [file_837p(claims, envelope=ENVELOPE, control=ControlNumbers(), created=CREATED) for _ in range(2)]
    assert files[0] == files[1]


def test_an_envelope_that_does_not_fit_is_refused() -> None:
    def refused(envelope: Envelope, claims: tuple[Claim, ...] = (claim(),)) -> str:
        with pytest.raises(EnvelopeError) as error:
            file_837p(claims, envelope=envelope, control=ControlNumbers(), created=CREATED)
        return str(error.value)

    assert refused(Envelope(SUBMITTER, "Example", "R" * 16)) == (
        "receiver identifier of 16 characters: expected 2 to 15 plain characters"
    )
    assert "1 characters" in refused(Envelope(SUBMITTER, "Example", "R"))
    assert "receiver name" in refused(Envelope(SUBMITTER, "株", "RECV01"))
    no_phone = SUBMITTER.model_copy(update={"phone": "010-0199"})
    assert refused(Envelope(no_phone, "Example", "RECV01")) == "submitter phone: expected ten digits"
    assert refused(ENVELOPE, ()) == "no claims: a file holds at least one"
    assert len(segments(claim(), envelope=Envelope(SUBMITTER, "Example", "R" * 15))) > 30


def test_a_clearinghouse_is_addressed_and_the_payer_is_billed() -> None:
    by = Clearinghouse("Plains Clearing", "330897513", "PLNS", "30")
    found = segments(claim(), envelope=replace(ENVELOPE, clearinghouse=by))
    head, group = found[0].split("*"), found[1].split("*")
    assert head[7:9] == ["30", "330897513      "]
    assert group[2:4] == [SUBMITTER.identifier, "PLNS"]
    assert [one for one in found if one.startswith("NM1*40*")] == ["NM1*40*2*Plains Clearing*****46*330897513"]
    alone = segments(claim(), envelope=ENVELOPE)
    assert [one for one in found if one.startswith("NM1*PR*")] == [one for one in alone if one.startswith("NM1*PR*")]

    without = segments(claim(), envelope=replace(ENVELOPE, clearinghouse=replace(by, group_code="")))
    assert without[1].split("*")[3] == "330897513"
    for wrong in (replace(by, identifier="3"), replace(by, group_code="P" * 16)):
        with pytest.raises(EnvelopeError, match="expected 2 to 15 plain characters"):
            segments(claim(), envelope=replace(ENVELOPE, clearinghouse=wrong))
