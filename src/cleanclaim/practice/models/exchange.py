"""Files between a clinic and its clearinghouse: the way there, what went out, what came in, and what it says."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.claims import Batch, Claim
from cleanclaim.practice.models.money import RemittanceFile
from cleanclaim.practice.models.patients import Coverage
from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.sealing import SealedBytesField, SealedJSONField, SealedTextField
from cleanclaim.reference.claim_status import Standing
from cleanclaim.submission.transmission import State


class ConnectionKind(StrEnum):
    """By what a clinic's files travel."""

    FOLDER = "folder"
    """Two folders of the server, which a clearinghouse's own program takes files from."""
    SFTP = "sftp"


class ExchangeConnection(ClinicRow):
    """A clinic's way to its clearinghouse; a clinic without one downloads its files and reads answers by hand.

    `host_key` is the key that the other end must show: a line as in a `known_hosts` file, without the host.
    `receiver_id` (ISA08) and `receiver_code` (GS03) are the clearinghouse's own, empty where files are addressed to
    each payer; `receiver_qualifier` (ISA07) says what kind of identifier the first is. `busy_until` is a lease: one
    worker at a time uses the connection. `problem` is what stood in the way last time.
    """

    kind = models.CharField(max_length=6, choices=choices_of(ConnectionKind))
    name = models.CharField(max_length=60)
    host = models.CharField(max_length=120, blank=True)
    port = models.PositiveIntegerField(default=22)
    user_name = models.CharField(max_length=60, blank=True)
    password = SealedTextField(null=True, blank=True)
    private_key = SealedTextField(null=True, blank=True)
    host_key = models.TextField(blank=True)
    out_folder = models.CharField(max_length=200, blank=True)
    answers_folder = models.CharField(max_length=200, blank=True)
    receiver_qualifier = models.CharField(max_length=2, default="ZZ")
    receiver_id = models.CharField(max_length=15, blank=True)
    receiver_code = models.CharField(max_length=15, blank=True)
    is_active = models.BooleanField(default=True)
    set_up_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    busy_until = models.DateTimeField(null=True, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta(ClinicRow.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic"], name="one_connection_a_clinic")]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class OutgoingKind(StrEnum):
    """What a file that goes out holds."""

    CLAIMS = "837P"
    BENEFITS = "270"
    STATUS = "276"


class Transmission(ClinicRow):
    """A file on its way out, with one name and one set of control numbers for ever (`submission.transmission`).

    A file of claims has its bytes and its payer in its batch; questions have theirs here.
    """

    kind = models.CharField(max_length=4, choices=choices_of(OutgoingKind))
    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="transmission")
    file_name = models.CharField(max_length=80)
    payer_name = models.CharField(max_length=80, blank=True)
    content = SealedBytesField(null=True, blank=True)
    interchange_control = models.CharField(max_length=9)
    group_control = models.CharField(max_length=9)
    transaction_controls = models.JSONField(default=list)
    state = models.CharField(max_length=15, choices=choices_of(State), default=State.PREPARED.value)
    by_hand = models.BooleanField(default=False)
    """Whether a person took the file to the receiver."""
    problem = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at", "-interchange_control")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "interchange_control"], name="transmission_number_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "state"]),
            models.Index(fields=["clinic", "group_control"]),
        ]

    def __str__(self) -> str:
        """The file's name."""
        return self.file_name


class ReceivedFile(ClinicRow):
    """A file that came in, kept as it came, sealed. `kinds` are what it holds (999, 277CA, 835, …).

    `matched` and `unmatched` count the answers in it by whether what they answer was found. `problems` names segments
    that could not be read; `others` kinds of transactions that are no answer to anything. `posting_tried_at` is when a
    worker was given its payments to post by itself what needs nobody.
    """

    name = models.CharField(max_length=200)
    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    kinds = models.JSONField(default=list)
    others = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    matched = models.PositiveIntegerField(default=0)
    unmatched = models.PositiveIntegerField(default=0)
    remittance_file = models.ForeignKey(
        RemittanceFile, on_delete=models.PROTECT, null=True, blank=True, related_name="received_as"
    )
    posting_tried_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at", "name")
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "sha256"], name="received_file_once")]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class FetchedName(ClinicRow):
    """A file seen at the other end, by name, size and time, so that it is fetched once."""

    key = models.CharField(max_length=260)
    file = models.ForeignKey(ReceivedFile, on_delete=models.PROTECT, related_name="fetched_as")

    class Meta(ClinicRow.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic", "key"], name="fetched_once")]

    def __str__(self) -> str:
        """The key."""
        return self.key


class BatchAnswer(ClinicRow):
    """What a receiver says of a whole file: a TA1 on its interchange, a 999 on its group.

    `says` are sentences about places and codes, nothing of a patient's. `transmission` is null where no file of ours
    has the number.
    """

    file = models.ForeignKey(ReceivedFile, on_delete=models.PROTECT, related_name="batch_answers")
    transmission = models.ForeignKey(
        Transmission, on_delete=models.PROTECT, null=True, blank=True, related_name="answers"
    )
    segment = models.PositiveIntegerField()
    kind = models.CharField(max_length=3)
    control_number = models.CharField(max_length=9)
    outcome = models.CharField(max_length=1)
    says = models.JSONField(default=list)

    class Meta(ClinicRow.Meta):
        ordering = ("created_at", "segment")
        constraints: ClassVar = [models.UniqueConstraint(fields=["file", "segment"], name="batch_answer_once")]

    def __str__(self) -> str:
        """What kind of answer."""
        return self.kind


class ClaimReport(ClinicRow):
    """What is said of one claim before or beside its payment: a 277CA, a 277, or the refusal of the file it was in.

    `codes` are statuses as `A7:562:85`; `record` is `records.claim_status.ReportedClaim`, with the payer's own words.
    A rejection is open until somebody has handled it: `handled_how` says by what.
    """

    file = models.ForeignKey(ReceivedFile, on_delete=models.PROTECT, related_name="claim_reports")
    answer = models.ForeignKey(BatchAnswer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    segment = models.PositiveIntegerField()
    kind = models.CharField(max_length=5)
    control_number = models.CharField(max_length=40, blank=True)
    payer_control_number = models.CharField(max_length=50, blank=True)
    standing = models.CharField(max_length=17, choices=choices_of(Standing))
    codes = models.JSONField(default=list)
    reported_on = models.DateField(null=True, blank=True)
    charge_cents = models.BigIntegerField(null=True, blank=True)
    paid_cents = models.BigIntegerField(null=True, blank=True)
    record = SealedJSONField(null=True, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handled_how = models.CharField(max_length=20, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at", "segment")
        indexes: ClassVar = [
            models.Index(fields=["clinic", "standing", "handled_at"]),
            models.Index(fields=["clinic", "payer_control_number"]),
        ]

    def __str__(self) -> str:
        """The claim's number, as it was returned."""
        return self.control_number


class Inquiry(ClinicRow):
    """A question in a file that went out: about a coverage's benefits (270) or a claim's status (276).

    `trace` is the number by which the answer names it. `answered_on` is the day an answer was read.
    """

    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="inquiries")
    coverage = models.ForeignKey(Coverage, on_delete=models.CASCADE, null=True, blank=True, related_name="inquiries")
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, null=True, blank=True, related_name="inquiries")
    trace = models.CharField(max_length=50)
    asked_on = models.DateField()
    asked_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    refused_because = models.CharField(max_length=200, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at", "trace")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "trace"], name="inquiry_trace_once"),
            models.CheckConstraint(
                condition=models.Q(coverage=None) ^ models.Q(claim=None), name="inquiry_about_one_thing"
            ),
        ]

    def __str__(self) -> str:
        """Its trace number."""
        return self.trace
