"""Pair edits: what is and is not an edit in the edition of 2024-07-01, by date, order and scope."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from cleanclaim.reference import ncci

QUARTER = date(2024, 8, 15)

# Column 1 → column 2 → indicator; CMS practitioner file v30.2 (2024-07-01), rows without a deletion date.
ACTIVE: dict[str, dict[int, str]] = {
    "97530": {0: "95851 95852", 1: "97537 97542 97750"},
    "97140": {0: "97124", 1: "95851 95852 97018 97750"},
    "97150": {
        0: "95851",
        1: "97110 97112 97113 97116 97124 97140 97530 97533 97535 97537 97542 97760 97761 97763",
    },
    "97113": {0: "97036", 1: "97110 97022"},
    "97112": {1: "97022 97036"},
    "97012": {1: "97140 97018 97164"},
    "97035": {1: "97164"},
    "G0283": {1: "97164 97032"},
    "97161": {0: "95851 95852 97750 97755 97763 97164", 1: "96105 96125"},
    "97163": {0: "97161 97162"},
    "97164": {0: "95851 95852 97750 97755 97763"},
    "97750": {0: "97150 95851 95852"},
    "97755": {
        0: "97750",
        1: "97035 97110 97112 97140 97530 97533 97535 97537 97542 97545 97760 97761 97763",
    },
    "97760": {0: "97763", 1: "97110 97112 97116 97124 97140 97016 97164 29240 29520 29530 29540"},
    "97761": {0: "97763", 1: "97760 97110 97112 97116 97124 97140 97016 97164"},
    "97763": {1: "97110 97112 97116 97124 97140 97016"},
    "95992": {1: "97110 97112 97140 97530"},
    "90912": {1: "97032 97110 97112 97530 97535 97750"},
    "G0281": {0: "G0329", 1: "97032"},
    "97545": {0: "97140"},
    "20561": {0: "20560"},
    "29581": {1: "97140 97535"},
    "98940": {0: "97161 97164 97165 97168 95851 95852", 1: "97112 97124 97140"},
    "98980": {0: "97750"},
    "98978": {0: "98975 98976 98977"},
}
NAMED = [
    (column_1, column_2, indicator)
    for column_1, by_indicator in ACTIVE.items()
    for indicator, codes in by_indicator.items()
    for column_2 in codes.split()
]


@pytest.mark.parametrize(("column_1", "column_2", "indicator"), NAMED)
def test_an_active_edit_is_found_in_either_order(column_1: str, column_2: str, indicator: int) -> None:
    edit = ncci.find(column_1, column_2, QUARTER)
    assert edit is not None
    assert (edit.column_1, edit.column_2, edit.modifier_indicator) == (column_1, column_2, indicator)
    assert (edit.ended_on, edit.confirmed) == (None, True)
    assert ncci.find(column_2, column_1, QUARTER) == edit


@pytest.mark.parametrize(
    "pair",
    [
        ("97530", "97116"),
        ("97530", "97140"),
        ("97530", "97113"),
        ("97530", "97535"),
        ("97530", "97533"),
        ("97530", "97164"),
        ("97161", "97140"),
        ("97162", "97140"),
        ("97163", "97140"),
        ("97110", "97164"),
        ("97112", "97164"),
        ("97113", "97164"),
        ("97116", "97164"),
        ("97140", "97164"),
        ("97150", "97164"),
        ("97530", "97161"),
        ("97150", "97161"),
        ("97110", "97112"),
        ("97110", "97530"),
        ("97110", "97140"),
        ("97110", "97110"),
    ],
)
def test_pairs_that_are_often_quoted_and_are_no_edit(pair: tuple[str, str]) -> None:
    assert ncci.covers(*pair)
    assert ncci.find(*pair, QUARTER) is None


@pytest.mark.parametrize(
    ("pair", "last_day"),
    [
        (("97140", "97530"), date(2019, 12, 31)),
        (("97530", "97116"), date(2019, 12, 31)),
        (("97530", "97113"), date(2019, 12, 31)),
        (("97530", "97535"), date(2021, 12, 31)),
        (("97530", "97533"), date(2021, 12, 31)),
    ],
)
def test_an_ended_edit_ends_on_its_last_day(pair: tuple[str, str], last_day: date) -> None:
    edit = ncci.find(*pair, last_day)
    assert edit is not None
    assert (edit.modifier_indicator, edit.ended_on, edit.confirmed) == (1, last_day, False)
    assert ncci.find(*pair, date.fromordinal(last_day.toordinal() + 1)) is None


def test_an_edit_that_was_voided_never_was() -> None:
    for day in (date(2020, 9, 30), date(2020, 10, 1), date(2020, 10, 2)):
        assert ncci.find("97530", "97116", day) is None
        assert ncci.find("97161", "97140", day) is None
    rows = ncci.history("97116", "97530").select("modifier_indicator", "ended_on", "reason").rows()
    assert rows == [
        (9, date(1996, 1, 1), "standard_of_practice"),
        (1, date(2019, 12, 31), "mutually_exclusive"),
        (9, date(2020, 10, 1), "mutually_exclusive"),
    ]


def test_of_several_edits_of_a_pair_the_one_that_ends_next_answers() -> None:
    before = ncci.find("97110", "97150", date(2019, 12, 31))
    after = ncci.find("97110", "97150", date(2020, 1, 1))
    assert before is not None
    assert after is not None
    assert (before.ended_on, after.ended_on) == (date(2019, 12, 31), None)


@pytest.mark.parametrize(
    ("day", "confirmed"),
    [
        (date(2024, 6, 30), False),
        (date(2024, 7, 1), True),
        (date(2024, 9, 30), True),
        (date(2024, 10, 1), False),
        (date(2026, 3, 4), False),
    ],
)
def test_only_the_quarter_of_the_edition_is_confirmed(day: date, confirmed: bool) -> None:  # noqa: FBT001
    edit = ncci.find("97140", "97124", day)
    assert edit is not None
    assert edit.confirmed is confirmed
    assert ncci.edition().confirms(day) is confirmed
    assert ncci.edition().name == "2024-07-01"


def test_size_of_the_table() -> None:
    table = ncci.pairs()
    assert table.height == 12_100
    assert table.filter(pl.col("ended_on").is_null()).height == 3_583
    assert dict(table["modifier_indicator"].value_counts().iter_rows()) == {0: 2_151, 1: 6_163, 9: 3_786}
    # A void edit has always ended.
    assert table.filter(modifier_indicator=9)["ended_on"].null_count() == 0
    assert sorted(table["reason"].unique()) == [
        "code_definition",
        "coding_instruction",
        "misuse_of_column_2",
        "more_extensive",
        "mutually_exclusive",
        "separate_procedure",
        "standard_of_practice",
    ]
    assert table.filter(pl.col("ended_on") > date(2024, 6, 30)).height == 0
    assert all(ncci.covers(first, second) for first, second in table.select("column_1", "column_2").iter_rows())


def test_the_index_answers_as_the_rows_do() -> None:
    """The edit that ends next holds, on each day, of the rows that were ever in force."""
    ever = ncci.pairs().filter(pl.col("modifier_indicator") != ncci.VOID)
    assert ever.height == 8_314
    ends: dict[tuple[str, str], list[tuple[date, int]]] = {}
    for first, second, indicator, ended in ever.select(
        "column_1", "column_2", "modifier_indicator", "ended_on"
    ).iter_rows():
        ends.setdefault((first, second), []).append((ended or date.max, indicator))
    keys = pl.DataFrame(list(ends), schema=["column_1", "column_2"], orient="row")
    for day in (date(2010, 1, 1), date(2019, 12, 31), date(2020, 1, 1), QUARTER, date(2026, 3, 4)):
        days = pl.Series([day] * keys.height)
        found = ncci.indicators(keys["column_1"], keys["column_2"], days).to_list()
        few = ncci.indicators(keys["column_1"][:300], keys["column_2"][:300], days[:300]).to_list()
        assert few == found[:300]
        for pair, indicator in zip(ends, found, strict=True):
            expected = min((span for span in ends[pair] if span[0] >= day), default=(date.max, None))[1]
            # Of two edits in both orders the second begins when the first has ended.
            if pair[::-1] not in ends:
                assert indicator == expected, (pair, day)


@pytest.mark.parametrize(
    ("pair", "covered"),
    [
        (("97110", "97140"), True),
        (("97110", "99213"), True),
        (("98940", "97140"), True),
        (("99213", "98940"), False),
        (("97110", "70450"), False),
        (("97110", "00100"), False),
        (("97110", ""), False),
        (("97762", "97110"), True),
        (("97009", "97110"), False),
        (("97010", "97110"), True),
        (("97150", "97110"), True),
        (("97151", "97152"), False),
        (("G0283", "97110"), True),
        (("G0284", "97110"), False),
        (("9711", "97110"), False),
    ],
)
def test_the_scope_of_the_table(pair: tuple[str, str], covered: bool) -> None:  # noqa: FBT001
    assert ncci.covers(*pair) is covered
    assert ncci.covers(*reversed(pair)) is covered


def test_who_bills_a_code() -> None:
    assert ncci.is_therapist_code("97110")
    assert not ncci.is_therapist_code("99213")
    assert ncci.in_scope("99213")
    assert not ncci.in_scope("70450")
