"""Changes of a visit's lines that a named therapist answers for: kept beside the visit, put onto its proposed lines.

Lines that are proposed are made anew at every keystroke, so a change names the line by its code and by what the field
held when it was accepted. A line that holds something else by now is left alone: what was attested was another line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cleanclaim.check.findings import Change, Finding
from cleanclaim.practice.models import Visit
from cleanclaim.records import BilledLine


@dataclass(frozen=True, slots=True)
class Attested:
    """One change that somebody answers for: of the line with `code`, `field` from `old` to `new`; no field: dropped.

    `title` is the fix in words, `by` who accepted it (name and credential), `on` the day.
    """

    rule: str
    title: str
    code: str
    field: str
    old: Any
    new: Any
    by: str
    on: str


class NotAttestableError(ValueError):
    """A fix that cannot be accepted on the note page: it changes what the page does not hold."""


def attested_of(visit: Visit) -> tuple[Attested, ...]:
    """What has been attested for a visit, in order."""
    return tuple(Attested(**item) for item in visit.attested)


def can_be_accepted(finding: Finding) -> bool:
    """Whether the note page can carry a finding's fix: one of lines or diagnoses that takes a name."""
    return finding.fix_safety == "attest" and bool(finding.changes) and all(map(_is_held, finding.changes))


def accept(
    visit: Visit, finding: Finding, lines: Sequence[dict[str, Any]], diagnoses: dict[int, int], *, by: str, on: str
) -> list[str]:
    """Make a finding's fix on the visit's row, unsaved; returns the columns changed.

    Args:
        visit: the row, a draft.
        finding: the finding, of the check that the person saw.
        lines: the claim's lines of that check, with `line_id`, `line_number` and `code`.
        diagnoses: place in the visit's list (from 0) by `diagnosis_id`.
        by: name and credential of who answers for it.
        on: the day, as ISO text.

    Raises:
        NotAttestableError: the fix is not one of lines or diagnoses.
    """
    if not can_be_accepted(finding):
        raise NotAttestableError(f"{finding.code}: expected a fix of lines or diagnoses that takes a name")
    by_id = {line["line_id"]: line for line in lines}
    changed: dict[str, None] = {}
    added = []
    gone: list[int] = []
    for change in finding.changes:
        if change.table == "diagnoses":
            _change_diagnosis(visit, diagnoses[change.key], change)
            changed["diagnoses"] = None
            continue
        line = by_id[change.key]
        added.append(
            Attested(
                rule=finding.code,
                title=finding.fix_title,
                code=line["code"] or "",
                field=change.field,
                old=_plain(change.old),
                new=_plain(change.new),
                by=by,
                on=on,
            )
        )
        changed["attested"] = None
        if visit.billed is not None:
            place = line["line_number"] - 1
            if not change.field:
                gone.append(place)
            else:
                visit.billed = [dict(item) for item in visit.billed]
                _set(visit.billed[place], change)
            changed["billed"] = None
    if gone:
        visit.billed = [item for place, item in enumerate(visit.billed or ()) if place not in gone]
    visit.attested = [*visit.attested, *map(asdict, added)]
    return list(changed)


def with_attested(lines: Sequence[BilledLine], attested: Iterable[Attested]) -> tuple[BilledLine, ...]:
    """Proposed lines with what was attested put onto them, where the line is still what it was."""
    result = list(lines)
    for item in attested:
        for place, line in enumerate(result):
            if line.code != item.code:
                continue
            if not item.field:
                del result[place]
                break
            if _plain(getattr(line, item.field)) == item.old:
                result[place] = BilledLine.model_validate(line.model_dump() | {item.field: item.new})
                break
    return tuple(result)


def withheld_last(billed: Sequence[dict[str, Any]], withheld: Iterable[Mapping[str, object]]) -> list[dict[str, Any]]:
    """A visit's lines with those that the patient pays for alone behind the others.

    The claim's lines are numbered without them, so only then is a line's number its place among the visit's.
    """
    own = {line["code"] for line in withheld}
    return sorted(billed, key=lambda line: str(line["code"]).upper() in own)


def _is_held(change: Change) -> bool:
    if change.table == "lines":
        return change.field in {"", "code", "modifiers", "units", "pointers"}
    return change.table == "diagnoses" and change.field in {"", "diagnosis"}


def _set(line: dict[str, Any], change: Change) -> None:
    # The charge follows the units: the clinic's charges give it anew.
    line[change.field] = _plain(change.new)
    if change.field in {"units", "code"}:
        line["charge_cents"] = None


def _change_diagnosis(visit: Visit, place: int, change: Change) -> None:
    codes = list(visit.diagnoses or ())
    if change.field:
        codes[place] = change.new
    else:
        del codes[place]
    visit.diagnoses = codes


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple | list) else value
