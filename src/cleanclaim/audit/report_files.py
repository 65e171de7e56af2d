"""The folder of a report: what lies in it, who may read it, and the work folder that an interrupted audit leaves.

Every file appears whole or not at all and is readable by its owner only. The manifest is written last: a folder with
one holds a finished report.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from cleanclaim.audit.decided import Parted
from cleanclaim.audit.manifest import NAME, Made, as_text, digest_of, sample_facts
from cleanclaim.audit.sampling import SAMPLE, Sample
from cleanclaim.money import dollars
from cleanclaim.private_files import private_file

WORK = ".work"
REVIEW = ("overpaid", "error", "note")
"""Columns of the sample that a reviewer fills in."""
SAMPLE_FILE = "sample.csv"
_BEGUN = "begun.json"
_DECIDED = ("known", "suppressed")
"""Frames that a report has where findings were decided about before."""
_COUNTED = {"findings", "claims", "set_aside", *_DECIDED}
"""Frames whose rows say where they stand; there files and rows count from 1, as people and the manifest count them."""
_ROWS_A_GROUP = 250_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ReportFolderError(ValueError):
    """A folder that a report cannot be written to or read from: names it, and what was expected."""


def begin(folder: Path, made: Made) -> Path:
    """Make the folder ready and return its work folder; work that lies there already is of the same audit.

    Raises:
        ReportFolderError: the folder holds something else, or unfinished work of another audit.
    """
    work = folder / WORK
    document = made.document()
    begun = unfinished(folder)
    if begun is not None:
        changed = [name for name in document if document[name] != begun.get(name)]
        if changed:
            said = ", ".join(name.replace("_", " ") for name in changed)
            raise ReportFolderError(
                f"{work}: holds an unfinished audit with other {said}; repeat its command as it was to go on, "
                "or remove that folder to begin anew"
            )
        return work
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / NAME).is_file())):
        raise ReportFolderError(f"{folder}: holds something else; expected a new folder, an empty one, or a report")
    if _is_filled_in(folder):
        raise ReportFolderError(f"{folder / SAMPLE_FILE}: was filled in; move it elsewhere before it is drawn anew")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        with private_file(work / _BEGUN) as stream:
            stream.write(as_text(document).encode())
    except OSError as error:
        raise ReportFolderError(f"{folder}: cannot be written ({error.strerror})") from error
    return work


def unfinished(folder: Path) -> dict[str, Any] | None:
    """What the unfinished audit of the folder is made of; `None`: there is none."""
    begun = folder / WORK / _BEGUN
    if not begun.is_file():
        return None
    try:
        found: dict[str, Any] = json.loads(begun.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ReportFolderError(f"{begun}: cannot be read; remove {folder / WORK} to begin anew") from error
    return found


def _is_filled_in(folder: Path) -> bool:
    """Whether a reviewer has written into the sample of a finished report."""
    sample = folder / SAMPLE_FILE
    if not sample.is_file() or not (folder / NAME).is_file():
        return False
    written = {one["path"]: one["sha256"] for one in read_manifest(folder)["outputs"]}
    return written.get(SAMPLE_FILE) != digest_of(sample)


def write_report(folder: Path, found: Parted, made: Made, page: str, sample: Sample | None) -> list[Path]:
    """Write the report's files, then remove the work folder; the paths are returned.

    Args:
        folder: as `begin` made it.
        found: claims and findings, and what of these was decided about before.
        made: what the audit was made of.
        page: the report as HTML.
        sample: the claims drawn for review.
    """
    (folder / NAME).unlink(missing_ok=True)
    for name in (SAMPLE_FILE, *(f"{name}.parquet" for name in _DECIDED)):
        (folder / name).unlink(missing_ok=True)
    written = []
    with private_file(folder / "report.html") as stream:
        stream.write(page.encode())
    written.append(folder / "report.html")
    for name, rows in _tables(found).items():
        path = folder / f"{name}.parquet"
        counted = [pl.col("file", "row") + 1] if name in _COUNTED else []
        with private_file(path) as stream:
            rows.with_columns(counted).sink_parquet(stream, compression="zstd", row_group_size=_ROWS_A_GROUP)
        written.append(path)
    if sample is not None:
        with private_file(folder / SAMPLE_FILE) as stream:
            stream.write(_sample_text(sample).encode())
        written.append(folder / SAMPLE_FILE)
    document = {
        "schema": "cleanclaim/audit-manifest",
        **made.document(),
        "sample": sample_facts(sample),
        "outputs": [{"path": path.name, "bytes": path.stat().st_size, "sha256": digest_of(path)} for path in written],
    }
    with private_file(folder / NAME) as stream:
        stream.write(as_text(document).encode())
    shutil.rmtree(folder / WORK, ignore_errors=True)
    return [*written, folder / NAME]


def _tables(found: Parted) -> dict[str, pl.LazyFrame]:
    frames = found.frames
    own = {"findings": found.stretches.findings, "claims": found.stretches.claims}
    decided = (name for name in _DECIDED if name in frames)
    return {**own, **{name: frames[name].lazy() for name in ("verdicts", "set_aside", *decided)}}


def _sample_text(sample: Sample) -> str:
    """The sample as CSV: amounts in dollars, columns to fill in, and nothing that a spreadsheet takes for a formula."""
    sizes = {stratum.name: stratum for stratum in sample.strata}
    amounts = ("charge_cents", "allowed_cents", "paid_cents")
    names = [name.removesuffix("_cents") for name in SAMPLE]
    place = names.index("stratum") + 1
    names[place:place] = ["stratum_claims", "stratum_drawn"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, *REVIEW])
    for row in sample.claims.iter_rows(named=True):
        cells = [_amount(row[name]) if name in amounts else _plain(row[name]) for name in SAMPLE]
        stratum = sizes[row["stratum"]]
        cells[place:place] = [str(stratum.universe), str(stratum.count)]
        writer.writerow([*cells, *("" for _ in REVIEW)])
    return text.getvalue()


def _amount(cents: int | None) -> str:
    return "" if cents is None else dollars(cents).replace("$", "").replace(",", "")


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished report.

    Raises:
        ReportFolderError: there is none, or it is none of ours.
    """
    path = folder / NAME
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ReportFolderError(f"{path}: cannot be read; expected the manifest of a finished report") from error
    if found.get("schema") != "cleanclaim/audit-manifest":
        raise ReportFolderError(f"{path}: is no manifest of a report; expected one that `cleanclaim audit` wrote")
    return found


def read_frames(folder: Path, manifest: Mapping[str, Any], names: Sequence[str]) -> dict[str, pl.DataFrame]:
    """Frames of a finished report, which must be those that were written.

    Raises:
        ReportFolderError: a file is gone or was changed.
    """
    digests = {one["path"]: one["sha256"] for one in manifest["outputs"]}
    frames = {}
    for name in names:
        path = folder / f"{name}.parquet"
        if not path.is_file() or digest_of(path) != digests.get(path.name):
            raise ReportFolderError(
                f"{path}: is not as it was written; expected the file whose digest the manifest has"
            )
        frames[name] = pl.read_parquet(path)
    return frames
