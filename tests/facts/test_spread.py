"""Columns of tall tables that are known by kind, or by another table's row, are what they would be written out."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from cleanclaim.facts import alike as alike_module
from cleanclaim.facts import frames as frames_module
from cleanclaim.facts import numbering
from cleanclaim.facts.alike import Alike
from cleanclaim.facts.frames import Frames, GivenBackError, Part, numbers_of
from cleanclaim.facts.ground import Ground
from cleanclaim.facts.interpreter.formula import Formula
from cleanclaim.facts.spread import ByKind, ByOwner, Kinds, Passed, Repeated

CLAIMS = pl.DataFrame(
    {
        "claim_id": [0, 1, 2, 3],
        "payer": ["medicare_b", None, "cigna", "medicare_b"],
        "limit": [1, None, 3, 1],
        "nowhere": pl.Series([None] * 4, dtype=pl.Date),
    }
)
LINES = pl.DataFrame({"line_id": [0, 1, 2, 3, 4], "claim_id": [3, 0, 0, 1, 3], "code": ["a", "b", "a", None, "a"]})
OF_LINES = ["medicare_b", "medicare_b", "medicare_b", None, "medicare_b"]
BY_PAYER = Kinds(np.array([0, 1, 2], np.int32), np.array([0, 1, 2, 0], np.int32))


@pytest.fixture
def tall(monkeypatch: pytest.MonkeyPatch) -> Frames:
    """Two tables that count as tall, the first with a column `rate` known by payer, the second reading it."""
    for module, name in (
        (frames_module, "FEW_ROWS"),
        (alike_module, "FEW_ROWS"),
        (numbering, "_KINDS_PER_ROW"),
        (numbering, "_FEWEST_REPEATS"),
    ):
        monkeypatch.setattr(module, name, -1)
    frames = Frames({"claims": CLAIMS, "lines": LINES})
    frames.spread("claims", [pl.Series("rate", [10, None, 30]), pl.Series("flag", [True, True, None])], BY_PAYER)
    read = [("payer", "payer"), ("nowhere", "nowhere"), ("rate", "claim_rate"), ("flag", "flag")]
    frames.read("lines", "claims", read, "claim_id")
    return frames


def test_kinds_that_no_row_of_the_other_table_has_are_not_passed_on() -> None:
    passed = Passed.on(BY_PAYER, LINES.get_column("claim_id").to_numpy())

    assert passed.kinds.of_row.tolist() == [0, 0, 0, 1, 0]
    assert passed.column(pl.Series("rate", [10, None, 30]), "its").answers.to_list() == [10, None]


def test_a_column_is_written_out_only_when_it_is_asked_for(tall: Frames) -> None:
    assert isinstance(tall.form("lines", "claim_rate"), ByKind)
    assert isinstance(tall.form("lines", "payer"), ByOwner)
    assert tall.names("lines") == {"line_id", "claim_id", "code", "payer", "nowhere", "claim_rate", "flag"}

    frame = tall.holding("lines", ["claim_rate"])

    assert frame.columns == ["line_id", "claim_id", "code", "claim_rate"]
    assert frame.get_column("claim_rate").to_list() == [10, 10, 10, None, 10]
    assert tall["lines"].get_column("payer").to_list() == OF_LINES
    assert tall["lines"].schema["nowhere"] == pl.Date
    assert tall["lines"].columns == ["line_id", "claim_id", "code", "claim_rate", "flag", "payer", "nowhere"]


def test_a_column_that_is_null_throughout_takes_no_row(tall: Frames) -> None:
    tall.add("lines", [pl.Series("minutes", [None] * 5, dtype=pl.Int64), pl.Series("units", [1, None, 1, 1, 1])])
    tall.compute("lines", [(pl.col("minutes") + pl.col("units")).alias("sum"), pl.lit("x").alias("mark")])

    for name in ("minutes", "sum"):
        form = tall.form("lines", name)
        assert isinstance(form, ByKind)
        assert form.answers.to_list() == [None]
        assert tall.column("lines", name).to_list() == [None] * 5
    assert tall.column("lines", "sum").dtype == pl.Int64
    assert tall.column("lines", "mark").to_list() == ["x"] * 5
    # It was written for those who asked, and is not kept.
    assert tall.holding("lines", ()).columns == ["line_id", "claim_id", "code", "units", "mark"]


def test_some_rows_are_taken_without_the_others(tall: Frames) -> None:
    taken = tall.taken("lines", ["code", "payer", "claim_rate", "nowhere"], np.array([3, 0]))

    assert taken.rows() == [(None, None, None, None), ("a", "medicare_b", 10, None)]
    assert tall.holding("lines", ()).columns == ["line_id", "claim_id", "code"]


def test_where_a_column_is_null_is_told_without_writing_it(tall: Frames) -> None:
    assert tall.nulls("lines", "nowhere") is True
    assert tall.nulls("lines", "flag") is False
    assert tall.nulls("lines", "line_id") is False
    for name, expected in (("payer", [3]), ("claim_rate", [3]), ("code", [3])):
        assert np.flatnonzero(tall.nulls("lines", name)).tolist() == expected
    assert tall.holding("lines", ()).columns == ["line_id", "claim_id", "code"]


def test_columns_known_by_the_same_kinds_of_row_differ_by_those_kinds(tall: Frames) -> None:
    alike = Alike(tall)

    assert alike.kinds("claims", ["rate", "flag", "nowhere"]) is BY_PAYER
    assert alike.kinds("claims", ["nowhere"]) is tall.one("claims")


@pytest.mark.parametrize("names", [["code", "claim_rate"], ["payer", "code"], ["code", "nowhere"], ["line_id", "flag"]])
def test_rows_of_a_kind_are_alike_and_rows_of_two_are_not(names: list[str], tall: Frames) -> None:
    alike = Alike(tall)

    kinds = alike.kinds("lines", names)

    assert kinds is not None
    written = tall["lines"].select(names).rows()
    assert alike.rows("lines", names, kinds).rows() == list(dict.fromkeys(written[row] for row in kinds.rows))
    assert [alike.rows("lines", names, kinds).rows()[kind] for kind in kinds.of_row] == written
    assert len(kinds.rows) == len(set(written))


def test_expressions_are_asked_of_the_kinds_that_differ_in_what_they_read(tall: Frames) -> None:
    def formula(name: str, expr: pl.Expr) -> Formula:
        return Formula(name, expr.alias(name), pl.Int64, lambda _: "Int64")

    first, second = formula("twice", pl.col("rate") * 2), formula("or", pl.col("flag") & (pl.col("rate") > 5))

    by_kind, directly = Alike(tall).together("claims", [first, second, formula("same", pl.lit(1))])

    (kinds, asked), (one, constant) = by_kind
    assert kinds is BY_PAYER
    assert asked.formulas == [first, second]
    assert list(asked.reads) == ["rate", "flag"]
    assert one is tall.one("claims")
    assert [formula.name for formula in constant.formulas] == ["same"]
    assert not directly.formulas


def test_rows_are_told_apart_by_all_columns_of_few_values_that_were_asked_for(
    tall: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines 0, 1 and 4 are alike by the payer's rate; by their codes too, 0 and 4 are, and 1 stands apart."""
    alike = Alike(tall)
    by_rate = _kinds_asked_of(alike, pl.col("claim_rate") * 2)
    by_both = _kinds_asked_of(alike, pl.col("claim_rate").is_null() | (pl.col("code") == "a"))

    assert [by_rate.of_row.tolist()[line] == by_rate.of_row[0] for line in range(5)] == [True, True, True, False, True]
    assert [by_both.of_row.tolist()[line] == by_both.of_row[0] for line in range(5)] == [True, False, True, False, True]
    # Rows of a finer kind are of one coarser kind, so the finest serves both.
    assert alike.finer("lines", by_rate, by_both) is by_both
    assert _kinds_asked_of(alike, pl.col("claim_rate") * 3) is by_both
    assert alike.finer("lines", by_rate, BY_PAYER) is None
    # A lookup asks no more rows than differ in what it reads.
    looked_up = alike.kinds("lines", ["claim_rate", "nowhere"])
    assert looked_up is not None
    assert looked_up.of_row.tolist() == by_rate.of_row.tolist()
    assert by_both.counts.tolist() == np.bincount(by_both.of_row).tolist()

    # A column of many values is told apart for those alone who ask for it.
    monkeypatch.setattr(alike_module, "_MOST_VALUES", 2)
    apart = Alike(tall)
    assert len(_kinds_asked_of(apart, pl.col("code") == "a").rows) == len(["a", "b", None])
    assert len(_kinds_asked_of(apart, pl.col("claim_rate") * 2).rows) == len([10, None])


def _kinds_asked_of(alike: Alike, expr: pl.Expr) -> Kinds:
    (kinds, _), *others = alike.together("lines", [Formula("x", expr.alias("x"), pl.Int64, lambda _: "Int64")])[0]
    assert not others
    return kinds


def test_a_column_of_which_every_value_differs_is_not_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike_module, "FEW_ROWS", 100)
    columns = {"key": range(1_000), "half": [row // 500 for row in range(1_000)], "wide": [10**9, 0] * 500}
    alike = Alike(Frames({"lines": pl.DataFrame(columns)}))

    assert alike.kinds("lines", ["key"]) is None
    assert alike.kinds("lines", ["wide"]) is None
    assert alike.kinds("lines", ["half", "key"]) is None
    half = alike.kinds("lines", ["half"])
    assert half is not None
    assert half.of_row.tolist() == columns["half"]


@pytest.mark.parametrize(("count", "size"), [(1, 1), (128, 1), (129, 2), (32_768, 2), (32_769, 4)])
def test_kinds_are_kept_in_the_least_memory_that_tells_them_apart(count: int, size: int) -> None:
    every = np.arange(count, dtype=np.int32)
    kinds = Kinds(every, every)

    assert kinds.of_row.itemsize == size
    assert kinds.spread(pl.Series("row", every)).to_list() == every.tolist()


def test_kinds_by_which_nothing_is_known_any_more_take_no_memory() -> None:
    ground = Ground(BY_PAYER)
    ground.hold(Kinds(np.zeros(1, np.int32), np.zeros(4, np.int32)))

    assert list(ground._coarser) == [BY_PAYER]


def test_answers_that_no_row_has_are_no_kind_of_row() -> None:
    repeated = Repeated(pl.DataFrame({"says": ["a", "b", "c"]}), np.array([2, 0, 2, 2], np.int32))

    answers, kinds = repeated.by_kind()

    assert repeated.written().get_column("says").to_list() == ["c", "a", "c", "c"]
    assert answers.get_column("says").to_list() == ["a", "c"]
    assert kinds.spread(answers.get_column("says")).to_list() == ["c", "a", "c", "c"]
    assert [repeated.of_row[row] for row in kinds.rows] == [0, 2]


@pytest.mark.parametrize(
    ("table", "name", "values"),
    [
        ("claims", "payer", CLAIMS.get_column("payer").to_list()),
        ("lines", "payer", OF_LINES),
        ("lines", "code", LINES.get_column("code").to_list()),
        ("lines", "its", ["x", "x", "x", None, "x"]),
    ],
)
def test_texts_of_a_run_are_told_apart_once(table: str, name: str, values: list[str | None], tall: Frames) -> None:
    tall.spread("lines", [pl.Series("its", ["x", None])], Kinds(np.array([0, 3]), np.array([0, 0, 0, 1, 0])))

    told = numbers_of(Part(tall, {table: [name]}), table, name)

    assert tall.numbers(table, name) is tall.numbers(table, name)
    assert told.known.tolist() == [value is not None for value in values]
    number: dict[str, int] = {}
    for value, own in zip(values, told.values.tolist(), strict=True):
        if value is not None:
            assert number.setdefault(value, own) == own
    assert len(set(number.values())) == len(number)


def test_numbers_of_texts_are_given_back_with_the_texts(tall: Frames) -> None:
    assert tall.numbers("lines", "code").tolist() == [1, 2, 1, 0, 1]

    tall.give_back("lines", ["code"])

    with pytest.raises(GivenBackError):
        tall.numbers("lines", "code")


def test_long_lists_are_not_copied_for_rows_that_other_columns_tell_apart(tall: Frames) -> None:
    everything = [f"{code:05}" for code in range(20)]
    tall.spread("claims", [pl.Series("left_out", [everything, ["97140"], ["97110"]])], BY_PAYER)
    tall.add(
        "claims", [pl.Series("mark", ["w", "x", "y", "z"]), pl.Series("code", ["00001", "00001", "97110", "00001"])]
    )
    listed = Formula(
        "listed", pl.col("left_out").list.contains(pl.col("code")).alias("listed"), pl.Boolean, lambda _: "Boolean"
    )
    marked = Formula("marked", (pl.col("mark") == pl.col("code")).alias("marked"), pl.Boolean, lambda _: "Boolean")

    alike = Alike(tall)
    by_kind, directly = alike.together("claims", [marked, listed])

    assert not directly.formulas
    asked = {formula.name: (kinds, own) for kinds, own in by_kind for formula in own.formulas}
    kinds, own = asked["listed"]
    assert len(kinds.rows) < len(asked["marked"][0].rows)
    answers = alike.rows("claims", own.reads, kinds).select(own.exprs).get_column("listed")
    assert kinds.spread(answers).to_list() == [True, False, True, True]
