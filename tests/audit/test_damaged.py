"""Tables damaged in their middle: what of them is not read, and that the rest is judged as if it stood alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from cleanclaim.audit import inputs, spill
from cleanclaim.audit.archive import archive_of
from cleanclaim.audit.inputs import UNREAD, ArchiveError, ArchiveFile, count_lines, slice_of
from cleanclaim.audit.row_groups import FooterError, rows_of_groups
from cleanclaim.audit.run import Task, in_turn
from cleanclaim.audit.spill import Piece
from cleanclaim.cli import audit_run
from tests.cli.running import run, run_json, validate

DAY = ("--as-of", "2026-11-21", "--processes", 1, "--select", "MD,UN,DX")
HEAD = "date,code,modifiers,units,claim,patient,payer,charge"


def table(claims: int) -> pl.DataFrame:
    """A line a claim, every second one of a timed code without its modifier."""
    return pl.DataFrame(
        {
            "date": ["2026-03-04"] * claims,
            "code": ["97110"] * claims,
            "modifiers": ["GP" if number % 2 else None for number in range(claims)],
            "units": ["1"] * claims,
            "claim": [f"C{number}" for number in range(claims)],
            "patient": [f"P{number}" for number in range(claims)],
            "payer": ["medicare_b"] * claims,
            "charge": ["60.00"] * claims,
        }
    )


def damaged(path: Path, whole: pl.DataFrame, group: int, size: int = 50) -> None:
    """A Parquet file with a row group of which one page cannot be unpacked; its footer is as it was."""
    # A claim's number stands in its page as it is where nothing is packed.
    whole.write_parquet(path, row_group_size=size, compression="uncompressed")
    data = bytearray(path.read_bytes())
    at = data.index(f"C{group * size}".encode())
    data[at - 4 : at] = b"\xff\xff\xff\x7f"
    path.write_bytes(data)


# --- row groups ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 7, 50, 300])
def test_rows_of_each_group_are_read_off_the_footer(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.parquet"
    whole = table(200).with_columns(pl.Series("charge", [None] * 200, dtype=pl.String), days=pl.lit([1, 2]))
    whole.write_parquet(path, row_group_size=size, metadata={"k": "v" * 300})
    found = rows_of_groups(path)
    assert (sum(found), max(found)) == (200, min(size, 200))


def test_a_footer_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    for content in (
        b"",
        b"PAR1",
        b"\xff" * 40 + (36).to_bytes(4, "little") + b"PAR1",
        b"x" * 9 + b"\xff\xff\xff\xffPAR1",
    ):
        path.write_bytes(content)
        with pytest.raises(FooterError):
            rows_of_groups(path)


def test_a_damaged_page_spoils_its_row_group_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    damaged(path, table(200), group=1)
    file = ArchiveFile(str(path), "parquet")
    assert count_lines(file) == 200
    found = slice_of(file, 0, is_last=True)
    assert found.unread.rows() == [(1, 50, 99)]
    assert found.numbers.to_list() == [*range(50), *range(100, 200)]
    assert found.lines.get_column("claim").to_list() == [f"C{number}" for number in found.numbers]


def test_a_group_in_two_slices_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "SLICE", 70)
    monkeypatch.setattr(spill, "SLICE", 70)
    path = tmp_path / "a.parquet"
    damaged(path, table(200), group=1)
    file = ArchiveFile(str(path), "parquet")
    parts = [slice_of(file, place, is_last=place == 2) for place in range(3)]
    assert [part.unread.rows() for part in parts] == [[(1, 50, 69)], [(1, 70, 99)], []]
    _, document = run_json("audit", path, "--out", tmp_path / "r", *DAY)
    assert [one["why"] for one in document["files_left_out"]] == [
        "row group 2 (rows 51 to 100) is damaged and not read; expected whole pages of Parquet"
    ]


def test_a_table_in_a_store_is_not_read_around(tmp_path: Path) -> None:
    """Where an object cannot be fetched, nobody knows whether it is damaged."""
    damaged(tmp_path / "a.parquet", table(200), group=1)
    with pytest.raises(ArchiveError, match="breaks off or is damaged; expected PARQUET"):
        slice_of(ArchiveFile(f"file://{tmp_path}/*.parquet", "parquet"), 0, is_last=True)


# --- lines of CSV ----------------------------------------------------------------------------------------


def csv(path: Path, *changed: tuple[int, str], end: str = "\n") -> ArchiveFile:
    """Ninety claims of a line each; changed: the lines of the file, from 1, that stand there instead."""
    lines = [HEAD, *(",".join(cell or "" for cell in row) for row in table(90).rows())]
    for line, text in changed:
        lines[line - 1] = text
    path.write_text("\n".join(lines) + end, encoding="utf-8")
    (file,) = archive_of([str(path)]).files
    return file


BROKEN = {
    "2026-03-04,97110,GP,1,C8,P8,medicare_b,60.00,more": "8 fields, as the heading has; found 9",
    '2026-03-04,97110,GP,1,"C8,P8,medicare_b,60.00': "each quotation mark with its other half",
    '2026-03-04,97110,GP,1,C"8,P8,medicare_b,60.00': "each quotation mark with its other half",
}


@pytest.mark.parametrize(("text", "expected"), BROKEN.items())
def test_a_broken_line_is_left_out_and_keeps_its_number(tmp_path: Path, text: str, expected: str) -> None:
    file = csv(tmp_path / "a.csv", (10, text))
    assert file.broken == (f"line 10 is not read; expected {expected}",)
    assert count_lines(file) == 90
    found = slice_of(file, 0, is_last=True)
    assert found.numbers.to_list() == [number for number in range(90) if number != 8]
    whole = slice_of(csv(tmp_path / "b.csv"), 0, is_last=True)
    assert found.lines.equals(whole.lines.filter(pl.col("claim") != "C8"))
    assert found.unread.schema == UNREAD


def test_a_file_that_breaks_off_within_its_last_line(tmp_path: Path) -> None:
    file = csv(tmp_path / "a.csv", (91, "2026-03-04,97110,GP,1,C"), end="")
    assert file.broken == ("line 91 is not read; expected 8 fields, as the heading has; the file breaks off after 5",)
    assert slice_of(file, 0, is_last=True).numbers.to_list() == list(range(89))
    # A last line without its end is whole where it has all its fields, and so is a shorter one in the middle.
    assert csv(tmp_path / "b.csv", end="").broken == ()
    short = csv(tmp_path / "c.csv", (10, "2026-03-04,97110,GP,1,C8,P8"))
    assert short.broken == ()


def test_fields_over_several_lines_and_blank_lines_are_no_damage(tmp_path: Path) -> None:
    quoted = '2026-03-04,97110,GP,1,"C\n8",P8,medicare_b,60.00'
    ragged = "2026-03-04,97110,GP,1,C20,P20,medicare_b,60.00,x"
    file = csv(tmp_path / "a.csv", (10, quoted), (22, ragged), (30, ""))
    assert file.broken == ("line 23 is not read; expected 8 fields, as the heading has; found 9",)
    claims = slice_of(file, 0, is_last=True).lines.get_column("claim").to_list()
    assert claims == [f"C{n}" if n != 8 else "C\n8" for n in range(90) if n not in {20, 28}]


def test_slices_of_a_broken_table_are_its_rows_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "SLICE", 40)
    file = csv(tmp_path / "a.csv", *((line, f"{line},,,,,,,,,") for line in (5, 45, 46, 90)))
    parts = [slice_of(file, place, is_last=place == 2) for place in range(3)]
    assert [part.lines.height for part in parts] == [39, 38, 9]
    assert [number for part in parts for number in part.numbers] == [
        n for n in range(90) if n + 2 not in {5, 45, 46, 90}
    ]


def test_many_broken_lines_are_counted(tmp_path: Path) -> None:
    file = csv(tmp_path / "a.csv", *((line, f"{line},,,,,,,,,") for line in range(10, 60)))
    assert len(file.broken) == 21
    assert file.broken[-1] == "30 lines more are not read, the last of them line 59"


# --- the command -----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A damaged Parquet file, a CSV with a broken line, and a whole one."""
    path = tmp_path / "archive"
    path.mkdir()
    damaged(path / "a.parquet", table(200), group=2)
    csv(path / "b.csv", (10, "2026-03-04,97110,GP,1,C8,P8,medicare_b,60.00,more"))
    text = (path / "b.csv").read_text(encoding="utf-8")
    (path / "b.csv").write_text(text.replace(",C", ",Y").replace(",P", ",Q"), encoding="utf-8")
    other = table(20).with_columns(pl.col("claim", "patient") + "x")
    other.write_csv(path / "c.csv")
    return path


TOLD = {
    "a.parquet": "row group 3 (rows 101 to 150) is damaged and not read; expected whole pages of Parquet",
    "b.csv": "line 10 is not read; expected 8 fields, as the heading has; found 9",
}


def test_the_rest_is_judged_and_what_is_missing_is_told(folder: Path, tmp_path: Path) -> None:
    code, document = run_json("audit", folder, "--out", tmp_path / "r", *DAY)
    assert code == 1
    assert document["figures"]["lines"] == 150 + 89 + 20
    assert {Path(one["path"]).name: one["why"] for one in document["files_left_out"]} == TOLD
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text("utf-8"))
    validate(manifest)
    assert {Path(one["path"]).name: one["why"] for one in manifest["left_out"]} == TOLD
    page = (tmp_path / "r" / "report.html").read_text("utf-8")
    assert all(why in page for why in TOLD.values())
    claims = pl.read_parquet(tmp_path / "r" / "claims.parquet")
    assert claims.filter(pl.col("claim") == "C199").select("file", "row").rows() == [(1, 200)]
    assert claims.filter(pl.col("claim") == "Y89").select("file", "row").rows() == [(2, 90)]
    words = run("audit", folder, "--out", tmp_path / "again", *DAY).words
    assert "2 files of the archive, or parts of them, were not read" in words


def test_a_damaged_table_fails_an_audit_that_finds_nothing(folder: Path, tmp_path: Path) -> None:
    clean = ("--as-of", "2026-11-21", "--processes", 1, "--select", "UN101")
    codes = []
    for name in ("a.parquet", "b.csv", "c.csv"):
        code, document = run_json("audit", folder / name, "--out", tmp_path / name, *clean)
        assert document["figures"]["findings"] == 0
        codes.append(code)
    assert codes[0] == codes[1] == 1
    assert codes[2] in {0, 3}


def test_an_interrupted_audit_tells_the_same(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("audit", folder, "--out", tmp_path / "whole", *DAY).code == 1

    def until_judging(tasks: Sequence[Piece | Task]) -> Iterator[int]:
        if any(isinstance(task, Task) for task in tasks):
            raise KeyboardInterrupt
        yield from in_turn(tasks)

    def runner(run_them: Any) -> Any:
        return lambda _: nullcontext(run_them)

    monkeypatch.setattr(audit_run, "in_processes", runner(until_judging))
    assert run("audit", folder, "--out", tmp_path / "r", *DAY).code == 130
    monkeypatch.setattr(audit_run, "in_processes", runner(in_turn))
    assert run("audit", folder, "--out", tmp_path / "r", *DAY).code == 1
    for path in sorted((tmp_path / "whole").iterdir()):
        assert path.read_bytes() == (tmp_path / "r" / path.name).read_bytes(), path.name
