"""Write remittances (835) for filed claims, as a payer would: the test says what was decided, line by line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cleanclaim.money import plain
from cleanclaim.practice.models import Claim

Decide = Callable[[int, int], "Decision"]
"""From a line's number and charge in cents to what the payer decides."""


@dataclass(frozen=True)
class Decision:
    """What is paid, and the adjustments: group, reason, cents."""

    paid: int
    adjustments: Sequence[tuple[str, str, int]] = ()


@dataclass
class Said:
    """What a payer says about one claim."""

    claim: Claim
    decide: Decide
    status: str = "1"
    sign: int = 1
    number: str | None = None
    payer_number: str = "PCN1"
    received_on: str = ""
    """The day on which the payer received the claim, as CCYYMMDD; not told where empty."""

    def paid(self) -> int:
        """What it pays for the claim."""
        return self.sign * sum(self.decide(line["number"], line["charge_cents"]).paid for line in self.lines())

    def lines(self) -> list[dict[str, Any]]:
        """The claim's lines as they were filed."""
        found: list[dict[str, Any]] = self.claim.record["lines"]
        return found

    def text(self) -> str:
        """CLP and what follows."""
        record = self.claim.record
        charge = self.sign * sum(line["charge_cents"] for line in self.lines())
        day = record["lines"][0]["date_of_service"].replace("-", "")
        parts = [
            f"CLP*{self.number or record['id']}*{self.status}*{plain(charge)}*{plain(self.paid())}**MB*{self.payer_number}~",
            f"NM1*QC*1*{record['patient']['name']['family_name'].upper()}*X****MI*{record['payer']['member_id']}~",
            f"DTM*232*{day}~",
        ]
        if self.received_on:
            parts.append(f"DTM*050*{self.received_on}~")
        for line in self.lines():
            decided = self.decide(line["number"], line["charge_cents"])
            code = ":".join(["HC", line["code"], *line["modifiers"]])
            amounts = f"{plain(self.sign * line['charge_cents'])}*{plain(self.sign * decided.paid)}"
            parts += [f"SVC*{code}*{amounts}**{self.sign * line['units']}~", f"DTM*472*{day}~"]
            parts += [
                f"CAS*{group}*{reason}*{plain(self.sign * cents)}~" for group, reason, cents in decided.adjustments
            ]
            parts.append(f"REF*6R*{line['control_number']}~")
        return "".join(parts)


def remittance(said: Sequence[Said], *, trace: str = "EFT1", adjustments: str = "", off: int = 0) -> bytes:
    """One payment for these claims; `adjustments` are PLB elements such as `WO*20.5`, `off` falsifies the amount."""
    taken = sum(round(float(amount) * 100) for amount in (adjustments.split("*")[1::2] if adjustments else ()))
    amount = sum(one.paid() for one in said) - taken + off
    body = (
        f"ST*835*0001~BPR*I*{plain(abs(amount))}*{'D' if amount < 0 else 'C'}*ACH*CCP*01*1*DA*1*1512345678**01*2*DA*3*20261012~"
        f"TRN*1*{trace}*1512345678~N1*PR*SYNTHETIC PAYER~N1*PE*MILLRACE*XX*1999000007~LX*1~"
        + "".join(one.text() for one in said)
        + (f"PLB*1999000007*20261231*{adjustments}~" if adjustments else "")
    )
    return (
        "ISA*00*          *00*          *ZZ*SYNPAYER       *ZZ*MILLRACE1      *261012*0900*^*00501*000000001*0*P*:~"
        "GS*HP*SYNPAYER*MILLRACE1*20261012*0900*1*X*005010X221A1~"
        f"{body}SE*{body.count('~') + 1}*0001~GE*1*1~IEA*1*000000001~"
    ).encode()


def pays_well(number: int, charge: int) -> Decision:
    """Pays half, gives up thirty percent by contract, leaves the rest to the patient."""
    del number
    half, contract = charge // 2, charge * 3 // 10
    return Decision(half, [("CO", "45", contract), ("PR", "2", charge - half - contract)])


def denies(number: int, charge: int) -> Decision:
    """Denies every line for want of an authorization."""
    del number
    return Decision(0, [("CO", "197", charge)])
