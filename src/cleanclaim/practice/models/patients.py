"""Patients: who they are, who pays for them, what was approved, and what has been found out."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.sealing import SealedBytesField, SealedJSONField, SealedTextField
from cleanclaim.records import AccidentKind, CoverageOrder, Relationship, Sex


class Patient(ClinicRow):
    """A person under care. `number` is the clinic's own key, which claims carry; never a name."""

    number = models.CharField(max_length=20)
    family_name = models.CharField(max_length=60)
    given_name = models.CharField(max_length=35)
    middle_name = models.CharField(max_length=25, blank=True)
    suffix = models.CharField(max_length=10, blank=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=choices_of(Sex, {"F": "female", "M": "male", "U": "unknown"}))
    line1 = models.CharField("street", max_length=55)
    line2 = models.CharField("apartment", max_length=55, blank=True)
    city = models.CharField(max_length=30)
    state = models.CharField(max_length=2)
    zip_code = models.CharField("ZIP", max_length=10)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    ssn = SealedTextField("social security number", null=True, blank=True)
    accident_kind = models.CharField(max_length=10, blank=True, choices=choices_of(AccidentKind))
    accident_on = models.DateField(null=True, blank=True)
    accident_state = models.CharField(max_length=2, blank=True)
    good_faith_estimate_on_file = models.BooleanField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta(ClinicRow.Meta):
        ordering = ("family_name", "given_name", "birth_date")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "number"], name="patient_number_once_a_clinic")
        ]
        indexes: ClassVar = [models.Index(fields=["clinic", "family_name", "given_name"])]

    def __str__(self) -> str:
        """Family and given name."""
        return f"{self.family_name}, {self.given_name}"

    def age_on(self, day: date) -> int:
        """Completed years on a day."""
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (not had_birthday)


class Coverage(ClinicRow):
    """One policy of a patient. `authorizations_known` says that somebody has looked whether there are approvals."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="coverages")
    order = models.CharField(max_length=9, choices=choices_of(CoverageOrder), default=CoverageOrder.PRIMARY.value)
    payer = models.CharField("payer file", max_length=38)
    payer_name = models.CharField(max_length=80, blank=True)
    payer_identifier = models.CharField(max_length=20, blank=True)
    member_id = SealedTextField("member id", null=True, blank=True)
    group_number = models.CharField(max_length=30, blank=True)
    plan_name = models.CharField(max_length=60, blank=True)
    relationship = models.CharField(
        max_length=6, choices=choices_of(Relationship), default=Relationship.SELF.value, verbose_name="patient is"
    )
    subscriber = SealedJSONField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_through = models.DateField(null=True, blank=True)
    claim_number = models.CharField("claim number", max_length=30, blank=True)
    employer = models.CharField(max_length=60, blank=True)
    in_network = models.BooleanField(null=True, blank=True)
    medicare_secondary_type = models.CharField(max_length=2, blank=True)
    authorizations_known = models.BooleanField(default=False)
    copay_cents = models.PositiveIntegerField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("patient", "order", "valid_from")

    def __str__(self) -> str:
        """The payer's name."""
        return self.payer_name or self.payer


class Authorization(ClinicRow):
    """A payer's approval before care. `*_used_before` were used before the visits kept here."""

    coverage = models.ForeignKey(Coverage, on_delete=models.CASCADE, related_name="authorizations")
    number = models.CharField(max_length=50)
    valid_from = models.DateField(null=True, blank=True)
    valid_through = models.DateField(null=True, blank=True)
    visits_allowed = models.PositiveIntegerField(null=True, blank=True)
    visits_used_before = models.PositiveIntegerField(null=True, blank=True)
    units_allowed = models.PositiveIntegerField(null=True, blank=True)
    units_used_before = models.PositiveIntegerField(null=True, blank=True)
    codes = models.JSONField(default=list, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("coverage", "valid_from")

    def __str__(self) -> str:
        """Its number."""
        return self.number


class EligibilityAnswer(ClinicRow):
    """What was found out about a coverage on a day: asked of the payer, read off a portal or a card.

    Every answer may be unknown (null). `year` and the amounts are therapy dollars allowed in that calendar year by all
    providers, between `at_least_cents` and `at_most_cents`.
    """

    coverage = models.ForeignKey(Coverage, on_delete=models.CASCADE, related_name="eligibility")
    asked_on = models.DateField()
    source = models.CharField(max_length=80)
    is_active = models.BooleanField("coverage active", null=True, blank=True)
    home_health_open = models.BooleanField("open home health plan", null=True, blank=True)
    qmb = models.BooleanField("Qualified Medicare Beneficiary", null=True, blank=True)
    """Whether Medicaid pays the patient's part of what Medicare allows: then it may not be asked of them."""
    part_a_stay = models.BooleanField("Part A stay", null=True, blank=True)
    hospice = models.BooleanField(null=True, blank=True)
    other_payer_first = models.BooleanField("another payer comes first", null=True, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    at_least_cents = models.PositiveIntegerField(null=True, blank=True)
    at_most_cents = models.PositiveIntegerField(null=True, blank=True)
    deductible_met_cents = models.PositiveIntegerField(null=True, blank=True)
    visits_remaining = models.PositiveIntegerField(null=True, blank=True)
    plan_name = models.CharField(max_length=80, blank=True)
    deductible_cents = models.PositiveIntegerField(null=True, blank=True)
    deductible_left_cents = models.PositiveIntegerField(null=True, blank=True)
    out_of_pocket_left_cents = models.PositiveIntegerField(null=True, blank=True)
    copay_cents = models.PositiveIntegerField("copay a visit", null=True, blank=True)
    coinsurance_share = models.PositiveIntegerField(null=True, blank=True)
    """What the patient pays of the allowed amount, in hundredths of a percent."""
    visits_allowed = models.PositiveIntegerField(null=True, blank=True)
    visits_period = models.CharField(max_length=24, blank=True)
    visits_shared_with = models.CharField("visits shared with", max_length=80, blank=True)
    authorization_needed = models.BooleanField("authorization needed", null=True, blank=True)
    other_payer_name = models.CharField(max_length=80, blank=True)
    details = SealedJSONField(null=True, blank=True)
    """Every benefit as the payer answered it (`records.benefits.BenefitAnswer`)."""

    class Meta(ClinicRow.Meta):
        ordering = ("-asked_on", "-created_at")

    def __str__(self) -> str:
        """The day it was asked."""
        return self.asked_on.isoformat()


class KeptReadiness(ClinicRow):
    """What a patient lacked before a claim when it was last asked (`engine.kept_readiness`), under the patient's key.

    `state` is a digest of all that the answer rests on: another state, or another day, asks anew.
    """

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="+")
    asked_on = models.DateField()
    state = models.CharField(max_length=64)
    answer = SealedJSONField()

    class Meta(ClinicRow.Meta):
        verbose_name_plural = "kept readiness"

    def __str__(self) -> str:
        """The day it was asked."""
        return self.asked_on.isoformat()


class DocumentKind(StrEnum):
    """What a stored document is."""

    ORDER = "order"
    PLAN = "plan"
    CARD = "card"
    ABN = "abn"
    EOB = "eob"
    SELF_PAY = "selfpay"
    """A patient's signed request that no plan is billed."""
    OTHER = "other"


class Document(ClinicRow):
    """A stored document, sealed: an order, an insurance card, a signed ABN, an explanation of benefits."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(max_length=7, choices=choices_of(DocumentKind))
    dated = models.DateField(null=True, blank=True)
    media_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    content = SealedBytesField()
    title = SealedTextField(null=True, blank=True)
    stored_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        """Its kind."""
        return self.kind


class OpeningBalance(ClinicRow):
    """What was open when the clinic came over from another system, in cents, by who owes it."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="opening_balances")
    as_of = models.DateField()
    owed_by = models.CharField(max_length=7, choices=[("patient", "patient"), ("payer", "payer")])
    cents = models.IntegerField()
    reference = models.CharField(max_length=60, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-as_of",)

    def __str__(self) -> str:
        """The day."""
        return self.as_of.isoformat()
