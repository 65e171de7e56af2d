"""Baselines: keys that follow content and not rows, counts, and a file without patients."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.check.baseline import Baseline, BaselineFileError, Known, read_baseline
from cleanclaim.check.contents import contents
from cleanclaim.check.findings import Finding
from cleanclaim.check.judge import Judge, Verdicts
from cleanclaim.lines.flat_files import read_flat
from cleanclaim.lines.from_flat import tables_of_rows
from cleanclaim.rules import book

HEAD = "claim,patient,date,payer,code,modifiers,units,minutes,by,charge,diagnoses,pointers,rendering_npi,billing_npi"
C1 = [
    "C1,P1,2026-03-04,medicare_b,97110,GP,3,23,PT,180.00,M54.50,1,1245319599,1234567893",
    "C1,P1,2026-03-04,medicare_b,97140,,1,15,PT,60.00,M54.50,1,1245319599,1234567893",
]
C2 = [row.replace("C1,P1", "C2,P2") for row in C1]
RULES = [rule for rule in book.active_rules() if rule.code[:2] in {"UN", "MD", "PR", "DX"}]


def judged(folder: Path, *rows: str) -> tuple[tuple[Finding, ...], list[str]]:
    verdicts = _verdicts(folder, *rows)
    findings = tuple(verdicts.findings())
    return findings, contents(findings, verdicts.workspace.frames)


def _verdicts(folder: Path, *rows: str) -> Verdicts:
    path = folder / "lines.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    flat = tables_of_rows(read_flat(path), as_of=date(2026, 3, 8), default_payer=None)
    return Judge(RULES).judge(flat.tables)


def keys(folder: Path, *rows: str) -> set[str]:
    baseline = Baseline.of(judged(folder, *rows)[1], [], salt=b"x" * 16)
    return set(baseline.known)


# --- keys ------------------------------------------------------------------------------------------------


def test_keys_do_not_depend_on_the_order_of_claims_lines_or_files(tmp_path: Path) -> None:
    own = keys(tmp_path, *C1, *C2)
    assert len(own) >= 4
    assert keys(tmp_path, *C2, *C1) == own
    assert keys(tmp_path, C1[1], C1[0], *reversed(C2)) == own
    (tmp_path / "other").mkdir()
    assert keys(tmp_path / "other", *C1, *C2) == own


def test_a_claim_is_known_alone_as_among_others(tmp_path: Path) -> None:
    both = keys(tmp_path, *C1, *C2)
    assert keys(tmp_path, *C1) | keys(tmp_path, *C2) == both
    assert keys(tmp_path, *C1).isdisjoint(keys(tmp_path, *C2))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("GP,3,23", "GP,4,23"),
        ("GP,3,23", "GP,3,22"),
        ("97110,GP", "97112,GP"),
        ("97110,GP", "97110,GP KX"),
        ("180.00", "181.00"),
        ("2026-03-04", "2026-03-05"),
        ("medicare_b", "aetna"),
        ("C1", "C9"),
        ("M54.50", "M25.561"),
        (",PT,180", ",PTA,180"),
    ],
)
def test_a_claim_billed_differently_is_new_as_a_whole(tmp_path: Path, old: str, new: str) -> None:
    before = keys(tmp_path, *C1)
    assert before
    assert keys(tmp_path, *(row.replace(old, new) for row in C1)).isdisjoint(before)


def test_the_line_meant_is_part_of_the_key(tmp_path: Path) -> None:
    findings, found = judged(tmp_path, C1[0].replace(",GP,", ",,"), C1[1])
    at_lines = [content for one, content in zip(findings, found, strict=True) if one.code == "MD101"]
    assert len(at_lines) == len(set(at_lines)) == 2


def test_words_and_amounts_are_no_part_of_the_key(tmp_path: Path) -> None:
    verdicts = _verdicts(tmp_path, *C1)
    findings = list(verdicts.findings())
    other = [
        Finding(one.code, "renamed", "advice", one.table, one.key, one.claim_id, "elsewhere", "other words", {}, 1)
        for one in findings
    ]
    frames = verdicts.workspace.frames
    assert contents(other, frames) == contents(findings, frames)


# --- counts ----------------------------------------------------------------------------------------------


def test_a_key_stands_for_as_many_findings_as_it_has() -> None:
    one = Finding("UN101", "n", "deny", "days", 0, 0, "day", "m")
    use = Known(Baseline.of(["a", "a", "b"], ["UN101"] * 3))
    new, known = use.part([one] * 4, ["a", "a", "a", "c"])
    assert (len(new), len(known), use.not_met) == (2, 2, 1)
    # Another batch of the same check meets what is left, not the whole once more.
    assert [len(found) for found in use.part([one] * 2, ["a", "b"])] == [1, 1]
    assert use.not_met == 0


@pytest.mark.parametrize("seed", range(5))
def test_many_findings_are_parted_as_they_are_one_by_one(seed: int) -> None:
    chance = random.Random(seed)
    found = [chance.choice("abcdefg") * 32 for _ in range(400)]
    baseline = Baseline.of((chance.choice("abcx") * 32 for _ in range(150)), [])
    one = Finding("UN101", "n", "deny", "days", 0, 0, "day", "m")
    marked = [replace(one, key=place) for place in range(len(found))]
    _, known = Known(baseline).part(marked, found)
    flags = baseline.are_known(pl.Series(found)).to_list()
    assert [place for place, flag in enumerate(flags) if flag] == [finding.key for finding in known]
    assert 0 < sum(flags) < len(found)


def test_no_finding_and_no_known_one_are_no_special_case() -> None:
    assert Baseline.of(["a"], []).are_known(pl.Series([], dtype=pl.String)).to_list() == []
    assert Baseline.of([], []).are_known(pl.Series(["a", "b"])).to_list() == [False, False]


# --- the file --------------------------------------------------------------------------------------------


def test_a_file_says_nothing_of_a_patient_and_comes_back_whole(tmp_path: Path) -> None:
    findings, found = judged(tmp_path, *C1, *C2)
    baseline = Baseline.of(found, (one.code for one in findings))
    path = tmp_path / "known.json"
    path.write_text(baseline.text())
    assert read_baseline(path) == baseline
    text = path.read_text()
    for word in ("C1", "P1", "medicare", "M54"):
        assert word not in text
    document = json.loads(text)
    assert set(document) == {"schema", "format", "salt", "findings", "by_rule", "known"}
    assert document["findings"] == len(findings) == sum(document["by_rule"].values())
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in document["known"])


def test_files_written_before_stay_readable() -> None:
    """BLAKE2b of 128 bits, keyed by the salt, as `b2sum` and other programs have it."""
    assert Baseline.of(["a"], [], salt=b"x" * 16).known == {"d18c6ff5d47adaaff42c2395c678d9e1": 1}


def test_every_file_has_a_salt_of_its_own_and_keeps_it() -> None:
    first, second = Baseline.of(["a"], ["UN101"]), Baseline.of(["a"], ["UN101"])
    assert first.salt != second.salt
    assert set(first.known).isdisjoint(second.known)
    assert Baseline.of(["a"], ["UN101"], first.salt) == first
    assert Baseline.of(["b", "a"], [], first.salt).text() == Baseline.of(["a", "b"], [], first.salt).text()


GOOD: dict[str, Any] = {
    "schema": "cleanclaim/baseline",
    "format": 2,
    "salt": "00" * 16,
    "findings": 1,
    "by_rule": {"UN101": 1},
    "known": {"ab" * 16: 1},
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"schema": "cleanclaim/check"}, "schema cannot be used; expected cleanclaim/baseline"),
        ({"format": 1}, "format cannot be used; expected 2; write the baseline anew"),
        ({"salt": "00"}, "salt cannot be used; expected 32 hexadecimal digits"),
        ({"salt": "zz" * 16}, "salt cannot be used; expected 32 hexadecimal digits"),
        ({"known": {"ab": 1}}, "known cannot be used; expected keys of 32 hexadecimal digits"),
        ({"known": {"ab" * 16: 0}}, "known cannot be used; expected a table of whole numbers above zero"),
        ({"known": {"ab" * 16: True}}, "known cannot be used; expected a table of whole numbers above zero"),
        ({"by_rule": []}, "by_rule cannot be used; expected a table of whole numbers above zero"),
    ],
)
def test_a_file_that_is_no_baseline(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(json.dumps(GOOD))
    assert read_baseline(path).known == {"ab" * 16: 1}
    path.write_text(json.dumps(GOOD | changed))
    with pytest.raises(BaselineFileError) as caught:
        read_baseline(path)
    assert str(caught.value) == f"{path}: {said}"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BaselineFileError, match=r"cannot be read: .*; expected a baseline file"):
        read_baseline(tmp_path / "absent.json")
    (tmp_path / "known.json").write_text("[")
    with pytest.raises(BaselineFileError, match="is not JSON; expected a baseline file"):
        read_baseline(tmp_path / "known.json")
    (tmp_path / "known.json").write_text("[]")
    with pytest.raises(BaselineFileError, match="schema cannot be used"):
        read_baseline(tmp_path / "known.json")
