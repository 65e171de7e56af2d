"""Read a sample back that reviewers have filled in, and hold it against the one that was drawn.

A sample that was shortened, lengthened or exchanged after it was drawn is no random sample, so its rows must be exactly
the claims that the report's seed draws.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleanclaim.audit.report_files import read_frames, read_manifest
from cleanclaim.audit.sampling import Plan, Sample, draw
from cleanclaim.audit.sampling_estimates import Reviewed
from cleanclaim.audit.stretches import Stretches
from cleanclaim.money import AmountError, parse_cents

_YES, _NO = frozenset({"yes", "y", "1", "true"}), frozenset({"no", "n", "0", "false"})
_AMOUNT = re.compile(r"-?\$?-?[0-9][0-9,]*(\.[0-9]+)?")
_ROWS_NAMED = 5


class ReviewError(ValueError):
    """A reviewed sample that cannot be used: names the file, the row and what was expected."""


@dataclass(frozen=True, slots=True)
class Review:
    """What the reviewers found, by stratum."""

    dollars: tuple[Reviewed, ...]
    errors: tuple[Reviewed, ...]
    """The same claims, with 1 for a claim in error and 0 for one that is right."""


def drawn_again(report: Path) -> Sample:
    """The sample of a finished report, drawn again from its claims by its seed.

    Raises:
        ReportFolderError: the report's files are not as they were written, or it has no sample.
    """
    manifest = read_manifest(report)
    facts = manifest["sample"]
    if facts is None:
        raise ReviewError(f"{report}: has no sample; expected a report that was made with --sample")
    frames = read_frames(report, manifest, ("claims", "findings"))
    plan = Plan(facts["size"], facts["seed"], tuple(facts["strata_by"]))
    return draw(Stretches.of(frames["claims"], frames["findings"]), plan)


def read_review(path: Path, sample: Sample) -> Review:
    """Read the filled-in sample.

    Args:
        path: CSV with at least the columns `frame_row` and `overpaid` (dollars; a minus for an underpayment). Where
            `error` (yes or no) is filled in, it says which claims are in error; else those not paid exactly right are.
        sample: the sample that was drawn.

    Raises:
        ReviewError: the file is none, its rows are not those drawn, or an amount is absent or cannot be read.
    """
    rows = _rows(path)
    strata = dict(sample.claims.select("frame_row", "stratum").iter_rows())
    found: dict[int, Mapping[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        frame_row = _whole(path, number, row)
        if frame_row not in strata:
            raise ReviewError(f"{path}: row {number}: frame_row {frame_row} was not drawn; expected the claims drawn")
        if frame_row in found:
            raise ReviewError(f"{path}: row {number}: frame_row {frame_row} comes twice; expected each claim once")
        found[frame_row] = {**row, "line": str(number)}
    if absent := sorted(set(strata) - set(found)):
        named = ", ".join(map(str, absent[:_ROWS_NAMED]))
        raise ReviewError(
            f"{path}: {len(absent)} of the {len(strata)} claims drawn are absent (frame_row {named}); expected all: "
            "a sample that is cut after it was drawn is no random sample"
        )
    cents = {frame_row: _cents(path, row) for frame_row, row in found.items()}
    says_error = any(row.get("error", "").strip() for row in found.values())
    wrong = {
        frame_row: _is_error(path, row) if says_error else cents[frame_row] != 0 for frame_row, row in found.items()
    }
    amounts: dict[str, list[int]] = {}
    marks: dict[str, list[int]] = {}
    for frame_row, stratum in strata.items():
        amounts.setdefault(stratum, []).append(cents[frame_row])
        marks.setdefault(stratum, []).append(int(wrong[frame_row]))
    return Review(
        tuple(Reviewed.of(one.name, one.universe, amounts.get(one.name, [])) for one in sample.strata),
        tuple(Reviewed.of(one.name, one.universe, marks.get(one.name, [])) for one in sample.strata),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restkey="", restval="")
            names = set(reader.fieldnames or ())
            rows: list[dict[str, Any]] = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReviewError(f"{path}: cannot be read; expected the sample as CSV in UTF-8") from error
    for wanted in ("frame_row", "overpaid"):
        if wanted not in names:
            raise ReviewError(f"{path}: lacks the column {wanted}; expected the sample's columns")
    return rows


def _whole(path: Path, number: int, row: Mapping[str, str]) -> int:
    text = row["frame_row"].strip()
    if not (text.isascii() and text.isdigit()):
        raise ReviewError(f"{path}: row {number}: frame_row; expected a whole number")
    return int(text)


def _cents(path: Path, row: Mapping[str, str]) -> int:
    text = row["overpaid"].strip()
    if not text:
        raise ReviewError(f"{path}: row {row['line']}: overpaid is empty; expected dollars, 0 where the claim is right")
    expected = f"{path}: row {row['line']}: overpaid; expected dollars such as 41.50 or -3"
    if not _AMOUNT.fullmatch(text):
        raise ReviewError(expected)
    try:
        return parse_cents(text)
    except AmountError as error:
        raise ReviewError(expected) from error


def _is_error(path: Path, row: Mapping[str, str]) -> bool:
    text = row.get("error", "").strip().casefold()
    if text not in _YES | _NO:
        raise ReviewError(f"{path}: row {row['line']}: error; expected yes or no on every row, or none at all")
    return text in _YES
