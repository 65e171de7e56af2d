"""What the codes of eligibility questions and answers mean (270, 271): kinds of care, benefits, periods, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cleanclaim.reference.adjustments import Fixer
from cleanclaim.reference.reading import Entry, TableError, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "eligibility_codes.toml"
GENERAL = "general"
"""The name under which the kinds of care stand that hold for every discipline."""
_DEFAULT = "default"
_DISCIPLINES = ("PT", "OT", "SLP", GENERAL)


@dataclass(frozen=True, slots=True)
class BenefitCode:
    """What a benefit says; `active` is whether coverage is in force by it, `None` where it does not say."""

    label: str
    active: bool | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question was not answered, and who can do something about it; `None` where the code is not explained."""

    meaning: str
    fixer: Fixer | None


@dataclass(frozen=True, slots=True)
class EligibilityCodes:
    """The tables of codes. `years` are periods of about a year, `remaining` the one of what is left."""

    service_types: dict[str, tuple[str, ...]]
    service_type_labels: dict[str, str]
    benefits: dict[str, BenefitCode]
    period_labels: dict[str, str]
    remaining: str
    visit: str
    years: frozenset[str]
    unit_labels: dict[str, str]
    visits: str
    payer_kinds: frozenset[str]
    first_payer_kinds: frozenset[str]
    protected: frozenset[str]
    """Types of insurance of patients whose share Medicaid pays."""
    refusals: dict[str, Refusal]
    asked: dict[str, tuple[str, ...]]

    def asked_of(self, payer: str) -> tuple[str, ...]:
        """The kinds of care that a payer, by its payer file, is asked about."""
        return self.asked.get(payer) or self.asked[_DEFAULT]

    def service_type(self, code: str) -> str:
        """A kind of care in words."""
        return self.service_type_labels.get(code, f"kind of care {code}")

    def benefit(self, code: str) -> str:
        """What a benefit says, in words."""
        known = self.benefits.get(code)
        return known.label if known else f"benefit {code}"

    def period(self, code: str) -> str:
        """A period in words; "" for none."""
        return self.period_labels.get(code, f"period {code}") if code else ""

    def refusal(self, code: str) -> Refusal:
        """Why a question was not answered."""
        return self.refusals.get(code) or Refusal(f"Not answered: reason {code}, which is not explained here.", None)


@cache
def load_eligibility_codes() -> EligibilityCodes:
    """The codes that are shipped."""
    tables = read_toml(_FILE)
    return parse(_FILE, tables, read_sources(_FILE, tables.pop("sources", None)))


def parse(name: str, tables: Mapping[str, Any], sources: Mapping[str, Source]) -> EligibilityCodes:
    """The codes of a parsed file.

    Raises:
        TableError: a table that is unknown or missing, a key that is unknown, or an entry without its source.
    """
    wanted = {
        "asked", "service_types", "service_type_labels", "benefit", "periods", "units", "other_payers",
        "insurance_types", "refusal",
    }  # fmt: skip
    if set(tables) != wanted:
        raise TableError(f"{name}: {min(set(tables) ^ wanted)!r} is unknown or missing")
    types = Entry(f"{name}: service_types", tables["service_types"], sources)
    service_types = {discipline: types.texts(discipline) for discipline in _DISCIPLINES}
    types.source()
    types.done()
    type_labels = _labels(name, "service_type_labels", tables, sources)
    periods = Entry(f"{name}: periods", tables["periods"], sources)
    units = Entry(f"{name}: units", tables["units"], sources)
    payers = Entry(f"{name}: other_payers", tables["other_payers"], sources)
    insurance = Entry(f"{name}: insurance_types", tables["insurance_types"], sources)
    found = EligibilityCodes(
        service_types=service_types,
        service_type_labels=type_labels,
        benefits=_benefits(name, tables["benefit"], sources),
        period_labels=dict(periods.pairs("labels")),
        remaining=periods.text("remaining"),
        visit=periods.text("visit"),
        years=frozenset(periods.texts("years")),
        unit_labels=dict(units.pairs("labels")),
        visits=units.text("visits"),
        payer_kinds=frozenset(payers.texts("kinds")),
        first_payer_kinds=frozenset(payers.texts("first")),
        protected=frozenset(insurance.texts("protected")),
        refusals=_refusals(name, tables["refusal"], sources),
        asked=_asked(name, tables["asked"], sources),
    )
    for entry in (periods, units, payers, insurance):
        entry.source()
        entry.done()
    return found


def _asked(name: str, table: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, tuple[str, ...]]:
    entry = Entry(f"{name}: asked", table, sources)
    found = {payer: entry.texts(payer) for payer in table if payer != "source"}
    entry.source()
    entry.done()
    if not all(found.values()) or _DEFAULT not in found:
        raise TableError(f"{entry.where}: expected kinds of care for each payer, and a default")
    return found


def _labels(name: str, key: str, tables: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, str]:
    entry = Entry(f"{name}: {key}", tables[key], sources)
    found = dict(entry.pairs("labels"))
    entry.source()
    entry.done()
    return found


def _benefits(name: str, table: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, BenefitCode]:
    found = {}
    for code, values in table.items():
        entry = Entry(f"{name}: benefit.{code}", values, sources)
        found[code] = BenefitCode(entry.text("label"), entry.flag("active"))
        entry.source()
        entry.done()
    return found


def _refusals(name: str, table: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, Refusal]:
    found = {}
    for code, values in table.items():
        entry = Entry(f"{name}: refusal.{code}", values, sources)
        found[code] = Refusal(entry.text("meaning"), entry.choice("fixer", Fixer))
        entry.source()
        entry.done()
    return found
