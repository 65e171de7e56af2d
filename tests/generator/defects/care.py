"""Where, how and under what notice the patient was treated: places, telehealth, supervision, estimates, reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from cleanclaim.records import CertificationMethod, Credential, Note, Signature, VisitKind
from tests.generator.clean import Case, Wish
from tests.generator.defects.planting import (
    ANY,
    LARKSPUR,
    MEDICARE,
    THERAPIST,
    Spot,
    change_certification,
    change_lines,
    change_patient,
    change_visit,
    defect,
    done_at,
    last_day,
    like_first,
    lines_of,
    plan_of,
    with_totals,
)


@defect("place-no-therapist-bills-from", "Therapy is billed from a laboratory or an ambulance.", *ANY)
def _(case: Case, rng: Random) -> Spot:
    return change_visit(case, place_of_service=rng.choice(("81", "41", "42")))


@defect(
    "hospital-patient-billed-by-clinic",
    "Medicare is billed by a private practice for a patient in a hospital bed.",
    MEDICARE,
)
def _(case: Case, _rng: Random) -> Spot:
    return change_visit(case, place_of_service="21")


@defect("hands-on-by-video", "Manual therapy is billed as telehealth.",
        replace(MEDICARE, codes=("97140",), evaluation=False, mode="pt"), replace(LARKSPUR, codes=("97140",), evaluation=False, mode="pt"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    lines = tuple(line.model_copy(update={"modifiers": (*line.modifiers, "95")}) for line in lines_of(case))
    return change_visit(case, place_of_service="10", billed=lines)


@defect(
    "under-home-health", "A home health episode covers the day, and Medicare pays therapy through it alone.", MEDICARE
)
def _(case: Case, _rng: Random) -> Spot:
    return change_visit(case, home_health_episode=True)


@defect("assistant-alone-before-2025", "An assistant treated with no therapist in the office, when Medicare still wanted one there.",
        replace(MEDICARE, period="2024q3", mode="pta"))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    assert last_day(case) < date(2025, 1, 1)
    return change_visit(case, therapist_on_site=False) if case.visits[-1].assistant else None


@defect("estimate-missing", "A patient who pays alone has no good faith estimate.", replace(LARKSPUR, mode="pt"))
def _(case: Case, _rng: Random) -> Spot:
    return change_patient(case, "patient", coverages=(), good_faith_estimate_on_file=False)


@defect(
    "outcome-not-measured",
    "An evaluation records no standardized measure of function.",
    replace(MEDICARE, evaluation=True, visits=1),
)
def _(case: Case, _rng: Random) -> Spot:
    return change_visit(case, outcome_measure="")


@defect("reevaluation-without-reason", "A re-evaluation is billed and the note names no reason for one.",
        replace(THERAPIST, evaluation=False, codes=("97110",)))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return _reevaluated(case, reason="")


def _reevaluated(case: Case, *, reason: str) -> Spot:
    visit = case.visits[-1]
    done = like_first(case, "97164", 20, "re-evaluation, plan revised", side=None)
    line = lines_of(case)[0].model_copy(
        update={"code": "97164", "units": 1, "modifiers": ("GP",), "charge_cents": case.clinic.charges["97164"]}
    )
    assert visit.time_in is not None
    return change_visit(
        case, kind=VisitKind.REEVALUATION, interventions=(done,), billed=(line,), total_timed_minutes=0, total_treatment_minutes=20,
        time_out=visit.time_in.replace(minute=visit.time_in.minute + 22), note=with_totals(visit, 0, 20), reevaluation_reason=reason,
        assistant=None, outcome_measure="Timed up and go 14 seconds",
        signatures=(Signature(credential=Credential.PT, on=visit.date_of_service, by=visit.therapist),),
    )  # fmt: skip


@defect(
    "note-signed-late",
    "The note was signed six weeks after the visit.",
    replace(MEDICARE, period="2026q1"),
    replace(LARKSPUR, period="2025q3"),
)
def _(case: Case, _rng: Random) -> Spot | None:
    late = last_day(case) + timedelta(days=42)
    if late > case.as_of:
        return None
    return change_visit(
        case, signatures=tuple(item.model_copy(update={"on": late}) for item in case.visits[-1].signatures or ())
    )


@defect(
    "certified-late",
    "The plan was certified seven weeks after treatment began, and nobody says why.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot | None:
    on = plan_of(case).established_on + timedelta(days=50)
    if on > case.as_of:
        return None
    return change_certification(case, method=CertificationMethod.SIGNED, on=on, verbal_on=None)


@defect("timed-total-absent", "The note of a Medicare visit does not state its timed minutes.", THERAPIST)
def _(case: Case, _rng: Random) -> Spot | None:
    return _total_absent(case, "timed")


@defect("treatment-total-absent", "The note of a Medicare visit does not state its total treatment minutes.", THERAPIST)
def _(case: Case, _rng: Random) -> Spot | None:
    return _total_absent(case, "treatment")


def _total_absent(case: Case, which: str) -> Spot | None:
    visit = case.visits[-1]
    if not visit.total_timed_minutes:
        return None
    assert visit.note is not None
    objective = visit.note.objective.split(" Timed minutes")[0]
    if which == "timed":
        words = f"{objective} Total treatment minutes {visit.total_treatment_minutes}."
        note = visit.note.model_copy(update={"objective": words})
        return change_visit(case, total_timed_minutes=None, note=note)
    words = f"{objective} Timed minutes {visit.total_timed_minutes}."
    note = visit.note.model_copy(update={"objective": words})
    assert isinstance(note, Note)
    return change_visit(case, total_treatment_minutes=None, note=note)


@defect("only-service-under-eight-minutes", "The one timed service of the day took seven minutes and is billed.",
        replace(THERAPIST, codes=("97110",), evaluation=False), Wish(payer="larkspur_mutual", billed=True, codes=("97110",), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    done = done_at(visit)
    if len(done) != 1:
        return None
    line = lines_of(case)[0]
    assert visit.time_in is not None
    changed, ids, _ = change_lines(
        case, (line.model_copy(update={"units": 1, "charge_cents": case.clinic.charges["97110"]}),), "97110"
    )
    return change_visit(
        changed, interventions=(done[0].model_copy(update={"minutes": 7}),), total_timed_minutes=7, total_treatment_minutes=7,
        note=with_totals(visit, 7, 7), time_out=visit.time_in.replace(minute=visit.time_in.minute + 9),
    )[0], ids, "97110"  # fmt: skip


@defect("discharged-without-report", "A Medicare patient is discharged and nobody writes a discharge report.",
        replace(THERAPIST, evaluation=False, codes=("97110",)))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return change_visit(case, kind=VisitKind.DISCHARGE, progress_report=False)


@defect(
    "above-the-review-threshold",
    "The visit brings the year's dollars above those at which Medicare may review the care.",
    *(replace(MEDICARE, kx=True, period=period, visits=1) for period in ("2025q3", "2026q1", "2026q3")),
)
def _(case: Case, _rng: Random) -> Spot:
    (amount,) = case.patient.year_to_date or ()
    short = 299_900  # facts.md section 4: 3,000 dollars through 2027; no visit is allowed as little as one dollar
    known = amount.model_copy(update={"at_least_cents": short, "at_most_cents": short})
    return change_patient(case, "claim", year_to_date=(known,))
