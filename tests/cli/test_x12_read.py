"""`cleanclaim x12 read`: what payers answered, in plain words, as a user sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import run

Write = Callable[[str, str, str, str, str], Path]
REMEDY = "Read it off the insurance card again, with its letters and without blanks."
HEAD = "ISA*00*          *00*          *ZZ*PAYER          *ZZ*MILLRACE       *260925*1200*^*00501*000000005*0*T*:~"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A function that writes a file with one transaction."""

    def made(name: str, function: str, kind: str, guide: str, body: str) -> Path:
        path = tmp_path / name
        path.write_text(
            f"{HEAD}GS*{function}*PAYER*MILLRACE*20260925*1200*5*X*{guide}~ST*{kind}*0001*{guide}~{body}"
            f"SE*{body.count('~') + 2}*0001~GE*1*5~IEA*1*000000005~",
            encoding="ascii",
        )
        return path

    return made


def test_a_rejection_is_told_with_what_to_do_and_no_name(write: Write) -> None:
    path = write(
        "answers.277", "HN", "277", "005010X214",
        "BHT*0085*08*X1*20260925*1200*TH~HL*1**20*1~NM1*PR*2*LARKSPUR*****PI*LARK1~HL*2*1*21*1~"
        "NM1*41*2*MILLRACE*****46*MILL~TRN*2*0000000170001~STC*A1:19:PR*20260925*WQ*188~HL*3*2*19*1~"
        "NM1*85*2*MILLRACE*****XX*1999000163~HL*4*3*PT~NM1*QC*1*SYNTHETIC*ONE****MI*LM1~TRN*2*V002~"
        "STC*A7:164:IL*20260925*U*188~DTP*472*D8*20260921~",
    )  # fmt: skip
    ran = run("x12", "read", path)
    assert ran.code == 1
    assert ran.lines == [
        "answers.277: 277CA",
        "  LARKSPUR of 1 claim:",
        "    A1:19:PR: Received; whether it is accepted is told later.",
        "    Claim V002: rejected.",
        f"      A7:164:IL: The member id of the subscriber is not valid. {REMEDY}",
    ]


def test_an_accepted_file_leaves_with_nothing(write: Write) -> None:
    path = write(
        "answers.999", "FA", "999", "005010X231A1",
        "AK1*HC*9*005010X222A1~AK2*837*0001*005010X222A1~IK5*A~AK9*A*1*1*1~",
    )  # fmt: skip
    ran = run("x12", "read", path)
    assert (ran.code, ran.lines) == (0, ["answers.999: 999", "  Group 9 accepted: 1 of 1 transactions."])


def test_benefits_are_told_for_the_discipline_that_is_asked_about(write: Write) -> None:
    path = write(
        "answers.271", "HB", "271", "005010X279A1",
        "BHT*0022*11*X3*20260925*1200~HL*1**20*1~NM1*PR*2*LARKSPUR*****PI*LARK1~HL*2*1*21*1~"
        "NM1*1P*2*MILLRACE*****XX*1999000163~HL*3*2*22*0~TRN*2*T1*9123456789~NM1*IL*1*SYNTHETIC*ONE****MI*LM1~"
        "EB*1**30*PR*GOLD PPO~EB*B**PT*PR**27*40~EB*B**AD*PR**27*55~EB*F*IND*PT^AD*PR**23***VS*30~",
    )  # fmt: skip
    ran = run("x12", "read", path)
    assert ran.lines == [
        "answers.271: 271",
        "  Answer to question T1:",
        "    Coverage: in force, GOLD PPO.",
        "    Copay a visit: $40.00.",
        "    Visits allowed: 30 a calendar year.",
        "    Counted together with occupational therapy.",
    ]
    assert "    Copay a visit: $55.00." in run("x12", "read", path, "--discipline", "OT").lines
    assert "SYNTHETIC" not in "".join(ran.lines)


def test_a_question_that_was_refused_is_told_and_leaves_with_one(write: Write) -> None:
    path = write(
        "answers.271", "HB", "271", "005010X279A1",
        "BHT*0022*11*X3*20260925*1200~HL*1**20*1~NM1*PR*2*LARKSPUR*****PI*LARK1~HL*2*1*21*1~"
        "NM1*1P*2*MILLRACE*****XX*1999000163~HL*3*2*22*0~TRN*2*T1*9123456789~NM1*IL*1*SYNTHETIC*ONE****MI*LM1~"
        "AAA*N**72*C~",
    )  # fmt: skip
    ran = run("x12", "read", path)
    assert ran.code == 1
    assert ran.lines == [
        "answers.271: 271",
        "  Answer to question T1:",
        "    The member id is missing or not valid.",
    ]


def test_what_is_no_answer_is_unusable(tmp_path: Path) -> None:
    path = tmp_path / "claims.837"
    path.write_text("ISA and nothing more", encoding="ascii")
    assert run("x12", "read", path).code == 2
    assert run("x12", "read", tmp_path / "missing").code == 2
    assert run("x12", "read", path, "--discipline", "XX").code == 2
