"""ICD-10-CM diagnoses for fiscal years 2025 to 2027: dated, with their notes, and searchable in people's words.

    get("M25.561")                              the code: title, side, chapter, 7th character, periods
    status("M72.2", date(2026, 10, 1))          ended 2026-09-30; replacements M67A01, M67A02, …
    table()                                     every code over time, for a join as of a date
    excludes1_conflicts(["M5450", "M5441"])     pairs that a note keeps apart
    search("left knee pain", date(2026, 3, 4))  M25.562 first

Nothing is read before the first call. Codes in tables carry no dot; `normalize` and `dotted` go both ways. Where the
files come from, and how far they reach, stands in `data/icd10/provenance.toml`.
"""

from cleanclaim.reference.icd10.by_words import SearchHit, search
from cleanclaim.reference.icd10.codes import Diagnosis, DiagnosisStatus, get, status, table, with_state
from cleanclaim.reference.icd10.data import (
    KINDS,
    FiscalYear,
    Icd10DataError,
    fiscal_years,
    guidelines_source,
    known_through,
    read_from,
    tabular_edition,
    tabular_source,
)
from cleanclaim.reference.icd10.excludes import (
    ExcludesConflict,
    Exclusion,
    excludes1_conflicts,
    excludes1_notes,
    excludes1_table,
    exclusions,
)
from cleanclaim.reference.icd10.replacing import billable_below, replacement_note, replacements
from cleanclaim.reference.icd10.sequencing import (
    CodeFirst,
    CodeFirstNote,
    Companion,
    CompanionProblem,
    FirstProblem,
    Relation,
    code_first,
    companion_problems,
    companions,
    first_problem,
    is_external_cause,
    is_manifestation,
    is_organism,
    puts_first,
)
from cleanclaim.reference.icd10.seventh import Phase, SeventhCharacter, lacks_seventh
from cleanclaim.reference.icd10.sides import Side, on_side, siblings
from cleanclaim.reference.icd10.states import Period, State, periods, state_on
from cleanclaim.reference.icd10.writing import dotted, is_well_formed, normalize

__all__ = [
    "KINDS",
    "CodeFirst",
    "CodeFirstNote",
    "Companion",
    "CompanionProblem",
    "Diagnosis",
    "DiagnosisStatus",
    "ExcludesConflict",
    "Exclusion",
    "FirstProblem",
    "FiscalYear",
    "Icd10DataError",
    "Period",
    "Phase",
    "Relation",
    "SearchHit",
    "SeventhCharacter",
    "Side",
    "State",
    "billable_below",
    "code_first",
    "companion_problems",
    "companions",
    "dotted",
    "excludes1_conflicts",
    "excludes1_notes",
    "excludes1_table",
    "exclusions",
    "first_problem",
    "fiscal_years",
    "get",
    "guidelines_source",
    "is_external_cause",
    "is_manifestation",
    "is_organism",
    "is_well_formed",
    "known_through",
    "lacks_seventh",
    "normalize",
    "on_side",
    "periods",
    "puts_first",
    "read_from",
    "replacement_note",
    "replacements",
    "search",
    "siblings",
    "state_on",
    "status",
    "table",
    "tabular_edition",
    "tabular_source",
    "with_state",
]
