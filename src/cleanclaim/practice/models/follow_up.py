"""What is followed up until it is paid, or given up by a person: rules, worklist items, notes, letters, proposals."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.claims import Claim
from cleanclaim.practice.models.money import ClaimAnswer
from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.sealing import SealedBytesField, SealedTextField


class WorkKind(StrEnum):
    """What is followed up."""

    DENIAL = "denial"
    UNDERPAYMENT = "underpayment"
    REJECTION = "rejection"
    """Returned before it was decided: by the clearinghouse or the payer's front end."""
    UNANSWERED = "unanswered"
    CREDIT = "credit"
    """Paid more than was charged, or charged no more: somebody's money is to be given back."""
    TAKEN_TWICE = "taken_twice"
    """Taken back by the payer although a check had gone for it: the payer is to give it back."""


class WorkState(StrEnum):
    """How far it is."""

    OPEN = "open"
    WORKING = "working"
    APPEALED = "appealed"
    RESUBMITTED = "resubmitted"
    PAID = "paid"
    GIVEN_UP = "given_up"
    """Written off by a person, with a reason."""
    CLOSED = "closed"


LIVE_STATES = (
    WorkState.OPEN.value,
    WorkState.WORKING.value,
    WorkState.APPEALED.value,
    WorkState.RESUBMITTED.value,
)
"""States of items that are not settled yet."""


class FollowUpRules(ClinicRow):
    """How a clinic follows up; one row a clinic. What it leaves open is decided by `reference.denials.figures`.

    `unanswered_days` holds for every payer; empty: each payer's own lag decides. An underpaid line is small where it is
    short by less than `small_cents` and by less than `small_percent` of what is due. `looked_on` is the last day on
    which a worker looked for claims without an answer. Where `posts_balanced`, remittances that came in by the exchange
    since `posts_since` and that need nobody are posted by a worker, in the name of who switched it on.
    """

    unanswered_days = models.PositiveSmallIntegerField(null=True, blank=True)
    small_cents = models.PositiveIntegerField(null=True, blank=True)
    small_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    posts_balanced = models.BooleanField(default=False)
    posts_since = models.DateTimeField(null=True, blank=True)
    posts_for = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    looked_on = models.DateField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["clinic"], name="follow_up_rules_once_a_clinic")]
        verbose_name_plural = "follow-up rules"

    def __str__(self) -> str:
        """What they are."""
        return "follow-up rules"


class WorkItem(ClinicRow):
    """One thing to follow up: a line of a claim, or the claim as a whole where `line` is empty.

    `line` is the line's key in the ledger. `reasons` lists group, reason (CARC), remarks (RARC) and cents; `group`,
    `reason` and `remarks` are those of the largest. `points` is how likely the money is to come (`denials.ranking`),
    `basis` what that rests on. `due_on` is the last day of its route, unknown where it is empty; `foresight` whether
    our checks objected before the claim was filed, by which `foreseen_by`. `expected_cents` and `allowed_cents` are of
    an underpayment, `steps` its arithmetic; one that `is_small` stays off the worklist until somebody takes it up.
    `why` says how long the answer to a claim is waited for, and why so long. `settled_cents` is what was still open
    when it was settled: what of `first_cents` has come is the rest.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="work_items")
    answer = models.ForeignKey(ClaimAnswer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12, choices=choices_of(WorkKind))
    state = models.CharField(max_length=12, choices=choices_of(WorkState), default=WorkState.OPEN.value)
    line = models.CharField(max_length=90, blank=True)
    code = models.CharField(max_length=5, blank=True)
    payer = models.CharField(max_length=38, blank=True)
    payer_name = models.CharField(max_length=80, blank=True)
    group = models.CharField(max_length=2, blank=True)
    reason = models.CharField(max_length=12, blank=True)
    remarks = models.JSONField(default=list, blank=True)
    reasons = models.JSONField(default=list, blank=True)
    cents = models.IntegerField(default=0)
    first_cents = models.IntegerField(default=0)
    expected_cents = models.IntegerField(null=True, blank=True)
    allowed_cents = models.IntegerField(null=True, blank=True)
    steps = models.JSONField(default=list, blank=True)
    cause = models.CharField(max_length=14, blank=True)
    route = models.CharField(max_length=14, blank=True)
    points = models.PositiveSmallIntegerField(default=0)
    basis = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=200, blank=True)
    is_small = models.BooleanField(default=False)
    noticed_on = models.DateField(null=True, blank=True)
    """The day of the remittance or rejection, from which limits are counted; for the unanswered, of filing."""
    due_on = models.DateField(null=True, blank=True)
    foresight = models.CharField(max_length=10, blank=True)
    foreseen_by = models.JSONField(default=list, blank=True)
    level = models.PositiveSmallIntegerField(default=0)
    """How many steps of appeal were taken."""
    assigned_to = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    follow_up_on = models.DateField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    settled_cents = models.IntegerField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("due_on", "-cents", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["claim", "line", "kind"],
                condition=models.Q(state__in=LIVE_STATES),
                name="one_live_item_a_line_and_kind",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["clinic", "state", "due_on"]),
            models.Index(fields=["clinic", "payer", "reason"]),
        ]

    def __str__(self) -> str:
        """What it is, and why."""
        return f"{self.kind} {self.group}-{self.reason}" if self.reason else self.kind


class NoteKind(StrEnum):
    """What is written down about an item."""

    CALL = "call"
    NOTE = "note"
    STATE = "state"
    LETTER = "letter"
    ASSIGNED = "assigned"


class WorkNote(ClinicRow):
    """One thing that was done about a claim's items. Rows are added, never changed; what was said is sealed."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="work_notes")
    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    user = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, choices=choices_of(NoteKind))
    spoke_with = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=50, blank=True)
    follow_up_on = models.DateField(null=True, blank=True)
    text = SealedTextField(blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        """What kind of note it is."""
        return self.kind


class Letter(ClinicRow):
    """A letter as it was made, sealed: it stays. `step` is the name of the step of appeal, `level` its number."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="letters")
    step = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField(default=1)
    cents = models.IntegerField()
    file_by = models.DateField(null=True, blank=True)
    content = SealedBytesField()
    sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        """The step."""
        return self.step


class ProposalState(StrEnum):
    """What became of a proposal."""

    PROPOSED = "proposed"
    SWITCHED_ON = "switched_on"
    DECLINED = "declined"


class Proposal(ClinicRow):
    """A line for a payer's file that denials suggest, or plain words where a file cannot say it.

    `setting` and `value` (as the file writes it) are empty for plain words. `trial` is what the file would have caught
    and disturbed on past claims: visits, findings by rule, claims that would stand differently.
    """

    payer = models.CharField(max_length=38)
    setting = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=500, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    because = models.CharField(max_length=300)
    state = models.CharField(max_length=12, choices=choices_of(ProposalState), default=ProposalState.PROPOSED.value)
    items = models.PositiveIntegerField(default=0)
    cents = models.IntegerField(default=0)
    trial = models.JSONField(null=True, blank=True)
    decided_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_because = models.CharField(max_length=200, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clinic", "payer", "setting", "value", "because"], name="proposed_once")
        ]

    def __str__(self) -> str:
        """What it is about."""
        return f"{self.payer}: {self.setting or 'words'}"
