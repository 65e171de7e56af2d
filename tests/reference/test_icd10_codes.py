"""Codes by date. Figures from the CMS/CDC code lists of FY2025, April 2026 and FY2027, read 2026-11-21."""

from __future__ import annotations

import tomllib
from datetime import date

import polars as pl
import pytest

from cleanclaim.dates import LookupStatus
from cleanclaim.reference import icd10
from cleanclaim.reference.icd10 import Phase, Side, State, seventh
from cleanclaim.reference.icd10.data import code_list, path_of
from cleanclaim.reference.lookup import attach
from cleanclaim.sources import Confidence

D = date.fromisoformat

# (code, date of service, billable): the M54.5 day is secondary, the others follow from the published files.
DATED = [
    ("M54.5", "2021-09-30", True),
    ("M54.5", "2021-10-01", False),
    ("M54.50", "2021-10-01", True),
    ("M51.36", "2024-09-30", True),
    ("M51.36", "2024-10-01", False),
    ("M51.360", "2024-10-01", True),
    ("M51.37", "2024-10-01", False),
    ("M51.372", "2024-10-01", True),
    ("G35", "2025-09-30", True),
    ("G35", "2025-10-01", False),
    ("G35.D", "2025-10-01", True),
    ("G35.A", "2025-10-01", True),
    ("G35.B", "2025-10-01", False),
    ("G35.B0", "2025-10-01", True),
    ("R10.2", "2025-09-30", True),
    ("R10.2", "2025-10-01", False),
    ("R10.20", "2025-10-01", True),
    ("R10.23", "2025-10-01", True),
    ("S30.1XXA", "2025-09-30", True),
    ("S30.1XXA", "2025-10-01", False),
    ("S30.11XA", "2025-10-01", True),
    ("M72.2", "2026-09-30", True),
    ("M72.2", "2026-10-01", False),
    ("M67.A01", "2026-09-30", False),
    ("M67.A01", "2026-10-01", True),
    ("M67.A02", "2026-10-01", True),
    ("M72.21", "2026-10-01", True),
    ("S23.420D", "2026-09-30", True),
    ("S23.420D", "2026-10-01", False),
]

STATES = [
    ("M25.561", "2024-09-30", State.OUTSIDE_DATES),
    ("M25.561", "2024-10-01", State.BILLABLE),
    ("M25.561", "2027-09-30", State.BILLABLE),
    ("M25.561", "2027-10-01", State.OUTSIDE_DATES),
    ("M25.56", "2026-03-04", State.HEADER),
    ("M25.56", "2024-09-30", State.OUTSIDE_DATES),
    ("M25.999", "2026-03-04", State.UNKNOWN_CODE),
    ("M25.999", "2024-09-30", State.OUTSIDE_DATES),
    ("M54.5", "2015-09-30", State.OUTSIDE_DATES),
    ("M54.5", "2015-10-01", State.BILLABLE),
    ("M54.5", "2021-10-01", State.ENDED),
    ("M54.5", "2026-11-21", State.ENDED),
    ("M54.50", "2021-09-30", State.NOT_YET),
    ("M51.360", "2024-09-30", State.NOT_YET),
    ("G35.D", "2025-09-30", State.NOT_YET),
    ("G35.B", "2025-09-30", State.NOT_YET),
    ("G35.B", "2025-10-01", State.HEADER),
    ("M67.A0", "2026-09-30", State.NOT_YET),
    ("M67.A0", "2026-10-01", State.HEADER),
    ("M67.A01", "2024-10-01", State.NOT_YET),
    ("M67.A01", "2024-09-30", State.OUTSIDE_DATES),
    ("M72.2", "2026-10-01", State.ENDED),
    ("S30.1XXA", "2025-10-01", State.ENDED),
    ("S23.420", "2026-10-01", State.ENDED),
]

REPLACEMENTS = [
    ("M72.2", "2026-10-01", ("M67A01", "M67A02", "M67A09", "M7221", "M7222", "M7220")),
    ("M54.5", "2026-03-04", ("M5450", "M5451", "M5459")),
    ("G35", "2025-10-01", ("G35D", "G35A", "G35B0", "G35B1", "G35B2", "G35C0", "G35C1", "G35C2")),
    ("R10.2", "2025-10-01", ("R1021", "R1022", "R1023", "R1024", "R1020")),
    ("M51.36", "2024-10-01", ("M51360", "M51361", "M51362", "M51369")),
    ("M51.37", "2024-10-01", ("M51370", "M51371", "M51372", "M51379")),
    ("M25.56", "2026-03-04", ("M25561", "M25562", "M25569")),
    ("S83.511", "2026-03-04", ("S83511D", "S83511A", "S83511S")),
    ("S23.420D", "2026-10-01", ("S4360XD", "S4361XD", "S4362XD")),
    ("S30.1XXS", "2025-10-01", ("S3011XS", "S3012XS", "S3013XS")),
    ("T52.8X2A", "2026-10-01", ("T52892A", "T52812A", "T52822A")),
    ("M67.A01", "2026-09-30", ("M722",)),
    ("M54.50", "2021-09-30", ("M545",)),
    ("G35.B0", "2025-09-30", ("G35",)),
    ("S30.12XD", "2025-09-30", ("S301XXD",)),
    ("M25.56Z", "2026-03-04", ("M25561", "M25562", "M25569")),
    ("M25.561", "2026-03-04", ()),
]


@pytest.mark.parametrize(("code", "day", "billable"), DATED)
def test_a_code_is_billable_on_the_days_published(code: str, day: str, *, billable: bool) -> None:
    assert icd10.status(code, D(day)).is_billable is billable


@pytest.mark.parametrize(("code", "day", "state"), STATES)
def test_a_code_has_one_state_on_each_day(code: str, day: str, state: State) -> None:
    assert icd10.status(code, D(day)).state is state
    assert icd10.state_on(icd10.normalize(code), D(day)) is state


@pytest.mark.parametrize(("code", "day", "expected"), REPLACEMENTS)
def test_replacements_are_billable_that_day_and_in_order(code: str, day: str, expected: tuple[str, ...]) -> None:
    found = icd10.status(code, D(day))
    assert found.replacements == expected
    assert all(icd10.state_on(other, D(day)) is State.BILLABLE for other in found.replacements)


@pytest.mark.parametrize(
    ("column", "day", "count"),
    [("fy2025", "2025-03-04", 74_260), ("fy2026", "2026-03-04", 74_719), ("fy2027", "2026-11-21", 74_879)],
)
def test_billable_counts_are_those_published(column: str, day: str, count: int) -> None:
    year = next(year for year in icd10.fiscal_years() if year.column == column)
    on = D(day)
    holds = (pl.col("valid_from") <= on) & (pl.col("valid_through") >= on) & pl.col("billable")
    assert year.billable_codes == count
    assert icd10.table().filter(holds).height == count


def test_one_hundred_ninety_codes_began_and_thirty_ended_on_2026_10_01() -> None:
    table = icd10.table()
    began = table.filter(pl.col("billable") & (pl.col("valid_from") == D("2026-10-01")))
    ended = table.filter(pl.col("billable") & (pl.col("valid_through") == D("2026-09-30")))
    assert (began.height, ended.height) == (190, 30)


def test_four_hundred_eighty_seven_codes_began_and_twenty_eight_ended_on_2025_10_01() -> None:
    table = icd10.table()
    began = table.filter(pl.col("billable") & (pl.col("valid_from") == D("2025-10-01")))
    ended = table.filter(pl.col("billable") & (pl.col("valid_through") == D("2025-09-30")))
    assert (began.height, ended.height) == (487, 28)


def test_bounds_are_given_only_where_they_were_read() -> None:
    ended = icd10.status("M72.2", D("2026-10-01"))
    assert (ended.valid_from, ended.valid_through) == (None, D("2026-09-30"))
    to_come = icd10.status("M67.A01", D("2026-09-30"))
    assert (to_come.valid_from, to_come.valid_through) == (D("2026-10-01"), None)
    old = icd10.status("M54.5", D("2021-09-30"))
    assert (old.valid_from, old.valid_through) == (D("2015-10-01"), D("2021-09-30"))
    assert old.source is not None
    assert old.source.confidence is Confidence.SECONDARY
    child = icd10.status("M54.50", D("2026-03-04"))
    assert (child.valid_from, child.valid_through) == (D("2021-10-01"), None)
    plain = icd10.status("M25.561", D("2026-03-04"))
    assert (plain.valid_from, plain.valid_through) == (None, None)


def test_no_data_is_neither_billable_nor_not() -> None:
    assert icd10.status("M25.561", D("2027-10-01")).is_billable is None
    assert icd10.status("M25.561", D("2024-09-30")).is_billable is None
    assert icd10.status("M25.999", D("2026-03-04")).is_billable is False


def test_get_tells_what_a_code_is() -> None:
    found = icd10.get("m25.561 ")
    assert found is not None
    assert (found.code, found.dotted, found.category) == ("M25561", "M25.561", "M25")
    assert found.label == "Pain in right knee"
    assert (found.side, found.chapter, found.seventh, found.never_first) == (Side.RIGHT, 13, None, False)
    assert icd10.get("M25.999") is None
    assert icd10.get("") is None


def test_first_listed_codes_by_kind() -> None:
    def never_first(code: str) -> bool | None:
        found = icd10.get(code)
        assert found is not None
        return found.never_first

    assert never_first("W19.XXXA") is True
    assert never_first("Y93.01") is True
    assert never_first("V00.01XA") is True
    assert never_first("B95.61") is True
    assert never_first("B97.89") is True
    assert never_first("G13.0") is True
    assert never_first("M49.82") is True
    assert never_first("M40.00") is False
    assert never_first("M54.50") is False
    assert never_first("Z47.1") is False
    assert never_first("U07.1") is False
    assert never_first("B94.8") is False


def test_billable_codes_whose_title_speaks_of_diseases_classified_elsewhere() -> None:
    now = icd10.table().filter(pl.col("billable") & (pl.col("valid_through") == D("2027-09-30")))
    named = now.filter(pl.col("label").str.contains("classified elsewhere", literal=True))
    assert named.height == 316
    assert named.filter(pl.col("is_organism")).height == 46
    assert named.filter(pl.col("is_manifestation").is_null())["code"].to_list() == ["E20811", "P91811"]
    assert named["is_manifestation"].sum() == 268


def test_a_manifestation_may_take_the_word_from_the_title_above_it() -> None:
    now = icd10.table().filter(pl.col("billable") & (pl.col("valid_through") == D("2027-09-30")))
    assert now["is_manifestation"].sum() == 314
    unknown = now.filter(pl.col("is_manifestation").is_null())
    assert unknown["code"].str.slice(0, 4).unique().sort().to_list() == ["E208", "M146", "P918"]
    charcot = icd10.get("M14.671")
    assert charcot is not None
    assert charcot.never_first is None


# --- sides -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("M25.561", {"right": "M25561", "left": "M25562", "unspecified": "M25569"}),
        ("M17.12", {"right": "M1711", "left": "M1712", "bilateral": "M170", "unspecified": "M1710"}),
        ("H81.10", {"right": "H8111", "left": "H8112", "bilateral": "H8113", "unspecified": "H8110"}),
        ("G56.03", {"right": "G5601", "left": "G5602", "bilateral": "G5603", "unspecified": "G5600"}),
        ("S83.511D", {"right": "S83511D", "left": "S83512D", "unspecified": "S83519D"}),
        ("S82.436G", {"right": "S82434G", "left": "S82435G", "unspecified": "S82436G"}),
        ("M24.874", {"right": "M24874", "left": "M24875", "unspecified": "M24876"}),
        ("M67.A01", {"right": "M67A01", "left": "M67A02", "unspecified": "M67A09"}),
        ("R10.21", {"right": "R1021", "left": "R1022", "bilateral": "R1023", "unspecified": "R1020"}),
        ("M54.2", {}),
        ("M62.81", {}),
    ],
)
def test_siblings_differ_only_in_their_side(code: str, expected: dict[str, str]) -> None:
    assert {side.value: other for side, other in icd10.siblings(code).items()} == expected


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("M75.101", Side.RIGHT),
        ("M75.102", Side.LEFT),
        ("M75.100", Side.UNSPECIFIED),
        ("M17.0", Side.BILATERAL),
        ("M17.9", None),
        ("M65.30", Side.UNSPECIFIED),
        ("M08.91", None),
        ("I50.1", None),
        ("I45.10", None),
        ("G81.91", Side.RIGHT),
        ("G81.94", Side.LEFT),
        ("G81.90", Side.UNSPECIFIED),
        ("M25.56", None),
        ("M54.40", Side.UNSPECIFIED),
    ],
)
def test_side_comes_from_the_title_and_its_mirror(code: str, side: Side | None) -> None:
    found = icd10.get(code)
    assert found is not None
    assert found.side is side


def test_on_side() -> None:
    assert icd10.on_side("M25.561", Side.LEFT) == "M25562"
    assert icd10.on_side("M25.561", Side.BILATERAL) is None
    assert icd10.on_side("M54.2", Side.LEFT) is None


def test_every_right_code_has_a_left_one() -> None:
    frame = code_list().frame
    counts = dict(frame.group_by("side").len().iter_rows())
    assert counts["right"] == counts["left"] == 15_666
    sided = frame.filter(pl.col("side").is_in(["right", "left"]))
    per_group = sided.group_by("side_group").agg(pl.col("side").sort())
    assert per_group.height == 15_666
    assert per_group["side"].to_list() == [["left", "right"]] * 15_666


# --- 7th characters --------------------------------------------------------------------------------------

# From the definitions of the tabular list, April 2026.
SETS = {
    "01": ["M1A"],
    "ADGS": ["M48.4", "M48.5"],
    "ADGKPS": [
        *("M80", "M84.3", "M84.4", "M84.5", "M84.6", "M84.75", "S42.27", "S42.31", "S42.48", "S49", "S52.01"),
        *("S52.11", "S52.21", "S52.31", "S52.52", "S52.62", "S59", "S72.47", "S79", "S82.16", "S82.31", "S82.81"),
        *("S82.82", "S89"),
    ],
    "ABDGKS": ["S02", "S12", "S22", "S32"],
    "ABDGKPS": ["S42", "S62", "S92", "S99.0", "S99.1", "S99.2"],
    "ABCDEFGHJKMNPQRS": ["S52", "S72", "S82"],
    "ADS": ["S83", "S93", "S13", "S46", "S39"],
}


@pytest.mark.parametrize(("letters", "code"), [(letters, code) for letters, codes in SETS.items() for code in codes])
def test_7th_characters_of_a_category(letters: str, code: str) -> None:
    assert seventh.allowed(icd10.normalize(code)) == letters


def test_the_usual_set_is_defined_409_times() -> None:
    sets = seventh._sets()
    assert len(sets) == 508
    assert sum(letters == "ADS" for letters in sets.values()) == 409


@pytest.mark.parametrize(
    ("code", "letter", "phase"),
    [
        ("S83511A", "A", Phase.ACTIVE),
        ("S83511D", "D", Phase.HEALING),
        ("S83511S", "S", Phase.SEQUELA),
        ("S72001C", "C", Phase.ACTIVE),
        ("S72001K", "K", Phase.HEALING),
        ("S32010G", "G", Phase.HEALING),
        ("M4850XA", "A", Phase.ACTIVE),
        ("M80051P", "P", Phase.HEALING),
        ("M1A9XX0", "0", None),
        ("M25561", None, None),
        ("M868X11", None, None),
        ("S83511", None, None),
    ],
)
def test_7th_character_and_phase(code: str, letter: str | None, phase: Phase | None) -> None:
    assert seventh.character(code) == letter
    assert seventh.phase(code) is phase


def test_7th_characters_explained() -> None:
    assert [item.character for item in seventh.meanings("S83511")] == ["A", "D", "S"]
    assert len(seventh.meanings("S72")) == 16
    assert seventh.meanings("M25561") == ()
    meaning = seventh.meaning("S83511D")
    assert meaning is not None
    assert meaning.words == "recovery after active treatment"
    assert seventh.lacks_seventh("S83511")
    assert not seventh.lacks_seventh("S83511D")
    assert not seventh.lacks_seventh("M25561")


# --- the table -------------------------------------------------------------------------------------------


def test_the_table_covers_each_code_without_gap_or_overlap() -> None:
    table = icd10.table()
    assert table["code"].n_unique() == 98_436
    assert table.select("code", "valid_from").rows() == sorted(table.select("code", "valid_from").rows())
    following = table.with_columns(
        pl.col("valid_from").shift(-1).over("code").alias("next"), pl.col("state").shift(-1).over("code").alias("then")
    ).drop_nulls("next")
    assert following.filter(pl.col("next") != pl.col("valid_through") + pl.duration(days=1)).height == 0
    assert following.filter(pl.col("then") == pl.col("state")).height == 0
    last = table.group_by("code").agg(pl.col("valid_through").max())["valid_through"].unique().to_list()
    assert last == [D("2027-09-30")]
    assert table.filter(pl.col("valid_from") < D("2024-10-01"))["code"].n_unique() == 14
    for column in ("code", "valid_from", "valid_through", "state", "billable", "label", "is_external_cause"):
        assert table[column].null_count() == 0


def test_the_table_agrees_with_single_lookups() -> None:
    table = icd10.table()
    for row in table.sample(400, seed=11).iter_rows(named=True):
        for day in (row["valid_from"], row["valid_through"]):
            found = icd10.status(row["code"], day)
            assert (found.state.value, found.is_billable) == (row["state"], row["billable"])
        one = icd10.get(row["code"])
        assert one is not None
        for name in ("label", "chapter", "is_external_cause", "is_organism", "is_manifestation", "seventh", "side"):
            assert getattr(one, name) == row[name]


def test_the_table_is_joined_by_code_and_day() -> None:
    frame = pl.DataFrame(
        {
            "dx": ["M722", "M722", "M67A01", "M25561", "M25561", "M25999", None],
            "dos": [D(day) for day in ("2026-09-30", "2026-10-01", "2026-10-01", "2024-09-30", "2027-10-01")]
            + [D("2026-03-04"), D("2026-03-04")],
        }
    )
    joined = attach(
        frame, icd10.table(), by={"dx": "code"}, day="dos", take={"state": "dx_state"}, status="dx_status",
        known_through=icd10.known_through(),
    )  # fmt: skip
    assert joined["dx_state"].to_list() == ["billable", "ended", "billable", None, None, None, None]
    assert joined["dx_status"].to_list()[3:] == [
        LookupStatus.OUTSIDE_DATES,
        LookupStatus.PAST_HORIZON,
        LookupStatus.NOT_LISTED,
        LookupStatus.UNKNOWN_KEY,
    ]
    stated = icd10.with_state(frame, code="dx", day="dos")
    assert stated["diagnosis_state"].to_list() == [
        *("billable", "ended", "billable", "outside dates", "outside dates", "unknown code", None)
    ]
    assert icd10.with_state(frame.head(0), code="dx", day="dos").columns == ["dx", "dos", "diagnosis_state"]


# --- writing, provenance ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"), [("m25.561", "M25561"), (" M25 561 ", "M25561"), ("S83.511d", "S83511D"), ("", "")]
)
def test_normalize(text: str, code: str) -> None:
    assert icd10.normalize(text) == code


def test_dotted_and_well_formed() -> None:
    assert [icd10.dotted(code) for code in ("M25561", "G35", "M542")] == ["M25.561", "G35", "M54.2"]
    assert [icd10.is_well_formed(text) for text in ("M25.561", "g35", "25.561", "M2", "M25.56123")] == [
        *(True, True, False, False, False)
    ]


def test_fiscal_years_and_horizon() -> None:
    years = icd10.fiscal_years()
    assert [(year.valid_from, year.valid_through) for year in years] == [
        (D("2024-10-01"), D("2025-09-30")),
        (D("2025-10-01"), D("2026-09-30")),
        (D("2026-10-01"), D("2027-09-30")),
    ]
    assert (icd10.read_from(), icd10.known_through()) == (D("2024-10-01"), D("2027-09-30"))
    assert all(year.source.read_on == D("2026-11-21") for year in years)
    edition = icd10.tabular_edition()
    assert [edition.confirms(D(day)) for day in ("2025-09-30", "2025-10-01", "2026-09-30", "2026-10-01")] == [
        *(False, True, True, False)
    ]


def test_the_build_record_agrees_with_the_tables() -> None:
    counts = tomllib.loads(path_of("build.toml").read_text())["counts"]
    frame = code_list().frame
    assert counts["codes"] == frame.height == 98_436
    assert [int(frame[year].sum()) for year in ("fy2025", "fy2026", "fy2027")] == [74_260, 74_719, 74_879]
    assert counts["excludes1_rows"] == icd10.excludes1_notes().height
    assert counts["excludes1_notes_left_out"] == 0
    size = sum(path_of(name).stat().st_size for name in ("codes.parquet", "excludes1.parquet", "code_first.csv"))
    assert size < 1_500_000


@pytest.mark.parametrize("word", ["PAIN", "BACK", "LBP", "KNEE", "M5", ""])
def test_a_word_is_no_code_however_it_is_written(word: str) -> None:
    assert not icd10.is_well_formed(word)


@pytest.mark.parametrize("code", ["M54.50", "QA0.01", "z47.1", "S83511D"])
def test_a_code_is_one_with_or_without_its_dot(code: str) -> None:
    assert icd10.is_well_formed(code)
