"""Facts that other claims decide, against plain loops over every claim and line; no figure is taken from the facts."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.facts.kit import Context
from cleanclaim.facts.plan import Planner
from cleanclaim.facts.workspace import Workspace
from cleanclaim.lines.tables import Tables
from cleanclaim.rules.book import entry
from cleanclaim.rules.kit import Rule, Verdict
from cleanclaim.rules.notation import parse

DAY = date(2026, 3, 2)


def computed(tables: Tables, table: str, *names: str) -> pl.DataFrame:
    planner = Planner()
    planner.ask(table, names)
    workspace = Workspace.of(tables, Context(), with_pairs=False)
    for step in planner.steps():
        workspace.apply(step)
    return workspace.frames[table]


def rule(code: str) -> Rule:
    found = entry(code)
    assert found is not None
    return found.rule


def maybe(generator: random.Random, values: list[Any], unknown: float = 0.15) -> Any:
    return None if generator.random() < unknown else generator.choice(values)


def random_batch(seed: int) -> Tables:
    generator = random.Random(seed)
    claims: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for claim_id in range(generator.randint(1, 9)):
        claims.append(
            {
                "claim_id": claim_id,
                "patient_id": generator.randint(1, 2),
                "is_history": generator.random() < 0.3,
                "date_of_service": maybe(generator, [DAY + timedelta(days=days) for days in (0, 1, 2, 400)], 0.05),
                "payer": maybe(generator, ["medicare_b", "uhc_commercial"], 0.1),
                "coverage_order": "primary",
                "discipline": maybe(generator, ["PT", "OT", "SLP"], 0.1),
                "locality": "national",
                "place_of_service": "11",
                "billing_npi": "1234567893",
                "ytd_at_least_cents": maybe(generator, [0, 1000]),
                "ytd_at_most_cents": maybe(generator, [1000, 2000]),
                "ytd_as_of": maybe(generator, [DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]),
                "has_progress_report": maybe(generator, [True, False, False, False]),
                "plan_first_treatment_on": maybe(generator, [DAY - timedelta(days=9), DAY + timedelta(days=1)]),
                "treatment_days_since_report": maybe(generator, [1, 5]),
                "authorization_number": maybe(generator, ["A", "B"]),
                "authorization_codes": maybe(generator, [[], ["97110"]]),
                "note_text": maybe(generator, ["one", "two"]),
                "knows_history": maybe(generator, [True, True, False]),
            }
        )
        for number in range(1, generator.randint(1, 3) + 1):
            lines.append(
                {
                    "line_id": len(lines),
                    "claim_id": claim_id,
                    "line_number": number,
                    "code": maybe(generator, ["97110", "97140", "97530"], 0.1),
                    "modifiers": generator.choice([["GP"], ["GP"], ["GO", "KX"], ["GP", "GY"], []]),
                    "units": maybe(generator, [1, 2], 0.1),
                    "charge_cents": 10_000,
                }
            )
    return Tables.from_rows(claims=claims, lines=lines)


SEEDS = range(150)


# --- dollars of the year ---------------------------------------------------------------------------------


def dollars_before(claims: list[dict[str, Any]], lines: list[dict[str, Any]], line: dict[str, Any]) -> Any:
    """What a person would add up: (at least, at most), or nothing where the line has no place in a year."""
    own = claims[line["claim_id"]]

    def may_count(other: dict[str, Any]) -> bool:
        claim = claims[other["claim_id"]]
        modifiers = set(other["modifiers"])
        return (
            bool(modifiers & {"GP", "GO", "GN"})
            and not modifiers & {"GY", "GZ"}
            and claim["payer"] != "uhc_commercial"
            and claim["date_of_service"] is not None
            and claim["discipline"] is not None
        )

    def place(other: dict[str, Any]) -> tuple[Any, ...]:
        claim = claims[other["claim_id"]]
        return (claim["date_of_service"], not claim["is_history"], other["line_id"])

    def group(other: dict[str, Any]) -> tuple[Any, ...]:
        claim = claims[other["claim_id"]]
        return (claim["patient_id"], claim["date_of_service"].year, claim["discipline"] == "OT")

    if not may_count(line):
        return (None, None)
    earlier = [
        other for other in lines if may_count(other) and group(other) == group(line) and place(other) < place(line)
    ]

    def amount(other: dict[str, Any]) -> int | None:
        return None if claims[other["claim_id"]]["payer"] is None else other["allowed_cents"]

    as_of = own["ytd_as_of"]
    later = [
        amount(other) or 0
        for other in earlier
        if as_of is not None and claims[other["claim_id"]]["date_of_service"] > as_of
    ]
    at_least = (own["ytd_at_least_cents"] or 0) + sum(later)
    amounts = [amount(other) for other in earlier]
    if own["ytd_at_most_cents"] is None or None in amounts:
        return (at_least, None)
    return (at_least, own["ytd_at_most_cents"] + sum(item or 0 for item in amounts))


@pytest.mark.parametrize("seed", SEEDS)
def test_dollars_of_the_year_are_the_stated_ones_and_those_of_the_lines_before(seed: int) -> None:
    tables = random_batch(seed)
    names = ("year_before_at_least_cents", "year_before_at_most_cents")
    lines = computed(tables, "lines", "allowed_cents", *names).to_dicts()
    claims = tables.claims.to_dicts()

    assert [tuple(line[name] for name in names) for line in lines] == [
        dollars_before(claims, lines, line) for line in lines
    ]


# --- treatment days --------------------------------------------------------------------------------------


def possible_counts(claims: list[dict[str, Any]], own: dict[str, Any]) -> set[int]:
    """Every count that some completion of the unknown entries gives."""
    counts = set()
    earlier_days = sorted(
        {
            other["date_of_service"]
            for other in claims
            if other["patient_id"] == own["patient_id"]
            and other["discipline"] == own["discipline"]
            and other["date_of_service"] is not None
            and other["date_of_service"] < own["date_of_service"]
        }
    )
    firsts = (
        [own["plan_first_treatment_on"]] if own["plan_first_treatment_on"] else [date(2020, 1, 1), date(2040, 1, 1)]
    )
    firsts += [] if own["plan_first_treatment_on"] else [day + timedelta(days=1) for day in earlier_days]
    for first in firsts:
        days = [day for day in earlier_days if day >= first]
        reports = [report_on(claims, own, day) for day in days]
        choices: list[list[bool]] = [[]]
        for known in reports:
            choices = [
                [*choice, value] for choice in choices for value in ([known] if known is not None else [True, False])
            ]
        for choice in choices:
            last = max((place for place, reported in enumerate(choice) if reported), default=None)
            if last is not None:
                counts.add(len(days) - last)
            else:
                stated = own["treatment_days_since_report"]
                counts.update([len(days) + stated] if stated is not None else [len(days) + 1, 10_000])
    return counts


def report_on(claims: list[dict[str, Any]], own: dict[str, Any], day: date) -> bool | None:
    held = [
        other["has_progress_report"]
        for other in claims
        if (other["patient_id"], other["discipline"], other["date_of_service"])
        == (own["patient_id"], own["discipline"], day)
    ]
    return True if True in held else (None if None in held else False)


@pytest.mark.parametrize("seed", SEEDS)
def test_treatment_days_are_bounds_that_no_completion_breaks(seed: int) -> None:
    tables = random_batch(seed)
    claims = computed(tables, "claims", "treatment_days_at_least", "treatment_days_at_most").to_dicts()
    judged = 0
    for own in claims:
        if own["discipline"] is None or own["date_of_service"] is None:
            continue
        counts = possible_counts(claims, own)
        assert own["treatment_days_at_least"] <= min(counts)
        if own["treatment_days_at_most"] is not None:
            assert own["treatment_days_at_most"] >= max(counts)
        if len(counts) == 1:
            judged += 1
            assert (own["treatment_days_at_least"], own["treatment_days_at_most"]) == (min(counts), min(counts))
    assert judged or len(claims) < 9


@pytest.mark.parametrize(
    ("days", "reports", "flagged"),
    [
        (10, (), []),
        (11, (), [10]),
        (13, (), [10, 11, 12]),
        (13, (9,), []),
        (21, (9,), [20]),
        (13, (10,), []),
        (13, (11,), [10]),
    ],
)
def test_reports_are_overdue_from_the_eleventh_day_of_a_batch_on(
    days: int, reports: tuple[int, ...], flagged: list[int]
) -> None:
    text = "\n".join(
        f"visit {DAY + timedelta(days=number)} medicare_b treatment_days_since_report=1 "
        f"plan_first_treatment_on={DAY} has_progress_report={'true' if number in reports else 'false'}\n  97110 GP x2"
        for number in range(days)
    )
    verdicts = Judge([rule("PC302")]).judge(parse(text)).of(rule("PC302"))
    assert (verdicts == int(Verdict.FINDING)).arg_true().to_list() == flagged


# --- authorizations --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_visits_and_units_before_under_one_number(seed: int) -> None:
    tables = random_batch(seed)
    names = tuple(
        f"authorization_{what}_before_at_{bound}" for what in ("visits", "units") for bound in ("least", "most")
    )
    claims = computed(tables, "claims", "authorized_units", *names).to_dicts()
    for own in claims:
        if own["payer"] is None or own["date_of_service"] is None or own["authorization_number"] is None:
            continue
        peers = [
            other
            for other in claims
            if other["claim_id"] != own["claim_id"]
            and (other["patient_id"], other["payer"]) == (own["patient_id"], own["payer"])
        ]
        if any(other["date_of_service"] is None or other["authorization_number"] is None for other in peers):
            continue
        same = [other for other in peers if other["authorization_number"] == own["authorization_number"]]
        days = {other["date_of_service"] for other in same if other["date_of_service"] < own["date_of_service"]}
        before = [
            other["authorized_units"]
            for other in same
            if (other["date_of_service"], other["claim_id"]) < (own["date_of_service"], own["claim_id"])
        ]
        at_most = None if None in before else sum(before)
        at_least = sum(item or 0 for item in before)
        assert tuple(own[name] for name in names) == (len(days), len(days), at_least, at_most)


# --- copied notes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_a_note_is_a_copy_of_an_earlier_one_of_the_patient(seed: int) -> None:
    tables = random_batch(seed)
    claims = computed(tables, "claims", "note_is_copied").to_dicts()
    for own in claims:
        if own["date_of_service"] is None or own["note_text"] is None:
            continue
        peers = [
            other
            for other in claims
            if other["claim_id"] != own["claim_id"]
            and (other["patient_id"], other["discipline"]) == (own["patient_id"], own["discipline"])
        ]
        if any(other["date_of_service"] is None for other in peers):
            continue
        earlier = [other["note_text"] for other in peers if other["date_of_service"] < own["date_of_service"]]
        if own["note_text"] in earlier:
            assert own["note_is_copied"] is True
        elif None in earlier or not own["knows_history"]:
            assert own["note_is_copied"] is None
        else:
            assert own["note_is_copied"] is False
