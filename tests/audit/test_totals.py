"""What findings come to, by every part of the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest

from cleanclaim.audit import totals, totals_peers
from cleanclaim.audit.stretches import Stretches
from cleanclaim.check.summary import at_most
from tests.audit.made import CLINIC, OTHER_CLINIC, archive, claims_frame, findings_frame, stretches_of


@pytest.fixture(scope="module")
def frames() -> dict[str, pl.DataFrame]:
    return archive()


def test_the_figures_on_top(frames: dict[str, pl.DataFrame]) -> None:
    assert totals.overview(stretches_of(frames), frames["verdicts"]) == totals.Overview(
        claims=6,
        lines=18,
        first_day="2026-03-04",
        last_day="2026-04-02",
        findings=8,
        claims_with_findings=5,
        charge_cents=130_000,
        claims_without_charge=1,
        allowed_cents=40_000,
        claims_without_allowed=2,
        paid_cents=0,
        claims_without_paid=6,
        lost_cents=12_200,
        left_cents=1_812,
        findings_without_price=2,
        judged=17,
        not_judged=4,
    )


@pytest.mark.parametrize(
    ("allowed", "cents", "known"), [(None, None, False), (None, 700, True), (9_000, None, True), (None, 0, True)]
)
def test_dollars_are_unknown_where_nothing_has_a_price(allowed: int | None, cents: int | None, known: bool) -> None:  # noqa: FBT001 - as the table has it
    claims = claims_frame([{"allowed_cents": allowed, "findings": 1}])
    findings = findings_frame([{"row": 1, "rule": "UN101", "severity": "deny", "cents": cents}])
    assert totals.overview(Stretches.of(claims, findings), archive()["verdicts"]).has_prices is known
    # Where nothing was found, nothing is at risk.
    assert totals.overview(Stretches.of(claims, findings_frame([])), archive()["verdicts"]).has_prices


def test_by_severity_a_claim_is_lost_once(frames: dict[str, pl.DataFrame]) -> None:
    # Claim 1 would lose 150.00 by two findings and is allowed 100.00; what claim 3 is allowed is not known.
    assert totals.by_severity(frames["findings"], frames["claims"]).rows() == [
        ("deny", 5, 4, 10_000 + 1_500 + 700, 1),
        ("left", 2, 2, 1_812, 0),
        ("advice", 1, 1, 0, 1),
    ]


def test_by_rule_the_gravest_and_costliest_first(frames: dict[str, pl.DataFrame]) -> None:
    assert totals.by_rule(frames["findings"], frames["verdicts"], frames["claims"]).rows() == [
        ("UN101", "deny", 5, 4, 12_200, 1, 5, 0),
        ("CH101", "left", 2, 2, 1_812, 0, 6, 0),
        ("DX306", "advice", 1, 1, 0, 1, 6, 0),
    ]


def test_money_left_is_not_held_to_what_the_claim_is_allowed() -> None:
    findings = findings_frame([{"row": 1, "rule": "CH101", "severity": "left", "cents": 15_000}])
    assert totals.by_severity(findings, claims_frame([{}])).row(0)[3] == 15_000


@pytest.mark.parametrize(
    ("allowed", "charge", "lost"),
    [(None, 4_000, 4_000), (None, 4_001, 4_001), (3_000, 4_000, 3_000), (4_000, 3_000, 3_000), (None, None, 9_000)],
)
def test_a_claim_never_loses_more_than_it_charges(allowed: int | None, charge: int | None, lost: int) -> None:
    claims = claims_frame([{"allowed_cents": allowed, "charge_cents": charge, "lost_cents": 9_000}])
    findings = findings_frame(
        [{"row": 1, "rule": "UN101", "severity": "deny", "cents": cents} for cents in (6_000, 3_000)]
    )
    assert totals.by_severity(findings, claims).row(0)[3] == lost
    assert totals.by_rule(findings, archive()["verdicts"], claims).item(0, "cents") == lost
    assert claims.select(at_most(pl.col("lost_cents"))).item() == lost


def test_a_charge_below_zero_costs_nothing() -> None:
    claims = claims_frame([{"charge_cents": -1_000, "lost_cents": 500}])
    assert claims.select(at_most(pl.col("lost_cents"))).item() == 0


def test_dollars_are_unknown_where_only_what_costs_nothing_has_a_price() -> None:
    claims = claims_frame([{"allowed_cents": None}])
    rows = [
        {"row": 1, "rule": "UN101", "severity": "deny"},
        {"row": 1, "rule": "DX306", "severity": "advice", "cents": 0},
    ]
    assert not totals.overview(Stretches.of(claims, findings_frame(rows)), archive()["verdicts"]).has_prices


def test_two_claims_of_one_number_are_two_claims() -> None:
    findings = findings_frame(
        [
            {"row": 1, "rule": "UN101", "severity": "deny", "cents": 9_000},
            {"row": 2, "rule": "UN101", "severity": "deny", "cents": 9_000, "claim": "C1"},
        ]
    )
    assert totals.by_severity(findings, claims_frame([{}, {}])).rows() == [("deny", 2, 2, 18_000, 0)]


def test_by_part_most_at_risk_first_and_the_unknown_last(frames: dict[str, pl.DataFrame]) -> None:
    rows = totals.by_part(frames["claims"].lazy(), pl.col("billing_npi")).rows()
    assert rows == [
        (CLINIC, 5, 15, 4, 7, 3, 104_000, 30_000, 12_200, 906),
        (OTHER_CLINIC, 1, 3, 1, 1, 1, 26_000, 10_000, 0, 906),
    ]
    months = (
        totals.by_part(frames["claims"].lazy(), totals.MONTH).sort("part").select("part", "claims", "findings").rows()
    )
    assert months == [(date(2026, 3, 1), 4, 7), (date(2026, 4, 1), 2, 1)]
    unknown = totals.by_part(claims_frame([{"payer": None}, {}]).lazy(), pl.col("payer")).get_column("part").to_list()
    assert unknown == ["medicare_b", None]


def test_missing_inputs_are_counted_one_by_one(frames: dict[str, pl.DataFrame]) -> None:
    assert totals.missing_inputs(frames["gaps"]).rows() == [("minutes of each service", 1, 4), ("the plan", 1, 1)]


def test_examples_are_of_three_claims_the_costliest_first() -> None:
    rows = [{"row": row, "rule": "UN101", "severity": "deny", "cents": 100 + (row == 5)} for row in range(1, 7)]
    rows.append({"row": 5, "rule": "UN101", "severity": "deny", "cents": 7, "place": "line 2"})
    shown = totals.examples(Stretches.of(claims_frame([]), findings_frame(rows)))
    assert shown.select("row", "cents").rows() == [(5, 101), (1, 100), (2, 100)]


def test_examples_without_a_price_are_the_earliest() -> None:
    rows = [{"row": row, "rule": "DX306", "severity": "advice"} for row in (9, 4, 6, 5)]
    assert totals.examples(Stretches.of(claims_frame([]), findings_frame(rows))).get_column("row").to_list() == [
        4,
        5,
        6,
    ]


def test_nothing_found_is_empty_everywhere() -> None:
    findings, claims = findings_frame([]), claims_frame([])
    verdicts = archive()["verdicts"].head(0)
    assert totals.by_severity(findings, claims).height == totals.by_rule(findings, verdicts, claims).height == 0
    assert totals.examples(Stretches.of(claims_frame([]), findings)).height == 0
    assert totals.overview(Stretches.of(claims, findings), verdicts).first_day == ""


@pytest.mark.parametrize(
    ("periods", "outside"),
    [
        ([(None, date(2026, 3, 3))], 6),
        ([(None, date(2026, 3, 4))], 2),
        ([(date(2026, 4, 1), None)], 4),
        ([(None, date(2026, 3, 4)), (date(2026, 4, 2), date(2026, 4, 2))], 1),
        ([(None, None)], 0),
    ],
)
def test_claims_outside_the_dates_of_a_table(
    frames: dict[str, pl.DataFrame], periods: list[tuple[date | None, date | None]], outside: int
) -> None:
    assert totals.claims_outside(totals.claims_by_day(frames["claims"].lazy()), periods) == outside


# --- peers -------------------------------------------------------------------------------------------------


def visits(npi: str, units: Sequence[int | None], discipline: str = "PT") -> list[dict[str, object]]:
    return [{"rendering_npi": npi, "timed_units": number, "discipline": discipline} for number in units]


def test_peers_are_those_with_enough_visits() -> None:
    rows = [*visits("1", [2] * 30), *visits("2", [3] * 30), *visits("3", [4] * 29 + [8]), *visits("4", [9] * 29)]
    (group,) = totals_peers.peers(claims_frame(rows).lazy())
    assert (group.discipline, group.left_out) == ("PT", 1)
    assert group.therapists.select("rendering_npi", "visits", "units", "median", "p90").rows() == [
        ("3", 30, 124, 4, 4),
        ("2", 30, 90, 3, 3),
        ("1", 30, 60, 2, 2),
    ]
    assert (group.lower_quartile, group.middle) == (2.5, 3.0)


def test_two_therapists_are_no_comparison_and_disciplines_are_apart() -> None:
    two = [*visits("1", [2] * 30), *visits("2", [3] * 30)]
    assert totals_peers.peers(claims_frame([*two, *visits("3", [1] * 30, "OT")]).lazy()) == []


def test_a_visit_without_known_units_or_therapist_is_not_counted() -> None:
    rows = [*visits("1", [2] * 29 + [None]), *visits("", [5] * 40), *visits("2", [1] * 30), *visits("3", [1] * 30)]
    assert totals_peers.peers(claims_frame(rows).lazy()) == []
