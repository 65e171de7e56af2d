"""The table of prices itself: its columns, its errors, its speed, and blanks in what it reads."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from cleanclaim.facts.catalogue import catalogue
from cleanclaim.facts.kit import Context
from cleanclaim.facts.plan import Planner
from cleanclaim.facts.workspace import Workspace
from cleanclaim.pricing.line_prices import PRICE_COLUMNS, PriceTableError, price_table
from cleanclaim.rules.notation import parse
from tests.pricing.tables import DAY, claims_of, column, lines_of, priced


def test_no_lines() -> None:
    table = price_table(claims_of([{}]), lines_of())
    assert table.height == 0
    assert table.columns == list(PRICE_COLUMNS)


def test_columns_and_types() -> None:
    for frame in (priced([{}], "97110 ?"), priced([{}], "97110"), priced([{"payer": None}], "97110")):
        assert dict(frame.schema) == {name: dtype() for name, (dtype, _, _) in PRICE_COLUMNS.items()}


def test_what_cannot_be_priced_is_refused() -> None:
    with pytest.raises(PriceTableError, match="claims: no column 'locality'"):
        price_table(claims_of([{}]).drop("locality"), lines_of("97110"))
    with pytest.raises(PriceTableError, match="lines: claim_id must be a row number of claims, 0 to 0"):
        price_table(claims_of([{}]), lines_of("", "97110"))


def test_facts_give_the_same_as_the_table() -> None:
    tables = parse("""
        visit 2026-03-04 medicare_b discipline=PT
          97110 GP CQ x2 $90.00
          97530 GP x1 $60.00
        history 2026-03-04 medicare_b discipline=SLP
          92507 GN x1 $150.00
    """)
    planner = Planner(catalogue())
    planner.ask("lines", PRICE_COLUMNS)
    workspace = Workspace.of(tables, Context(), with_pairs=False)
    for step in planner.steps():
        workspace.apply(step)
    lines = workspace.frames["lines"]
    # 92507 has the highest practice expense of the day, so both lines of the visit are reduced.
    assert column(lines, "full_units") == [0, 0, 1]
    assert column(lines, "allowed_cents")[:2] == [4442, 2505]
    assert column(lines, "expected_payment_cents")[:2] == [2960, 1964]


def test_a_visit_is_priced_at_once() -> None:
    claims, lines = claims_of([{}]), lines_of("97530 97110x2-CQ 97140 97010")
    best = min(_seconds(claims, lines) for _ in range(40))
    assert best < 0.006


def _seconds(claims: pl.DataFrame, lines: pl.DataFrame) -> float:
    begun = time.perf_counter()
    price_table(claims, lines)
    return time.perf_counter() - begun


BLANKS: tuple[tuple[str, str], ...] = (
    ("claims", "payer_is_known"),
    ("claims", "coverage_order"),
    ("claims", "place_of_service"),
    ("claims", "locality"),
    ("claims", "deductible_met_cents"),
    ("claims", "ytd_as_of"),
    ("claims", "payer_kind"),
    ("claims", "payer_price_basis_kind"),
    ("claims", "payer_multiple_procedure_reduction"),
    ("claims", "payer_multiple_procedure_reduction_scope"),
    ("claims", "payer_assistant_payment_reduction"),
    ("claims", "payer_sequestration_applies"),
    ("lines", "code"),
    ("lines", "units"),
    ("lines", "charge_cents"),
)


@pytest.mark.parametrize(("table", "name"), BLANKS)
def test_a_blank_never_makes_another_figure(table: str, name: str) -> None:
    """Blanking an input may make a figure unknown; it may not change one."""
    rows: list[dict[str, Any]] = [
        {"deductible_met_cents": 20_000, "ytd_as_of": DAY},
        {"discipline": "SLP", "deductible_met_cents": 20_000, "ytd_as_of": DAY},
        {"date_of_service": DAY + timedelta(days=2), "deductible_met_cents": 28_300, "ytd_as_of": DAY},
        {"payer": "cash"},
    ]
    claims, lines = (
        claims_of(rows),
        lines_of("97530 97110x2-CQ@5000 20560", "92507 97129", "97161x1 97110", "97110@700"),
    )
    before = price_table(claims, lines)
    frames = {"claims": claims, "lines": lines}
    for row in range(frames[table].height):
        frame = frames[table]
        blanked = frame.with_columns(
            pl.when(pl.int_range(pl.len()) == row).then(None).otherwise(pl.col(name)).alias(name)
        )
        after = price_table(**(frames | {table: blanked}))  # type: ignore[arg-type]
        for figure in PRICE_COLUMNS:
            if figure.endswith("_status") or "_at_" in figure:
                continue
            for old, new in zip(before[figure], after[figure], strict=True):
                assert new is None or new == old, f"{name} of row {row} blanked: {figure} {old} became {new}"
        low, high = "expected_payment_at_least_cents", "expected_payment_at_most_cents"
        for least, known, most in zip(after[low], before["expected_payment_cents"], after[high], strict=True):
            assert least is None or known is None or least <= known <= most
