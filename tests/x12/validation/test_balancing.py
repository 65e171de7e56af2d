"""Sums: claims against their lines and other payers, payments against claims, lines and the provider's adjustments."""

from __future__ import annotations

import pytest

from cleanclaim.x12.validation import Outcome, validate
from cleanclaim.x12.validation.balancing import adjustments, cents, said
from tests.x12.validation.building import Edit, Found, claims, found, sample


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("1", 100),
        ("1.5", 150),
        ("1.50", 150),
        ("1.500", 150),
        ("1.505", None),
        (".5", 50),
        ("5.", 500),
        ("-0.07", -7),
        ("", None),
        (".", None),
        ("-", None),
        ("1e3", None),
        ("٣", None),
        ("999999999999999999", 99999999999999999900),
    ],
)
def test_amounts_are_exact_or_unknown(text: str, amount: int | None) -> None:
    assert cents(text) == amount


def test_adjustments_of_a_segment_are_every_third_element() -> None:
    assert adjustments(["CAS", "CO", "45", "10", "1", "253", "-5.5", "2", "94", "0.25"]) == 475
    assert adjustments(["CAS", "CO", "45"]) == 0
    assert adjustments(["CAS", "CO", "45", "TEN"]) is None


def test_amounts_are_said_in_dollars() -> None:
    assert [said(amount) for amount in (0, 5, -5, 123456)] == ["0.00", "0.05", "-0.05", "1234.56"]


# --- claims ---------------------------------------------------------------------------------------------------


def test_a_claim_is_the_sum_of_its_lines() -> None:
    data = claims(("CLM*C1001*180*", "CLM*C1001*180.01*"))
    assert found(data) == [("not-balanced", 21, "2300", "CLM02")]
    (fault,) = validate(data).all_faults()
    assert (fault.found, fault.expected) == ("180.01", "180.00, the sum of SV102")
    assert validate(data).outcome is Outcome.NOTED


def test_an_institutional_claim_is_the_sum_of_its_own_lines() -> None:
    data = sample("institutional_claims", ("CLM*F2001*180*", "CLM*F2001*179.99*"))
    assert found(data) == [("not-balanced", 21, "2300", "CLM02")]


def test_an_amount_that_is_none_leaves_the_sum_unknown() -> None:
    data = claims(("*45.5*UN*1***1~", "*LOTS*UN*1***1~"))
    assert found(data) == [("invalid-character", 41, "2400", "SV102")]


SECOND = "SBR*S*18*GRP100******CI~"
"""The good claim, turned to a second payer after Medicare has paid."""


def secondary(*, paid: str = "100", claim_cas: str = "", line_1: str = "", line_2: str = "") -> bytes:
    other = (
        f"SBR*P*18*******MB~\n{claim_cas}"
        + (f"AMT*D*{paid}~\n" if paid else "")
        + "OI***Y***Y~\nNM1*IL*1*ASHDOWN*ADA*Q***MI*1EG4TE5MK73~\nNM1*PR*2*MEDICARE EXAMPLE*****PI*01112~\n"
    )
    return claims(
        ("SBR*P*18*GRP100******CI~", SECOND),
        (
            "PRV*PE*PXC*225100000X~\nLX*1~\nSV1*HC:97110:GP:KX",
            f"PRV*PE*PXC*225100000X~\n{other}LX*1~\nSV1*HC:97110:GP:KX",
        ),
        ("REF*6R*C1001L1~\n", f"REF*6R*C1001L1~\n{line_1}"),
        ("REF*6R*C1001L2~\n", f"REF*6R*C1001L2~\n{line_2}"),
    )


DECIDED_1 = "SVD*01112*60*HC:97110:GP**2~\nCAS*CO*45*20~\nCAS*PR*2*10~\nDTP*573*D8*20261110~\n"
DECIDED_2 = "SVD*01112*40*HC:97140:GP**2~\nCAS*CO*45*35**253*5~\nCAS*PR*2*10~\nDTP*573*D8*20261110~\n"

COORDINATED: dict[str, tuple[bytes, list[Found]]] = {
    "lines that account for all": (secondary(line_1=DECIDED_1, line_2=DECIDED_2), []),
    "a claim decided as a whole": (secondary(paid="100", claim_cas="CAS*CO*45*60~\nCAS*PR*2*20~\n"), []),
    "a payer that has not decided yet": (secondary(paid=""), []),
    "a claim that does not account for all": (
        secondary(paid="100", claim_cas="CAS*CO*45*60~\nCAS*PR*2*19.99~\n"),
        [("not-balanced", 28, "2320", "AMT02")],
    ),
    "a line that does not": (
        secondary(line_1=DECIDED_1.replace("PR*2*10", "PR*2*10.01"), line_2=DECIDED_2),
        [("not-balanced", 28, "2320", "AMT02"), ("not-balanced", 37, "2430", "SVD02")],
    ),
    "what was paid is not what lines say": (
        secondary(paid="99", line_1=DECIDED_1, line_2=DECIDED_2),
        [("not-balanced", 28, "2320", "AMT02")],
    ),
    "a line decided in two parts": (
        secondary(
            line_1="SVD*01112*25*HC:97110:GP**1~\nCAS*CO*45*20~\nDTP*573*D8*20261110~\n"
            "SVD*01112*35*HC:97530:GP**1~\nCAS*PR*2*10~\nDTP*573*D8*20261110~\n",
            line_2=DECIDED_2,
        ),
        [],
    ),
    "a payer that the claim does not name": (
        secondary(line_1=DECIDED_1.replace("SVD*01112", "SVD*01113"), line_2=DECIDED_2),
        [("not-balanced", 28, "2320", "AMT02"), ("not-balanced", 37, "2430", "SVD01")],
    ),
}


@pytest.mark.parametrize("name", COORDINATED)
def test_what_other_payers_decided_accounts_for_the_charge(name: str) -> None:
    data, expected = COORDINATED[name]
    assert found(data) == expected


# --- payments -------------------------------------------------------------------------------------------------

PAYMENTS: dict[str, tuple[tuple[Edit, ...], list[Found]]] = {
    "all of it": ((), []),
    "the payment": ((("BPR*I*250.5*", "BPR*I*250.51*"),), [("not-balanced", 4, "ST", "BPR02")]),
    "the provider's adjustments": ((("*L6*-3~", "*L6*-4~"),), [("not-balanced", 4, "ST", "BPR02")]),
    "a claim": (
        (("CLP*C1002*2*125.5*105.5*", "CLP*C1002*2*125.5*105.4*"), ("BPR*I*250.5*", "BPR*I*250.4*")),
        [("not-balanced", 41, "2100", "CLP04")],
    ),
    "an adjustment of the claim": (
        (("CAS*CO*94*-5~", "CAS*CO*94*5~"),),
        [("not-balanced", 20, "2100", "CLP04")],
    ),
    "a line": (
        (("CAS*CO*45*15**253*-5~", "CAS*CO*45*15**253*-4~"),),
        [("not-balanced", 20, "2100", "CLP04"), ("not-balanced", 35, "2110", "SVC03")],
    ),
    "a claim's adjustment is none of the line before it": (
        (("CAS*OA*23*20~", "CAS*OA*23*20~\nCAS*CO*45*0~"),),
        [],
    ),
}


@pytest.mark.parametrize("name", PAYMENTS)
def test_a_payment_balances_at_line_claim_and_whole(name: str) -> None:
    edits, expected = PAYMENTS[name]
    assert found(sample("payment_advice", *edits)) == expected


def test_each_payment_of_a_file_balances_by_itself() -> None:
    text = sample("payment_advice").decode("ascii")
    begin, end = text.index("ST*835"), text.index("\nGE*1")
    second = (
        text[begin:end].replace("*0001", "*0002").replace("BPR*I*250.5*", "BPR*I*1*").replace("EFT20261120", "EFT2")
    )
    data = (text[:end] + "\n" + second + text[end:].replace("GE*1*1~", "GE*2*1~")).encode("ascii")
    assert [(kind, place) for kind, _, _, place in found(data)] == [("not-balanced", "BPR02")]
    first, other = validate(data).interchanges[0].groups[0].transactions
    assert (first.faults.count, other.faults.count) == (0, 1)
