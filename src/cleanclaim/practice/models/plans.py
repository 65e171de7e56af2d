"""Orders for therapy, plans of care, how they were certified, and progress reports."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.clinics import Provider
from cleanclaim.practice.models.patients import Document, Patient
from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.sealing import SealedJSONField
from cleanclaim.records import CertificationMethod, Credential


class PlanOfCare(ClinicRow):
    """A plan of care for one episode in one discipline. What nobody has said is null."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="plans")
    key = models.CharField(max_length=38)
    established_on = models.DateField()
    established_by = models.CharField(max_length=8, choices=choices_of(Credential), default=Credential.PT.value)
    first_treatment_on = models.DateField(null=True, blank=True)
    through = models.DateField(null=True, blank=True)
    frequency_per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    goals = SealedJSONField(null=True, blank=True)
    diagnoses = models.JSONField(default=list, blank=True)
    onset_on = models.DateField(null=True, blank=True)
    order_on = models.DateField(null=True, blank=True)
    order_by = models.ForeignKey(Provider, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    has_order = models.BooleanField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    certifications_known = models.BooleanField(default=True)
    treated_before = models.JSONField(null=True, blank=True)
    """Days treated in this episode before the visits kept here, as ISO dates."""

    class Meta(ClinicRow.Meta):
        ordering = ("-established_on",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["patient", "key"], name="plan_key_once_a_patient")]

    def __str__(self) -> str:
        """The day it was established."""
        return self.established_on.isoformat()


class Certification(ClinicRow):
    """One certification or recertification of a plan."""

    plan = models.ForeignKey(PlanOfCare, on_delete=models.CASCADE, related_name="certifications")
    method = models.CharField(max_length=15, choices=choices_of(CertificationMethod))
    on = models.DateField(null=True, blank=True)
    verbal_on = models.DateField(null=True, blank=True)
    through = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Provider, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    delay_reason = models.CharField(max_length=200, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("on", "verbal_on")

    def __str__(self) -> str:
        """How it was certified."""
        return self.method


class ProgressReport(ClinicRow):
    """A progress report that is in the record, and the credential of who signed it."""

    plan = models.ForeignKey(PlanOfCare, on_delete=models.CASCADE, related_name="progress_reports")
    on = models.DateField()
    signed_by = models.CharField(max_length=8, choices=choices_of(Credential))
    visit = models.OneToOneField("practice.Visit", on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("on",)

    def __str__(self) -> str:
        """The day."""
        return self.on.isoformat()


class Referral(ClinicRow):
    """An order or referral for therapy as it reached the clinic: who asked for it, when, and for what.

    `plan` is the plan of care that rests on it, once there is one; `received_on` is the day it reached the clinic.
    """

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="referrals")
    by = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    received_on = models.DateField(null=True, blank=True)
    valid_through = models.DateField(null=True, blank=True)
    visits_ordered = models.PositiveSmallIntegerField(null=True, blank=True)
    diagnoses = models.JSONField(default=list, blank=True)
    plan = models.ForeignKey(PlanOfCare, on_delete=models.SET_NULL, null=True, blank=True, related_name="referrals")
    document = models.ForeignKey(Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-on",)

    def __str__(self) -> str:
        """The day it was signed."""
        return self.on.isoformat()
