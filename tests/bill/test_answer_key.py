"""The sample clinic against its answer key, which was worked by hand by somebody who had not read the rules."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cleanclaim.bill.job import Billed, BilledClaim, ClaimState, bill
from cleanclaim.check.findings import Finding
from cleanclaim.records.reading import read_folder
from cleanclaim.reference.payers import load_folder
from cleanclaim.rules.kit import Severity

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-day"
KEY: dict[str, Any] = tomllib.loads((CLINIC / "answer_key.toml").read_text())
RULES: dict[str, list[str]] = tomllib.loads((Path(__file__).parent / "answer_key_rules.toml").read_text())


@cache
def billed() -> Billed:
    loaded = read_folder(CLINIC)
    assert loaded.clinic is not None
    packs = {payer.id: payer for payer in load_folder(CLINIC / "payers")}
    return bill(loaded.clinic, loaded.patients, loaded.visits, as_of=KEY["as_of"], packs=packs)


@cache
def claims() -> dict[str, BilledClaim]:
    return {item.key: item for item in billed().claims}


def serious(item: BilledClaim) -> list[Finding]:
    return [finding for finding in item.findings if finding.severity != Severity.ADVICE.value]


def made_of(item: BilledClaim) -> set[tuple[object, ...]]:
    return {(line["code"], line["units"], frozenset(line["modifiers"])) for line in item.lines}  # type: ignore[call-overload]


def agrees(item: BilledClaim, expected: list[dict[str, Any]]) -> bool:
    """Whether the claim's lines are the key's, modifiers compared only where the key states them."""
    wanted = {(line["code"], line["units"], frozenset(line["modifiers"])) for line in expected if "modifiers" in line}
    loose = {(line["code"], line["units"]) for line in expected if "modifiers" not in line}
    found = made_of(item)
    rest = {(code, units) for code, units, modifiers in found - wanted}
    return wanted <= found and rest == loose and len(item.lines) == len(expected)


def by_visit(entry: dict[str, Any]) -> str:
    return str(entry["visit"])


def test_no_rule_crashes_on_the_clinic() -> None:
    assert billed().crashed == {}


@pytest.mark.parametrize(
    "mistake", KEY["mistake"], ids=lambda item: f"{item['visit']}-{item['mistake']}" if isinstance(item, dict) else ""
)
def test_a_seeded_mistake_is_found(mistake: dict[str, Any]) -> None:
    item = claims()[mistake["visit"]]
    found = {finding.code for finding in (*item.findings, *item.mended)}

    assert found & set(RULES[mistake["mistake"]]), (mistake["what"], sorted(found), item.state)


@pytest.mark.parametrize("clean", KEY["clean"], ids=by_visit)
def test_a_clean_visit_is_billed_as_the_key_says_and_not_objected_to(clean: dict[str, Any]) -> None:
    item = claims()[clean["visit"]]

    assert [(finding.code, finding.message) for finding in serious(item)] == []
    assert [question.question for question in item.prepared.questions] == []
    assert item.state in {ClaimState.READY, ClaimState.SUPERBILL}
    assert agrees(item, clean["lines"]), made_of(item)


@pytest.mark.parametrize("coded", KEY["coded"], ids=by_visit)
def test_a_note_is_coded_as_the_key_says(coded: dict[str, Any]) -> None:
    item = claims()[coded["visit"]]

    assert [question.question for question in item.prepared.questions] == []
    assert agrees(item, coded["lines"]), made_of(item)
