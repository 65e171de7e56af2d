"""The anchor of the audit log: a file outside the database that remembers each clinic's chain, its length and its head.

Whoever may write the database could write a whole chain anew; the file tells, where they may not write it. A line is
JSON: the moment, the clinic, the number of entries, the digest of the last. Lines are only added.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cleanclaim.practice import audit_trail, environment, tenancy
from cleanclaim.practice.models import Clinic, TrailEntry, TrailHead


class AnchorError(RuntimeError):
    """An anchor that cannot be read or written: names the file and the line."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """How long a clinic's chain was at a moment, and the digest of its last entry."""

    at: str
    clinic: str
    sequence: int
    digest: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What looking through one clinic's chain found."""

    clinic: UUID
    name: str
    entries: int
    anchors: int
    broken: tuple[audit_trail.Broken, ...]


def anchor_path() -> Path:
    """Where the anchor is kept."""
    named = os.environ.get("CLEANCLAIM_AUDIT_ANCHOR")
    return Path(named) if named else environment.home() / "audit-anchor.jsonl"


def read_anchors(path: Path) -> list[Anchor]:
    """The lines of the anchor; none where there is no file yet. Raises `AnchorError`."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except OSError as error:
        raise AnchorError(f"{path}: cannot be read: {error.strerror}") from error
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            told = json.loads(line)
            found.append(Anchor(str(told["at"]), str(UUID(told["clinic"])), int(told["sequence"]), str(told["digest"])))
        except (ValueError, KeyError, TypeError) as error:
            raise AnchorError(f"{path}, line {number}: expected JSON with at, clinic, sequence and digest") from error
    return found


def append_heads(path: Path) -> int:
    """Add a line for each clinic whose chain has grown since its last one; says how many."""
    last = {anchor.clinic: anchor.sequence for anchor in read_anchors(path)}
    lines = []
    for clinic in Clinic.objects.order_by("id").values_list("id", flat=True):
        with transaction.atomic(), tenancy.scope([clinic]):
            head = TrailHead.objects.filter(clinic_id=clinic).first()
        if head is not None and head.sequence != last.get(str(clinic), 0):
            at = timezone.now().isoformat(timespec="seconds")
            lines.append(json.dumps(asdict(Anchor(at, str(clinic), head.sequence, head.digest))) + "\n")
    if lines:
        _append(path, lines)
    return len(lines)


def _append(path: Path, lines: Iterable[str]) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise AnchorError(f"{path}: cannot be written: {error.strerror}") from error


def verify_all(path: Path) -> Iterator[Verified]:
    """Look through each clinic's chain, and hold it against what the anchor remembers."""
    remembered: dict[str, list[Anchor]] = {}
    for anchor in read_anchors(path):
        remembered.setdefault(anchor.clinic, []).append(anchor)
    for clinic in Clinic.objects.order_by("name", "id"):
        anchors = remembered.pop(str(clinic.pk), [])
        with transaction.atomic(), tenancy.scope([clinic.pk]):
            broken = [*audit_trail.verify(clinic.pk), *against(clinic.pk, anchors)]
            entries = TrailEntry.objects.count()
        yield Verified(clinic.pk, clinic.name, entries, len(anchors), tuple(broken))
    for key, anchors in sorted(remembered.items()):
        last = anchors[-1]
        problem = f"the clinic is gone; on {last.at} its chain had {last.sequence} entries"
        yield Verified(UUID(key), "", 0, len(anchors), (audit_trail.Broken(UUID(key), last.sequence, problem),))


def against(clinic: UUID, anchors: list[Anchor]) -> Iterator[audit_trail.Broken]:
    """Where a clinic's chain, which must be in scope, is not what its anchors saw."""
    digests = dict(
        TrailEntry.objects.filter(sequence__in=[anchor.sequence for anchor in anchors]).values_list(
            "sequence", "digest"
        )
    )
    for anchor in anchors:
        found = digests.get(anchor.sequence)
        if found is None:
            yield audit_trail.Broken(clinic, anchor.sequence, f"the anchor of {anchor.at} saw an entry that is gone")
        elif found != anchor.digest:
            yield audit_trail.Broken(clinic, anchor.sequence, f"the anchor of {anchor.at} saw another entry")
