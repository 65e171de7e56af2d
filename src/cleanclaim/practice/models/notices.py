"""What patients are told before care, and what a billing company asks its clinics: estimates, notices, invoices."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.patients import Document, Patient
from cleanclaim.practice.models.plans import PlanOfCare
from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.sealing import SealedBytesField, SealedJSONField, SealedTextField
from cleanclaim.receivables.estimates import Trigger
from cleanclaim.records import NoticeChoice, NoticeCoverage


class NoticeNumbers(ClinicRow):
    """The next numbers of a clinic's estimates, notices and invoices; one row a clinic, locked while one is taken."""

    next_estimate = models.PositiveIntegerField(default=1)
    next_notice = models.PositiveIntegerField(default=1)
    next_invoice = models.PositiveIntegerField(default=1)

    class Meta(ClinicRow.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic"], name="notice_numbers_once_a_clinic")]
        verbose_name_plural = "notice numbers"

    def __str__(self) -> str:
        """What it is."""
        return "notice numbers"


class SelfPayReason(StrEnum):
    """Why a patient is owed an estimate."""

    UNINSURED = "uninsured"
    NOT_USED = "not_used"
    """They have insurance and choose not to use it for this care."""


class GivenBy(StrEnum):
    """How a notice reached the patient."""

    HAND = "hand"
    MAIL = "mail"
    ELECTRONIC = "electronic"


class GoodFaithEstimate(ClinicRow):
    """An estimate as it was made: what it says stays, the PDF sealed; only that it was given is added.

    `items` lists visit kind, code, units, visits, cents of a unit, first and last day. `triggered_on` is the day of
    scheduling, request or change, `due_on` the last day to give it; null where none is owed or known. `discount` is
    tenths of a percent below the charge master.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="estimates")
    plan = models.ForeignKey(PlanOfCare, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    number = models.CharField(max_length=12)
    reason = models.CharField(max_length=9, choices=choices_of(SelfPayReason))
    trigger = models.CharField(max_length=9, choices=choices_of(Trigger))
    triggered_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    main_service = SealedTextField()
    begins_on = models.DateField()
    ends_on = models.DateField()
    visits = models.PositiveSmallIntegerField()
    per_week = models.PositiveSmallIntegerField()
    discount = models.PositiveSmallIntegerField(default=0)
    diagnoses = models.JSONField(default=list, blank=True)
    items = models.JSONField()
    separate = SealedJSONField(null=True, blank=True)
    cents = models.PositiveIntegerField()
    made_on = models.DateField()
    made_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    given_on = models.DateField(null=True, blank=True)
    given_by = models.CharField(max_length=10, choices=choices_of(GivenBy), blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-made_on", "-number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "number"], name="estimate_number_once")]
        indexes: ClassVar = [models.Index(fields=["patient", "begins_on"])]

    def __str__(self) -> str:
        """Its number."""
        return self.number


class EstimateRequest(ClinicRow):
    """A patient asked for an estimate, or what care would cost, or what was estimated has changed.

    What was scheduled is told by the calendar and needs no row. `answered_by` is the estimate that was given.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="estimate_requests")
    trigger = models.CharField(max_length=9, choices=choices_of(Trigger), default=Trigger.REQUESTED.value)
    reason = models.CharField(max_length=9, choices=choices_of(SelfPayReason))
    on = models.DateField()
    service_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        GoodFaithEstimate, on_delete=models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    taken_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("due_on", "on")

    def __str__(self) -> str:
        """The day."""
        return self.on.isoformat()


class AdvanceNotice(ClinicRow):
    """An advance beneficiary notice of noncoverage (CMS-R-131) for care that Medicare is not expected to pay.

    `services` lists what, the reason in plain words, and the estimated cents; `codes` are the procedure codes by which
    claim lines of these services are known, which is the clinic's reading and may be mended. `edition` is the expiry
    date printed on the form that the patient signs. What was written stays; choice and signature are added once.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="advance_notices")
    number = models.CharField(max_length=12)
    coverage = models.CharField(max_length=15, choices=choices_of(NoticeCoverage))
    edition = models.DateField()
    services = SealedJSONField()
    codes = models.JSONField(default=list, blank=True)
    more = SealedTextField(null=True, blank=True)
    begins_on = models.DateField()
    ends_on = models.DateField()
    made_on = models.DateField()
    made_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    option = models.CharField(max_length=1, choices=choices_of(NoticeChoice), blank=True)
    signed_on = models.DateField(null=True, blank=True)
    by_representative = models.BooleanField(default=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-made_on", "-number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "number"], name="notice_number_once")]

    def __str__(self) -> str:
        """Its number."""
        return self.number


class SelfPayChoice(ClinicRow):
    """A patient's written choice that no plan is billed for care of some days, and that they pay for it in full.

    `document` is the request as they signed it. Claims that have left before it are not touched by it.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="self_pay_choices")
    begins_on = models.DateField()
    ends_on = models.DateField()
    signed_on = models.DateField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    taken_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-begins_on", "-created_at")
        indexes: ClassVar = [models.Index(fields=["patient", "begins_on"])]

    def __str__(self) -> str:
        """Its days."""
        return f"{self.begins_on.isoformat()} to {self.ends_on.isoformat()}"


class BillingRate(ClinicRow):
    """What the billing company asks of a clinic: a share of what was collected, in ten-thousandths, by dates."""

    rate_e4 = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_through = models.DateField(null=True, blank=True)
    agreed_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-valid_from",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "valid_from"], name="rate_once_a_day")]

    def __str__(self) -> str:
        """The day it begins."""
        return self.valid_from.isoformat()


class Invoice(ClinicRow):
    """An invoice of the billing company to a clinic, as it was issued: what was collected, less refunds, and its share.

    `parts` lists, for each span of one rate, first and last day, cents posted, cents refunded, rate and fee.
    """

    number = models.CharField(max_length=12)
    begins_on = models.DateField()
    ends_on = models.DateField()
    issued_on = models.DateField()
    parts = models.JSONField()
    collected_cents = models.BigIntegerField()
    fee_cents = models.BigIntegerField()
    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-begins_on",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "number"], name="invoice_number_once"),
            models.UniqueConstraint(fields=["clinic", "begins_on"], name="invoice_once_a_period"),
        ]

    def __str__(self) -> str:
        """Its number."""
        return self.number


class CollectionPlacement(ClinicRow):
    """A patient's balance given to a collection agency, in cents as it stood; taken back where `recalled_on` is set."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="placements")
    agency = models.CharField(max_length=80)
    placed_on = models.DateField()
    cents = models.PositiveIntegerField()
    placed_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    recalled_on = models.DateField(null=True, blank=True)
    recalled_because = models.CharField(max_length=100, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-placed_on",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["patient"], condition=models.Q(recalled_on=None), name="placed_once_at_a_time"
            )
        ]

    def __str__(self) -> str:
        """The day."""
        return self.placed_on.isoformat()


class BalanceDispute(ClinicRow):
    """A patient disputes a balance: until it is settled nothing of it goes to an agency."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="disputes")
    opened_on = models.DateField()
    because = SealedTextField()
    opened_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    settled_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=100, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-opened_on",)

    def __str__(self) -> str:
        """The day."""
        return self.opened_on.isoformat()
