"""The job's forms: which files there are, how they are named, and what is left out."""

from __future__ import annotations

import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from cleanclaim.bill.job import Billed, BilledClaim, ClaimState
from cleanclaim.bill.output import Written, write_forms
from cleanclaim.records import Claim
from tests.forms.claims import COMMERCIAL, claim
from tests.forms.pages import page_count, words


def item(state: ClaimState, one: Claim | None, key: str) -> BilledClaim:
    nothing: Any = SimpleNamespace(case=SimpleNamespace(pays_alone=False))
    return BilledClaim(key, state, nothing, one, () if one is None else (one,), (), (), (), ())


def billed(*items: BilledClaim) -> Billed:
    return cast("Billed", SimpleNamespace(claims=items))


JOB = billed(
    item(ClaimState.READY, claim(id="V1"), "V1"),
    item(ClaimState.READY, claim(id="V2"), "V2"),
    item(ClaimState.READY, claim(id="V3", payer=COMMERCIAL), "V3"),
    item(ClaimState.HELD, claim(id="V4"), "V4"),
    item(ClaimState.QUESTION, None, "V5"),
    item(ClaimState.SUPERBILL, claim(id="V6"), "V6"),
    item(ClaimState.SUPERBILL, claim(id="V7"), "../V7"),
    item(ClaimState.READY, claim(id="ACCOUNT-2026-001"), "V8"),
)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_copies_by_payer_and_a_superbill_for_each_claim_not_filed(tmp_path: Path) -> None:
    written = Written()

    write_forms(JOB, tmp_path, written)

    assert names(tmp_path) == [
        "forms/larkspur_mutual.cms1500.pdf",
        "forms/medicare_b.cms1500.pdf",
        "superbills/..%2FV7.pdf",
        "superbills/V6.pdf",
    ]
    assert sorted(written.files) == sorted(tmp_path / name for name in names(tmp_path))
    medicare = (tmp_path / "forms" / "medicare_b.cms1500.pdf").read_bytes()
    assert page_count(medicare) == 2
    assert "COPY" in words(medicare)
    assert "Therapeutic exercise" in words((tmp_path / "superbills" / "V6.pdf").read_bytes())


def test_a_claim_that_does_not_fit_is_left_out_and_named(tmp_path: Path) -> None:
    written = Written()

    write_forms(JOB, tmp_path, written)

    assert [str(problem) for problem in written.form_problems] == [
        "claim ACCOUNT-2026-001: box 26: found 16 characters, expected at most 14"
    ]


def test_pre_printed_sheets_get_the_data_alone(tmp_path: Path) -> None:
    write_forms(JOB, tmp_path, Written(), copies=False, preprinted=True)

    assert names(tmp_path) == [
        "forms/larkspur_mutual.cms1500-preprinted.pdf",
        "forms/medicare_b.cms1500-preprinted.pdf",
    ]
    assert "COPY" not in words((tmp_path / "forms" / "medicare_b.cms1500-preprinted.pdf").read_bytes())


def test_nothing_is_printed_unasked(tmp_path: Path) -> None:
    written = Written()

    write_forms(JOB, tmp_path, written, copies=False)

    assert (names(tmp_path), written.files, written.form_problems) == ([], [], [])


def test_forms_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    write_forms(JOB, tmp_path, Written())

    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*.pdf")}
    assert modes == {0o600}
