"""Appointments, visits, signatures and addenda."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.clinics import Provider
from cleanclaim.practice.models.patients import Patient
from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.sealing import SealedJSONField, SealedTextField
from cleanclaim.records import Credential, VisitKind


class AppointmentStatus(StrEnum):
    """What became of an appointment."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    NO_SHOW = "no_show"
    CANCELED = "canceled"


class Appointment(ClinicRow):
    """A slot in the calendar. `external_key` is its key in the calendar it was imported from."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="appointments")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=45)
    status = models.CharField(
        max_length=8, choices=choices_of(AppointmentStatus), default=AppointmentStatus.BOOKED.value
    )
    kind = models.CharField(max_length=12, choices=choices_of(VisitKind), default=VisitKind.TREATMENT.value)
    external_key = models.CharField(max_length=120, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("starts_at",)
        indexes: ClassVar = [models.Index(fields=["clinic", "starts_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "external_key"],
                condition=~models.Q(external_key=""),
                name="appointment_imported_once",
            )
        ]

    def __str__(self) -> str:
        """When it starts."""
        return self.starts_at.isoformat()


class VisitStatus(StrEnum):
    """How far the note is."""

    DRAFT = "draft"
    SIGNED = "signed"
    """Locked: later changes are addenda."""


class Visit(ClinicRow):
    """One patient, one day, one discipline: the note, what was done, and the lines as they are billed.

    `number` is the key that claims carry. `note` is `records.Note`, `interventions` a list of `records.Intervention`,
    `evaluation` is `records.EvaluationFindings`, `billed` a list of `records.BilledLine`, each as JSON; null is
    unknown. `detail` holds the remaining fields of `records.Visit` that were stated (outcome measure, ABN, …).
    `attested` lists the changes of proposed lines that a named therapist answers for (`engine.attesting.Attested`).
    `restated` is what was done as addenda to the signed note state it, in the shape of `interventions`, which stay as
    they were signed; null where no addendum restates them.
    """

    number = models.CharField(max_length=38)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="visits")
    appointment = models.OneToOneField(
        Appointment, on_delete=models.SET_NULL, null=True, blank=True, related_name="visit"
    )
    date_of_service = models.DateField()
    kind = models.CharField(max_length=12, choices=choices_of(VisitKind), null=True, blank=True)  # noqa: DJ001 - null is unknown
    place_of_service = models.CharField(max_length=2, default="11")
    therapist = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="visits")
    assistant = models.ForeignKey(Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=6, choices=choices_of(VisitStatus), default=VisitStatus.DRAFT.value)
    diagnoses = models.JSONField(null=True, blank=True)
    time_in = models.TimeField(null=True, blank=True)
    time_out = models.TimeField(null=True, blank=True)
    note = SealedJSONField(null=True, blank=True)
    interventions = SealedJSONField(null=True, blank=True)
    restated = SealedJSONField(null=True, blank=True)
    evaluation = models.JSONField(null=True, blank=True)
    billed = models.JSONField(null=True, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    attested = models.JSONField(default=list, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    has_claim = models.BooleanField(default=False, editable=False)
    """Whether there is a claim of it, whatever became of it. The database keeps it (`claimed_visits`)."""

    class Meta(ClinicRow.Meta):
        ordering = ("-date_of_service", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "number"], name="visit_number_once_a_clinic")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["clinic", "date_of_service"], include=("id", "status", "therapist"), name="visits_of_a_day"
            ),
            models.Index(fields=["patient", "date_of_service"]),
            models.Index(fields=["therapist", "date_of_service"]),
            models.Index(
                fields=["clinic", "date_of_service", "number"],
                condition=models.Q(status=VisitStatus.SIGNED.value, has_claim=False),
                name="visit_waits_for_claim",
            ),
            models.Index(
                fields=["clinic", "date_of_service", "number"],
                condition=models.Q(status=VisitStatus.DRAFT.value),
                name="visit_is_not_signed",
            ),
        ]

    def __str__(self) -> str:
        """Its number."""
        return self.number


class Signature(ClinicRow):
    """Who signed a visit's note, as what, and when."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="signatures")
    user = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    credential = models.CharField(max_length=8, choices=choices_of(Credential))
    signed_at = models.DateTimeField()

    class Meta(ClinicRow.Meta):
        ordering = ("signed_at",)

    def __str__(self) -> str:
        """Name and credential."""
        return f"{self.name}, {self.credential}"


class Addendum(ClinicRow):
    """What was added to a signed note, by whom and when. The note itself stays as it was signed."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="addenda")
    user = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    text = SealedTextField()

    class Meta(ClinicRow.Meta):
        ordering = ("created_at",)
        verbose_name_plural = "addenda"

    def __str__(self) -> str:
        """When it was added."""
        return self.created_at.isoformat()
