"""Remittances written by hand as payers write them, with what becomes of every cent worked out beforehand.

The key was written from the trade's knowledge before the code was read: what is paid, given up, the patient's, still
open to the payer, settled before, and held. The claim: 97110 GP, two units, $120.00; 97140 GP, one unit, $60.00.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from cleanclaim.records.coverage import CoverageOrder
from cleanclaim.remittance.effects import Effect
from cleanclaim.remittance.matching import ClaimIndex, KnownClaim, KnownLine
from cleanclaim.remittance.plan import RefusedError, plan
from cleanclaim.x12.reader_835 import read_835

DAY = date(2026, 9, 8)
FILED = KnownClaim(
    "c",
    "V001",
    (
        KnownLine("1", "V001-1", "97110", ("GP",), 2, 12_000, DAY),
        KnownLine("2", "V001-2", "97140", ("GP",), 1, 6_000, DAY),
    ),
    family_name="DOE",
    member_id="1EG4TE5MK73",
)
SECOND = replace(
    FILED,
    order=CoverageOrder.SECONDARY,
    lines=tuple(replace(line, asked_cents=cents) for line, cents in zip(FILED.lines, (1_162, 550), strict=True)),
)
"""The same to the next payer, which is asked for what the first left: $11.62 and $5.50."""

_FILED_AS = {1: ("97110:GP", "120", 2), 2: ("97140:GP", "60", 1)}


def claim(paid: str, *lines: str, status: str = "1", charge: str = "180", more: str = "") -> str:
    """A claim's segments (2100), with those of its lines."""
    return f"CLP*V001*{status}*{charge}*{paid}**MB*PCN1~{more}NM1*QC*1*DOE*X****MI*1EG4TE5MK73~{''.join(lines)}"


def line(
    number: int,
    paid: str,
    *cuts: str,
    code: str = "",
    charge: str = "",
    units: int = 0,
    billed: str = "",
    day: str = "DTM*472*20260908~",
    numbered: bool = True,
) -> str:
    """A line's segments (2110): what was paid, and each cut as group, reason and amount, `CO*45*61.88`."""
    filed, full, count = _FILED_AS[number]
    told = f"SVC*HC:{code or filed}*{charge or full}*{paid}**{units or count}{f'*HC:{billed}' if billed else ''}~{day}"
    return told + "".join(f"CAS*{cut}~" for cut in cuts) + (f"REF*6R*V001-{number}~" if numbered else "")


def turned(text: str) -> str:
    """Lines with the sign of every amount turned, as a reversal repeats them."""
    found = []
    for segment in text.split("~")[:-1]:
        parts = segment.split("*")
        places = {"SVC": (2, 3, 5), "CAS": range(3, len(parts), 3)}.get(parts[0], ())
        for place in places:
            parts[place] = parts[place].removeprefix("-") if parts[place][0] == "-" else f"-{parts[place]}"
        found.append("*".join(parts) + "~")
    return "".join(found)


def file(body: str, amount: str, plb: str = "") -> bytes:
    """One payment (835) of these claims and provider adjustments."""
    taken = f"PLB*1999000007*20261231*{plb}~" if plb else ""
    told = (
        f"ST*835*0001~BPR*I*{amount}*C*ACH*CCP*01*1*DA*1*1512345678**01*2*DA*3*20261012~TRN*1*EFT1*1512345678~"
        f"N1*PR*PAYER~N1*PE*CLINIC*XX*1999000007~LX*1~{body}{taken}"
    )
    return (
        "ISA*00*          *00*          *ZZ*SYNPAYER       *ZZ*MILLRACE1      *261012*0900*^*00501*000000001*0*P*:~"
        "GS*HP*SYNPAYER*MILLRACE1*20261012*0900*1*X*005010X221A1~"
        f"{told}SE*{told.count('~') + 1}*0001~GE*1*1~IEA*1*000000001~"
    ).encode()


_FIRST_CUTS = ("CO*45*61.88**253*0.93", "PR*2*11.62")
_SECOND_CUTS = ("CO*45*32.5**253*0.44", "PR*2*5.5")
FIRST, OTHER = line(1, "45.57", *_FIRST_CUTS), line(2, "21.56", *_SECOND_CUTS)
REDUCED = line(2, "17.64", "CO*45*32.5**59*5**253*0.36", "PR*2*4.5")
UNNUMBERED = [line(1, "45.57", *_FIRST_CUTS, numbered=False), line(2, "21.56", *_SECOND_CUTS, numbered=False)]
BY_RANGE = [
    line(number, paid, *cuts, day="DTM*150*20260908~DTM*151*20260908~")
    for number, paid, cuts in ((1, "45.57", _FIRST_CUTS), (2, "21.56", _SECOND_CUTS))
]
HALVES = [
    line(1, paid, f"CO*45*30.94**253*{withheld}", "PR*2*5.81", charge="60", units=1)
    for paid, withheld in (("22.78", "0.47"), ("22.79", "0.46"))
]
RENAMED = line(1, "45.57", *_FIRST_CUTS, code="97530:GP", billed="97110:GP")
BUNDLED = line(2, "0", "CO*97*60", code="97110", billed="97140:GP")


@dataclass(frozen=True)
class Becomes:
    """What a payment's cents become: cents by effect, and what is held."""

    paid: int
    contractual: int = 0
    patient: int = 0
    open: int = 0
    settled: int = 0
    held: int = 0


USUAL = Becomes(6_713, 9_575, 1_712)


def of(data: bytes, filed: KnownClaim = FILED) -> Becomes:
    """What becomes of a payment's cents."""
    found = read_835(data)
    assert found.problems == []
    (remittance,) = found.remittances
    made = plan(remittance, ClaimIndex.of([filed]))
    assert made.placed_cents == remittance.amount_cents
    lines = [one for posted in made.posted for one in posted.lines]
    sums = {effect.value: sum(one.sum_of(effect) for one in lines) for effect in Effect}
    return Becomes(sum(one.paid_cents for one in lines), **sums, held=sum(part.cents for part in made.suspended))


@pytest.mark.parametrize(
    ("body", "amount", "plb", "becomes"),
    [
        pytest.param(claim("67.13", FIRST, OTHER), "67.13", "", USUAL, id="contract, coinsurance, sequestration"),
        pytest.param(
            claim("63.21", FIRST, REDUCED), "63.21", "", Becomes(6_321, 10_067, 1_612), id="several procedures"
        ),
        pytest.param(
            claim("60.3", line(1, "38.74", "CO*45*68.85**253*0.79", "PR*2*11.62"), OTHER),
            "60.3",
            "",
            Becomes(6_030, 10_258, 1_712),
            id="an assistant's 85 percent",
        ),
        pytest.param(
            claim("0", line(1, "0", "CO*45*61.88", "PR*1*58.12"), line(2, "0", "CO*45*32.5", "PR*1*27.5")),
            "0",
            "",
            Becomes(0, 9_438, 8_562),
            id="all of it deductible",
        ),
        pytest.param(
            claim("0", line(1, "0", "CO*16*120"), line(2, "0", "CO*16*60"), status="4"),
            "0",
            "",
            Becomes(0, open=18_000),
            id="not processed",
        ),
        pytest.param(claim("45.57", FIRST, BUNDLED), "45.57", "", Becomes(4_557, 6_281, 1_162, 6_000), id="bundled"),
        pytest.param(claim("67.13", *UNNUMBERED), "67.13", "", USUAL, id="lines without numbers"),
        pytest.param(claim("67.13", *BY_RANGE), "67.13", "", USUAL, id="a range of one day"),
        pytest.param(claim("67.13", *HALVES, OTHER), "67.13", "", USUAL, id="units answered apart"),
        pytest.param(claim("67.13", RENAMED, OTHER), "67.13", "", USUAL, id="another code"),
        pytest.param(
            claim("67.13", more="CAS*CO*45*94.38**253*1.37~CAS*PR*2*17.12~"),
            "67.13",
            "",
            USUAL,
            id="the claim as a whole",
        ),
        pytest.param(
            claim("66.63", line(1, "45.07", "CO*45*61.88**253*0.93**237*0.5", "PR*2*11.62"), OTHER),
            "66.63",
            "",
            Becomes(6_663, 9_625, 1_712),
            id="a penalty for quality",
        ),
        pytest.param(
            claim("67.63", line(1, "46.07", "CO*45*61.88**253*0.93**144*-0.5", "PR*2*11.62"), OTHER),
            "67.63",
            "",
            Becomes(6_763, 9_525, 1_712),
            id="a bonus for quality",
        ),
        pytest.param(
            claim("151.56", line(1, "130", "CO*94*-10"), OTHER),
            "151.56",
            "",
            Becomes(15_156, 2_294, 550),
            id="a rate above the charge",
        ),
        pytest.param(
            claim("67.13", FIRST, OTHER, more="AMT*F5*20~"),
            "67.13",
            "",
            USUAL,
            id="what the patient is said to have paid",
        ),
        pytest.param(claim("67.13", FIRST, OTHER), "47.13", "WO:V009*20", USUAL, id="a recoupment"),
        pytest.param(claim("67.13", FIRST, OTHER), "68.36", "L6*-1.23", USUAL, id="interest"),
        pytest.param(
            claim("67.13", FIRST, OTHER, more="AMT*I*1.23~"), "68.36", "", USUAL, id="interest on the claim alone"
        ),
        pytest.param(claim("67.13", FIRST, OTHER), "67.13", "72:9*-20*WO:V009*20", USUAL, id="a refund acknowledged"),
        pytest.param(
            claim("67.12", line(1, "45.56", *_FIRST_CUTS), OTHER),
            "67.12",
            "",
            Becomes(0, held=6_712),
            id="a cent off a line",
        ),
        pytest.param(
            claim("67.13", FIRST, OTHER, charge="180.01"),
            "67.13",
            "",
            Becomes(0, held=6_713),
            id="a cent off the charge",
        ),
        pytest.param(
            claim("63.21", FIRST, REDUCED)
            + claim("-63.21", turned(FIRST + REDUCED), status="22", charge="-180")
            + claim("67.13", FIRST, OTHER),
            "67.13",
            "",
            USUAL,
            id="reversed and corrected",
        ),
        pytest.param(
            claim("63.21", FIRST, REDUCED) + claim("67.13", FIRST, OTHER),
            "130.34",
            "",
            Becomes(6_321, 10_067, 1_612, held=6_713),
            id="corrected without a reversal",
        ),
        pytest.param(
            claim("0", line(1, "0", "CO*45*120"), line(2, "0", "CO*45*60"), status="25"),
            "0",
            "",
            Becomes(0),
            id="an estimate",
        ),
    ],
)
def test_what_becomes_of_every_cent(body: str, amount: str, plb: str, becomes: Becomes) -> None:
    assert of(file(body, amount, plb)) == becomes


@pytest.mark.parametrize(
    ("first", "other", "paid", "becomes"),
    [
        (["OA*23*108.38"], ["OA*23*54.5"], ("11.62", "5.5"), Becomes(1_712, settled=16_288)),
        (["CO*23*46.5**45*61.88"], ["CO*23*22**45*32.5"], ("11.62", "5.5"), Becomes(1_712, settled=16_288)),
        (
            ["OA*23*108.38", "CO*45*5"],
            ["OA*23*54.5", "PR*2*5.5"],
            ("6.62", "0"),
            Becomes(662, 500, 550, settled=16_288),
        ),
    ],
)
def test_a_next_payer_settles_what_the_first_left_and_no_more(
    first: list[str], other: list[str], paid: tuple[str, str], becomes: Becomes
) -> None:
    total = f"{becomes.paid / 100:.2f}"
    body = claim(total, line(1, paid[0], *first), line(2, paid[1], *other), status="2")
    assert of(file(body, total), SECOND) == becomes


def test_a_payment_that_is_a_cent_off_is_refused_whole() -> None:
    with pytest.raises(RefusedError, match=r"differs by \$0\.01 from its claims"):
        of(file(claim("67.13", FIRST, OTHER), "67.14"))
