"""Python's answers are those of queries: for every expression that is shipped, over rows of every kind."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from cleanclaim.check.questions import Questions
from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.interpreter.formula import Formula, follow
from cleanclaim.facts.interpreter.parts import BeyondError
from cleanclaim.rules.book import rules

KINDS = {
    "flag": "Boolean",
    "other_flag": "Boolean",
    "text": "String",
    "whole": "Int64",
    "other_whole": "Int64",
    "day": "Date",
    "texts": "List(String)",
    "wholes": "List(Int64)",
    "part": "Float64",
}
TYPES: dict[str, Any] = {
    "Boolean": pl.Boolean,
    "String": pl.String,
    "Int64": pl.Int64,
    "Date": pl.Date,
    "List(String)": pl.List(pl.String),
    "List(Int64)": pl.List(pl.Int64),
    "List(Boolean)": pl.List(pl.Boolean),
}
ROWS = 40
"""Rows for each shipped expression; a quarter of the cells are unknown."""


def texts_of(node: object) -> Iterator[str]:
    """All texts in a tree, so that rows have the values that the expression looks for."""
    if isinstance(node, str):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from texts_of(child)


def values(kind: str, words: list[str], chance: random.Random) -> Any:
    if chance.random() < 0.25:
        return None
    if kind.startswith("List("):
        return [values(kind[5:-1], words, chance) for _ in range(chance.randint(0, 3))]
    choices: dict[str, list[Any]] = {
        "Boolean": [True, False],
        "Int64": [-3, 0, 1, 2, 12, 60, 12_345],
        "String": ["", "a", "PTA", "97110", "M54.50 L89", "12mo", "Prosthetic", *words],
        "Date": [date(2026, 3, 4) + timedelta(days=step) for step in (-800, -31, -1, 0, 1, 27, 31, 365)],
    }
    return chance.choice(choices[kind])


def table(names: list[str], kinds: dict[str, str], words: list[str], seed: int) -> pl.DataFrame:
    chance = random.Random(seed)
    columns = {name: [values(kinds[name], words, chance) for _ in range(ROWS)] for name in names}
    return pl.DataFrame(columns, schema={name: TYPES[kinds[name]] for name in names})


def shipped() -> Iterator[tuple[str, str, Formula, bool]]:
    """Every expression of a fact, of an aggregate and of a rule's part, with the table that it reads."""
    known = catalogue()
    for (over, name), fact in known.facts.items():
        if fact.expr is not None:
            yield name, over, Formula(name, fact.expr, fact.dtype, known.kinds(over)), False
        if fact.aggregate is not None:
            of = fact.aggregate.of
            yield name, of, Formula(name, fact.aggregate.expr, fact.dtype, known.kinds(of), aggregate=True), True
    by_table: dict[str, list[Any]] = {}
    for rule in rules():
        by_table.setdefault(rule.over, []).append(rule)
    for over, own in by_table.items():
        for part in Questions.of(own).parts:
            yield f"a part of {over}", over, part, False


SHIPPED = list(shipped())


def test_all_shipped_expressions_but_one_are_followed() -> None:
    assert [(name, over) for name, over, formula, _ in SHIPPED if formula.followed() is None] == [
        ("code_preference", "day_codes")
    ]


@pytest.mark.parametrize("over", sorted({over for _, over, _, _ in SHIPPED}))
def test_python_answers_shipped_expressions_as_a_query_does(over: str) -> None:
    known = catalogue()
    seen: set[object] = set()
    for place, (name, own, formula, is_aggregate) in enumerate(SHIPPED):
        followed = formula.followed()
        if own != over or followed is None:
            continue
        names = sorted(followed.names) or ["claim_id"]
        kinds = {column: str(known.dtype(over, column)) for column in names}
        words = [word for word in texts_of(json.loads(formula.expr.meta.serialize(format="json"))) if len(word) < 30]
        frame = table(names, kinds, words, place)
        if is_aggregate:
            groups = [frame[begin : begin + 1 + begin % 4] for begin in range(0, ROWS, 4)]
            expected = [group.select(formula.expr).to_series().to_list()[0] for group in groups]
            answered = [followed.answer(group.rows(named=True)) for group in groups]
            dtype = frame.select(formula.expr).to_series().dtype
        else:
            column = frame.select(names[0], formula.expr.alias("asked")).to_series(1)
            expected, dtype = column.to_list(), column.dtype
            answered = [followed.answer(row) for row in frame.rows(named=True)]
        assert answered == expected, f"{over}: {name}"
        assert dtype == formula.dtype, f"{over}: {name}"
        seen.update(map(repr, answered))
    # The rows are such that answers of every kind are met.
    assert {"None", "True", "False"} <= seen


ROW = {
    "flag": True,
    "other_flag": None,
    "text": "Knee. b",
    "whole": 7,
    "other_whole": -3,
    "day": date(2024, 1, 31),
    "texts": ["GP", None, "KX"],
    "wholes": [4, None, 2],
}
NOBODY = dict.fromkeys(ROW)
col = pl.col


@pytest.mark.parametrize(
    "asked",
    [
        col("flag") & col("other_flag"),
        col("other_flag") & ~col("flag"),
        col("flag") | col("other_flag"),
        col("other_flag") | ~col("flag"),
        col("whole") // 2,
        col("other_whole") // 2,
        col("other_whole") % 2,
        col("whole") % col("other_whole"),
        col("whole") // 0,
        col("whole") - col("other_whole") * 2,
        pl.when(col("other_flag")).then(1).otherwise(col("whole")),
        pl.when("flag").then(2).cast(pl.Int64),
        col("whole").eq_missing(None),
        col("flag").ne_missing(other=False),
        col("texts").list.len() > 2,
        col("texts").list.contains("KX"),
        col("texts").list.get(1, null_on_oob=True),
        col("texts").list.get(5, null_on_oob=True),
        col("texts").list.join(" ", ignore_nulls=True),
        col("wholes").list.max(),
        col("wholes").list.min(),
        col("texts").list.eval(pl.element().is_null()).list.any(),
        col("texts").list.set_intersection(pl.lit(["KX", "GP", "GP"])).list.len() == 2,
        col("text").str.contains("^K[a-e]+"),
        col("text").str.contains("b$"),
        col("text").str.contains("(?i)KNEE\\.\\s"),
        col("text").str.to_lowercase(),
        col("text").str.replace_all(".", "", literal=True),
        col("text").is_in(["Knee. b"]),
        col("text").replace_strict(["Knee. b", "c"], ["one", "two"], default=None, return_dtype=pl.String),
        pl.concat_str(col("text"), pl.when(col("other_flag")).then(pl.lit("x")), separator=", ", ignore_nulls=True),
        pl.format("{} of {} in all", "whole", "text"),
        col("day") + pl.duration(days=col("other_whole")),
        (col("day") - date(2023, 2, 1)).dt.total_days(),
        col("day").dt.offset_by("1mo"),
        col("day").dt.offset_by("13mo"),
        col("day").dt.offset_by("-2mo"),
        col("day").dt.offset_by("-23mo"),
        col("day").dt.to_string("%Y-%m-%d"),
        col("day").dt.year().cast(pl.Int64) * 12 + col("day").dt.month().cast(pl.Int64),
        pl.min_horizontal("whole", "other_whole", pl.lit(9, pl.Int64)),
        pl.max_horizontal("whole", "other_whole"),
        pl.max_horizontal("day", pl.when("other_flag").then("day"), pl.lit(date(2024, 2, 1))),
        pl.min_horizontal("day", pl.lit(date(2024, 2, 1)), pl.when("other_flag").then("day")),
        pl.coalesce("text", pl.lit("none")),
        pl.coalesce(pl.when("other_flag").then("whole"), "other_whole"),
        pl.concat_list("texts", col("texts").list.set_intersection(pl.lit(["KX"], dtype=pl.List(pl.String)))),
        pl.concat_list("texts", col("texts").list.set_intersection(pl.lit(["59"], dtype=pl.List(pl.String)))),
        pl.concat_list("wholes", pl.when("other_flag").then("wholes")),
        pl.all_horizontal(col("flag"), col("other_flag")),
    ],
    ids=str,
)
def test_an_operation_means_what_it_means_in_a_query(asked: pl.Expr) -> None:
    followed = follow(asked, KINDS.__getitem__)
    assert followed is not None
    types = {name: TYPES[kind] for name, kind in KINDS.items() if name in ROW}
    expected = pl.DataFrame([ROW, NOBODY], schema=types).select("flag", asked=asked).to_series(1)

    assert [followed.answer(row) for row in (ROW, NOBODY)] == expected.to_list()
    assert followed.kind == str(expected.dtype)


@pytest.mark.parametrize(
    "asked",
    [
        col("texts").list.contains(None),
        col("part") > 1.0,
        col("whole") / 2,
        col("whole").is_in([1, None]),
        col("whole").cum_sum() > 2,
        col("whole").sum() > 2,
        col("whole").shift() > 2,
        col("flag").cast(pl.String),
        col("text").str.contains("knee", literal=True),
        col("text").str.contains(r"\d"),
        col("text").str.contains("(?P<name>a)"),
        col("text").str.contains("[a-z--b]"),
        col("text").str.to_uppercase() == "A",
        col("text") == col("whole").cast(pl.String),
        col("texts").list.contains("KX", nulls_equal=False),
        col("texts").list.get(0),
        col("texts").list.set_intersection(pl.lit(["KX", "GP"])),
        pl.concat_list("texts", "text"),
        col("texts") == col("texts"),
        col("day") == col("day").cast(pl.Datetime),
        col("whole").map_elements(lambda value: value, return_dtype=pl.Int64) > 2,
        pl.len() > 2,
    ],
    ids=lambda asked: str(asked)[:60],
)
def test_what_is_not_known_exactly_is_left_to_a_query(asked: pl.Expr) -> None:
    assert follow(asked, KINDS.__getitem__) is None


def test_an_expression_of_another_type_than_declared_is_left_to_a_query() -> None:
    assert Formula("is_long", col("whole") > 2, pl.Boolean, KINDS.__getitem__).followed() is not None
    assert Formula("is_long", col("whole") > 2, pl.Int64, KINDS.__getitem__).followed() is None


@pytest.mark.parametrize(
    ("asked", "row"),
    [
        (col("whole") * 2, {"whole": 1 << 62}),
        (col("whole") - 2, {"whole": -(1 << 63)}),
        (col("text").str.to_lowercase(), {"text": "\u0130"}),
        (col("text").str.contains(r"(?i)k"), {"text": "\u212a"}),
        (col("text").str.contains(r"\bk"), {"text": "é k"}),
        (col("day") + pl.duration(days=col("whole")), {"day": date(2026, 3, 4), "whole": 1_000_001}),
        (col("day").dt.offset_by(col("text")), {"day": date(2026, 3, 4), "text": "3d"}),
        (col("day").dt.offset_by(col("text")), {"day": date(9999, 12, 4), "text": "1mo"}),
    ],
    ids=str,
)
def test_a_value_beyond_its_type_or_beyond_agreement_is_left_to_a_query(asked: pl.Expr, row: dict[str, Any]) -> None:
    followed = follow(asked, KINDS.__getitem__)
    assert followed is not None
    with pytest.raises(BeyondError):
        followed.answer(row)


def test_a_text_ends_where_it_ends() -> None:
    followed = follow(col("text").str.contains("^[0-9]{5}$"), KINDS.__getitem__)
    assert followed is not None
    assert [followed.answer({"text": text}) for text in ("60601", "60601\n", None)] == [True, False, None]


def test_a_sum_beyond_its_type_is_left_to_a_query() -> None:
    followed = follow(col("whole").sum(), KINDS.__getitem__, aggregate=True)
    assert followed is not None
    assert followed.answer([{"whole": 1}, {"whole": None}]) == 1
    with pytest.raises(BeyondError):
        followed.answer([{"whole": 1 << 62}, {"whole": 1 << 62}])
