"""A patient's readiness is kept, and never older than a record, a value or a program that it rests on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

import cleanclaim
from cleanclaim.practice import tasks, tenancy
from cleanclaim.practice.engine.patients import kept_readiness as kept
from cleanclaim.practice.engine.patients.kept_readiness import keep_of_those_in_care, kept_readiness, state_of
from cleanclaim.practice.engine.patients.readiness import Readiness, readiness_of
from cleanclaim.practice.models import (
    Authorization,
    Certification,
    Charge,
    Claim,
    Clinic,
    ClinicPayer,
    Coverage,
    Document,
    EligibilityAnswer,
    Enrollment,
    KeptReadiness,
    PackFile,
    Patient,
    PlanOfCare,
    Provider,
    Referral,
    SelfPayChoice,
    User,
    Visit,
)
from cleanclaim.practice.sealing import Plain
from cleanclaim.reference.published.editions import BUILT_IN, Editions, using
from cleanclaim.reference.published.kinds import Kind
from cleanclaim.reference.published.store import LoadedEdition

DAY = date(2026, 9, 25)
NUMBER = "P101"
IN_CARE = 41


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many patients the engine was asked about, each time that it was."""
    counts: list[int] = []

    def counting(clinic: Clinic, patients: list[Patient], **told: object) -> list[Readiness]:
        counts.append(len(patients))
        return readiness_of(clinic, patients, **told)  # type: ignore[arg-type]

    monkeypatch.setattr(kept, "readiness_of", counting)
    return counts


def _patient() -> Patient:
    found: Patient = Patient.objects.get(number=NUMBER)
    return found


def _coverage() -> Coverage:
    found: Coverage = Coverage.objects.get(patient__number=NUMBER, order="primary")
    return found


def test_the_engine_is_asked_once_and_the_answer_is_its_own(inside: Clinic, asked: list[int]) -> None:
    fresh = readiness_of(inside, [_patient()], on=DAY)[0]
    assert len(fresh.items) > 0
    assert kept_readiness(inside, _patient(), on=DAY) == fresh
    assert kept_readiness(inside, _patient(), on=DAY) == fresh
    assert asked == [1]
    assert KeptReadiness.objects.count() == 1


def test_another_day_asks_anew(inside: Clinic, asked: list[int]) -> None:
    for on in (DAY, DAY + timedelta(days=1), DAY + timedelta(days=1), DAY):
        assert kept_readiness(inside, _patient(), on=on) == readiness_of(inside, [_patient()], on=on)[0]
    assert asked == [1, 1, 1]
    assert KeptReadiness.objects.count() == 1


def test_every_table_that_the_answer_reads_is_watched(inside: Clinic) -> None:
    def tables(queries: CaptureQueriesContext) -> set[str]:
        words = (word.strip('"') for query in queries.captured_queries for word in query["sql"].split())
        return {word for word in words if word.startswith("practice_") and "." not in word}

    patient = _patient()
    with CaptureQueriesContext(connection) as asking:
        readiness_of(inside, [patient], on=DAY)
    with CaptureQueriesContext(connection) as watching:
        state_of(inside, patient.pk)
    assert len(watching) == 1
    assert tables(asking) <= tables(watching)


# --- each thing that it rests on ---------------------------------------------------------------------------


def _saved(row: Any, **changes: object) -> None:
    for name, value in changes.items():
        assert getattr(row, name) != value
        setattr(row, name, value)
    row.save()


def _visits() -> QuerySet[Visit]:
    return Visit.objects.filter(patient__number=NUMBER, status="signed")


def _treated(inside: Clinic) -> None:
    before = _visits()[0]
    Visit.objects.create(
        clinic=inside, patient=before.patient, number="VX", date_of_service=DAY - timedelta(days=1),
        therapist=before.therapist, status="signed", billed=[],
    )  # fmt: skip


def _enrolled_until_january(inside: Clinic) -> None:
    payer = ClinicPayer.objects.get(payer=_coverage().payer)
    Enrollment.objects.create(
        clinic=inside, provider=Provider.objects.filter(treats=True)[0], payer=payer, valid_through=date(2026, 1, 31)
    )


def _ordered(inside: Clinic) -> None:
    by = Provider.objects.filter(treats=False)[0]
    Referral.objects.create(clinic=inside, patient=_patient(), on=DAY, by=by)


def _pays_alone(inside: Clinic) -> None:
    user = User.objects.create(email="desk@example.test", name="Desk")
    signed = Document.objects.create(
        clinic=inside, patient=_patient(), kind="selfpay", media_type="text/plain", size=1, content=Plain(b"x"),
        stored_by=user,
    )  # fmt: skip
    SelfPayChoice.objects.create(
        clinic=inside, patient=_patient(), begins_on=DAY, ends_on=DAY, signed_on=DAY, document=signed, taken_by=user
    )


CHANGES: dict[str, Callable[[Clinic], object]] = {
    "patient": lambda _inside: _saved(_patient(), line1=""),
    "coverage": lambda _inside: _saved(_coverage(), valid_through=date(2026, 9, 24)),
    "coverage gone": lambda _inside: Coverage.objects.filter(patient__number=NUMBER).delete(),
    "authorization": lambda inside: Authorization.objects.create(
        clinic=inside, coverage=_coverage(), number="A1", visits_allowed=1, visits_used_before=1
    ),
    "eligibility": lambda inside: EligibilityAnswer.objects.create(
        clinic=inside, coverage=_coverage(), asked_on=DAY, source="portal", is_active=False
    ),
    "plan": lambda _inside: _saved(
        PlanOfCare.objects.filter(patient__number=NUMBER)[0], established_on=date(2026, 1, 5)
    ),
    "certification gone": lambda _inside: Certification.objects.filter(plan__patient__number=NUMBER).delete(),
    "order": _ordered,
    "visit": _treated,
    "visit changed": lambda _inside: _visits().update(version=99),
    "claim priced": lambda _inside: Claim.objects.filter(patient__number=NUMBER).update(allowed_cents=1),
    "claim closed": lambda _inside: Claim.objects.filter(patient__number=NUMBER).update(status="closed"),
    "choice to pay alone": _pays_alone,
    "enrollment": _enrolled_until_january,
    "provider": lambda _inside: _saved(Provider.objects.filter(treats=True).order_by("key")[0], npi="1234567890"),
    "charge gone": lambda _inside: Charge.objects.all()[0].delete(),
    "payer": lambda _inside: _saved(ClinicPayer.objects.get(payer=_coverage().payer), identifier="00000"),
    "payer file": lambda _inside: PackFile.objects.all()[0].delete(),
    "clinic": lambda inside: _saved(inside, npi="1234567890"),
}
"""Each thing that an answer rests on, and a change of it."""


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_is_asked_anew(inside: Clinic, asked: list[int], change: str) -> None:
    kept_readiness(inside, _patient(), on=DAY)
    before = state_of(inside, _patient().pk)
    CHANGES[change](inside)
    assert state_of(inside, _patient().pk) != before
    assert kept_readiness(inside, _patient(), on=DAY) == readiness_of(inside, [_patient()], on=DAY)[0]
    assert kept_readiness(inside, _patient(), on=DAY) is not None
    assert asked == [1, 1]


@pytest.mark.parametrize("change", ["patient", "coverage", "coverage gone", "eligibility", "enrollment"])
def test_the_new_answer_is_another_one(inside: Clinic, change: str) -> None:
    before = kept_readiness(inside, _patient(), on=DAY)
    CHANGES[change](inside)
    assert kept_readiness(inside, _patient(), on=DAY) != before


def test_a_note_that_is_begun_makes_a_new_patient_a_known_one(inside: Clinic, asked: list[int]) -> None:
    like = _visits()[0]
    patient = Patient.objects.create(
        clinic=inside, number="PX", family_name="Newman", given_name="Ann", birth_date=date(1950, 1, 1), sex="F",
        line1="1 Elm St", city="Galena", state="IL", zip_code="61036",
    )  # fmt: skip
    kept_readiness(inside, patient, on=DAY)
    begun = Visit.objects.create(
        clinic=inside, patient=patient, number="VX", date_of_service=DAY, therapist=like.therapist, status="draft"
    )
    assert kept_readiness(inside, patient, on=DAY) == readiness_of(inside, [patient], on=DAY)[0]
    begun.save_if_unchanged(begun.version, "note")  # what is written into it changes nothing
    kept_readiness(inside, patient, on=DAY)
    assert asked == [1, 1]


def test_another_program_and_other_editions_ask_anew(
    inside: Clinic, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_readiness(inside, _patient(), on=DAY)
    loaded = LoadedEdition(
        Kind.PTP_PRACTITIONER,
        "2026-07-01",
        "",
        date(2026, 7, 1),
        date(2026, 9, 30),
        0,
        "0" * 64,
        DAY,
        "",
        (),
        Path("none"),
    )
    with using(Editions((loaded,))):
        assert state_of(inside, _patient().pk) != KeptReadiness.objects.get().state
    with using(BUILT_IN):
        kept_readiness(inside, _patient(), on=DAY)
    assert asked == [1]
    monkeypatch.setattr(kept, "program", lambda: "another")
    kept_readiness(inside, _patient(), on=DAY)
    assert asked == [1, 1]


def test_the_program_is_its_code_and_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rule.py", "values.toml", "page.html"):
        (tmp_path / name).write_text("1", encoding="utf-8")
    monkeypatch.setattr(cleanclaim, "__file__", str(tmp_path / "rule.py"))
    asked = kept.program.__wrapped__
    first = asked()
    assert asked() == first
    (tmp_path / "page.html").write_text("22", encoding="utf-8")
    assert asked() == first
    (tmp_path / "values.toml").write_text("22", encoding="utf-8")
    second = asked()
    (tmp_path / "added.csv").write_text("", encoding="utf-8")
    assert len({first, second, asked()}) == 3


# --- whose answers, and who asks ---------------------------------------------------------------------------


def test_answers_are_sealed_and_stay_in_their_clinic(inside: Clinic, elsewhere: Clinic) -> None:
    kept_readiness(inside, _patient(), on=DAY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM practice_keptreadiness")
        [(sealed,)] = cursor.fetchall()
    assert b"eligibility" not in bytes(sealed)
    with tenancy.scope([elsewhere.pk]):
        assert KeptReadiness.objects.count() == 0


def test_without_a_therapist_there_is_no_answer_to_keep(inside: Clinic) -> None:
    Provider.objects.update(treats=False)
    assert kept_readiness(inside, _patient(), on=DAY) is None
    assert KeptReadiness.objects.count() == 0


def test_a_worker_asks_once_a_day_about_the_patients_in_care(inside: Clinic, asked: list[int]) -> None:
    away = Patient.objects.get(number="P102")
    away.is_active = False
    away.save()
    count = keep_of_those_in_care(inside)
    assert (count, asked) == (IN_CARE, [IN_CARE])
    assert KeptReadiness.objects.count() == IN_CARE
    assert not KeptReadiness.objects.filter(patient=away).exists()
    assert kept_readiness(inside, _patient(), on=DAY) == readiness_of(inside, [_patient()], on=DAY)[0]
    assert keep_of_those_in_care(inside) == 0
    assert asked == [IN_CARE]


def test_the_first_work_of_a_clinics_day_asks(inside: Clinic) -> None:
    tasks.look_through.func(str(inside.pk))
    assert KeptReadiness.objects.filter(asked_on=DAY).count() == IN_CARE + 1
