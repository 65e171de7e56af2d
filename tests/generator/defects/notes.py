"""The note: totals, clock, signatures, words, and whose minutes they were."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from cleanclaim.records import (
    By,
    Credential,
    Signature,
)
from tests.generator.clean import Case, with_visit
from tests.generator.defects.codes import exchange_code
from tests.generator.defects.planting import (
    ANY,
    LARKSPUR,
    MEDICARE,
    PRAIRIE,
    THERAPIST,
    Spot,
    change_done,
    change_visit,
    defect,
    done_at,
    last_day,
    timed_minutes,
    with_totals,
)
from tests.generator.terms import TIMED, UNATTENDED


@defect("timed-total-differs", "The total of timed minutes is not their sum.", THERAPIST)
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    if not timed_minutes(case):
        return None
    assert visit.total_timed_minutes is not None
    assert visit.total_treatment_minutes is not None
    new = visit.total_timed_minutes + 9
    if new > visit.total_treatment_minutes:
        new = visit.total_timed_minutes - 6
    return change_visit(case, total_timed_minutes=new, note=with_totals(visit, new, visit.total_treatment_minutes))


@defect("treatment-total-below-timed", "The total treatment time is shorter than the timed minutes in it.", THERAPIST)
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    if not visit.total_timed_minutes:
        return None
    new = visit.total_timed_minutes - 5
    return change_visit(case, total_treatment_minutes=new, note=with_totals(visit, visit.total_timed_minutes, new))


@defect("visit-shorter-than-minutes", "The minutes with a therapist do not fit between arrival and departure.", *ANY)
def _(case: Case, _rng: Random) -> Spot | None:
    visit = case.visits[-1]
    assert visit.time_in is not None
    attended = sum(item.minutes or 0 for item in done_at(visit) if item.code not in UNATTENDED)
    if attended < 25:
        return None
    ends = visit.time_in.hour * 60 + visit.time_in.minute + attended - 12
    return change_visit(case, time_out=visit.time_in.replace(hour=ends // 60, minute=ends % 60))


@defect("left-before-arrival", "The patient left before arriving.", *ANY)
def _(case: Case, _rng: Random) -> Spot:
    visit = case.visits[-1]
    assert visit.time_in is not None
    return change_visit(case, time_out=visit.time_in.replace(hour=visit.time_in.hour - 1))


@defect("minutes-absent", "A timed service has zero minutes.", THERAPIST, LARKSPUR)
def _(case: Case, _rng: Random) -> Spot | None:
    places = [index for index, item in enumerate(done_at(case.visits[-1])) if item.code in TIMED]
    if not places:
        return None
    changed, ids, place = change_done(case, places[-1], "day", minutes=0)
    visit = changed.visits[-1]
    timed = sum(timed_minutes(changed).values())
    total = sum(item.minutes or 0 for item in done_at(visit))
    visit = visit.model_copy(
        update={
            "total_timed_minutes": timed,
            "total_treatment_minutes": total,
            "note": with_totals(visit, timed, total),
        }
    )
    return with_visit(changed, visit), ids, place


@defect("note-unsigned", "Nobody signed the note.", MEDICARE, PRAIRIE)
def _(case: Case, _rng: Random) -> Spot:
    return change_visit(case, signatures=())


@defect("note-signed-before-visit", "The note was signed before the visit.", MEDICARE, LARKSPUR)
def _(case: Case, _rng: Random) -> Spot:
    signed = tuple(
        item.model_copy(update={"on": last_day(case) - timedelta(days=1)}) for item in case.visits[-1].signatures or ()
    )
    return change_visit(case, signatures=signed)


@defect(
    "evaluation-signed-by-assistant",
    "Only an assistant signed the evaluation.",
    replace(MEDICARE, evaluation=True, visits=1),
)
def _(case: Case, rng: Random) -> Spot:
    return change_visit(
        case, signatures=(Signature(credential=Credential.PTA, on=last_day(case), by=f"t{rng.randrange(10, 14)}"),)
    )


@defect("need-for-skill-absent", "The note does not say why a service took a therapist.", MEDICARE)
def _(case: Case, rng: Random) -> Spot | None:
    return _word_absent(case, rng, "skilled_need")


@defect("response-absent", "The note does not say how the patient responded to a service.", MEDICARE)
def _(case: Case, rng: Random) -> Spot | None:
    return _word_absent(case, rng, "response")


@defect("progress-absent", "The note does not say what changed.", MEDICARE)
def _(case: Case, rng: Random) -> Spot | None:
    return _word_absent(case, rng, "progress")


def _word_absent(case: Case, rng: Random, name: str) -> Spot | None:
    done = done_at(case.visits[-1])
    codes = sorted({str(item.code) for item in done if item.code in TIMED})
    if not codes:
        return None
    code = rng.choice(codes)
    changed, ids, _ = change_visit(
        case, interventions=tuple(item.model_copy(update={name: ""}) if item.code == code else item for item in done)
    )
    return changed, ids, code


@defect(
    "note-copied",
    "The note is word for word that of the visit before.",
    replace(MEDICARE, visits=3, evaluation=False),
    replace(PRAIRIE, visits=3, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    return change_visit(case, note=case.visits[-2].note)


@defect(
    "aide-minutes-billed",
    "An aide's minutes are billed.",
    *(replace(wish, mode="pt", evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    return _by_others(case, rng, By.AIDE)


@defect("student-minutes-billed", "A student's minutes are billed to Medicare.", replace(THERAPIST, evaluation=False))
def _(case: Case, rng: Random) -> Spot | None:
    return _by_others(case, rng, By.STUDENT)


def _by_others(case: Case, rng: Random, who: By) -> Spot | None:
    places = [index for index, item in enumerate(done_at(case.visits[-1])) if item.code in TIMED]
    if not places:
        return None
    index = rng.choice(places)
    return change_done(case, index, str(done_at(case.visits[-1])[index].code), by=who)


@defect(
    "unattended-minutes-billed",
    "A timed service is billed though nobody attended the patient.",
    *(replace(wish, mode="pt", evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, item in enumerate(done_at(case.visits[-1])) if item.code in TIMED]
    if not places:
        return None
    index = rng.choice(places)
    return change_done(case, index, str(done_at(case.visits[-1])[index].code), by=By.NOBODY, attended=False)


@defect(
    "group-billed-one-on-one",
    "Minutes of a group are billed as one-on-one.",
    *(replace(wish, mode="pt", evaluation=False) for wish in ANY),
)
def _(case: Case, rng: Random) -> Spot | None:
    places = [index for index, item in enumerate(done_at(case.visits[-1])) if item.code in TIMED]
    if not places:
        return None
    index = rng.choice(places)
    return change_done(case, index, str(done_at(case.visits[-1])[index].code), group_size=rng.randint(2, 5))


@defect("group-of-one", "A group is billed for a patient treated alone.", replace(MEDICARE, codes=("97150",), evaluation=False),
        replace(LARKSPUR, codes=("97150",), evaluation=False))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    return change_done(case, 0, "97150", group_size=1)


@defect(
    "therapist-in-two-places",
    "A therapist treats two patients one-on-one at the same time.",
    replace(THERAPIST, visits=1, evaluation=False, codes=("97110", "97140")),
)
def _(case: Case, _rng: Random) -> Spot:
    first = case.visits[0]
    assert first.time_in is not None
    now = first.time_in.hour * 60 + first.time_in.minute
    done = []
    for item in done_at(first):
        done.append(item.model_copy(update={"starts_at": first.time_in.replace(hour=now // 60, minute=now % 60)}))
        now += item.minutes or 0
    first = first.model_copy(update={"interventions": tuple(done)})
    key = f"{case.patient.id}X"
    member = case.patient.coverages[0].member_id
    other = case.patient.model_copy(
        update={"id": key, "birth_date": case.patient.birth_date - timedelta(days=400),
                "coverages": (case.patient.coverages[0].model_copy(update={"member_id": f"2{member[1:]}"}),)}
    )  # fmt: skip
    assert first.note is not None
    note = first.note.model_copy(
        update={
            "subjective": "Sore after raking leaves, better by noon.",
            "assessment": "Tolerates more load than planned.",
        }
    )
    second = first.model_copy(update={"id": f"{first.id}X", "patient_id": key, "note": note})
    return replace(case, patients=(case.patient, other), visits=(first, second)), (first.id, second.id), "day"


@defect(
    "prosthetic-training-first-twice",
    "The first prosthetic encounter is billed a second time.",
    replace(MEDICARE, special="prosthetic", visits=2),
)
def _(case: Case, _rng: Random) -> Spot | None:
    assert [line.code for line in case.visits[0].billed or ()] == ["97761"] * len(case.visits[0].billed or ())
    return exchange_code(case, "97763", "97761", "prosthetic training, first encounter: donning and weight bearing")
