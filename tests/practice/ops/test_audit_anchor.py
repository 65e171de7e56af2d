"""The audit log against its anchor: what was changed, cut, written anew or removed is found."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from cleanclaim.practice import audit_anchor, audit_trail
from cleanclaim.practice.models import Clinic, TrailEntry, TrailHead


@pytest.fixture
def anchor(inside: Clinic, tmp_path: Path) -> Path:
    """An anchor that saw ten entries of the clinic, and the one before."""
    path = tmp_path / "anchor.jsonl"
    for number in range(10):
        audit_trail.record(inside.id, None, "read", "patient", number)
    assert audit_anchor.append_heads(path) >= 1
    return path


def broken(path: Path, clinic: Clinic) -> list[tuple[int, str]]:
    (found,) = (one for one in audit_anchor.verify_all(path) if one.clinic == clinic.id)
    return [(one.sequence, one.problem) for one in found.broken]


def without_triggers() -> None:
    """As somebody who writes the database behind the program's back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("RESET ROLE")
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE practice_trailentry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER practice_trailentry_is_kept")
            cursor.execute("DROP TRIGGER practice_trailentry_is_kept_removed")


def test_a_whole_log_is_whole(inside: Clinic, anchor: Path) -> None:
    assert broken(anchor, inside) == []
    assert stat.S_IMODE(anchor.stat().st_mode) == 0o600
    last = json.loads(anchor.read_text(encoding="utf-8").splitlines()[-1])
    head = TrailHead.objects.get(clinic=inside)
    assert (last["clinic"], last["sequence"], last["digest"]) == (str(inside.id), head.sequence, head.digest)


def test_a_head_is_anchored_once_until_it_grows(inside: Clinic, anchor: Path) -> None:
    assert audit_anchor.append_heads(anchor) == 0
    audit_trail.record(inside.id, None, "read", "patient")
    assert audit_anchor.append_heads(anchor) == 1
    assert broken(anchor, inside) == []


def test_a_changed_entry_is_found(inside: Clinic, anchor: Path) -> None:
    without_triggers()
    changed = TrailEntry.objects.order_by("-sequence")[4].sequence
    TrailEntry.objects.filter(sequence=changed).update(detail="nothing to see")
    assert broken(anchor, inside) == [(changed, "the entry, or one before it, was changed")]


def test_a_removed_entry_is_found(inside: Clinic, anchor: Path) -> None:
    without_triggers()
    removed = TrailEntry.objects.order_by("-sequence")[4].sequence
    TrailEntry.objects.filter(sequence=removed).delete()
    assert broken(anchor, inside) == [
        (removed, f"entry {removed} is missing; entry {removed + 1} follows"),
        (removed + 1, "the entry, or one before it, was changed"),
    ]


def test_a_cut_end_is_found_by_the_anchor_alone(inside: Clinic, anchor: Path) -> None:
    without_triggers()
    last = TrailHead.objects.get(clinic=inside).sequence
    TrailEntry.objects.filter(sequence__gt=last - 3).delete()
    new_end = TrailEntry.objects.get(sequence=last - 3)
    TrailHead.objects.filter(clinic=inside).update(sequence=last - 3, digest=new_end.digest)
    assert list(audit_trail.verify(inside.id)) == []
    assert [(number, text.partition(" of ")[0]) for number, text in broken(anchor, inside)] == [(last, "the anchor")]


def test_a_log_written_anew_is_found_by_the_anchor_alone(inside: Clinic, anchor: Path) -> None:
    without_triggers()
    before = ""
    for entry in TrailEntry.objects.order_by("sequence"):
        entry.detail, entry.digest = "", audit_trail.digest_of(entry, before)
        entry.digest = before = audit_trail.digest_of(entry, before)
        TrailEntry.objects.filter(pk=entry.pk).update(detail=entry.detail, digest=entry.digest)
    entry.detail = "written anew"
    previous = TrailEntry.objects.order_by("-sequence")[1].digest
    digest = audit_trail.digest_of(entry, previous)
    TrailEntry.objects.filter(pk=entry.pk).update(detail=entry.detail, digest=digest)
    TrailHead.objects.filter(clinic=inside).update(digest=digest)
    assert list(audit_trail.verify(inside.id)) == []
    ((number, text),) = broken(anchor, inside)
    assert number == entry.sequence
    assert text.endswith("saw another entry")


def test_a_clinic_that_is_gone_is_found(inside: Clinic, anchor: Path) -> None:
    del inside
    gone = UUID("11111111-1111-4111-8111-111111111111")
    with anchor.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"at": "2026-09-01", "clinic": str(gone), "sequence": 7, "digest": "0"}) + "\n")
    (found,) = (one for one in audit_anchor.verify_all(anchor) if one.clinic == gone)
    assert [(one.sequence, one.problem) for one in found.broken] == [
        (7, "the clinic is gone; on 2026-09-01 its chain had 7 entries")
    ]


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"at": "x", "clinic": "y", "sequence": 1, "digest": ""}', '{"at": "x", "sequence": 1}']
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "anchor.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(audit_anchor.AnchorError, match="line 1: expected JSON with at, clinic, sequence and digest"):
        audit_anchor.read_anchors(path)


@pytest.mark.django_db
def test_an_anchor_that_cannot_be_written_says_so(inside: Clinic, tmp_path: Path) -> None:
    audit_trail.record(inside.id, None, "read", "patient")
    with pytest.raises(audit_anchor.AnchorError, match="cannot be written"):
        audit_anchor.append_heads(tmp_path / "nowhere" / "anchor.jsonl")
