"""Rows of a clinic are seen and written inside its scope only."""

from __future__ import annotations

import pytest

from cleanclaim.practice import tenancy
from cleanclaim.practice.models import Charge, Clinic, ClinicRow, Patient, Provider, StaleRowError
from cleanclaim.practice.tenancy import NoScopeError, OutOfScopeError, scope


def test_outside_any_scope_nothing_is_answered(clinic: Clinic) -> None:
    with pytest.raises(NoScopeError):
        Patient.objects.count()
    with pytest.raises(NoScopeError):
        Charge.objects.create(clinic=clinic, code="97110", cents=1, valid_from="2026-01-01")


def test_another_clinic_sees_and_changes_nothing(clinic: Clinic, elsewhere: Clinic) -> None:
    with scope([clinic.id]):
        patient = Patient.objects.all()[0]
        assert Patient.objects.count() == 42
    with scope([elsewhere.id]):
        assert Patient.objects.count() == 0
        assert Patient.objects.filter(pk=patient.pk).update(city="Reno") == 0
        assert Patient.objects.filter(pk=patient.pk).delete() == (0, {})
        patient.city = "Reno"
        with pytest.raises(OutOfScopeError):
            patient.save()
        with pytest.raises(OutOfScopeError):
            patient.delete()
        with pytest.raises(OutOfScopeError):
            Charge.objects.bulk_create([Charge(clinic=clinic, code="97110", cents=1, valid_from="2026-01-01")])


def test_scopes_nest_and_end(clinic: Clinic, elsewhere: Clinic) -> None:
    with scope([clinic.id]):
        with scope([clinic.id, elsewhere.id]):
            assert tenancy.clinics_in_scope() == {clinic.id, elsewhere.id}
            assert Patient.objects.count() == 42
        assert tenancy.clinics_in_scope() == {clinic.id}
    with pytest.raises(NoScopeError):
        tenancy.clinics_in_scope()


def test_the_second_of_two_who_edit_a_row_is_told(inside: Clinic) -> None:
    first = Provider.objects.get(key="okafor")
    second = Provider.objects.get(key="okafor")
    first.license_number = "1"
    first.save_if_unchanged(1, "license_number")
    second.license_number = "2"
    with pytest.raises(StaleRowError, match="changed by somebody else"):
        second.save_if_unchanged(1, "license_number")
    kept = Provider.objects.get(key="okafor")
    assert (kept.license_number, kept.version, kept.clinic_id) == ("1", 2, inside.id)


def test_every_row_of_a_clinic_is_scoped() -> None:
    """A model with a clinic that forgets the scoped manager would show everybody's rows."""
    from django.apps import apps  # noqa: PLC0415 - the registry is ready only inside a test

    named = {model.__name__ for model in apps.get_app_config("practice").get_models() if hasattr(model, "clinic_id")}
    scoped = {model.__name__ for model in apps.get_app_config("practice").get_models() if issubclass(model, ClinicRow)}
    # Who is a member of which clinic is asked before there is a scope; packs and heads are reached by their clinic.
    assert named - scoped == {"Membership", "PackFile", "TrailHead"}
