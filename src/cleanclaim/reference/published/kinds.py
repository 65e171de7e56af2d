"""The kinds of published files that are read, and who publishes each where and how often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from cleanclaim.reference.reading import Entry, TableError, read_toml

_FILE = "published.toml"


class Kind(StrEnum):
    """What a published file holds. The value names its folder in the data folder."""

    PTP_PRACTITIONER = "ptp_practitioner"
    PTP_OUTPATIENT = "ptp_outpatient"
    MUE_PRACTITIONER = "mue_practitioner"
    MUE_OUTPATIENT = "mue_outpatient"
    ADD_ON_CODES = "add_on_codes"
    RELATIVE_VALUES = "relative_values"
    GEOGRAPHIC_INDICES = "geographic_indices"
    LOCALITY_COUNTIES = "locality_counties"
    ZIP_LOCALITIES = "zip_localities"
    THERAPY_CODES = "therapy_codes"
    ICD10_CODES = "icd10_codes"
    ICD10_ADDENDA = "icd10_addenda"
    ICD10_NOTES = "icd10_notes"
    HCPCS = "hcpcs"
    TAXONOMY = "taxonomy"
    ADJUSTMENT_REASONS = "adjustment_reasons"
    REMITTANCE_REMARKS = "remittance_remarks"


@dataclass(frozen=True, slots=True)
class KindRecord:
    """One kind: our label, who publishes it, where, how often, and what a loaded edition switches on."""

    kind: Kind
    label: str
    publisher: str
    title: str
    url: str
    published: str
    """How often."""
    switches_on: str
    license: str


@cache
def records() -> dict[Kind, KindRecord]:
    """Every kind with its record, in the order of `Kind`.

    Raises:
        TableError: the file of kinds lacks a kind or a key, or has an unknown one.
    """
    tables = read_toml(_FILE)
    unknown = sorted(set(tables) - {kind.value for kind in Kind})
    if unknown:
        raise TableError(f"{_FILE}: unknown kind {unknown[0]!r}")
    return {kind: _record(kind, tables) for kind in Kind}


def record(kind: Kind) -> KindRecord:
    """The record of one kind."""
    return records()[kind]


def _record(kind: Kind, tables: dict[str, object]) -> KindRecord:
    table = tables.get(kind.value)
    if not isinstance(table, dict):
        raise TableError(f"{_FILE}: lacks the kind {kind.value!r}")
    entry = Entry(f"{_FILE}: {kind.value}", table, {})
    found = KindRecord(
        kind=kind,
        label=entry.text("label"),
        publisher=entry.text("publisher"),
        title=entry.text("title"),
        url=entry.text("url"),
        published=entry.text("published"),
        switches_on=entry.text("switches_on"),
        license=entry.text("license"),
    )
    entry.done()
    return found
