"""Programs that call the API, and work that runs behind the pages."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from django.db import models

from cleanclaim.practice.models.clinics import Membership
from cleanclaim.practice.models.rows import ClinicRow, choices_of
from cleanclaim.practice.sealing import SealedBytesField


class ApiToken(ClinicRow):
    """A program's access to one clinic, on behalf of a member. Only the token's hash is kept.

    `scopes` lists what it may do: `read`, `write`, `claims`, `export`. `calls` counts those of one minute, `minute`
    since the epoch.
    """

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    minute = models.PositiveBigIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)

    class Meta(ClinicRow.Meta):
        ordering = ("label",)

    def __str__(self) -> str:
        """Its label."""
        return self.label


class IdempotencyKey(ClinicRow):
    """A call that was answered: the same key gets the same answer, and nothing is done twice.

    The answer may tell of patients, so it is sealed; `headers` are those that go with it.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = SealedBytesField()
    headers = models.JSONField(default=dict)

    class Meta(ClinicRow.Meta):
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="key_once_a_token")]

    def __str__(self) -> str:
        """The key."""
        return self.key


class JobStatus(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(ClinicRow):
    """Work behind the pages: a build, an import, an export. `done` of `total` pieces; `result` tells the page more.

    A job that a killed worker left running goes on where it stopped: `place` says how far its pieces are written.
    """

    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=7, choices=choices_of(JobStatus), default=JobStatus.WAITING.value)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    place = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    asked_by = models.ForeignKey("practice.User", on_delete=models.PROTECT, related_name="+")
    heartbeat_at = models.DateTimeField(null=True, blank=True)

    class Meta(ClinicRow.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        """What it does."""
        return self.kind


class JobFile(ClinicRow):
    """A part of a file that a job reads or makes, sealed: `is_result` tells which; parts in order make up the file.

    Parts keep a row small and let a job that was killed go on behind the last part it wrote.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="files")
    is_result = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=120, blank=True)
    content = SealedBytesField()

    class Meta(ClinicRow.Meta):
        ordering = ("job", "is_result", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "is_result", "position"], name="part_once_a_file")
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name
