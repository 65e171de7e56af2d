"""Answers to files received: read back, judged by their own guide and by another's, and right in every code."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cleanclaim.x12 import ControlNumbers, Delimiters
from cleanclaim.x12.acknowledgments import NothingToAcknowledgeError, acknowledge
from cleanclaim.x12.validation import Outcome, validate
from tests.x12.peers import pyx12_errors
from tests.x12.validation.building import Edit, claims, sample

CORPUS = Path(__file__).parents[1] / "corpus"
CREATED = datetime(2026, 11, 22, 7, 30)


def answer(data: bytes, *, always_ta1: bool = False) -> bytes:
    return acknowledge(validate(data), control=ControlNumbers(), created=CREATED, always_ta1=always_ta1)


def segments(data: bytes) -> list[str]:
    return data.decode("ascii").split("~")[:-1]


def inside(data: bytes) -> list[str]:
    """What stands between the answer's header and trailer."""
    found = segments(answer(data))
    begin = next(place for place, one in enumerate(found) if one.startswith("ST*"))
    end = next(place for place, one in enumerate(found) if one.startswith("SE*"))
    return found[begin + 1 : end]


def good() -> bytes:
    return (CORPUS / "good.txt").read_bytes()


def test_a_sound_file_is_accepted_and_the_answer_goes_back_to_its_sender() -> None:
    assert segments(answer(good())) == [
        "ISA*00*          *00*          *ZZ*RECV01         *ZZ*HARBORB01      *261122*0730*^*00501*000000001*0*T*:",
        "GS*FA*RECV01*HARBORB01*20261122*0730*1*X*005010X231A1",
        "ST*999*0001*005010X231A1",
        "AK1*HC*1*005010X222A1",
        "AK2*837*0001*005010X222A1",
        "IK5*A",
        "AK9*A*1*1*1",
        "SE*6*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]


ANSWERS: dict[str, tuple[tuple[Edit, ...], list[str]]] = {
    "a code that is none": (
        (("CLM*C1002*45.5***11:B:1*Y*A*Y*Y~", "CLM*C1002*45.5***11:C:1*Y*A*Y*Y~"),),
        ["IK3*CLM*34*2300*8", "IK4*5:2*1332*7*C", "IK5*R*5"],
    ),
    "a value that is no code is not repeated": (
        (("N4*KALAMAZOO*MI*490011234~", "N4*KALAMAZOO*MICHIGAN*490011234~"),),
        ["IK3*N4*10*2010*8", "IK4*2*156*5", "IK5*R*5"],
    ),
    "two elements of one segment": (
        (("DTP*431*D8*20260105~", "DTP*431*D9*2026010 ~"),),
        ["IK3*DTP*20*2300*8", "IK4*2*1250*7*D9", "IK5*R*5"],
    ),
    "a segment that is missing": (
        (("\nN3*400 HARBOR WAY~", ""),),
        ["IK3*N3*8*2010*3", "IK5*R*5"],
    ),
    "a segment of the header": (
        (("BHT*0019*00*B0001*20261121*0905*CH~", "BHT*0019*00**20261121*0905*CH~"),),
        ["IK3*BHT*2**8", "IK4*3*127*1", "IK5*R*5"],
    ),
    "a delimiter too many is noted": (
        (("LX*2~", "LX*2*~"),),
        ["IK3*LX*30*2400*8", "IK4*2**3", "IK5*E"],
    ),
    "a sum is no matter of this answer": (
        (("CLM*C1001*180*", "CLM*C1001*181*"),),
        ["IK5*A"],
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_fault_has_its_code(name: str) -> None:
    edits, expected = ANSWERS[name]
    assert inside(claims(*edits))[2:-1] == expected


def test_counts_and_numbers_of_a_transaction_have_their_codes() -> None:
    def outcome(old: bytes, new: bytes) -> list[str]:
        return inside(good().replace(old, new))[-2:]

    assert outcome(b"SE*71*", b"SE*70*") == ["IK5*R*4", "AK9*R*1*1*0"]
    assert outcome(b"SE*71*0001", b"SE*71*0009") == ["IK5*R*3", "AK9*R*1*1*0"]
    assert outcome(b"SE*71*0001~\n", b"") == ["IK5*R*2", "AK9*R*1*1*0"]
    assert outcome(b"GE*1*1~", b"GE*3*1~") == ["IK5*R", "AK9*R*3*1*0*5"]
    assert outcome(b"GE*1*1~", b"GE*1*2~") == ["IK5*R", "AK9*R*1*1*0*4"]
    assert outcome(b"GE*1*1~\n", b"") == ["IK5*R", "AK9*R*0*1*0*3"]


def test_of_two_transactions_one_may_be_taken() -> None:
    data = (CORPUS / "good_several_transactions.txt").read_bytes()
    assert inside(data) == [
        "AK1*HC*1*005010X222A1",
        "AK2*837*0001*005010X222A1",
        "IK5*A",
        "AK2*837*0002*005010X222A1",
        "IK5*A",
        "AK9*A*2*2*2",
    ]
    bad = inside(data.replace(b"*UN*", b"*XX*", 1))
    assert bad[-1] == "AK9*P*2*2*1"
    assert [one for one in bad if one.startswith("IK5")] == ["IK5*R*5", "IK5*A"]


def test_what_there_is_no_guide_for_is_refused_by_its_version() -> None:
    assert inside((CORPUS / "older_guide.txt").read_bytes()) == [
        "AK1*HC*1*004010X098A1",
        "AK2*837*0001*004010X098A1",
        "IK5*R*I6",
        "AK9*R*1*1*0*2",
    ]


INTERCHANGES = {
    "number": (b"IEA*1*000000001", b"IEA*1*000000009", "TA1*000000001*261121*0905*R*001"),
    "count": (b"IEA*1*", b"IEA*2*", "TA1*000000001*261121*0905*R*021"),
    "trailer": (b"IEA*1*000000001~\n", b"", "TA1*000000001*261121*0905*R*023"),
    "date": (b"*261121*0905*^", b"*261131*0905*^", "TA1*000000001*261131*0905*R*014"),
    "time": (b"*261121*0905*^", b"*261121*2405*^", "TA1*000000001*261121*2405*R*015"),
    "usage": (b"*0*T*:~", b"*0*X*:~", "TA1*000000001*261121*0905*R*020"),
    "version": (b"*00501*", b"*00401*", "TA1*000000001*261121*0905*R*003"),
    "group header": (b"RECV01*20261121*0905*1*X", b"RECV01*20261131*0905*1*X", "TA1*000000001*261121*0905*R*024"),
}


@pytest.mark.parametrize("name", INTERCHANGES)
def test_an_envelope_at_fault_is_refused_as_a_whole(name: str) -> None:
    old, new, expected = INTERCHANGES[name]
    assert good().count(old) == 1
    found = segments(answer(good().replace(old, new)))
    assert [one.partition("*")[0] for one in found] == ["ISA", "TA1", "IEA"]
    assert found[1] == expected
    assert found[2] == "IEA*0*000000001"


def test_an_answer_on_the_interchange_is_given_when_asked_for() -> None:
    asked = good().replace(b"*000000001*0*T*", b"*000000001*1*T*")
    assert segments(answer(asked))[1] == "TA1*000000001*261121*0905*A*000"
    assert segments(answer(good(), always_ta1=True))[1] == "TA1*000000001*261121*0905*A*000"
    assert segments(answer(asked))[2].startswith("GS*FA*")


def test_answers_are_not_answered() -> None:
    with pytest.raises(NothingToAcknowledgeError):
        answer(sample("implementation_acknowledgment"))
    with pytest.raises(NothingToAcknowledgeError):
        answer(b"no interchange at all")


def test_each_interchange_and_group_has_its_own_answer_and_number() -> None:
    control = ControlNumbers(7, 8, 9)
    data = (CORPUS / "good_several_interchanges.txt").read_bytes()
    found = segments(acknowledge(validate(data), control=control, created=CREATED))
    assert [one for one in found if one.startswith(("ST*", "IEA*", "GE*"))] == [
        "ST*999*0009*005010X231A1",
        "GE*1*8",
        "IEA*1*000000007",
        "ST*999*0010*005010X231A1",
        "GE*1*9",
        "IEA*1*000000008",
    ]
    data = (CORPUS / "good_several_groups.txt").read_bytes()
    assert sum(one.startswith("AK1*") for one in segments(answer(data))) == 2


def every_answer() -> list[bytes]:
    found = []
    for path in sorted(CORPUS.glob("*.txt")):
        try:
            found.append(answer(path.read_bytes()))
        except NothingToAcknowledgeError:
            assert path.stem in {"no_header_at_all", "not_a_claim"}
    return found


def test_every_answer_is_itself_in_order() -> None:
    answers = every_answer()
    assert len(answers) == len(list(CORPUS.glob("*.txt"))) - 2
    for data in answers:
        assert [str(fault) for fault in validate(data).all_faults()] == []


def test_answers_can_have_other_delimiters() -> None:
    bad = claims(("CLM*C1002*45.5***11:B:1*Y*A*Y*Y~", "CLM*C1002*45.5***11:C:1*Y*A*Y*Y~"))
    delimiters = Delimiters("|", ">", "!", "\n")
    data = acknowledge(validate(bad), control=ControlNumbers(), created=CREATED, delimiters=delimiters)
    assert b"\nIK4|5>2|1332|7|C\n" in data
    assert validate(data).outcome is Outcome.ACCEPTED


def test_another_validator_finds_no_fault_in_the_answers() -> None:
    for edits, _ in ANSWERS.values():
        objections = pyx12_errors(answer(claims(*edits)))
        # It answers no answers: that there is none is all it may say.
        assert objections == ["no acceptance in the acknowledgement"]


def test_what_was_received_cannot_break_the_answer() -> None:
    data = good().replace(b"GS*HC*HARBORB01*", b"GS*HC*HARB~R*", 1)
    assert validate(answer(data)).outcome is Outcome.ACCEPTED
    other = good().decode("ascii").replace("\n", "").translate(str.maketrans("*:^~", "|>!\x1c"))
    other = other.replace("HARBORB01|RECV01|2026", "H*R~|RECV01|2026")
    text = answer(other.encode("ascii"))
    assert b"GS*FA*RECV01*H?R?*" in text
