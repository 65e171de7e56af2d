"""What findings say is at stake, against amounts worked out by hand.

National amounts of 2026, from the relative value file of July 2026 and the conversion factor 33.4009, every index 1:
work + practice expense + malpractice of a unit, and the same with half the practice expense for every unit of the
day but the one with the highest (Medicare, 50 %).

    97110  .45 + .41 + .01 = .87  29.06   cut .665   22.21
    97140  .43 + .39 + .01 = .83  27.72   cut .635   21.21
    97530  .44 + .60 + .01 = 1.05 35.07   cut .75    25.05
    97012  .24 + .18 + .01 = .43  14.36   cut .34    11.36
    97150  .29 + .24 + .01 = .54  18.04   cut .42    14.03
    97161  1.54 + 1.38 + .01      97.86   cut 2.24   74.82
    97164  .96 + 1.05 + .01       67.47   cut 1.495  49.93
    G0283  .18 + .19 + .01 = .38  12.69   cut .285    9.52
    97129  .50 + .16 + .01 = .67  22.38   never cut
    98976  1.55 + .01 = 1.56      52.11   never cut

Medicare's share is 80 % once the deductible is met; 15 % of it goes where an assistant furnished the units.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cleanclaim.bill.job import BilledClaim, ClaimState
from cleanclaim.bill.report import held_cents, rule_rows
from cleanclaim.check.findings import Finding
from cleanclaim.check.judge import Judge
from cleanclaim.facts.kit import Context
from cleanclaim.facts.plan import Planner
from cleanclaim.facts.workspace import Workspace
from cleanclaim.reference import payers
from cleanclaim.rules.book import rules
from cleanclaim.rules.kit import Severity
from cleanclaim.rules.notation import parse

PACK = """
id = "{id}"
label = "A plan made up for tests"
kind = "commercial"
filing_indicator = "CI"
filing_indicator_confidence = "memory"
fictional = true

[sources.handbook]
publisher = "A plan made up for tests"
title = "Handbook"
section = "all of it"
read_on = 2026-11-21
"""
SETTING = """
[[settings.{name}.values]]
value = {value}
source = "handbook"
"""
COMMON = {
    "unit_method": '"midpoint"',
    "therapy_modifier": '"every_line"',
    "multiple_procedure_reduction": "false",
    "electrical_stimulation_code": '"97014"',
    "assistant_modifier_required": "true",
    "supervised_modalities_payable": "true",
    "assistant_payment_reduction": '"15"',
}
PLANS: dict[str, dict[str, str]] = {
    # 115 % of Medicare, each unit in full: 97110 33.42 (two 66.84), 97140 31.88, 97530 40.33, 97012 16.52.
    "percent_plan": COMMON | {"price_basis": '{ kind = "percent_of_medicare", percent = "115" }'},
    "table_plan": COMMON
    | {
        "price_basis": '{ kind = "fee_table" }',
        "fee_table": '[{ code = "97110", amount = "42.00" }, { code = "97140", amount = "38.00" }, '
        '{ code = "97530", amount = "45.00" }, { code = "97014", amount = "17.50" }]',
    },
    "daily_plan": COMMON | {"price_basis": '{ kind = "per_diem", amount = "95.00", cap = "150.00" }'},
    "silent_plan": COMMON,
}


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Context:
    """Plans that exist nowhere, with prices that can be worked out by hand."""
    folder = tmp_path_factory.mktemp("payers")
    return Context(payers={name: _pack(folder, name, settings) for name, settings in PLANS.items()})


def _pack(folder: Path, name: str, settings: dict[str, str]) -> payers.Payer:
    path = folder / f"{name}.toml"
    said = "".join(SETTING.format(name=setting, value=value) for setting, value in settings.items())
    path.write_text(PACK.format(id=name) + said, encoding="utf-8")
    return payers.load_pack(path)


@cache
def judge(code: str) -> Judge:
    return Judge([rule for rule in rules() if rule.code == code])


def stakes(code: str, text: str, context: Context | None = None) -> list[int | None]:
    """The dollars of the rule's findings, in order."""
    verdicts = judge(code).judge(parse(text), context)
    assert verdicts.crashed == {}
    return [finding.cents for finding in verdicts.findings()]


VISIT = "visit 2026-03-04 {}\n "

MEDICARE: list[tuple[str, str, int]] = [
    # --- units above what the minutes support: the last unit is a cut one
    ("UN101", "97110 GP x3 30min", 22_21),
    ("UN101", "97110 GP x2 24min\n 97140 GP x1 13min", 22_21),
    ("UN101", "97530 GP x1 15min\n 97110 GP x3 15min", 44_42),  # 66.63 less 22.21
    ("UN103", "97110 GP x3 33min\n did 97110 33min\n did 97140 7min", 22_21),
    ("UN104", "97012 GP x2 30min", 11_36),
    ("UN104", "97161 GP x2 30min", 74_82),
    ("UN108", "97129 GP x2 30min", 22_38),
    ("CD171", "97110 GP x2 30min\n did 97110 30min group_size=2", 29_06 + 22_21),
    ("CD171", "97110 GP x2 30min\n did 97110 15min group_size=2\n did 97110 15min", 22_21),
    ("CD172", "97110 GP x2 30min\n did 97110 15min\n did 97110 15min by=aide", 22_21),
    ("CD172", "97150 GP x1 30min\n did 97150 30min by=unattended is_billable=false group_size=2", 18_04),
    # --- units supported and not billed
    ("UN201", "97110 GP x1 30min", 22_21),
    ("UN201", "97110 GP x1 38min", 44_42),  # 73.48 less 29.06
    ("UN202", "97110 GP x1 15min\n did 97110 15min\n did 97140 8min", 21_21),
    # 97530 becomes the best paid unit of the day: 35.07 more, and 97140 falls from 27.72 to 21.21.
    ("UN202", "97140 GP x1 15min\n did 97140 15min\n did 97530 15min", 35_07 - (27_72 - 21_21)),
    ("UN205", "97110 GP x1 15min\n did 97110 15min\n did 97012 15min", 11_36),
    ("UN205", "97012 GP x1 15min\n did 97012 15min\n did 97161 30min", 97_86 - (14_36 - 11_36)),
    # --- codes
    ("CD105", "97014 GP x1", 12_69),
    ("CD105", "97110 GP x1\n 97014 GP x1", 9_52),
    ("CD130", "97161 GP x1\n 97162 GP x1", 74_82),
    ("CD131", "97161 GP x1\n 97164 GP x1", 49_93),
    ("CD132", "97161 GP x1\n did 97161 40min by=PTA", 97_86),
    ("CD170", "97150 GP x1 30min\n did 97150 30min group_size=1", 18_04),
    ("CD150", "97110 GP x2 30min line_through=2026-03-05\n 97140 GP x1", 29_06 + 22_21 + 21_21),
    # --- modifiers: the line when denied, the claim when turned away, 15 % of 80 % for an assistant's units
    ("MD101", "97530 GP x1\n 97140 x1", 21_21),
    ("MD104", "97110 GP x1\n 97140 GP GO x1", 29_06 + 21_21),
    ("MD210", "97161 GP CQ x1", 97_86),
    ("MD201", "97110 GP x1 15min\n did 97110 15min by=PTA", 3_49),  # 29.06 × .8 = 23.25; 15 % is 3.49
    ("MD201", "97110 GP x2 30min\n did 97110 30min by=PTA", 6_15),  # 51.27 × .8 = 41.02
    ("MD202", "97110 GP x2 30min\n did 97110 15min\n did 97110 15min by=PTA", 2_67),  # 22.21 × .8 = 17.77
    ("MD203", "97110 GP CQ x1 15min", 3_49),
    ("MD204", "97110 GP CQ x2 25min\n did 97110 20min by=PT\n did 97110 5min by=PTA", 2_67),
    ("MD211", "98976 GP CQ x1", 6_25),  # 52.11 × .8 = 41.69
    # --- unit limits: everything under the code that day
    ("MU103", "97110 GP x7 105min", 162_33),  # 29.0588 + 6 × 22.2116
    ("MU102", "97161 GP x2", 97_86 + 74_82),
    # --- the note and the record
    ("DC101", "97110 GP x1\n 97140 GP x1\n did 97110 15min\n did 97140 15min has_purpose=false", 21_21),
    ("DC301", "97110 GP x1 15min\n 97140 GP x1 15min\n did 97110 15min by=aide\n did 97140 15min", 29_06),
    ("DX301", "97110 GP x2 30min\n 97140 GP x1 15min dx=none", 29_06 + 22_21 + 21_21),
    ("DX402", "95992 GP x1\n 97110 GP x1", 40_75),  # .73 + .47 + .02 = 1.22, never cut
]


@pytest.mark.parametrize(("code", "lines", "cents"), MEDICARE, ids=lambda value: str(value).partition("\n")[0])
def test_medicare_2026(code: str, lines: str, cents: int) -> None:
    day = "2026-04-01" if code.startswith("MU") else "2026-03-04"
    assert stakes(code, f"visit {day} medicare_b\n {lines}") == [cents]


WHOLE_CLAIM = [
    ("TF104", "coverage_from=2026-03-05"),
    ("TF105", "coverage_through=2026-03-03"),
    ("PC101", "has_plan_of_care=false"),
    ("PC104", "plan_has_goals=false"),
    ("PC203", "certified_through=2026-03-03"),
    ("DC201", "has_signature=false"),
]


@pytest.mark.parametrize(("code", "state"), WHOLE_CLAIM)
def test_what_concerns_the_claim_puts_all_of_it_at_stake(code: str, state: str) -> None:
    lines = "97530 GP x1 15min\n 97110 GP x2 30min\n 97140 GP x1 15min"
    assert stakes(code, f"visit 2026-03-04 medicare_b {state}\n {lines}") == [35_07 + 44_42 + 21_21]


def test_only_timed_lines_are_at_stake_when_timed_minutes_are_not_stated() -> None:
    text = "visit 2026-03-04 medicare_b {}=false\n 97110 GP x1 ?min\n 97012 GP x1 ?min"
    assert stakes("DC106", text.format("has_total_timed_minutes")) == [29_06]
    assert stakes("DC107", text.format("has_total_treatment_minutes")) == [29_06 + 11_36]


OTHERS: list[tuple[str, str, str, int | None]] = [
    ("UN101", "percent_plan", "97110 GP x3 30min", 33_41),  # 100.25 less 66.84
    ("UN101", "table_plan", "97110 GP x3 30min", 42_00),
    ("UN101", "daily_plan", "97110 GP x3 30min", 0),  # a day is a day
    ("UN101", "silent_plan", "97110 GP x3 30min", None),
    ("UN202", "percent_plan", "97140 GP x1 15min\n did 97140 15min\n did 97530 15min", 40_33),
    ("UN202", "table_plan", "97140 GP x1 15min\n did 97140 15min\n did 97530 15min", 45_00),
    ("UN202", "table_plan", "97140 GP x1 15min\n did 97140 15min\n did 97112 15min", None),  # not in the table
    ("UN202", "silent_plan", "97140 GP x1 15min\n did 97140 15min\n did 97530 15min", None),
    ("UN205", "percent_plan", "97110 GP x1 15min\n did 97110 15min\n did 97012 15min", 16_52),
    ("UN205", "table_plan", "97110 GP x1 15min\n did 97110 15min\n did 97012 15min", None),
    ("CD105", "table_plan", "G0283 GP x1", 17_50),
    ("MD102", "table_plan", "97110 GP x1\n 97140 x1", 38_00),
    ("MD102", "percent_plan", "97110 x2", 66_84),
    ("DX301", "table_plan", "97110 GP x2\n 97530 GP x1 dx=none", 129_00),
    ("DX301", "table_plan", "97110 GP x2\n 97112 GP x1 dx=none", None),
    ("MD201", "table_plan", "97110 GP x1 15min\n did 97110 15min by=PTA", None),  # its share of 42.00 is not known
]


@pytest.mark.parametrize(("code", "payer", "lines", "cents"), OTHERS)
def test_other_payers(code: str, payer: str, lines: str, cents: int | None, plans: Context) -> None:
    assert stakes(code, VISIT.format(payer) + lines, plans) == [cents]


@pytest.mark.parametrize(
    ("day", "cents"),
    [
        ("2025-12-31", 21_83),  # .675 × 32.3465
        ("2026-01-01", 22_21),
        ("2026-12-31", 22_21),
    ],
)
def test_a_unit_is_priced_by_its_date(day: str, cents: int | None) -> None:
    assert stakes("UN101", f"visit {day} medicare_b\n 97110 GP x2 15min") == [cents]


def test_past_the_horizon_no_amount_is_known() -> None:
    assert stakes("DC201", "visit 2026-12-31 medicare_b has_signature=false\n 97110 GP x1") == [29_06]
    assert stakes("DC201", "visit 2027-01-01 medicare_b has_signature=false\n 97110 GP x1") == [None]


@pytest.mark.parametrize(("day", "met", "cents"), [("2021-12-31", 20_300, 0), ("2022-01-01", 23_300, 3_61)])
def test_an_assistants_unit_costs_nothing_before_2022(day: str, met: int, cents: int) -> None:
    # 30.11 × .8 = 24.09; 15 % is 3.61. In 2021 CQ was wanted already, and cut nothing.
    text = f"visit {day} medicare_b deductible_met_cents={met} ytd_as_of={day}\n 97110 GP x1 15min\n did 97110 15min by=PTA"
    assert stakes("MD201", text) == [cents]


def test_an_assistants_cut_needs_the_deductible() -> None:
    text = "visit 2026-03-04 medicare_b deductible_met_cents=?\n 97110 GP x1 15min\n did 97110 15min by=PTA"
    assert stakes("MD201", text) == [None]


def test_another_discipline_of_the_day_takes_the_full_unit() -> None:
    pt = "visit 2026-03-04 medicare_b\n 97012 GP x1 10min\n did 97012 10min\n did 97110 15min"
    ot = "\nhistory 2026-03-04 medicare_b discipline=OT\n 97530 GO x1 15min"
    assert stakes("UN202", pt) == [29_06 - (14_36 - 11_36)]
    assert stakes("UN202", pt + ot) == [22_21]
    assert stakes("UN202", pt + ot.replace("2026-03-04", "2026-03-03")) == [29_06 - (14_36 - 11_36)]
    assert stakes("UN202", pt + ot.replace("discipline", "patient_id=2 discipline")) == [29_06 - (14_36 - 11_36)]


def test_codes_left_out_together_add_up_to_what_the_day_gains() -> None:
    text = "visit 2026-03-04 medicare_b\n 97012 GP x1\n did 97012 10min\n did 97530 15min\n did 97110 15min"
    # As furnished 35.07 + 22.21 + 11.36 = 68.64, as billed 14.36: the day gains 54.28.
    assert stakes("UN202", text) == [35_07 - (14_36 - 11_36), 22_21]


def test_an_unknown_minute_leaves_the_amount_of_its_code_open_only() -> None:
    columns = facts("visit 2026-03-04 medicare_b\n 97110 GP x2 ?min\n 97012 GP x2")
    assert columns["overbilled_cents"] == [None, 11_35]  # 22.71 less 11.36
    assert columns["left_cents"] == [None, 0]


def test_unknown_units_and_codes_have_no_amount() -> None:
    assert facts("visit 2026-03-04 medicare_b\n 97110 GP x? 30min")["overbilled_cents"] == [None]
    assert facts("visit 2026-03-04 medicare_b patient_id=?\n 97110 GP x3 30min")["overbilled_cents"] == [None]


def test_where_two_units_may_have_taken_the_first_place_nobody_guesses() -> None:
    # 95992 is never cut and 97530 now leads; which of the two pushed 97140 down is not read off the prices.
    text = "visit 2026-03-04 medicare_b\n 97140 GP x1\n did 97140 15min\n did 97530 15min\n did 95992 15min"
    assert facts(text)["left_cents"] == [0, None, None]


def facts(text: str) -> dict[str, list[Any]]:
    """The amounts of each code of the day."""
    names = ("overbilled_cents", "left_cents", "assistant_units_cents")
    planner = Planner()
    planner.ask("day_codes", names)
    workspace = Workspace.of(parse(text), Context(), with_pairs=False)
    for step in planner.steps():
        workspace.apply(step)
    return {name: workspace.frames["day_codes"].get_column(name).to_list() for name in names}


def test_a_batch_is_priced_like_its_visits() -> None:
    texts = [
        f"visit 2026-03-04 medicare_b patient_id={number}\n {lines}" for number, (_, lines, _) in enumerate(MEDICARE)
    ]
    together = facts("\n".join(texts))
    apart = [facts(text) for text in texts]
    for name, values in together.items():
        assert values == [value for one in apart for value in one[name]]


def test_an_authorization_used_up_costs_the_claim_and_one_nearly_so_is_not_guessed() -> None:
    text = "visit 2026-03-04 uhc_medicare_advantage authorization_units_left={}\n 97110 GP x2 30min\n 97140 GP x1 15min"
    rule = next(rule for rule in rules() if rule.code == "AU106")
    assert rule.dollars is not None
    assert set(rule.dollars.meta.root_names()) == {"authorization_units_remaining", "claim_allowed_cents"}
    assert stakes("AU106", text.format(2)) == [None]


NEVER_PAID = {"CD106", "CD107", "CD108", "CD109", "CD110", "CD111", "MU104"}
"""Denied for what the payer never pays: nothing that could be had is lost."""
RECOUNTED = {"UN301", "UN302", "UN303", "UN304", "UN305", "UN306", "UN309"}
"""How many units a reviewer would leave standing is not known."""
SAME_PRICE = {"EV101"}
"""What the level above the record is worth beside the other is not known; to Medicare, nothing."""
NOTHING_BILLED = {"DC205"}
"""What a visit without a line would have been paid is not known."""
OF_A_THERAPIST = {"DC108"}
"""Asked about all patients of a therapist: what a claim is worth is asked with the patient's own claims, not there."""
FAMILIES = ("CD", "UN", "MD", "PR", "MU", "DX", "PC", "TH", "DC", "TF", "AU", "EV", "ID", "CF", "SC")


def test_which_rules_name_what_is_at_stake() -> None:
    own = [rule for rule in rules() if rule.code.startswith(FAMILIES)]
    without = {rule.code for rule in own if rule.dollars is None and rule.severity is not Severity.ADVICE}
    assert without == NEVER_PAID | RECOUNTED | SAME_PRICE | NOTHING_BILLED | OF_A_THERAPIST
    assert [rule.code for rule in own if rule.dollars is not None and rule.severity is Severity.ADVICE] == []


# --- the report ---------------------------------------------------------------------------------------------------


def finding(code: str, severity: Severity, cents: int | None) -> Finding:
    return Finding(code, code.lower(), severity.value, "lines", 0, 0, "line 1", "", cents=cents)


def billed(
    state: ClaimState, allowed: list[int | None], *findings: Finding, charge_cents: int | None = 120_00
) -> BilledClaim:
    lines = tuple({"allowed_cents": amount} for amount in allowed)
    claim = SimpleNamespace(state=state, lines=lines, findings=findings, charge_cents=charge_cents)
    return cast("BilledClaim", claim)


def test_a_rule_loses_no_more_of_a_claim_than_the_claim_is_allowed() -> None:
    twice = [finding("DX101", Severity.REJECT, 51_27), finding("DX101", Severity.REJECT, 51_27)]
    other = finding("MD101", Severity.DENY, 29_06)
    left = [finding("UN202", Severity.LEFT, 40_00), finding("UN202", Severity.LEFT, 30_00)]
    claims = [
        billed(ClaimState.HELD, [29_06, 22_21], *twice, other, *left),
        billed(ClaimState.HELD, [10_00], finding("DX101", Severity.REJECT, 10_00)),
        billed(ClaimState.HELD, [10_00, None], finding("DX101", Severity.REJECT, None)),
    ]
    rows = {row.code: (row.count, row.amount) for row in rule_rows(claims)}
    assert rows == {"DX101": (4, "$61.27"), "MD101": (1, "$29.06"), "UN202": (2, "$70.00")}
    assert held_cents(claims) == (61_27, 1)


@pytest.mark.parametrize(("charged", "lost"), [(8_00, "$8.00"), (10_00, "$10.00"), (12_00, "$10.00"), (None, "$10.00")])
def test_nor_more_than_the_claim_charges(charged: int | None, lost: str) -> None:
    claim = billed(ClaimState.HELD, [10_00], finding("DX101", Severity.REJECT, 10_00), charge_cents=charged)
    assert [row.amount for row in rule_rows([claim])] == [lost]


def test_a_pair_over_two_claims_names_the_other_claim() -> None:
    text = "visit 2024-08-01 medicare_b\n 97124 GP x1 15min\nhistory 2024-08-01 medicare_b claim_key=V12\n 97140 GP x1"
    (found,) = judge("PR101").judge(parse(text)).findings()
    assert found.place == "line 1 and line 1 of V12"
    (found,) = judge("PR101").judge(parse(text.replace("V12", "none"))).findings()
    assert found.place == "line 1 and line 1 of another claim"
    (found,) = judge("PR101").judge(parse("visit 2024-08-01 medicare_b\n 97124 GP x1\n 97140 GP x1")).findings()
    assert found.place == "lines 1 and 2"
