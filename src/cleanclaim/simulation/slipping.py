"""What goes wrong at the desks: each slip changes what was entered, and says how it would be set right.

A slip is written down as what a person did, from `slips.toml`; nothing here asks what a payer or a check would say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cleanclaim.records import By, Intervention, Patient, Visit
from cleanclaim.simulation.draws import Draws
from cleanclaim.simulation.material import clinic, filled, population, slips
from cleanclaim.simulation.people import Episode
from cleanclaim.simulation.visits import Treated

_DRAWER_DAYS = 210
_FEWEST = 4
_BESIDE_A_DIGIT = (2, 3, 5)
"""Places of a Medicare number at which a letter and a digit stand side by side."""


@dataclass(frozen=True, slots=True)
class Slipped:
    """One slip: its name, the visit or patient (`key`) it happened to, and what was entered for it.

    `patient` is the patient as entered, where that is what went wrong, and `mended_patient` as it would be once
    somebody has looked; `None` where all turns out as it was. `is_mendable`: who looks can set it right truthfully.
    """

    name: str
    key: str
    visits: tuple[str, ...]
    what: str
    who: str
    entered: tuple[Visit, ...] = ()
    entered_on: date | None = None
    patient: Patient | None = None
    mended_patient: Patient | None = None
    is_mendable: bool = True


def slip(care: Episode, right: Patient, told: Sequence[Treated], seed: int) -> Iterator[Slipped]:
    """The slips of one episode: at most one of the patient's, and at most one of each visit."""
    draw = Draws(seed, "slips", str(care.number))
    for name, make in _OF_PATIENTS.items():
        if draw.happens(slips()[name].chance):
            made = make(care, right, told, draw)
            if made is not None:
                yield made
                break
    for one in told:
        yield from _of_visit(care, one, Draws(seed, "slips", one.visit.id))


def _of_visit(care: Episode, one: Treated, draw: Draws) -> Iterator[Slipped]:
    of_lines = one.visit.billed is not None
    for name, make in (_OF_LINES if of_lines else _OF_VISITS).items():
        if draw.happens(slips()[name].chance):
            made = make(care, one, draw)
            if made is not None:
                yield made
                return


def _told(name: str, key: str, visits: tuple[str, ...]) -> dict[str, object]:
    says = slips()[name]
    return {"name": name, "key": key, "visits": visits, "what": says.what, "who": says.who}


def _on_visit(name: str, one: Treated, entered: Visit, *, mendable: bool = True) -> Slipped:
    says = slips()[name]
    return Slipped(name, one.visit.id, (one.visit.id,), says.what, says.who, entered=(entered,), is_mendable=mendable)


def _on_patient(
    name: str, told: Sequence[Treated], entered: Patient, mended: Patient | None = None, *, mendable: bool = True
) -> Slipped:
    says, visits = slips()[name], tuple(one.visit.id for one in told)
    return Slipped(
        name, entered.id, visits, says.what, says.who, patient=entered, mended_patient=mended, is_mendable=mendable
    )


# --- of patients ----------------------------------------------------------------------------------------------


def _with_coverage(right: Patient, **update: object) -> Patient:
    first = right.coverages[0].model_copy(update=update)
    return right.model_copy(update={"coverages": (first, *right.coverages[1:])})


def _member_number(care: Episode, right: Patient, told: Sequence[Treated], draw: Draws) -> Slipped | None:
    if not right.coverages or care.payer.member != "medicare":
        return None
    number = right.coverages[0].member_id
    place = draw.one(_BESIDE_A_DIGIT)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    return _on_patient("member_number_mistyped", told, _with_coverage(right, member_id=swapped))


def _not_typed_in(_care: Episode, right: Patient, told: Sequence[Treated], _draw: Draws) -> Slipped | None:
    if not right.coverages or not right.coverages[0].authorizations:
        return None
    return _on_patient("approval_not_typed_in", told, _with_coverage(right, authorizations=()))


def _ran_out(_care: Episode, right: Patient, told: Sequence[Treated], draw: Draws) -> Slipped | None:
    if not right.coverages or not right.coverages[0].authorizations or len(told) < _FEWEST:
        return None
    approval = right.coverages[0].authorizations[0]
    last = told[len(told) // 2].visit.date_of_service
    ended = approval.model_copy(update={"valid_through": last})
    late = tuple(one for one in told if one.visit.date_of_service > last)
    if not late:
        return None
    granted = draw.happens(population().habits.retroactive_approval)
    more = approval.model_copy(update={"number": f"{approval.number}R", "valid_from": last + timedelta(days=1)})
    mended = _with_coverage(right, authorizations=(ended, more)) if granted else None
    return _on_patient(
        "approval_ran_out", late, _with_coverage(right, authorizations=(ended,)), mended, mendable=granted
    )


def _not_certified(care: Episode, right: Patient, told: Sequence[Treated], _draw: Draws) -> Slipped | None:
    if care.payer.member != "medicare" or not right.plans_of_care:
        return None
    plan = right.plans_of_care[0].model_copy(update={"certifications": ()})
    return _on_patient("plan_not_certified", told, right.model_copy(update={"plans_of_care": (plan,)}))


def _report_forgotten(care: Episode, right: Patient, told: Sequence[Treated], _draw: Draws) -> Slipped | None:
    reported = [one for one in told if one.is_report]
    if care.payer.member != "medicare" or not reported or not right.plans_of_care:
        return None
    plan = right.plans_of_care[0].model_copy(update={"progress_reports": ()})
    entered = tuple(
        one.visit.model_copy(update={"progress_report": False, "note": _without_report(one)}) for one in reported
    )
    says = slips()["progress_report_forgotten"]
    late = tuple(one.visit.id for one in told if one.visit.date_of_service >= reported[0].visit.date_of_service)
    return Slipped(
        "progress_report_forgotten", right.id, late, says.what, says.who, entered=entered,
        patient=right.model_copy(update={"plans_of_care": (plan,)}), is_mendable=False,
    )  # fmt: skip


def _without_report(one: Treated) -> object:
    note = one.visit.note
    if note is None:
        return None
    return note.model_copy(update={"assessment": note.assessment.partition("PROGRESS REPORT")[0].strip()})


_OF_PATIENTS = {
    "member_number_mistyped": _member_number,
    "approval_not_typed_in": _not_typed_in,
    "approval_ran_out": _ran_out,
    "plan_not_certified": _not_certified,
    "progress_report_forgotten": _report_forgotten,
}


# --- of visits ------------------------------------------------------------------------------------------------


def _not_signed(_care: Episode, one: Treated, _draw: Draws) -> Slipped:
    return _on_visit("note_not_signed", one, one.visit.model_copy(update={"signatures": ()}))


def _minutes_left_out(_care: Episode, one: Treated, draw: Draws) -> Slipped | None:
    rows = one.visit.interventions
    if not rows:
        return None
    place = draw.between(0, len(rows) - 1)
    if rows[place].by is By.NOBODY:
        return None
    blank: Intervention = rows[place].model_copy(update={"minutes": None})
    entered = one.visit.model_copy(update={"interventions": (*rows[:place], blank, *rows[place + 1 :])})
    return _on_visit("minutes_left_out", one, entered)


def _side_mixed_up(care: Episode, one: Treated, _draw: Draws) -> Slipped | None:
    if not care.side or not one.visit.diagnoses:
        return None
    other = {1: "2", 2: "1"}[care.side]
    region = care.region.injuries if care.payer.is_injury else care.region.diagnoses
    for kind in region:
        if tuple(filled(code, side=care.side) for code in kind) == care.diagnoses:
            turned = tuple(filled(code, side=other) for code in kind)
            return _on_visit("side_mixed_up", one, one.visit.model_copy(update={"diagnoses": turned}))
    return None


def _entered_twice(_care: Episode, one: Treated, _draw: Draws) -> Slipped:
    return _on_visit("entered_twice", one, one.visit.model_copy(update={"id": f"{one.visit.id}B"}), mendable=False)


def _in_a_drawer(_care: Episode, one: Treated, _draw: Draws) -> Slipped:
    says, late = slips()["found_in_a_drawer"], one.visit.date_of_service + timedelta(days=_DRAWER_DAYS)
    return Slipped(
        "found_in_a_drawer", one.visit.id, (one.visit.id,), says.what, says.who, entered=(one.visit,),
        entered_on=late, is_mendable=False,
    )  # fmt: skip


_OF_VISITS = {
    "note_not_signed": _not_signed,
    "minutes_left_out": _minutes_left_out,
    "side_mixed_up": _side_mixed_up,
    "entered_twice": _entered_twice,
    "found_in_a_drawer": _in_a_drawer,
}


# --- of keyed lines -------------------------------------------------------------------------------------------


def _unit_too_many(_care: Episode, one: Treated, _draw: Draws) -> Slipped | None:
    lines = one.visit.billed or ()
    first = lines[0]
    charge = clinic().charges[first.code]
    more = first.model_copy(
        update={"units": (first.units or 0) + 1, "charge_cents": (first.charge_cents or 0) + charge}
    )
    return _on_visit("unit_too_many", one, one.visit.model_copy(update={"billed": (more, *lines[1:])}))


def _without(name: str, modifier: str, one: Treated) -> Slipped | None:
    lines = one.visit.billed or ()
    left = tuple(
        line.model_copy(update={"modifiers": tuple(kept for kept in line.modifiers if kept != modifier)})
        for line in lines
    )
    return None if left == lines else _on_visit(name, one, one.visit.model_copy(update={"billed": left}))


def _therapy_modifier_forgotten(_care: Episode, one: Treated, _draw: Draws) -> Slipped | None:
    return _without("therapy_modifier_forgotten", "GP", one)


def _assistant_not_told(_care: Episode, one: Treated, _draw: Draws) -> Slipped | None:
    return _without("assistant_not_told", "CQ", one)


def _service_left_out(_care: Episode, one: Treated, _draw: Draws) -> Slipped | None:
    lines = one.visit.billed or ()
    return (
        _on_visit("service_left_out", one, one.visit.model_copy(update={"billed": lines[:-1]})) if lines[1:] else None
    )


def _keyed_twice(_care: Episode, one: Treated, _draw: Draws) -> Slipped:
    lines = one.visit.billed or ()
    return _on_visit("keyed_twice", one, one.visit.model_copy(update={"billed": (*lines, lines[0])}))


_OF_LINES = {
    "unit_too_many": _unit_too_many,
    "therapy_modifier_forgotten": _therapy_modifier_forgotten,
    "assistant_not_told": _assistant_not_told,
    "service_left_out": _service_left_out,
    "keyed_twice": _keyed_twice,
}
