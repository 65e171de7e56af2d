"""Excludes1, order and companions. Pairs from the tabular list of April 2026, read 2026-11-21."""

from __future__ import annotations

import random

import polars as pl
import pytest

from cleanclaim.reference import icd10
from cleanclaim.reference.icd10 import CodeFirst, FirstProblem, Relation
from cleanclaim.reference.icd10.data import code_list

CONFLICTS = [
    ("M5450", "M51360"),
    ("M5459", "M51370"),
    ("M5451", "S39012D"),
    ("M5450", "M5126"),
    ("M5450", "M5441"),
    ("M545", "M5441"),
    ("M542", "F4541"),
    ("R42", "H8111"),
    ("H8113", "A881"),
    ("H8110", "R42"),
    ("R2689", "R270"),
    ("R262", "G111"),
    ("R269", "A5211"),
    ("R2681", "M623"),
    ("M6281", "M6284"),
    ("R531", "M6281"),
    ("R531", "R54"),
    ("R531", "M6284"),
    ("M75101", "S46011D"),
    ("M75121", "S46012A"),
    ("G8191", "I69351"),
    ("G8194", "I69954"),
    ("G8111", "G801"),
    ("N393", "N3946"),
    ("N3941", "R32"),
    ("N3946", "R3981"),
    ("N3944", "F980"),
    ("Z89511", "Q7201"),
    # A note with a 7th character: an open wound beside an open fracture of the forearm.
    ("S51811A", "S52501B"),
    # A note of a whole block: joint and back pain codes of M50-M54 exclude discitis.
    ("M542", "M4642"),
    # A note by final characters: ataxia after a stroke has a code of its own.
    ("R270", "I69393"),
]

ALLOWED = [
    ("R296", "Z9181"),
    ("M25561", "M79604"),
    ("M25561", "M25562"),
    ("M5450", "M542"),
    ("M5450", "M5416"),
    ("R270", "I69351"),
    ("S51811A", "S52501A"),
    ("S51811D", "S52501D"),
    ("Z471", "Z96651"),
    ("M1711", "M25561"),
    ("G8191", "I69320"),
]


@pytest.mark.parametrize(("first", "second"), CONFLICTS)
def test_pairs_that_a_note_keeps_apart(first: str, second: str) -> None:
    for pair in ([first, second], [second, first]):
        found = icd10.excludes1_conflicts(pair)
        assert [{item.code, item.excluded} for item in found] == [{first, second}]
    rows = icd10.excludes1_table([first, second]).select("code", "other").rows()
    assert sorted(rows) == sorted([(first, second), (second, first)])


@pytest.mark.parametrize(("first", "second"), ALLOWED)
def test_pairs_that_may_stand_together(first: str, second: str) -> None:
    assert icd10.excludes1_conflicts([first, second]) == []
    assert icd10.excludes1_table([first, second]).height == 0


def test_the_note_says_where_it_stands() -> None:
    (found,) = icd10.excludes1_conflicts(["M5441", "Z9181", "M5450"])
    assert (found.code, found.excluded) == ("M5450", "M5441")
    assert (found.exclusion.place, found.exclusion.note) == ("M545", "lumbago with sciatica (M54.4-)")
    assert found.opposite_sides is False


def test_opposite_sides_are_told() -> None:
    (found,) = icd10.excludes1_conflicts(["M75101", "S46012D"])
    assert found.opposite_sides is True
    (same,) = icd10.excludes1_conflicts(["M75101", "S46011D"])
    assert same.opposite_sides is False
    table = icd10.excludes1_table(["M75101", "S46012D", "S46011D"])
    assert table.select("code", "other", "opposite_sides").rows() == [
        ("M75101", "S46011D", False),
        ("M75101", "S46012D", True),
        ("S46011D", "M75101", False),
        ("S46012D", "M75101", True),
    ]


def test_repeated_and_unknown_codes_are_no_conflict() -> None:
    assert icd10.excludes1_conflicts(["M5450", "M5450", "M99999", ""]) == []
    assert icd10.excludes1_conflicts([]) == []
    assert icd10.excludes1_table([]).height == 0
    assert icd10.excludes1_table([]).columns == ["code", "other", "opposite_sides", "place", "note"]


def test_three_codes_give_each_pair_once() -> None:
    found = icd10.excludes1_conflicts(["R531", "M6281", "M6284", "R54"])
    assert {frozenset((item.code, item.excluded)) for item in found} == {
        frozenset(("R531", "M6281")),
        frozenset(("R531", "M6284")),
        frozenset(("R531", "R54")),
        frozenset(("M6281", "M6284")),
        frozenset(("R54", "M6284")),
    }
    assert len(found) == 5


def test_the_table_and_the_single_check_agree() -> None:
    chance = random.Random(4)
    pool = [code for code in code_list().codes if code[0] in "MSGRHZN"]
    codes = [*chance.sample(pool, 60), "M5450", "M5441", "R42", "H8111", "M6281", "R531", "G8191", "I69351"]
    expected = {frozenset((item.code, item.excluded)) for item in icd10.excludes1_conflicts(codes)}
    rows = icd10.excludes1_table(codes).select("code", "other").rows()
    assert {frozenset(row) for row in rows} == expected
    assert len(rows) == 2 * len(expected)


def test_excludes1_notes_are_all_there() -> None:
    notes = icd10.excludes1_notes()
    assert notes.height == 14_879
    assert notes.filter(pl.col("place") == "M50-M54")["owner"].unique().sort().to_list() == ["M50", "M51", "M53", "M54"]
    assert notes.null_count().sum_horizontal().item() == 0


# --- order -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("V0001XA", FirstProblem.EXTERNAL_CAUSE),
        ("Y998", FirstProblem.EXTERNAL_CAUSE),
        ("U071", None),
        ("Z0000", None),
        ("B9561", FirstProblem.ORGANISM),
        ("B9789", FirstProblem.ORGANISM),
        ("B948", None),
        ("B998", None),
        ("G130", FirstProblem.MANIFESTATION),
        ("M9060", FirstProblem.MANIFESTATION),
        ("M14671", None),
        ("M4982", FirstProblem.MANIFESTATION),
        ("S83511S", FirstProblem.SEQUELA),
        ("S83511D", None),
        ("M5450", None),
        ("M4000", None),
        ("E20811", None),
    ],
)
def test_what_may_not_stand_first(code: str, problem: FirstProblem | None) -> None:
    assert icd10.first_problem(code) is problem


def test_code_first_notes() -> None:
    required = icd10.code_first("M4982")
    assert required is not None
    assert (required.kind, required.place) == (CodeFirst.REQUIRED, "M49")
    wound = icd10.code_first("L97511")
    assert wound is not None
    assert (wound.kind, wound.place) == (CodeFirst.WHERE_IT_APPLIES, "L97")
    wheelchair = icd10.code_first("Z993")
    assert wheelchair is not None
    assert wheelchair.kind is CodeFirst.REQUIRED
    assert icd10.code_first("M5450") is None
    assert icd10.is_manifestation("E20811") is None
    assert icd10.is_manifestation("M14671") is None
    assert icd10.is_manifestation("M99999") is None


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["Z471", "Z96651"], []),
        (["Z471", "M25561"], [("Z471", None, Relation.ALSO)]),
        (["Z96651", "Z471"], []),
        (["Z4781", "Z89511"], []),
        (["Z4781"], [("Z4781", None, Relation.ALSO)]),
        (["Z5189"], [("Z5189", None, Relation.ALSO)]),
        (["Z5189", "M5450"], []),
        (["Z5189", "W19XXXD"], [("Z5189", None, Relation.ALSO)]),
        (["Z993", "G8221"], [("Z993", None, Relation.AFTER)]),
        (["G8221", "Z993"], []),
        (["Z4789", "S72001D"], [("Z4789", "S72001D", Relation.NOT_WITH)]),
        (["Z4789", "S72001S"], []),
        (["Z4789", "M1711"], []),
        (["Z4889", "S83511D"], [("Z4889", "S83511D", Relation.NOT_WITH)]),
        (["M5450", "M25561"], []),
    ],
)
def test_companions(codes: list[str], expected: list[tuple[str, str | None, Relation]]) -> None:
    found = icd10.companion_problems(codes)
    assert [(item.code, item.other, item.companion.relation) for item in found] == expected


def test_every_companion_prefix_is_a_code() -> None:
    for companion in icd10.companions():
        assert companion.prefix in code_list().position
        for other in companion.others:
            assert other == "*" or len(code_list().below(other)) > 0
