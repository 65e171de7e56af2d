"""What a payer's claim statuses mean (277CA, 277): where the claim stands, what is wrong, who mends it and how.

Statuses that therapy practices see are explained in our own words. The published lists hold many more and change three
times a year: a code without an explanation here is "not explained", never "wrong".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from cleanclaim.records.claim_status import StatusCode
from cleanclaim.reference.adjustments import Fixer
from cleanclaim.reference.reading import Entry, TableError, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "claim_status.toml"
_WHO = "{who}"
_SOMEBODY = "party concerned"
_VERDICTS = {
    "A6": "{about} is missing.",
    "A7": "{about} is not valid.",
    "A8": "{about} does not agree with something else on the claim.",
}


class Standing(StrEnum):
    """Where a claim stands by a status."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    """In the payer's books: it will be decided."""
    REJECTED = "rejected"
    """Never in the payer's books: to be corrected and sent again as an original."""
    PENDING = "pending"
    ASKED_OF_PROVIDER = "asked_of_provider"
    ASKED_OF_PATIENT = "asked_of_patient"
    PAID = "paid"
    DENIED = "denied"
    FINISHED = "finished"
    NOT_FOUND = "not_found"
    NOT_ANSWERED = "not_answered"
    UNKNOWN = "unknown"
    """The category is not on the list that is shipped."""


_WEIGHT = (
    Standing.REJECTED,
    Standing.DENIED,
    Standing.NOT_FOUND,
    Standing.ASKED_OF_PROVIDER,
    Standing.ASKED_OF_PATIENT,
    Standing.PAID,
    Standing.FINISHED,
    Standing.PENDING,
    Standing.ACCEPTED,
    Standing.RECEIVED,
    Standing.NOT_ANSWERED,
    Standing.UNKNOWN,
)
"""Which of several statuses decides where a claim stands: the first of these that is among them."""


@dataclass(frozen=True, slots=True)
class Category:
    """A status category: where it puts the claim, and what it says."""

    code: str
    standing: Standing
    meaning: str
    source: Source


@dataclass(frozen=True, slots=True)
class Status:
    """A status. `about` names what is missing or not valid; `meaning` is a sentence where there is no such thing."""

    code: str
    about: str
    meaning: str
    remedy: str
    fixer: Fixer
    source: Source


@dataclass(frozen=True, slots=True)
class Explained:
    """One status code in plain words: `says` is whole sentences; `remedy` and `fixer` are empty where not explained."""

    code: StatusCode
    standing: Standing
    says: str
    remedy: str
    fixer: Fixer | None


def category(code: str) -> Category | None:
    """The category of that code, or `None` where it is not explained here."""
    return _load()[0].get(code)


def status(code: str) -> Status | None:
    """The status of that code, or `None` where it is not explained here. Zeros before the number do not count."""
    return _load()[1].get(code.lstrip("0") or "0")


def statuses() -> tuple[Status, ...]:
    """The explained statuses, by number."""
    return tuple(sorted(_load()[1].values(), key=lambda item: int(item.code)))


def categories() -> tuple[Category, ...]:
    """The categories, sorted by code."""
    return tuple(item for _, item in sorted(_load()[0].items()))


def entity(code: str) -> str:
    """Whom a status is about, in words; "" for a code that is not listed here."""
    return _load()[2].get(code, "")


def standing(codes: Iterable[StatusCode], *, refuses: bool | None = None) -> Standing:
    """Where a claim stands by all of its statuses: a rejection among them decides.

    `refuses` is the report's own word that the claim was not taken; it decides where no category is known.
    """
    found = {known.standing if (known := category(code.category)) else Standing.UNKNOWN for code in codes}
    if refuses and not found & {Standing.ACCEPTED, Standing.RECEIVED}:
        return Standing.REJECTED
    return next((one for one in _WEIGHT if one in found), Standing.UNKNOWN)


def explain(code: StatusCode) -> Explained:
    """A status code in plain words: `A7:562:85` says that the NPI of the billing provider is not valid."""
    of = category(code.category)
    known = status(code.status)
    stands = of.standing if of else Standing.UNKNOWN
    if known is None:
        begins = of.meaning if of else f"Category {code.category} is not explained here."
        return Explained(code, stands, f"{begins} Status {code.status} is not explained here.", "", None)
    who = entity(code.entity) or _SOMEBODY
    if known.about:
        about = known.about.replace(_WHO, who)
        verdict = _VERDICTS.get(code.category)
        says = verdict.replace("{about}", f"The {about}") if verdict else f"At issue: the {about}."
        if stands is Standing.REJECTED and verdict is None:
            says = f"Returned: the {about} is missing or not valid."
    elif of is not None and stands is Standing.RECEIVED:
        # That it came in is all that such a category says, whatever status stands beside it.
        says = of.meaning
    else:
        says = known.meaning.replace(_WHO, who)
    return Explained(code, stands, says, known.remedy, known.fixer)


@cache
def _load() -> tuple[dict[str, Category], dict[str, Status], dict[str, str]]:
    tables = read_toml(_FILE)
    sources = read_sources(_FILE, tables.pop("sources", None))
    return parse(_FILE, tables, sources)


def parse(
    name: str, tables: Mapping[str, Any], sources: Mapping[str, Source]
) -> tuple[dict[str, Category], dict[str, Status], dict[str, str]]:
    """Build categories, statuses and entities of a parsed file.

    Raises:
        TableError: an unknown kind or key, a missing source, or a status that says neither or both of two things.
    """
    unknown = sorted(set(tables) - {"category", "status", "entity"})
    if unknown:
        raise TableError(f"{name}: unknown key {unknown[0]!r}; expected sources, category, status, entity")
    of_category = {}
    for code, values in tables.get("category", {}).items():
        entry = Entry(f"{name}: category.{code}", values, sources)
        of_category[code] = Category(code, entry.choice("standing", Standing), entry.text("meaning"), entry.source())
        entry.done()
    of_status = {}
    for code, values in tables.get("status", {}).items():
        entry = Entry(f"{name}: status.{code}", values, sources)
        about, meaning = entry.optional_text("about"), entry.optional_text("meaning")
        if bool(about) == bool(meaning):
            raise TableError(f"{entry.where}: expected either about or meaning")
        of_status[code] = Status(
            code, about, meaning, entry.text("remedy"), entry.choice("fixer", Fixer), entry.source()
        )
        entry.done()
    entities = tables.get("entity", {})
    for code, label in entities.items():
        if not isinstance(label, str) or not label.strip():
            raise TableError(f"{name}: entity.{code} is {label!r}; expected text")
    return of_category, of_status, dict(entities)
