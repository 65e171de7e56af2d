"""The plan of care, orders and authorizations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from cleanclaim.records import (
    Accident,
    AccidentKind,
    CertificationMethod,
    Credential,
    ProgressReport,
    VisitKind,
)
from tests.generator.clean import Case, with_patient
from tests.generator.defects.planting import (
    MEDICARE,
    PRAIRIE,
    STONEGATE,
    TRICARE_LATER,
    Spot,
    all_visits,
    change_authorization,
    change_certification,
    change_coverage,
    change_patient,
    change_plan,
    defect,
    last_day,
    plan_of,
)


@defect("plan-missing", "There is no plan of care.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return change_patient(case, "plan of care", plans_of_care=())


@defect(
    "plan-not-certified",
    "Nobody certified the plan, and its thirty days are over.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot | None:
    if (case.as_of - plan_of(case).established_on).days < 45:
        return None
    return change_plan(case, "certification", certifications=(), has_order=False, order=None, sent_on=None)


@defect("plan-refused", "The plan is marked as not certified.", replace(MEDICARE, evaluation=False))
def _(case: Case, _rng: Random) -> Spot | None:
    if (case.as_of - plan_of(case).established_on).days < 45:
        return None
    return change_certification(case, method=CertificationMethod.NOT_CERTIFIED, on=None, verbal_on=None, by=None)


@defect("plan-ended", "The day of service lies after the last day of the plan.", replace(MEDICARE, evaluation=False))
def _(case: Case, _rng: Random) -> Spot:
    (certified,) = plan_of(case).certifications or ()
    ends = case.visits[0].date_of_service - timedelta(days=2)
    changed, ids, _ = change_plan(
        case, "plan of care", through=ends, certifications=(certified.model_copy(update={"through": ends}),)
    )
    return changed, ids, "plan of care"


@defect(
    "recertification-overdue",
    "More than ninety days have passed since the first treatment and nobody certified anew.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot:
    plan = plan_of(case)
    back = timedelta(days=100)
    begun = plan.established_on - back
    (certified,) = plan.certifications or ()
    assert plan.order is not None
    certified = certified.model_copy(
        update={
            "method": CertificationMethod.SIGNED,
            "on": begun + timedelta(days=3),
            "verbal_on": None,
            "through": begun + timedelta(days=89),
        }
    )
    changed, ids, _ = change_plan(
        case, "certification", established_on=begun, first_treatment_on=begun, through=last_day(case) + timedelta(days=10), certifications=(certified,),
        sent_on=begun, order=plan.order.model_copy(update={"on": begun - timedelta(days=2)}), onset_on=begun - timedelta(days=20),
    )  # fmt: skip
    assert case.visits[0].date_of_service > begun + timedelta(days=90)
    return changed, ids, "certification"


@defect("plan-by-assistant", "An assistant established the plan.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return change_plan(case, "plan of care", established_by=Credential.PTA)


@defect(
    "verbal-certification-unsigned", "A verbal certification was never signed.", replace(MEDICARE, evaluation=False)
)
def _(case: Case, _rng: Random) -> Spot | None:
    plan = plan_of(case)
    if (case.as_of - plan.established_on).days < 45:
        return None
    return change_certification(
        case, method=CertificationMethod.VERBAL, verbal_on=plan.established_on + timedelta(days=1), on=None
    )


@defect(
    "order-exception-too-early",
    "A signed order stands in for the signature before 2025.",
    replace(MEDICARE, period="2024q3"),
)
def _(case: Case, _rng: Random) -> Spot | None:
    if (case.as_of - plan_of(case).established_on).days < 45:
        return None
    assert plan_of(case).established_on < date(2025, 1, 1)
    return change_certification(case, method=CertificationMethod.ORDER_EXCEPTION, verbal_on=None)


@defect("order-exception-without-order", "The plan counts as certified by an order that is not on file.",
        *(replace(MEDICARE, period=name, evaluation=False) for name in ("2025q3", "2026q1", "2026q3")))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot | None:
    plan = plan_of(case)
    if plan.established_on < date(2025, 2, 1) or (case.as_of - plan.established_on).days < 45:
        return None
    (certified,) = plan.certifications or ()
    certified = certified.model_copy(update={"method": CertificationMethod.ORDER_EXCEPTION, "verbal_on": None})
    return change_plan(case, "certification", order=None, has_order=False, certifications=(certified,))


@defect("certified-by-chiropractor", "A chiropractor certified the plan, who may not.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    (certified,) = plan_of(case).certifications or ()
    assert certified.by is not None
    who = certified.by.model_copy(update={"credential": Credential.DC})
    return change_certification(case, by=who, method=CertificationMethod.SIGNED)


@defect("certified-by-the-therapist", "The therapist certified the plan.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    (certified,) = plan_of(case).certifications or ()
    therapist = case.clinic.therapist(case.visits[0].therapist)
    assert certified.by is not None
    assert therapist is not None
    return change_certification(case, by=therapist, method=CertificationMethod.SIGNED)


@defect("plan-without-goals", "The plan has no goals.", MEDICARE)
def _(case: Case, _rng: Random) -> Spot:
    return change_plan(case, "plan of care", goals=())


@defect(
    "treated-before-plan",
    "The patient was treated before there was a plan.",
    replace(MEDICARE, evaluation=False, visits=1),
)
def _(case: Case, _rng: Random) -> Spot:
    plan = plan_of(case)
    begun = last_day(case) + timedelta(days=2)
    (certified,) = plan.certifications or ()
    certified = certified.model_copy(
        update={
            "method": CertificationMethod.SIGNED,
            "on": begun,
            "verbal_on": None,
            "through": begun + timedelta(days=60),
        }
    )
    return change_plan(case, "plan of care", established_on=begun, through=begun + timedelta(days=60), sent_on=begun, certifications=(certified,),
                 first_treatment_on=begun, treatment_days_before=())  # fmt: skip


def _long_episode(case: Case) -> tuple[date, ...] | None:
    """Eleven treatment days before the first visit, none with a report."""
    plan = plan_of(case)
    first = case.visits[0].date_of_service
    days = tuple(first - timedelta(days=2 * n) for n in range(11, 0, -1))
    return days if plan.established_on <= days[0] else None


@defect(
    "progress-report-overdue",
    "More than ten treatment days have passed without a progress report.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot | None:
    days = _long_episode(case)
    if days is None:
        return None
    changed, _, place = change_plan(
        case, "day", treatment_days_before=days, progress_reports=(), established_on=days[0], first_treatment_on=days[0]
    )
    visits = tuple(visit.model_copy(update={"progress_report": False}) for visit in changed.visits)
    return replace(changed, visits=visits), all_visits(case), place


@defect(
    "progress-report-by-assistant",
    "The only progress report was signed by an assistant.",
    replace(MEDICARE, evaluation=False),
)
def _(case: Case, _rng: Random) -> Spot | None:
    days = _long_episode(case)
    if days is None:
        return None
    report = ProgressReport(on=days[9], signed_by=Credential.PTA)
    changed, _, place = change_plan(
        case,
        "day",
        treatment_days_before=days,
        progress_reports=(report,),
        established_on=days[0],
        first_treatment_on=days[0],
    )
    visits = tuple(visit.model_copy(update={"progress_report": False}) for visit in changed.visits)
    return replace(changed, visits=visits), all_visits(case), place


@defect("referral-missing", "The payer wants an order and there is none.", STONEGATE, *TRICARE_LATER)
def _(case: Case, _rng: Random) -> Spot:
    plan = plan_of(case)
    assert plan.certifications
    return change_plan(case, "referral", order=None, has_order=False)


def treatments(case: Case) -> tuple[str, ...]:
    """Visits that need approval: all but the evaluation alone."""
    return tuple(visit.id for visit in case.visits if visit.kind is VisitKind.TREATMENT)


AUTHORIZED = (replace(PRAIRIE, evaluation=False), replace(STONEGATE, evaluation=False))


@defect("authorization-missing", "The plan wants an authorization and there is none.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    changed, _, place = change_coverage(case, "authorization", authorizations=())
    return changed, treatments(case), place


@defect("authorization-expired", "The authorization ended before the visit.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return change_authorization(
        case, treatments(case), valid_through=case.visits[0].date_of_service - timedelta(days=1)
    )


@defect("authorization-not-begun", "The authorization begins after the visit.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return change_authorization(case, treatments(case), valid_from=last_day(case) + timedelta(days=1))


@defect("authorization-visits-used-up", "All authorized visits were used before this one.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return change_authorization(case, treatments(case), visits_allowed=8, visits_used=8)


@defect(
    "authorization-exceeded-by-last-visit",
    "The visits at hand use more than are left of the authorization.",
    *(replace(wish, visits=3) for wish in AUTHORIZED),
)
def _(case: Case, _rng: Random) -> Spot:
    return change_authorization(case, (case.visits[-1].id,), visits_allowed=8, visits_used=6)


@defect("authorization-of-other-codes", "The authorization does not cover a code that is billed.", *AUTHORIZED)
def _(case: Case, _rng: Random) -> Spot:
    return change_authorization(case, treatments(case), codes=("97760", "97542"))


@defect("visits-above-benefit", "The plan's visits of the year or injury are used up.", replace(STONEGATE, evaluation=False),
        *(replace(PRAIRIE, evaluation=False, period=name) for name in ("2025q3", "2026q3")))  # fmt: skip
def _(case: Case, _rng: Random) -> Spot:
    plan = plan_of(case)
    first = case.visits[0].date_of_service
    benefit = 24 if case.payer == "stonegate_casualty" else 30
    days = tuple(first - timedelta(days=2 * n) for n in range(benefit, 0, -1))
    begun = days[0]
    assert begun.year == first.year or case.payer == "stonegate_casualty"
    (certified,) = plan.certifications or ()
    assert plan.order is not None
    injured = begun - timedelta(days=10)
    (approved,) = case.patient.coverages[0].authorizations or ()
    approved = approved.model_copy(update={"valid_from": begun, "visits_allowed": 60, "visits_used": benefit})
    changed, _, _ = change_coverage(case, "coverage", authorizations=(approved,))
    if case.patient.accident is not None:
        changed = with_patient(changed, accident=Accident(kind=AccidentKind.EMPLOYMENT, on=injured))
    through = last_day(case) + timedelta(days=20)
    certified = certified.model_copy(
        update={
            "method": CertificationMethod.SIGNED,
            "on": begun + timedelta(days=2),
            "verbal_on": None,
            "through": through,
        }
    )
    return change_plan(
        changed, "coverage", established_on=begun, first_treatment_on=begun, treatment_days_before=days, onset_on=injured, through=through,
        certifications=(certified,), sent_on=begun, order=plan.order.model_copy(update={"on": begun - timedelta(days=2)}),
        progress_reports=tuple(ProgressReport(on=days[n], signed_by=Credential.PT) for n in range(8, benefit, 7)),
    )  # fmt: skip
