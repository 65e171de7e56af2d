"""Why a part of a charge is the patient's, in words for the patient; and what may never be asked of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from cleanclaim.reference import adjustments
from cleanclaim.reference.reading import Entry, read_sources, read_toml
from cleanclaim.sources import Source

_FILE = "patient_reasons.toml"


@dataclass(frozen=True, slots=True)
class PatientReason:
    """One reason (CARC under group PR): a label of a word or two, a sentence, and who says so."""

    code: str
    label: str
    words: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class Bar:
    """Why a patient may not be asked for what stands open to a payer, in words for the biller, and who says so.

    `reasons` are the reasons (CARC) by which it is known, where it is known by them.
    """

    words: str
    reasons: frozenset[str]
    source: Source | None


def bar(name: str) -> Bar:
    """A bar by its name in the table. Raises `KeyError` where there is none of that name."""
    return _tables()[2][name]


def told(reason: str) -> PatientReason:
    """The reason in words; one that is not listed by its code, and by its general meaning where that is known."""
    code = reason.strip().upper()
    found = _tables()[0].get(code)
    if found is not None:
        return found
    general = adjustments.carc(code)
    meaning = f": {general.meaning[0].lower()}{general.meaning[1:]}" if general is not None and general.meaning else ""
    return PatientReason(
        code, f"reason {code}", f"Your plan says that this part is yours{meaning} (reason {code}).", None
    )


NO_NOTICE = "GZ"
"""Stands among the remarks of a line that was billed as expected to be denied, with no notice signed."""
BY_ELIGIBILITY = "QMB"
"""Stands among a line's remarks where an eligibility answer, and no remark, says that the patient is protected."""


def protected_reasons(remarks: Iterable[str]) -> frozenset[str]:
    """The reasons whose amounts may not be asked of the patient, where a payer's remarks (RARC) say so.

    One such remark tells that the patient is a Qualified Medicare Beneficiary, so it protects from all cost sharing of
    the line, whichever of it the remark names. An eligibility answer says the same (`BY_ELIGIBILITY`). Of a line that
    was billed without a notice (`NO_NOTICE`) what was found not necessary is the clinic's.
    """
    _reasons, listed, _bars, without_notice, _no_benefit = _tables()
    told = {remark.strip().upper() for remark in remarks}
    found = frozenset(listed.values()) if told & {*listed, BY_ELIGIBILITY} else frozenset()
    return found | without_notice if NO_NOTICE in told else found


def not_covered() -> frozenset[str]:
    """The reasons that an advance notice speaks of: not necessary, or no benefit at all."""
    return _tables()[3] | _tables()[4]


@cache
def _tables() -> tuple[dict[str, PatientReason], dict[str, str], dict[str, Bar], frozenset[str], frozenset[str]]:
    document = read_toml(_FILE)
    sources = read_sources(_FILE, document.get("sources"))
    reasons, protected, bars = {}, {}, {}
    for code, table in document["reason"].items():
        entry = Entry(f"{_FILE}, reason.{code}", table, sources)
        reasons[code] = PatientReason(code, entry.text("label"), entry.text("words"), entry.source())
        entry.done()
    for remark, table in document["protected"].items():
        entry = Entry(f"{_FILE}, protected.{remark}", table, sources)
        protected[remark] = entry.text("reason")
        entry.source()
        entry.done()
    for name, table in document["bar"].items():
        entry = Entry(f"{_FILE}, bar.{name}", table, sources)
        bars[name] = Bar(entry.text("words"), frozenset(entry.texts("reasons")), entry.source())
        entry.done()
    listed = []
    for name in ("without_notice", "no_benefit"):
        entry = Entry(f"{_FILE}, {name}", document[name], sources)
        listed.append(frozenset(entry.texts("reasons")))
        entry.source()
        entry.done()
    return reasons, protected, bars, listed[0], listed[1]
