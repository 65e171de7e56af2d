"""Remittances are read as the payer said them: every payment of a file, every sign, nothing quietly dropped."""

from __future__ import annotations

from datetime import date

import pytest

from cleanclaim.records.remittance import Remittance, RemittedClaim
from cleanclaim.x12.reader_835 import ReadRemittances, read_835

HEADER = (
    "ISA*00*          *00*          *ZZ*SYNPAYER       *ZZ*MILLRACE1      *261005*0900*^*00501*000000001*0*P*:~"
    "GS*HP*SYNPAYER*MILLRACE1*20261005*0900*1*X*005010X221A1~"
)
TRAILER = "GE*{count}*1~IEA*1*000000001~"
PAYMENT = (
    "ST*835*{st}~BPR*I*{amount}*{sign}*ACH*CCP*01*999999992*DA*1*1512345678**01*999988880*DA*2*20261004~"
    "TRN*1*{trace}*1512345678~DTM*405*20261003~N1*PR*SYNTHETIC HEALTH~N3*1 PAY ST~N4*RENO*NV*89501~"
    "PER*BL*HELP*TE*8005550100~N1*PE*MILLRACE PHYSICAL THERAPY*XX*1999000007~REF*TJ*001234567~LX*1~"
)
CLAIM = (
    "CLP*V001*1*210*88.2*22.05*CI*PCN0001*11*1~CAS*OA*253*1.8~NM1*QC*1*DOE*JAN****MI*SYN123~"
    "NM1*82*1*OKAFOR*ADAEZE****XX*1999000015~NM1*TT*2*NEXT PAYER*****PI*NP1~MOA***MA01*N130~DTM*232*20260921~"
    "DTM*233*20260921~DTM*050*20260925~AMT*I*1.25~AMT*F5*20~"
    "SVC*HC:97110:GP*140*60**2~DTM*472*20260921~CAS*CO*45*57.95~CAS*PR*2*22.05~REF*6R*V001-1~AMT*B6*82.05~LQ*HE*N782~"
    "SVC*HC:97140:GP:59*70*30**1*HC:97530:GP*2~DTM*472*20260921~CAS*CO*45*40*1*97*0~REF*6R*V001-2~AMT*B6*30~"
)


def file_of(*payments: str) -> bytes:
    return (HEADER + "".join(payments) + TRAILER.format(count=len(payments))).encode()


def payment(body: str, amount: str = "88.2", *, st: str = "0001", trace: str = "T1", sign: str = "C") -> str:
    text = PAYMENT.format(st=st, amount=amount, sign=sign, trace=trace) + body
    return text + f"SE*{text.count('~') + 1}*{st}~"


def one(found: ReadRemittances) -> Remittance:
    assert found.problems == []
    (item,) = found.remittances
    return item


def claim(found: ReadRemittances) -> RemittedClaim:
    (item,) = one(found).claims
    return item


def test_a_payment_says_who_paid_whom_how_much_and_how() -> None:
    item = one(read_835(file_of(payment(CLAIM))))
    assert (item.payer_name, item.payer_identifier, item.trace_number) == ("SYNTHETIC HEALTH", "1512345678", "T1")
    assert (item.amount_cents, item.method, item.paid_on) == (8_820, "ACH", date(2026, 10, 4))
    assert item.payer_called == {"1512345678"}
    assert (item.payee_npi, item.payee_tax_id, item.is_test) == ("1999000007", "001234567", False)


def test_a_payer_is_known_by_the_number_under_which_claims_go_to_it() -> None:
    head = "N1*PE*MILLRACE PHYSICAL THERAPY"
    told = payment(CLAIM).replace(head, f"REF*2U*SYNMB01~REF*EO*SUBMITTER~REF*NF*12345~{head}", 1)
    told = told.replace("REF*TJ*001234567", "REF*2U*PAYEE~REF*TJ*001234567", 1).replace("SE*35*", "SE*39*")
    item = one(read_835(file_of(told)))
    assert (item.payer_identifier, item.payer_numbers) == ("1512345678", ("SYNMB01", "12345"))
    assert item.payer_called == {"1512345678", "SYNMB01", "12345"}


def test_the_same_words_say_the_same_again_and_are_wrong_again() -> None:
    good = CLAIM.replace("V001", "V003")
    twice = read_835(file_of(payment(CLAIM + good, "176.4")))
    first, second = (
        [line.model_copy(update={"segment": 0, "control_number": ""}) for line in one.lines]
        for one in twice.remittances[0].claims
    )
    assert first == second
    body = CLAIM.replace("*45*40*1*", "*45*4O*1*")
    spoiled = read_835(file_of(payment(body + body.replace("V001", "V002") + good, "264.6")))
    assert [one.control_number for one in spoiled.remittances[0].claims] == ["V003"]
    assert len(spoiled.left_out[0]) == 2
    assert [problem.element for problem in spoiled.problems] == ["CAS03", "CAS03"]
    assert [one.control_number for one in spoiled.remittances[0].claims[0].lines] == ["V003-1", "V003-2"]


def test_a_claim_and_its_lines() -> None:
    found = claim(read_835(file_of(payment(CLAIM))))
    assert (found.control_number, found.status, found.payer_control_number) == ("V001", "1", "PCN0001")
    assert (found.charge_cents, found.paid_cents, found.patient_cents) == (21_000, 8_820, 2_205)
    assert (found.family_name, found.member_id, found.rendering_npi) == ("DOE", "SYN123", "1999000015")
    assert (found.forwarded_to, found.remarks, found.interest_cents) == ("NEXT PAYER", ("MA01", "N130"), 125)
    assert found.patient_paid_cents == 2_000
    assert (found.begins_on, found.ends_on, found.received_on) == (
        date(2026, 9, 21),
        date(2026, 9, 21),
        date(2026, 9, 25),
    )
    first, second = found.lines
    assert (first.code, first.modifiers, first.units, first.control_number) == ("97110", ("GP",), 2, "V001-1")
    assert (first.charge_cents, first.paid_cents, first.allowed_cents, first.remarks) == (
        14_000,
        6_000,
        8_205,
        ("N782",),
    )
    assert [(item.group.value, item.reason, item.amount_cents) for item in first.adjustments] == [
        ("CO", "45", 5_795),
        ("PR", "2", 2_205),
    ]
    assert (second.code, second.modifiers, second.billed_code, second.billed_modifiers, second.billed_units) == (
        "97140",
        ("GP", "59"),
        "97530",
        ("GP",),
        2,
    )
    assert [(item.reason, item.amount_cents, item.units) for item in second.adjustments] == [
        ("45", 4_000, 1),
        ("97", 0, None),
    ]
    assert (first.gap_cents, second.gap_cents, found.gap_cents, found.line_gap_cents) == (0, 0, 0, 0)


def test_a_reversal_keeps_its_signs() -> None:
    body = (
        "CLP*V001*22*-210*-88.2**CI*PCN0001~SVC*HC:97110:GP*-140*-60**-2~DTM*472*20260921~CAS*CO*45*-80~"
        "SVC*HC:97140*-70*-28.2**1~DTM*472*20260921~CAS*CO*45*-41.8~"
    )
    found = claim(read_835(file_of(payment(body, "88.2", sign="D"))))
    assert found.is_reversal
    assert (found.charge_cents, found.paid_cents, found.patient_cents, found.lines[0].units) == (
        -21_000,
        -8_820,
        None,
        -2,
    )
    assert found.gap_cents == 0
    assert one(read_835(file_of(payment(body, "88.2", sign="D")))).amount_cents == -8_820


def test_provider_adjustments_have_their_signs_and_references() -> None:
    body = CLAIM + "PLB*1999000007*20261231*WO:V0009PCN9*20.5*L6*-1.25*72*-20.5~PLB*1999000007*20261231*FB:X*-3~"
    item = one(read_835(file_of(payment(body, "92.45"))))
    assert [(one.reason, one.reference, one.cents) for one in item.provider_adjustments] == [
        ("WO", "V0009PCN9", 2_050),
        ("L6", "", -125),
        ("72", "", -2_050),
        ("FB", "X", -300),
    ]
    assert (item.claims_cents, item.provider_adjusted_cents, item.gap_cents) == (8_820, -425, 0)


def test_a_payment_that_does_not_balance_says_by_how_much() -> None:
    assert one(read_835(file_of(payment(CLAIM, "100")))).gap_cents == 1_180


def test_every_payment_of_a_file_is_read() -> None:
    found = read_835(file_of(payment(CLAIM), payment("", "0", st="0002", trace="T2")))
    assert [(item.trace_number, len(item.claims)) for item in found.remittances] == [("T1", 1), ("T2", 0)]
    assert found.problems == []


@pytest.mark.parametrize(
    ("old", "new", "element"),
    [
        ("SVC*HC:97110:GP*140*60", "SVC*HC:97110:GP*140*6O", "SVC03"),
        ("SVC*HC:97110:GP*140*60", "SVC*HC:97110:GP*140*60.005", "SVC03"),
        ("SVC*HC:97110:GP*140*60", "SVC*HC:97110:GP*$140*60", "SVC02"),
        ("SVC*HC:97110:GP*140", "SVC*HC*140", "SVC01"),
        ("60**2~", "60**two~", "SVC05"),
        ("CAS*CO*45*57.95", "CAS*CR*45*57.95", "CAS01"),
        ("CAS*CO*45*57.95", "CAS*CO*45*", "CAS03"),
        ("CAS*CO*45*57.95", "CAS*CO**57.95", "CAS02"),
        ("DTM*472*20260921", "DTM*472*20260931", "DTM02"),
        ("DTM*472*20260921", "DTM*472*260921", "DTM02"),
        ("CLP*V001*1*210", "CLP*V001*1*", "CLP03"),
    ],
)
def test_a_claim_that_cannot_be_read_is_left_out_whole_and_named(old: str, new: str, element: str) -> None:
    spoiled = CLAIM.replace(old, new, 1)
    assert spoiled != CLAIM
    good = CLAIM.replace("V001", "V002")
    found = read_835(file_of(payment(spoiled + good, "176.4")))
    (item,) = found.remittances
    assert [one.control_number for one in item.claims] == ["V002"]
    assert found.left_out == [(14,)]
    assert found.problems[0].element == element
    assert "DOE" not in str(found.problems[0])
    # What is missing shows: the payment no longer balances.
    assert item.gap_cents == 8_820


def test_units_in_parts_are_not_rounded() -> None:
    found = claim(read_835(file_of(payment(CLAIM.replace("60**2~", "60**1.5~", 1)))))
    assert found.lines[0].units is None


def test_a_line_without_units_is_one_unit() -> None:
    assert claim(read_835(file_of(payment(CLAIM.replace("60**2~", "60~", 1))))).lines[0].units == 1


def test_a_payer_that_says_more_of_itself_keeps_its_name() -> None:
    """Some readers take the second PER of the payer, or the payee's name, for the payer's."""
    body = payment(CLAIM).replace("PER*BL", "PER*CX**TE*8005550199~PER*BL").replace("SE*44", "SE*45")
    assert read_835(file_of(body)).remittances[0].payer_name == "SYNTHETIC HEALTH"


def test_a_date_that_is_none_does_not_take_the_payment_away() -> None:
    found = read_835(file_of(payment(CLAIM).replace("*20261004~", "*2026-10-04~")))
    assert [problem.element for problem in found.problems] == ["BPR16"]
    assert (found.remittances[0].amount_cents, found.remittances[0].paid_on) == (8_820, None)
    assert len(found.remittances[0].claims) == 1


@pytest.mark.parametrize(("segment", "named"), [("BPR", "BPR02"), ("TRN", "TRN02")])
def test_a_payment_without_amount_or_number_is_refused(segment: str, named: str) -> None:
    text = "~".join(part for part in payment(CLAIM).split("~") if not part.startswith(segment + "*"))
    found = read_835(file_of(text))
    assert found.remittances == []
    assert named in {problem.element for problem in found.problems}


def test_what_is_no_remittance_is_named() -> None:
    other = "ST*999*0001*005010X231A1~AK1*HC*1~AK9*A*1*1*1~SE*4*0001~"
    assert [str(problem) for problem in read_835(file_of(other)).problems] == [
        "segment 3, ST01: found transaction 999, expected 835"
    ]
    assert read_835(b"no file of ours").problems[0].element == "ISA"


def test_whom_a_claim_was_sent_on_to_is_kept_with_its_number() -> None:
    found = claim(read_835(file_of(payment(CLAIM))))
    assert (found.forwarded_to, found.forwarded_identifier, found.is_forwarded) == ("NEXT PAYER", "NP1", True)


def test_remarks_stand_in_either_segment_of_remarks() -> None:
    """A payer that processed the claim as an institution's says its remarks in another segment."""
    inpatient = f"MIA*0****MA01{'*' * 15}N130*N781*M15*MA18~"
    text = CLAIM.replace("MOA***MA01*N130~", inpatient)
    assert claim(read_835(file_of(payment(text)))).remarks == ("MA01", "N130", "N781", "M15", "MA18")
