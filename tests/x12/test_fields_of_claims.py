"""What the reader says of fields left empty, drugs, other payers' answers and addresses, and how the tables have it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cleanclaim.x12 import read_837p
from cleanclaim.x12.claim_tables import tables_of_claims
from cleanclaim.x12.columnar.claim_tables import Numbering, tables_of_block
from cleanclaim.x12.columnar.reader import read_blocks

ON = date(2026, 3, 8)

SEGMENTS = """
ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260306*0900*^*00501*000000001*0*T*:
GS*HC*SENDER*RECEIVER*20260306*0900*1*X*005010X222A1
ST*837*0001*005010X222A1
BHT*0019*00*1*20260306*0900*CH
NM1*41*2*SENDER*****46*1
PER*IC*DESK*TE*3125550100
NM1*40*2*RECEIVER*****46*2
HL*1**20*1
NM1*85*2*MILLRACE PT*****XX*1234567893
N3*40 MILLRACE WAY
N4*CHICAGO*IL*606011234
REF*EI*123456789
HL*2*1*22*0
SBR*S*18***12****MB
NM1*IL*1*ASHGROVE*MAREN****MI*1EG4TE5MK73
N3*7 LARCH ROW
N4*WINDSOR*ON*N9A1A1*CA
DMG*D8*19550601*F
NM1*PR*2*MEDICARE*****PI*00621
CLM*C1*240***11:B:1*Y*A*Y*Y
REF*G1*A100
HI*ABK:M5450
NM1*82*1*THORNE*AVERY****XX*1245319599
NM1*DQ*1*PELL*ODA****XX*1003000126
SBR*P*18*******CI
AMT*D*100
OI***Y***Y
NM1*IL*1*ASHGROVE*MAREN****MI*W1
NM1*PR*2*HARBOR HEALTH*****PI*HH001
LX*1
SV1*HC:97110:GP*240*UN*2***1
DTP*472*D8*20260304
REF*G1*A200
LIN**N4*00406048801
CTP****1*ML
SVD*HH001*100*HC:97110**2
CAS*CO*45*120**97*5
CAS*PR*2*15
DTP*573*D8*20260301
SE*38*0001
GE*1*1
IEA*1*000000001
"""


def file_with(*, drop: tuple[str, ...] = (), swap: tuple[tuple[str, str], ...] = ()) -> bytes:
    """The file above without the segments that begin so, and with some exchanged for others."""
    lines = (
        [line for line in SEGMENTS.strip().splitlines() if not line.startswith(drop)]
        if drop
        else (SEGMENTS.strip().splitlines())
    )
    exchanged = dict(swap)
    return "".join(f"{exchanged.get(line, line)}~" for line in lines).encode()


def rows(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The claim's row and the line's."""
    claims, _ = read_837p(data)
    tables = tables_of_claims(claims, as_of=ON).tables
    return tables.claims.row(0, named=True), tables.lines.row(0, named=True)


def test_a_secondary_claim_tells_what_the_first_payer_decided() -> None:
    claim, line = rows(file_with())
    assert (claim["coverage_order"], claim["prior_payers"], claim["prior_paid_cents"]) == ("secondary", 1, 10_000)
    assert (claim["medicare_secondary_type"], claim["payer_identifier"]) == ("12", "00621")
    assert (line["prior_answers"], line["line_prior_paid_cents"], line["line_prior_adjusted_cents"]) == (
        1,
        10_000,
        14_000,
    )
    assert (line["prior_adjudicated_on"], line["prior_adjustments"]) == (date(2026, 3, 1), 3)
    assert (line["prior_adjustments_without_amount"], line["line_fields_absent"]) == (0, [])
    assert claim["claim_fields_absent"] == []


@pytest.mark.parametrize(
    ("adjusted", "cents"),
    [
        ("", 0),
        ("~CAS*CO*45*3", 300),
        ("~CAS*CO*45*3**97*1.5~CAS*PR*2*-0.25", 425),
        ("~CAS*CO*45", None),
        ("~CAS*CO*45*3~CAS*PR*2*x", None),
    ],
    ids=["none", "one", "three-in-two-segments", "no-amount", "unreadable"],
)
def test_adjustments_of_the_whole_claim_are_added_up(adjusted: str, cents: int | None) -> None:
    head = "SBR*P*18*******CI"
    data = file_with(swap=((head, head + adjusted),))
    claim, line = rows(data)
    assert (claim["prior_paid_cents"], claim["prior_claim_adjusted_cents"]) == (10_000, cents)
    assert (line["prior_answers"], line["line_prior_adjusted_cents"]) == (1, 14_000)
    assert by_columns(data)["prior_claim_adjusted_cents"] == cents


@pytest.mark.parametrize(
    ("for_claim", "for_line", "repeated"),
    [("15", "15", 1), ("15", "0", 1), ("15", "", 0), ("", "15", 0), ("", "", 0)],
    ids=["both", "both-differing", "claim", "line", "neither"],
)
def test_what_is_left_to_the_patient_is_told_once(for_claim: str, for_line: str, repeated: int) -> None:
    paid, day = "AMT*D*100", "DTP*573*D8*20260301"
    told = [f"{head}~AMT*EAF*{left}" if left else head for head, left in ((paid, for_claim), (day, for_line))]
    data = file_with(swap=((paid, told[0]), (day, told[1])))
    assert rows(data)[0]["prior_remaining_repeated"] == repeated
    assert by_columns(data)["prior_remaining_repeated"] == repeated


def test_amounts_left_by_two_payers_in_two_places_are_no_repetition() -> None:
    paid, day = "AMT*D*100", "DTP*573*D8*20260301"
    another = f"SVD*HH002*0*HC:97110**2~CAS*PR*2*15~{day}~AMT*EAF*15"
    data = file_with(swap=((paid, f"{paid}~AMT*EAF*15"), (day, f"{day}~{another}")))
    assert rows(data)[0]["prior_remaining_repeated"] == 0
    assert by_columns(data)["prior_remaining_repeated"] == 0


def test_the_group_number_is_that_of_the_policy_billed() -> None:
    own, other = "SBR*S*18***12****MB", "SBR*P*18*******CI"
    data = file_with(swap=((own, "SBR*S*18*G100**12****MB"), (other, "SBR*P*18*G200******CI")))
    assert rows(data)[0]["group_number"] == "G100"
    assert by_columns(data)["group_number"] == "G100"
    assert rows(file_with())[0]["group_number"] == by_columns(file_with())["group_number"] == ""


def test_of_one_of_several_days_nobody_can_tell_what_was_adjusted_on_the_claim() -> None:
    another_day = "~LX*2~SV1*HC:97110:GP*10*UN*1***1~DTP*472*D8*20260306"
    data = file_with(swap=(("DTP*573*D8*20260301", "DTP*573*D8*20260301" + another_day),))
    claim, _ = rows(data)
    assert (claim["prior_paid_cents"], claim["prior_claim_adjusted_cents"]) == (10_000, None)
    assert by_columns(data)["prior_claim_adjusted_cents"] is None


def test_a_payer_that_answers_twice_on_a_line_is_one_payer() -> None:
    again = "SVD*HH001*0*HC:97110**0~DTP*573*D8*20260301"
    data = file_with(swap=(("DTP*573*D8*20260301", f"DTP*573*D8*20260301~{again}"),))
    _, line = rows(data)
    assert (line["prior_answers"], line["line_prior_paid_cents"], line["prior_adjustments"]) == (1, 10_000, 3)


@pytest.mark.parametrize(
    ("contact", "phone"),
    [
        ("", ""),
        ("~PER*IC*DESK*TE*5550100", "5550100"),
        ("~PER*IC*DESK*EM*a@example.org*FX*3125550111*TE*(312) 555-0100", "(312) 555-0100"),
        ("~PER*IC*DESK*FX*3125550111*TE*3125550100*EX*12", "3125550100"),
        ("~PER*IC*DESK*EM*a@example.org", ""),
        ("~PER*IC*DESK*FX*3125550111~PER*IC*NIGHT*TE*3125550122", ""),
    ],
    ids=["no-contact", "short", "third", "second", "no-telephone", "of-a-second-contact"],
)
def test_the_telephone_is_that_of_the_clinics_first_contact(contact: str, phone: str) -> None:
    data = file_with(swap=(("REF*EI*123456789", f"REF*EI*123456789{contact}"),))
    assert rows(data)[0]["billing_phone"] == by_columns(data)["billing_phone"] == phone


@pytest.mark.parametrize(
    ("causes", "kind"),
    [
        ("AA", "auto"),
        ("EM", "employment"),
        ("OA:AA", "other"),
        ("ZZ", "ZZ"),
        ("AA:ZZ", "ZZ"),
        (":AA", "auto"),
        ("", ""),
    ],
)
def test_a_cause_that_no_claim_knows_is_told_as_it_stands(causes: str, kind: str) -> None:
    clm = "CLM*C1*240***11:B:1*Y*A*Y*Y"
    data = file_with(swap=((clm, f"{clm}**{causes}:::IL" if causes else clm),))
    assert rows(data)[0]["accident_kind"] == by_columns(data)["accident_kind"] == kind


@pytest.mark.parametrize(
    ("street", "text", "longest"),
    [
        ("N3*7 LARCH ROW", "7 LARCH ROW", 11),
        ("N3*7 LARCH ROW*SECOND FLOOR REAR", "7 LARCH ROW SECOND FLOOR REAR", 17),
        (f"N3*{'A' * 56}", "A" * 56, 56),
    ],
)
def test_the_longest_line_of_a_street_is_measured(street: str, text: str, longest: int) -> None:
    data = file_with(swap=(("N3*7 LARCH ROW", street),))
    for claim in (rows(data)[0], by_columns(data)):
        assert (claim["patient_street"], claim["patient_street_longest"]) == (text, longest)


def by_columns(data: bytes) -> dict[str, Any]:
    """The claim's first row, read by columns."""
    numbering = Numbering()
    [block] = [tables_of_block(block, as_of=ON, numbering=numbering) for block in read_blocks(data)]
    return block.tables.claims.row(0, named=True)


def test_names_addresses_drugs_and_numbers_are_those_of_the_file() -> None:
    claim, line = rows(file_with())
    assert (claim["billing_name"], claim["billing_given_name"], claim["billing_is_person"]) == (
        "MILLRACE PT",
        "",
        False,
    )
    assert (claim["billing_city"], claim["billing_state"], claim["billing_country"]) == ("CHICAGO", "IL", "")
    assert (claim["patient_street"], claim["patient_city"]) == ("7 LARCH ROW", "WINDSOR")
    assert (claim["patient_state"], claim["patient_zip"], claim["patient_country"]) == ("ON", "N9A1A1", "CA")
    assert (claim["rendering_family_name"], claim["rendering_given_name"]) == ("THORNE", "AVERY")
    assert (claim["supervising_npi"], claim["treated_by"]) == ("1003000126", "thorne, avery")
    assert claim["authorization_count"] == 2
    assert (line["drug_code"], line["drug_unit"]) == ("00406048801", "ML")


@pytest.mark.parametrize(
    ("drop", "swap", "absent"),
    [
        (("DMG",), (), ["birth_date"]),
        (("AMT*D",), (), ["prior_paid_cents"]),
        ((), (("CLM*C1*240***11:B:1*Y*A*Y*Y", "CLM*C1****11:B:1*Y*A*Y*Y"),), ["total_charge_cents"]),
        ((), (("CLM*C1*240***11:B:1*Y*A*Y*Y", "CLM*C1*240***11:B:1*Y*A*Y*Y**AA:::IL"),), ["accident_on"]),
        ((), (("DMG*D8*19550601*F", "DMG*D8*19553001*F"),), []),
    ],
    ids=["birth-date", "amount-paid", "total-charge", "accident-date", "unreadable-is-not-empty"],
)
def test_a_field_of_the_claim_left_empty_is_named(
    drop: tuple[str, ...], swap: tuple[tuple[str, str], ...], absent: list[str]
) -> None:
    claim, _ = rows(file_with(drop=drop, swap=swap))
    assert claim["claim_fields_absent"] == absent


@pytest.mark.parametrize(
    ("drop", "swap", "absent"),
    [
        (("DTP*573",), (), ["prior_adjudicated_on"]),
        (("DTP*472",), (), ["line_date"]),
        ((), (("SV1*HC:97110:GP*240*UN*2***1", "SV1*HC:97110:GP**UN****1"),), ["charge_cents", "units"]),
    ],
    ids=["decision-date", "service-date", "charge-and-units"],
)
def test_a_field_of_the_line_left_empty_is_named(
    drop: tuple[str, ...], swap: tuple[tuple[str, str], ...], absent: list[str]
) -> None:
    _, line = rows(file_with(drop=drop, swap=swap))
    assert line["line_fields_absent"] == absent


def test_an_adjustment_without_an_amount_is_counted_and_leaves_the_sum_unknown() -> None:
    _, line = rows(file_with(swap=(("CAS*PR*2*15", "CAS*PR*2"),)))
    assert (line["prior_adjustments"], line["prior_adjustments_without_amount"]) == (3, 1)
    assert (line["line_prior_adjusted_cents"], line["line_prior_paid_cents"]) == (None, 10_000)


@pytest.mark.parametrize(
    ("written", "has_some"),
    [("1", True), ("0.5", True), (".5", True), ("10", True), ("0", False), ("0.0", False), ("-1", False), ("", False)],
)
def test_a_drugs_quantity_is_above_zero_or_none(written: str, *, has_some: bool) -> None:
    _, line = rows(file_with(swap=(("CTP****1*ML", f"CTP****{written}*ML"),)))
    assert line["has_drug_quantity"] is has_some


def test_a_claim_without_the_payers_name_has_no_coverage() -> None:
    claim, _ = rows(file_with(drop=("NM1*PR*2*MEDICARE",)))
    assert (claim["has_coverage"], claim["payer_identifier"]) == (False, "")


def test_an_address_left_out_has_no_street_and_says_nothing_of_the_zip() -> None:
    claim, _ = rows(file_with(drop=("N3*7", "N4*WINDSOR")))
    assert (claim["patient_street"], claim["patient_city"], claim["patient_state"]) == ("", "", "")
    assert claim["patient_zip"] is None
