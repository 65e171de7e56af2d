"""Small interchanges of every kind that the reader knows, in several shapes, to be written with any delimiters.

Every person in them is invented. What each kind's segments begin in the tables is told here once more, plainly: tests
hold the reader against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cleanclaim.x12.delimiters import Delimiters
from tests.x12.columnar import samples
from tests.x12.columnar.samples import SECOND, THIRD, interchange, payment

HEADER = 106
"""Bytes of an interchange header (ISA) with its terminator."""
_CORPUS = Path(__file__).parent.parent / "corpus"
_NUMBER = slice(90, 99)
_SIGNS = ("*", ":", "^", "~")

WRITTEN = (
    Delimiters(),
    Delimiters(line_break="\n"),
    Delimiters(line_break="\r\n"),
    Delimiters("|", ">", "!", "\n"),
    Delimiters("|", "\\", "^", "'"),
    Delimiters("\x1d", "\x1f", "\x1e", "\x1c"),
    Delimiters("+", ":", "%", "\r"),
    Delimiters("*", ">", "{", "\x85"),
)
"""How files are written: as most are, with line breaks, and with what other senders take."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One small interchange: its kind (by its map), and its bytes with * : ^ ~ and the number 1."""

    name: str
    kind: str
    canonical: bytes

    def written(self, delimiters: Delimiters, number: int = 1) -> bytes:
        """Its bytes with these delimiters, as interchange `number`."""
        ours = (delimiters.element, delimiters.component, delimiters.repetition, delimiters.segment)
        table = str.maketrans(dict(zip(_SIGNS, ours, strict=True)))
        text = self.canonical.decode("ascii").translate(table)
        if delimiters.line_break:
            text = text.replace(delimiters.segment, delimiters.segment + delimiters.line_break)
        data = text.encode("latin-1")
        end = delimiters.element.encode("latin-1") + data[_NUMBER]
        last = data.rindex(end) + 1
        said = f"{number:09d}".encode()
        return b"".join((data[: _NUMBER.start], said, data[_NUMBER.stop : last], said, data[last + 9 :]))


@cache
def shapes() -> tuple[Shape, ...]:
    """All of them, those of a kind side by side."""
    one_claim = [*payment("TRACE3", SECOND), "PLB*1234567893*20261231*WO:A1*12.5"]
    inpatient = [*payment("TRACE4", "CLP*C9*1*900*400*500*MA*ICN9*11*1|MIA*0***12*MA07*5************MA15"), *_many()]
    return (
        Shape("claims", "837P", _corpus("good")),
        Shape("claims with other payers", "837P", _corpus("good_other_payer")),
        Shape("claims of two transactions", "837P", _corpus("good_several_transactions")),
        Shape("a claim decided by another payer", "837P", _professional(_coordinated())),
        Shape("institutional claim", "837I", samples.institutional()),
        Shape("payments", "835", samples.payments()),
        Shape("one denied claim", "835", interchange("835", "005010X221A1", [one_claim], group="HP")),
        Shape("many reasons", "835", interchange("835", "005010X221A1", [inpatient], group="HP")),
        Shape("a payment of 4010", "835", interchange("835", "004010X091A1", [payment("T5", THIRD)], group="HP")),
        Shape("acknowledgment", "999", _without_answer(samples.acknowledgment())),
        Shape("claim acknowledgment", "277CA", samples.claim_answers()),
        Shape("claim status answer", "277", interchange("277", "005010X212", [_status()], group="HN")),
        Shape("claim status inquiry", "276", interchange("276", "005010X212", [_asked_status()], group="HR")),
        Shape("eligibility answer", "271", samples.eligibility()),
        Shape("eligibility inquiry", "270", interchange("270", "005010X279A1", [_asked()], group="HS")),
        Shape("interchange acknowledgment", "TA1", _interchange_acknowledgment()),
    )


def _corpus(name: str) -> bytes:
    return (_CORPUS / f"{name}.txt").read_bytes().replace(b"\r", b"").replace(b"\n", b"")


def _many() -> list[str]:
    """A second claim, with two lines that are reduced for many reasons."""
    claim = "CLP*C10*1*300*120*30*MB*ICN10*11*1|NM1*QC*1*FENWICK*IDA****MI*7AA1BB2CC33|NM1*IL*1*FENWICK*OTTO"
    first = "SVC*HC:97110*200*80**2|DTM*472*20260306|CAS*CO*45*50*1*253*2.5*1*237*17.5**97*10|CAS*PR*1*20**2*20"
    second = "SVC*HC:97112*100*40**1|DTM*472*20260306|CAS*CO*45*50|CAS*PR*3*10|REF*6R*L2|LQ*HE*N781|LQ*RX*99"
    return [segment for part in (claim, first, second) for segment in part.split("|")]


def _professional(body: list[str]) -> bytes:
    return interchange("837", "005010X222A1", [body], group="HC")


def _coordinated() -> list[str]:
    return [
        "BHT*0019*00*B2*20260306*1200*CH",
        "NM1*41*2*HARBOR BILLING*****46*HB01", "PER*IC*DANA POOLE*TE*5550100199", "NM1*40*2*EXAMPLE CLEARING*****46*EC01",
        "HL*1**20*1", "NM1*85*2*HARBOR PHYSICAL THERAPY*****XX*1234567893", "N3*40 MILLRACE WAY",
        "N4*CHICAGO*IL*606011234", "REF*EI*123456789",
        "HL*2*1*22*0", "SBR*S*18*******CI", "NM1*IL*1*QUILL*NOOR****MI*S100", "DMG*D8*19600101*F",
        "NM1*PR*2*EXAMPLE MUTUAL*****PI*EM01",
        "CLM*D1*200***11:B:1*Y*A*Y*Y", "REF*F8*ICN77", "HI*ABK:M5450", "NM1*82*1*MARSH*LEE****XX*1700000015",
        "SBR*P*18*******MB", "CAS*PR*1*20", "AMT*D*100", "OI***Y***Y", "NM1*IL*1*QUILL*NOOR****MI*1EG4TE5MK73",
        "NM1*PR*2*MEDICARE PART B*****PI*01112",
        "LX*1", "SV1*HC:97110:GP*120*UN*2***1", "DTP*472*D8*20260304", "LIN**N4*12345678901", "CTP****2*UN",
        "SVD*01112*60*HC:97110:GP**2", "CAS*CO*45*40", "CAS*PR*2*20", "DTP*573*D8*20260320",
        "LX*2", "SV1*HC:97140:GP:59*80*UN*1***1", "DTP*472*D8*20260304", "NTE*ADD*SEPARATE REGION",
    ]  # fmt: skip


def _status() -> list[str]:
    return [
        "BHT*0010*08*S1*20260306*1200*DG",
        "HL*1**20*1", "NM1*PR*2*EXAMPLE PAYER*****PI*PAY01",
        "HL*2*1*21*1", "NM1*41*2*HARBOR BILLING*****46*HB01",
        "HL*3*2*19*1", "NM1*1P*2*HARBOR PHYSICAL THERAPY*****XX*1234567893",
        "HL*4*3*22*0", "NM1*IL*1*ASHGROVE*MAREN****MI*1EG4TE5MK73",
        "TRN*2*C1", "STC*F1:65*20260306**200*100*20260305*CHK*20260305*C77", "REF*1K*ICN1",
        "DTP*472*RD8*20260302-20260304",
        "SVC*HC:97110:GP*120*60**2", "STC*F1:65*20260306", "DTP*472*D8*20260302",
        "TRN*2*C2", "STC*P1:20*20260306**90", "REF*1K*ICN2",
    ]  # fmt: skip


def _asked_status() -> list[str]:
    return [
        "BHT*0010*13*Q1*20260306*1200",
        "HL*1**20*1", "NM1*PR*2*EXAMPLE PAYER*****PI*PAY01",
        "HL*2*1*21*1", "NM1*41*2*HARBOR BILLING*****46*HB01",
        "HL*3*2*19*1", "NM1*1P*2*HARBOR PHYSICAL THERAPY*****XX*1234567893",
        "HL*4*3*22*0", "DMG*D8*19550601*F", "NM1*IL*1*ASHGROVE*MAREN****MI*1EG4TE5MK73",
        "TRN*1*C1", "REF*EJ*C1", "AMT*T3*200", "DTP*472*D8*20260302",
        "TRN*1*C2", "REF*1K*ICN2", "AMT*T3*90", "DTP*472*D8*20260303",
    ]  # fmt: skip


def _asked() -> list[str]:
    return [
        "BHT*0022*13*REQ1*20260306*1200",
        "HL*1**20*1", "NM1*PR*2*EXAMPLE PAYER*****PI*PAY01",
        "HL*2*1*21*1", "NM1*1P*2*HARBOR PHYSICAL THERAPY*****XX*1234567893",
        "HL*3*2*22*0", "TRN*1*T1*9123456789", "NM1*IL*1*ASHGROVE*MAREN****MI*1EG4TE5MK73", "DMG*D8*19550601*F",
        "DTP*291*D8*20260306", "EQ*30", "EQ*PT",
        "HL*4*2*22*1", "NM1*IL*1*QUILL*NOOR****MI*S100", "HL*5*4*23*0", "NM1*03*1*QUILL*TAM", "DTP*291*D8*20260306",
        "EQ*AE",
    ]  # fmt: skip


def _without_answer(data: bytes) -> bytes:
    """Without the interchange acknowledgment in it, which is of another kind."""
    begin = data.index(b"TA1*")
    return data[:begin] + data[data.index(b"~", begin) + 1 :]


def _interchange_acknowledgment() -> bytes:
    data = interchange("999", "005010X231A1", [], group="FA")
    begin, end = data.index(b"GS*"), data.index(b"IEA*")
    return (
        data[:begin]
        + b"TA1*000000009*260305*1130*R*005~TA1*000000010*260305*1131*A*000~"
        + data[end:].replace(b"IEA*1*", b"IEA*0*")
    )
