"""Procedure codes that therapists bill or meet: what each is, when it holds, how it is counted.

Each code has our own plain label and guidance, never the code set's descriptor. A deleted code stays, with
its last day and what replaced it. Two attributes change over time and are kept as dated series: whether
Medicare calls the code "always" or "sometimes" therapy, and its status on the physician fee schedule.

This module does not know prices, edits or units of a visit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from cleanclaim.dates import Dated, Lookup, LookupStatus, Series, SeriesError
from cleanclaim.reference.reading import Entry, TableError, read_sources, read_toml, toml_files
from cleanclaim.sources import Source

_FOLDER = "procedures"
_SOURCES = f"{_FOLDER}/sources.toml"
_SECTIONS = "procedure_sections.toml"
_CODE = re.compile(r"\d{4}[0-9TF]|[A-Z]\d{4}")


class Section(StrEnum):
    """Where a code stands: the six sections of CPT Category I, Categories II and III, HCPCS Level II."""

    EVALUATION_AND_MANAGEMENT = "evaluation_and_management"
    ANESTHESIA = "anesthesia"
    SURGERY = "surgery"
    RADIOLOGY = "radiology"
    PATHOLOGY_AND_LABORATORY = "pathology_and_laboratory"
    MEDICINE = "medicine"
    CATEGORY_II = "category_ii"
    CATEGORY_III = "category_iii"
    HCPCS_LEVEL_II = "hcpcs_level_ii"


class Family(StrEnum):
    """Our own grouping, by what the therapist does."""

    EVALUATION = "evaluation"
    REEVALUATION = "reevaluation"
    SUPERVISED_MODALITY = "supervised_modality"
    ATTENDED_MODALITY = "attended_modality"
    EXERCISE = "exercise"
    FUNCTION = "function"
    GAIT = "gait"
    MANUAL = "manual"
    GROUP = "group"
    COGNITIVE = "cognitive"
    WORK_HARDENING = "work_hardening"
    ORTHOTICS = "orthotics"
    STRAPPING = "strapping"
    TEST = "test"
    WOUND = "wound"
    CAREGIVER = "caregiver"
    REMOTE_MONITORING = "remote_monitoring"
    CANALITH = "canalith"
    BIOFEEDBACK = "biofeedback"
    DRY_NEEDLING = "dry_needling"
    VIRTUAL = "virtual"
    SPEECH_LANGUAGE = "speech_language"
    RESPIRATORY = "respiratory"
    CHIROPRACTIC = "chiropractic"
    ACUPUNCTURE = "acupuncture"
    MAINTENANCE = "maintenance"
    HOME_VISIT = "home_visit"
    FUNCTIONAL_REPORTING = "functional_reporting"
    UNLISTED = "unlisted"


class Basis(StrEnum):
    """How units follow from minutes."""

    TIMED_15 = "timed_15"
    """Units of 15 minutes; the minutes enter Medicare's total of timed minutes."""
    TIMED_OTHER = "timed_other"
    """Units of the code's own length."""
    UNTIMED = "untimed"
    """One unit whatever the minutes: a session, an area, a supply period, an event."""


class Therapy(StrEnum):
    """Medicare's designation: whether a plan of care and a therapy modifier always belong to the code."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NONE = "none"
    UNKNOWN = "unknown"


class MedicareStatus(StrEnum):
    """The status of a code on the Medicare physician fee schedule, in our own words."""

    ACTIVE = "active"
    BUNDLED = "bundled"
    CONTRACTOR_PRICED = "contractor_priced"
    EXCLUDED = "excluded"
    INVALID = "invalid"
    NONCOVERED = "noncovered"
    RESTRICTED = "restricted"


class Discipline(StrEnum):
    """Who furnishes the service: physical, occupational, speech-language therapy, athletic training."""

    PT = "PT"
    OT = "OT"
    SLP = "SLP"
    AT = "AT"


class EvaluationLevel(StrEnum):
    """The complexity of an evaluation."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Encounter(StrEnum):
    """Whether a code is for the first encounter with a device or for the ones after it."""

    INITIAL = "initial"
    SUBSEQUENT = "subsequent"


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A code easily taken for this one, and the difference that decides."""

    code: str
    difference: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure code.

    `minutes_first` and `minutes_each` are set only where the code does not simply count 15-minute units: the minutes
    of its first unit, where further ones go on an add-on code (97545), or of each unit, where the code is that add-on
    (97546) or counts by the hour (96125); no code has both. `valid_from` of `None` means that the first day was not
    read, not that there was none; `valid_through` of `None` means that no last day has been published.
    """

    code: str
    label: str
    section: Section
    family: Family
    basis: Basis
    unit: str
    minutes_first: int | None
    minutes_each: int | None
    one_on_one: bool | None
    disciplines: tuple[Discipline, ...]
    evaluation_level: EvaluationLevel | None
    add_on_to: tuple[str, ...]
    encounter: Encounter | None
    patients: int | None
    therapy: Series[Therapy]
    medicare_status: Series[MedicareStatus]
    medicare_code: str
    medicare_patient_chargeable: bool | None
    medicare_note: str
    valid_from: date | None
    valid_from_source: Source | None
    valid_through: date | None
    valid_through_source: Source | None
    replaced_by: tuple[str, ...]
    replaced_by_source: Source | None
    when_to_use: str
    document: tuple[str, ...]
    not_this: tuple[Neighbor, ...]
    questions: tuple[str, ...]
    examples: tuple[str, ...]
    source: Source

    @property
    def is_timed(self) -> bool:
        """Whether units are 15 minutes and the minutes enter Medicare's total of timed minutes."""
        return self.basis is Basis.TIMED_15

    @property
    def is_evaluation(self) -> bool:
        """Whether the code is a first evaluation, of any discipline."""
        return self.family is Family.EVALUATION

    @property
    def is_reevaluation(self) -> bool:
        """Whether the code is a re-evaluation."""
        return self.family is Family.REEVALUATION

    @property
    def is_group(self) -> bool:
        """Whether one unit is billed for each of two or more patients treated together."""
        return self.family is Family.GROUP

    @property
    def is_add_on(self) -> bool:
        """Whether the code is billable only beside one of `add_on_to`."""
        return bool(self.add_on_to)

    def holds_on(self, day: date) -> bool:
        """Whether the code is in force on that day, as far as its dates were read."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_through is None or day <= self.valid_through
        )


def get(code: str) -> Procedure | None:
    """The procedure of that code, whatever its dates, or `None` when it is not listed."""
    return _procedures().get(code)


def on(code: str | None, day: date | None) -> Lookup[Procedure]:
    """The procedure in force on that day.

    A code past its last day, or before its first, is outside dates. A code in force is past the horizon
    after `known_through()`: next year's code set has not been read.
    """
    if code is None or day is None:
        return Lookup(LookupStatus.UNKNOWN_KEY)
    procedure = get(code)
    if procedure is None:
        return Lookup(LookupStatus.NOT_LISTED)
    if not procedure.holds_on(day):
        return Lookup(LookupStatus.OUTSIDE_DATES)
    if procedure.valid_through is None and day > known_through():
        return Lookup(LookupStatus.PAST_HORIZON)
    dated = Dated(procedure, procedure.valid_from, procedure.valid_through, procedure.source)
    return Lookup(LookupStatus.FOUND, dated)


def section_of(code: str) -> Section | None:
    """The section that a code's number belongs to, listed here or not; `None` for a text that is no such number.

    A five-digit number within a section's range need not be a code that exists.
    """
    listed = get(code)
    if listed is not None:
        return listed.section
    if not _CODE.fullmatch(code):
        return None
    if code[-1].isalpha():
        return Section.CATEGORY_II if code[-1] == "F" else Section.CATEGORY_III
    return next((section for first, last, section in _sections() if first <= code <= last), None)


def all_codes() -> tuple[str, ...]:
    """Every listed code, deleted ones included, sorted."""
    return tuple(sorted(_procedures()))


def known_through() -> date:
    """The last day for which the code set was read."""
    return _load()[1]


def _procedures() -> Mapping[str, Procedure]:
    return _load()[0]


@cache
def _load() -> tuple[dict[str, Procedure], date]:
    head = read_toml(_SOURCES)
    sources = read_sources(_SOURCES, head.pop("sources", None))
    entry = Entry(_SOURCES, head, sources)
    horizon = entry.day("known_through")
    entry.done()
    if horizon is None:
        raise TableError(f"{_SOURCES}: lacks key 'known_through'")
    found: dict[str, Procedure] = {}
    for name in toml_files(_FOLDER):
        if name == _SOURCES:
            continue
        for code, procedure in parse(name, read_toml(name), sources, horizon).items():
            if code in found:
                raise TableError(f"{name}: {code} is listed twice")
            found[code] = procedure
    _check_references(found)
    return found, horizon


@cache
def _sections() -> tuple[tuple[str, str, Section], ...]:
    tables = read_toml(_SECTIONS)
    head = Entry(_SECTIONS, tables, read_sources(_SECTIONS, tables.pop("sources", None)))
    found = []
    for entry in head.entries("range"):
        found.append((entry.text("first"), entry.text("last"), entry.choice("section", Section)))
        entry.source()
        entry.done()
    head.done()
    return tuple(found)


def parse(name: str, tables: Mapping[str, Any], sources: Mapping[str, Source], horizon: date) -> dict[str, Procedure]:
    """Build the procedures of one parsed file; `name` is used in errors.

    Raises:
        TableError: a code of the wrong form, an unknown key, a missing source, dates the wrong way round, or
            an attribute that contradicts another.
    """
    found = {}
    for code, values in tables.items():
        where = f"{name}: {code}"
        if not _CODE.fullmatch(code) or not isinstance(values, dict):
            raise TableError(f"{where}: expected a table named by a five-character procedure code")
        found[code] = _procedure(code, Entry(where, values, sources), horizon)
    return found


def _procedure(code: str, entry: Entry, horizon: date) -> Procedure:
    valid_from, valid_from_source = entry.bound("valid_from")
    valid_through, valid_through_source = entry.bound("valid_through")
    replaced_by = entry.texts("replaced_by")
    last = min(horizon, valid_through) if valid_through else horizon
    try:
        therapy = Series(f"{code} therapy", "Medicare therapy designation", "", entry.dated("therapy", Therapy), last)
        status = Series(
            f"{code} status", "Medicare fee schedule status", "", entry.dated("medicare_status", MedicareStatus), last
        )
    except SeriesError as error:
        raise TableError(f"{entry.where}: {error}") from error
    procedure = Procedure(
        code=code,
        label=entry.text("label"),
        section=entry.choice("section", Section),
        family=entry.choice("family", Family),
        basis=entry.choice("basis", Basis),
        unit=entry.text("unit"),
        minutes_first=entry.number("minutes_first"),
        minutes_each=entry.number("minutes_each"),
        one_on_one=entry.flag("one_on_one"),
        disciplines=entry.choices("disciplines", Discipline),
        evaluation_level=entry.optional_choice("evaluation_level", EvaluationLevel),
        add_on_to=entry.texts("add_on_to"),
        encounter=entry.optional_choice("encounter", Encounter),
        patients=entry.number("patients"),
        therapy=therapy,
        medicare_status=status,
        medicare_code=entry.optional_text("medicare_code"),
        medicare_patient_chargeable=entry.flag("medicare_patient_chargeable"),
        medicare_note=entry.optional_text("medicare_note"),
        valid_from=valid_from,
        valid_from_source=valid_from_source,
        valid_through=valid_through,
        valid_through_source=valid_through_source,
        replaced_by=replaced_by,
        replaced_by_source=entry.source("replaced_by_source") if replaced_by else None,
        when_to_use=entry.text("when_to_use"),
        document=entry.texts("document"),
        not_this=tuple(Neighbor(other, difference) for other, difference in entry.pairs("not_this")),
        questions=entry.texts("questions"),
        examples=entry.texts("examples"),
        source=entry.source(),
    )
    entry.done()
    _check(entry.where, procedure)
    return procedure


def _check(where: str, procedure: Procedure) -> None:
    if procedure.valid_from and procedure.valid_through and procedure.valid_through < procedure.valid_from:
        raise TableError(f"{where}: valid_through is before valid_from")
    own_minutes = procedure.minutes_first is not None or procedure.minutes_each is not None
    if own_minutes and procedure.basis is Basis.UNTIMED:
        raise TableError(f"{where}: an untimed code has no minutes_first or minutes_each")
    if procedure.minutes_first is not None and procedure.minutes_each is not None:
        raise TableError(f"{where}: minutes_first and minutes_each; expected one, as further units go on another code")
    if procedure.basis is Basis.TIMED_OTHER and not own_minutes:
        raise TableError(f"{where}: basis timed_other needs minutes_first or minutes_each")
    if procedure.replaced_by and procedure.valid_through is None:
        raise TableError(f"{where}: replaced_by stands without valid_through")


def _check_references(found: Mapping[str, Procedure]) -> None:
    """Refuse a neighbor, primary, replacement or Medicare code that is not itself listed."""
    for procedure in found.values():
        mentioned = (
            *procedure.add_on_to,
            *procedure.replaced_by,
            *(neighbor.code for neighbor in procedure.not_this),
            *((procedure.medicare_code,) if procedure.medicare_code else ()),
        )
        for other in mentioned:
            if other not in found or other == procedure.code:
                raise TableError(f"{_FOLDER}: {procedure.code} mentions {other}, which is not another listed code")
