"""What `cleanclaim check` says is at stake where no price of the whole claim is known: no more than it charges."""

from __future__ import annotations

from pathlib import Path

from tests.cli.running import run_json

HEAD = (
    "claim,patient,date,payer,code,modifiers,units,minutes,by,charge,diagnoses,pointers,rendering_npi,billing_npi,pos,"
    "locality"
)
ON = ("--as-of", "2026-03-08", "--select", "MD101,UN101")


def lines(folder: Path, *charges: str) -> Path:
    """Two claims with a line that has a price, and one that has none: what the whole claim is allowed is unknown."""
    path = folder / "lines.csv"
    rows = [
        f"C{claim},P1,2026-03-04,medicare_b,{code},,3,15,PT,{charge},M54.50,1,1245319599,1234567893,11,06102-16"
        for claim in (1, 2)
        for code, charge in zip(("97110", "97799"), charges, strict=True)
    ]
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    return path


def test_check_and_audit_put_the_same_at_stake(tmp_path: Path) -> None:
    path = lines(tmp_path, "20.00", "1.00")
    _, checked = run_json("check", path, *ON)
    # Each of the findings that have a price costs more than the claim charges.
    priced = [one["cents"] for one in checked["findings"] if one["severity"] == "deny" and one["cents"]]
    assert len(priced) == 4
    assert min(priced) > 2_100
    assert [(one["severity"], one["cents"]) for one in checked["outcomes"]] == [("deny", 2 * 2_100)]
    _, audited = run_json("audit", path, "--out", tmp_path / "r", "--processes", 1, *ON)
    assert audited["figures"]["claims_without_allowed"] == 2
    assert [(one["severity"], one["cents"]) for one in audited["outcomes"]] == [("deny", 2 * 2_100)]


def test_where_a_charge_is_unknown_nothing_bounds_the_claim(tmp_path: Path) -> None:
    _, checked = run_json("check", lines(tmp_path, "20.00", ""), *ON)
    priced = sum(one["cents"] or 0 for one in checked["findings"])
    assert [one["cents"] for one in checked["outcomes"]] == [priced]
