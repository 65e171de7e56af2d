"""The locality of claims that name none."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cleanclaim.audit.localities import with_localities
from tests.audit.made import CLINIC, OTHER_CLINIC
from tests.cli.running import run, run_json

DAY = ("--as-of", "2026-11-21", "--processes", 1, "--select", "UN104")


def test_what_a_claim_names_comes_first_then_its_clinics_then_that_of_all() -> None:
    claims = pl.DataFrame(
        {
            "locality": ["01112-05", None, "", None, None],
            "billing_npi": [CLINIC, CLINIC, CLINIC, OTHER_CLINIC, None],
        }
    )
    found = with_localities(claims, {"": "national", CLINIC: "06102-16"}).get_column("locality").to_list()
    assert found == ["01112-05", "06102-16", "06102-16", "national", "national"]
    alone = with_localities(claims, {CLINIC: "06102-16"}).get_column("locality").to_list()
    assert alone == ["01112-05", "06102-16", "06102-16", None, None]


def test_a_locality_prices_claims_and_stands_in_the_report(tmp_path: Path) -> None:
    lines = tmp_path / "lines.csv"
    lines.write_text(
        f"claim,patient,date,payer,billing_npi,code,modifiers,units,charge\n"
        f"C1,P1,2026-03-04,medicare_b,{CLINIC},97110,GP,1,100\n"
    )
    _, without = run_json("audit", lines, "--out", tmp_path / "a", *DAY)
    _, priced = run_json("audit", lines, "--out", tmp_path / "b", *DAY, "--locality", f"{CLINIC}=06102-16")
    assert (without["figures"]["claims_without_allowed"], priced["figures"]["claims_without_allowed"]) == (1, 0)
    assert f"06102-16, of claims of {CLINIC}" in (tmp_path / "b" / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("06102-61",), "no locality '06102-61'; did you mean"),
        (("12=national",), "'12'; expected the NPI of a billing provider before ="),
        (("national", "06102-16"), "that of all clinics comes twice"),
    ],
)
def test_a_locality_that_is_none_is_refused(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    given = [part for word in words for part in ("--locality", word)]
    ran = run("audit", tmp_path, "--out", tmp_path / "r", *DAY, *given)
    assert ran.code == 2
    assert f"error: --locality: {said}" in " ".join(ran.errors.split())
