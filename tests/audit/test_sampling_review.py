"""A sample that reviewers have filled in: read exactly, or refused with its row."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from cleanclaim.audit.sampling import Plan, Sample, draw
from cleanclaim.audit.sampling_estimates import Reviewed
from cleanclaim.audit.sampling_review import ReviewError, read_review
from tests.audit.made import archive, stretches_of


@pytest.fixture(scope="module")
def sample() -> Sample:
    frames = archive()
    return draw(stretches_of(frames), Plan(5, 1, ("payer",)))


def filled(path: Path, sample: Sample, amounts: dict[int, str], errors: dict[int, str] | None = None) -> Path:
    """The sample with amounts by frame row; those not named are 0."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["frame_row", "stratum", "overpaid", "error"])
    for row in sample.claims.get_column("frame_row"):
        writer.writerow([row, "any", amounts.get(row, "0"), (errors or {}).get(row, "")])
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def test_amounts_are_read_by_stratum(tmp_path: Path, sample: Sample) -> None:
    assert [(one.name, one.count) for one in sample.strata] == [("aetna", 1), ("medicare_b", 4)]
    rows = sample.claims.filter(stratum="medicare_b").get_column("frame_row").to_list()
    path = filled(tmp_path / "s.csv", sample, {rows[0]: "$1,041.50", rows[1]: "-3", rows[2]: "0.07", 3: "12"})
    review = read_review(path, sample)
    assert review.dollars == (
        Reviewed("aetna", 1, 1, 1_200, 1_440_000),
        Reviewed("medicare_b", 5, 4, 104_150 - 300 + 7, 104_150**2 + 300**2 + 7**2),
    )
    # Without a word on errors, what is not paid exactly right is in error.
    assert review.errors == (Reviewed("aetna", 1, 1, 1, 1), Reviewed("medicare_b", 5, 4, 3, 3))


def test_errors_may_be_told_apart_from_dollars(tmp_path: Path, sample: Sample) -> None:
    rows = sample.claims.get_column("frame_row").to_list()
    path = filled(tmp_path / "s.csv", sample, {rows[0]: "5"}, dict.fromkeys(rows, "no") | {rows[1]: "YES"})
    assert [one.total for one in read_review(path, sample).errors] == [0, 1]


def test_a_spreadsheets_byte_order_mark_is_no_hindrance(tmp_path: Path, sample: Sample) -> None:
    path = filled(tmp_path / "s.csv", sample, {})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert sum(one.total for one in read_review(path, sample).dollars) == 0


@pytest.mark.parametrize("text", ["", "  "])
def test_an_amount_that_is_absent_is_refused(tmp_path: Path, sample: Sample, text: str) -> None:
    rows = sample.claims.get_column("frame_row").to_list()
    path = filled(tmp_path / "s.csv", sample, {rows[2]: text})
    with pytest.raises(ReviewError, match=r"s\.csv: row 4: overpaid is empty; expected dollars, 0 where"):
        read_review(path, sample)


@pytest.mark.parametrize("text", ["twelve", "1.005", "(12.00)", "1e3", "--1", "١٢", "=1+1"])
def test_an_amount_that_is_none_is_refused_without_repeating_it(tmp_path: Path, sample: Sample, text: str) -> None:
    rows = sample.claims.get_column("frame_row").to_list()
    path = filled(tmp_path / "s.csv", sample, {rows[0]: text})
    with pytest.raises(ReviewError) as error:
        read_review(path, sample)
    assert str(error.value) == f"{path}: row 2: overpaid; expected dollars such as 41.50 or -3"


def test_rows_that_are_not_those_drawn_are_refused(tmp_path: Path, sample: Sample) -> None:
    path = filled(tmp_path / "s.csv", sample, {})
    lines = path.read_text("utf-8").splitlines()
    drawn = set(sample.claims.get_column("frame_row"))
    (other,) = set(range(1, 7)) - drawn

    def refused(changed: list[str]) -> str:
        path.write_text("\n".join(changed), encoding="utf-8")
        with pytest.raises(ReviewError) as error:
            read_review(path, sample)
        return str(error.value).removeprefix(f"{path}: ")

    first = int(lines[1].split(",")[0])
    assert refused([*lines[:1], *lines[2:]]).startswith(f"1 of the 5 claims drawn are absent (frame_row {first})")
    assert refused([*lines, f"{other},x,0,"]) == (f"row 7: frame_row {other} was not drawn; expected the claims drawn")
    assert refused([*lines, lines[1]]) == f"row 7: frame_row {first} comes twice; expected each claim once"
    assert refused([lines[0], "x,x,0,"]) == "row 2: frame_row; expected a whole number"
    assert refused(["frame_row,other", "1,2"]) == "lacks the column overpaid; expected the sample's columns"


def test_errors_on_some_rows_only_are_refused(tmp_path: Path, sample: Sample) -> None:
    rows = sample.claims.get_column("frame_row").to_list()
    path = filled(tmp_path / "s.csv", sample, {}, {rows[0]: "no"})
    with pytest.raises(ReviewError, match="row 3: error; expected yes or no on every row, or none at all"):
        read_review(path, sample)


def test_a_file_that_is_none_is_refused(tmp_path: Path, sample: Sample) -> None:
    with pytest.raises(ReviewError, match="cannot be read; expected the sample as CSV"):
        read_review(tmp_path / "absent.csv", sample)
    (tmp_path / "s.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReviewError, match="cannot be read; expected the sample as CSV"):
        read_review(tmp_path / "s.csv", sample)
