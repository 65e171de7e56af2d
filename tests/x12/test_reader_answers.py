"""Answers as receivers and payers write them: TA1, 999, 277CA, 277 and 271 into records, and what damage does to them."""

from __future__ import annotations

from datetime import date

from cleanclaim.records.claim_status import StatusKind
from cleanclaim.x12.reader_271 import read_271
from cleanclaim.x12.reader_277 import read_277
from cleanclaim.x12.reader_999 import read_acknowledgments

HEAD = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*MILLRACE       *260925*1200*^*00501*000000005*0*T*:~"


def wrapped(function: str, kind: str, guide: str, body: str) -> bytes:
    """A file with one transaction, whose counts are right."""
    count = body.count("~") + 2
    return (
        f"{HEAD}GS*{function}*PAYER*MILLRACE*20260925*1200*5*X*{guide}~ST*{kind}*0001*{guide}~{body}"
        f"SE*{count}*0001~GE*1*5~IEA*1*000000005~"
    ).encode()


# --- TA1 and 999 ---------------------------------------------------------------------------------------------


def test_a_ta1_names_the_interchange_its_outcome_and_why() -> None:
    read = read_acknowledgments(f"{HEAD}TA1*000000017*260925*1130*R*025~IEA*0*000000005~".encode())
    [answer] = read.interchanges
    assert (answer.control_number, answer.outcome, answer.note, answer.is_taken) == ("000000017", "R", "025", False)
    assert read.problems == []


def test_a_ta1_without_an_outcome_is_a_problem_and_the_next_is_read() -> None:
    read = read_acknowledgments(
        f"{HEAD}TA1*000000017*260925*1130**000~TA1*000000018*260925*1130*A*000~IEA*0*000000005~".encode()
    )
    assert [answer.control_number for answer in read.interchanges] == ["000000018"]
    assert [str(problem) for problem in read.problems] == ["segment 2, TA104: found no outcome, expected A, E or R"]


GROUP = (
    "AK1*HC*9*005010X222A1~"
    "AK2*837*0001*005010X222A1~IK5*A~"
    "AK2*837*0002*005010X222A1~"
    "IK3*CLM*22*2300*8~CTX*CLM01:V017~IK4*5:3*1325*7*9~IK4*2*782*1~"
    "IK3*NM1*30*2310*3~IK5*R*5~"
    "AK9*P*2*2*1~"
)


def test_a_999_tells_each_transaction_segment_and_element() -> None:
    read = read_acknowledgments(wrapped("FA", "999", "005010X231A1", GROUP))
    [group] = read.groups
    assert (group.function, group.control_number, group.outcome) == ("HC", "9", "P")
    assert (group.included, group.received, group.accepted) == (2, 2, 1)
    assert (group.answered_on, group.is_taken, group.is_partly_taken) == (date(2026, 9, 25), False, True)
    first, second = group.transactions
    assert (first.control_number, first.is_taken, first.faults) == ("0001", True, ())
    assert (second.control_number, second.outcome, second.codes) == ("0002", "R", ("5",))
    claim, name = second.faults
    assert (claim.tag, claim.position, claim.loop, claim.code, claim.claim_id) == ("CLM", 22, "2300", "8", "V017")
    assert [(one.position, one.code, one.value) for one in claim.elements] == [("5:3", "7", "9"), ("2", "1", "")]
    assert (name.tag, name.code, name.claim_id, name.elements) == ("NM1", "3", "", ())
    assert read.problems == []


def test_a_transaction_without_its_outcome_is_left_out_and_the_group_is_read() -> None:
    body = GROUP.replace("IK5*A~", "")
    read = read_acknowledgments(wrapped("FA", "999", "005010X231A1", body))
    [group] = read.groups
    assert [item.control_number for item in group.transactions] == ["0002"]
    assert [str(problem) for problem in read.problems] == [
        "segment 6, IK5: found a transaction without its outcome, expected IK5 before it"
    ]


def test_a_group_without_its_outcome_is_left_out() -> None:
    read = read_acknowledgments(wrapped("FA", "999", "005010X231A1", "AK1*HC*9~"))
    assert read.groups == []
    assert [problem.element for problem in read.problems] == ["AK9"]


# --- 277CA and 277 -------------------------------------------------------------------------------------------

CLAIMS = (
    "BHT*0085*08*X1*20260925*1200*TH~"
    "HL*1**20*1~NM1*PR*2*LARKSPUR*****PI*LARK1~TRN*1*X1~DTP*050*D8*20260925~DTP*009*D8*20260925~"
    "HL*2*1*21*1~NM1*41*2*MILLRACE*****46*MILL~TRN*2*0000000170001~STC*A1:19:PR*20260925*WQ*313~"
    "QTY*90*1~QTY*AA*1~AMT*YU*125~AMT*YY*188~"
    "HL*3*2*19*1~NM1*85*2*MILLRACE*****XX*1999000163~"
    "HL*4*3*PT~NM1*QC*1*SYNTHETIC*ONE****MI*LM1~TRN*2*V001~STC*A2:20:PR*20260925*WQ*125~REF*1K*26268001~"
    "REF*D9*CH77~DTP*472*D8*20260921~"
    "HL*5*3*PT~NM1*QC*1*SYNTHETIC*TWO****MI*LM2~TRN*2*V002~"
    "STC*A7:164:IL*20260925*U*188******A6:158:QC*A8:255~DTP*472*RD8*20260921-20260922~"
    "SVC*HC:97110:GP:59*120*****2~STC*A7:453*20260925*U~REF*FJ*V002-1~DTP*472*D8*20260921~"
)


def test_a_277ca_tells_the_batch_the_counts_and_each_claim() -> None:
    read = read_277(wrapped("HN", "277", "005010X214", CLAIMS))
    [report] = read.reports
    assert (report.kind, report.payer_name, report.payer_identifier) == (
        StatusKind.ACKNOWLEDGMENT,
        "LARKSPUR",
        "LARK1",
    )
    assert (report.batch_reference, report.reported_on) == ("0000000170001", date(2026, 9, 25))
    assert ([code.text for code in report.statuses], report.refuses) == (["A1:19:PR"], False)
    assert (report.taken, report.returned) == (1, 1)
    taken, back = report.claims
    assert (taken.control_number, taken.payer_control_number, taken.clearinghouse_number) == (
        "V001",
        "26268001",
        "CH77",
    )
    assert (taken.refuses, taken.charge_cents, taken.begins_on, taken.ends_on) == (
        False,
        12500,
        date(2026, 9, 21),
        date(2026, 9, 21),
    )
    assert [code.text for code in back.statuses] == ["A7:164:IL", "A6:158:QC", "A8:255"]
    assert (back.control_number, back.refuses, back.payer_control_number, back.member_id) == ("V002", True, "", "LM2")
    assert (back.begins_on, back.ends_on) == (date(2026, 9, 21), date(2026, 9, 22))
    [line] = back.lines
    assert (line.code, line.modifiers, line.charge_cents, line.control_number) == (
        "97110",
        ("GP", "59"),
        12000,
        "V002-1",
    )
    assert [code.text for code in line.statuses] == ["A7:453"]
    assert read.problems == []


def test_an_amount_that_cannot_be_read_is_unknown_and_the_claim_stays() -> None:
    read = read_277(wrapped("HN", "277", "005010X214", CLAIMS.replace("*WQ*125~REF", "*WQ*12.5.0~REF")))
    [report] = read.reports
    assert [claim.charge_cents for claim in report.claims] == [None, 18800]
    assert [problem.element for problem in read.problems] == ["STC04"]


def test_half_a_status_is_left_out_with_its_segment() -> None:
    read = read_277(wrapped("HN", "277", "005010X214", CLAIMS.replace("STC*A7:164:IL*", "STC*A7*")))
    assert [code.text for code in read.reports[0].claims[1].statuses] == ["A6:158:QC", "A8:255"]
    [problem] = read.problems
    assert (problem.element, problem.found) == ("STC01", "half a status")


def test_a_277_is_matched_by_our_number_and_tells_payment() -> None:
    body = (
        "BHT*0010*08*X2*20261020*1200*DG~HL*1**20*1~NM1*PR*2*LARKSPUR*****PI*LARK1~HL*2*1*21*1~"
        "NM1*41*2*MILLRACE*****46*MILL~HL*3*2*19*1~NM1*1P*2*MILLRACE*****XX*1999000163~HL*4*3*22*0~"
        "NM1*IL*1*SYNTHETIC*ONE****MI*LM1~TRN*2*Q7~STC*F1:65*20261012*WQ*125*88.4*20261010**20261012*EFT991~"
        "REF*1K*26268001~REF*EJ*V001~DTP*472*RD8*20260921-20260921~"
    )
    [report] = read_277(wrapped("HN", "277", "005010X212", body)).reports
    [claim] = report.claims
    assert (report.kind, claim.trace, claim.control_number) == (StatusKind.ANSWER, "Q7", "V001")
    assert (claim.charge_cents, claim.paid_cents, claim.decided_on, claim.paid_on, claim.check_number) == (
        12500,
        8840,
        date(2026, 10, 10),
        date(2026, 10, 12),
        "EFT991",
    )


# --- 271 -----------------------------------------------------------------------------------------------------

BENEFITS = (
    "BHT*0022*11*X3*20260925*1200~HL*1**20*1~NM1*PR*2*LARKSPUR*****PI*LARK1~HL*2*1*21*1~"
    "NM1*1P*2*MILLRACE*****XX*1999000163~HL*3*2*22*0~TRN*2*T1*9123456789~NM1*IL*1*SYNTHETIC*ONE****MI*LM1~"
    "REF*18*PLAN9~REF*6P*GROUP1~DMG*D8*19600203*F~DTP*346*D8*20260101~"
    "EB*1**30*PR*GOLD PPO~EB*B**PT*PR**27*40*****Y~EB*C*IND*30*PR**23*1500~EB*C*IND*30*PR**29*1225.5~"
    "EB*A*IND*PT*PR****.2~EB*F*IND*PT^AD^AF*PR**23***VS*30~EB*F*IND*PT^AD^AF*PR~HSD*VS*18***29~"
    "EB*R**30~LS*2120~NM1*PRP*2*OTHER MUTUAL*****PI*OM1~LE*2120~"
)


def test_a_271_tells_each_benefit_as_the_payer_says_it() -> None:
    read = read_271(wrapped("HB", "271", "005010X279A1", BENEFITS))
    [answer] = read.answers
    assert (answer.traces, answer.member_id, answer.group_number) == (("T1",), "LM1", "GROUP1")
    assert (answer.answered_on, answer.birth_date) == (date(2026, 9, 25), date(1960, 2, 3))
    assert [one.code for one in answer.benefits] == ["1", "B", "C", "C", "A", "F", "F", "R"]
    _active, copay, deductible, rest, coinsurance, limit, left, other = answer.benefits
    assert (copay.cents, copay.period, copay.in_network) == (4000, "27", "Y")
    assert (deductible.cents, rest.cents, coinsurance.share) == (150000, 122550, 2000)
    assert limit.service_types == ("PT", "AD", "AF")
    assert [(one.unit, one.count, one.period) for one in limit.counts] == [("VS", 30, "23")]
    assert [(one.unit, one.count, one.period) for one in left.counts] == [("VS", 18, "29")]
    assert [(one.kind, one.name) for one in other.entities] == [("PRP", "OTHER MUTUAL")]
    assert read.problems == []


def test_a_refusal_of_the_payer_holds_for_everybody_below_it() -> None:
    body = "BHT*0022*11*X3*20260925*1200~HL*1**20*0~AAA*Y**42*R~NM1*PR*2*LARKSPUR*****PI*LARK1~"
    [answer] = read_271(wrapped("HB", "271", "005010X279A1", body)).answers
    assert [(one.reason, one.follow_up) for one in answer.refusals] == [("42", "R")]
    assert answer.benefits == ()


def test_a_dependent_is_answered_under_the_subscribers_number() -> None:
    body = BENEFITS.replace("HL*3*2*22*0~TRN*2*T1*9123456789~", "HL*3*2*22*1~").replace(
        "REF*18", "HL*4*3*23*0~TRN*2*T1~NM1*03*1*SYNTHETIC*CHILD~REF*18"
    )
    [answer] = read_271(wrapped("HB", "271", "005010X279A1", body)).answers
    assert (answer.is_dependent, answer.given_name, answer.member_id, answer.traces) == (True, "CHILD", "LM1", ("T1",))


def test_an_amount_that_cannot_be_read_is_not_said_and_the_rest_is() -> None:
    body = BENEFITS.replace("*27*40*", "*27*forty*")
    read = read_271(wrapped("HB", "271", "005010X279A1", body))
    assert [one.cents for one in read.answers[0].benefits[:3]] == [None, None, 150000]
    assert [problem.element for problem in read.problems] == ["EB07"]
