"""Values of elements, on both sides of every limit, and what hangs together in a segment."""

from __future__ import annotations

import pytest

from cleanclaim.x12 import STANDARD, Delimiters
from cleanclaim.x12.validation.dictionary import load_dictionary
from cleanclaim.x12.validation.elements import judge_segment
from cleanclaim.x12.validation.notation import SegmentUse, parse_body
from cleanclaim.x12.validation.patterns import pattern_of


def use(line: str) -> SegmentUse:
    (one,) = parse_body(line, load_dictionary(), {})
    assert isinstance(one, SegmentUse)
    return one


def faults(line: str, raw: str, delimiters: Delimiters = STANDARD) -> list[tuple[str, int, int]]:
    """Kinds with element and component; the expression of the use must say the same."""
    one = use(line)
    found = [(fault.kind.label, fault.element, fault.component) for fault in judge_segment(one, raw, delimiters)]
    assert (pattern_of(one, delimiters).fullmatch(raw) is None) == bool(found)
    return found


@pytest.mark.parametrize(
    ("day", "is_one"),
    [
        ("20260228", True),
        ("20260229", False),
        ("20240229", True),
        ("19000229", False),
        ("20000229", True),
        ("20261231", True),
        ("20261301", False),
        ("20260001", False),
        ("20260430", True),
        ("20260431", False),
        ("20260100", False),
        ("2026010", False),
        ("202601011", False),
        ("2026010A", False),
    ],
)
def test_days_are_days_of_the_calendar(*, day: str, is_one: bool) -> None:
    assert faults("DTP : 1!=472 2!=D8 3!", f"DTP*472*D8*{day}") == ([] if is_one else [("invalid-date", 3, 0)])


@pytest.mark.parametrize(
    ("form", "value", "kind"),
    [
        ("RD8", "20260101-20260131", ""),
        ("RD8", "20260101-20260132", "invalid-date"),
        ("RD8", "20260101", "invalid-date"),
        ("DT", "202601012359", ""),
        ("DT", "202601012400", "invalid-date"),
        ("TM", "2359", ""),
        ("TM", "2360", "invalid-time"),
        ("D8", "20260101-20260131", "invalid-date"),
    ],
)
def test_periods_are_of_the_form_that_is_named(form: str, value: str, kind: str) -> None:
    assert faults("DTP : 1! 2!=D8,RD8,DT,TM 3!", f"DTP*472*{form}*{value}") == ([(kind, 3, 0)] if kind else [])


@pytest.mark.parametrize(
    ("time", "is_one"),
    [("0905", True), ("2400", False), ("090559", True), ("090560", False), ("09055912", True), ("905", False)],
)
def test_times_are_of_the_clock(*, time: str, is_one: bool) -> None:
    line = "BHT! : 1!=0019 2!=00 3! 4! 5! 6!=CH"
    expected = [] if is_one else [("invalid-time", 5, 0)]
    assert faults(line, f"BHT*0019*00*1*20261121*{time}*CH") == expected


@pytest.mark.parametrize(
    ("amount", "kind"),
    [
        ("0", ""),
        ("-12.34", ""),
        (".5", ""),
        ("12.", ""),
        ("12.340", ""),
        ("12.345", "fraction-of-a-cent"),
        ("1.2.3", "invalid-character"),
        ("1,200", "invalid-character"),
        ("--1", "invalid-character"),
        ("-", "invalid-character"),
        ("9" * 18, ""),
        ("9" * 19, "element-too-long"),
        ("9" * 16 + ".99", ""),
        ("9" * 17 + ".99", "element-too-long"),
    ],
)
def test_amounts_are_dollars_and_cents(amount: str, kind: str) -> None:
    assert faults("AMT : 1!=F5 2!", f"AMT*F5*{amount}") == ([(kind, 2, 0)] if kind else [])


@pytest.mark.parametrize(
    ("number", "kind"),
    [("7", ""), ("-7", ""), ("007", ""), ("7.0", "invalid-character"), ("1" * 6, ""), ("1" * 7, "element-too-long")],
)
def test_whole_numbers_have_no_point(number: str, kind: str) -> None:
    assert faults("LX! : 1!", f"LX*{number}") == ([(kind, 1, 0)] if kind else [])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A" * 55, ""),
        ("A" * 56, "element-too-long"),
        (" ", "required-element-missing"),
        ("", "required-element-missing"),
        ("1 ELM", ""),
        ("1\tELM", "invalid-character"),
        ("1 ÉLM", "invalid-character"),
        ("1:2", "too-many-components"),
        ("1^2", "too-many-repetitions"),
    ],
)
def test_text_is_plain_and_not_too_long(text: str, kind: str) -> None:
    assert faults("N3! : 1!", f"N3*{text}" if text else "N3") == ([(kind, 1, 0)] if kind else [])


def test_text_that_is_too_short() -> None:
    assert faults("N4! : 1! 2", "N4*X*MI") == [("element-too-short", 1, 0)]


def test_codes_are_those_of_the_guide() -> None:
    line = "NM1! : 1!=85 2!=1,2 3! 8=XX 9"
    assert faults(line, "NM1*85*2*CLINIC*****XX*1000000012") == []
    assert faults(line, "NM1*85*3*CLINIC*****XX*1000000012") == [("invalid-code", 2, 0)]
    assert faults(line, "NM1*85*2*CLINIC*****FI*1000000012") == [("invalid-code", 8, 0)]


def test_only_a_code_is_repeated_in_words_and_answers() -> None:
    line = use("NM1! : 1!=85 2!=1,2 3!")
    (fault,) = judge_segment(line, "NM1*85*3*CLINIC", STANDARD)
    assert (fault.found, fault.expected, fault.code) == ("code 3", "one of 1, 2", "3")
    (fault,) = judge_segment(line, "NM1*85*ASHDOWN*CLINIC", STANDARD)
    assert (fault.found, fault.code) == ("a value of 7 characters", "")


def test_what_is_not_used_and_what_does_not_exist() -> None:
    assert faults("NM1! : 1!=85 2!=2 3!", "NM1*85*2*CLINIC*ADA") == [("element-not-used", 4, 0)]
    assert faults("N3! : 1!", "N3*1 ELM**X") == [("too-many-elements", 3, 0)]
    assert faults("CLM! : 5!(1! 2!=B 3!)", "CLM*****11:B:1:9") == [("too-many-components", 5, 4)]
    assert faults("SV1! : 1!(1!=HC 2!)", "SV1*HC:97110:GP") == [("element-not-used", 1, 3)]


def test_delimiters_after_the_last_value() -> None:
    assert faults("N3! : 1! 2", "N3*1 ELM*") == [("trailing-delimiter", 2, 0)]
    assert faults("SV1! : 1!(1!=HC 2! 3)", "SV1*HC:97110:") == [("trailing-delimiter", 1, 3)]


def test_all_of_a_pair_or_none() -> None:
    line = "NM1! : 1!=82 2!=1 3! 8=XX 9"
    assert faults(line, "NM1*82*1*MARSH") == []
    assert faults(line, "NM1*82*1*MARSH*****XX") == [("conditional-element-missing", 9, 0)]
    assert faults(line, "NM1*82*1*MARSH******1700000015") == [("conditional-element-missing", 8, 0)]


def test_at_least_one_and_at_most_one() -> None:
    assert faults("SV2! : 1 2(1!=HC 2!)", "SV2*0420") == []
    assert faults("SV2! : 1 2(1!=HC 2!) 3", "SV2***5") == [("conditional-element-missing", 1, 0)]
    assert faults("N4! : 1! 2 7 4", "N4*AUSTIN*TX") == []
    assert faults("N4! : 1! 2 7 4", "N4*AUSTIN*TX**CA***ON") == [("excluded-element", 7, 0)]
    assert faults("N4! : 1! 2 7 4", "N4*TORONTO*****X*ON") == [
        ("element-not-used", 6, 0),
        ("conditional-element-missing", 5, 0),
        ("conditional-element-missing", 4, 0),
    ]


def test_one_that_asks_for_others() -> None:
    line = "CAS : 1!=CO 2! 3! 4-19"
    assert faults(line, "CAS*CO*45*10") == []
    assert faults(line, "CAS*CO*45*10**253*2") == []
    assert faults(line, "CAS*CO*45*10**253") == [("conditional-element-missing", 6, 0)]
    assert faults(line, "CAS*CO*45*10***2") == [("conditional-element-missing", 5, 0)]


def test_what_a_value_needs_or_forbids() -> None:
    line = "CLM! : 1! 11(1!=AA,EM 2=AA 4) | 11.1=AA needs 11.4"
    assert faults(line, "CLM*A**********EM") == []
    assert faults(line, "CLM*A**********AA:::MI") == []
    assert faults(line, "CLM*A**********AA") == [("dependent-element-missing", 11, 4)]
    line = "NM1! : 1!=85 2!=1,2 3! 4 | 2=2 no 4"
    assert faults(line, "NM1*85*1*MARSH*LEE") == []
    assert faults(line, "NM1*85*2*CLINIC*LEE") == [("dependent-element-not-used", 4, 0)]


def test_elements_that_repeat() -> None:
    line = "EB! : 1!=1 3x3"
    assert faults(line, "EB*1**30^PT^UC") == []
    assert faults(line, "EB*1**30^PT^UC^98") == [("too-many-repetitions", 3, 0)]
    assert faults(line, "EB*1**30^PTX") == [("element-too-long", 3, 0)]


def test_delimiters_of_the_file_count_and_no_others() -> None:
    others = Delimiters("|", ">", "!", "\n")
    assert faults("N3! : 1!", "N3|1*2:3^4", others) == []
    assert faults("N3! : 1!", "N3|1>2", others) == [("too-many-components", 1, 0)]
    assert faults("SV1! : 1!(1!=HC 2!) 2!", "SV1|HC>97110|90", others) == []
