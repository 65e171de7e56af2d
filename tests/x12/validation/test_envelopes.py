"""Envelopes: counts, control numbers, headers, trailers, and what there is no guide for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanclaim.x12.validation import Outcome, validate
from tests.x12.validation.building import Found, found, sample

CORPUS = Path(__file__).parents[1] / "corpus"
GOOD = (CORPUS / "good.txt").read_text("ascii")


def changed(*pairs: tuple[str, str]) -> bytes:
    text = GOOD
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text.encode("ascii")


DEFECTS: dict[str, tuple[tuple[tuple[str, str], ...], list[Found]]] = {
    "SE counts": ((("SE*71*", "SE*70*"),), [("segment-count-wrong", 73, "", "SE01")]),
    "SE counts with zeros": ((("SE*71*", "SE*0071*"),), []),
    "SE counts in words": (
        (("SE*71*", "SE*MANY*"),),
        [("invalid-character", 73, "ST", "SE01"), ("segment-count-wrong", 73, "", "SE01")],
    ),
    "SE number": ((("SE*71*0001~", "SE*71*0002~"),), [("transaction-number-differs", 73, "", "SE02")]),
    "SE lost": ((("SE*71*0001~\n", ""),), [("transaction-trailer-missing", 73, "", "SE")]),
    "GE counts": ((("GE*1*1~", "GE*2*1~"),), [("transaction-count-wrong", 74, "", "GE01")]),
    "GE number": ((("GE*1*1~", "GE*1*2~"),), [("group-number-differs", 74, "", "GE02")]),
    "GE lost": ((("GE*1*1~\n", ""),), [("group-trailer-missing", 74, "", "GE")]),
    "IEA counts": ((("IEA*1*", "IEA*2*"),), [("group-count-wrong", 75, "", "IEA01")]),
    "IEA number": ((("IEA*1*000000001", "IEA*1*000000002"),), [("interchange-number-differs", 75, "", "IEA02")]),
    "GE holds more": ((("GE*1*1~", "GE*1*1*1~"),), [("control-structure-invalid", 74, "", "GE")]),
    "IEA holds more": (
        (("IEA*1*000000001~", "IEA*1*000000001*000000001~"),),
        [("control-structure-invalid", 75, "", "IEA")],
    ),
    "IEA ends with a delimiter": (
        (("IEA*1*000000001~", "IEA*1*000000001*~"),),
        [("trailing-delimiter", 75, "", "IEA")],
    ),
    "IEA lost": ((("IEA*1*000000001~\n", ""),), [("ends-too-early", 74, "", "IEA")]),
    "ISA date": ((("*261121*0905*^", "*261131*0905*^"),), [("header-element-invalid", 1, "", "ISA09")]),
    "ISA time": ((("*261121*0905*^", "*261121*2405*^"),), [("header-element-invalid", 1, "", "ISA10")]),
    "ISA sender": ((("*ZZ*HARBORB01      *", "*QQ*HARBORB01      *"),), [("header-element-invalid", 1, "", "ISA05")]),
    "ISA usage": ((("*0*T*:~", "*0*X*:~"),), [("header-element-invalid", 1, "", "ISA15")]),
    "ISA repetition as before 5010": ((("*^*00501*", "*U*00501*"),), [("repetition-sign-invalid", 1, "", "ISA11")]),
    "GS date": ((("RECV01*20261121*0905*1*X", "RECV01*20261131*0905*1*X"),), [("group-header-invalid", 2, "GS", "GS04")]),
    "GS number": (
        (("*0905*1*X*005010X222A1", "*0905*A1*X*005010X222A1"),),
        [("group-number-invalid", 2, "GS", "GS06"), ("group-number-differs", 74, "", "GE02")],
    ),
    "GS code": (
        (("GS*HC*", "GS*HP*"),),
        [("group-not-supported", 2, "", "GS01"), ("transaction-name-invalid", 3, "", "ST01")],
    ),
    "ST number": (
        (("ST*837*0001*", "ST*837*001*"), ("SE*71*0001~", "SE*71*001~")),
        [
            ("element-too-short", 3, "ST", "ST02"),
            ("transaction-number-invalid", 3, "", "ST02"),
            ("element-too-short", 73, "ST", "SE02"),
        ],
    ),
    "a segment after IEA": ((("IEA*1*000000001~", "IEA*1*000000001~\nNM1*85*2~"),), [("outside-transaction", 76, "", "NM1")]),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_is_one_fault(name: str) -> None:
    pairs, expected = DEFECTS[name]
    assert sorted(found(changed(*pairs))) == sorted(expected)


def test_a_version_other_than_the_group_s_is_a_fault() -> None:
    data = changed(("ST*837*0001*005010X222A1~", "ST*837*0001*005010X223A2~"))
    assert ("guide-not-supported", 3, "", "ST03") in found(data)


def test_numbers_of_one_kind_are_used_once() -> None:
    transactions = (CORPUS / "good_several_transactions.txt").read_text("ascii")
    assert found(transactions.replace("*0002", "*0001").encode("ascii")) == [
        ("transaction-number-repeated", 37, "", "ST02")
    ]
    groups = (CORPUS / "good_several_groups.txt").read_text("ascii")
    (fault,) = found(groups.replace("*0905*2*X*", "*0905*1*X*").replace("GE*1*2~", "GE*1*1~").encode("ascii"))
    assert (fault[0], fault[3]) == ("group-number-repeated", "GS06")
    (fault,) = found((GOOD + GOOD).encode("ascii"))
    assert fault == ("interchange-number-repeated", 76, "", "ISA13")


def test_a_file_that_ends_within_a_segment_is_judged_as_far_as_it_goes() -> None:
    data = GOOD[: GOOD.index("DTP*472*D8*20260306")].encode("ascii") + b"DTP*472*D8*2026030"
    assert sorted(found(data)) == [
        ("ends-too-early", 42, "", "IEA"),
        ("ends-too-early", 42, "", "segment"),
        ("group-trailer-missing", 42, "", "GE"),
        ("invalid-date", 42, "2400", "DTP03"),
        ("transaction-trailer-missing", 42, "", "SE"),
    ]


def test_what_has_no_guide_is_not_judged() -> None:
    validation = validate((CORPUS / "older_guide.txt").read_bytes())
    assert validation.outcome is Outcome.NOT_JUDGED
    ((transaction,),) = [group.transactions for group in validation.interchanges[0].groups]
    assert (transaction.version, transaction.guide, transaction.segments) == ("004010X098A1", "", 71)
    assert transaction.outcome is Outcome.NOT_JUDGED


def test_a_transaction_of_another_trade_is_not_judged() -> None:
    data = changed(("ST*837*0001*005010X222A1~", "ST*834*0001*005010X222A1~"))
    assert found(data) == [("transaction-not-supported", 3, "", "ST01")]
    assert validate(data).outcome is Outcome.NOT_JUDGED


def test_a_broken_count_rejects_even_what_is_not_judged() -> None:
    text = (CORPUS / "older_guide.txt").read_text("ascii").replace("SE*71*", "SE*70*")
    assert validate(text.encode("ascii")).outcome is Outcome.REJECTED


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello", b"ISA", b"ISA*"])
def test_no_interchange_at_all(data: bytes) -> None:
    validation = validate(data)
    assert validation.outcome is Outcome.REJECTED


def test_a_lost_group_header_is_named_once_and_the_rest_is_judged() -> None:
    data = (CORPUS / "group_header_lost.txt").read_bytes()
    assert [(kind, place) for kind, _, _, place in found(data)][:1] == [("control-structure-invalid", "ST")]
    ((transaction,),) = [group.transactions for group in validate(data).interchanges[0].groups]
    assert transaction.guide == "005010X222A1"
    assert transaction.faults.count == 0


def test_an_answer_stands_before_the_groups() -> None:
    ta1 = "TA1*000000007*261120*0905*A*000~"
    good = sample("implementation_acknowledgment", ("*0*T*:~\nGS", f"*0*T*:~\n{ta1}\nGS"))
    assert found(good) == []
    late = sample("implementation_acknowledgment", ("\nGE*1*1~", f"\nGE*1*1~\n{ta1}"))
    assert found(late) == [("control-structure-invalid", 18, "", "TA1")]
    bad = sample("implementation_acknowledgment", ("*0*T*:~\nGS", f"*0*T*:~\n{ta1.replace('*A*000', '*B*999')}\nGS"))
    assert found(bad) == [("invalid-code", 2, "ISA", "TA104"), ("invalid-code", 2, "ISA", "TA105")]


def test_several_files_in_one_keep_their_own_delimiters() -> None:
    validation = validate((CORPUS / "good_several_interchanges.txt").read_bytes())
    assert [one.delimiters.element for one in validation.interchanges] == ["*", "|"]
    assert [one.outcome for one in validation.interchanges] == [Outcome.ACCEPTED, Outcome.ACCEPTED]


def test_a_letter_before_the_header_is_reported_and_the_rest_is_judged() -> None:
    validation = validate(("From: payer\n\n" + GOOD).encode("ascii"))
    assert [fault.kind.label for fault in validation.all_faults()] == ["no-interchange"]
    assert validation.interchanges[0].outcome is Outcome.ACCEPTED


def test_a_lost_terminator_costs_no_more_than_the_file_it_is_in() -> None:
    data = changed(("DTP*431*D8*20260105~", "DTP*431*D8*20260105" + "X" * 70_000 + "~"))
    assert ("segment-too-long", 21, "", "segment") in found(data)
