"""What a clinic has agreed with payers: their names and identifiers, networks, enrollments, charges, own packs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.clinics import Company, Provider
from cleanclaim.practice.models.rows import ClinicRow, Keyed


class ClinicPayer(ClinicRow):
    """A payer that the clinic bills. `payer` names the payer file (`medicare_b`, …) whose rules hold."""

    payer = models.CharField("payer file", max_length=38)
    name = models.CharField(max_length=80)
    identifier = models.CharField("payer identifier", max_length=20, blank=True)
    in_network = models.BooleanField(null=True, blank=True)
    line1 = models.CharField(max_length=55, blank=True)
    city = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=2, blank=True)
    zip_code = models.CharField(max_length=10, blank=True)
    phone = models.CharField(max_length=20, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "payer", "identifier"], name="payer_once_a_clinic")
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class FilingLimit(ClinicRow):
    """The days in which claims are filed by the clinic's own contract: before the limit in the payer's file.

    It holds for dates of service from `valid_from` (from the beginning where that is missing) until the next one of
    the same payer file begins. `days` count from the service; `days_behind`, behind another payer, from its decision.
    """

    payer = models.CharField("payer file", max_length=38)
    valid_from = models.DateField(null=True, blank=True)
    days = models.PositiveSmallIntegerField()
    days_behind = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("payer", models.F("valid_from").asc(nulls_first=True))
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "payer", "valid_from"], name="filing_limit_once_a_day"),
            models.UniqueConstraint(
                fields=["clinic", "payer"],
                condition=models.Q(valid_from=None),
                name="one_filing_limit_from_the_beginning",
            ),
        ]

    def __str__(self) -> str:
        """The days."""
        return f"{self.days} days"


class Enrollment(ClinicRow):
    """A therapist's enrollment with a payer, from one day through another; open where a day is missing."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="enrollments")
    payer = models.ForeignKey(ClinicPayer, on_delete=models.CASCADE, related_name="enrollments")
    valid_from = models.DateField(null=True, blank=True)
    valid_through = models.DateField(null=True, blank=True)
    payer_provider_number = models.CharField(max_length=30, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("provider__family_name", "valid_from")

    def __str__(self) -> str:
        """The days."""
        return f"{self.valid_from or 'open'} through {self.valid_through or 'open'}"


class Charge(ClinicRow):
    """What the clinic charges for one unit of a code, in cents, from one day through another."""

    code = models.CharField(max_length=5)
    cents = models.PositiveIntegerField()
    valid_from = models.DateField()
    valid_through = models.DateField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("code", "-valid_from")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "code", "valid_from"], name="charge_once_a_day")
        ]

    def __str__(self) -> str:
        """The code."""
        return self.code


class PackFile(Keyed):
    """A payer file of the company's own, for all its clinics, or for one where `clinic` is set: that one wins."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="packs")
    clinic = models.ForeignKey("practice.Clinic", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    payer = models.CharField(max_length=38)
    text = models.TextField()
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("payer",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "clinic", "payer"], name="pack_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        """The payer it speaks of."""
        return self.payer
