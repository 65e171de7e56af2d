"""Which files an archive has, and what is said of those in its folders that are not read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from cleanclaim.audit.archive import archive_of
from cleanclaim.audit.inputs import ArchiveError

CLAIMS = b"ISA*00*~GS*HC*A*B~ST*837*0001~CLM*V1*100***11:B:1*Y*A*Y*Y~SE*3*0001~GE*1*1~IEA*1*1~"
ACKNOWLEDGEMENT = b"ISA*00*~GS*FA*A*B~ST*999*0001~AK1*HC*1~AK9*A*1*1*1~SE*3*0001~GE*1*1~IEA*1*1~"
LINES = "date,code,modifiers\n2026-03-04,97110,GP\n"


def of(folder: Path, **files: bytes | str) -> Path:
    """The folder with files by name, an underscore for the dot."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / ".".join(name.rsplit("_", 1))).write_bytes(data)
    return folder


def names(folder: Path) -> list[str]:
    return [Path(file.path).name for file in archive_of([str(folder)]).files]


def said(folder: Path) -> dict[str, str]:
    return {Path(one.path).name: one.why for one in archive_of([str(folder)]).left_out}


def test_a_broken_table_in_a_folder_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    folder = of(tmp_path, good_csv=LINES, empty_csv="", other_csv="name,phone\nx,1\n", twice_csv=LINES + "\n")
    (folder / "cut.parquet").write_bytes(b"PAR1 and no more")
    assert names(folder) == ["good.csv", "twice.csv"]
    assert said(folder) == {
        "cut.parquet": "cannot be read; expected PARQUET of billed lines",
        "empty.csv": "is empty",
        "other.csv": "lacks the column date; expected at least date, code, modifiers",
    }
    assert all(one.is_damaged for one in archive_of([str(folder)]).left_out)


def test_text_that_is_not_utf_8_is_named_by_its_line(tmp_path: Path) -> None:
    folder = of(tmp_path, a_csv=LINES, b_csv=LINES.encode() + b"2026-03-05,97110,Jos\xe9\n")
    assert said(folder) == {"b.csv": "line 3 is not UTF-8; expected the table saved as UTF-8"}


def test_claims_are_known_by_how_their_file_begins(tmp_path: Path) -> None:
    folder = of(tmp_path, march_txt=CLAIMS, april_dat=b"\xef\xbb\xbf\n" + CLAIMS, notes_txt="hello", old_gz=b"\x1f\x8b")
    assert names(folder) == ["april.dat", "march.txt"]
    assert {name: why.partition(";")[0] for name, why in said(folder).items()} == {
        "notes.txt": "is not read",
        "old.gz": "is not read",
    }
    assert not any(one.is_damaged for one in archive_of([str(folder)]).left_out)


def test_acknowledgements_among_claims_are_left_out(tmp_path: Path) -> None:
    folder = of(tmp_path, a_edi=CLAIMS, b_edi=ACKNOWLEDGEMENT, c_837=b"\x00\x01\x02")
    assert names(folder) == ["a.edi"]
    assert said(folder) == dict.fromkeys(("b.edi", "c.837"), "holds no claim and no payment")


def test_a_claim_is_seen_where_its_tag_lies_across_two_readings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleanclaim.audit.archive._CHUNK", 7)
    for before in range(7):
        assert names(of(tmp_path / str(before), a_837=b" " * before + CLAIMS)) == ["a.837"]


def test_the_same_bytes_are_read_once(tmp_path: Path) -> None:
    first, second = of(tmp_path / "a", march_837=CLAIMS), of(tmp_path / "b", copy_837=CLAIMS)
    of(second, april_837=CLAIMS.replace(b"V1", b"V2"))
    found = archive_of([str(first), str(second)])
    assert [Path(file.path).name for file in found.files] == ["march.837", "april.837"]
    assert [(Path(one.path).name, one.why) for one in found.left_out] == [
        ("copy.837", f"holds the same bytes as {first / 'march.837'}")
    ]


def test_a_file_that_was_named_must_be_readable(tmp_path: Path) -> None:
    folder = of(tmp_path, good_csv=LINES, empty_csv="")
    with pytest.raises(ArchiveError, match=r"empty\.csv: is empty"):
        archive_of([str(folder / "good.csv"), str(folder / "empty.csv")])


def test_a_folder_of_which_nothing_can_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"holds no file that is read \(.*empty\.csv: is empty\)"):
        archive_of([str(of(tmp_path, empty_csv=""))])


def test_hidden_files_are_nobodys(tmp_path: Path) -> None:
    folder = of(tmp_path, good_csv=LINES)
    of(folder / ".work", judged_csv=LINES + "\n")
    (folder / ".DS_Store").write_bytes(b"x")
    assert names(folder) == ["good.csv"]
    assert said(folder) == {}


def test_an_address_of_this_machine_is_a_path(tmp_path: Path) -> None:
    folder = of(tmp_path / "two words", a_837=CLAIMS)
    assert [file.path for file in archive_of([folder.as_uri()]).files] == [str(folder / "a.837")]
    table = tmp_path / "lines.parquet"
    pl.DataFrame({"date": ["2026-03-04"], "code": ["97110"], "modifiers": ["GP"]}).write_parquet(table)
    pattern = f"file://{tmp_path}/*.parquet"
    assert [file.path for file in archive_of([pattern]).files] == [pattern]


def test_claim_files_in_a_store_are_refused() -> None:
    with pytest.raises(ArchiveError, match=r"s3://store/a\.837: claim and payment files are read from a disk"):
        archive_of(["s3://store/a.837"])


def test_a_table_of_tabs_is_one_whatever_the_case_of_its_name(tmp_path: Path) -> None:
    assert names(of(tmp_path, a_TSV=LINES.replace(",", "\t"))) == ["a.TSV"]
