"""An audit says the same however the archive is cut and judged, and the same as a check of each patient's claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from benchmarks import _archive as archive
from cleanclaim.audit import run, spill, work_plan
from cleanclaim.audit.archive import archive_of
from cleanclaim.audit.block import Settings, the_judge
from cleanclaim.audit.gathering import Gathered
from cleanclaim.audit.inputs import ArchiveError, ArchiveFile
from cleanclaim.audit.places import number_of
from cleanclaim.audit.run import Task, in_turn, run_audit
from cleanclaim.audit.spill import Piece
from cleanclaim.audit.totals import examples, totals_of
from cleanclaim.check.judge import Judge
from cleanclaim.facts.kit import Reach
from cleanclaim.lines.from_columns import tables_of_lines
from cleanclaim.rules.book import active_rules
from tests.audit.made import same

SETTINGS = Settings(as_of=date(2026, 11, 16))
LINES = 2_400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files of billed lines, the second with minutes, times of day and a claim that cannot be read."""
    place = tmp_path_factory.mktemp("archive")
    (frame,) = archive.frames(LINES, seed=3)
    half = frame.height // 2
    cut = int(frame.get_column("claim").rle_id().search_sorted(frame.get_column("claim").rle_id()[half]))
    frame.head(cut).write_parquet(place / "2025.parquet")
    rest = frame.tail(-cut).with_columns(
        (pl.col("units") * 15).alias("minutes"),
        pl.lit("PT").alias("by"),
        pl.when(pl.col("claim") == frame.item(-1, "claim")).then(pl.lit("soon")).otherwise("date").alias("date"),
    )
    rest.write_csv(place / "2026.csv")
    return place


def audited(place: Path, work: Path, runner: run.Runner = in_turn, **settings: object) -> Gathered:
    chosen = Settings(as_of=SETTINGS.as_of, **settings)  # type: ignore[arg-type]
    return run_audit(archive_of([str(place)]).files, chosen, work, running=nullcontext(runner), told=lambda *_: None)


@pytest.fixture(scope="module")
def whole(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    return audited(folder, tmp_path_factory.mktemp("whole"))


@pytest.mark.slow
@pytest.mark.parametrize("lines", [97, 500])
def test_small_blocks_find_what_one_block_finds(
    lines: int, folder: Path, whole: Gathered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "LINES_A_BLOCK", lines)
    same(whole, audited(folder, tmp_path))


@pytest.mark.parametrize("lines", [97, 1_000])
def test_short_stretches_find_what_one_stretch_finds(
    lines: int, folder: Path, whole: Gathered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_plan, "LINES_A_STRETCH", lines)
    found = audited(folder, tmp_path)

    same(whole, found)
    assert len(found.stretches.parts) > 2
    come_to, expected = (totals_of(one.stretches, one.frames) for one in (found, whole))
    assert come_to.overview == expected.overview
    assert_frame_equal(come_to.outcomes, expected.outcomes)
    assert_frame_equal(come_to.rules, expected.rules)
    assert_frame_equal(examples(found.stretches), examples(whole.stretches))


def test_a_stretch_of_which_no_claim_could_be_read_has_none(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pl.read_parquet(folder / "2025.parquet").head(60).cast({"date": pl.String})
    (tmp_path / "archive").mkdir()
    soon = pl.when(pl.int_range(pl.len()) < 40).then("date").otherwise(pl.lit("soon"))
    frame.with_columns(date=soon).write_csv(tmp_path / "archive" / "lines.csv")
    expected = audited(tmp_path / "archive", tmp_path / "one")
    monkeypatch.setattr(work_plan, "LINES_A_STRETCH", 10)

    found = audited(tmp_path / "archive", tmp_path / "several")

    same(expected, found)
    heights = [claims.collect().height for claims, _ in found.stretches.parts]
    assert (heights[0] > 0, heights[-1]) == (True, 0)


@pytest.mark.parametrize(
    ("lines", "begins"),
    [
        ([], [(0, 0)]),
        ([5], [(0, 0)]),
        ([6], [(0, 0)]),
        ([7], [(0, 0), (0, 6)]),
        ([5, 10, 3], [(0, 0), (1, 1), (1, 7)]),
        ([6, 0, 20], [(0, 0), (2, 0), (2, 6), (2, 12), (2, 18)]),
    ],
)
def test_stretches_begin_after_so_many_lines_in_whichever_file_that_is(
    lines: list[int], begins: list[tuple[int, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_plan, "LINES_A_STRETCH", 6)
    monkeypatch.setattr(work_plan, "count_lines", lambda file: int(file.path))
    files = [ArchiveFile(str(height), "table") for height in lines]

    plan, told = work_plan.planned(files, tmp_path)

    assert plan.stretches == tuple(number_of(*begin) for begin in begins)
    assert told == lines
    assert work_plan.planned([], tmp_path) == (plan, lines)


def test_every_enabled_rule_gives_a_verdict_on_every_claim_of_its_reach(whole: Gathered) -> None:
    verdicts = {row["rule"]: row for row in whole.frames["verdicts"].to_dicts()}

    assert set(verdicts) == {rule.code for rule in active_rules()}
    assert {row["crashed"] for row in verdicts.values()} == {""}
    claims = whole.stretches.claims.collect().height
    by_claim = [rule.code for rule in active_rules() if rule.over == "claims"]
    counted = ("passed", "found", "not_applicable", "no_data")
    assert {code: sum(verdicts[code][name] for name in counted) for code in by_claim} == dict.fromkeys(by_claim, claims)


def test_each_patients_findings_are_those_of_a_check(folder: Path, whole: Gathered) -> None:
    """A patient's claims, checked alone, have the findings that the audit has for them; the blocks are all patients."""
    (frame,) = archive.frames(LINES, seed=3)
    patient_rules = [rule for rule in active_rules() if Judge([rule]).reach(rule) is Reach.PATIENT]
    judge = Judge(patient_rules)
    codes = {rule.code for rule in patient_rules}
    in_audit: dict[str, Counter[tuple[str, str]]] = {}
    for claim, rule, place in whole.stretches.findings.collect().select("claim", "rule", "place").iter_rows():
        if rule in codes:
            in_audit.setdefault(claim, Counter())[rule, place] += 1
    last = frame.item(-1, "claim")
    checked = 0
    without_minutes = set(pl.read_parquet(folder / "2025.parquet").get_column("claim"))
    for own in frame.partition_by("patient")[:12]:
        here = own.filter(pl.col("claim").is_in(without_minutes))
        if here.height < own.height or last in own.get_column("claim"):
            continue
        tables = tables_of_lines(own, as_of=SETTINGS.as_of).tables
        keys = tables.claims.get_column("claim_key").to_list()
        alone: dict[str, Counter[tuple[str, str]]] = {}
        for finding in judge.judge(tables).findings():
            alone.setdefault(keys[finding.claim_id], Counter())[finding.code, finding.place] += 1
        for key in keys:
            assert alone.get(key, Counter()) == in_audit.get(key, Counter())
            checked += 1
    assert checked > 50


@pytest.mark.slow
def test_an_interrupted_audit_goes_on_after_the_blocks_it_finished(
    folder: Path, whole: Gathered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spill, "LINES_A_BLOCK", 300)
    judged: list[Task] = []

    def breaking(tasks: Sequence[Piece | Task]) -> Iterator[int]:
        for task in tasks:
            yield from task.done()
            if isinstance(task, Task):
                judged.append(task)
            if len(judged) == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        audited(folder, tmp_path, breaking)
    finished = {task.result.name for task in judged}
    again: list[Task] = []

    def counting(tasks: Sequence[Piece | Task]) -> Iterator[int]:
        again.extend(task for task in tasks if isinstance(task, Task))
        return in_turn(tasks)

    same(whole, audited(folder, tmp_path, counting))
    assert len(finished) == 3
    assert finished.isdisjoint(task.result.name for task in again)


def test_a_claim_with_a_cell_that_cannot_be_read_is_set_aside_and_named(whole: Gathered) -> None:
    aside = whole.frames["set_aside"]

    assert set(aside.get_column("field")) == {"date"}
    assert set(aside.get_column("file")) == {1}
    assert set(aside.get_column("expected")) == {"a day as YYYY-MM-DD or MM/DD/YYYY"}
    (frame,) = archive.frames(LINES, seed=3)
    last = frame.item(-1, "claim")
    assert aside.height == frame.filter(pl.col("claim") == last).height
    assert last not in set(whole.stretches.claims.collect().get_column("claim"))
    assert whole.lines == frame.height - aside.height


def test_a_finding_names_the_file_and_row_of_its_claim(folder: Path, whole: Gathered) -> None:
    rows = pl.read_parquet(folder / "2025.parquet")
    own = whole.stretches.findings.collect().filter(pl.col("file") == 0)

    assert own.height > 20
    assert own.get_column("claim").to_list() == rows.get_column("claim").gather(own.get_column("row")).to_list()


def test_only_what_is_asked_for_is_judged(folder: Path, tmp_path: Path) -> None:
    found = audited(folder, tmp_path, select=("MD",), ignore=("MD1",))
    expected = {rule.code for rule in active_rules() if rule.code.startswith("MD") and not rule.code.startswith("MD1")}

    assert set(found.frames["verdicts"].get_column("rule")) == expected
    assert not list(tmp_path.glob("judged-therapist-*"))
    assert not list(tmp_path.glob("judged-*/kept-*"))


def test_therapists_are_compared_over_the_whole_archive(whole: Gathered) -> None:
    """Blocks hold few therapists each; the comparison is with all of them."""
    rules = the_judge((), (), Reach.ARCHIVE).rules
    verdicts = whole.frames["verdicts"].filter(pl.col("rule").is_in([rule.code for rule in rules]))

    assert {rule.code for rule in rules} == {"TD107", "TH106"}
    assert verdicts.select(pl.sum_horizontal("passed", "found")).to_series().min() > 0  # type: ignore[operator]


def test_a_path_that_is_not_there_is_named() -> None:
    with pytest.raises(ArchiveError, match=r"nowhere: is neither a file nor a folder; expected an archive"):
        archive_of(["nowhere"])


def test_a_folder_without_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="holds no file that is read"):
        archive_of([str(tmp_path)])


def test_every_finding_carries_what_its_claim_is_allowed_whoever_judged_it(whole: Gathered) -> None:
    findings = whole.stretches.findings.collect()
    beyond = {rule.code for reach in (Reach.THERAPIST, Reach.ARCHIVE) for rule in the_judge((), (), reach).rules}

    told = findings.join(whole.stretches.claims.collect().select("file", "row", "allowed_cents"), on=["file", "row"])

    assert told.height == findings.height
    assert told.get_column("claim_allowed_cents").equals(told.get_column("allowed_cents"), check_names=False)
    assert told.filter(pl.col("rule").is_in(sorted(beyond))).get_column("allowed_cents").drop_nulls().len() > 0
