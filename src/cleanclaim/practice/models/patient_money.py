"""What patients pay and are told: receipts, plans, statements, write-offs, tests of need, moves and refunds."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.claims import Claim
from cleanclaim.practice.models.patients import Document, Patient
from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.sealing import SealedBytesField, SealedJSONField, SealedTextField


class AccountRules(ClinicRow):
    """How a clinic treats patients' balances, the same for every patient; one row a clinic, locked to take a number.

    The amounts are the clinic's own choice. `hardship_scale` lists household size, the yearly income in cents up to
    which a part of the balance is given up, and that part in ten-thousandths.
    """

    small_balance_cents = models.PositiveIntegerField(
        "small balance", default=0, help_text="No statement is sent for less than this."
    )
    statement_every_days = models.PositiveSmallIntegerField(
        "days between statements", default=30, help_text="A patient gets no second statement within this time."
    )
    due_in_days = models.PositiveSmallIntegerField("days to pay", default=30)
    biller_write_off_cents = models.PositiveIntegerField(
        "biller writes off alone, up to", default=0, help_text="What is more waits for the owner."
    )
    hardship_scale = models.JSONField(default=list, blank=True)
    hardship_days = models.PositiveSmallIntegerField("days that a test of need holds", default=180)
    statement_note = models.CharField(max_length=300, blank=True)
    next_receipt = models.PositiveIntegerField(default=1)
    next_statement = models.PositiveIntegerField(default=1)
    next_deposit = models.PositiveIntegerField(default=1)

    class Meta(ClinicRow.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic"], name="account_rules_once_a_clinic")]
        verbose_name_plural = "account rules"

    def __str__(self) -> str:
        """What they are."""
        return "account rules"


class Means(StrEnum):
    """How a patient paid, or was paid."""

    CASH = "cash"
    CHECK = "check"
    CARD = "card"


class PaymentPlan(ClinicRow):
    """What a patient agreed to pay in parts: so much, first on a day, then every so many days until all is paid."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="payment_plans")
    agreed_on = models.DateField()
    total_cents = models.PositiveIntegerField()
    installment_cents = models.PositiveIntegerField()
    first_due_on = models.DateField()
    every = models.CharField(max_length=5, choices=[("week", "week"), ("month", "month")], default="month")
    agreed_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=100, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-agreed_on",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["patient"], condition=models.Q(ended_on=None), name="one_plan_at_a_time")
        ]

    def __str__(self) -> str:
        """When it was agreed."""
        return self.agreed_on.isoformat()


class Receipt(ClinicRow):
    """Money taken from a patient. What it says stays; a card is its last four digits and the processor's number.

    `digest` is the SHA-256 of what it says. A receipt that was voided stays, with who voided it, when and why.
    """

    number = models.CharField(max_length=12)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="receipts")
    received_on = models.DateField()
    cents = models.PositiveIntegerField()
    means = models.CharField(max_length=5, choices=choices_of(Means))
    check_number = models.CharField(max_length=20, blank=True)
    card_last_four = models.CharField(max_length=4, blank=True)
    processor_reference = models.CharField(max_length=40, blank=True)
    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts")
    taken_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    voided_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_because = models.CharField(max_length=100, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-received_on", "-number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "number"], name="receipt_number_once")]

    def __str__(self) -> str:
        """Its number."""
        return self.number


class StatementRun(ClinicRow):
    """Statements that were made together, as one file to print: the PDF, sealed, and its SHA-256."""

    issued_on = models.DateField()
    statements_count = models.PositiveIntegerField()
    total_cents = models.PositiveBigIntegerField()
    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        """The day."""
        return self.issued_on.isoformat()


class Statement(ClinicRow):
    """A statement as a patient was sent it: the PDF, sealed, and its SHA-256."""

    number = models.CharField(max_length=12)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="statements")
    run = models.ForeignKey(StatementRun, on_delete=models.PROTECT, related_name="statements")
    issued_on = models.DateField()
    due_on = models.DateField()
    total_cents = models.PositiveIntegerField()
    lines_count = models.PositiveSmallIntegerField()
    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-issued_on", "number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "number"], name="statement_number_once")]

    def __str__(self) -> str:
        """Its number."""
        return self.number


class NeedTest(ClinicRow):
    """Whether one patient could pay, asked and answered by the clinic's scale on a day.

    `answers` holds household size, yearly income in cents and what it was read off. `part_e4` is the part of a balance
    that may be given up, in ten-thousandths; 0 where there is no need by the scale.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="need_tests")
    tested_on = models.DateField()
    valid_through = models.DateField()
    answers = SealedJSONField()
    part_e4 = models.PositiveSmallIntegerField()
    evidence = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tested_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-tested_on", "-created_at")

    def __str__(self) -> str:
        """The day."""
        return self.tested_on.isoformat()


class WriteOffState(StrEnum):
    """What became of a write-off that somebody asked for."""

    ASKED = "asked"
    WRITTEN = "written"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class WriteOff(ClinicRow):
    """Open amounts that a person asks to give up, for a stated reason. `lines` lists line, who owes it, and cents.

    Nothing is in the ledger before it is written. `key` is the ledger's key of what was.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="write_offs")
    lines = models.JSONField()
    cents = models.PositiveIntegerField()
    reason = models.CharField(max_length=20)
    because = SealedTextField(null=True, blank=True)
    need_test = models.ForeignKey(NeedTest, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=choices_of(WriteOffState), default=WriteOffState.ASKED.value)
    asked_on = models.DateField()
    asked_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-asked_on", "-created_at")
        indexes: ClassVar = [models.Index(fields=["clinic", "state"])]

    def __str__(self) -> str:
        """Its reason."""
        return self.reason


class BalanceMove(ClinicRow):
    """Open amounts that a person moved between payers and the patient: who is asked from then on. It stays as written.

    `lines` lists line, who was asked, who is asked now (the payer's place, or the patient), and cents. What was moved
    by mistake is moved back by another.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="balance_moves")
    lines = models.JSONField()
    cents = models.PositiveIntegerField()
    reason = models.CharField(max_length=20)
    because = SealedTextField(null=True, blank=True)
    moved_on = models.DateField()
    moved_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-moved_on", "-created_at")

    def __str__(self) -> str:
        """Its reason."""
        return self.reason


class RefundState(StrEnum):
    """Where a refund is."""

    OWED = "owed"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class Refund(ClinicRow):
    """Money that the clinic holds and owes back: to the patient, or to a payer by its place in the claim's order.

    `line` is the line that was paid too much, empty where it is the patient's credit. `identified_on` is the day on
    which somebody knew of it, `return_by` the last day to report and return it where a law sets one; null where none is
    known. While an investigation that began in good faith runs, the clock stands. `payer` is who it goes to as its
    payments tell it (`Remittance.told_by`); `recoupment` is the reference under which that payer had announced to take
    the money, empty where nothing was announced.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="refunds")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds")
    line = models.CharField(max_length=90, blank=True)
    owed_to = models.CharField(max_length=60)
    payer_name = models.CharField(max_length=80, blank=True)
    payer = models.CharField(max_length=80, blank=True)
    recoupment = models.CharField(max_length=50, blank=True)
    cents = models.PositiveIntegerField()
    reason = models.CharField(max_length=60)
    identified_on = models.DateField()
    investigated_from = models.DateField(null=True, blank=True)
    investigated_through = models.DateField(null=True, blank=True)
    return_by = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=choices_of(RefundState), default=RefundState.OWED.value)
    sent_on = models.DateField(null=True, blank=True)
    means = models.CharField(max_length=5, choices=choices_of(Means), blank=True)
    reference = models.CharField(max_length=40, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    identified_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("return_by", "identified_on")
        indexes: ClassVar = [models.Index(fields=["clinic", "state"])]

    def __str__(self) -> str:
        """To whom."""
        return self.owed_to
