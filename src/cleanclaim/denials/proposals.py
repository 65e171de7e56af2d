"""What a denial that nobody foresaw suggests for the payer's file, so that the next claim is stopped in time.

A payer file can say that an approval is needed, that a modifier is, that a code is not paid, that units are capped,
that two codes are paired, that the certifying provider is named. What it cannot say is told in words.
Nothing is switched on here: a denial is one answer, and may be the payer's mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cleanclaim.reference import adjustments, modifiers
from cleanclaim.reference.modifiers import ModifierFamily

_APPROVAL = frozenset({"15", "197", "243", "284", "296"})
_NOT_PAID = frozenset({"96", "170", "204", "256"})
_CAPPED = frozenset({"151", "222"})
_PAIRED = frozenset({"97", "236"})
_CERTIFYING = frozenset({"N285", "N286", "N264", "N265", "N574", "N575"})


@dataclass(frozen=True, slots=True)
class Seen:
    """A refused line as a proposal needs it. `beside` are the other codes of the day that were paid."""

    carc: str
    remarks: tuple[str, ...]
    code: str
    modifiers: tuple[str, ...]
    units: int
    beside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """A value for a setting of the payer's file, or words alone where `setting` is empty."""

    setting: str
    value: Any
    because: str


def suggestion_for(seen: Seen, stated: Callable[[str], Any]) -> Suggested:
    """What a refused line suggests; `stated` gives what the payer's file says of a setting, `None` where nothing."""
    reason = f"{seen.carc}{''.join(f' {remark}' for remark in seen.remarks)}"
    if seen.carc in _APPROVAL:
        return _flag("prior_authorization_required", stated, f"Refused with {reason}: approval is wanted before care.")
    if seen.carc == "4" and not _therapy_modifier(seen.modifiers):
        return _therapy(stated, reason)
    if _CERTIFYING & set(seen.remarks):
        because = f"Refused with {reason}: the certifying provider must be named."
        return _flag("certifying_provider_required", stated, because)
    if seen.carc in _NOT_PAID:
        held = tuple(stated("not_payable_codes") or ())
        if seen.code not in held:
            because = f"Refused with {reason}: {seen.code} is not paid to a therapist."
            return Suggested("not_payable_codes", [*held, seen.code], because)
    if seen.carc in _CAPPED and seen.units > 1 and stated("daily_unit_cap") is None:
        cap = {"units": seen.units - 1, "scope": "discipline", "applies_to": "listed", "codes": [seen.code]}
        because = f"Refused with {reason}: {seen.units} units of {seen.code} on a day are too many."
        return Suggested("daily_unit_cap", cap, because)
    if seen.carc in _PAIRED and len(set(seen.beside)) == 1:
        return _pair(seen, stated, reason)
    return _words(seen, reason)


def _flag(name: str, stated: Callable[[str], Any], because: str) -> Suggested:
    if stated(name):
        return Suggested("", None, f"{because} The payer's file says so already: see why no rule objected.")
    return Suggested(name, True, because)


def _therapy(stated: Callable[[str], Any], reason: str) -> Suggested:
    value = "every_line" if stated("therapy_modifier") == "always_therapy" else "always_therapy"
    if stated("therapy_modifier") == "every_line":
        because = f"Refused with {reason}: the payer's file wants GP, GO or GN on every line already."
        return Suggested("", None, because)
    return Suggested("therapy_modifier", value, f"Refused with {reason}: GP, GO or GN is wanted.")


def _pair(seen: Seen, stated: Callable[[str], Any], reason: str) -> Suggested:
    held: Sequence[Mapping[str, Any]] = tuple(stated("own_pairs") or ())
    (other,) = set(seen.beside)
    if any((row["column_1"], row["column_2"]) == (other, seen.code) for row in held):
        return _words(seen, reason)
    new = {"column_1": other, "column_2": seen.code, "bypass_allowed": True}
    because = f"Refused with {reason}: {seen.code} is not paid beside {other}."
    return Suggested("own_pairs", [*(dict(row) for row in held), new], because)


def _words(seen: Seen, reason: str) -> Suggested:
    told = adjustments.carc(seen.carc)
    cause = told.usual_cause if told is not None and told.usual_cause else "The payer's words are not explained here."
    return Suggested("", None, f"Refused with {reason}. A payer's file cannot say this. {cause}"[:300])


def _therapy_modifier(own: Sequence[str]) -> bool:
    found = [modifiers.get(one) for one in own]
    return any(one is not None and one.family is ModifierFamily.THERAPY_DISCIPLINE for one in found)
