"""Every meaning of a word of billing, in plain words: a rule, a procedure, modifier, denial, diagnosis or place.

What is said is put together here from the reference tables and the rule book, for all who show it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cleanclaim.check.summary import OUTCOMES
from cleanclaim.dates import LookupStatus, Series
from cleanclaim.money import dollars
from cleanclaim.reference import adjustments, icd10, modifiers, mue, places_of_service, procedures
from cleanclaim.reference.procedures import Basis, Procedure
from cleanclaim.rules.rationale import spoken_name

_MOST = 12
"""How many codes of a long list are shown."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is said, under a name: one line, or several."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One meaning of the word."""

    kind: str
    code: str
    title: str
    details: tuple[Detail, ...]
    sources: tuple[str, ...]


def explain(word: str, on: date) -> list[Explained]:
    """Every meaning of a word on a day: some codes are a modifier, a denial and a place of service at once."""
    text = word.strip()
    makers: tuple[Callable[[str, date], Explained | None], ...] = (
        _rule,
        _procedure,
        _modifier,
        _place,
        _denial,
        _group,
        _diagnosis,
    )
    return [item for make in makers if (item := make(text, on)) is not None]


def _details(**said: str | Iterable[str]) -> tuple[Detail, ...]:
    """Details in order, those without text left out; underscores in a name are blanks."""
    found = []
    for name, value in said.items():
        lines = (value,) if isinstance(value, str) else tuple(value)
        if any(lines):
            found.append(Detail(name, lines))
    return tuple(found)


# --- rules -----------------------------------------------------------------------------------------------


def _rule(word: str, _: date) -> Explained | None:
    if not (len(word) == 5 and word[:2].isalpha()) and "-" not in word:  # noqa: PLR2004 - two letters, three digits
        return None
    from cleanclaim.rules import book  # noqa: PLC0415 - the whole book is slow to load, and rarely asked for
    from cleanclaim.rules.kit import ExampleKind, Safety  # noqa: PLC0415

    entry = book.entry(word) or next((item for item in book.entries() if item.rule.name == word.lower()), None)
    if entry is None:
        return None
    rule = entry.rule
    since, through = rule.effective.since, rule.effective.through
    dates = [f"from {since}" if since else "", f"through {through}" if through else ""]
    who = {Safety.SAFE: "safe: may be applied at once", Safety.ATTEST: "applied only by a named person"}
    shown = {
        ExampleKind.GOOD: "passes",
        ExampleKind.BAD: "is found",
        ExampleKind.UNKNOWN: "cannot be judged",
        ExampleKind.EXEMPT: "does not apply",
    }
    examples = []
    for kind in (ExampleKind.BAD, ExampleKind.GOOD):
        example = next(item for item in rule.examples if item.kind is kind)
        says = f': "{example.says}" at {example.at}' if example.says else ""
        examples.append(f"{textwrap.dedent(example.text).strip()}\n→ {shown[kind]}{says}")
    return Explained(
        "rule",
        rule.code,
        spoken_name(rule.name),
        _details(
            about=entry.rationale.split("\n\n"),
            if_it_goes_out=OUTCOMES[rule.severity.value],
            says=rule.message,
            payers=rule.payers,
            dates_of_service=" ".join(part for part in dates if part) or "all",
            fix=f"{rule.fix.title} ({who[rule.fix.safety]})" if rule.fix else "none: a person decides",
            standing="preview: its words and reach may still change; it judges with --preview" if rule.preview else "",
            examples=examples,
        ),
        tuple(source.cite() for source in rule.sources),
    )


# --- procedures ------------------------------------------------------------------------------------------


def _procedure(word: str, on: date) -> Explained | None:
    procedure = procedures.get(word.upper())
    if procedure is None:
        return None
    return Explained(
        "procedure",
        procedure.code,
        procedure.label,
        _details(
            in_force=_in_force(procedure, on),
            when_to_use=procedure.when_to_use,
            units=_units(procedure),
            document=[f"- {item}" for item in procedure.document],
            ask=[f"- {item}" for item in procedure.questions],
            not_to_confuse=[f"- {item.code}: {item.difference}" for item in procedure.not_this],
            examples=[f"- {item}" for item in procedure.examples],
            medicare=list(_medicare(procedure, on)),
            unit_limit=_unit_limit(procedure.code, on),
            price=_price(procedure.code, on),
        ),
        (procedure.source.cite(),),
    )


def _in_force(procedure: Procedure, on: date) -> str:
    begun = f"from {procedure.valid_from}" if procedure.valid_from else "its first day was not read"
    ended = f"through {procedure.valid_through}" if procedure.valid_through else "no last day published"
    instead = f"; replaced by {', '.join(procedure.replaced_by)}" if procedure.replaced_by else ""
    looked = procedures.on(procedure.code, on).status
    if looked is LookupStatus.FOUND:
        verdict = f"yes on {on}"
    elif looked is LookupStatus.PAST_HORIZON:
        verdict = f"not known on {on}: the code set was read through {procedures.known_through()}"
    else:
        verdict = f"no on {on}"
    return f"{verdict} ({begun}, {ended}{instead})"


def _units(procedure: Procedure) -> str:
    basis = {
        Basis.TIMED_15: "counted by the minutes of the day",
        Basis.TIMED_OTHER: "counted by its own length",
        Basis.UNTIMED: "one whatever the minutes",
    }[procedure.basis]
    add_on = f"; only beside {', '.join(procedure.add_on_to)}" if procedure.add_on_to else ""
    return f"{procedure.unit}: {basis}{add_on}"


def _dated(series: Series[Any], on: date) -> str:
    found = series.on(on)
    if found.value is not None:
        return str(found.value.value).replace("_", " ")
    return "past what was published" if found.status is LookupStatus.PAST_HORIZON else "not read for this day"


def _medicare(procedure: Procedure, on: date) -> Iterator[str]:
    yield f"fee schedule status on {on}: {_dated(procedure.medicare_status, on)}"
    yield f"therapy code: {_dated(procedure.therapy, on)}"
    if procedure.medicare_code and procedure.medicare_code != procedure.code:
        yield f"Medicare takes {procedure.medicare_code} instead"
    if procedure.medicare_patient_chargeable is False:
        yield "the patient may not be charged for it"
    if procedure.medicare_note:
        yield procedure.medicare_note


def _unit_limit(code: str, on: date) -> str:
    limit = mue.get(code, on)
    if limit is None:
        return "no Medicare limit in the editions read"
    counted = {mue.PER_LINE: "on a line", mue.PER_DAY_ABSOLUTE: "in a day, never more", mue.PER_DAY: "in a day"}
    if not limit.units:
        return f"Medicare does not cover it: its limit is 0 (by the edition of {limit.edition})"
    doubt = "" if limit.confirmed else ", unconfirmed for this day"
    return f"Medicare: at most {limit.units} {counted[limit.mai]} (by the edition of {limit.edition}{doubt})"


def _price(code: str, on: date) -> str:
    from cleanclaim.pricing.quote import QuotedLine, price_lines  # noqa: PLC0415 - prices are slow to load

    [line] = price_lines([QuotedLine(code)], date=on).lines
    if line.allowed_cents is None:
        return "no Medicare price for this day"
    return f"{dollars(line.allowed_cents)} allowed by Medicare for one unit on {on}, national, for reference"


# --- small codes -----------------------------------------------------------------------------------------


def _modifier(word: str, on: date) -> Explained | None:
    code = word.upper()
    modifier = modifiers.get(code)
    if modifier is None:
        if not modifiers.is_listed(code):
            return None
        about = "A listed modifier that has no explanation here: it is hardly met in therapy."
        return Explained("modifier", code, "modifier", _details(about=about), (modifiers.listed_source().cite(),))
    uses = {True: "yes", False: "no", None: "not read"}
    begun = f"from {modifier.valid_from}" if modifier.valid_from else "its first day was not read"
    ended = f"through {modifier.valid_through}" if modifier.valid_through else "no last day published"
    return Explained(
        "modifier",
        code,
        modifier.label,
        _details(
            meaning=modifier.meaning,
            in_force=f"{'yes' if modifier.holds_on(on) else 'no'} on {on} ({begun}, {ended})",
            on_therapy_codes=uses[modifier.on_therapy_codes],
            never_with=", ".join(modifier.conflicts),
            needs_beside_it=", ".join(modifier.requires),
        ),
        (modifier.source.cite(),),
    )


def _place(word: str, on: date) -> Explained | None:
    place = places_of_service.get(word.upper().removeprefix("POS").strip(" -"))
    if place is None:
        return None
    use = {
        places_of_service.TherapistUse.USUAL: "an everyday place of outpatient therapy",
        places_of_service.TherapistUse.POSSIBLE: "therapy happens there: look at the note and the payer's rule",
        places_of_service.TherapistUse.INSTITUTION_BILLS: "therapy there is normally billed by the institution",
        places_of_service.TherapistUse.UNLIKELY: "hardly ever right on a therapy claim",
    }[place.use]
    begun = place.valid_from is None or place.valid_from <= on
    return Explained(
        "place of service",
        place.code,
        place.label,
        _details(
            use=use,
            medicare_pays=f"the {place.payment.value.replace('_', '-')} rate",
            note=place.note,
            in_force="" if begun else f"not before {place.valid_from}",
        ),
        (place.source.cite(),),
    )


def _denial(word: str, on: date) -> Explained | None:
    found = adjustments.get(word)
    if found is None:
        return None
    code, owner = found.code, found.group
    shown = f"{owner.code}-{code.code}" if owner else code.code
    kind = "adjustment reason" if code.kind is adjustments.AdjustmentKind.CARC else "remark"
    stopped = f"no longer used from {code.stopped_on}" if not code.in_use_on(on) and code.stopped_on else ""
    if not code.is_described:
        about = "Listed, without an explanation here: it is hardly met in therapy."
        return Explained(kind, shown, kind, _details(about=about, in_use=stopped), (code.source.cite(),))
    return Explained(
        kind,
        shown,
        code.meaning,
        _details(
            usual_cause=code.usual_cause,
            what_to_do=code.remedy,
            who=code.fixer.value.replace("_", " ") if code.fixer else "",
            next_step=code.action.value.replace("_", " ") if code.action else "",
            who_bears_it=f"{owner.code}, {owner.label}: {owner.meaning}" if owner else "",
            in_use=stopped,
        ),
        (code.source.cite(),),
    )


def _group(word: str, _: date) -> Explained | None:
    owner = adjustments.group(word.upper())
    if owner is None:
        return None
    bill = "yes" if owner.bill_patient else "no"
    return Explained(
        "group code",
        owner.code,
        owner.label,
        _details(meaning=owner.meaning, may_the_patient_be_billed=bill),
        (owner.source.cite(),),
    )


# --- diagnoses -------------------------------------------------------------------------------------------


def _diagnosis(word: str, on: date) -> Explained | None:
    diagnosis = icd10.get(word)
    if diagnosis is None:
        return None
    status = icd10.status(word, on)
    verdict = {
        icd10.State.BILLABLE: "billable",
        icd10.State.HEADER: "not billable: a heading, bill one of the codes below it",
        icd10.State.NOT_YET: "not yet in force",
        icd10.State.ENDED: "ended",
        icd10.State.UNKNOWN_CODE: "in none of the years read",
        icd10.State.OUTSIDE_DATES: f"not known: the years read are {icd10.read_from()} through {icd10.known_through()}",
    }[status.state]
    known = [f"from {status.valid_from}" if status.valid_from else ""]
    known.append(f"through {status.valid_through}" if status.valid_through else "")
    bounds = f" (billable {' '.join(filter(None, known))})" if any(known) else ""
    below = icd10.billable_below(diagnosis.code, on)
    instead = () if status.state is icd10.State.HEADER else status.replacements
    never_first = {True: "never", False: "", None: "not known"}[diagnosis.never_first]
    others = {side: code for side, code in icd10.siblings(diagnosis.code).items() if code != diagnosis.code}
    return Explained(
        "diagnosis",
        diagnosis.dotted,
        diagnosis.label,
        _details(
            on_the_day=f"{on}: {verdict}{bounds}",
            look_at_instead=[f"- {_titled(code)}" for code in instead[:_MOST]],
            why=icd10.replacement_note(diagnosis.code) or "",
            codes_below=[*(f"- {_titled(code)}" for code in below[:_MOST]), *_more(len(below))],
            other_sides=[f"- {_titled(code)}" for code in others.values()],
            first_on_a_claim=never_first,
        ),
        (status.source.cite(),) if status.source else (),
    )


def _titled(code: str) -> str:
    diagnosis = icd10.get(code)
    return f"{icd10.dotted(code)} {diagnosis.label}" if diagnosis else icd10.dotted(code)


def _more(count: int) -> list[str]:
    return [f"- and {count - _MOST} more"] if count > _MOST else []
