"""Claim files (837P) for the simulated payer, built by hand: none of the program's own writers is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cleanclaim.payer_sim import Answered, Memory, answer
from cleanclaim.records.remittance import RemittedClaim, RemittedLine
from cleanclaim.x12.reader_835 import read_835

TODAY = date(2026, 11, 16)
DAY = date(2026, 11, 2)


@dataclass(frozen=True)
class Line:
    """One service line: `charge` in cents; `prior` is what the payer before has paid on it, in cents."""

    code: str = "97110"
    modifiers: tuple[str, ...] = ("GP",)
    units: int = 1
    charge: int = 7_800
    day: date = DAY
    prior: int | None = None


@dataclass(frozen=True)
class Claim:
    """One claim of one member; the payer is that of the file."""

    id: str = "C1"
    lines: tuple[Line, ...] = (Line(),)
    member: str = "1EG4TE5MK01"
    indicator: str = "MB"
    order: str = "P"
    frequency: str = "1"
    original: str = ""
    authorization: str = ""
    diagnosis: str = "M25661"
    npi: str = "1999000007"
    payer: str = ""
    """The payer's identifier where it is not that of the file."""
    other: str = ""
    """The identifier of another payer of the patient, or ""."""


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def claim_file(*claims: Claim, number: int = 1, payer: str = "SYNMB01") -> bytes:
    """A file with one transaction, in which each claim has levels of its own."""
    body = [
        f"BHT*0019*00*B{number}*20261116*0900*CH",
        "NM1*41*2*MILLRACE PT*****46*MILLRACE1",
        "PER*IC*JOAN FERRIS*TE*3125550101",
        f"NM1*40*2*SYNTHETIC HEALTH*****46*{payer}",
    ]
    level = 0
    for claim in claims:
        body.extend(_claim(claim, level, payer))
        level += 2
    segments = ["ST*837*0001*005010X222A1", *body, f"SE*{len(body) + 2}*0001"]
    head = (
        f"ISA*00*          *00*          *ZZ*MILLRACE1      *ZZ*{payer:15}*261116*0900*^*00501*{number:09d}*0*T*:",
        f"GS*HC*MILLRACE1*{payer}*20261116*0900*{number}*X*005010X222A1",
    )
    return "".join(f"{text}~" for text in (*head, *segments, f"GE*1*{number}", f"IEA*1*{number:09d}")).encode()


def _claim(claim: Claim, level: int, payer: str) -> list[str]:
    total = sum(line.charge for line in claim.lines)
    found = [
        f"HL*{level + 1}**20*1",
        f"NM1*85*2*MILLRACE PT*****XX*{claim.npi}",
        "N3*40 MILLRACE WAY",
        "N4*CHICAGO*IL*606160140",
        "REF*EI*001234567",
        f"HL*{level + 2}*{level + 1}*22*0",
        f"SBR*{claim.order}*18*******{claim.indicator}",
        f"NM1*IL*1*DOE*JAN****MI*{claim.member}",
        "N3*1 ELM ST",
        "N4*CHICAGO*IL*606160101",
        "DMG*D8*19500101*F",
        f"NM1*PR*2*SYNTHETIC HEALTH*****PI*{claim.payer or payer}",
        f"CLM*{claim.id}*{money(total)}***11:B:{claim.frequency}*Y*A*Y*Y",
    ]
    if claim.authorization:
        found.append(f"REF*G1*{claim.authorization}")
    if claim.original:
        found.append(f"REF*F8*{claim.original}")
    found.append(f"HI*ABK:{claim.diagnosis}")
    if claim.other:
        found.append("SBR*S*18*******CI" if claim.order == "P" else "SBR*P*18*******CI")
        priors = [line.prior for line in claim.lines if line.prior is not None]
        if priors:
            found.append(f"AMT*D*{money(sum(priors))}")
        found.extend(("OI***Y***Y", "NM1*IL*1*DOE*JAN****MI*LM5550101", "N3*1 ELM ST", "N4*CHICAGO*IL*606160101"))
        found.append(f"NM1*PR*2*NEXT HEALTH*****PI*{claim.other}")
    for number, line in enumerate(claim.lines, 1):
        procedure = ":".join(("HC", line.code, *line.modifiers))
        found.append(f"LX*{number}")
        found.append(f"SV1*{procedure}*{money(line.charge)}*UN*{line.units}***1")
        found.append(f"DTP*472*D8*{line.day:%Y%m%d}")
        found.append(f"REF*6R*{claim.id}-{number}")
        if line.prior is not None:
            found.append(f"SVD*{claim.other}*{money(line.prior)}*{procedure}**{line.units}")
            found.append(f"CAS*CO*45*{money(line.charge - line.prior)}")
            found.append("DTP*573*D8*20261110")
    return found


def run(
    *claims: Claim,
    memory: Memory | None = None,
    number: int = 1,
    payer: str = "SYNMB01",
    today: date = TODAY,
    settle: bool = True,
) -> Answered:
    """Send claims in one file, and have everything paid."""
    used = memory or Memory(seed=1, scenario="none")
    return answer([(f"f{number}", claim_file(*claims, number=number, payer=payer))], used, today=today, settle=settle)


def remitted(found: Answered) -> list[RemittedClaim]:
    """The claims of all payments, as they are read from the files written."""
    claims: list[RemittedClaim] = []
    for name, data in found.files.items():
        if name.endswith(".835"):
            read = read_835(data)
            assert read.problems == []
            for item in read.remittances:
                claims.extend(item.claims)
    return claims


def lines(*claims: Claim, memory: Memory | None = None, number: int = 1) -> list[RemittedLine]:
    """The lines that are answered to claims sent in one file."""
    return [line for claim in remitted(run(*claims, memory=memory, number=number)) for line in claim.lines]


def cuts(line: RemittedLine) -> dict[str, int]:
    """What was adjusted on a line, by group and reason."""
    return {f"{item.group.value}-{item.reason}": item.amount_cents for item in line.adjustments}
