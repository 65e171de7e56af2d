"""Procedure codes: content, dates on both sides, strict loading."""

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from cleanclaim.dates import LookupStatus
from cleanclaim.reference import procedure_tables, procedures
from cleanclaim.reference.procedures import Basis, Family, MedicareStatus, Section, Therapy
from cleanclaim.reference.reading import TableError
from cleanclaim.sources import Confidence, Source

DAY = timedelta(days=1)
PAGE = Source("CMS", "A page", "section 1", date(2026, 11, 21))
HORIZON = date(2026, 12, 31)

# Codes counted in 15-minute units that a physical therapist bills every week.
EVERYDAY_TIMED = "97032 97033 97034 97035 97036 97110 97112 97113 97116 97124 97140 97530 97533 97535 97537 97542 97750 97755 97760 97761 97763"
# MULT PROC 5 in the relative value files of 2020 to 2026.
ALWAYS = (
    "0791T 92507 92508 92521 92522 92523 92524 92526 92597 92607 92609 96125 97012 97016 97018 97022 97024 97026 97028 "
    "97032 97033 97034 97035 97036 97110 97112 97113 97116 97124 97140 97150 97161 97162 97163 97164 97165 97166 97167 "
    "97168 97530 97533 97535 97537 97542 97750 97755 97760 97761 97763 G0281 G0283 G0329"
)
RICH = "97110 97112 97113 97116 97124 97140 97150 97161 97162 97163 97164 97530 97535 97760 97761 97763 97032 G0283 97014 97010"

# Last valid date of service, over all edit pairs of the code, and what took its place.
DELETED = [
    ("97001", date(2016, 12, 31), ("97161", "97162", "97163")),
    ("97002", date(2016, 12, 31), ("97164",)),
    ("97003", date(2016, 12, 31), ("97165", "97166", "97167")),
    ("97004", date(2016, 12, 31), ("97168",)),
    ("97005", date(2016, 12, 31), ("97169", "97170", "97171")),
    ("97006", date(2016, 12, 31), ("97172",)),
    ("97762", date(2017, 12, 31), ("97763",)),
    ("97532", date(2017, 12, 31), ("97127", "G0515")),
    ("64550", date(2018, 12, 31), ("97014", "97032", "G0283")),
    ("97127", date(2019, 12, 31), ("97129", "97130")),
    ("G0515", date(2019, 12, 31), ("97129", "97130")),
    ("90911", date(2019, 12, 31), ("90912", "90913")),
    ("95831", date(2019, 12, 31), ()),
    ("95832", date(2019, 12, 31), ()),
    ("95833", date(2019, 12, 31), ()),
    ("95834", date(2019, 12, 31), ()),
    ("97504", date(2005, 12, 31), ("97760",)),
    ("97520", date(2005, 12, 31), ("97761",)),
    ("97703", date(2005, 12, 31), ("97762",)),
    ("98969", date(2019, 12, 31), ("98970", "98971", "98972")),
    ("G2061", date(2020, 12, 31), ("98970",)),
    ("G8978", date(2019, 12, 31), ()),
    ("G9186", date(2019, 12, 31), ()),
]
STARTED = [
    ("97161", date(2017, 1, 1)),
    ("97164", date(2017, 1, 1)),
    ("97763", date(2018, 1, 1)),
    ("97129", date(2020, 1, 1)),
    ("90912", date(2020, 1, 1)),
    ("20560", date(2020, 1, 1)),
    ("98970", date(2020, 1, 1)),
    ("G2251", date(2021, 1, 1)),
    ("98975", date(2022, 1, 1)),
    ("98980", date(2022, 1, 1)),
    ("98978", date(2023, 1, 1)),
    ("97037", date(2024, 1, 1)),
    ("97550", date(2024, 1, 1)),
    ("97552", date(2024, 1, 1)),
    ("98979", date(2026, 1, 1)),
    ("98984", date(2026, 1, 1)),
    ("98985", date(2026, 1, 1)),
    ("98986", date(2026, 1, 1)),
]


def known(code: str) -> procedures.Procedure:
    found = procedures.get(code)
    assert found is not None, code
    return found


def test_the_number_of_codes_is_as_published_here() -> None:
    codes = procedures.all_codes()
    assert len(codes) == 230
    assert list(codes) == sorted(set(codes))
    assert procedures.known_through() == HORIZON
    ended = [code for code in codes if known(code).valid_through]
    assert len(ended) == 73


@pytest.mark.parametrize(("code", "last", "successors"), DELETED)
def test_a_deleted_code_holds_through_its_last_day(code: str, last: date, successors: tuple[str, ...]) -> None:
    procedure = known(code)
    assert procedure.valid_through == last
    assert procedure.valid_through_source is not None
    assert procedure.replaced_by == successors
    assert procedures.on(code, last).status is LookupStatus.FOUND
    assert procedures.on(code, last + DAY).status is LookupStatus.OUTSIDE_DATES
    assert procedures.on(code, HORIZON + DAY).status is LookupStatus.OUTSIDE_DATES


@pytest.mark.parametrize(("code", "first"), STARTED)
def test_a_new_code_holds_from_its_first_day(code: str, first: date) -> None:
    assert known(code).valid_from == first
    assert known(code).valid_from_source is not None
    assert procedures.on(code, first - DAY).status is LookupStatus.OUTSIDE_DATES
    found = procedures.on(code, first)
    assert found.status is LookupStatus.FOUND
    assert found.value is known(code)


def test_a_successor_is_in_force_the_day_after() -> None:
    for code, last, successors in DELETED:
        for successor in successors:
            assert known(successor).holds_on(last + DAY), (code, successor)


def test_next_years_code_set_is_no_data() -> None:
    assert procedures.on("97110", HORIZON).status is LookupStatus.FOUND
    assert procedures.on("97110", HORIZON + DAY).status is LookupStatus.PAST_HORIZON


def test_lookups_without_a_key_or_a_listed_code() -> None:
    assert procedures.on(None, HORIZON).status is LookupStatus.UNKNOWN_KEY
    assert procedures.on("97110", None).status is LookupStatus.UNKNOWN_KEY
    assert procedures.on("99213", HORIZON).status is LookupStatus.NOT_LISTED
    assert procedures.get("99213") is None


@pytest.mark.parametrize("code", EVERYDAY_TIMED.split())
def test_everyday_codes_count_15_minutes_one_on_one(code: str) -> None:
    procedure = known(code)
    assert procedure.basis is Basis.TIMED_15
    assert procedure.is_timed
    assert procedure.one_on_one is True
    assert (procedure.minutes_first, procedure.minutes_each) == (None, None)


@pytest.mark.parametrize(
    ("code", "basis", "first", "each"),
    [
        ("97545", Basis.TIMED_OTHER, 120, None),
        ("97546", Basis.TIMED_OTHER, None, 60),
        ("97550", Basis.TIMED_OTHER, 30, None),
        ("97551", Basis.TIMED_OTHER, None, 15),
        ("96125", Basis.TIMED_OTHER, None, 60),
        ("96105", Basis.TIMED_OTHER, None, 60),
        ("98979", Basis.TIMED_OTHER, 10, None),
        ("98980", Basis.TIMED_OTHER, 20, None),
        ("98981", Basis.TIMED_OTHER, None, 20),
        ("97129", Basis.TIMED_15, 15, None),
        ("97130", Basis.TIMED_15, None, 15),
        ("90912", Basis.TIMED_15, 15, None),
        ("90913", Basis.TIMED_15, None, 15),
        ("97552", Basis.UNTIMED, None, None),
        ("97150", Basis.UNTIMED, None, None),
        ("97597", Basis.UNTIMED, None, None),
    ],
)
def test_codes_with_a_basis_of_their_own(code: str, basis: Basis, first: int | None, each: int | None) -> None:
    procedure = known(code)
    assert (procedure.basis, procedure.minutes_first, procedure.minutes_each) == (basis, first, each)


def test_add_on_codes_name_their_primaries() -> None:
    add_ons = {code: known(code).add_on_to for code in procedures.all_codes() if known(code).is_add_on}
    assert add_ons == {
        "0791T": ("97116",),
        "90913": ("90912",),
        "92608": ("92607",),
        "97130": ("97129",),
        "97546": ("97545",),
        "97551": ("97550",),
        "97598": ("97597",),
        "97811": ("97810", "97813"),
        "97814": ("97810", "97813"),
        "98981": ("98980",),
        "G0542": ("G0541",),
    }


def test_evaluations_by_level() -> None:
    levels = {code: known(code).evaluation_level for code in ("97161", "97162", "97163")}
    assert [level.value for level in levels.values() if level] == ["low", "moderate", "high"]
    assert all(known(code).is_evaluation and not known(code).is_reevaluation for code in levels)
    assert known("97164").is_reevaluation
    assert not known("97164").is_evaluation
    assert not known("97110").is_evaluation


def test_groups_of_two_or_more() -> None:
    groups = [code for code in procedures.all_codes() if known(code).is_group]
    assert groups == ["92508", "97150", "G0239"]
    assert known("97150").patients == 2
    assert known("97150").one_on_one is False


def test_orthotic_and_prosthetic_encounters() -> None:
    encounters = {code: known(code).encounter for code in ("97760", "97761", "97763", "97110")}
    assert [item.value if item else None for item in encounters.values()] == ["initial", "initial", "subsequent", None]


def test_sections_of_category_i_and_beyond() -> None:
    assert known("97110").section is Section.MEDICINE
    assert known("20560").section is Section.SURGERY
    assert known("29540").section is Section.SURGERY
    assert known("98016").section is Section.EVALUATION_AND_MANAGEMENT
    assert known("0791T").section is Section.CATEGORY_III
    assert known("G0283").section is Section.HCPCS_LEVEL_II
    assert [item.value for item in Section] == [
        "evaluation_and_management",
        "anesthesia",
        "surgery",
        "radiology",
        "pathology_and_laboratory",
        "medicine",
        "category_ii",
        "category_iii",
        "hcpcs_level_ii",
    ]


@pytest.mark.parametrize(
    ("code", "section"),
    [
        ("00099", None),
        ("00100", Section.ANESTHESIA),
        ("01999", Section.ANESTHESIA),
        ("27447", Section.SURGERY),
        ("73560", Section.RADIOLOGY),
        ("80053", Section.PATHOLOGY_AND_LABORATORY),
        ("90832", Section.MEDICINE),
        ("98015", Section.EVALUATION_AND_MANAGEMENT),
        ("98925", Section.MEDICINE),
        ("99201", None),
        ("99202", Section.EVALUATION_AND_MANAGEMENT),
        ("99213", Section.EVALUATION_AND_MANAGEMENT),
        ("99499", Section.EVALUATION_AND_MANAGEMENT),
        ("99500", Section.MEDICINE),
        ("1101F", Section.CATEGORY_II),
        ("0101T", Section.CATEGORY_III),
        ("L1902", Section.HCPCS_LEVEL_II),
        ("A4556", Section.HCPCS_LEVEL_II),
        ("C9999", Section.HCPCS_LEVEL_II),
        ("D0120", Section.HCPCS_LEVEL_II),
        ("E0720", Section.HCPCS_LEVEL_II),
        ("F0001", None),
        ("H2000", Section.HCPCS_LEVEL_II),
        ("I0001", None),
        ("J0000", Section.HCPCS_LEVEL_II),
        ("M0001", Section.HCPCS_LEVEL_II),
        ("N0001", None),
        ("O7110", None),
        ("P9999", Section.HCPCS_LEVEL_II),
        ("U0001", Section.HCPCS_LEVEL_II),
        ("V5008", Section.HCPCS_LEVEL_II),
        ("W0001", None),
        ("Z9999", None),
        ("97110", Section.MEDICINE),
        ("9711", None),
        ("ABCDE", None),
    ],
)
def test_section_of_any_number(code: str, section: Section | None) -> None:
    assert procedures.section_of(code) is section


@pytest.mark.parametrize("code", procedures.all_codes())
def test_ranges_agree_with_the_listed_sections(code: str) -> None:
    section = known(code).section
    if code.isdigit():
        assert [item[2] for item in procedures._sections() if item[0] <= code <= item[1]] == [section]


@pytest.mark.parametrize("code", procedures.all_codes())
def test_section_fits_the_form_of_the_code(code: str) -> None:
    section = known(code).section
    assert (section is Section.HCPCS_LEVEL_II) == code[0].isalpha()
    assert (section is Section.CATEGORY_III) == code.endswith("T")


def test_always_therapy_is_the_flag_of_the_relative_value_files() -> None:
    always = {
        code
        for code in procedures.all_codes()
        for item in known(code).therapy.values
        if item.value is Therapy.ALWAYS and item.source.confidence is Confidence.SEEN
    }
    assert always == set(ALWAYS.split())
    assert len(always) == 52


def test_therapy_designation_by_date() -> None:
    series = known("97110").therapy
    assert series.on(date(2019, 12, 31)).value is None
    assert series.on(date(2020, 1, 1)).value is Therapy.ALWAYS
    assert series.on(HORIZON).value is Therapy.ALWAYS
    assert series.on(HORIZON + DAY).status is LookupStatus.PAST_HORIZON
    monitoring = known("98985").therapy
    assert monitoring.on(date(2025, 12, 31)).value is None
    assert monitoring.on(date(2026, 1, 1)).value is Therapy.SOMETIMES
    assert known("20560").therapy.values == ()


def test_medicare_status_by_date() -> None:
    assert known("97014").medicare_status.on(HORIZON).value is MedicareStatus.INVALID
    assert known("97010").medicare_status.on(HORIZON).value is MedicareStatus.BUNDLED
    assert known("97037").medicare_status.on(HORIZON).value is MedicareStatus.NONCOVERED
    assert known("97026").medicare_status.on(HORIZON).value is MedicareStatus.RESTRICTED
    needling = known("20560").medicare_status
    assert needling.on(date(2020, 3, 31)).value is MedicareStatus.NONCOVERED
    assert needling.on(date(2020, 4, 1)).value is MedicareStatus.ACTIVE
    visits = known("98970").medicare_status
    assert visits.on(date(2020, 12, 31)).value is MedicareStatus.INVALID
    assert visits.on(date(2021, 1, 1)).value is MedicareStatus.ACTIVE


def test_what_medicare_wants_instead_and_may_not_be_charged() -> None:
    assert known("97014").medicare_code == "G0283"
    assert known("97010").medicare_patient_chargeable is False
    assert known("97110").medicare_patient_chargeable is None


@pytest.mark.parametrize("code", RICH.split())
def test_common_codes_are_a_guide(code: str) -> None:
    procedure = known(code)
    assert len(procedure.examples) >= 4
    assert len(procedure.document) >= 3
    assert procedure.questions
    assert procedure.not_this
    assert 2 <= procedure.when_to_use.count(". ") + 1 <= 5


@pytest.mark.parametrize("code", procedures.all_codes())
def test_every_code_has_words_of_its_own(code: str) -> None:
    procedure = known(code)
    assert procedure.label
    assert len(procedure.label) <= 90
    assert procedure.when_to_use.endswith(".")
    if procedure.valid_through is None:
        assert procedure.document
        assert procedure.questions
        assert procedure.examples
    for neighbor in procedure.not_this:
        assert procedures.get(neighbor.code) is not None


def test_labels_are_unique() -> None:
    labels = [known(code).label for code in procedures.all_codes()]
    assert len(labels) == len(set(labels))


def test_table_for_joins() -> None:
    table = procedure_tables.table()
    assert table.height == 230
    assert table.columns == [
        "code",
        "label",
        "section",
        "family",
        "basis",
        "unit",
        "minutes_first",
        "minutes_each",
        "is_timed",
        "one_on_one",
        "disciplines",
        "therapy_always",
        "therapy_sometimes",
        "is_evaluation",
        "evaluation_level",
        "is_reevaluation",
        "is_group",
        "patients",
        "is_add_on",
        "add_on_to",
        "encounter",
        "medicare_code",
        "medicare_patient_chargeable",
        "valid_from",
        "valid_through",
        "known_through",
        "replaced_by",
    ]
    assert table.schema["minutes_first"] == pl.Int64
    assert table.schema["replaced_by"] == pl.List(pl.String)
    for column in ("is_timed", "is_evaluation", "is_reevaluation", "is_group", "is_add_on", "replaced_by", "add_on_to"):
        assert table[column].null_count() == 0
    rows = {row["code"]: row for row in table.iter_rows(named=True)}
    assert rows["97110"]["therapy_always"] is True
    assert rows["97110"]["therapy_sometimes"] is False
    assert rows["97597"]["therapy_sometimes"] is True
    assert rows["97597"]["therapy_always"] is False
    assert rows["20560"]["therapy_always"] is None
    assert rows["20560"]["therapy_sometimes"] is None
    assert rows["97762"]["replaced_by"] == ["97763"]
    assert table["therapy_always"].sum() == 55
    assert table["therapy_sometimes"].sum() == 49
    assert table["is_timed"].sum() == len([code for code in procedures.all_codes() if known(code).is_timed])


def test_dated_tables_do_not_overlap() -> None:
    therapy = procedure_tables.therapy_table()
    assert therapy.height == 112
    assert therapy.filter(pl.col("code") == "97530").rows() == [
        ("97530", "always", "seen", date(2020, 1, 1), date(2026, 12, 31))
    ]
    status = procedure_tables.medicare_status_table()
    assert status.filter(pl.col("code") == "20561").rows() == [
        ("20561", "noncovered", date(2020, 1, 1), date(2020, 3, 31)),
        ("20561", "active", date(2020, 4, 1), date(2026, 12, 31)),
    ]
    for table in (therapy, status):
        overlap = table.join(table, on="code").filter(
            (pl.col("valid_from") < pl.col("valid_from_right"))
            & (pl.col("valid_through") >= pl.col("valid_from_right"))
        )
        assert overlap.is_empty()


MINIMAL: dict[str, Any] = {
    "label": "Something",
    "section": "medicine",
    "family": "exercise",
    "basis": "untimed",
    "unit": "each day",
    "when_to_use": "Now.",
    "source": "page",
}


def parse(**changes: object) -> procedures.Procedure:
    values = deepcopy(MINIMAL) | changes
    return procedures.parse("t.toml", {"97999": values}, {"page": PAGE}, HORIZON)["97999"]


def test_a_minimal_entry_loads_with_unknowns() -> None:
    procedure = parse()
    assert procedure.one_on_one is None
    assert procedure.valid_from is None
    assert procedure.family is Family.EXERCISE
    assert procedure.therapy.values == ()


SPAN = {"value": "always", "from": date(2020, 1, 1), "through": date(2021, 1, 1), "source": "page"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"lable": "x"}, "t.toml: 97999: unknown key 'lable'"),
        ({"source": "nobody"}, "t.toml: 97999: source cites 'nobody', which [sources] does not define"),
        ({"valid_from": date(2020, 1, 1)}, "t.toml: 97999: lacks key 'valid_from_source'; expected text"),
        ({"minutes_first": 15}, "t.toml: 97999: an untimed code has no minutes_first or minutes_each"),
        (
            {"basis": "timed_other", "minutes_first": 60, "minutes_each": 60},
            "t.toml: 97999: minutes_first and minutes_each; expected one, as further units go on another code",
        ),
        ({"basis": "timed_other"}, "t.toml: 97999: basis timed_other needs minutes_first or minutes_each"),
        (
            {"replaced_by": ["97110"], "replaced_by_source": "page"},
            "t.toml: 97999: replaced_by stands without valid_through",
        ),
        (
            {
                "valid_from": date(2020, 1, 2),
                "valid_from_source": "page",
                "valid_through": date(2020, 1, 1),
                "valid_through_source": "page",
            },
            "t.toml: 97999: valid_through is before valid_from",
        ),
        ({"therapy": [SPAN | {"note": "x"}]}, "t.toml: 97999: therapy[0]: unknown key 'note'"),
        (
            {"therapy": [SPAN, SPAN]},
            "t.toml: 97999: 97999 therapy: values from 2020-01-01 and 2020-01-01 overlap",
        ),
    ],
)
def test_a_wrong_entry_does_not_load(changes: dict[str, object], message: str) -> None:
    with pytest.raises(TableError) as error:
        parse(**changes)
    assert str(error.value) == message


def test_a_missing_source_does_not_load() -> None:
    values = {key: value for key, value in MINIMAL.items() if key != "source"}
    with pytest.raises(TableError, match=r"^t.toml: 97999: lacks key 'source'"):
        procedures.parse("t.toml", {"97999": values}, {"page": PAGE}, HORIZON)


def test_a_code_of_the_wrong_form_does_not_load() -> None:
    with pytest.raises(TableError, match=r"^t.toml: 9711: expected a table named by a five-character procedure code"):
        procedures.parse("t.toml", {"9711": MINIMAL}, {"page": PAGE}, HORIZON)
