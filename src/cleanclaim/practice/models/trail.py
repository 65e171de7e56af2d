"""The audit log: every read and change of patient data, chained by hash for each clinic."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.clinics import Clinic, User
from cleanclaim.practice.models.rows import ClinicRow


class TrailHead(models.Model):
    """The last entry of a clinic's chain; locked while an entry is added."""

    clinic = models.OneToOneField(Clinic, on_delete=models.PROTECT, primary_key=True, related_name="trail_head")
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        """How long the chain is."""
        return str(self.sequence)


class TrailEntry(ClinicRow):
    """One entry: who did what to which row, and the hash that chains it to the one before. Never changed."""

    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=24)
    subject = models.CharField(max_length=24)
    """The kind of row: patient, visit, claim, …"""
    subject_id = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    """Field names, counts and the like; never a value of a patient's."""
    origin = models.CharField(max_length=45, blank=True)
    digest = models.CharField(max_length=64)

    class Meta(ClinicRow.Meta):
        ordering = ("clinic", "sequence")
        verbose_name_plural = "trail entries"
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "sequence"], name="trail_without_gaps")]
        indexes: ClassVar = [models.Index(fields=["clinic", "subject", "subject_id"])]

    def __str__(self) -> str:
        """What was done."""
        return self.action
