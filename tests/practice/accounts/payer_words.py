"""Payments (835) and returns (277CA) as payers write them, from what a step decides: lines in parts, bundled, reversed.

Amounts are cents. What is written here is read by the product alone: nothing is taken from its own writers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cleanclaim.money import plain


@dataclass(frozen=True, slots=True)
class SaidLine:
    """One line of an answer: what was charged, paid, and why the rest was not (group, reason, cents).

    `billed` is the code that we billed where the payer answers under another; `number` our line's control number,
    where the payer repeats it. `remark` is its remark (RARC).
    """

    code: str
    modifiers: tuple[str, ...]
    units: int
    charge: int
    paid: int
    unpaid: tuple[tuple[str, str, int], ...]
    number: str = ""
    billed: str = ""
    remark: str = ""


@dataclass(slots=True)
class SaidClaim:
    """One claim of a payment. `sign` is -1 where it takes back what was said."""

    number: str
    payer_number: str
    record: dict[str, Any]
    lines: Sequence[SaidLine]
    status: str = "1"
    sign: int = 1
    forwarded_to: str = ""
    stranger: str = ""
    """A name and member id that no patient has, where the payer gets the patient wrong."""

    @property
    def paid(self) -> int:
        """What it pays."""
        return self.sign * sum(line.paid for line in self.lines)


@dataclass(slots=True)
class SaidPayment:
    """One payment: its number, day, claims, and what it takes (positive) or adds beside them (reason, reference)."""

    trace: str
    on: date
    claims: Sequence[SaidClaim]
    beside: Sequence[tuple[str, str, int]] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """What is transferred."""
        return sum(claim.paid for claim in self.claims) - sum(cents for _why, _reference, cents in self.beside)


def remittance_file(payments: Sequence[SaidPayment], npi: str) -> bytes:
    """A file of payments to a clinic."""
    sets = [_payment(payment, npi, place) for place, payment in enumerate(payments, start=1)]
    return (
        "ISA*00*          *00*          *ZZ*SYNPAYER       *ZZ*MILLRACE1      *261012*0900*^*00501*000000001*0*P*:~"
        f"GS*HP*SYNPAYER*MILLRACE1*20261012*0900*1*X*005010X221A1~{''.join(sets)}GE*{len(sets)}*1~IEA*1*000000001~"
    ).encode()


def _payment(payment: SaidPayment, npi: str, place: int) -> str:
    amount = payment.amount
    beside = "".join(
        f"PLB*{npi}*20261231*{why}:{reference}*{plain(cents)}~" for why, reference, cents in payment.beside
    )
    body = (
        f"ST*835*{place:04}~"
        f"BPR*I*{plain(abs(amount))}*{'D' if amount < 0 else 'C'}*ACH*CCP*01*1*DA*1*1512345678**01*2*DA*3*{payment.on:%Y%m%d}~"
        f"TRN*1*{payment.trace}*1512345678~N1*PR*SYNTHETIC PAYER~N1*PE*MILLRACE*XX*{npi}~LX*1~"
        f"{''.join(_claim(claim) for claim in payment.claims)}{beside}"
    )
    return f"{body}SE*{body.count('~') + 1}*{place:04}~"


def _claim(said: SaidClaim) -> str:
    record, sign = said.record, said.sign
    name = said.stranger or record["patient"]["name"]["family_name"].upper()
    member = said.stranger or record["payer"]["member_id"]
    day = record["lines"][0]["date_of_service"].replace("-", "")
    charge = sign * sum(line.charge for line in said.lines)
    parts = [
        f"CLP*{said.number}*{said.status}*{plain(charge)}*{plain(said.paid)}**MB*{said.payer_number}~",
        f"NM1*QC*1*{name}*X****MI*{member}~",
        f"NM1*TT*2*{said.forwarded_to}*****PI*77001~" if said.forwarded_to else "",
        f"DTM*232*{day}~",
    ]
    for line in said.lines:
        code = ":".join(["HC", line.code, *line.modifiers])
        billed = f"*HC:{line.billed}" if line.billed else ""
        amounts = f"{plain(sign * line.charge)}*{plain(sign * line.paid)}"
        parts.append(f"SVC*{code}*{amounts}**{sign * line.units}{billed}~DTM*472*{day}~")
        parts += [f"CAS*{group}*{why}*{plain(sign * cents)}~" for group, why, cents in line.unpaid]
        parts.append(f"REF*6R*{line.number}~" if line.number else "")
        parts.append(f"LQ*HE*{line.remark}~" if line.remark else "")
    return "".join(parts)


def returned_file(number: str, record: dict[str, Any], count: int) -> bytes:
    """A claim acknowledgment (277CA) that returns one claim unread; `count` makes each file another."""
    name, member = record["patient"]["name"]["family_name"].upper(), record["payer"]["member_id"]
    body = (
        f"ST*277*0001*005010X214~BHT*0085*08*B{count}*20260925*0905*TH~"
        "HL*1**20*1~NM1*PR*2*SYNTHETIC PAYER*****PI*77000~TRN*1*REC1~"
        f"HL*2*1*21*1~NM1*41*2*MILLRACE*****46*MILLRACE1~TRN*2*B{count}~STC*A1:19:PR*20260925*WQ*1~"
        "HL*3*2*19*1~NM1*85*2*MILLRACE*****XX*1999000007~TRN*1*0~"
        f"HL*4*3*PT~NM1*QC*1*{name}*X****MI*{member}~TRN*2*{number}~STC*A7:562:85*20260925*U*1~"
    )
    return (
        "ISA*00*          *00*          *ZZ*SYNPAYER       *ZZ*MILLRACE1      *260925*0905*^*00501*000000001*0*P*:~"
        f"GS*HN*SYNPAYER*MILLRACE1*20260925*0905*1*X*005010X214~{body}SE*{body.count('~') + 1}*0001~"
        "GE*1*1~IEA*1*000000001~"
    ).encode()
