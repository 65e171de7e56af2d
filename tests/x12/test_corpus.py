"""Whole files, each with at most one defect: every claim keeps what is its own, and each defect is named and placed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleanclaim.x12 import ParsedClaim, read, read_837p

CORPUS = Path(__file__).parent / "corpus"

Summary = tuple[str, str | None, str | None, str | None, str | None, int | None, int]
"""Claim id, given names of subscriber and patient, payer, billing NPI, total in cents, lines."""

ADA_1: Summary = ("C1001", "ADA", "ADA", "HHP77", "1000000012", 18000, 2)
ADA_2: Summary = ("C1002", "ADA", "ADA", "HHP77", "1000000012", 4550, 1)
TESS: Summary = ("C1003", "REX", "TESS", "BLX01", "1000000012", 12007, 1)
TOM: Summary = ("C1004", "REX", "TOM", "BLX01", "1000000012", 3000, 1)
ALL = [ADA_1, ADA_2, TESS, TOM]


def without_biller(one: Summary) -> Summary:
    return (*one[:4], None, *one[5:])


def summary(claim: ParsedClaim) -> Summary:
    return (
        claim.id,
        claim.subscriber.given_name if claim.subscriber else None,
        claim.patient.given_name if claim.patient else None,
        claim.payer.identifier if claim.payer else None,
        claim.billing.npi if claim.billing else None,
        claim.total_charge_cents,
        len(claim.lines),
    )


NO_BILLER = [(number, "2010AA", "NM1") for number in (20, 35, 52, 65)]

GOOD = {
    "good": ALL,
    "good_accents_in_latin1": ALL,
    "good_accents_in_utf8": ALL,
    "good_amount_without_whole_dollars": [ADA_1, (*ADA_2[:5], 50, 1), TESS, TOM],
    "good_blanks_within_elements": ALL,
    "good_byte_order_mark": ALL,
    "good_dates_of_a_range": ALL,
    "good_doubled_terminators": ALL,
    "good_header_not_padded": ALL,
    "good_line_break_as_terminator": ALL,
    "good_line_rendering": ALL,
    "good_other_delimiters": ALL,
    "good_other_payer": ALL,
    "good_several_groups": [ADA_1, TESS],
    "good_several_interchanges": [ADA_1, TESS],
    "good_several_transactions": [ADA_1, TESS],
    "good_trailing_blanks": ALL,
    "good_windows_line_breaks": ALL,
    "good_without_line_breaks": ALL,
}

DEFECTS: dict[str, tuple[list[Summary], list[tuple[int, str, str]]]] = {
    # values
    "amount_is_words": (ALL, [(41, "2400", "SV102")]),
    "amount_with_three_decimals": (ALL, [(41, "2400", "SV102")]),
    "claim_id_missing": ([ADA_1, ("", *ADA_2[1:]), TESS, TOM], [(36, "2300", "CLM01")]),
    "date_that_never_was": (ALL, [(42, "2400", "DTP03")]),
    "pointer_to_no_diagnosis": (ALL, [(33, "2400", "SV107")]),
    "total_is_not_the_sum": ([(*ADA_1[:5], 18100, 2), ADA_2, TESS, TOM], [(21, "2300", "CLM02")]),
    "units_are_a_fraction": (ALL, [(41, "2400", "SV104")]),
    # order and levels
    "billing_level_lost": (
        [without_biller(one) for one in ALL],
        [
            (8, "1000B", "PRV"),
            (9, "1000B", "NM1"),
            (10, "1000B", "N3"),
            (11, "1000B", "N4"),
            (12, "1000B", "REF"),
            (13, "2000A", "HL"),
            (13, "2000B", "HL01"),
            *NO_BILLER,
        ],
    ),
    "claim_segment_and_diagnoses_lost": (
        [ADA_1, ("", *ADA_2[1:5], None, 1), TESS, TOM],
        [(38, "2300", "CLM"), (38, "2300", "HI01"), (39, "2400", "SV107")],
    ),
    "claim_segment_lost": ([ADA_1, ("", *ADA_2[1:5], None, 1), TESS, TOM], [(36, "2300", "CLM")]),
    "line_number_lost": (ALL, [(32, "2400", "LX")]),
    "patient_level_and_relation_lost": (ALL, [(60, "2000C", "HL")]),
    "patient_level_lost": (ALL, [(60, "2000C", "HL")]),
    "patient_level_names_another_subscriber": (
        [ADA_1, ADA_2, TESS, ("C1004", "ADA", "TOM", "HHP77", *TOM[4:])],
        [(60, "2000C", "HL02")],
    ),
    "providers_out_of_order": (ALL, [(27, "2310B", "NM1")]),
    "segment_of_no_meaning": (ALL, [(70, "2310B", "ZZZ")]),
    "service_lost": (ALL, [(32, "2400", "SV1")]),
    "subscriber_and_lines_lost": (
        [(*ADA_2[:6], 0), ("C1003", None, None, None, *TESS[4:])],
        [
            (21, "2400", "LX"),
            (25, "2320", "SBR"),
            (29, "2330A", "DMG"),
            (31, "2000B", "HL"),
            (31, "2010BA", "NM1"),
            (31, "2010BB", "NM1"),
            (31, "2010CA", "NM1"),
        ],
    ),
    "subscriber_level_and_its_terms_lost": (ALL, [(43, "2000B", "HL"), (45, "2000C", "HL01")]),
    "subscriber_level_code_wrong": (ALL, [(43, "2400", "HL"), (44, "2000B", "HL")]),
    "subscriber_level_garbled": (ALL, [(43, "2400", "HX"), (44, "2000B", "HL"), (47, "2000C", "HL01")]),
    "subscriber_level_lost": (ALL, [(43, "2000B", "HL"), (46, "2000C", "HL01")]),
    "subscriber_level_names_no_parent": (
        [ADA_1, ADA_2, without_biller(TESS), without_biller(TOM)],
        [(43, "2000B", "HL02"), (53, "2010AA", "NM1"), (66, "2010AA", "NM1")],
    ),
    "subscriber_level_says_patient": (ALL, [(43, "2000C", "HL02"), (44, "2000B", "HL")]),
    # envelopes
    "ends_within_a_segment": (
        ALL,
        [(72, "", "DTP"), (72, "", "SE"), (72, "", "GE"), (72, "", "IEA"), (72, "2400", "DTP03")],
    ),
    "group_count_wrong": (ALL, [(74, "", "GE01")]),
    "group_header_lost": (ALL, [(2, "", "ST"), (73, "", "GE"), (74, "", "IEA01")]),
    "header_element_missing": (ALL, [(1, "", "ISA")]),
    "interchange_number_differs": (ALL, [(75, "", "IEA02")]),
    "interchange_trailer_lost": (ALL, [(74, "", "IEA")]),
    "segment_after_trailer": (ALL, [(76, "", "NM1")]),
    "segment_count_wrong": (ALL, [(73, "", "SE01")]),
    "transaction_header_lost": (ALL, [(3, "", "ST"), (72, "", "SE01"), (72, "", "SE02")]),
    "transaction_number_differs": (ALL, [(73, "", "SE02")]),
    "transaction_trailer_lost": (ALL, [(73, "", "SE")]),
    # other files
    "institutional_claims": ([], [(3, "", "ST03")]),
    "no_header_at_all": ([], [(0, "", "ISA")]),
    "not_a_claim": ([], [(3, "", "ST01")]),
    "older_guide": (ALL, [(3, "", "ST03")]),
}


def parsed(name: str) -> list[ParsedClaim]:
    return read_837p((CORPUS / f"{name}.txt").read_bytes())[0]


def test_every_file_of_the_corpus_is_expected() -> None:
    assert {path.stem for path in CORPUS.glob("*.txt")} == GOOD.keys() | DEFECTS.keys()


@pytest.mark.parametrize("name", sorted(GOOD.keys() | DEFECTS.keys()))
def test_reading_and_writing_keeps_every_byte(name: str) -> None:
    data = (CORPUS / f"{name}.txt").read_bytes()
    assert read(data).write() == data


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_good_file_reads_without_a_problem(name: str) -> None:
    claims, problems = read_837p((CORPUS / f"{name}.txt").read_bytes())
    assert problems == []
    assert [summary(claim) for claim in claims] == GOOD[name]


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_a_defect_is_named_and_harms_nothing_else(name: str) -> None:
    claims, problems = read_837p((CORPUS / f"{name}.txt").read_bytes())
    expected_claims, expected_problems = DEFECTS[name]
    assert [summary(claim) for claim in claims] == expected_claims
    assert [(one.segment, one.loop, one.element) for one in problems] == expected_problems


def test_problems_say_what_was_found_and_expected() -> None:
    _, problems = read_837p((CORPUS / "pointer_to_no_diagnosis.txt").read_bytes())
    assert [str(one) for one in problems] == [
        "segment 33, loop 2400, SV107: found a pointer to no diagnosis of the claim, expected 1 to 2"
    ]
    _, problems = read_837p((CORPUS / "no_header_at_all.txt").read_bytes())
    assert [str(one) for one in problems] == [
        "file, ISA: found no interchange header, expected a file that begins with ISA"
    ]


def test_problems_never_quote_a_person() -> None:
    for name in DEFECTS:
        _, problems = read_837p((CORPUS / f"{name}.txt").read_bytes())
        for problem in problems:
            assert not {"ASHDOWN", "ADA", "BELAND", "LATE", "FORTY"} & set(str(problem).replace(",", " ").split())


def test_a_lost_subscriber_is_not_left_on_the_claim_before() -> None:
    before, _ = parsed("subscriber_and_lines_lost")
    assert before.other_payers == ()


def test_every_interchange_keeps_its_own_delimiters_and_numbers() -> None:
    file = read((CORPUS / "good_several_interchanges.txt").read_bytes())
    assert [(one.delimiters.element, one.delimiters.segment) for one in file.interchanges] == [
        ("*", "~"),
        ("|", "\x1c"),
    ]
    claims = parsed("good_several_interchanges")
    assert [claim.interchange_control for claim in claims] == ["000000001", "000000002"]
    assert [claim.transaction_control for claim in claims] == ["0001", "0002"]
    claims = parsed("good_several_groups")
    assert [claim.group_control for claim in claims] == ["1", "2"]


def test_names_are_read_in_either_encoding() -> None:
    for name in ("good_accents_in_utf8", "good_accents_in_latin1"):
        tess = parsed(name)[2]
        assert tess.patient is not None
        assert tess.patient.name == "BÉLAND"


def test_a_range_of_dates_is_read_as_first_and_last_day() -> None:
    line = parsed("good_dates_of_a_range")[0].lines[0]
    assert (str(line.date_of_service), str(line.date_through)) == ("2026-03-04", "2026-03-06")
    line = parsed("good")[0].lines[0]
    assert (str(line.date_of_service), str(line.date_through)) == ("2026-03-04", "2026-03-04")


def test_another_payer_of_the_claim_stays_apart_from_its_payer() -> None:
    first, second, *_ = parsed("good_other_payer")
    assert first.payer is not None
    assert (first.payer.identifier, first.payer.member_id) == ("HHP77", "H100200300")
    assert [(payer.identifier, payer.member_id, payer.filing_indicator) for payer in first.other_payers] == [
        ("01112", "1EG4TE5MK73", "MB")
    ]
    assert second.other_payers == ()


def test_who_is_named_on_a_line_renders_that_line_only() -> None:
    claim = parsed("good_line_rendering")[0]
    assert claim.rendering is not None
    assert claim.rendering.npi == claim.rendering_npi == "1700000015"
    assert [line.rendering.npi if line.rendering else None for line in claim.lines] == ["1700000023", None]


def test_an_amount_without_whole_dollars_is_cents() -> None:
    assert parsed("good_amount_without_whole_dollars")[1].lines[0].charge_cents == 50


def test_an_unreadable_value_is_unknown_and_never_a_guess() -> None:
    assert parsed("amount_is_words")[1].lines[0].charge_cents is None
    assert parsed("units_are_a_fraction")[1].lines[0].units is None
    assert parsed("date_that_never_was")[1].lines[0].date_of_service is None
    assert parsed("service_lost")[0].lines[1].code == ""
    assert parsed("pointer_to_no_diagnosis")[0].lines[1].pointers == ()
