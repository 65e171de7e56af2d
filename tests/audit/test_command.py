"""`cleanclaim audit` as a user runs it: from files to a report, interrupted and gone on with, reviewed and extrapolated."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from benchmarks._archive import frames as made_archive
from cleanclaim.audit import spill
from cleanclaim.audit.block import SET_ASIDE
from cleanclaim.audit.run import Task, in_turn
from cleanclaim.audit.spill import Piece
from cleanclaim.audit.totals import totals_of
from cleanclaim.cli import audit_run
from cleanclaim.cli.output import ExitCode
from tests.audit.made import archive, claims_frame, findings_frame, stretches_of, verdicts_frame
from tests.cli.running import run, run_json, validate

DAY = ("--as-of", "2026-11-21")
PAYERS = Path(__file__).parents[2] / "examples" / "clinic-day" / "payers"
DATA = ("findings.parquet", "claims.parquet", "verdicts.parquet", "set_aside.parquet")


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some 600 lines of 180 claims in two files, one of them CSV; one row cannot be read."""
    folder = tmp_path_factory.mktemp("archive")
    (frame,) = made_archive(600, seed=3)
    frame.head(400).write_parquet(folder / "first.parquet")
    rest = frame[400:].with_columns(pl.col("units").cast(pl.String))
    rest = rest.with_columns(
        pl.when(pl.int_range(pl.len()) == rest.height - 1).then(pl.lit("two")).otherwise("units").alias("units")
    )
    rest.write_csv(folder / "second.csv")
    return folder


@pytest.fixture(scope="module")
def report(lines: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the archive, judged in one block by this process."""
    folder = tmp_path_factory.mktemp("report") / "r"
    words = ("--processes", 1, "--sample", 40, "--seed", 7, "--strata", "payer")
    assert run("audit", lines, "--out", folder, *DAY, *words).code == 1
    return folder


def test_the_report_is_there_and_what_was_said_of_it(lines: Path, report: Path, tmp_path: Path) -> None:
    code, document = run_json("audit", lines, "--out", tmp_path / "r", *DAY, "--processes", 1)
    claims, findings = pl.read_parquet(report / "claims.parquet"), pl.read_parquet(report / "findings.parquet")
    assert code == 1
    assert document["figures"]["claims"] == claims.height
    assert document["figures"]["findings"] == findings.height == sum(one["findings"] for one in document["rules"])
    assert document["figures"]["lost_cents"] == claims.get_column("lost_cents").sum()
    assert document["cells_set_aside"] == 1
    assert document["crashed"] == {}
    assert [Path(path).name for path in document["files"]] == ["report.html", *DATA, "manifest.json"]
    assert not (tmp_path / "r" / ".work").exists()


def test_every_rule_that_judges_has_its_counts(report: Path) -> None:
    rules = json.loads((report / "manifest.json").read_text("utf-8"))["rule_book"]["rules"]
    assert pl.read_parquet(report / "verdicts.parquet").get_column("rule").to_list() == rules


def test_the_row_that_cannot_be_read_is_named_by_file_and_row(lines: Path, report: Path) -> None:
    rows = pl.read_csv(lines / "second.csv", infer_schema=False).height
    aside = pl.read_parquet(report / "set_aside.parquet")
    assert aside.select("file", "row", "field").rows() == [(2, rows, "units")]
    assert "two" not in aside.get_column("expected")[0].split()
    paths = [one["path"] for one in json.loads((report / "manifest.json").read_text("utf-8"))["inputs"]]
    assert [Path(path).name for path in paths] == ["first.parquet", "second.csv"]


def test_no_patient_is_in_the_report(lines: Path, report: Path) -> None:
    patients = set(pl.read_parquet(lines / "first.parquet").get_column("patient"))
    page = (report / "report.html").read_text("utf-8")
    assert not [patient for patient in patients if f">{patient}<" in page or f" {patient} " in page]
    for name in DATA:
        frame = pl.read_parquet(report / name)
        for column in frame.columns:
            assert not patients & set(frame.get_column(column).cast(pl.String).drop_nulls()), (name, column)


def test_smaller_blocks_give_the_same_bytes(
    lines: Path, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "LINES_A_BLOCK", 250)
    words = ("--processes", 1, "--sample", 40, "--seed", 7, "--strata", "payer")
    assert run("audit", lines, "--out", tmp_path / "r", *DAY, *words).code == 1
    for name in (*DATA, "sample.csv", "report.html", "manifest.json"):
        assert (tmp_path / "r" / name).read_bytes() == (report / name).read_bytes(), name


@pytest.mark.slow
def test_two_processes_give_the_same_bytes(
    lines: Path, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "LINES_A_BLOCK", 400)
    words = ("--processes", 2, "--sample", 40, "--seed", 7, "--strata", "payer")
    assert run("audit", lines, "--out", tmp_path / "r", *DAY, *words).code == 1
    for name in (*DATA, "sample.csv", "report.html", "manifest.json"):
        assert (tmp_path / "r" / name).read_bytes() == (report / name).read_bytes(), name


def test_an_interrupted_audit_goes_on_where_it_stopped(
    lines: Path, report: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "LINES_A_BLOCK", 250)
    judged: list[str] = []

    def counted(stop_after: int) -> Any:
        def run_them(tasks: Sequence[Piece | Task]) -> Iterator[int]:
            for task in tasks:
                if isinstance(task, Task):
                    if len(judged) == stop_after:
                        raise KeyboardInterrupt
                    judged.append(task.result.name)
                yield from task.done()

        return lambda _: nullcontext(run_them)

    folder = tmp_path / "r"
    monkeypatch.setattr(audit_run, "in_processes", counted(2))
    stopped = run("audit", lines, "--out", folder, *DAY)
    assert stopped.code == 130
    assert f"2 blocks are judged. The same command goes on from {folder}/.work." in " ".join(stopped.errors.split())
    assert not (folder / "report.html").exists()

    refused = run("audit", lines, "--out", folder, "--as-of", "2026-11-20")
    assert (refused.code, len(judged)) == (2, 2)
    assert "holds an unfinished audit with other settings" in " ".join(refused.errors.split())

    monkeypatch.setattr(audit_run, "in_processes", counted(100))
    # Without --as-of the audit goes on as of the day it was begun for.
    gone_on = run("audit", lines, "--out", folder)
    assert gone_on.code == 1
    assert len(judged) == len(set(judged)) == 7
    for name in DATA:
        assert (folder / name).read_bytes() == (report / name).read_bytes(), name


# --- what is asked -----------------------------------------------------------------------------------------


def test_only_the_rules_asked_for_judge(lines: Path, tmp_path: Path) -> None:
    words = ("--select", "MD", "--ignore", "MD101", "--reason", "told apart", "--by", "R. Auditor")
    _, document = run_json("audit", lines, "--out", tmp_path / "r", *DAY, *words)
    verdicts = pl.read_parquet(tmp_path / "r" / "verdicts.parquet").get_column("rule").to_list()
    assert {rule[:2] for rule in verdicts} == {"MD"}
    assert "MD101" not in verdicts
    assert document["ignored"] == [{"word": "MD101", "rules": ["MD101"], "reason": "told apart", "by": "R. Auditor"}]
    page = (tmp_path / "r" / "report.html").read_text("utf-8")
    assert "MD101 (1 rules) by R. Auditor: told apart" in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--ignore", "MD101"), "--ignore: expected --by NAME"),
        (("--select", "ZZ9"), "--select: no rule's code begins with 'ZZ9'"),
        (("--payer", "medicare"), "--payer: no payer file 'medicare'"),
        (("--strata", "payer"), "--strata: stands without --sample"),
        (("--sample", "9", "--strata", "patient"), "--strata: 'patient'; expected payer, clinic"),
        (("--sample", "9", "--strata", "payer,payer"), "--strata: a name comes twice"),
        (("--scheduler", "tls://h:1"), "--scheduler and --certificates: stand without --engine dask"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_read(
    lines: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    ran = run("audit", lines, "--out", tmp_path / "r", *DAY, *words)
    assert (ran.code, ran.text) == (2, "")
    assert f"error: {said}" in " ".join(ran.errors.split())
    assert not (tmp_path / "r").exists()


def test_an_archive_that_is_not_there_is_refused(tmp_path: Path) -> None:
    ran = run("audit", tmp_path / "absent", "--out", tmp_path / "r", *DAY)
    assert ran.code == 2
    assert "absent: is neither a file nor a folder; expected an archive of billed lines" in " ".join(ran.errors.split())


def test_a_sample_larger_than_the_archive_leaves_the_work_done(
    lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_run, "in_processes", lambda _: nullcontext(in_turn))
    folder = tmp_path / "r"
    ran = run("audit", lines, "--out", folder, *DAY, "--select", "MD1", "--sample", 5_000)
    assert ran.code == 2
    assert "error: sample of 5000; expected 1 to" in " ".join(ran.errors.split())

    def nothing_left(tasks: Sequence[Piece | Task]) -> Iterator[int]:
        # What is cut already is not cut again.
        assert all(isinstance(task, Piece) for task in tasks)
        return in_turn(tasks)

    monkeypatch.setattr(audit_run, "in_processes", lambda _: nullcontext(nothing_left))
    assert run("audit", lines, "--out", folder, *DAY, "--select", "MD1", "--sample", 5).code == 1
    assert (folder / "sample.csv").is_file()


def test_the_word_run_may_stand_or_not(lines: Path, report: Path, tmp_path: Path) -> None:
    words = ("--out", tmp_path / "r", *DAY, "--processes", 1)
    assert run("audit", "run", lines, *words).code == 1
    assert (tmp_path / "r" / "findings.parquet").read_bytes() == (report / "findings.parquet").read_bytes()
    help_ = run("audit", "--help")
    assert (help_.code, "extrapolate" in help_.text) == (0, True)
    assert "cleanclaim audit claims/ --out report" in run("audit", "run", "--help").words


def test_payer_files_of_ones_own_are_in_the_manifest(lines: Path, tmp_path: Path) -> None:
    words = ("--payers", PAYERS, "--select", "MD101", "--processes", 1)
    assert run("audit", lines, "--out", tmp_path / "r", *DAY, *words).code == 1
    stated = json.loads((tmp_path / "r" / "manifest.json").read_text("utf-8"))["settings"]["payer_files"]
    assert stated == [
        {"id": path.stem, "sha256": sha256(path.read_bytes()).hexdigest()} for path in sorted(PAYERS.glob("*.toml"))
    ]


def test_a_cluster_without_its_extra_is_refused_with_what_to_install(
    lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    ran = run("audit", lines, "--out", tmp_path / "r", *DAY, "--engine", "dask", "--select", "MD101")
    assert ran.code == 2
    assert "--engine dask: Dask is not installed; expected `pip install cleanclaim[cluster]`" in " ".join(
        ran.errors.split()
    )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, ExitCode.FINDINGS),
        ({"verdicts": verdicts_frame([("UN101", 0, 5, 1, 0, "ValueError")])}, ExitCode.CRASHED),
        ({"claims": claims_frame([]), "findings": findings_frame([])}, ExitCode.UNUSABLE),
        ({"findings": findings_frame([])}, ExitCode.NO_DATA),
        (
            {"findings": findings_frame([]), "verdicts": verdicts_frame([("UN101", 6, 0, 0, 0, "")])},
            ExitCode.CLEAN,
        ),
        (
            {
                "findings": findings_frame([]),
                "set_aside": pl.DataFrame([(1, 1, "units", "a number")], schema=SET_ASIDE, orient="row"),
            },
            ExitCode.FINDINGS,
        ),
    ],
)
def test_how_an_audit_ends(changed: dict[str, pl.DataFrame], code: ExitCode) -> None:
    frames = archive() | changed
    figures = totals_of(stretches_of(frames), frames).overview
    assert audit_run.exit_code(figures, frames) is code


# --- a reviewed sample -------------------------------------------------------------------------------------


@pytest.fixture
def reviewed(report: Path, tmp_path: Path) -> Path:
    """The sample, of which each fourth claim was overpaid by 40 dollars."""
    with (report / "sample.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for place, row in enumerate(rows):
        row["overpaid"] = "40.00" if place % 4 == 0 else "0"
    path = tmp_path / "reviewed.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_reviewed_sample_says_what_it_means_for_all(report: Path, reviewed: Path) -> None:
    code, document = run_json("audit", "extrapolate", reviewed, "--report", report)
    universe = pl.read_parquet(report / "claims.parquet").height
    assert code == 0
    found, errors = document["dollars"], document["errors"]
    assert (found["universe"], found["count"], found["strata"]) == (universe, 40, 4)
    assert found["lower_one_sided_90"] == found["intervals"][0]["lower"] < found["point"]
    assert (errors["errors"], errors["count"], errors["is_exact"]) == (10, 40, False)
    manifest = json.loads((report / "manifest.json").read_text("utf-8"))
    validate(manifest)
    # The point estimate by hand: each stratum's mean on all its claims.
    with reviewed.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    by_hand = sum(
        stratum["claims"]
        * 4_000
        * sum(row["overpaid"] == "40.00" for row in rows if row["stratum"] == stratum["name"])
        / stratum["drawn"]
        for stratum in manifest["sample"]["strata"]
    )
    assert found["point"] == pytest.approx(by_hand, abs=0.5)


def test_a_reviewed_sample_in_words(report: Path, reviewed: Path) -> None:
    ran = run("audit", "extrapolate", reviewed, "--report", report)
    assert ran.code == 0
    assert "lower limit, one-sided 90%" in ran.text
    assert "10 of 40 reviewed" in ran.text


def test_a_sample_that_was_cut_is_refused(report: Path, reviewed: Path) -> None:
    text = reviewed.read_text("utf-8").splitlines()
    reviewed.write_text("\n".join(text[:-1]), encoding="utf-8")
    ran = run("audit", "extrapolate", reviewed, "--report", report)
    assert (ran.code, ran.text) == (2, "")
    assert "1 of the 40 claims drawn are absent" in " ".join(ran.errors.split())


def test_a_report_without_a_sample_has_nothing_to_extrapolate(lines: Path, reviewed: Path, tmp_path: Path) -> None:
    run("audit", lines, "--out", tmp_path / "r", *DAY, "--processes", 1, "--select", "MD1")
    ran = run("audit", "extrapolate", reviewed, "--report", tmp_path / "r")
    assert ran.code == 2
    assert "has no sample; expected a report that was made with --sample" in " ".join(ran.errors.split())
