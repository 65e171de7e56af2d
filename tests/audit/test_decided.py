"""Findings that were decided about before an audit: known ones and suppressed ones, told apart in every way it tells."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from benchmarks._archive import frames as made_archive
from cleanclaim.audit import spill
from cleanclaim.audit.block import at_stake
from cleanclaim.audit.decided import amounts, part
from cleanclaim.check.baseline import Baseline
from cleanclaim.check.suppression import Standing, Suppression
from tests.audit.made import archive, parted_of
from tests.cli.running import Ran, run, run_json, validate

DAY = ("--as-of", "2026-11-21", "--processes", 1)


def entry(claim: str, rule: str, line: int = 1, **more: object) -> Suppression:
    plain = {"reason": "looked at", "by": "D. Reyes", "on": date(2026, 1, 1), "line": line}
    return Suppression(claim, rule, **{**plain, **more})  # type: ignore[arg-type]


# --- parting ---------------------------------------------------------------------------------------------


@pytest.fixture
def frames() -> dict[str, pl.DataFrame]:
    """Six claims with eight findings; the first two objections to claim 1 are about the same."""
    found = archive()
    contents = ["a", "b", "b", "c", "d", "e", "f", "g"]
    return {**found, "findings": found["findings"].with_columns(pl.Series("content", contents))}


def rows(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    return frame.select("claim", "rule", "place").rows()


def test_without_decisions_everything_is_as_it_was_found(frames: dict[str, pl.DataFrame]) -> None:
    found = parted_of(frames)
    assert part(found, as_of=date(2026, 3, 8)) is found


def test_known_findings_are_in_no_figure_of_their_claims(frames: dict[str, pl.DataFrame]) -> None:
    baseline = Baseline.of(["b", "c", "zz"], [], salt=b"x" * 16)
    parted = part(parted_of(frames), as_of=date(2026, 3, 8), baseline=baseline)
    # Of two findings with the content `b` one is known, the first.
    assert rows(parted.frames["known"]) == [("C1", "UN101", "claim"), ("C2", "CH101", "claim")]
    assert parted.not_met == 1
    assert parted.stretches.findings.collect().height == 6
    claims = parted.stretches.claims.collect().select("claim", "findings", "lost_cents", "left_cents").rows()
    assert claims == [
        ("C1", 2, 7_000, 0),
        ("C2", 1, 1_500, 0),
        ("C3", 1, 700, 0),
        ("C4", 1, 0, 906),
        ("C5", 1, 0, 0),
        ("C6", 0, 0, 0),
    ]
    assert amounts(parted.frames["known"], frames["claims"]) == (8_000, 906)


def test_what_is_known_of_a_claim_is_worth_no_more_than_the_claim(frames: dict[str, pl.DataFrame]) -> None:
    own = frames["findings"].filter(pl.col("claim") == "C1")
    assert at_stake(own, ["file", "row"]).get_column("lost_cents").to_list() == [15_000]
    assert amounts(own, frames["claims"]) == (10_000, 0)
    lowered = frames["claims"].with_columns(charge_cents=pl.lit(9_000, pl.Int64), allowed_cents=pl.lit(None, pl.Int64))
    assert amounts(own, lowered) == (9_000, 0)


def test_suppressed_findings_have_who_and_why(frames: dict[str, pl.DataFrame]) -> None:
    entries = [
        entry("C1", "UN101", 1, place="line 2"),
        entry("C1", "DX306", 7, until=date(2026, 3, 7)),
        entry("C2", "UN101", 13, reason="paper chart"),
        entry("C2", "UN101", 19, place="claim"),
        entry("C4", "UN101", 25),
        entry("C9", "UN101", 31),
        entry("C5", "UN101", 37, on=date(2026, 3, 9)),
    ]
    parted = part(parted_of(frames), as_of=date(2026, 3, 8), suppressions=entries)
    hidden = parted.frames["suppressed"]
    assert rows(hidden) == [("C1", "UN101", "line 2"), ("C2", "UN101", "claim")]
    assert hidden.select("reason", "by", "on", "until", "entry").rows() == [
        ("looked at", "D. Reyes", date(2026, 1, 1), None, 1),
        ("paper chart", "D. Reyes", date(2026, 1, 1), None, 13),
    ]
    assert parted.stretches.findings.collect().height == 6
    assert parted.stretches.claims.collect().get_column("lost_cents").to_list()[:2] == [8_000, 0]
    # The claims of the others were judged, and there is nothing to suppress; that of C9 was not judged.
    assert [(one.suppression.line, one.standing) for one in parted.stale] == [
        (7, Standing.ENDED),
        (19, Standing.NO_SUCH_FINDING),
        (25, Standing.NO_SUCH_FINDING),
    ]


def test_where_a_rule_lacked_data_an_entry_may_still_be_needed(frames: dict[str, pl.DataFrame]) -> None:
    parted = part(
        parted_of(frames), as_of=date(2026, 3, 8), suppressions=[entry("C4", "UN105"), entry("C4", "DX306", 2)]
    )
    assert [one.suppression.line for one in parted.stale] == [2]


def test_what_is_written_as_known_is_all_that_is_not_suppressed(frames: dict[str, pl.DataFrame]) -> None:
    baseline = Baseline.of(["a"], [])
    parted = part(
        parted_of(frames),
        as_of=date(2026, 3, 8),
        suppressions=[entry("C3", "UN101")],
        baseline=baseline,
        writes=True,
        salt=b"y" * 16,
    )
    assert parted.to_write == Baseline.of("abbcdfg", ["DX306", *["UN101"] * 4, *["CH101"] * 2], b"y" * 16)
    crashed = frames["verdicts"].with_columns(crashed=pl.lit("ValueError"))
    assert part(parted_of({**frames, "verdicts": crashed}), as_of=date(2026, 3, 8), writes=True).to_write is None


# --- the command -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lines() -> pl.DataFrame:
    """Some 600 lines of 180 claims."""
    (frame,) = made_archive(600, seed=3)
    return frame


@pytest.fixture(scope="module")
def folder(lines: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lines")
    lines.write_parquet(path / "lines.parquet")
    return path


@pytest.fixture(scope="module")
def known(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an audit of those lines found, as known findings; its report lies beside it."""
    path = tmp_path_factory.mktemp("known") / "known.json"
    ran = run("audit", folder, "--out", path.parent / "r", *DAY, "--write-baseline", path)
    assert (ran.code, "written as known: " in ran.words) == (1, True)
    return path


def findings_in(report: Path, name: str = "findings") -> pl.DataFrame:
    return pl.read_parquet(report / f"{name}.parquet")


def test_writing_leaves_the_report_as_it_is(folder: Path, known: Path, tmp_path: Path) -> None:
    assert run("audit", folder, "--out", tmp_path / "r", *DAY).code == 1
    for name in ("findings.parquet", "claims.parquet", "verdicts.parquet"):
        assert (tmp_path / "r" / name).read_bytes() == (known.parent / "r" / name).read_bytes()
    written = json.loads(known.read_text("utf-8"))
    validate(written)
    assert written["findings"] == findings_in(tmp_path / "r").height > 100


def test_an_archive_exported_anew_has_no_new_finding(
    lines: pl.DataFrame, known: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other files, in another order and form, cut into other blocks."""
    monkeypatch.setattr(spill, "LINES_A_BLOCK", 250)
    claims = lines.get_column("claim").unique(maintain_order=True).to_list()
    anew = tmp_path / "anew"
    anew.mkdir()
    late = lines.filter(pl.col("claim").is_in(claims[100:])).reverse()
    late.write_csv(anew / "a.csv")
    lines.filter(pl.col("claim").is_in(claims[:100])).write_parquet(anew / "b.parquet")
    # Of two claims for one service the later is a duplicate, so that rule does follow the order.
    ignoring = ("--ignore", "DP103", "--reason", "follows the order", "--by", "D. Reyes")
    code, document = run_json("audit", anew, "--out", tmp_path / "r", *DAY, *ignoring, "--baseline", known)
    assert (document["figures"]["findings"], document["outcomes"], document["rules"]) == (0, [], [])
    before = findings_in(known.parent / "r").filter(pl.col("rule") != "DP103")
    assert document["baseline"]["known"] == before.height
    assert document["baseline"]["by_rule"] == dict(before.group_by("rule").len().sort("rule").rows())
    assert (document["figures"]["lost_cents"], document["figures"]["claims_with_findings"]) == (0, 0)
    assert (document["baseline"]["lost_cents"], document["baseline"]["left_cents"]) == amounts(
        before, findings_in(known.parent / "r", "claims")
    )
    assert code == 3
    assert findings_in(tmp_path / "r", "known").height == before.height


def test_a_claim_billed_differently_has_all_its_findings_again(
    lines: pl.DataFrame, known: Path, tmp_path: Path
) -> None:
    before = findings_in(known.parent / "r")
    claim = before.filter(pl.col("rule") == "UN104").get_column("claim")[0]
    own = pl.col("claim") == claim
    changed = lines.with_columns(pl.when(own).then(pl.col("units") + 1).otherwise("units").alias("units"))
    changed.write_parquet(tmp_path / "lines.parquet")
    _, document = run_json("audit", tmp_path / "lines.parquet", "--out", tmp_path / "r", *DAY, "--baseline", known)
    new = findings_in(tmp_path / "r")
    assert claim in new.get_column("claim").to_list()
    # Beside its own there may be findings of the patient's other claims, which share a day or a pair with it.
    patients = lines.filter(own).get_column("patient").unique()
    others = set(lines.filter(pl.col("patient").is_in(patients.implode())).get_column("claim"))
    assert set(new.get_column("claim")) <= others
    assert document["baseline"]["not_met"] >= before.filter(own).height > 0


def test_check_and_audit_know_each_others_findings(lines: pl.DataFrame, known: Path, tmp_path: Path) -> None:
    table, checked = tmp_path / "lines.csv", tmp_path / "checked.json"
    lines.write_csv(table)
    _, document = run_json("check", table, "--as-of", "2026-11-21", "--write-baseline", checked)
    assert document["baseline"]["written"] == json.loads(known.read_text("utf-8"))["findings"]
    assert {"TD107", "DP101", "DX208", "UN104"} <= set(document["baseline"]["by_rule"])
    _, audited = run_json("audit", table, "--out", tmp_path / "r", *DAY, "--baseline", checked)
    assert (audited["figures"]["findings"], audited["baseline"]["not_met"]) == (0, 0)
    assert audited["baseline"]["known"] == document["baseline"]["written"]
    _, back = run_json("check", table, "--as-of", "2026-11-21", "--baseline", known)
    assert (back["findings"], back["baseline"]["not_met"]) == ([], 0)


def suppressions(folder: Path, claim: str, rule: str) -> Path:
    path = folder / "suppressions.toml"
    path.write_text(
        f'[[suppress]]\nclaim = "{claim}"\nrule = "{rule}"\nreason = "paper <chart>"\nby = "D. Reyes"\non = 2026-03-07\n'
    )
    return path


def test_both_are_told_on_the_page_in_the_manifest_and_by_the_command(
    folder: Path, known: Path, tmp_path: Path
) -> None:
    before = findings_in(known.parent / "r")
    claim = before.filter(pl.col("rule") == "UN104").get_column("claim")[0]
    entries = suppressions(tmp_path, claim, "UN104")
    hidden = before.filter((pl.col("claim") == claim) & (pl.col("rule") == "UN104")).height
    words = ("--baseline", known, "--suppress", entries)

    def audited(name: str) -> Ran:
        return run("audit", folder, "--out", tmp_path / name, *DAY, *words)

    ran = audited("r")
    assert ran.code == 3
    assert f"known before: {before.height - hidden:,} findings, $" in ran.words
    assert f"{hidden} known ones have not come up" in ran.words
    assert f"suppressed: {hidden} findings, $" in ran.words
    assert f"{claim} UN104" in ran.words
    assert "by D. Reyes on 2026-03-07: paper <chart>" in ran.words
    assert "No other finding, as far as judged." in ran.words

    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text("utf-8"))
    validate(manifest)
    assert manifest["settings"]["baseline"] == {
        "sha256": sha256(known.read_bytes()).hexdigest(),
        "findings": before.height,
    }
    assert manifest["settings"]["suppressions"] == {"sha256": sha256(entries.read_bytes()).hexdigest(), "entries": 1}
    assert manifest["settings"]["writes_baseline"] is False
    assert {one["path"] for one in manifest["outputs"]} >= {"known.parquet", "suppressed.parquet"}
    page = (tmp_path / "r" / "report.html").read_text("utf-8")
    assert f"{before.height - hidden:,} findings of an earlier audit or check, $" in page
    assert '<a href="#known">known before</a>' in page
    assert "paper &lt;chart&gt;</td><td>D. Reyes</td><td" in page
    assert "No other finding, as far as judged." in page

    audited("again")
    for path in sorted((tmp_path / "r").iterdir()):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name
    # A report without them, written into the same folder, has none of their files.
    assert run("audit", folder, "--out", tmp_path / "r", *DAY).code == 1
    assert not {"known.parquet", "suppressed.parquet"} & {path.name for path in (tmp_path / "r").iterdir()}
    assert "known before" not in (tmp_path / "r" / "report.html").read_text("utf-8")


def test_files_that_cannot_be_used_are_refused_before_anything_is_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[")
    for option in ("--baseline", "--write-baseline"):
        ran = run("audit", folder, "--out", tmp_path / "r", *DAY, option, tmp_path / "x.json")
        assert (ran.code, "is not JSON; expected a baseline file" in " ".join(ran.errors.split())) == (2, True)
    ran = run("audit", folder, "--out", tmp_path / "r", *DAY, "--suppress", tmp_path / "absent.toml")
    assert (ran.code, "cannot be read" in ran.errors) == (2, True)
    assert not (tmp_path / "r").exists()
