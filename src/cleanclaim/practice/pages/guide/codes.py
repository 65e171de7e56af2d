"""One procedure code: when to use it, what to document, its neighbors, and what payers and edits say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from cleanclaim.check.meanings import explain
from cleanclaim.practice.access import Can, ClinicRequest, clinic_page
from cleanclaim.practice.engine.judging.setting import packs_of
from cleanclaim.practice.models import Clinic, ClinicPayer
from cleanclaim.practice.pages.asked_days import day_asked
from cleanclaim.practice.pages.guide.wording import distinct, rules_naming
from cleanclaim.reference import ncci, payers, procedures
from cleanclaim.reference.payer_settings import SETTINGS
from cleanclaim.reference.payer_wording import setting_label, shown_value
from cleanclaim.reference.payers import Payer
from cleanclaim.reference.procedures import Procedure
from cleanclaim.sources import Source

_WORTH_SAYING = ("unit_method", "therapy_modifier", "prior_authorization_required")
"""Settings that concern every timed therapy code, whether or not they name it."""

_SIDE = ("in_force", "units", "unit_limit", "price")
_MONEY = frozenset({"price"})
_FEES = frozenset({"price_basis", "fee_table"})
"""Settings in dollars; a therapist sees none."""


@dataclass(frozen=True, slots=True)
class Partner:
    """A code that meets this one in a pair edit: which is paid, and whether a modifier may part them."""

    procedure: Procedure
    is_paid: bool
    """Whether the partner is the one that is paid where the pair is not parted."""
    may_part: bool
    is_confirmed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class PayerNote:
    """What a payer of the clinic states that concerns the code."""

    payer: str
    setting: str
    value: str
    note: str
    source: Source


@clinic_page(area="guide")
def guide_code(request: ClinicRequest, code: str) -> HttpResponse:
    """The page of one code on a day (`?on=`). Raises `Http404` for a code that is not listed."""
    procedure = procedures.get(code.upper())
    if procedure is None:
        raise Http404
    day = day_asked(request)
    sees_money = request.access.may(Can.SEE_CLAIMS)
    details = next(item for item in explain(procedure.code, day) if item.kind == "procedure").details
    said = {detail.name: detail.lines for detail in details if sees_money or detail.name not in _MONEY}
    pairs = partners(procedure.code, day)
    return render(
        request,
        "practice/guide/code.html",
        {
            "procedure": procedure,
            "family": procedure.family.value.replace("_", " "),
            "day": day,
            "facts": [(name.replace("_", " "), said[name]) for name in _SIDE if name in said],
            "medicare": said.get("medicare", ()),
            "neighbors": [(procedures.get(item.code), item.difference) for item in procedure.not_this],
            "replacements": [found for one in procedure.replaced_by if (found := procedures.get(one))],
            "holds": procedure.holds_on(day),
            "partners": pairs,
            "edition": ncci.edition(),
            "is_confirmed": ncci.edition().confirms(day),
            "notes": payer_notes(request.access.clinic, procedure, day, with_money=sees_money),
            "rules": rules_naming(procedure.code),
            "sources": distinct(
                procedure.source,
                procedure.valid_from_source,
                procedure.valid_through_source,
                procedure.replaced_by_source,
                *(item.source for item in procedure.therapy.values if item.holds_on(day)),
                *(item.source for item in procedure.medicare_status.values if item.holds_on(day)),
            ),
        },
    )


def partners(code: str, day: date) -> list[Partner]:
    """The listed codes in force on a day that meet this one in Medicare's pair edits, by code."""
    found = []
    for other in procedures.all_codes():
        procedure = procedures.get(other)
        edit = ncci.find(code, other, day) if procedure is not None and procedure.holds_on(day) else None
        if procedure is not None and edit is not None and other != code:
            reason = edit.reason.replace("_", " ")
            may_part = edit.modifier_indicator == 1
            found.append(Partner(procedure, edit.column_1 == other, may_part, edit.confirmed, reason))
    return found


def payer_notes(clinic: Clinic, procedure: Procedure, day: date, *, with_money: bool) -> list[PayerNote]:
    """What the clinic's payers state on a day that names the code, or decides how its minutes count."""
    own = packs_of(clinic)
    found = []
    for name, label in sorted(set(ClinicPayer.objects.values_list("payer", "name")), key=lambda item: item[1]):
        pack = own.get(name) or (payers.get(name) if name in payers.all_ids() else None)
        if pack is not None:
            found += _notes_of(pack, label, procedure, day, with_money=with_money)
    return found


def _notes_of(pack: Payer, label: str, procedure: Procedure, day: date, *, with_money: bool) -> list[PayerNote]:
    notes = []
    for setting in SETTINGS:
        stated = pack.setting(setting.name, day).dated
        if stated is None or (setting.name in _FEES and not with_money):
            continue
        value = stated.value
        if setting.name not in _WORTH_SAYING or not procedure.is_timed:
            value = _naming(value, procedure.code)
            if value is None:
                continue
        note = getattr(stated, "note", "")
        notes.append(PayerNote(label, setting_label(setting.name), shown_value(setting, value), note, stated.source))
    return notes


def _naming(value: Any, code: str) -> Any:  # noqa: ANN401 - whatever a setting holds
    """The part of a setting's value that names a code; `None` where none does. Of rows only those that name it."""
    if isinstance(value, Mapping):
        return value if any(_naming(item, code) is not None for item in value.values()) else None
    if isinstance(value, tuple):
        if value and isinstance(value[0], Mapping):
            return tuple(item for item in value if _naming(item, code) is not None) or None
        return value if code in value else None
    return value if value == code else None
