"""Claims as they were built: lines, findings, what became of them, and the files they went out in."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from django.db import models

from cleanclaim.dates import with_written_days
from cleanclaim.practice.models.clinics import Provider
from cleanclaim.practice.models.patients import Coverage, Patient
from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.models.visits import Visit
from cleanclaim.practice.sealing import SealedBytesField, SealedJSONField
from cleanclaim.records import CoverageOrder, Frequency


class ClaimStatus(StrEnum):
    """Where a claim is. The first five are what the engine says; the others are what people and payers did."""

    READY = "ready"
    HELD = "held"
    QUESTION = "question"
    NOT_JUDGED = "not_judged"
    SUPERBILL = "superbill"
    ON_HOLD = "on_hold"
    """A person holds it back."""
    SUBMITTED = "submitted"
    CLOSED = "closed"
    """Nothing more is to be done: void, replaced, or given to the patient."""


OPEN_STATUSES = (
    ClaimStatus.READY.value,
    ClaimStatus.HELD.value,
    ClaimStatus.QUESTION.value,
    ClaimStatus.NOT_JUDGED.value,
    ClaimStatus.ON_HOLD.value,
)
"""Statuses of claims that somebody still has to do something about."""


class Batch(ClinicRow):
    """A claim file as it was made: immutable, one name and one interchange control number for ever."""

    payer = models.CharField(max_length=38)
    payer_name = models.CharField(max_length=80)
    interchange_control = models.CharField(max_length=9)
    file_name = models.CharField(max_length=80)
    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    claims_count = models.PositiveIntegerField()
    charge_cents = models.PositiveBigIntegerField()
    made_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, related_name="+")
    is_production = models.BooleanField(default=False)
    """Whether the file says of itself that it is for production; a payer's test system takes the others."""
    downloaded_at = models.DateTimeField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at",)
        verbose_name_plural = "batches"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "interchange_control"], name="control_number_never_repeats")
        ]

    def __str__(self) -> str:
        """Its file's name."""
        return self.file_name


class ControlNumbers(ClinicRow):
    """The next control numbers of a clinic's files; one row a clinic, locked while a file is made."""

    numbers = models.JSONField(default=dict)

    class Meta(ClinicRow.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic"], name="control_numbers_once_a_clinic")]
        verbose_name_plural = "control numbers"

    def __str__(self) -> str:
        """What it is."""
        return "control numbers"


_IN_FIGURES = (
    "id", "therapist", "payer", "payer_name", "frequency", "follows", "status", "batch", "first_passed",
    "at_stake_cents", "left_cents", "left_units", "billed_units",
)  # fmt: skip
"""What the owner's figures read of a claim: PostgreSQL answers them from the index alone."""
_IN_QUEUE = (
    "id", "number", "visit", "therapist", "payer", "payer_name", "date_of_service", "allowed_cents", "charge_cents",
    "at_stake_cents",
)  # fmt: skip
"""What the queue counts and sorts by."""


class Claim(ClinicRow):
    """One claim of one visit to one payer.

    `order` is the payer's place among the patient's: a claim to a later payer repeats what those before it decided, and
    `follows` is the claim that was charged. `is_patients_own` is the superbill of lines that stand on no payer's claim,
    by the patient's choice, while another claim of the visit has the rest. `attention` says why somebody should look at
    a claim that has left.
    `record` holds the `records.Claim` documents that are filed (several where it is too long for one), `questions` and
    `missing` what the engine asked and could not judge. Amounts are cents; null is unknown. `due_on` is the last day
    to file, `at_stake_cents` what is lost if nothing is done.
    """

    number = models.CharField(max_length=38)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="claims")
    therapist = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, editable=False, db_index=False, related_name="+"
    )
    """The visit's, kept by the database itself (`claimed_visits`): what is written here otherwise does not stay."""
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="claims")
    coverage = models.ForeignKey(Coverage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    payer = models.CharField(max_length=38, blank=True)
    payer_name = models.CharField(max_length=80, blank=True)
    order = models.CharField(
        "payer's place", max_length=9, choices=choices_of(CoverageOrder), default=CoverageOrder.PRIMARY.value
    )
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by")
    is_patients_own = models.BooleanField(default=False)
    date_of_service = models.DateField()
    status = models.CharField(max_length=10, choices=choices_of(ClaimStatus))
    frequency = models.CharField(max_length=1, choices=choices_of(Frequency), default=Frequency.ORIGINAL.value)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    original_reference = models.CharField(max_length=50, blank=True)
    record = SealedJSONField(null=True, blank=True)
    charge_cents = models.PositiveIntegerField(null=True, blank=True)
    allowed_cents = models.PositiveIntegerField(null=True, blank=True)
    expected_cents = models.PositiveIntegerField(null=True, blank=True)
    patient_share_cents = models.PositiveIntegerField(null=True, blank=True)
    at_stake_cents = models.PositiveIntegerField(default=0)
    left_cents = models.PositiveIntegerField(default=0)
    left_units = models.PositiveSmallIntegerField(default=0)
    """Units that the note supports and the claim does not bill."""
    billed_units = models.PositiveSmallIntegerField(null=True, blank=True)
    """Units on its lines together; unknown where one is, or where there is no line."""
    due_on = models.DateField(null=True, blank=True)
    due_may_be_later = models.BooleanField(default=False)
    """The payer has two limits and nobody said whether the clinic is in its network: `due_on` is the shorter."""
    questions = SealedJSONField(null=True, blank=True)
    missing = models.JSONField(default=list, blank=True)
    unconfirmed = models.JSONField(default=list, blank=True)
    hold_reason = models.CharField(max_length=200, blank=True)
    attention = models.CharField(max_length=200, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    received_on = models.DateField(null=True, blank=True)
    """When the payer received it, where a person read that in its portal; else acknowledgments tell it."""
    first_passed = models.BooleanField(null=True, blank=True)
    """Whether the claim was ready when it was first built, without a person's work."""
    evidence = SealedJSONField(null=True, blank=True)
    """What was suggested from the note's words, and what was left unbilled, each with why."""
    gaps = models.JSONField(default=list, blank=True)
    """What the claim still lacks before it can be written into a file: field, what was found, what was expected."""
    crashed = models.JSONField(default=list, blank=True)
    """Codes of rules that crashed when the claim was last checked: nothing is said about it then."""
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    """The clinic's day on which it was last checked, against which deadlines were counted."""

    class Meta(ClinicRow.Meta):
        ordering = ("due_on", "-at_stake_cents", "number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "number"], name="claim_number_once_a_clinic"),
            models.UniqueConstraint(
                fields=["visit", "order", "is_patients_own"],
                condition=~models.Q(status=ClaimStatus.CLOSED.value) & models.Q(frequency=Frequency.ORIGINAL.value),
                name="one_open_original_a_visit_and_payer",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "status", "due_on"], include=_IN_QUEUE, name="queue_of_claims"),
            # What is counted alone is counted from as few pages as can be.
            models.Index(fields=["clinic", "status"], name="statuses_of_claims"),
            # By visit too: the claims of a day come in the order in which its visits are told apart.
            models.Index(fields=["clinic", "date_of_service", "visit"], include=_IN_FIGURES, name="figures_of_claims"),
        ]

    @property
    def charged_id(self) -> UUID:
        """The key of the claim that was charged: the one that this one follows, or its own."""
        key: UUID = self.follows_id or self.pk
        return key

    def __str__(self) -> str:
        """Its number."""
        return self.number


class ClaimLine(ClinicRow):
    """A line as it is filed. `origin` says whether a person named the code or the note suggested it."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=5, blank=True)
    modifiers = models.JSONField(default=list, blank=True)
    units = models.PositiveSmallIntegerField(null=True, blank=True)
    charge_cents = models.PositiveIntegerField(null=True, blank=True)
    pointers = models.JSONField(default=list, blank=True)
    allowed_cents = models.PositiveIntegerField(null=True, blank=True)
    expected_cents = models.PositiveIntegerField(null=True, blank=True)
    patient_share_cents = models.PositiveIntegerField(null=True, blank=True)
    price_status = models.CharField(max_length=30, blank=True)
    origin = models.CharField(max_length=12, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("claim", "position")
        constraints: ClassVar = [models.UniqueConstraint(fields=["claim", "position"], name="line_once_a_claim")]

    def __str__(self) -> str:
        """Its code."""
        return self.code


class ClaimFinding(ClinicRow):
    """What a rule objects to. `changes` is the fix: table, key, field, old and new, as the engine gave them.

    An ignored finding stays, with who ignored it, when and why; it holds the claim back no more.
    """

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=8)
    name = models.CharField(max_length=80)
    severity = models.CharField(max_length=10)
    cause = models.CharField(max_length=14, blank=True)
    place = models.CharField(max_length=120)
    message = SealedJSONField()
    cents = models.IntegerField(null=True, blank=True)
    fix_title = models.CharField(max_length=200, blank=True)
    fix_safety = models.CharField(max_length=6, blank=True)
    changes = SealedJSONField(null=True, blank=True)
    was_mended = models.BooleanField(default=False)
    ignored_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ignored_at = models.DateTimeField(null=True, blank=True)
    ignored_because = models.CharField(max_length=200, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("claim", "rule", "place")
        indexes: ClassVar = [
            models.Index(fields=["clinic", "rule"]),
            models.Index(
                fields=["clinic", "claim", "cause", "rule"],
                include=("name", "severity", "cents"),
                condition=models.Q(ignored_at__isnull=True, was_mended=False),
                name="standing_findings_of_a_claim",
            ),
        ]

    def __str__(self) -> str:
        """The rule."""
        return self.rule

    @property
    def said(self) -> str:
        """The message as people read it, its days written out."""
        return with_written_days(self.message)


class ClaimEvent(ClinicRow):
    """One thing that happened to a claim. Rows are added, never changed."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="events")
    user = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=20)
    detail = models.CharField(max_length=300, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        """What happened."""
        return self.action
