"""Diagnoses: dates, order, company and links, over several claims at once and against single look-ups."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from cleanclaim.check.judge import Judge
from cleanclaim.reference import icd10
from cleanclaim.rules.book import select
from cleanclaim.rules.notation import parse

RULES = select(["DX"])
MINE = select(["PR", "MU", "DX"])


def found(text: str) -> list[tuple[str, str]]:
    return [(item.code, item.place) for item in Judge(RULES).judge(parse(text)).findings()]


def with_diagnoses(day: str, *codes: str) -> list[tuple[str, str]]:
    pointers = ",".join(str(number) for number in range(1, min(len(codes), 4) + 1))
    return found(f"visit {day} medicare_b\n dx {' '.join(codes)}\n 97110 GP x2 30min dx={pointers}")


def test_the_plain_visit_has_no_finding() -> None:
    verdicts = Judge(MINE).judge(parse("visit 2026-03-04 medicare_b\n 97110 GP x2 30min"))
    assert verdicts.findings() == []
    assert verdicts.unjudged() == []
    assert verdicts.crashed == {}


# CMS and CDC/NCHS, addenda for October 1 of 2024, 2025 and 2026; WebPT for M54.5.
DATED = [
    ("M72.2", date(2026, 9, 30), ""), ("M72.2", date(2026, 10, 1), "DX104"),
    ("M67.A02", date(2026, 9, 30), "DX103"), ("M67.A02", date(2026, 10, 1), ""),
    ("M72.21", date(2026, 9, 30), "DX103"), ("M72.21", date(2026, 10, 1), ""),
    ("S23.420D", date(2026, 9, 30), ""), ("S23.420D", date(2026, 10, 1), "DX104"),
    ("G35", date(2025, 9, 30), ""), ("G35", date(2025, 10, 1), "DX104"),
    ("G35.A", date(2025, 9, 30), "DX103"), ("G35.A", date(2025, 10, 1), ""),
    ("R10.2", date(2025, 9, 30), ""), ("R10.2", date(2025, 10, 1), "DX104"),
    ("R10.21", date(2025, 9, 30), "DX103"), ("R10.21", date(2025, 10, 1), ""),
    ("M51.36", date(2024, 9, 30), ""), ("M51.36", date(2024, 10, 1), "DX104"),
    ("M51.360", date(2024, 9, 30), "DX103"), ("M51.360", date(2024, 10, 1), ""),
    ("M54.5", date(2021, 9, 30), ""), ("M54.5", date(2021, 10, 1), "DX104"),
    ("M54.59", date(2021, 9, 30), "DX103"), ("M54.59", date(2021, 10, 1), ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "rule"), DATED, ids=[f"{code}-{day}" for code, day, _ in DATED])
def test_both_sides_of_every_change_of_codes(code: str, day: date, rule: str) -> None:
    assert with_diagnoses(day.isoformat(), code) == ([(rule, "diagnosis 1")] if rule else [])


@pytest.mark.parametrize(
    ("day", "judged"), [("2024-09-30", False), ("2024-10-01", True), ("2027-09-30", True), ("2027-10-01", False)]
)
def test_a_date_outside_the_lists_is_no_data(day: str, *, judged: bool) -> None:
    verdicts = Judge(select(["DX101", "DX102", "DX103", "DX104"])).judge(
        parse(f"visit {day} medicare_b\n dx M25.561\n 97110 GP x2 30min")
    )
    assert verdicts.findings() == []
    assert [item.code for item in verdicts.unjudged()] == ([] if judged else ["DX101", "DX102", "DX103", "DX104"])


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("M54.50", "M51.360", True), ("M54.50", "M51.370", True), ("M54.50", "M54.41", True),
        ("R42", "H81.12", True), ("R26.89", "G11.9", True), ("R53.1", "M62.81", True), ("M62.81", "M62.84", True),
        ("M75.111", "S46.011D", True), ("M75.111", "S46.012D", False), ("N39.3", "N39.46", True),
        ("M25.561", "M79.604", False), ("R29.6", "Z91.81", False), ("M54.50", "M25.561", False),
    ],
)  # fmt: skip
def test_diagnoses_that_a_note_keeps_apart(first: str, second: str, *, apart: bool) -> None:
    # ICD-10-CM tabular list, April 2026: Excludes1 holds, Excludes2 and opposite sides do not.
    expected = [("DX205", "diagnosis 2")] if apart else []
    for codes in ((first, second), (second, first)):
        assert [item for item in with_diagnoses("2026-03-04", *codes) if item[0] == "DX205"] == expected


POOL = ["M54.50", "S39.012D", "R42", "H81.11", "M25.561", "M25.562", "Z47.1", "Z96.651", "S72.001D", "Z47.81", "Z89.511",
        "Z99.3", "G82.20", "Z51.89", "W19.XXXA", "M62.81", "M62.84", "R53.1", "Z48.89", "S83.511D", "M99.999"]  # fmt: skip


def test_company_agrees_with_single_look_ups_over_many_claims() -> None:
    rng = random.Random(20260304)
    claims = [rng.choices(POOL, k=rng.randint(1, 6)) for _ in range(300)]
    text = "\n".join(f"visit 2026-03-04 medicare_b\n dx {' '.join(codes)}\n 97110 GP x2 30min" for codes in claims)
    names = ("is_kept_apart", "is_repeated_diagnosis", "stands_beside_unfit", "lacks_companion")
    tables = parse(text)
    # The rows of the claims are mixed, as in an archive.
    order = tables.diagnoses.sample(fraction=1, shuffle=True, seed=7)
    mixed = order.with_columns(pl.int_range(order.height, dtype=pl.Int64).alias("diagnosis_id"))
    frame = Judge((), extra={"diagnoses": (*names, "claim_id", "position")}).judge(replace(tables, diagnoses=mixed))
    rows = frame.workspace.frames["diagnoses"].sort("claim_id", "position").select("claim_id", "position", *names)
    seen = 0
    for claim_id, position, *answers in rows.iter_rows():
        codes = [icd10.normalize(code) for code in claims[claim_id]]
        code, before = codes[position - 1], codes[: position - 1]
        apart = any(not item.opposite_sides for other in before for item in icd10.excludes1_conflicts([other, code]))
        problems = [item for item in icd10.companion_problems(codes) if item.code == code]
        if codes.count(code) > 1:
            continue  # a code that stands twice is told apart by its place, which `companion_problems` does not give
        assert answers == [
            apart,
            False,
            any(item.other is not None for item in problems),
            any(item.other is None for item in problems),
        ], (codes, position)
        seen += 1
    assert seen > 500


def test_a_pointer_is_read_by_position_in_any_order_of_rows() -> None:
    text = "visit 2026-03-04 medicare_b\n dx M54.50 H81.11 R26.89\n 95992 GP x1 15min dx=3\n 97112 GP x1 15min dx=2,9,1"
    tables = parse(text)
    mixed = tables.diagnoses[[2, 0, 1]].with_columns(pl.int_range(3, dtype=pl.Int64).alias("diagnosis_id"))
    judge = Judge((), extra={"lines": ("linked_diagnoses", "leading_diagnosis")})
    for diagnoses in (tables.diagnoses, mixed):
        lines = judge.judge(replace(tables, diagnoses=diagnoses)).workspace.frames["lines"]
        assert lines.select("linked_diagnoses", "leading_diagnosis").rows() == [
            (["R26.89"], "R26.89"),
            (["H81.11", "M54.50"], "H81.11"),
        ]


def test_an_unknown_diagnosis_that_a_line_points_to_makes_its_links_unknown() -> None:
    judge = Judge((), extra={"lines": ("linked_diagnoses",)})
    text = "visit 2026-03-04 medicare_b\n dx M54.50 ?\n 97110 GP x1 dx=1\n 97112 GP x1 dx=1,2\n 97140 GP x1 dx=none"
    lines = judge.judge(parse(text)).workspace.frames["lines"]
    assert lines.get_column("linked_diagnoses").to_list() == [["M54.50"], None, []]


def test_diagnoses_that_nobody_listed_are_unknown_and_not_absent() -> None:
    text = "visit 2026-03-04 medicare_b knows_diagnoses=false\n dx none\n 97761 GP x1\n 95992 GP x1"
    verdicts = Judge(RULES).judge(parse(text))
    assert verdicts.findings() == []
    assert {item.code for item in verdicts.unjudged()} >= {"DX302", "DX304", "DX305", "DX401", "DX402"}


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("Z89.511", True), ("T87.81", True), ("Q72.811", True), ("Z44.101", True), ("S88.111D", True),
        ("M17.11", False), ("Z96.651", False), ("Q74.0", False),
    ],
)  # fmt: skip
def test_prosthetic_training_goes_with_limb_loss(code: str, *, fits: bool) -> None:
    text = f"visit 2026-03-04 medicare_b\n dx {code}\n 97761 GP x2 30min"
    assert [item for item in found(text) if item[0] == "DX401"] == ([] if fits else [("DX401", "line 1")])


@pytest.mark.parametrize("code", ["97110", "97112", "97116", "97140", "97530", "97535", "97542", "97035"])
def test_no_diagnosis_is_wrong_for_codes_without_a_published_list(code: str) -> None:
    text = f"visit 2026-03-04 medicare_b\n dx R52\n {code} GP x2 30min"
    assert [item for item in found(text) if item[0].startswith("DX4")] == []


def test_notes_of_another_year_are_told_as_unconfirmed() -> None:
    judge = Judge((), extra={"claims": ("diagnosis_notes_are_confirmed",)})
    days = ["2025-09-30", "2025-10-01", "2026-09-30", "2026-10-01"]
    text = "\n".join(f"visit {day} medicare_b\n 97110 GP x2 30min" for day in days)
    claims = judge.judge(parse(text)).workspace.frames["claims"]
    assert claims.get_column("diagnosis_notes_are_confirmed").to_list() == [False, True, True, False]


@pytest.mark.parametrize("code", [f"DX{number}" for number in range(401, 409)])
def test_every_diagnosis_that_a_rule_names_begins_a_code(code: str) -> None:
    (rule,) = select([code], [])
    written = re.search(r"\(\^\| \)\(([0-9A-Z|]+)\)", str(rule.flag))
    assert written is not None
    listed = icd10.table().get_column("code").unique().to_list()
    assert [word for word in written[1].split("|") if not any(one.startswith(word) for one in listed)] == []
