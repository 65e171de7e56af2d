"""What payers said and paid, and the ledger: rows that are added and never changed."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from cleanclaim.ledger.accounts import Account
from cleanclaim.practice.models.claims import Claim
from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.sealing import SealedBytesField, SealedJSONField
from cleanclaim.records import CoverageOrder


class FileKind(StrEnum):
    """Where a payment comes from."""

    REMITTANCE = "835"
    PAPER = "paper"
    """An explanation of benefits on paper, typed in: `records.Remittance` as JSON."""


class RemittanceFile(ClinicRow):
    """A file of payments (835) as it was read, or what was typed from paper, sealed. It is kept, posted or not.

    `through_at` is when every payment of it stood posted, from this file or another; empty: something of it waits.
    """

    kind = models.CharField(max_length=5, choices=choices_of(FileKind), default=FileKind.REMITTANCE.value)
    through_at = models.DateTimeField(null=True, blank=True)
    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    read_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "sha256"], name="remittance_file_once")]

    def __str__(self) -> str:
        """When it was read."""
        return self.created_at.isoformat()


class Remittance(ClinicRow):
    """One payment of a payer, as it was posted. `key` makes it the same payment whatever file it came in.

    A payment that was unposted stays, with who unposted it and when; it may be posted again as a new row.
    """

    key = models.CharField(max_length=64)
    payer_name = models.CharField(max_length=80)
    payer_identifier = models.CharField(max_length=40, blank=True)
    trace_number = models.CharField(max_length=50)
    method = models.CharField(max_length=3, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    amount_cents = models.BigIntegerField()
    claims_count = models.PositiveIntegerField(default=0)
    held_cents = models.BigIntegerField(default=0)
    """What of the payment stands in suspense since it was posted."""
    file = models.ForeignKey(RemittanceFile, on_delete=models.PROTECT, related_name="remittances")
    posted_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    unposted_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unposted_at = models.DateTimeField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-paid_on", "-created_at")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "key"], condition=models.Q(unposted_at=None), name="payment_posted_once"
            )
        ]

    def __str__(self) -> str:
        """Its number."""
        return self.trace_number

    @property
    def told_by(self) -> str:
        """Who paid, as its payments tell it: its identifier, or its name where they tell none."""
        return self.payer_identifier or self.payer_name


class AnswerState(StrEnum):
    """What became of one claim of a payment."""

    POSTED = "posted"
    HELD = "held"
    """In suspense: not matched, or not balanced."""
    PLACED = "placed"
    """Held first, then put onto its claim by a person."""


class ClaimAnswer(ClinicRow):
    """What a payment says about one claim. `answer` is `records.RemittedClaim`; amounts are cents, signs the payer's.

    `given_up_cents` is contractual, `patient_cents` the patient's or the next payer's, `open_cents` denied or reduced:
    somebody works it; what payers before had settled is in none of them. `refused_cents` is what of `patient_cents` is
    no share of cost: denied under group PR. `reasons` lists group, reason and cents,
    without the patient. `order` is the place of the payer that answered. `posted` is what was written for each line of
    the ledger: its key, what was paid, and a list of effect, cents and reason (`remittance.LineAnswer`).
    """

    # Found by clinic through the index below.
    clinic = models.ForeignKey("practice.Clinic", on_delete=models.PROTECT, related_name="+", db_index=False)
    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="answers")
    segment = models.PositiveIntegerField()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="answers")
    state = models.CharField(max_length=6, choices=choices_of(AnswerState))
    found_by = models.CharField(max_length=40, blank=True)
    held_because = models.CharField(max_length=200, blank=True)
    control_number = models.CharField(max_length=40, blank=True)
    payer_control_number = models.CharField(max_length=50, blank=True)
    status_code = models.CharField(max_length=2)
    charge_cents = models.IntegerField()
    paid_cents = models.IntegerField()
    given_up_cents = models.IntegerField(default=0)
    patient_cents = models.IntegerField(default=0)
    open_cents = models.IntegerField(default=0)
    refused_cents = models.IntegerField(default=0)
    reasons = models.JSONField(default=list)
    remarks = models.JSONField(default=list, blank=True)
    """Remark codes (RARC) of the claim and of its lines, each once."""
    order = models.CharField(max_length=9, choices=choices_of(CoverageOrder), default=CoverageOrder.PRIMARY.value)
    posted = models.JSONField(default=list)
    forwarded_to = models.CharField(max_length=60, blank=True)
    """The payer that this one sent the claim on to."""
    answer = SealedJSONField()

    class Meta(ClinicRow.Meta):
        ordering = ("remittance", "segment")
        indexes: ClassVar = [models.Index(fields=["clinic", "payer_control_number"])]

    def __str__(self) -> str:
        """The claim's number, as the payer returned it."""
        return self.control_number


class PayerAdjustment(ClinicRow):
    """Money of a payment that belongs to no claim of it (PLB): positive took from the payment, negative added to it.

    What a payer announces with one sign it takes, or gives, with the other in a later payment, under the same
    reference: a group of them that adds up to nothing is done. `claim` is the one that the reference names, if any, and
    `order` the payer's place among the payers of its services.
    """

    remittance = models.ForeignKey(Remittance, on_delete=models.PROTECT, related_name="adjustments")
    segment = models.PositiveIntegerField()
    reason = models.CharField(max_length=2)
    reference = models.CharField(max_length=50, blank=True)
    cents = models.BigIntegerField()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    order = models.CharField(max_length=9, choices=choices_of(CoverageOrder), blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("remittance", "segment")

    def __str__(self) -> str:
        """Its reason."""
        return self.reason


class LedgerTransaction(ClinicRow):
    """A transaction of the ledger (`ledger.Transaction`). Added, never changed; taken back only by another."""

    # A payment writes thousands of these rows: no index is kept that another one holds, or that nothing asks for.
    clinic = models.ForeignKey("practice.Clinic", on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    on = models.DateField()
    source_kind = models.CharField(max_length=20)
    source_key = models.CharField(max_length=80)
    source_digest = models.CharField(max_length=64)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(
        "practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta(ClinicRow.Meta):
        ordering = ("created_at", "key")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "key"], name="transaction_written_once")]
        indexes: ClassVar = [models.Index(fields=["clinic", "source_kind", "source_key"])]

    def __str__(self) -> str:
        """What it records."""
        return self.kind


class LedgerEntry(ClinicRow):
    """One amount in one account (`ledger.Entry`), in cents: debits positive, credits negative."""

    # Its clinic is its transaction's, which the ledger's guards ask, and that one is there.
    clinic = models.ForeignKey(
        "practice.Clinic", on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries", db_index=False)
    position = models.PositiveSmallIntegerField()
    account = models.CharField(max_length=20)
    cents = models.BigIntegerField()
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    line = models.CharField(max_length=90, blank=True)
    payer = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=60, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("transaction", "position")
        verbose_name_plural = "ledger entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transaction", "position"], name="entry_once_a_transaction")
        ]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "account"]),
            # What is open is added up by these alone: few of all entries, in the order in which they are added.
            models.Index(
                fields=["clinic", "claim", "line", "cents"],
                condition=models.Q(account=Account.PATIENT_OPEN.value),
                name="open_to_patients",
            ),
            models.Index(
                fields=["clinic", "claim", "payer", "line", "cents"],
                condition=models.Q(account=Account.PAYER_OPEN.value),
                name="open_to_payers",
            ),
        ]

    def __str__(self) -> str:
        """The account."""
        return self.account
