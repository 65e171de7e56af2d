"""Build the committed payment and edit tables from the published files.

    build_payment_tables.py rvu --quarters FILE --yearly FILE --pprrvu rvu25d=FILE --pprrvu rvu26c=FILE
    build_payment_tables.py gpci --gpci gpci25=FILE --gpci gpci26=FILE …
    build_payment_tables.py pairs --ptp FILE
    build_payment_tables.py mue --mue FILE --later FILE

Editions and their days stand in `editions.toml` and `edition.toml` beside the tables, the codes to keep in
`ncci/scope.toml`. Each table is written sorted, and the rows and sha256 of its TOML record are brought up to
date. Descriptions of codes are never carried over.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from cleanclaim.money import GPCI_SCALE, RVU_SCALE, scaled
from cleanclaim.reference.fee_schedule import (
    GPCI_SCHEMA,
    NATIONAL,
    RVU_SCHEMA,
    editions,
)
from cleanclaim.reference.ncci import covers, in_scope
from cleanclaim.reference.published.geographic_indices import read_gpci
from cleanclaim.reference.published.relative_values import read_pprrvu

DATA = Path(__file__).parents[1] / "src" / "cleanclaim" / "reference" / "data"

# The published reasons of an edit → our own short keys.
PAIR_REASONS = {
    "CPT Manual or CMS manual coding instruction": "coding_instruction",
    "CPT Separate procedure definition": "separate_procedure",
    "HCPCS/CPT procedure code definition": "code_definition",
    "Misuse of Column Two code with Column One code": "misuse_of_column_2",
    "More extensive procedure": "more_extensive",
    "Mutually exclusive procedures": "mutually_exclusive",
    "Standards of medical/surgical practice": "standard_of_practice",
}
LIMIT_REASONS = {
    "Anatomic Consideration": "anatomy",
    "CMS Policy": "policy",
    "Clinical: CMS Workgroup": "clinical_workgroup",
    "Clinical: Data": "clinical_data",
    "Clinical: Society Comment": "clinical_society",
    "Code Descriptor / CPT Instruction": "code_definition",
    "Nature of Service/Procedure": "nature_of_service",
}

Row = dict[str, object]


def main(arguments: Sequence[str]) -> None:
    """Run one of the four builds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    builds = parser.add_subparsers(dest="build", required=True)
    rvu = builds.add_parser("rvu", help="relative values")
    rvu.add_argument("--quarters", type=Path, required=True, help="extract of every quarter, one row per release")
    rvu.add_argument("--yearly", type=Path, required=True, help="extract of one file a year, for codes not in quarters")
    rvu.add_argument("--pprrvu", action="append", default=[], metavar="EDITION=FILE", help="a whole published file")
    gpci = builds.add_parser("gpci", help="geographic indices")
    gpci.add_argument("--gpci", action="append", default=[], metavar="EDITION=FILE", help="a published file")
    pairs = builds.add_parser("pairs", help="procedure-to-procedure edits")
    pairs.add_argument("--ptp", type=Path, required=True, help="all practitioner edits of the edition")
    mue = builds.add_parser("mue", help="medically unlikely edits")
    mue.add_argument("--mue", type=Path, required=True, help="the whole list of 2024-07-01")
    mue.add_argument("--later", type=Path, required=True, help="extract with the indicator-3 limits of 2026, quarter 2")
    given = parser.parse_args(arguments)
    if given.build == "rvu":
        build_rvu(given.quarters, given.yearly, _named(given.pprrvu))
    elif given.build == "gpci":
        build_gpci(_named(given.gpci))
    elif given.build == "pairs":
        build_pairs(given.ptp)
    else:
        build_mue(given.mue, given.later)


def build_rvu(quarters: Path, yearly: Path, whole: dict[str, Path]) -> None:
    """Join all editions and make one row of equal neighbors in time."""
    rows: list[Row] = []
    carried = set()
    for row in _csv(quarters):
        # Releases are named like rvu20a_jan and rvu20c_v0618.
        edition = row["release"].split("_")[0]
        carried.add(row["hcpcs"])
        days = editions()[edition]
        rows.append(_quarter_row(row, edition, days.first_day, days.last_day))
    for row in _csv(yearly):
        edition = row["file"].split("_")[0]
        if row["code"] not in carried and edition in editions():
            year = int(row["year"])
            rows.append(_yearly_row(row, edition, date(year, 1, 1), date(year, 12, 31)))
    keep = carried | {str(row["code"]) for row in rows}
    for edition, path in whole.items():
        table = read_pprrvu(path).filter(pl.col("code").map_elements(in_scope, pl.Boolean) | pl.col("code").is_in(keep))
        table = table.drop("conversion_factor_e4", "not_used_for_medicare")
        rows.extend(_dated(table, edition))
    _write("fee_schedule/rvu", RVU_SCHEMA.names(), _merge(rows))


def _dated(table: pl.DataFrame, edition: str) -> Iterator[Row]:
    """The rows of one published file, with its edition and days."""
    days = editions()[edition]
    for row in table.iter_rows(named=True):
        yield {**row, "edition": edition, "valid_from": days.first_day, "valid_through": days.last_day}


def _quarter_row(row: dict[str, str], edition: str, first: date, last: date) -> Row:
    """One row of the extract of every quarter."""
    return {
        "code": row["hcpcs"],
        "modifier": row["mod"],
        "edition": edition,
        "valid_from": first,
        "valid_through": last,
        "status": row["status_code"],
        "work": scaled(row["work_rvu"], RVU_SCALE),
        "pe_nonfacility": scaled(row["non_fac_pe_rvu"], RVU_SCALE),
        "pe_facility": scaled(row["facility_pe_rvu"], RVU_SCALE),
        "mp": scaled(row["mp_rvu"], RVU_SCALE),
        "pctc": row["pctc_ind"],
        "multiple_procedure": row["mult_proc"],
        # The extract lost leading zeros where a column was numeric.
        "global": "000" if row["glob_days"] == "0" else row["glob_days"],
        "na_nonfacility": row["non_fac_indicator"] == "NA",
        "na_facility": row["facility_indicator"] == "NA",
    }


def _yearly_row(row: dict[str, str], edition: str, first: date, last: date) -> Row:
    """One row of the extract of one file a year, which has no NA indicators."""
    return {
        "code": row["code"],
        "modifier": row["mod"],
        "edition": edition,
        "valid_from": first,
        "valid_through": last,
        "status": row["status"],
        "work": scaled(row["work"], RVU_SCALE),
        "pe_nonfacility": scaled(row["nf_pe"], RVU_SCALE),
        "pe_facility": scaled(row["fac_pe"], RVU_SCALE),
        "mp": scaled(row["mp"], RVU_SCALE),
        "pctc": row["pctc"],
        "multiple_procedure": row["mult_proc"],
        "global": "000" if row["global"] == "0" else row["global"],
        "na_nonfacility": None,
        "na_facility": None,
    }


def _merge(rows: list[Row]) -> list[Row]:
    """Make one row of neighbors in time that differ in nothing but their edition."""
    merged: list[Row] = []
    for row in sorted(rows, key=lambda row: (row["code"], row["modifier"], row["valid_from"])):
        last = merged[-1] if merged else None
        if last is not None and _follows(last, row):
            first = str(last["edition"]).split("..")[0]
            last.update(edition=f"{first}..{row['edition']}", valid_through=row["valid_through"])
        else:
            merged.append(dict(row))
    return merged


def _follows(last: Row, row: Row) -> bool:
    """Whether the row begins the day after the last one ended and says the same."""
    ended = last["valid_through"]
    changing = {"edition", "valid_from", "valid_through"}
    return (
        isinstance(ended, date)
        and row["valid_from"] == ended + timedelta(days=1)
        and all(last[key] == value for key, value in row.items() if key not in changing)
    )


def build_gpci(files: dict[str, Path]) -> None:
    """Join the years; a year whose file names no state takes it from the others."""
    rows: list[Row] = []
    for edition, path in files.items():
        rows.extend(_dated(read_gpci(path), edition))
    states = {row["locality"]: row["state"] for row in rows if row["state"]}
    for row in rows:
        row["state"] = row["state"] or states[row["locality"]]
        row["name"] = " ".join(str(row["name"]).split())
    nation = editions()[NATIONAL]
    one = dict.fromkeys(("work", "pe", "mp"), GPCI_SCALE)
    rows.append(
        {
            "locality": NATIONAL,
            "state": "",
            "name": "NATIONAL",
            "edition": NATIONAL,
            "valid_from": nation.first_day,
            "valid_through": nation.last_day,
            **one,
        }
    )
    _write("fee_schedule/gpci", GPCI_SCHEMA.names(), sorted(rows, key=lambda row: (row["locality"], row["valid_from"])))


def build_pairs(path: Path) -> None:
    """Keep the pairs that the scope covers, ended and void ones too."""
    table = pl.read_csv(path, infer_schema=False, empty_string_is_null=False)
    codes = pl.concat([table["column_1"], table["column_2"]]).unique()
    known = codes.filter(codes.map_elements(in_scope, pl.Boolean)).to_list()
    kept = table.filter(pl.col("column_1").is_in(known), pl.col("column_2").is_in(known))
    rows: list[Row] = [
        {
            "column_1": row["column_1"],
            "column_2": row["column_2"],
            "modifier_indicator": row["modifier_indicator"],
            "ended_on": row["deletion_date"],
            "reason": PAIR_REASONS[row["rationale"]],
        }
        for row in kept.iter_rows(named=True)
        if covers(row["column_1"], row["column_2"])
    ]
    columns = ["column_1", "column_2", "modifier_indicator", "ended_on", "reason"]
    _write("ncci/pairs", columns, sorted(rows, key=lambda row: [str(row[column]) for column in columns]))


def build_mue(path: Path, later: Path) -> None:
    """Keep the limits of the codes in scope, and the later ones that were read."""
    rows: list[Row] = [
        {
            "code": row["hcpcs_code"],
            "edition": "2024-07-01",
            "units": row["mue_units"],
            "mai": row["mue_mai"],
            "reason": LIMIT_REASONS[row["mue_rationale"]],
        }
        for row in _csv(path)
        if in_scope(row["hcpcs_code"])
    ]
    rows.extend(
        {
            "code": row["code"],
            "edition": "2026-04-01",
            "units": row["mue_2026q2_mai3_only"],
            "mai": 3,
            "reason": "",
        }
        for row in _csv(later)
        if row["mue_2026q2_mai3_only"]
    )
    columns = ["code", "edition", "units", "mai", "reason"]
    _write("mue/mue", columns, sorted(rows, key=lambda row: (str(row["code"]), str(row["edition"]))))


def _named(pairs: Sequence[str]) -> dict[str, Path]:
    """EDITION=FILE arguments; an edition must be known."""
    found = {}
    for pair in pairs:
        name, _, file = pair.partition("=")
        if not file or name not in editions():
            raise SystemExit(f"{pair!r}: expected EDITION=FILE with an edition of editions.toml")
        found[name] = Path(file)
    return found


def _csv(path: Path) -> Iterable[dict[str, str]]:
    """The rows of an extract."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _write(name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Write the CSV, and its rows and sha256 into the record beside it."""
    path = DATA / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(row[column]) for column in columns] for row in rows)
    record = path.with_suffix(".toml")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    text = re.sub(r"(?m)^rows = .*$", f"rows = {len(rows)}", record.read_text("utf-8"))
    record.write_text(re.sub(r"(?m)^sha256 = .*$", f'sha256 = "{digest}"', text), "utf-8")
    print(f"{path.name}: {len(rows)} rows")


def _text(value: object) -> str:
    """A cell: nothing for unknown, true and false in lower case."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    main(sys.argv[1:])
