"""The folder of a report: private, whole, refused where it is something else; and what the manifest says."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from cleanclaim.audit import manifest
from cleanclaim.audit.block import Settings
from cleanclaim.audit.inputs import ArchiveFile
from cleanclaim.audit.manifest import Made, TableEdition
from cleanclaim.audit.report_files import (
    ReportFolderError,
    begin,
    read_frames,
    read_manifest,
    unfinished,
    write_report,
)
from cleanclaim.audit.sampling import Plan, draw
from cleanclaim.check.selection import Ignored
from cleanclaim.private_files import private_file
from tests.audit.made import archive, parted_of, stretches_of
from tests.cli.running import validate

MADE = Made(
    Settings(date(2026, 11, 21)),
    ({"number": 1, "path": "claims.csv", "bytes": 12, "rows": 3, "sha256": "0" * 64},),
    ("CH101", "UN101"),
    ignored=(Ignored("DX", ("DX306",), "not for this payer", "R. Auditor"),),
    tables=(TableEdition("mue/2026-04-01", "edits", 9, date(2026, 4, 1), date(2026, 6, 30)),),
)


def written(folder: Path, made: Made = MADE) -> list[Path]:
    frames = archive()
    begin(folder, made)
    return write_report(folder, parted_of(frames), made, "<p>page", draw(stretches_of(frames), Plan(4, 1)))


def test_the_folder_holds_these_files_for_its_owner_alone(tmp_path: Path) -> None:
    paths = written(tmp_path / "r")
    names = ["report.html", "findings.parquet", "claims.parquet", "verdicts.parquet", "set_aside.parquet"]
    assert [path.name for path in paths] == [*names, "sample.csv", "manifest.json"]
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == sorted(path.name for path in paths)
    assert (tmp_path / "r").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}


def test_the_manifest_says_what_it_was_made_of_and_the_digest_of_each_output(tmp_path: Path) -> None:
    paths = written(tmp_path / "r")
    document = json.loads(paths[-1].read_text("utf-8"))
    validate(document)
    assert [(one["path"], one["sha256"]) for one in document["outputs"]] == [
        (path.name, sha256(path.read_bytes()).hexdigest()) for path in paths[:-1]
    ]
    assert document["inputs"] == [dict(MADE.inputs[0])]
    assert document["settings"]["ignored"] == [
        {"word": "DX", "rules": ["DX306"], "reason": "not for this payer", "by": "R. Auditor"}
    ]
    assert document["reference"]["tables"] == [
        {"name": "mue/2026-04-01", "rows": 9, "from": "2026-04-01", "through": "2026-06-30", "sha256": None}
    ]
    assert document["sample"]["strata"] == [{"name": "all claims", "claims": 6, "drawn": 4}]
    assert (document["sample"]["seed"], document["sample"]["generator"]) == (1, "numpy PCG64, raw output")


def test_two_reports_of_the_same_are_the_same_bytes(tmp_path: Path) -> None:
    first, second = written(tmp_path / "a"), written(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_frames_come_back_with_places_from_one_and_not_when_they_were_changed(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    written(folder)
    document = read_manifest(folder)
    frames = read_frames(folder, document, ("claims", "findings"))
    assert frames["claims"].equals(archive()["claims"].with_columns(pl.col("file", "row") + 1))
    archive()["claims"].head(5).write_parquet(folder / "claims.parquet")
    with pytest.raises(ReportFolderError, match=r"claims\.parquet: is not as it was written"):
        read_frames(folder, document, ("claims",))
    (folder / "claims.parquet").unlink()
    with pytest.raises(ReportFolderError, match=r"claims\.parquet: is not as it was written"):
        read_frames(folder, document, ("claims",))


def test_the_sample_is_dollars_with_columns_to_fill_in(tmp_path: Path) -> None:
    frames = archive()
    frames["claims"] = frames["claims"].with_columns(claim=pl.lit("=1+1"), payer=pl.lit("@x"))
    begin(tmp_path / "r", MADE)
    write_report(tmp_path / "r", parted_of(frames), MADE, "", draw(stretches_of(frames), Plan(6, 1)))
    with (tmp_path / "r" / "sample.csv").open(encoding="utf-8", newline="") as stream:
        rows = {int(row["frame_row"]): row for row in csv.DictReader(stream)}
    assert list(rows[1]) == [
        *("number", "frame_row", "draw", "stratum", "stratum_claims", "stratum_drawn", "claim", "date_of_service"),
        *(
            "payer",
            "billing_npi",
            "rendering_npi",
            "lines",
            "charge",
            "allowed",
            "paid",
            "rules",
            "overpaid",
            "error",
            "note",
        ),
    ]
    assert (rows[1]["charge"], rows[1]["allowed"], rows[3]["allowed"], rows[6]["charge"]) == (
        "260.00",
        "100.00",
        "",
        "",
    )
    # What a spreadsheet would run is text.
    assert (rows[1]["claim"], rows[1]["payer"]) == ("'=1+1", "'@x")
    assert {(row["stratum_claims"], row["stratum_drawn"], row["overpaid"]) for row in rows.values()} == {("6", "6", "")}


# --- the folder --------------------------------------------------------------------------------------------


def test_a_folder_of_something_else_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(
        ReportFolderError, match="holds something else; expected a new folder, an empty one, or a report"
    ):
        begin(tmp_path, MADE)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_work_is_gone_on_with_when_nothing_has_changed(tmp_path: Path) -> None:
    work = begin(tmp_path / "r", MADE)
    (work / "judged-00000").mkdir()
    assert begin(tmp_path / "r", MADE) == work
    assert (work / "judged-00000").is_dir()
    assert unfinished(tmp_path / "r") == MADE.document()


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (replace(MADE, settings=Settings(date(2026, 11, 22))), "settings"),
        (replace(MADE, inputs=({**MADE.inputs[0], "sha256": "1" * 64},)), "inputs"),
        (replace(MADE, rules=("UN101",)), "rule book"),
        (replace(MADE, tables=()), "reference"),
    ],
)
def test_work_of_another_audit_is_refused_and_kept(tmp_path: Path, made: Made, named: str) -> None:
    work = begin(tmp_path / "r", MADE)
    with pytest.raises(ReportFolderError) as error:
        begin(tmp_path / "r", made)
    assert str(error.value) == (
        f"{work}: holds an unfinished audit with other {named}; repeat its command as it was to go on, "
        "or remove that folder to begin anew"
    )
    assert unfinished(tmp_path / "r") == MADE.document()


def test_a_report_may_be_made_anew_unless_a_reviewer_has_written_into_its_sample(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    written(folder)
    written(folder)
    (folder / "sample.csv").write_text("filled in", encoding="utf-8")
    with pytest.raises(ReportFolderError, match=r"sample\.csv: was filled in; move it elsewhere"):
        begin(folder, MADE)
    assert (folder / "sample.csv").read_text("utf-8") == "filled in"


def test_a_report_without_a_sample_leaves_none_of_an_earlier_one(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    written(folder)
    begin(folder, MADE)
    write_report(folder, parted_of(archive()), MADE, "", None)
    assert not (folder / "sample.csv").exists()
    assert read_manifest(folder)["sample"] is None


def test_a_file_that_is_not_finished_takes_nobodys_place(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"before")

    def broken_off() -> None:
        with private_file(path) as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("text", ["", "{}", '{"schema": "cleanclaim/audit"}'])
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReportFolderError, match=r"manifest\.json: "):
        read_manifest(tmp_path)


# --- the manifest ------------------------------------------------------------------------------------------


def test_inputs_are_told_by_size_rows_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("claim,code\n1,97110\n2,97140\n", encoding="utf-8")
    assert manifest.input_facts([ArchiveFile(str(path), "csv")]) == (
        {
            "number": 1,
            "path": str(path),
            "bytes": 27,
            "rows": 2,
            "sha256": sha256(path.read_bytes()).hexdigest(),
        },
    )


def test_the_program_is_known_by_its_files() -> None:
    whole, rules = manifest.package_digest(""), manifest.package_digest("rules")
    assert len(whole) == len(rules) == 64
    assert whole != rules
