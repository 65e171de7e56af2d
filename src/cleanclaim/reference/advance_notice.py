"""The advance beneficiary notice (ABN): the form's number, the edition of a day, its blanks, and what lines carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from cleanclaim.records.notices import NoticeCoverage
from cleanclaim.reference.reading import Entry, TableError, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "advance_notice.toml"


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the form, by the expiry date printed on it, and the days on which it may be signed."""

    expires: date
    usable_from: date
    usable_through: date
    source: Source


@dataclass(frozen=True, slots=True)
class NoticeModifiers:
    """What a line carries for a service that Medicare is not expected to pay: with the notice signed, and without."""

    signed: tuple[str, ...]
    unsigned: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class AdvanceNoticeForm:
    """The form: numbers, editions from the oldest, what stands in each blank, and the modifiers of claim lines."""

    number: str
    approval: str
    editions: tuple[Edition, ...]
    blanks: Mapping[str, str]
    modifiers: Mapping[NoticeCoverage, NoticeModifiers]


@cache
def form() -> AdvanceNoticeForm:
    """The form as the file has it. Raises `TableError` where the file does not say what is expected."""
    document = read_toml(_FILE)
    sources = read_sources(_FILE, document.get("sources"))
    editions = []
    for place, table in enumerate(document["edition"]):
        entry = Entry(f"{_FILE}, edition[{place}]", table, sources)
        days = [entry.day(name) for name in ("expires", "usable_from", "usable_through")]
        known = [day for day in days if day is not None]
        if len(known) != len(days) or known[1] > known[2]:
            raise TableError(f"{entry.where}: expected expires, usable_from and usable_through, in order")
        editions.append(Edition(known[0], known[1], known[2], entry.source()))
        entry.done()
    blanks = {}
    for letter, table in document["blank"].items():
        entry = Entry(f"{_FILE}, blank.{letter}", table, sources)
        blanks[letter] = entry.text("label")
        entry.source()
        entry.done()
    carried = {}
    for coverage in NoticeCoverage:
        entry = Entry(f"{_FILE}, modifiers.{coverage.value}", document["modifiers"][coverage.value], sources)
        carried[coverage] = NoticeModifiers(entry.texts("signed"), entry.texts("unsigned"), entry.source())
        entry.done()
    return AdvanceNoticeForm(document["form"], document["approval"], tuple(editions), blanks, carried)


def editions_on(day: date) -> tuple[Edition, ...]:
    """The editions that may be signed on a day, the newest first; none where nothing is known of the day."""
    usable = [one for one in form().editions if one.usable_from <= day <= one.usable_through]
    return tuple(sorted(usable, key=lambda one: one.expires, reverse=True))


def modifiers(coverage: NoticeCoverage, *, is_signed: bool) -> tuple[str, ...]:
    """The modifiers of a line that is billed for a service of this kind, with a signed notice or without one."""
    found = form().modifiers[coverage]
    return found.signed if is_signed else found.unsigned
