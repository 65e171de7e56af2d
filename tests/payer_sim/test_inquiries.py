"""Questions about benefits (270) and claims (276), and what the payer says: the same that it decides claims by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cleanclaim.payer_sim import Answered, Memory, answer
from cleanclaim.payer_sim.chance import Chance
from cleanclaim.payer_sim.coverage import ended_on
from cleanclaim.payer_sim.pack import load_pack
from cleanclaim.x12.validation import Outcome, validate
from tests.payer_sim.claim_files import DAY, TODAY, Claim, Line, claim_file, cuts, lines, remitted, run

PERSON = "commercial|LM5550101|1950-01-01|JAN"
COMMERCIAL = Claim(indicator="CI", member="LM5550101")


def inquiry_file(kind: str, guide: str, group: str, body: list[str], number: int = 71) -> bytes:
    """An interchange with one inquiry; segments between header and trailer are given."""
    segments = [
        f"ISA*00*          *00*          *ZZ*MILLRACE1      *ZZ*SYNPAY         *261116*0900*^*00501*{number:09d}*0*T*:",
        f"GS*{group}*MILLRACE1*SYNPAY*20261116*0900*{number}*X*{guide}",
        f"ST*{kind}*0001*{guide}",
        *body,
        f"SE*{len(body) + 2}*0001",
        f"GE*1*{number}",
        f"IEA*1*{number:09d}",
    ]
    return "".join(f"{segment}~" for segment in segments).encode()


def eligibility_file(
    member: str = "LM5550101",
    *,
    types: str = "PT",
    born: str = "19500101",
    given: str = "JAN",
    payer: str = "SYNMB01",
    day: str = "20261116",
    dependent: str = "",
    number: int = 71,
) -> bytes:
    body = [
        "BHT*0022*13*ASK1*20261116*0900",
        "HL*1**20*1",
        f"NM1*PR*2*SYNTHETIC HEALTH*****PI*{payer}",
        "HL*2*1*21*1",
        "NM1*1P*2*MILLRACE PT*****XX*1999000007",
        f"HL*3*2*22*{1 if dependent else 0}",
    ]
    if not dependent:
        body.append("TRN*1*TRACE1*9MILLRACE1")
    body.append(f"NM1*IL*1*DOE*{given}****MI*{member}")
    if dependent:
        body += ["HL*4*3*23*0", "TRN*1*TRACE1*9MILLRACE1", f"NM1*03*1*DOE*{dependent}"]
    if born:
        body.append(f"DMG*D8*{born}*F")
    body += [f"DTP*291*D8*{day}", f"EQ*{types}"]
    return inquiry_file("270", "005010X279A1", "HS", body, number)


def status_file(*asked: list[str], member: str = "LM5550101", number: int = 81) -> bytes:
    body = [
        "BHT*0010*13*ASK2*20261116*0900",
        "HL*1**20*1",
        "NM1*PR*2*SYNTHETIC HEALTH*****PI*SYNMB01",
        "HL*2*1*21*1",
        "NM1*41*2*MILLRACE PT*****46*MILLRACE1",
        "HL*3*2*19*1",
        "NM1*1P*2*MILLRACE PT*****XX*1999000007",
        "HL*4*3*22*0",
        "DMG*D8*19500101*F",
        f"NM1*IL*1*DOE*JAN****MI*{member}",
        *(segment for group in asked for segment in group),
    ]
    return inquiry_file("276", "005010X212", "HR", body, number)


def ask(data: bytes, memory: Memory | None = None, today: date = TODAY) -> list[str]:
    """Put a question, and the segments of the answer; the answer is as its guide says."""
    used = memory or Memory(seed=1, scenario="none")
    found = answer([("q", data)], used, today=today)
    (said,) = [text for name, text in found.files.items() if name.endswith((".271", ".277"))]
    validation = validate(said)
    assert (validation.outcome, validation.all_faults()) == (Outcome.ACCEPTED, [])
    return said.decode().split("~")


def only(segments: list[str], *names: str) -> list[str]:
    return [segment for segment in segments if segment.split("*")[0] in names]


# --- benefits -------------------------------------------------------------------------------------------------


def test_visits_shared_by_disciplines_are_told_in_the_benefit_itself() -> None:
    memory = Memory(seed=1, scenario="none")
    days = [DAY - timedelta(days=back) for back in range(3)]
    run(replace(COMMERCIAL, lines=tuple(Line(day=day) for day in days)), memory=memory)
    said = ask(eligibility_file(), memory)
    assert only(said, "BHT", "TRN", "EB", "DTP", "MSG", "AAA", "DMG") == [
        "BHT*0022*11*ASK1*20261116*1200",
        "TRN*2*TRACE1*9MILLRACE1",
        "DMG*D8*19500101*F",
        "DTP*346*D8*20260101",
        "EB*1**30*C1*commercial plan with a copay",
        "EB*1**PT^AF*C1*******N",
        "EB*B*IND*PT^AF*C1**27*30",
        "EB*F*IND*PT^AF*C1**23***VS*30",
        "EB*F*IND*PT^AF*C1**29***VS*27",
        "MSG*VISITS OF THESE DISCIPLINES ARE COUNTED TOGETHER",
    ]


def test_another_plan_tells_visits_as_a_delivery_of_services() -> None:
    memory = Memory(seed=1, scenario="none")
    run(Claim(indicator="MC", member="MD5550101", authorization="A1"), memory=memory)
    said = ask(eligibility_file("MD5550101", types="PT^AD"), memory)
    assert only(said, "EB", "HSD", "MSG") == [
        "EB*1**30*MC*Medicaid managed care",
        "EB*1**PT*MC*******Y",
        "EB*F*IND*PT*MC",
        "HSD*VS*24***23*1",
        "HSD*VS*23***29",
        "EB*1**AD*MC*******Y",
        "EB*F*IND*AD*MC",
        "HSD*VS*24***23*1",
        "HSD*VS*24***29",
    ]


def test_medicare_tells_deductible_coinsurance_and_threshold() -> None:
    memory = Memory(seed=1, scenario="none")
    run(Claim(), memory=memory)
    said = ask(eligibility_file("1EG4TE5MK01"), memory)
    # 30.00 was allowed, all of it for the deductible of 283.00 and within the threshold of 2 480.00.
    assert only(said, "EB") == [
        "EB*1**30*MB*Medicare Part B, as a contractor might process it",
        "EB*1**PT^AF*MB*******N",
        "EB*C*IND*PT^AF*MB**23*283",
        "EB*C*IND*PT^AF*MB**29*253",
        "EB*A*IND*PT^AF*MB****0.2",
        "EB*F*IND*PT^AF*MB**23*2480",
        "EB*F*IND*PT^AF*MB**29*2450",
    ]


@pytest.mark.parametrize(
    ("member", "given", "born", "reason"),
    [
        ("LM5", "JAN", "19500101", "72"),
        ("LM5550101", "", "19500101", "73"),
        ("LM5550101", "JAN", "", "58"),
    ],
)
def test_who_cannot_be_found_is_told_why(member: str, given: str, born: str, reason: str) -> None:
    said = ask(eligibility_file(member, given=given, born=born, payer="NEW"), _with_commercial_only())
    assert only(said, "AAA", "EB") == [f"AAA*N**{reason}*C"]


def _with_commercial_only() -> Memory:
    """A payer of whom only members of the commercial plan are known."""
    return Memory(seed=1, scenario="none", members={"NEW|XX": "commercial"})


def test_a_member_of_a_new_payer_has_the_plan_whose_numbers_have_that_shape() -> None:
    assert "EB*1**30*MB*Medicare Part B, as a contractor might process it" in ask(eligibility_file("1EG4TE5MK01"))
    assert "EB*1**30*C1*commercial plan with a copay" in ask(eligibility_file("LM5550101"))


def test_a_dependent_is_answered_below_the_subscriber() -> None:
    said = ask(eligibility_file(dependent="KIM"))
    assert only(said, "HL", "NM1", "TRN")[4:] == [
        "HL*3*2*22*1",
        "NM1*IL*1*DOE*JAN****MI*LM5550101",
        "HL*4*3*23*0",
        "TRN*2*TRACE1*9MILLRACE1",
        "NM1*03*1*DOE*KIM",
    ]


def test_coverage_that_ended_is_told_by_the_day_that_denies_the_claim() -> None:
    seed, ended = _somebody_whose_coverage_ended()
    memory = Memory(seed=seed, scenario="rough")
    told = only(ask(eligibility_file(day=f"{ended + timedelta(days=1):%Y%m%d}"), memory), "EB", "DTP")
    assert told == [f"DTP*347*D8*{ended:%Y%m%d}", "EB*6**30*C1*commercial plan with a copay"]
    assert "EB*6" not in "~".join(ask(eligibility_file(day=f"{ended:%Y%m%d}", number=72), memory))
    # Asked on another day, the answer is the same, and so is the claim's.
    later = TODAY + timedelta(days=40)
    after = replace(COMMERCIAL, lines=(Line(day=ended + timedelta(days=1)),))
    found = answer([("f", claim_file(after))], memory, today=later, settle=True)
    assert [cuts(line) for claim in remitted(found) for line in claim.lines] == [{"PR-27": 7_800}]


def _somebody_whose_coverage_ended() -> tuple[int, date]:
    """A seed by which the coverage of the one patient ended not long ago, and the day."""
    scenario = load_pack().scenarios["rough"]
    for seed in range(20_000):
        memory = Memory(seed=seed, scenario="rough")
        ended = ended_on(memory, scenario, Chance(seed), PERSON, TODAY)
        known = Chance(seed).happens(scenario.unknown_subscribers, "unknown", "commercial", "LM5550101")
        if ended is not None and not known and (TODAY - ended).days < 60:
            return seed, ended
    raise AssertionError("no seed ends coverage")


# --- the limit of visits --------------------------------------------------------------------------------------


def test_a_visit_past_the_limit_is_denied_and_one_given_back_is_free_again() -> None:
    memory = Memory(seed=1, scenario="none")
    days = [date(2026, 7, 1) + timedelta(days=back) for back in range(31)]
    claim = replace(COMMERCIAL, lines=tuple(Line(day=day) for day in days[:30]))
    assert [cuts(line).get("PR-119") for line in lines(replace(claim, lines=claim.lines), memory=memory)] == [None] * 30
    last = replace(COMMERCIAL, id="C2", lines=(Line(day=days[30]),))
    assert cuts(lines(last, memory=memory, number=2)[0]) == {"PR-119": 7_800}
    # Speech therapy shares the visits, occupational therapy has its own.
    speech = replace(last, id="C3", lines=(Line("97533", ("GN",), day=days[30]),))
    assert cuts(lines(speech, memory=memory, number=3)[0]) == {"PR-119": 7_800}
    other = replace(last, id="C4", lines=(Line("97533", ("GO",), day=days[30]),))
    assert "PR-119" not in cuts(lines(other, memory=memory, number=4)[0])
    # A second claim of a day that was paid is no further visit.
    again = replace(last, id="C5", lines=(Line("97140", charge=7_400, day=days[0]),))
    assert "PR-119" not in cuts(lines(again, memory=memory, number=5)[0])
    number = next(one.claim.payer_control_number for one in memory.paid.values() if one.claim.control_number == "C1")
    run(replace(claim, frequency="8", original=number), memory=memory, number=6)
    # The first day still has the other claim's service: one visit is used.
    assert memory.visits[f"{PERSON}|PT+ST|2026"] == ["2026-07-01"]
    assert "PR-119" not in cuts(lines(replace(last, id="C6"), memory=memory, number=7)[0])


def test_a_new_year_has_its_own_visits() -> None:
    memory = Memory(seed=1, scenario="none", visits={f"{PERSON}|PT+ST|2025": [str(one) for one in range(30)]})
    assert "PR-119" not in cuts(lines(COMMERCIAL, memory=memory)[0])


# --- standing of a claim --------------------------------------------------------------------------------------


def asked_by(*, account: str = "", payer: str = "", charge: str = "", day: str = "", trace: str = "T1") -> list[str]:
    found = [f"TRN*1*{trace}"]
    if payer:
        found.append(f"REF*1K*{payer}")
    if account:
        found.append(f"REF*EJ*{account}")
    if charge:
        found.append(f"AMT*T3*{charge}")
    if day:
        found.append(f"DTP*472*D8*{day}")
    return found


def sent(*claims: Claim) -> tuple[Memory, Answered]:
    memory = Memory(seed=1, scenario="none")
    return memory, run(*claims, memory=memory, settle=False)


@pytest.mark.parametrize(
    ("after_days", "said"),
    [
        (0, "STC*A2:20*20261116**78*0"),
        (2, "STC*A2:20*20261118**78*0"),
        (3, "STC*P1:3*20261119**78*0"),
        # 33.00 allowed less the copay of 30.00, on the working day 18 days after the claim came
        (18, "STC*F1:65*20261204**78*3*20261204**20261204*SIM000000001"),
    ],
)
def test_a_claim_is_received_then_pending_then_paid(after_days: int, said: str) -> None:
    memory, _found = sent(COMMERCIAL)
    today = TODAY + timedelta(days=after_days)
    answer([], memory, today=today)
    (standing,) = only(ask(status_file(asked_by(account="C1")), memory, today), "STC")
    assert standing == said


def test_a_claim_is_found_by_any_of_its_marks_and_by_no_number_of_another_member() -> None:
    memory, _found = sent(COMMERCIAL)
    (number,) = memory.paid
    said = ask(
        status_file(
            asked_by(payer=number, trace="T1"),
            asked_by(charge="78", day="20261102", trace="T2"),
            asked_by(charge="79", day="20261102", trace="T3"),
            asked_by(account="C9", trace="T4"),
        ),
        memory,
    )
    assert [segment.split("*")[1] for segment in only(said, "STC")] == ["A2:20", "A2:20", "A4:35", "A4:35"]
    assert only(said, "TRN") == ["TRN*2*T1", "TRN*2*T2", "TRN*2*T3", "TRN*2*T4"]
    stranger = ask(status_file(asked_by(account="C1"), member="LM5550999", number=82), memory)
    assert only(stranger, "STC", "REF") == ["STC*A4:35*20261116", "REF*EJ*C1"]


def test_a_claim_that_was_returned_or_denied_says_so() -> None:
    memory, _found = sent(replace(COMMERCIAL, member="LM?"), replace(COMMERCIAL, id="C2", lines=(Line("97999"),)))
    answer([], memory, today=TODAY + timedelta(days=30))
    (back,) = only(ask(status_file(asked_by(account="C1"), member="LM?"), memory), "STC")
    assert back.split("*")[1] == "A7:164:IL"
    (denied,) = only(ask(status_file(asked_by(account="C2"), number=82), memory), "STC")
    assert denied.split("*")[1] == "F2:585"


def test_an_inquiry_is_acknowledged_and_counted() -> None:
    memory = Memory(seed=1, scenario="none")
    found = answer([("q", eligibility_file()), ("s", status_file(asked_by(account="C1")))], memory, today=TODAY)
    assert dict(found.inquiries) == {"270": 1, "276": 1}
    assert [name.split(".")[0] + "." + name.split(".")[-1] for name in found.files] == [
        "q.999",
        "q.271",
        "s.999",
        "s.277",
    ]
    assert found.claims == 0
