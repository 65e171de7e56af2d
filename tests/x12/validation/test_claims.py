"""Claim files with one defect each: exactly that defect is found, where it is, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanclaim.x12.validation import Outcome, validate
from tests.x12.validation.building import Edit, Found, claims, found

CORPUS = Path(__file__).parents[1] / "corpus"


def edits(*pairs: Edit) -> tuple[Edit, ...]:
    return pairs


DEFECTS: dict[str, tuple[tuple[Edit, ...], list[Found]]] = {
    # --- segments
    "a segment that is missing": (
        edits(("\nN3*400 HARBOR WAY~", "")),
        [("segment-missing", 10, "2010AA", "N3")],
    ),
    "a loop that is missing": (
        edits(("\nNM1*PR*2*HARBOR HEALTH PLAN*****PI*HHP77~", "")),
        [("loop-missing", 14, "2000B", "NM1")],
    ),
    "a segment too often": (
        edits(("REF*EI*384455667~", "REF*EI*384455667~\nREF*SY*384455667~")),
        [("segment-too-often", 14, "2010AA", "REF")],
    ),
    "as often as it may": (
        edits(("REF*EI*384455667~", "REF*EI*384455667~\nREF*0B*PT1~\nREF*1G*A1~")),
        [],
    ),
    "once more than it may": (
        edits(("REF*EI*384455667~", "REF*EI*384455667~\nREF*0B*PT1~\nREF*1G*A1~\nREF*0B*PT2~")),
        [("segment-too-often", 16, "2010AA", "REF")],
    ),
    "a loop too often": (
        edits(("\nNM1*82*1*MARSH*LEE****XX*1700000015~\nPRV*PE*PXC*225100000X~\nLX*1~\nSV1*HC:97110:GP:KX", (
            "\nNM1*82*1*MARSH*LEE****XX*1700000015~\nNM1*82*1*MARSH*LIA****XX*1700000023~\nLX*1~\nSV1*HC:97110:GP:KX"
        ))),
        [("loop-too-often", 27, "2310B", "NM1")],
    ),
    "a segment out of order": (
        edits(("\nN3*400 HARBOR WAY~\nN4*KALAMAZOO*MI*490011234~", "\nN4*KALAMAZOO*MI*490011234~\nN3*400 HARBOR WAY~")),
        [("segment-out-of-order", 12, "2010AA", "N3")],
    ),
    "neighbors of one kind in any order": (
        edits((
            "NM1*DN*1*IVERS*NOOR****XX*1500000010~\nNM1*82*1*MARSH*LEE****XX*1700000015~\nPRV*PE*PXC*225100000X~",
            "NM1*82*1*MARSH*LEE****XX*1700000015~\nPRV*PE*PXC*225100000X~\nNM1*DN*1*IVERS*NOOR****XX*1500000010~",
        )),
        [],
    ),
    "a segment of no standard": (
        edits(("REF*6R*C1001L1~", "REF*6R*C1001L1~\nZZZ*1~")),
        [("unknown-segment", 32, "2400", "ZZZ")],
    ),
    "a segment of another transaction": (
        edits(("REF*6R*C1001L1~", "REF*6R*C1001L1~\nCLP*1~")),
        [("segment-not-in-transaction", 32, "2400", "CLP")],
    ),
    "a segment that belongs elsewhere": (
        edits(("NM1*40*2*EXAMPLE CLEARING*****46*RECV01~", "NM1*40*2*EXAMPLE CLEARING*****46*RECV01~\nSV1*HC:97110*1*UN*1~")),
        [("unexpected-segment", 8, "1000B", "SV1")],
    ),
    # --- elements
    "an element that is missing": (
        edits(("CLM*C1002*45.5", "CLM**45.5")),
        [("required-element-missing", 36, "2300", "CLM01")],
    ),
    "a component that is missing": (
        edits(("CLM*C1002*45.5***11:B:1", "CLM*C1002*45.5***11:B")),
        [("required-element-missing", 36, "2300", "CLM05-3")],
    ),
    "a code that is none": (
        edits(("REF*EI*384455667~", "REF*XX*384455667~")),
        [("segment-missing", 10, "2010AA", "REF"), ("invalid-code", 13, "2010AA", "REF01")],
    ),
    "a code in a segment that can be no other": (
        edits(("DTP*431*D8*20260105~", "DTP*431*D9*20260105~")),
        [("invalid-code", 22, "2300", "DTP02")],
    ),
    "a value too long": (
        edits(("N4*AUSTIN*TX*78701~\nDMG*D8*20140630*F~", "N4*AUSTIN*TEX*78701~\nDMG*D8*20140630*F~")),
        [("element-too-long", 51, "2010CA", "N402")],
    ),
    "an element that is not used": (
        edits(("LX*2~", "LX*2*1~")),
        [("too-many-elements", 32, "2400", "LX02")],
    ),
    "one of a pair": (
        edits(("NM1*DN*1*IVERS*NOOR****XX*1500000010~", "NM1*DN*1*IVERS*NOOR****XX~")),
        [("conditional-element-missing", 25, "2310A", "NM109")],
    ),
    "a state where a car was in it": (
        edits(("CLM*C1002*45.5***11:B:1*Y*A*Y*Y~", "CLM*C1002*45.5***11:B:1*Y*A*Y*Y**AA~")),
        [("dependent-element-missing", 36, "2300", "CLM11-4")],
    ),
    # --- levels
    "a level's number": (
        edits(("HL*4*3*23*0~", "HL*9*3*23*0~"), ("HL*5*3*23*0~", "HL*10*3*23*0~")),
        [("level-number-wrong", 47, "2000C", "HL01")],
    ),
    "a level's parent": (
        edits(("HL*5*3*23*0~", "HL*5*2*23*0~")),
        [("level-number-wrong", 60, "2000C", "HL02")],
    ),
    "levels promised that are not there": (
        edits(("HL*2*1*22*0~", "HL*2*1*22*1~")),
        [("level-number-wrong", 14, "2000B", "HL04")],
    ),
    "levels there that were denied": (
        edits(("HL*3*1*22*1~", "HL*3*1*22*0~")),
        [("level-number-wrong", 43, "2000B", "HL04")],
    ),
    "a line's number": (
        edits(("LX*2~", "LX*3~")),
        [("line-number-wrong", 32, "2400", "LX01")],
    ),
    "a line's number below zero": (
        edits(("LX*2~", "LX*-2~")),
        [("line-number-wrong", 32, "2400", "LX01")],
    ),
    # --- what one segment makes of another
    "a patient's address where the subscriber is the patient": (
        edits(("\nN3*12 ELM RD~\nN4*KALAMAZOO*MI*49001~", "")),
        [
            ("dependent-segment-missing", 16, "2010BA", "N3"),
            ("dependent-segment-missing", 16, "2010BA", "N4"),
        ],
    ),
    "claims at a subscriber who is not the patient": (
        edits(("SBR*P*18*GRP100******CI~", "SBR*P**GRP100******CI~")),
        [
            ("dependent-segment-missing", 14, "2000B", "HL"),
            ("dependent-segment-not-used", 14, "2000B", "CLM"),
        ],
    ),
    # --- what has no place
    "a loop of no place, and what belongs to it": (
        edits(("NM1*DN*1*IVERS*NOOR****XX*1500000010~", "NM1*QQ*1*IVERS*NOOR****XX*1500000010~\nREF*0B*PT1~\nREF*G2*1~")),
        [("invalid-code", 25, "2300", "NM101"), ("not-judged", 25, "2300", "NM1")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_is_one_fault(name: str) -> None:
    changes, expected = DEFECTS[name]
    assert found(claims(*changes)) == expected


def test_messages_say_what_was_found_and_expected() -> None:
    data = claims(
        ("REF*EI*384455667~", "REF*XX*384455667~"), ("LX*2~", "LX*3~"), ("DTP*431*D8*20260105~", "DTP*431*D8*2026~")
    )
    assert [str(fault) for fault in validate(data).all_faults()] == [
        (
            "segment 10, loop 2010AA, REF: found nothing, expected REF with EI, SY in the loop that begins here"
            " (segment-missing)"
        ),
        (
            "segment 13, loop 2010AA, REF01: found a code that has no place here, expected one of 0B, 1G, EI, SY"
            " (invalid-code)"
        ),
        "segment 22, loop 2300, DTP03: found 4 characters that are none, expected a date as YYYYMMDD (invalid-date)",
        "segment 32, loop 2400, LX01: found another number, expected 2, the next one (line-number-wrong)",
    ]


WITHOUT_FAULT = [
    "good", "good_amount_without_whole_dollars", "good_byte_order_mark", "good_dates_of_a_range",
    "good_doubled_terminators", "good_line_break_as_terminator", "good_line_rendering", "good_other_delimiters",
    "good_other_payer", "good_several_groups", "good_several_interchanges", "good_several_transactions",
    "good_trailing_blanks", "good_windows_line_breaks", "good_without_line_breaks",
]  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_FAULT)
def test_good_files_of_the_corpus_have_no_fault(name: str) -> None:
    data = (CORPUS / f"{name}.txt").read_bytes()
    assert found(data) == []
    assert validate(data).outcome is Outcome.ACCEPTED


def test_what_a_reader_forgives_a_validator_does_not() -> None:
    assert set(found((CORPUS / "good_accents_in_utf8.txt").read_bytes())) == {
        ("invalid-character", 45, "2010BA", "NM103"),
        ("invalid-character", 49, "2010CA", "NM103"),
        ("invalid-character", 62, "2010CA", "NM103"),
    }
    kinds = {(kind, place) for kind, _, _, place in found((CORPUS / "good_blanks_within_elements.txt").read_bytes())}
    assert kinds == {("invalid-code", "SV103")}
    kinds = {(kind, place) for kind, _, _, place in found((CORPUS / "good_header_not_padded.txt").read_bytes())}
    assert kinds == {("header-element-invalid", f"ISA{place}") for place in ("02", "04", "06", "08")}


def test_no_message_quotes_a_person() -> None:
    people = {"ASHDOWN", "ADA", "BELAND", "TESS", "TOM", "REX", "H100200300", "X555000111", "12", "ELM", "MILL"}
    for path in sorted(CORPUS.glob("*.txt")):
        for fault in validate(path.read_bytes()).all_faults():
            words = set(f"{fault.found} {fault.code}".replace(",", " ").split())
            assert not words & people, (path.name, str(fault))


def test_faults_past_the_limit_are_counted() -> None:
    data = (CORPUS / "good.txt").read_bytes().replace(b"*UN*", b"*XX*")
    validation = validate(data, limit=2)
    assert (len(validation.all_faults()), validation.unlisted) == (2, 3)
    assert validation.outcome is Outcome.REJECTED
    assert validate(data).unlisted == 0
