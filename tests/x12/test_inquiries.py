"""Questions to payers (270, 276): sound by their guides, numbered, and refused where a payer could not answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from cleanclaim.records import Sex, Submitter
from cleanclaim.x12 import Clearinghouse, ControlNumbers, Envelope, EnvelopeError
from cleanclaim.x12.inquiry_envelope import Asker, InquiryError, InquiryFile, Member
from cleanclaim.x12.validation import Outcome, validate
from cleanclaim.x12.writer_270 import BenefitQuestion, write_270
from cleanclaim.x12.writer_276 import StatusQuestion, write_276

ENVELOPE = Envelope(
    Submitter(name="Millrace Physical Therapy", identifier="MILLRACE01", contact="Joan", phone="3125550100"),
    "Larkspur Mutual",
    "LARK1",
)
ASKER = Asker("Millrace Physical Therapy", "1999000163", "123456789")
CREATED = datetime(2026, 9, 25, 12, 0)
MEMBER = Member("Ñandú", "Víctor", date(1960, 2, 3), Sex.MALE, "LM123")
CHILD = Member("Ñandú", "Ana", date(2012, 5, 6), Sex.FEMALE)


def benefits(*questions: BenefitQuestion, control: ControlNumbers | None = None) -> InquiryFile:
    return write_270(
        questions, asker=ASKER, envelope=ENVELOPE, control=control or ControlNumbers(17, 9, 4), created=CREATED
    )


def question(trace: str = "T1", **more: object) -> BenefitQuestion:
    told: dict[str, object] = {"member": MEMBER, "on": date(2026, 9, 25), "service_types": ("30", "PT"), **more}
    return BenefitQuestion(trace=trace, **told)  # type: ignore[arg-type]


def status(trace: str = "T3", **more: object) -> StatusQuestion:
    told: dict[str, object] = {
        "member": MEMBER,
        "control_number": "V001",
        "charge_cents": 12550,
        "begins_on": date(2026, 9, 21),
        "ends_on": date(2026, 9, 22),
        **more,
    }
    return StatusQuestion(trace=trace, **told)  # type: ignore[arg-type]


def outcome(file: InquiryFile) -> tuple[Outcome, str, list[str]]:
    [interchange] = validate(file.data).interchanges
    [verdict] = interchange.groups[0].transactions
    return verdict.outcome, verdict.guide, [str(fault) for fault in verdict.faults.listed]


def test_a_270_is_sound_by_its_guide_and_bears_our_numbers() -> None:
    file = benefits(question("T1"), question("T2", dependent=CHILD))
    assert outcome(file) == (Outcome.ACCEPTED, "005010X279A1", [])
    assert (file.interchange_control, file.group_control, file.transaction_control) == ("000000017", "9", "0004")
    text = file.data.decode()
    assert "BHT*0022*13*0000000170004*20260925*1200~" in text
    assert (
        "HL*3*2*22*0~TRN*1*T1*9123456789~NM1*IL*1*Nandu*Victor****MI*LM123~DMG*D8*19600203*M~"
        "DTP*291*D8*20260925~EQ*30~EQ*PT~" in text
    )
    assert "HL*4*2*22*1~NM1*IL*1*Nandu*Victor****MI*LM123~DMG*D8*19600203*M~HL*5*4*23*0~TRN*1*T2*9123456789~" in text
    assert "NM1*03*1*Nandu*Ana~DMG*D8*20120506*F~" in text


def test_a_276_is_sound_by_its_guide_and_names_the_claim() -> None:
    file = write_276(
        [status(payer_control_number="PCN1"), status("T4", dependent=CHILD)],
        asker=ASKER,
        envelope=ENVELOPE,
        control=ControlNumbers(),
        created=CREATED,
        production=True,
    )
    assert outcome(file) == (Outcome.ACCEPTED, "005010X212", [])
    text = file.data.decode()
    assert "TRN*1*T3~REF*1K*PCN1~REF*EJ*V001~AMT*T3*125.5~DTP*472*RD8*20260921-20260922~" in text
    assert "NM1*QC*1*Nandu*Ana~TRN*1*T4~REF*EJ*V001~" in text
    assert text[102:104] == "P*"


@pytest.mark.parametrize(
    ("more", "lacking"),
    [
        ({"member": Member("A", "B", date(1960, 1, 1))}, "a member id"),
        ({"member": Member("", "B", date(1960, 1, 1), member_id="X1")}, "the member's family name"),
        ({"member": Member("A", "B", None, member_id="X1")}, "the patient's birth date"),
        ({"dependent": Member("A", "B")}, "the patient's birth date"),
        ({"service_types": ()}, "a kind of care"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused_before_it_takes_a_number(
    more: dict[str, object], lacking: str
) -> None:
    control = ControlNumbers(17, 9, 4)
    with pytest.raises(InquiryError, match=f"^question T1: expected {lacking}$"):
        benefits(question("T1", **more), control=control)
    assert control == ControlNumbers(17, 9, 4)


def test_no_question_and_no_receiver_are_refused() -> None:
    with pytest.raises(InquiryError, match="no questions"):
        benefits()
    with pytest.raises(EnvelopeError, match="receiver identifier of 1 characters"):
        write_270(
            [question()],
            asker=ASKER,
            envelope=Envelope(ENVELOPE.submitter, "Larkspur", "L"),
            control=ControlNumbers(),
            created=CREATED,
        )


def test_a_question_through_a_clearinghouse_still_asks_the_payer() -> None:
    by = Clearinghouse("Plains Clearing", "330897513", "PLNS", "30")
    file = write_270(
        [question()],
        asker=ASKER,
        envelope=replace(ENVELOPE, clearinghouse=by),
        control=ControlNumbers(),
        created=CREATED,
    )
    found = file.data.decode().split("~")
    assert found[0].split("*")[7:9] == ["30", "330897513      "]
    assert found[1].split("*")[1:4] == ["HS", "MILLRACE01", "PLNS"]
    assert [one for one in found if one.startswith("NM1*PR*")] == ["NM1*PR*2*Larkspur Mutual*****PI*LARK1"]
    with pytest.raises(EnvelopeError, match="receiver's group identifier of 1 characters"):
        write_270(
            [question()],
            asker=ASKER,
            envelope=replace(ENVELOPE, clearinghouse=replace(by, group_code="P")),
            control=ControlNumbers(),
            created=CREATED,
        )
