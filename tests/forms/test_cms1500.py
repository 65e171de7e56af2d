"""The claim form: which box holds what, by payer; what does not fit; where the ink lies."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cleanclaim.forms.cms1500 import (
    FONT_SIZE,
    FormNotPrintableError,
    Style,
    Totals,
    fill_form,
    render_cms1500,
    render_forms,
)
from cleanclaim.forms.sheet import Sheet, places
from cleanclaim.records import Claim
from tests.forms.claims import COMMERCIAL, MEDICARE, PATIENT, SECOND, claim, full_claim, line
from tests.forms.pages import TAIL, characters, darkest, image, page_count, published, words


def read(sheet: Sheet, field: str, line_number: int = 0) -> str:
    place = places()[field]
    row = sheet[place.row - 1 + 2 * line_number].ljust(80)
    return row[place.column - 1 : place.column - 1 + place.width].strip()


def sheet_of(form_claim: Claim, **options: Any) -> Sheet:
    form = fill_form(form_claim, **options)
    assert [str(problem) for problem in form.problems] == []
    (sheet,) = form.sheets
    return sheet


def filled(sheet: Sheet) -> dict[str, str]:
    """Every field that holds something; of service lines, the first."""
    return {field: text for field in places() if (text := read(sheet, field))}


def problems(form_claim: Claim) -> list[str]:
    return [str(problem) for problem in fill_form(form_claim).problems]


# --- what stands where ----------------------------------------------------------------------------------


def test_a_medicare_claim_fills_these_boxes_and_no_other() -> None:
    assert filled(sheet_of(claim())) == {
        "carrier_1": "MEDICARE PART B",
        "program_medicare": "X",
        "insured_id": "1EG4TE5MK73",
        "patient_name": "COLEWOOD, HARRIET, A",
        "patient_birth_month": "05",
        "patient_birth_day": "02",
        "patient_birth_year": "1948",
        "patient_sex_f": "X",
        "patient_street": "12 N LARCH ST APT 4",
        "patient_city": "CHICAGO",
        "patient_state": "IL",
        "patient_zip": "60616-0101",
        "patient_phone_area": "312",
        "patient_phone": "5550101",
        "employment_no": "X",
        "auto_no": "X",
        "other_accident_no": "X",
        "insured_group": "NONE",
        "patient_signature": "SIGNATURE ON FILE",
        "insured_signature": "SIGNATURE ON FILE",
        "onset_month": "08",
        "onset_day": "11",
        "onset_year": "26",
        "onset_qualifier": "431",
        "referring_qualifier": "DN",
        "referring_name": "SAMUEL K OADEYEMI MD",
        "referring_npi": "1999000122",
        "outside_lab_no": "X",
        "icd_indicator": "0",
        "diagnosis_a": "Z471",
        "diagnosis_b": "Z96651",
        "diagnosis_c": "M25661",
        "diagnosis_d": "R2689",
        "line_from_month": "09",
        "line_from_day": "14",
        "line_from_year": "26",
        "line_to_month": "09",
        "line_to_day": "14",
        "line_to_year": "26",
        "line_place": "11",
        "line_code": "97110",
        "line_modifier_1": "GP",
        "line_modifier_2": "KX",
        "line_modifier_3": "CQ",
        "line_modifier_4": "59",
        "line_pointers": "ABCD",
        "line_dollars": "120",
        "line_cents": "50",
        "line_units": "2",
        "line_npi": "1999000015",
        "tax_id": "001234567",
        "tax_id_employer": "X",
        "account_number": "V0014",
        "assignment_yes": "X",
        "total_continued": "180 50",
        "total_dollars": "180",
        "total_cents": "50",
        "paid_dollars": "0",
        "paid_cents": "00",
        "billing_phone_area": "312",
        "billing_phone": "5550100",
        "provider_signature": "ADAEZE OKAFOR PT",
        "facility_name": "MILLRACE PHYSICAL THERAPY",
        "facility_street": "40 MILLRACE WAY SUITE 2",
        "facility_city": "CHICAGO IL 60616-0140",
        "facility_npi": "1999000007",
        "billing_name": "MILLRACE PHYSICAL THERAPY",
        "billing_street": "40 MILLRACE WAY SUITE 2",
        "billing_city": "CHICAGO IL 60616-0140",
        "billing_npi": "1999000007",
    }


def test_a_second_line_stands_two_rows_below() -> None:
    sheet = sheet_of(claim())

    assert [read(sheet, field, 1) for field in ("line_code", "line_modifier_1", "line_pointers", "line_units")] == [
        "97140",
        "GP",
        "C",
        "1",
    ]
    assert read(sheet, "line_code", 2) == ""


def test_a_commercial_claim_names_the_insured_and_the_other_plan() -> None:
    sheet = filled(sheet_of(full_claim()))

    assert {
        field: sheet.get(field)
        for field in (
            "program_group", "program_medicare", "insured_id", "insured_name", "relation_spouse", "relation_self",
            "insured_street", "insured_city", "insured_state", "insured_zip", "insured_phone", "insured_group",
            "insured_birth_month", "insured_birth_day", "insured_birth_year", "insured_sex_m", "insured_plan",
            "other_claim_qualifier", "other_claim_number", "another_plan_yes", "another_plan_no", "other_insured_name",
            "other_insured_policy", "other_insured_plan", "carrier_1", "carrier_2", "carrier_3", "carrier_4",
        )
    } == {
        "program_group": "X", "program_medicare": None, "insured_id": "LM5550101",
        "insured_name": "COLEWOOD JR, DESMOND", "relation_spouse": "X", "relation_self": None,
        "insured_street": "98 ELM CT", "insured_city": "EVANSTON", "insured_state": "IL", "insured_zip": "60201",
        "insured_phone": None, "insured_group": "G7788", "insured_birth_month": "11", "insured_birth_day": "30",
        "insured_birth_year": "1946", "insured_sex_m": "X", "insured_plan": "LARKSPUR CHOICE",
        "other_claim_qualifier": "Y4", "other_claim_number": "PC00177", "another_plan_yes": "X",
        "another_plan_no": None, "other_insured_name": "COLEWOOD, HARRIET, A", "other_insured_policy": "GRP5",
        "other_insured_plan": "STONEGATE HEALTH", "carrier_1": "LARKSPUR MUTUAL", "carrier_2": "PO BOX 9",
        "carrier_3": "PEORIA IL 61602", "carrier_4": None,
    }  # fmt: skip


def test_the_rest_of_a_full_claim() -> None:
    sheet = filled(sheet_of(full_claim()))

    assert {
        field: sheet.get(field)
        for field in (
            "auto_yes", "auto_no", "auto_state", "onset_month", "other_date_qualifier", "other_date_month",
            "other_date_day", "other_date_year", "claim_note", "resubmission_code", "original_reference",
            "prior_authorization", "facility_name", "facility_npi", "diagnosis_a", "diagnosis_l", "paid_dollars",
            "total_dollars", "total_cents", "line_pointers",
        )
    } == {
        "auto_yes": "X", "auto_no": None, "auto_state": "IN", "onset_month": "08", "other_date_qualifier": "439",
        "other_date_month": "08", "other_date_day": "10", "other_date_year": "26",
        "claim_note": "TREATED AFTER MOTOR-VEHICLE ACCIDENT", "resubmission_code": "7",
        "original_reference": "2026ABC0001", "prior_authorization": "AUTH202677", "facility_name": "MILLRACE AQUATIC",
        "facility_npi": "1999000056", "diagnosis_a": "M25501", "diagnosis_l": "M25512", "paid_dollars": "25",
        "total_dollars": "723", "total_cents": "00", "line_pointers": "AL",
    }  # fmt: skip


# --- Medicare and the others ----------------------------------------------------------------------------


def test_medicare_after_another_payer_names_that_payers_insured() -> None:
    first = COMMERCIAL | {"group_number": "", "plan_name": ""}
    payer = MEDICARE | {"order": "secondary", "medicare_secondary_type": "12"}

    sheet = filled(sheet_of(claim(payer=payer, other_payers=(first,))))

    assert sheet["insured_name"] == "COLEWOOD JR, DESMOND"
    assert sheet["insured_group"] == "LM5550101"
    assert sheet["insured_plan"] == "LARKSPUR MUTUAL"
    assert "another_plan_yes" not in sheet
    assert "another_plan_no" not in sheet
    assert problems(claim(payer=payer)) == [
        "claim V0014: box 11: found nothing, expected the payer that comes before Medicare"
    ]


def test_box_15_is_for_others_than_medicare() -> None:
    commercial = filled(sheet_of(claim(payer=COMMERCIAL)))
    medicare = filled(sheet_of(claim()))

    assert (commercial["other_date_qualifier"], commercial["other_date_month"]) == ("454", "09")
    assert not [field for field in medicare if field.startswith("other_date")]


def test_an_injury_begins_with_its_accident_where_no_onset_is_stated() -> None:
    accident = {"kind": "employment", "on": date(2026, 7, 3)}
    sheet = filled(sheet_of(claim(payer=COMMERCIAL, accident=accident, onset_on=None)))

    assert (sheet["onset_month"], sheet["onset_day"], sheet["onset_qualifier"]) == ("07", "03", "431")
    assert (sheet["employment_yes"], sheet["auto_no"]) == ("X", "X")


@pytest.mark.parametrize(
    ("payer", "place", "facility", "expected"),
    [
        (MEDICARE, "11", False, "MILLRACE PHYSICAL THERAPY"),
        (MEDICARE, "12", False, None),
        (MEDICARE, "12", True, None),
        (MEDICARE, "11", True, "MILLRACE AQUATIC"),
        (COMMERCIAL, "11", False, None),
        (COMMERCIAL, "11", True, "MILLRACE AQUATIC"),
    ],
)
def test_box_32(payer: dict[str, Any], place: str, facility: bool, expected: str | None) -> None:  # noqa: FBT001
    where = (
        {
            "facility": {"line1": "1 Pool Rd", "city": "Cicero", "state": "IL", "zip_code": "60804"},
            "facility_name": "Millrace Aquatic",
        }
        if facility
        else {}
    )

    assert filled(sheet_of(claim(payer=payer, place_of_service=place, **where))).get("facility_name") == expected


@pytest.mark.parametrize(
    ("kind", "group", "mark"),
    [
        ("MB", "", "medicare"),
        ("MC", "", "medicaid"),
        ("CH", "", "tricare"),
        ("CI", "G1", "group"),
        ("CI", "", "other"),
        ("BL", "G1", "group"),
        ("16", "G1", "other"),
        ("VA", "", "other"),
        ("WC", "G1", "other"),
    ],
)
def test_box_1_by_kind_of_payer(kind: str, group: str, mark: str) -> None:
    payer = MEDICARE | {"filing_indicator": kind, "group_number": group}
    sheet = filled(sheet_of(claim(payer=payer)))

    assert [field for field in sheet if field.startswith("program_")] == [f"program_{mark}"]


def test_medicaid_takes_the_taxonomy_in_33b_and_others_do_not() -> None:
    medicaid = filled(sheet_of(claim(payer=MEDICARE | {"filing_indicator": "MC"})))

    assert medicaid["billing_other_id"] == "ZZ261QP2000X"
    assert "billing_other_id" not in filled(sheet_of(claim(payer=COMMERCIAL)))


def test_workers_compensation_names_the_employer_as_the_insured() -> None:
    payer = COMMERCIAL | {"filing_indicator": "WC", "employer": "Acme Foundry, Inc."}
    sheet = filled(sheet_of(claim(payer=payer)))
    unknown = filled(sheet_of(claim(payer=payer | {"employer": ""})))

    assert (sheet["insured_name"], sheet["relation_other"], sheet["employment_yes"]) == ("ACME FOUNDRY INC", "X", "X")
    assert "insured_name" not in unknown
    assert not [field for field in unknown if field.startswith("relation_")]


def test_a_claim_without_a_signature_on_file_leaves_12_and_13_to_be_signed() -> None:
    sheet = filled(sheet_of(claim(signature_on_file=False)))

    assert not {"patient_signature", "insured_signature"} & sheet.keys()


def test_the_day_in_box_31_is_only_printed_where_it_is_given() -> None:
    assert "provider_signature_date" not in filled(sheet_of(claim()))
    assert filled(sheet_of(claim(), signed_on=date(2026, 9, 30)))["provider_signature_date"] == "09 30 26"


def test_a_long_name_of_the_therapist_takes_two_rows_of_box_31() -> None:
    rendering = {
        "name": {"family_name": "Featherstone-Vance", "given_name": "Marguerite"},
        "credential": "PT",
        "npi": "1999000015",
    }
    sheet = filled(sheet_of(claim(rendering=rendering)))

    assert (sheet["provider_signature_first"], sheet["provider_signature"]) == ("MARGUERITE", "FEATHERSTONE-VANCE PT")


# --- several sheets -------------------------------------------------------------------------------------


def test_seven_lines_take_two_sheets_with_the_whole_heading_each() -> None:
    seven = tuple(line(number, charge_cents=1000 + number, pointers=(1,)) for number in range(1, 8))
    form = fill_form(full_claim(lines=seven))
    first, second = form.sheets

    assert [read(first, "line_cents", position) for position in range(6)] == ["01", "02", "03", "04", "05", "06"]
    assert [read(second, "line_cents", position) for position in range(2)] == ["07", ""]
    assert first[:42] == second[:42]
    assert (read(first, "total_continued"), read(first, "paid_dollars")) == ("CONTINUED", "")
    assert (read(second, "total_dollars"), read(second, "total_cents")) == ("70", "28")
    assert read(second, "paid_dollars") == "25"
    assert page_count(render_forms([form])) == 2


def test_six_lines_take_one_sheet_and_thirteen_take_three() -> None:
    counts = [len(fill_form(claim(lines=tuple(line(n) for n in range(1, many + 1)))).sheets) for many in (6, 7, 12, 13)]

    assert counts == [1, 2, 2, 3]


def test_medicare_totals_each_sheet_and_lays_the_payment_on_the_first() -> None:
    seven = tuple(line(number, charge_cents=1000 + number) for number in range(1, 8))
    first, second = fill_form(claim(lines=seven, patient_paid_cents=6500)).sheets

    assert [read(first, field) for field in ("total_dollars", "total_cents", "paid_dollars", "paid_cents")] == [
        "60", "21", "60", "21",
    ]  # fmt: skip
    assert [read(second, field) for field in ("total_dollars", "total_cents", "paid_dollars", "paid_cents")] == [
        "10", "07", "4", "79",
    ]  # fmt: skip


def test_the_place_of_the_total_can_be_chosen() -> None:
    seven = tuple(line(number) for number in range(1, 8))
    first, _ = fill_form(claim(lines=seven), totals=Totals.LAST_SHEET).sheets

    assert read(first, "total_continued") == "CONTINUED"


# --- what does not fit ----------------------------------------------------------------------------------


def test_a_name_of_28_characters_fits_and_one_of_29_does_not() -> None:
    def named(family: str) -> Claim:
        return claim(patient=PATIENT | {"name": {"family_name": family, "given_name": "Jo"}})

    fits, too_long = "A" * 24, "A" * 25

    assert read(sheet_of(named(fits)), "patient_name") == f"{fits}, JO"
    assert problems(named(too_long)) == ["claim V0014: box 2: found 29 characters, expected at most 28"]


def test_what_does_not_fit_is_not_printed_at_all() -> None:
    long = claim(id="ACCOUNT-2026-001")

    assert read(fill_form(long).sheets[0], "account_number") == ""
    with pytest.raises(FormNotPrintableError) as caught:
        render_cms1500([claim(), long])
    assert str(caught.value) == "claim ACCOUNT-2026-001: box 26: found 16 characters, expected at most 14"
    assert [problem.box for problem in caught.value.problems] == ["26"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"payer": MEDICARE | {"member_id": ""}}, "box 1a: found nothing"),
        ({"referring": None}, "box 17: found nothing"),
        (
            {"referring": {"name": {"family_name": "A", "given_name": "B"}, "credential": "MD"}},
            "box 17b: found nothing",
        ),
        ({"diagnoses": ()}, "box 21: found 0 diagnoses"),
        ({"diagnoses": tuple(f"M25.5{n:02d}" for n in range(1, 14))}, "box 21: found 13 diagnoses"),
        ({"frequency": "8"}, "box 22: found nothing"),
        ({"lines": (line(pointers=()),)}, "box 24E, line 1: found 0 pointers"),
        ({"lines": (line(pointers=(1, 2, 3, 4, 1)),)}, "box 24E, line 1: found 5 pointers"),
        ({"lines": (line(pointers=(5,)),)}, "box 24E, line 1: found a pointer to no diagnosis"),
        ({"lines": (line(modifiers=("GP", "KX", "CQ", "59", "76")),)}, "box 24D, line 1: found 5 modifiers"),
        ({"lines": (line(units=1000),)}, "box 24G: found 4 characters"),
        ({"lines": (line(charge_cents=10_000_000),)}, "box 24F: found 6 characters"),
        ({"lines": ()}, "box 24: found no service line"),
        ({"payer": COMMERCIAL | {"subscriber": None}}, "box 4: found nothing"),
        ({"accident": {"kind": "auto", "on": date(2026, 8, 1)}}, "box 10b: found nothing"),
        ({"note": "x" * 49}, "box 19: found 49 characters"),
        ({"patient": PATIENT | {"phone": "555-0101"}}, "box 5: found a telephone number"),
        (
            {"patient": PATIENT | {"name": {"family_name": "Петрова", "given_name": "Анна"}}},
            "box 2: found a letter that the form cannot hold",
        ),
    ],
)
def test_what_the_form_lacks_is_said_by_box(changes: dict[str, Any], expected: str) -> None:
    found = problems(claim(**changes))

    assert [text for text in found if expected in text], found


def test_limits_hold_on_both_sides() -> None:
    assert problems(claim(lines=(line(units=999, charge_cents=9_999_999),))) == []
    assert problems(claim(note="x" * 48)) == []
    assert problems(claim(diagnoses=tuple(f"M25.5{n:02d}" for n in range(1, 13)))) == []


def test_letters_lose_their_accents_and_names_their_signs() -> None:
    patient = PATIENT | {"name": {"family_name": "Núñez-O'Brién", "given_name": "José", "suffix": "III"}}

    assert read(sheet_of(claim(patient=patient)), "patient_name") == "NUNEZ-OBRIEN III, JOSE"


def test_a_problem_names_no_patient() -> None:
    patient = PATIENT | {"name": {"family_name": "Colewood" * 5, "given_name": "Harriet"}}

    assert "colewood" not in " ".join(problems(claim(patient=patient))).lower()


# --- where the ink lies ---------------------------------------------------------------------------------

EVERYTHING = full_claim(
    patient=PATIENT | {"name": {"family_name": "W" * 24, "given_name": "QJ"}},
    payer=COMMERCIAL
    | {"group_number": "W" * 29, "plan_name": "Q" * 29, "member_id": "M" * 29, "claim_number": "W" * 26},
    original_reference="W" * 18,
    prior_authorization="W" * 29,
    id="W" * 14,
    note="W" * 48,
    facility_name="W" * 26,
)


@pytest.mark.parametrize("form_claim", [claim(), full_claim(), EVERYTHING], ids=["medicare", "full", "widest"])
@pytest.mark.parametrize("style", [Style.DATA, Style.COPY])
def test_each_value_lies_inside_its_box(form_claim: Claim, style: Style) -> None:
    data = render_cms1500([form_claim], style=style)
    (sheet,) = fill_form(form_claim).sheets
    typed = [found for found in characters(data) if found.size == FONT_SIZE]  # the drawn form's words are not
    expected = 0
    for (field, number), box in published().items():
        text = read(sheet, field, max(number - 1, 0)).replace(" ", "")
        if not text or field in {"total_continued", "provider_signature_first"}:
            continue
        expected += len(text)
        place = places()[field]
        x, y = place.x, place.baseline(max(number - 1, 0))
        # The characters whose centers stand in the field's run of cells, in reading order.
        there = sorted(
            (
                found
                for found in typed
                if x < found.box.center[0] < x + 7.2 * place.width and y - 2 < found.box.center[1] < y + 9
            ),
            key=lambda found: found.box.left,
        )
        assert "".join(found.sign for found in there) == text, field
        assert [found.sign for found in there if not box.holds(found.body)] == [], (field, number)
    assert len(typed) == expected


def test_the_ink_of_a_data_page_lies_inside_the_boxes_and_nowhere_else() -> None:
    scale = 3
    picture = image(render_cms1500([EVERYTHING]), scale=scale)
    (sheet,) = fill_form(EVERYTHING).sheets
    edges = {
        key: (
            int(box.left * scale),
            int(picture.height - box.top * scale),
            int(box.right * scale) + 1,
            int(picture.height - (box.bottom - TAIL) * scale) + 1,
        )
        for key, box in published().items()
    }
    inked = [key for key in edges if read(sheet, key[0], max(key[1] - 1, 0))]
    blank = [key for key in inked if darkest(picture.crop(edges[key])) > 100]
    for area in edges.values():
        picture.paste(255, area)

    assert len(inked) == 191
    assert blank == []
    assert darkest(picture) > 250  # a trace of smoothing at an edge


def test_the_offset_moves_every_character_by_as_much() -> None:
    still, moved = characters(render_cms1500([claim()])), characters(render_cms1500([claim()], offset=(3, -2)))

    assert {
        (round(b.box.left - a.box.left, 1), round(b.box.top - a.box.top, 1)) for a, b in zip(still, moved, strict=True)
    } == {(3.0, -2.0)}


def test_the_copy_says_that_it_is_one_and_the_data_page_does_not() -> None:
    copy, data = (words(render_cms1500([claim()], style=style)) for style in ("copy", "data"))

    assert "COPY" in copy
    assert "not for submission on paper" in copy
    assert "COPY" not in data
    assert "Claim copy" not in data


def test_sheets_of_a_copy_are_numbered_where_there_are_several() -> None:
    seven = claim(lines=tuple(line(number) for number in range(1, 8)))
    data = render_cms1500([seven], style="copy")

    assert "Sheet 1 of 2" in words(data)
    assert "Sheet 2 of 2" in words(data, 1)
    assert "Sheet" not in words(render_cms1500([claim()], style="copy"))


@pytest.mark.parametrize("style", list(Style))
def test_the_same_claims_give_the_same_bytes(style: Style) -> None:
    first, second = (render_cms1500([claim(), full_claim()], style=style) for _ in range(2))

    assert first == second
    assert b"Colewood" not in first


def test_no_claim_is_an_error() -> None:
    with pytest.raises(ValueError, match="no claim to print"):
        render_cms1500([])


def test_the_second_plan_is_taken_in_order() -> None:
    third = SECOND | {"name": "Third Plan", "order": "tertiary"}

    assert read(sheet_of(full_claim(other_payers=(SECOND, third))), "other_insured_plan") == "STONEGATE HEALTH"


@pytest.mark.parametrize(
    ("payer", "paid"),
    [
        # What the patient and other payers paid; Medicare wants what the patient paid alone.
        (SECOND, ("75", "50")),
        (MEDICARE | {"order": "secondary", "medicare_secondary_type": "12"}, ("25", "00")),
    ],
)
def test_what_an_earlier_payer_paid_is_told_where_the_payer_wants_it(
    payer: dict[str, Any], paid: tuple[str, str]
) -> None:
    decided = {"order": "primary", "adjudicated_on": date(2026, 3, 20), "paid_cents": 5_050}
    first = COMMERCIAL | {"adjudication": decided}
    (sheet,) = fill_form(claim(payer=payer, other_payers=(first,), patient_paid_cents=2_500)).sheets
    assert (read(sheet, "paid_dollars"), read(sheet, "paid_cents")) == paid
