"""The books: what went to the bank, what the bank says, and which days are closed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from cleanclaim.ledger.accounts import CASH_ACCOUNTS, Account
from cleanclaim.practice.models.money import LedgerTransaction, Remittance
from cleanclaim.practice.models.patient_money import Receipt, Refund
from cleanclaim.practice.models.rows import ClinicRow
from cleanclaim.practice.sealing import SealedBytesField, SealedTextField


class Deposit(ClinicRow):
    """One amount on its way to the bank or there: a slip of cash and checks, a card settlement, a payer's transfer.

    Negative where money left: a refund that was cashed, a check that came back.
    """

    number = models.CharField(max_length=12)
    made_on = models.DateField()
    cents = models.BigIntegerField()
    reference = models.CharField(max_length=60, blank=True)
    made_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-made_on", "-number")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "number"], name="deposit_number_once")]

    def __str__(self) -> str:
        """Its number."""
        return self.number


class DepositItem(ClinicRow):
    """What of a deposit comes from one document: a receipt, a payer's payment or a refund, and how many cents."""

    deposit = models.ForeignKey(Deposit, on_delete=models.CASCADE, related_name="items")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, null=True, blank=True, related_name="deposit_items")
    remittance = models.ForeignKey(
        Remittance, on_delete=models.PROTECT, null=True, blank=True, related_name="deposit_items"
    )
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="deposit_items")
    cents = models.BigIntegerField()

    class Meta(ClinicRow.Meta):
        ordering = ("deposit", "created_at", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="deposit_item_of_one_document",
                condition=(
                    models.Q(receipt__isnull=False, remittance=None, refund=None)
                    | models.Q(receipt=None, remittance__isnull=False, refund=None)
                    | models.Q(receipt=None, remittance=None, refund__isnull=False)
                ),
            )
        ]

    def __str__(self) -> str:
        """The amount in cents."""
        return str(self.cents)


class BankFile(ClinicRow):
    """The bank's own list as it was read, sealed, to be looked at; `taken_at` is when its rows were taken."""

    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    read_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    taken_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "sha256"], name="bank_file_once")]

    def __str__(self) -> str:
        """When it was read."""
        return self.created_at.isoformat()


class BankLine(ClinicRow):
    """One line of the bank's own list, as it was read from its file. `digest` makes it the same line in another file.

    It is matched to the deposit that it shows, by a person or because amount and number agree.
    """

    on = models.DateField()
    cents = models.BigIntegerField()
    description = SealedTextField()
    digest = models.CharField(max_length=64)
    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, null=True, blank=True, related_name="lines")
    deposit = models.OneToOneField(Deposit, on_delete=models.SET_NULL, null=True, blank=True, related_name="bank_line")
    read_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-on", "-created_at", "id")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "digest"], name="bank_line_once")]

    def __str__(self) -> str:
        """The day."""
        return self.on.isoformat()


class Period(ClinicRow):
    """A closing of the books: nothing is written into the ledger with a day up to and with `ends_on`.

    `figures` are the accounts' sums of the days that it closes, `last_transaction` the last that was in the ledger. A
    closing that was undone stays, with who reopened it, when and why.
    """

    begins_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField()
    figures = models.JSONField()
    last_transaction = models.ForeignKey(
        LedgerTransaction, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    reopened_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_because = models.CharField(max_length=200, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-ends_on", "-created_at")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clinic", "ends_on"], condition=models.Q(reopened_at=None), name="period_closed_once"
            )
        ]

    def __str__(self) -> str:
        """Its last day."""
        return self.ends_on.isoformat()

    @property
    def charges_cents(self) -> int:
        """What was charged in its days."""
        return -int(self.figures.get(Account.CHARGES.value, 0))

    @property
    def cash_cents(self) -> int:
        """What was received in its days, less what was given back."""
        return sum(int(self.figures.get(account.value, 0)) for account in CASH_ACCOUNTS)

    @property
    def written_off_cents(self) -> int:
        """What was given up in its days."""
        return int(self.figures.get(Account.WRITTEN_OFF.value, 0))
