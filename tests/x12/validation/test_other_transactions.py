"""Every other transaction: a sound file has no fault, and one defect of each is found where it is."""

from __future__ import annotations

import pytest

from cleanclaim.x12.validation import Outcome, validate
from tests.x12.validation.building import SAMPLES, Edit, Found, found, sample

NAMES = {
    "claim_acknowledgment": ("277", "005010X214"),
    "eligibility_answer": ("271", "005010X279A1"),
    "eligibility_inquiry": ("270", "005010X279A1"),
    "implementation_acknowledgment": ("999", "005010X231A1"),
    "institutional_claims": ("837", "005010X223A2"),
    "payment_advice": ("835", "005010X221A1"),
    "status_answer": ("277", "005010X212"),
    "status_inquiry": ("276", "005010X212"),
}


def test_every_sample_is_named() -> None:
    assert {path.stem for path in SAMPLES.glob("*.txt")} == NAMES.keys()


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_file_has_no_fault_and_is_judged_by_its_own_guide(name: str) -> None:
    validation = validate(sample(name))
    assert [str(fault) for fault in validation.all_faults()] == []
    assert validation.outcome is Outcome.ACCEPTED
    ((transaction,),) = [group.transactions for group in validation.interchanges[0].groups]
    assert (transaction.kind, transaction.guide) == NAMES[name]


DEFECTS: dict[str, tuple[str, tuple[Edit, ...], list[Found]]] = {
    # --- payment advice
    "the way of payment": (
        "payment_advice",
        (("*C*ACH*CCP*", "*C*GIRO*CCP*"),),
        [("invalid-code", 4, "ST", "BPR04")],
    ),
    "the payer's technical contact": (
        "payment_advice",
        (("PER*BL*EDI DESK*TE*5550100101*EM*EDI@EXAMPLE.ORG~\n", ""),),
        [("segment-missing", 8, "1000A", "PER")],
    ),
    "the patient": (
        "payment_advice",
        (("NM1*QC*1*BELAND*TESS~\n", ""),),
        [("segment-missing", 41, "2100", "NM1")],
    ),
    "an insured who is not named whole": (
        "payment_advice",
        (("NM1*TT*2*EXAMPLE BLUE*****PI*BLX01~", "NM1*TT*2*EXAMPLE BLUE~"),),
        [("required-element-missing", 45, "2100", "NM108"), ("required-element-missing", 45, "2100", "NM109")],
    ),
    "a payee twice": (
        "payment_advice",
        (("REF*TJ*384455667~", "REF*TJ*384455667~\nN1*PE*HARBOR TWO*XX*1000000020~"),),
        [("loop-too-often", 19, "1000B", "N1")],
    ),
    "a claim without the header before it": (
        "payment_advice",
        (("LX*1~\n", ""),),
        [
            (kind, segment, "1000B", tag)
            for segment, tag in ((19, "CLP"), (28, "SVC"), (34, "SVC"), (40, "CLP"))
            for kind in ("unexpected-segment", "not-judged")
        ],
    ),
    # --- institutional claims
    "the days a statement covers": (
        "institutional_claims",
        (("DTP*434*RD8*20261001-20261031~", "DTP*434*D8*20261001~"),),
        [("invalid-code", 22, "2300", "DTP02")],
    ),
    "the codes of the claim": (
        "institutional_claims",
        (("CL1*3*1*30~\n", ""),),
        [("segment-missing", 21, "2300", "CL1")],
    ),
    "an occurrence without its day": (
        "institutional_claims",
        (("BH:35:D8:20260921", "BH:35"),),
        [("required-element-missing", 26, "2300", "HI02-3"), ("required-element-missing", 26, "2300", "HI02-4")],
    ),
    "a line that says nothing of what was done": (
        "institutional_claims",
        (("SV2*0420*HC:97161:GP*45*UN*1~", "SV2**HC:97161:GP*45*UN*1~"),),
        [("required-element-missing", 53, "2400", "SV201")],
    ),
    # --- acknowledgments
    "an answer without a verdict": (
        "implementation_acknowledgment",
        (("IK5*A~\n", ""),),
        [("segment-missing", 13, "2000", "IK5")],
    ),
    "a segment's fault that is none": (
        "implementation_acknowledgment",
        (("IK3*SV1*39*2400*8~", "IK3*SV1*39*2400*99~"),),
        [("invalid-code", 6, "2100", "IK304")],
    ),
    "a claim answered without its day": (
        "claim_acknowledgment",
        (("DTP*472*D8*20261021~\n", ""),),
        [("segment-missing", 28, "2200D", "DTP")],
    ),
    "an action that is none": (
        "claim_acknowledgment",
        (("STC*A2:20:PR*20261121*WQ*180~", "STC*A2:20:PR*20261121*F*180~"),),
        [("invalid-code", 29, "2200D", "STC03")],
    ),
    # --- eligibility
    "who asks": (
        "eligibility_inquiry",
        (("NM1*1P*2*HARBOR PHYSICAL THERAPY*****XX*1000000012~\n", ""),),
        [("loop-missing", 7, "2000B", "NM1")],
    ),
    "what is asked": (
        "eligibility_inquiry",
        (("EQ*30^PT~", "EQ~"),),
        [("conditional-element-missing", 14, "2110C", "EQ01")],
    ),
    "a dependent who asks nothing": (
        "eligibility_inquiry",
        (("EQ**HC:97110~\n", ""),),
        [("loop-missing", 19, "2100D", "EQ")],
    ),
    "a benefit that is none": (
        "eligibility_answer",
        (("EB*C*IND*PT***23*500~", "EB*QQ*IND*PT***23*500~"),),
        [("invalid-code", 19, "2110C", "EB01")],
    ),
    "parties with no beginning": (
        "eligibility_answer",
        (("LS*2120~", "LS*2110~"),),
        [("invalid-code", 25, "2110C", "LS01")],
    ),
    # --- claim status
    "no trace": (
        "status_answer",
        (("TRN*2*S0001B~\n", ""),),
        [
            ("loop-missing", 25, "2000E", "TRN"),
            ("unexpected-segment", 27, "2100E", "STC"),
            ("unexpected-segment", 28, "2100E", "DTP"),
        ],
    ),
    "a patient's birth date": (
        "status_inquiry",
        (("DMG*D8*20140630*F~\n", ""),),
        [("segment-missing", 24, "2000E", "DMG")],
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_is_one_fault(name: str) -> None:
    file, changes, expected = DEFECTS[name]
    faults = found(sample(file, *changes))
    assert [fault for fault in faults if fault[0] != "not-balanced"] == expected
