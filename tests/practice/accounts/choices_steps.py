"""Steps in which patients choose who is billed: notices that they sign before care, and care that no plan is told of.

No money moves by a choice: claims that have not left are built anew, some of their lines or all of them on a superbill.
What is charged then, to whom, is charged as those leave or are given to the patient, by the steps that do that.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from cleanclaim.practice.engine.patients import advance_notices, self_pay
from cleanclaim.practice.models import (
    AdvanceNotice,
    Claim,
    ClaimStatus,
    Document,
    DocumentKind,
    EligibilityAnswer,
    SelfPayChoice,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.records import NoticeChoice, NoticeCoverage
from tests.practice.accounts.any_order import Life, Step

_MEDICARE = "medicare_b"
_WAITS = (ClaimStatus.READY.value, ClaimStatus.SUPERBILL.value)


def _waiting(life: Life, **own: Any) -> Claim | None:
    """A claim that has not left."""
    rows = Claim.objects.filter(status__in=_WAITS, batch=None, follows=None, replaces=None, **own).order_by("number")
    key = life.one_of(list(rows.values_list("pk", flat=True)))
    return None if key is None else Claim.objects.select_related("patient").get(pk=key)


def choose(life: Life) -> Step | None:
    """A patient asks that no plan is told of a day's care; not where a payer has been told already."""
    claim = _waiting(life)
    if claim is None:
        return None
    day: date = claim.date_of_service
    filed = Claim.objects.filter(patient=claim.patient, date_of_service=day).exclude(batch=None).exists()

    def does() -> None:
        request = Document.objects.create(
            clinic=life.clinic, patient=claim.patient, kind=DocumentKind.SELF_PAY.value, media_type="text/plain", size=1,
            content=Plain(b"x"), stored_by=life.biller,
        )  # fmt: skip
        self_pay.keep(
            life.clinic, life.biller, claim.patient, begins_on=day, ends_on=day, signed_on=day, document=request
        )

    return Step(does, [{}], is_refused=filed, repeats=False)


def withdraw_choice(life: Life) -> Step | None:
    """Such a choice is taken back; once."""
    row = life.one_of(list(SelfPayChoice.objects.order_by("created_at")))
    if row is None:
        return None
    fresh = SelfPayChoice.objects.get(pk=row.pk)
    return Step(
        lambda: self_pay.withdraw(life.clinic, life.biller, fresh), [{}], is_refused=row.withdrawn_on is not None,
        repeats=False,
    )  # fmt: skip


def sign(life: Life) -> Step | None:
    """A patient of Medicare signs a notice for one kind of care of a day, and chooses: billed, not billed, not done."""
    claim = _waiting(life, payer=_MEDICARE)
    if claim is None:
        return None
    day: date = claim.date_of_service
    code = life.one_of(sorted({line["code"] for line in (claim.record or {"lines": []})["lines"]}))
    if code is None:
        return None
    covers = life.random.choice(list(NoticeCoverage))
    chosen = life.random.choice(list(NoticeChoice))

    def does() -> None:
        row = advance_notices.make(
            life.clinic, life.biller, claim.patient, covers=covers,
            services=[advance_notices.Service("Exercise", "Not necessary", 9_000)], codes=[code], begins_on=day,
            ends_on=day,
        )  # fmt: skip
        advance_notices.sign(row, chosen, day, by_representative=False, document=None)
        self_pay.check_again(life.clinic, life.biller, claim.patient_id, day, day)

    return Step(does, [{}], repeats=False)


def withdraw_notice(life: Life) -> Step | None:
    """A notice is withdrawn: what has not left is the plan's again."""
    row = life.one_of(list(AdvanceNotice.objects.filter(withdrawn_on=None).order_by("created_at")))
    if row is None:
        return None

    def does() -> None:
        AdvanceNotice.objects.filter(pk=row.pk).update(withdrawn_on=life.today)
        self_pay.check_again(life.clinic, life.biller, row.patient_id, row.begins_on, row.ends_on)

    return Step(does, [{}])


def state_of(patient: Any) -> list[Any]:
    """All that a patient has chosen and that was found out of them so far: what their claims are built by, beside their visits."""
    choices = SelfPayChoice.objects.filter(patient=patient).order_by("created_at")
    notices = AdvanceNotice.objects.filter(patient=patient).order_by("created_at")
    told = EligibilityAnswer.objects.filter(coverage__patient=patient).order_by("created_at")
    return [
        list(told.values_list("asked_on", "qmb")),
        list(choices.values_list("begins_on", "ends_on", "withdrawn_on")),
        list(notices.values_list("coverage", "option", "signed_on", "begins_on", "ends_on", "withdrawn_on", "codes")),
    ]


KINDS = ((choose, 1), (withdraw_choice, 1), (sign, 2), (withdraw_notice, 1))
