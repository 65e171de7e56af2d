"""Files of each kind, written for these tests; every person in them is invented."""

from __future__ import annotations

from collections.abc import Sequence


def interchange(
    kind: str,
    guide: str,
    bodies: Sequence[Sequence[str]],
    *,
    group: str,
    element: str = "*",
    component: str = ":",
    terminator: str = "~",
    line_break: str = "",
    number: int = 1,
) -> bytes:
    """One interchange with a transaction for each body; a body's segments are written with * and :."""
    segments = [
        f"ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260306*1200*^*00501*{number:09d}*0*P*:",
        f"GS*{group}*SENDER*RECEIVER*20260306*1200*7*X*{guide}",
    ]
    for place, body in enumerate(bodies, start=1):
        segments += [f"ST*{kind}*{place:04d}*{guide}", *body, f"SE*{len(body) + 2}*{place:04d}"]
    segments += [f"GE*{len(bodies)}*7", f"IEA*1*{number:09d}"]
    table = str.maketrans({"*": element, ":": component})
    return "".join(f"{segment.translate(table)}{terminator}{line_break}" for segment in segments).encode()


def payment(trace: str, *claims: str, amount: str = "150") -> list[str]:
    """The body of one payment; each claim is segments with | between them."""
    return [
        f"BPR*I*{amount}*C*ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765*20260306",
        f"TRN*1*{trace}*1512345678",
        "DTM*405*20260305",
        "N1*PR*EXAMPLE PAYER",
        "N3*1 MAIN ST",
        "N4*AUSTIN*TX*78701",
        "REF*2U*PAY01",
        "PER*CX**TE*5550100100",
        "PER*BL*EDI DESK*TE*5550100101",
        "N1*PE*HARBOR PHYSICAL THERAPY*XX*1234567893",
        "REF*TJ*123456789",
        "LX*1",
        *(segment for claim in claims for segment in claim.split("|")),
    ]


FIRST = (
    "CLP*C1*1*200*100*20*MB*ICN1*11*1|CAS*CO*45*30.5**253*2.04|CAS*PR*1*20|NM1*QC*1*ASHGROVE*MAREN****MI*1EG4TE5MK73"
    "|NM1*82*1*THORNE*AVERY****XX*1245319599|MOA***MA01*MA18|DTM*232*20260302|DTM*233*20260304|AMT*AU*150"
    "|SVC*HC:97110:GP:KX*120*60**2|DTM*472*20260302|CAS*CO*45*60|REF*6R*L1|AMT*B6*80|LQ*HE*N130"
    "|SVC*HC:97140:GP:59*80*40**1*HC:97530*2|DTM*150*20260303|DTM*151*20260304|CAS*CO*45*40*1"
)
SECOND = "CLP*C2*4*90*0*0*MB*ICN2*11*1|NM1*QC*1*QUILL*NOOR|SVC*HC:97530*90*0|DTM*472*20260303|CAS*CO*29*90"
THIRD = "CLP*C3*22*-50*-50**MB*ICN3*11*8|NM1*QC*1*ROWAN*ADA|SVC*HC:97110*-50*-50|DTM*472*20260303"
ADJUSTMENT = "PLB*1234567893*20261231*WO:ABC123*25*72:X*-3.5"


def payments(**options: str) -> bytes:
    """Two payments of the same payer: two claims and an adjustment of the provider's, then one taken back."""
    bodies = [[*payment("TRACE1", FIRST, SECOND), ADJUSTMENT], payment("TRACE2", THIRD, amount="0")]
    return interchange("835", "005010X221A1", bodies, group="HP", **options)  # type: ignore[arg-type]


def claim_answers() -> bytes:
    """A claim acknowledgment: one claim accepted with two reasons on it."""
    body = [
        "BHT*0085*08*277CA1*20260306*1200*TH",
        "HL*1**20*1", "NM1*PR*2*EXAMPLE PAYER*****PI*PAY01", "TRN*1*RUN1", "DTP*050*D8*20260305", "DTP*009*D8*20260306",
        "HL*2*1*21*1", "NM1*41*2*HARBOR BILLING*****46*HB01", "TRN*2*BATCH9", "STC*A1:19:PR*20260306*WQ*200",
        "QTY*90*1", "AMT*YU*200",
        "HL*3*2*19*1", "NM1*85*2*HARBOR PHYSICAL THERAPY*****XX*1234567893", "TRN*1*0",
        "HL*4*3*PT", "NM1*QC*1*ASHGROVE*MAREN****MI*1EG4TE5MK73", "TRN*2*C1",
        "STC*A2:20:PR*20260306*WQ*200", "REF*1K*ICN1", "DTP*472*RD8*20260302-20260304",
        "SVC*HC:97110:GP*120****2", "STC*A3:187:85**U", "REF*FJ*L1",
    ]  # fmt: skip
    return interchange("277", "005010X214", [body], group="HN")


def acknowledgment() -> bytes:
    """A 999 that refuses one of two transactions for one element, and a TA1 before the group."""
    body = [
        "AK1*HC*7*005010X222A1",
        "AK2*837*0001*005010X222A1", "IK5*A",
        "AK2*837*0002*005010X222A1", "IK3*CLM*22*2300*8", "CTX*CLM01:C1", "IK4*2*782*1", "IK5*R*5",
        "AK9*P*2*2*1",
    ]  # fmt: skip
    data = interchange("999", "005010X231A1", [body], group="FA")
    return data.replace(b"~GS*", b"~TA1*000000009*260305*1130*A*000~GS*", 1)


def eligibility() -> bytes:
    """An eligibility answer: the subscriber's benefits, with a message, and a dependent who is not found."""
    body = [
        "BHT*0022*11*REQ1*20260306*1200",
        "HL*1**20*1", "NM1*PR*2*EXAMPLE PAYER*****PI*PAY01",
        "HL*2*1*21*1", "NM1*1P*2*HARBOR PHYSICAL THERAPY*****XX*1234567893",
        "HL*3*2*22*1", "TRN*2*T1*9123456789", "NM1*IL*1*ASHGROVE*MAREN****MI*1EG4TE5MK73", "DMG*D8*19550601*F",
        "DTP*291*RD8*20260101-20261231",
        "EB*1**30*MB", "EB*C*IND*30^PT^AE*MB**29*283", "MSG*CALL FOR DETAILS", "EB*A*IND*PT*MB**27**.2",
        "HL*4*3*23*0", "NM1*03*1*ASHGROVE*TOM", "AAA*Y**75*C",
    ]  # fmt: skip
    return interchange("271", "005010X279A1", [body], group="HB")


def institutional() -> bytes:
    """One claim of an outpatient hospital."""
    body = [
        "BHT*0019*00*B1*20260306*1200*CH",
        "NM1*41*2*HARBOR BILLING*****46*HB01", "PER*IC*DANA POOLE*TE*5550100199", "NM1*40*2*EXAMPLE CLEARING*****46*EC01",
        "HL*1**20*1", "PRV*BI*PXC*282N00000X", "NM1*85*2*HARBOR HOSPITAL*****XX*1234567893", "N3*40 MILLRACE WAY",
        "N4*CHICAGO*IL*606011234", "REF*EI*123456789",
        "HL*2*1*22*0", "SBR*P*18*******MA", "NM1*IL*1*ASHGROVE*MAREN****MI*1EG4TE5MK73", "DMG*D8*19550601*F",
        "NM1*PR*2*MEDICARE A*****PI*00450",
        "CLM*H1*375.5***13:A:1**A*Y*Y", "DTP*434*RD8*20260301-20260331", "CL1*3*1*30",
        "HI*ABK:M5450:::::::Y*ABF:M25561", "HI*BH:11:D8:20260115", "HI*BE:50:::3", "NM1*71*1*QUILL*NOOR****XX*1003000126",
        "LX*1", "SV2*0420*HC:97110:GP*125.5*UN*1.5", "DTP*472*D8*20260304",
        "LX*2", "SV2*0424*HC:97161:GP*250*UN*1", "DTP*472*D8*20260304",
    ]  # fmt: skip
    return interchange("837", "005010X223A2", [body], group="HC")
